"""Rows about surveys, check-ins, opportunities and the ledger of revenue."""

from __future__ import annotations

from collections.abc import Mapping

from partners.growth_choices import OPEN_STAGES, OpportunityKind, OpportunityStage
from partners.rules.nps import DETRACTOR, PROMOTER
from partners.rules.nps import SCORES as NPS_SCORES
from partners.rules.surveys import SATISFIED, SCORES
from partners.survey_choices import SurveyKind
from partners.work_choices import TouchpointState
from reports.selectors.source import KEPT, Seen, Source, Thing, day_of, of_seen, select

# What is off the scale stands for no answer.
ON_SCALE = f"r.score BETWEEN {SCORES[0]} AND {SCORES[-1]}"
_ON_NPS_SCALE = f"r.score BETWEEN {NPS_SCORES[0]} AND {NPS_SCORES[-1]}"


def _survey(kind: SurveyKind, numerator: str) -> Source:
    on_scale = _ON_NPS_SCALE if kind == SurveyKind.NPS else ON_SCALE
    text = (
        select("r.organization_id", day_of("r.answered_at"), numerator, "1", "q.id")
        + " FROM partners_surveyresponse r JOIN partners_surveyrequest q ON q.id = r.request_id"
        + f" WHERE {{scope}} AND {{when}} AND q.kind = '{kind}' AND {on_scale}"
    )
    return Source(
        is_in_facts=True,
        thing=Thing.SURVEY,
        organization="r.organization_id",
        at="r.answered_at",
        text=text,
        desk=of_seen("q.id", Seen.SURVEYS),
        seen=(Seen.SURVEYS,),
    )


_ANSWERED = Source(
    is_in_facts=True,
    thing=Thing.SURVEY,
    organization="q.organization_id",
    desk=of_seen("q.id", Seen.SURVEYS),
    seen=(Seen.SURVEYS,),
    at="q.sent_at",
    text=select("q.organization_id", day_of("q.sent_at"), "(r.id IS NOT NULL)::int", "1", "q.id")
    + " FROM partners_surveyrequest q LEFT JOIN partners_surveyresponse r ON r.request_id = q.id"
    + f" WHERE {{scope}} AND {{when}} AND q.kind = '{SurveyKind.CSAT}' AND q.sent_at IS NOT NULL",
)
# Kept, of all that were kept, skipped or are overdue; what was withdrawn never was due.
_CHECK_INS = Source(
    is_in_facts=True,
    thing=Thing.TOUCHPOINT,
    organization="p.organization_id",
    at="p.planned_on",
    at_is_day=True,
    text=select("p.organization_id", "p.planned_on", f"(p.state = '{TouchpointState.DONE}')::int", "1", "p.id")
    + " FROM partners_touchpoint p WHERE {scope} AND {when} AND p.kind = 'check_in'"
    + f" AND (p.state IN ('{TouchpointState.DONE}', '{TouchpointState.SKIPPED}')"
    + f" OR (p.state = '{TouchpointState.PLANNED}' AND coalesce(p.overdue_from, p.planned_on + 1) <= %(today)s))",
)
EXPANDING = f"o.kind <> '{OpportunityKind.NEW_BUSINESS}' AND o.archived_at IS NULL"
# Nothing where the currency has no rate on that day: the figure says how many are left out.
WORTH = "o.amount * (%(rates)s::jsonb ->> o.currency)::numeric"
_WON = Source(
    thing=Thing.OPPORTUNITY,
    organization="o.organization_id",
    at="o.closed_on",
    at_is_day=True,
    text=select("o.organization_id", "o.closed_on", WORTH, "1", "o.id")
    + f" FROM partners_opportunity o WHERE {{scope}} AND {{when}} AND {EXPANDING}"
    + f" AND o.stage = '{OpportunityStage.WON}' AND o.closed_on IS NOT NULL",
)
_OPEN_NAMES = ", ".join(f"'{stage}'" for stage in OPEN_STAGES)
_EXPANSION = Source(
    thing=Thing.OPPORTUNITY,
    organization="o.organization_id",
    text=select("o.organization_id", "%(day)s::date", WORTH, "1", "o.id")
    + " FROM partners_opportunity o JOIN partners_organization g ON g.id = o.organization_id"
    + f" WHERE {{scope}} AND {KEPT} AND {EXPANDING} AND o.created_at < %(until)s"
    + f" AND (o.stage IN ({_OPEN_NAMES}) OR o.closed_on > %(day)s)",
)


_RATE = "(%(rates)s::jsonb ->> c.currency)::numeric"
_BALANCES = f"""
    SELECT c.organization_id, sum(c.amount * {_RATE}) FILTER (WHERE c."on" < %(first)s) AS before,
           sum(c.amount * {_RATE}) AS after
      FROM partners_revenuechange c WHERE {{scope}} AND c."on" <= %(day)s AND {_RATE} IS NOT NULL
     GROUP BY c.organization_id
"""  # noqa: S608 - fixed words


def _ledger(numerator: str, denominator: str) -> Source:
    """Organizations that brought anything before the period: what they did, and what they do at its end.

    The formulas are those of partners/rules/revenue.py. Amounts without a rate are left out there too.
    """
    return Source(
        thing=Thing.ORGANIZATION,
        organization="c.organization_id",
        text=select("b.organization_id", "%(day)s::date", numerator, denominator, "b.organization_id")
        + f" FROM ({_BALANCES}) b WHERE b.before > 0",
    )


FLOWS: Mapping[str, Source] = {
    "csat_satisfied": _survey(SurveyKind.CSAT, f"(r.score >= {SATISFIED})::int"),
    "csat_score": _survey(SurveyKind.CSAT, "r.score"),
    "csat_answered": _ANSWERED,
    "nps": _survey(SurveyKind.NPS, f"(r.score >= {PROMOTER})::int - (r.score <= {DETRACTOR})::int"),
    "check_ins_kept": _CHECK_INS,
    "expansion_won": _WON,
}
STATES: Mapping[str, Source] = {
    "expansion_open": _EXPANSION,
    "grr": _ledger("least(b.before, greatest(b.after, 0))", "b.before"),
    "nrr": _ledger("greatest(b.after, 0)", "b.before"),
    "logos_kept": _ledger("(b.after > 0)::int", "1"),
}
