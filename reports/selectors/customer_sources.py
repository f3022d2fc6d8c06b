"""Rows about accounts: plans, reviews, executives, value and alarms answered (spec/reports.md, CSM)."""

from __future__ import annotations

from collections.abc import Mapping

from health.alert_querysets import COMMERCIAL_CAUSES
from partners.choices import CUSTOMER_STAGES, ContactRole, OrganizationKind, Stage
from partners.growth_choices import QUALIFIED_STAGES, OpportunityStage
from partners.loss_choices import LossState
from partners.plan_choices import ObjectiveState, PlanState
from partners.review_choices import ReviewState
from partners.selectors.plan_reviews import KIND as REVIEW
from partners.work_choices import TouchpointState
from reports.selectors.relation_sources import EXPANDING, WORTH
from reports.selectors.source import KEPT, Source, Thing, day_of, select

EXECUTIVES = 3
"""So many relationships with executives are wanted of each enterprise account."""

_SIGNED = ", ".join(f"'{stage}'" for stage in CUSTOMER_STAGES if stage is not Stage.PRE_SALES)
_NOT_LOST = f"""NOT EXISTS (
    SELECT FROM partners_loss l WHERE l.organization_id = g.id AND l.state <> '{LossState.WITHDRAWN}'
       AND l.lost_on <= %(day)s AND (l.returned_on IS NULL OR l.returned_on > %(day)s)
)"""


def _accounts(numerator: str, *, segment: str = "") -> Source:
    """A row a customer account that is with us at the end of a day; `numerator` speaks of it as g."""
    text = (
        select("p.organization_id", "%(day)s::date", numerator, "1", "p.organization_id")
        + " FROM partners_stageperiod p JOIN partners_organization g ON g.id = p.organization_id"
        + f" WHERE {{scope}} AND g.kind = '{OrganizationKind.CUSTOMER}' AND p.stage IN ({_SIGNED})"
        + " AND p.entered_at < %(until)s AND (p.left_at IS NULL OR p.left_at >= %(until)s)"
        + f" AND {KEPT} AND {_NOT_LOST}"
    )
    if segment:
        text += (
            " AND EXISTS (SELECT FROM partners_organizationfacts f WHERE f.organization_id = g.id"
            f" AND f.arr_segment = '{segment}')"
        )
    return Source(thing=Thing.ORGANIZATION, organization="p.organization_id", text=text)


# A draft is none. The day on which a draft became active is not kept: it counts from its own first day, or from when it
# was written.
_HAS_PLAN = f"""EXISTS (
    SELECT FROM partners_successplan s WHERE s.organization_id = g.id AND s.state <> '{PlanState.DRAFT}'
       AND least(s.starts_on, {day_of("s.created_at")}) <= %(day)s
       AND (s.state = '{PlanState.ACTIVE}' OR s.closed_at >= %(until)s)
)::int"""
# Three months up to the day: at the end of a quarter they are the quarter.
_THREE_MONTHS = "(%(day)s::date + 1 - interval '3 months')::date"
_HAD_REVIEW = f"""(EXISTS (
    SELECT FROM partners_businessreview b WHERE b.organization_id = g.id AND b.kind = '{REVIEW}'
       AND b.state = '{ReviewState.PRESENTED}'
       AND {day_of("b.presented_at")} BETWEEN {_THREE_MONTHS} AND %(day)s::date
) OR EXISTS (
    SELECT FROM partners_touchpoint v WHERE v.organization_id = g.id AND v.kind = '{REVIEW}'
       AND v.state = '{TouchpointState.DONE}' AND v.planned_on BETWEEN {_THREE_MONTHS} AND %(day)s::date
))::int"""  # noqa: S608 - fixed words
_KNOWS_EXECUTIVES = f"""((
    SELECT count(*) FROM partners_contact c LEFT JOIN partners_stakeholder h ON h.contact_id = c.id
     WHERE c.organization_id = g.id AND c.role = '{ContactRole.EXECUTIVE}' AND c.created_at < %(until)s
       AND (c.archived_at IS NULL OR c.archived_at >= %(until)s) AND (h.left_on IS NULL OR h.left_on > %(day)s)
) >= {EXECUTIVES})::int"""  # noqa: S608 - fixed words

# Objectives of the first year whose day has come or that are settled (partners/selectors/plan_value.py).
_YEAR = "(g.launched_on + interval '1 year')::date"
_VALUE = Source(
    thing=Thing.OBJECTIVE,
    organization="o.organization_id",
    text=select(
        "o.organization_id",
        "%(day)s::date",
        f"(o.state = '{ObjectiveState.ACHIEVED}' AND o.achieved_on <= least({_YEAR}, %(day)s::date))::int",
        "1",
        "o.id",
    )
    + " FROM partners_objective o JOIN partners_successplan s ON s.id = o.plan_id"
    + " JOIN partners_organization g ON g.id = o.organization_id"
    + f" WHERE {{scope}} AND {KEPT} AND {_NOT_LOST} AND s.state <> '{PlanState.DRAFT}' AND s.created_at < %(until)s"
    + f" AND o.state <> '{ObjectiveState.DROPPED}' AND o.target_on <= {_YEAR}"
    + " AND g.launched_on > %(day)s::date - 731 AND g.launched_on <= %(day)s"
    + " AND (o.target_on < %(day)s OR o.achieved_on <= %(day)s"
    + f" OR (o.state = '{ObjectiveState.MISSED}' AND o.updated_at < %(until)s))",
)

# Answered in time on the day of the answer, late ones on the day on which the answer was due.
_DECIDED = "least(e.answered_at, e.due_at)"
_CAUSES = ", ".join(f"'{cause}'" for cause in COMMERCIAL_CAUSES)
_ALERTS = Source(
    thing=Thing.ALERT,
    organization="e.organization_id",
    at=_DECIDED,
    text=select("e.organization_id", day_of(_DECIDED), "coalesce(e.answered_at <= e.due_at, false)::int", "1", "e.id")
    + " FROM health_episode e WHERE {scope} AND {when} AND e.due_at IS NOT NULL"
    + f" AND (e.answered_at <= e.due_at OR e.due_at < %(now)s) AND e.cause NOT IN ({_CAUSES})",
)

# Its stage is kept for today alone: what was decided later counts if it was won.
_QUALIFIED = ", ".join(f"'{stage}'" for stage in QUALIFIED_STAGES)
_PIPELINE = Source(
    thing=Thing.OPPORTUNITY,
    organization="o.organization_id",
    text=select("o.organization_id", "%(day)s::date", WORTH, "1", "o.id")
    + " FROM partners_opportunity o JOIN partners_organization g ON g.id = o.organization_id"
    + f" WHERE {{scope}} AND {KEPT} AND {EXPANDING} AND o.created_at < %(until)s"
    + f" AND (o.stage IN ({_QUALIFIED}) OR (o.stage = '{OpportunityStage.WON}' AND o.closed_on > %(day)s))",
)

FLOWS: Mapping[str, Source] = {"alerts_answered": _ALERTS}
STATES: Mapping[str, Source] = {
    "accounts_here": _accounts("1"),
    "plans_in_place": _accounts(_HAS_PLAN, segment="enterprise"),
    "reviews_in_quarter": _accounts(_HAD_REVIEW, segment="enterprise"),
    "executives_known": _accounts(_KNOWS_EXECUTIVES, segment="enterprise"),
    "value_reached": _VALUE,
    "pipeline_qualified": _PIPELINE,
}
