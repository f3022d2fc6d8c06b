"""The statement behind each measure: rows of organization, day, what is counted, of how many, and which object.

One text serves three readers (ADR 0032): `DailyFact` adds its rows up, a report of a past day reads them, the page
behind a figure lists them. Texts hold two places: `{scope}`, a condition on the organization's id, and `{when}`, a
condition on the moment or day of the row, for those who read few days.

Parameters: `zone`, the reporting zone; `today`, its present day; `rates`, an object of currencies and what one unit is
worth in the reporting currency; for states `day`, at whose end they hold, and `until`, the instant of that end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from partners.choices import OrganizationKind, Stage
from partners.growth_choices import OPEN_STAGES, OpportunityKind, OpportunityStage
from partners.rules.nps import DETRACTOR, PROMOTER
from partners.rules.surveys import SATISFIED
from partners.survey_choices import SurveyKind
from partners.work_choices import TouchpointState
from reports.rules.measures import BANDS, MEASURES, PRIORITIES
from tickets.choices import ClockState, Metric, TicketStatus


class Thing(StrEnum):
    """What a row is about; the page behind a figure links to it."""

    ORGANIZATION = "organization"
    TICKET = "ticket"
    PROMISE = "promise"
    """A clock of a ticket: a ticket may have several on a day."""
    TOUCHPOINT = "touchpoint"
    SURVEY = "survey"
    OPPORTUNITY = "opportunity"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """`organization` and `at` are columns of the text, for its two places; `at_is_day` where `at` is a date."""

    thing: Thing
    text: str
    organization: str
    at: str = ""
    at_is_day: bool = False

    def rows(self, scope: str, when: str = "true") -> str:
        """The statement with both places filled in; `scope` is what follows the organization's id."""
        return self.text.format(scope=f"{self.organization} {scope}", when=when)


def _day(moment: str) -> str:
    return f"({moment} AT TIME ZONE %(zone)s)::date"


def _select(organization: str, day: str, numerator: str, denominator: str, object_id: str) -> str:
    return (
        f"SELECT {organization} AS organization_id, {day} AS day, {numerator}::numeric AS numerator,"
        f" {denominator}::numeric AS denominator, {object_id} AS object_id"
    )


# What is merged into another ticket is no ticket of its own (tickets/rules/figures.py).
_CREATED = Source(
    thing=Thing.TICKET,
    organization="t.organization_id",
    at="t.opened_at",
    text=_select("t.organization_id", _day("t.opened_at"), "1", "1", "t.id")
    + " FROM tickets_ticket t WHERE {scope} AND {when} AND t.merged_into_id IS NULL",
)
_SOLVED = Source(
    thing=Thing.TICKET,
    organization="t.organization_id",
    at="t.solved_at",
    text=_select("t.organization_id", _day("t.solved_at"), "extract(epoch FROM t.solved_at - t.opened_at)", "1", "t.id")
    + " FROM tickets_ticket t WHERE {scope} AND {when} AND t.merged_into_id IS NULL AND t.solved_at IS NOT NULL"
    + f" AND t.status IN ('{TicketStatus.SOLVED}', '{TicketStatus.CLOSED}')",
)


def _kept(*metrics: Metric, priority: str = "") -> Source:
    """Promises that were decided: broken at their breach, kept at their stop (tickets/selectors/promises.py)."""
    decided = "coalesce(c.breached_at, c.stopped_at)"
    names = ", ".join(f"'{metric}'" for metric in metrics)
    text = (
        _select("c.organization_id", _day(decided), "(c.breached_at IS NULL)::int", "1", "c.id")
        + " FROM tickets_slaclock c JOIN tickets_ticket t ON t.id = c.ticket_id"
        + f" WHERE {{scope}} AND {{when}} AND c.metric IN ({names})"
        + f" AND (c.breached_at IS NOT NULL OR (c.state = '{ClockState.MET}' AND c.stopped_at IS NOT NULL))"
    )
    if priority:
        text += f" AND t.priority = '{priority}'"
    return Source(thing=Thing.PROMISE, organization="c.organization_id", at=decided, text=text)


def _survey(kind: SurveyKind, numerator: str) -> Source:
    text = (
        _select("r.organization_id", _day("r.answered_at"), numerator, "1", "q.id")
        + " FROM partners_surveyresponse r JOIN partners_surveyrequest q ON q.id = r.request_id"
        + f" WHERE {{scope}} AND {{when}} AND q.kind = '{kind}'"
    )
    return Source(thing=Thing.SURVEY, organization="r.organization_id", at="r.answered_at", text=text)


_ANSWERED = Source(
    thing=Thing.SURVEY,
    organization="q.organization_id",
    at="q.sent_at",
    text=_select("q.organization_id", _day("q.sent_at"), "(r.id IS NOT NULL)::int", "1", "q.id")
    + " FROM partners_surveyrequest q LEFT JOIN partners_surveyresponse r ON r.request_id = q.id"
    + f" WHERE {{scope}} AND {{when}} AND q.kind = '{SurveyKind.CSAT}' AND q.sent_at IS NOT NULL",
)
# Kept, of all that were kept, skipped or are overdue; what was withdrawn never was due.
_CHECK_INS = Source(
    thing=Thing.TOUCHPOINT,
    organization="p.organization_id",
    at="p.planned_on",
    at_is_day=True,
    text=_select("p.organization_id", "p.planned_on", f"(p.state = '{TouchpointState.DONE}')::int", "1", "p.id")
    + " FROM partners_touchpoint p WHERE {scope} AND {when} AND p.kind = 'check_in'"
    + f" AND (p.state IN ('{TouchpointState.DONE}', '{TouchpointState.SKIPPED}')"
    + f" OR (p.state = '{TouchpointState.PLANNED}' AND coalesce(p.overdue_from, p.planned_on + 1) <= %(today)s))",
)
_EXPANDING = f"o.kind <> '{OpportunityKind.NEW_BUSINESS}' AND o.archived_at IS NULL"
_WORTH = "o.amount * coalesce((%(rates)s::jsonb ->> o.currency)::numeric, 0)"
_WON = Source(
    thing=Thing.OPPORTUNITY,
    organization="o.organization_id",
    at="o.closed_on",
    at_is_day=True,
    text=_select("o.organization_id", "o.closed_on", _WORTH, "1", "o.id")
    + f" FROM partners_opportunity o WHERE {{scope}} AND {{when}} AND {_EXPANDING}"
    + f" AND o.stage = '{OpportunityStage.WON}' AND o.closed_on IS NOT NULL",
)

FLOWS: Mapping[str, Source] = {
    "tickets_created": _CREATED,
    "tickets_solved": _SOLVED,
    "responses_kept": _kept(Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE),
    **{f"responses_kept_{name}": _kept(Metric.FIRST_RESPONSE, priority=name) for name in PRIORITIES},
    "resolutions_kept": _kept(Metric.RESOLUTION),
    "csat_satisfied": _survey(SurveyKind.CSAT, f"(r.score >= {SATISFIED})::int"),
    "csat_score": _survey(SurveyKind.CSAT, "r.score"),
    "csat_answered": _ANSWERED,
    "nps": _survey(SurveyKind.NPS, f"(r.score >= {PROMOTER})::int - (r.score <= {DETRACTOR})::int"),
    "check_ins_kept": _CHECK_INS,
    "expansion_won": _WON,
}


_DAY_THERE_IS = """(
    SELECT max(l.day) FROM health_snapshot l
     WHERE l.organization_id = s.organization_id AND l.occasion = 'daily' AND l.is_main
       AND l.day BETWEEN %(day)s::date - 2 AND %(day)s
)"""


def _snapshot(numerator: str, more: str = "") -> Source:
    """The health of the day by the scorecard that makes the band; not computed yet: of two days before at most."""
    rows = "FROM health_snapshot s WHERE {scope} AND s.occasion = 'daily' AND s.is_main"
    text = f"{_select('s.organization_id', 's.day', numerator, '1', 's.organization_id')} {rows} {more}"
    return Source(
        thing=Thing.ORGANIZATION, organization="s.organization_id", text=f"{text} AND s.day = {_DAY_THERE_IS}"
    )


# Not archived by then; one that was archived and brought back in between counts as there.
_KEPT = "(g.archived_at IS NULL OR g.archived_at >= %(until)s)"
_LIVE = Source(
    thing=Thing.ORGANIZATION,
    organization="p.organization_id",
    text=_select("p.organization_id", "%(day)s::date", "1", "1", "p.organization_id")
    + " FROM partners_stageperiod p JOIN partners_organization g ON g.id = p.organization_id WHERE {scope}"
    + f" AND g.kind = '{OrganizationKind.PARTNER}' AND p.stage = '{Stage.POST_LAUNCH}' AND p.entered_at < %(until)s"
    + " AND (p.left_at IS NULL OR p.left_at >= %(until)s)"
    + f" AND {_KEPT}",
)
_OPEN_TICKETS = Source(
    thing=Thing.TICKET,
    organization="t.organization_id",
    text=_select("t.organization_id", "%(day)s::date", "1", "1", "t.id")
    + " FROM tickets_ticket t WHERE {scope} AND t.merged_into_id IS NULL AND t.opened_at < %(until)s"
    + " AND (t.solved_at IS NULL OR t.solved_at >= %(until)s)"
    + " AND (t.closed_at IS NULL OR t.closed_at >= %(until)s)",
)
# Used in the four whole weeks before (health/rules/adoption.py), of all features there were for those who use any.
_THERE = "f.released_on <= %(day)s::date AND (f.retired_on IS NULL OR f.retired_on > %(day)s::date)"
_ALL_THERE = f"max((SELECT count(*) FROM health_feature f WHERE {_THERE}))"  # noqa: S608 - fixed words
_MONDAY = "date_trunc('week', %(day)s::date)::date"
_ADOPTED = Source(
    thing=Thing.ORGANIZATION,
    organization="u.organization_id",
    text=_select(
        "u.organization_id",
        "%(day)s::date",
        f"count(DISTINCT u.feature_id) FILTER (WHERE u.week_on >= {_MONDAY} - 28)",
        _ALL_THERE,
        "u.organization_id",
    )
    + " FROM health_featureuse u JOIN health_feature f ON f.id = u.feature_id"
    + f" JOIN partners_organization g ON g.id = u.organization_id WHERE {{scope}} AND {_KEPT} AND u.uses > 0"
    + f" AND u.week_on < {_MONDAY} AND {_THERE} GROUP BY u.organization_id",
)
_OPEN_NAMES = ", ".join(f"'{stage}'" for stage in OPEN_STAGES)
_EXPANSION = Source(
    thing=Thing.OPPORTUNITY,
    organization="o.organization_id",
    text=_select("o.organization_id", "%(day)s::date", _WORTH, "1", "o.id")
    + " FROM partners_opportunity o JOIN partners_organization g ON g.id = o.organization_id"
    + f" WHERE {{scope}} AND {_KEPT} AND {_EXPANDING} AND o.created_at < %(until)s"
    + f" AND (o.stage IN ({_OPEN_NAMES}) OR o.closed_on > %(day)s)",
)

# What depends on the rates of the day is read when it is asked for.
IN_FACTS: Mapping[str, Source] = {name: source for name, source in FLOWS.items() if not MEASURES[name].is_commercial}

STATES: Mapping[str, Source] = {
    "partners_live": _LIVE,
    "tickets_open": _OPEN_TICKETS,
    "health_score": _snapshot("s.score", "AND s.score IS NOT NULL"),
    **{f"band_{band}": _snapshot(f"(s.band = '{band}')::int") for band in BANDS},
    "features_adopted": _ADOPTED,
    "expansion_open": _EXPANSION,
}
