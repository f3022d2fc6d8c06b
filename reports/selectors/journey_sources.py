"""Rows about stages: who is where, who was launched and how that went, what the plan of it is, who carries how much."""

from __future__ import annotations

from collections.abc import Mapping

from partners.choices import PARTNER_STAGES, OrganizationKind, Stage
from partners.work_choices import Risk
from reports.rules.measures import GATES
from reports.selectors.source import KEPT, Source, Thing, day_of, select
from tickets.choices import Priority

LAUNCH_DAYS = 30
"""So long after it a launch has shown whether it was one."""
_ONBOARDING = tuple(stage for stage in PARTNER_STAGES if stage != Stage.POST_LAUNCH)


def _names(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


_AT_THE_END = "p.entered_at < %(until)s AND (p.left_at IS NULL OR p.left_at >= %(until)s)"


def _partners_in(*stages: Stage) -> Source:
    text = (
        select("p.organization_id", "%(day)s::date", "1", "1", "p.organization_id")
        + " FROM partners_stageperiod p JOIN partners_organization g ON g.id = p.organization_id WHERE {scope}"
        + f" AND g.kind = '{OrganizationKind.PARTNER}' AND p.stage IN ({_names(*stages)}) AND {_AT_THE_END}"
        + f" AND {KEPT}"
    )
    return Source(thing=Thing.ORGANIZATION, organization="p.organization_id", text=text)


def launch_of(organization: str) -> str:
    """The statement that says when the organization of a column was launched (`at`), the first time."""
    return (
        f"SELECT min(p.entered_at) AS at FROM partners_stageperiod p WHERE p.organization_id = {organization}"  # noqa: S608 - fixed words
        f" AND p.stage = '{Stage.POST_LAUNCH}'"
    )


# A stay before it: a partner that was set back and came again was launched once.
_FIRST_LAUNCH = (
    f"p.stage = '{Stage.POST_LAUNCH}' AND NOT EXISTS (SELECT FROM partners_stageperiod e"
    f" WHERE e.organization_id = p.organization_id AND e.stage = p.stage AND e.entered_at < p.entered_at)"
)
_LAUNCHED = Source(
    thing=Thing.ORGANIZATION,
    organization="p.organization_id",
    at="p.entered_at",
    text=select("p.organization_id", day_of("p.entered_at"), "1", "1", "p.organization_id")
    + f" FROM partners_stageperiod p WHERE {{scope}} AND {{when}} AND {_FIRST_LAUNCH}",
)
_SHOWN_ON = f"({day_of('p.entered_at')} + {LAUNCH_DAYS})"
_SHOWN_AT = f"p.entered_at + interval '{LAUNCH_DAYS} days'"
_LAUNCH_WENT_WELL = (
    f"((p.left_at IS NULL OR p.left_at >= {_SHOWN_AT}) AND (g.archived_at IS NULL OR g.archived_at >= {_SHOWN_AT})"
    " AND NOT EXISTS (SELECT FROM tickets_ticket t WHERE t.organization_id = p.organization_id"
    f" AND t.priority = '{Priority.CRITICAL}' AND t.merged_into_id IS NULL"
    f" AND t.opened_at >= p.entered_at AND t.opened_at < {_SHOWN_AT}))::int"
)
_LAUNCHED_WELL = Source(
    thing=Thing.ORGANIZATION,
    organization="p.organization_id",
    at=_SHOWN_ON,
    at_is_day=True,
    text=select("p.organization_id", _SHOWN_ON, _LAUNCH_WENT_WELL, "1", "p.organization_id")
    + " FROM partners_stageperiod p JOIN partners_organization g ON g.id = p.organization_id"
    + f" WHERE {{scope}} AND {{when}} AND {_FIRST_LAUNCH}",
)


def _foreseen(risk: Risk) -> Source:
    """Forecasts of partners on their way with a target. There is the latest alone: of days before it nothing is known.

    One that is a week old is not that of the day any longer.
    """
    text = (
        select("f.organization_id", "%(day)s::date", f"(f.risk = '{risk}')::int", "1", "f.organization_id")
        + " FROM partners_forecast f JOIN partners_organization g ON g.id = f.organization_id WHERE {scope}"
        + " AND f.target_on IS NOT NULL AND f.as_of BETWEEN %(day)s::date - 7 AND %(day)s::date"
        + f" AND {KEPT} AND EXISTS (SELECT FROM partners_stageperiod p WHERE p.organization_id = f.organization_id"
        + f" AND p.stage IN ({_names(*_ONBOARDING)}) AND {_AT_THE_END})"
    )
    return Source(thing=Thing.ORGANIZATION, organization="f.organization_id", text=text)


# Of partners that were taken on after Gate 0: whether they came to their launch, or were given up before it.
_DECIDED_AT = "coalesce(l.at, g.archived_at)"
_QUALIFIED = Source(
    thing=Thing.ORGANIZATION,
    organization="g.id",
    at=_DECIDED_AT,
    text=select("g.id", day_of(_DECIDED_AT), "(l.at IS NOT NULL)::int", "1", "g.id")
    + f" FROM partners_organization g LEFT JOIN LATERAL ({launch_of('g.id')}) l ON true WHERE {{scope}} AND {{when}}"
    + " AND EXISTS (SELECT FROM partners_stageperiod q WHERE q.organization_id = g.id"
    + f" AND q.stage = '{Stage.GATE_1}' AND q.entered_at <= {_DECIDED_AT})",
)


# What a stage takes of those who hold a role, as the pack "capacity" lays it down: halfway between least and most.
_WORK = (
    " JOIN LATERAL (SELECT ((h.body ->> 'from')::numeric + (h.body ->> 'to')::numeric) / 2 AS hours,"
    " (r.body ->> 'hours_per_week')::numeric AS there FROM common_policyversion v"
    " CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'roles') r(body)"
    " CROSS JOIN LATERAL jsonb_each(r.body -> 'gate_work_hours') h(stage, body)"
    " WHERE v.name = 'capacity' AND v.is_active AND r.body ->> 'role' = a.role AND h.stage = p.stage) w ON true"
)
_SHARED = "count(*) OVER (PARTITION BY a.organization_id)"


def _carried(role: str, numerator: str) -> Source:
    """One row an assignment; the denominators of a person add up to one, so that a sum is one of people."""
    text = (
        select("a.organization_id", "%(day)s::date", numerator, "1.0 / count(*) OVER (PARTITION BY a.user_id)", "a.id")
        + " FROM partners_assignment a JOIN partners_organization g ON g.id = a.organization_id"
        + f" JOIN partners_stageperiod p ON p.organization_id = a.organization_id AND {_AT_THE_END}{_WORK}"
        + f" WHERE {{scope}} AND a.role = '{role}' AND a.started_at < %(until)s"
        + f" AND (a.ended_at IS NULL OR a.ended_at >= %(until)s) AND g.kind = '{OrganizationKind.PARTNER}'"
        + f" AND w.hours > 0 AND {KEPT}"
    )
    return Source(thing=Thing.ASSIGNMENT, organization="a.organization_id", text=text)


FLOWS: Mapping[str, Source] = {
    "launches": _LAUNCHED,
    "launches_gone_well": _LAUNCHED_WELL,
    "qualified_rightly": _QUALIFIED,
}
STATES: Mapping[str, Source] = {
    "partners_live": _partners_in(Stage.POST_LAUNCH),
    "partners_onboarding": _partners_in(*_ONBOARDING),
    **{f"partners_in_{gate}": _partners_in(Stage(gate)) for gate in GATES},
    "launch_at_risk": _foreseen(Risk.HIGH),
    "launch_is_tight": _foreseen(Risk.MEDIUM),
    "pdm_partners": _carried("pdm", "1"),
    "pdm_hours": _carried("pdm", f"w.hours * 3600 / {_SHARED}"),
    "pdm_utilization": _carried("pdm", f"w.hours / {_SHARED} / w.there"),
}
