"""Rows about technical success: escalations, integrations, advice, training of their people (spec/reports.md)."""

from __future__ import annotations

from collections.abc import Mapping

from partners.choices import ContactRole
from partners.enablement_choices import (
    IntegrationStage,
    IntegrationState,
    RecommendationKind,
    RecommendationState,
    TrainingResult,
    TrainingState,
)
from partners.survey_choices import SurveyKind
from reports.selectors.relation_sources import ON_SCALE
from reports.selectors.source import KEPT, Source, Thing, day_of, select
from reports.selectors.ticket_sources import IS_SOLVED, TOOK, of_tickets
from tickets.choices import EventKind, Side, TicketKind

# The first public answer after the escalation.
_ANSWERED = f"""(
    SELECT min(e.at) FROM tickets_ticketevent e WHERE e.ticket_id = t.id AND e.kind = '{EventKind.REPLY}'
       AND e.side = '{Side.AGENT}' AND e.at >= t.escalated_at
)"""  # noqa: S608 - fixed words
_TECHNICAL = "AND t.is_technical_escalation AND t.escalated_at IS NOT NULL"
_BROKEN = f"AND t.kind IN ('{TicketKind.INCIDENT}', '{TicketKind.PROBLEM}')"

# Answers of those who build: contacts in a technical role.
_DEVELOPERS = Source(
    thing=Thing.SURVEY,
    organization="r.organization_id",
    at="r.answered_at",
    text=select("r.organization_id", day_of("r.answered_at"), "r.score", "1", "q.id")
    + " FROM partners_surveyresponse r JOIN partners_surveyrequest q ON q.id = r.request_id"
    + " JOIN partners_contact c ON c.id = q.contact_id"
    + f" WHERE {{scope}} AND {{when}} AND q.kind = '{SurveyKind.CSAT}' AND {ON_SCALE}"
    + f" AND c.role = '{ContactRole.TECHNICAL}'",
)

_NOT_STOPPED = f"i.state <> '{IntegrationState.STOPPED}'"
_MILESTONES = Source(
    thing=Thing.ORGANIZATION,
    organization="s.organization_id",
    text=select(
        "s.organization_id",
        "%(day)s::date",
        "bool_and(coalesce(s.done_on <= least(s.first_planned_on, %(day)s::date), false))::int",
        "1",
        "s.organization_id",
    )
    + " FROM partners_integrationstep s JOIN partners_technicalintegration i ON i.id = s.integration_id"
    + " JOIN partners_organization g ON g.id = s.organization_id"
    + f" WHERE {{scope}} AND {KEPT} AND {_NOT_STOPPED} AND s.first_planned_on > %(day)s::date - 183"
    + " AND (s.first_planned_on < %(day)s OR s.done_on <= %(day)s) GROUP BY s.organization_id",
)


def _integrations(numerator: str) -> Source:
    """A row an integration that is in production at the end of a day: deployed, and not stopped since."""
    return Source(
        thing=Thing.INTEGRATION,
        organization="i.organization_id",
        text=select("i.organization_id", "%(day)s::date", numerator, "1", "i.id")
        + " FROM partners_technicalintegration i JOIN partners_organization g ON g.id = i.organization_id"
        + f" WHERE {{scope}} AND {KEPT} AND {_NOT_STOPPED} AND EXISTS (SELECT FROM partners_integrationstep s"
        + f" WHERE s.integration_id = i.id AND s.stage = '{IntegrationStage.DEPLOY}' AND s.done_on <= %(day)s)",
    )


_DONE = f"(r.state = '{RecommendationState.DONE}' AND r.closed_on <= %(day)s)"
_ADVICE = (
    " FROM partners_recommendation r JOIN partners_organization g ON g.id = r.organization_id"
    f" WHERE {{scope}} AND {KEPT} AND r.proposed_on <= %(day)s AND r.kind = "
)
_PRACTICES = Source(
    thing=Thing.ADVICE,
    organization="r.organization_id",
    text=select("r.organization_id", "%(day)s::date", f"{_DONE}::int", "1", "r.id")
    + f"{_ADVICE}'{RecommendationKind.BEST_PRACTICE}'",
)
_OPTIMIZED = Source(
    thing=Thing.ORGANIZATION,
    organization="r.organization_id",
    text=select("r.organization_id", "%(day)s::date", f"bool_or({_DONE})::int", "1", "r.organization_id")
    + f"{_ADVICE}'{RecommendationKind.OPTIMIZATION}' GROUP BY r.organization_id",
)
# The last word on each of their people within a year counts; who was not there has none (health/collectors).
_TOLD = ", ".join(f"'{one}'" for one in (TrainingResult.ATTENDED, TrainingResult.PASSED, TrainingResult.FAILED))
_COMPETENT = Source(
    thing=Thing.CONTACT,
    organization="a.organization_id",
    text=select(  # noqa: S608 - fixed words
        "last.organization_id",
        "%(day)s::date",
        f"(last.result <> '{TrainingResult.FAILED}')::int",
        "1",
        "last.contact_id",
    )
    + " FROM (SELECT DISTINCT ON (a.organization_id, a.contact_id) a.organization_id, a.contact_id, a.result"
    + " FROM partners_trainingattendee a JOIN partners_training t ON t.id = a.training_id"
    + " JOIN partners_contact c ON c.id = a.contact_id JOIN partners_organization g ON g.id = a.organization_id"
    + f" WHERE {{scope}} AND {KEPT} AND t.state = '{TrainingState.HELD}' AND t.held_on <= %(day)s"
    + f" AND t.held_on > %(day)s::date - 365 AND a.result IN ({_TOLD})"
    + " AND (c.archived_at IS NULL OR c.archived_at >= %(until)s)"
    + " ORDER BY a.organization_id, a.contact_id, t.held_on DESC, a.id DESC) last",
)

FLOWS: Mapping[str, Source] = {
    "technical_solved": of_tickets("t.solved_at", TOOK, f"AND {IS_SOLVED} {_BROKEN}"),
    "escalation_response": of_tickets(
        _ANSWERED, f"extract(epoch FROM {_ANSWERED} - t.escalated_at)", f"{_TECHNICAL} AND {_ANSWERED} IS NOT NULL"
    ),
    # One that was solved already when it was escalated waits for the next solve.
    "escalation_solved": of_tickets(
        "t.solved_at",
        "extract(epoch FROM t.solved_at - t.escalated_at)",
        f"AND {IS_SOLVED} {_TECHNICAL} AND t.solved_at >= t.escalated_at",
    ),
    "developers_satisfied": _DEVELOPERS,
}
STATES: Mapping[str, Source] = {
    "milestones_reached": _MILESTONES,
    "integrations_documented": _integrations("i.is_documented::int"),
    "integrations_called": _integrations("(coalesce(i.calls_per_day, 0) > 0)::int"),
    "practices_adopted": _PRACTICES,
    "optimizations_done": _OPTIMIZED,
    "people_competent": _COMPETENT,
}
