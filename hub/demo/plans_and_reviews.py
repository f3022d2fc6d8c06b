"""Success plans and business reviews of the demo world, by the use cases: some at each point of their way."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import Notification
from accounts.rules.access import Actor
from hub.demo.past_plans import plan_past
from hub.demo.people import Crew
from partners.choices import Stage
from partners.models import Assignment, Organization
from partners.services import objectives, reviews, success_plans

# Template, days since it began, whether the portal shows it, whether it has begun.
_PLANS = (
    ("onboarding_30_60_90", 40, True, True),
    ("technical", 75, True, True),
    ("strategic", 120, True, True),
    ("improvement", 20, False, True),
    ("capacity", 10, False, True),
    ("upgrade", 3, True, False),
)
_SUMMARY = (
    "Use grew in all teams but one, and every promise of last time was kept. Next quarter is about the second site "
    "and about month-end, where tickets still come in twos."
)


def plan_and_review(*, crew: Crew, now: datetime) -> None:
    """Everything below, for live customers with a CSM; the same in every world."""
    held = Assignment.objects.filter(ended_at__isnull=True, role="csm", is_primary=True, user__is_active=True)
    rows = held.filter(organization__stage=Stage.LIVE, organization__archived_at__isnull=True)
    found = list(rows.select_related("organization", "user").order_by("organization_id"))
    actors = {row.user_id: actor_for(row.user) for row in found}
    for row, (template, days, is_shared, has_begun) in zip(found, _PLANS, strict=False):
        by, begun_at = actors[row.user_id], now - timedelta(days=days)
        plan = success_plans.create(
            by=by, organization=row.organization, template=template, starts_on=timezone.localdate(begun_at),
            is_shared=is_shared, now=begun_at,
        )  # fmt: skip
        if has_begun:
            success_plans.activate(by=by, plan=plan, now=begun_at)
    objectives.measure_next(after=0, now=now)
    plan_past(crew=crew, now=now)
    for number, row in enumerate(found[:6]):
        _review(number, row.organization, actors[row.user_id], now)
    Notification.objects.filter(mailed_at__isnull=True).update(mailed_at=now)


def _review(number: int, organization: Organization, by: Actor, now: datetime) -> None:
    """Three were presented in these weeks, two are ready and one is being built for the days to come."""
    is_shown = number < 3
    at = now - timedelta(days=3 + 4 * number) if is_shown else now
    on = timezone.localdate(at) if is_shown else timezone.localdate(now) + timedelta(days=2 + number)
    made = reviews.begin(by=by, organization=organization, kind="business_review", on=on, now=at)
    if number < 5:
        made = reviews.edit(by=by, review=made, values={"summary": _SUMMARY}, version=made.version, now=at)
    if is_shown:
        reviews.present(by=by, review=made, now=at)
    elif number < 5:
        reviews.mark_ready(by=by, review=made, now=at)
