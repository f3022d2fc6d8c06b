"""Rows about what is built and handed on: technical integrations, handoffs, what runs, satisfaction at the launch."""

from __future__ import annotations

from collections.abc import Mapping

from partners.enablement_choices import IntegrationStage, IntegrationState
from partners.survey_choices import SurveyKind
from reports.rules.measures import METRICS
from reports.selectors.journey_sources import launch_of
from reports.selectors.relation_sources import ON_SCALE
from reports.selectors.source import KEPT, Source, Thing, day_of, select

AFTER_LAUNCH_DAYS = 90
"""Answers of so many days are about the launch."""

# Which step was done on which day is kept; that one was stopped is known without its day. Live by hand alone: from
# the beginning, as nobody said since when.
_STEPS = (
    f"SELECT max(s.done_on) FILTER (WHERE s.stage = '{IntegrationStage.DEPLOY}') AS live_on,"  # noqa: S608 - fixed words
    " min(least(s.done_on, s.first_planned_on)) AS begun_on FROM partners_integrationstep s"
    " WHERE s.integration_id = i.id"
)
_BUILT = Source(
    thing=Thing.INTEGRATION,
    organization="i.organization_id",
    text=select(
        "i.organization_id",
        "%(day)s::date",
        f"coalesce(d.live_on <= %(day)s::date, i.state = '{IntegrationState.LIVE}')::int",
        "1",
        "i.id",
    )
    + " FROM partners_technicalintegration i JOIN partners_organization g ON g.id = i.organization_id"
    + f" LEFT JOIN LATERAL ({_STEPS}) d ON true"
    + f" WHERE {{scope}} AND {KEPT} AND i.state <> '{IntegrationState.STOPPED}'"
    + " AND (i.created_at < %(until)s OR d.begun_on <= %(day)s::date)",
)


def _on_time(more: str = "true") -> Source:
    """By the day first planned; a day that is not over decides nothing of what is still to do (rules/integrations)."""
    text = (
        select(
            "s.organization_id",
            "s.first_planned_on",
            "coalesce(s.done_on <= s.first_planned_on, false)::int",
            "1",
            "s.id",
        )
        + " FROM partners_integrationstep s JOIN partners_technicalintegration i ON i.id = s.integration_id"
        + f" WHERE {{scope}} AND {{when}} AND i.state <> '{IntegrationState.STOPPED}' AND {more}"
        + " AND (s.done_on <= %(today)s OR s.first_planned_on < %(today)s)"
    )
    return Source(
        thing=Thing.INTEGRATION_STEP,
        organization="s.organization_id",
        at="s.first_planned_on",
        at_is_day=True,
        text=text,
    )


# Acceptances and returns are rows of two tables: even numbers are handoffs, odd ones their returns.
_ANSWERS = (
    "(SELECT h.organization_id, h.accepted_at AS at, 1 AS accepted, h.id * 2 AS id, h.from_role, h.to_role"
    " FROM partners_handoff h WHERE h.accepted_at IS NOT NULL"
    " UNION ALL SELECT b.organization_id, b.returned_at, 0, b.id * 2 + 1, h.from_role, h.to_role"
    " FROM partners_handoffreturn b JOIN partners_handoff h ON h.id = b.handoff_id) x"
)


def _answered(role: str, more: str = "true") -> Source:
    text = (
        select("x.organization_id", day_of("x.at"), "x.accepted", "1", "x.id")
        + f" FROM {_ANSWERS} WHERE {{scope}} AND {{when}} AND '{role}' IN (x.from_role, x.to_role) AND {more}"
    )
    return Source(thing=Thing.HANDOFF, organization="x.organization_id", at="x.at", text=text)


def _in_time(role: str) -> Source:
    text = (
        select("h.organization_id", day_of("h.accepted_at"), "(h.accepted_at <= h.due_at)::int", "1", "h.id * 2")
        + " FROM partners_handoff h WHERE {scope} AND {when} AND h.accepted_at IS NOT NULL AND h.due_at IS NOT NULL"
        + f" AND '{role}' IN (h.from_role, h.to_role)"
    )
    return Source(thing=Thing.HANDOFF, organization="h.organization_id", at="h.accepted_at", text=text)


_AT_LAUNCH = Source(
    thing=Thing.SURVEY,
    organization="r.organization_id",
    at="r.answered_at",
    text=select("r.organization_id", day_of("r.answered_at"), "r.score", "1", "q.id")
    + " FROM partners_surveyresponse r JOIN partners_surveyrequest q ON q.id = r.request_id"
    + f" JOIN LATERAL ({launch_of('r.organization_id')}) l ON true"
    + f" WHERE {{scope}} AND {{when}} AND q.kind = '{SurveyKind.CSAT}' AND {ON_SCALE} AND r.answered_at >= l.at"
    + f" AND r.answered_at < l.at + interval '{AFTER_LAUNCH_DAYS} days'",
)


def _metric(key: str, days: int) -> Source:
    """What a metric came to over some days up to the end, as known then; organizations without samples are unknown.

    Combined as the metric says: the mean of the samples, or the last one. Of a hundred, as all of `METRICS` are. One
    that a pack calls commercial is none of everybody's.
    """
    found = "CASE m.combine WHEN 'last' THEN (array_agg(s.value ORDER BY s.at DESC, s.source_id DESC))[1]"
    text = (
        select("s.organization_id", "%(day)s::date", f"{found} ELSE avg(s.value) END / 100", "1", "s.organization_id")
        + " FROM health_sample s JOIN health_metric m ON m.id = s.metric_id"
        + f" JOIN partners_organization g ON g.id = s.organization_id WHERE {{scope}} AND {KEPT} AND m.key = '{key}'"
        + " AND NOT m.is_commercial"
        + f" AND s.at < %(until)s AND s.at >= %(until)s::timestamptz - interval '{days} days'"
        + " AND s.received_at < %(until)s GROUP BY s.organization_id, m.combine"
    )
    return Source(thing=Thing.ORGANIZATION, organization="s.organization_id", text=text)


FLOWS: Mapping[str, Source] = {
    "integrations_on_time": _on_time(f"s.stage = '{IntegrationStage.DEPLOY}'"),
    "integration_steps_on_time": _on_time(),
    "handoffs_accepted_psm": _answered("psm"),
    "handoffs_returned_psm": _answered("psm", "x.accepted = 0"),
    "handoffs_in_time_psm": _in_time("psm"),
    "csat_at_launch": _AT_LAUNCH,
}
STATES: Mapping[str, Source] = {
    "integrations_live": _BUILT,
    **{f"metric_{key}": _metric(key, days) for key, days in METRICS.items()},
}
