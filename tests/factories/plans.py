"""Success plans, beta programs and campaigns for tests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from partners.models import BetaProgram, Objective, Organization, SuccessPlan, SurveyCampaign


def make_plan(organization: Organization, *, state: str = "active", **fields: Any) -> SuccessPlan:
    """A plan over 90 days from today on, unless said otherwise."""
    made: SuccessPlan = SuccessPlan.objects.create(
        **{"title": "Plan", "template": "technical", **_days(), **fields}, organization=organization, state=state
    )
    return made


def make_objective(plan: SuccessPlan, **fields: Any) -> Objective:
    """An open objective until the plan's last day, which nothing measures."""
    values = {"title": "Goal", "target_on": plan.ends_on, **fields}
    made: Objective = Objective.objects.create(plan=plan, organization=plan.organization, **values)
    return made


def plan_rows(organization: Organization) -> dict[str, Any]:
    """One of each, by the part of an address that names it."""
    plan = make_plan(organization)
    program = BetaProgram.objects.create(title="Beta", **_days())
    return {
        "success-plans": plan,
        "objectives": make_objective(plan),
        "betas": program,
        "beta-seats": program.seats.create(organization=organization),
        "campaigns": SurveyCampaign.objects.create(name="Spring", **_days()),
    }


def _days() -> dict[str, Any]:
    today = timezone.localdate()
    return {"starts_on": today, "ends_on": today + timedelta(days=90)}
