"""So many days before a review its owner hears that the pack stands and is to be looked through; once for each."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.services.notifications import Notice, notify_each
from common.templatetags.format import spell_day
from partners import notices, review_policy
from partners.models import BusinessReview
from partners.review_choices import ReviewState

MOST = 2_000


@transaction.atomic
def remind_of_packs(*, now: datetime) -> int:
    """Tell owners whose review comes near and has not been looked through; how many notices are new. Safe to repeat."""
    policy = review_policy.policy_in_force()
    near = Q(pk__in=[])
    today = timezone.localdate(now)
    for kind in policy.kinds.values() if policy else ():
        near |= Q(kind=kind.id, planned_on__lte=today + timedelta(days=kind.ready_days_before))
    rows = BusinessReview.objects.filter(
        near,
        state=ReviewState.BUILDING,
        built_at__isnull=False,
        planned_on__gte=today,
        owner__isnull=False,
        organization__archived_at__isnull=True,
    )
    ids = dict(rows.order_by("planned_on", "pk").values_list("pk", "owner_id")[:MOST])
    return sum(_tell(user, ids.keys(), now) for user in users_with_access(set(ids.values())))


def _tell(user: User, ids: Iterable[int], now: datetime) -> int:
    seen: Any = BusinessReview.objects.visible_to(actor_for(user)).filter(pk__in=list(ids), owner=user)
    with override(user.language or None), timezone.override(ZoneInfo(user.timezone)):
        told = [_notice(user, row) for row in seen.select_related("organization").order_by("planned_on", "pk")]
    return notify_each(told, kind=notices.REVIEWS, now=now)


def _notice(user: User, review: Any) -> Notice:
    words = {"title": review.title, "name": review.organization.name, "day": spell_day(review.planned_on)}
    return Notice(
        user_id=user.pk,
        title=_("%(title)s of %(name)s stands: look it through before %(day)s") % words,
        key=f"review-stands:{review.pk}",
        target_type="businessreview",
        target_id=review.pk,
        organization_id=review.organization_id,
    )
