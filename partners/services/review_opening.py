"""Beginning reviews ahead of their day: for every planned touchpoint of a kind that has a pack, once a period.

By set and as often as one likes: nothing is doubled, and what is presented or cancelled stays.
"""

from datetime import datetime, timedelta

from django.db import transaction

from partners import review_policy
from partners.models import BusinessReview, Touchpoint
from partners.review_choices import ReviewState
from partners.rules.review_packs import ReviewPolicy
from partners.rules.review_periods import Period, period_of
from partners.services.locking import lock_organizations
from partners.services.review_building import OPEN
from partners.work_choices import TouchpointState

CHUNK = 200
Key = tuple[int, str, object]


@transaction.atomic
def open_next(*, after: int, now: datetime) -> int:
    """Begin or move the reviews of the next touchpoints by id; returns the last id, 0 at the end."""
    policy = review_policy.policy_in_force()
    if policy is None:
        return 0
    today = now.date()
    rows = Touchpoint.objects.filter(
        pk__gt=after,
        kind__in=policy.kinds,
        state=TouchpointState.PLANNED,
        planned_on__gte=today - timedelta(days=1),
        planned_on__lte=today + timedelta(days=policy.ahead_days),
        organization__archived_at__isnull=True,
    )
    found = list(rows.order_by("pk")[:CHUNK])
    _open(found, policy)
    return found[-1].pk if len(found) == CHUNK else 0


def _open(touchpoints: list[Touchpoint], policy: ReviewPolicy) -> None:
    places = {row.pk: row for row in lock_organizations(row.organization_id for row in touchpoints)}
    known = _known(list(places))
    new: dict[Key, BusinessReview] = {}
    moved = []
    for touchpoint in touchpoints:
        period = period_of(touchpoint.slot_on or touchpoint.planned_on)
        key = (touchpoint.organization_id, touchpoint.kind, period.start)
        review = known.get(key)
        if review is None:
            new.setdefault(key, _made(touchpoint, period, policy))
        elif review.state in OPEN and _follows(review, touchpoint):
            moved.append(review)
    BusinessReview.objects.bulk_create(new.values(), ignore_conflicts=True)
    BusinessReview.objects.bulk_update(moved, ["touchpoint", "planned_on", "owner", "version"])


def _known(organization_ids: list[int]) -> dict[Key, BusinessReview]:
    rows = BusinessReview.objects.filter(organization_id__in=organization_ids).exclude(state=ReviewState.CANCELLED)
    return {(row.organization_id, row.kind, row.period_from): row for row in rows.select_for_update(no_key=True)}


def _made(touchpoint: Touchpoint, period: Period, policy: ReviewPolicy) -> BusinessReview:
    return BusinessReview(
        organization_id=touchpoint.organization_id,
        kind=touchpoint.kind,
        title=f"{review_policy.kind_label(policy, touchpoint.kind)} {period.label}",
        period_from=period.start,
        period_to=period.end,
        planned_on=touchpoint.planned_on,
        touchpoint=touchpoint,
        owner_id=touchpoint.owner_id,
        agenda=review_policy.draft(review_policy.kind_of(policy, touchpoint.kind), "agenda"),
    )


def _follows(review: BusinessReview, touchpoint: Touchpoint) -> bool:
    """Goes with the day and the owner of its touchpoint; the first one planned keeps it. Says whether it moved."""
    is_other = review.touchpoint_id not in (None, touchpoint.pk)
    before = (review.touchpoint_id, review.planned_on, review.owner_id)
    if is_other or before == (touchpoint.pk, touchpoint.planned_on, touchpoint.owner_id):
        return False
    review.touchpoint, review.planned_on, review.owner_id = touchpoint, touchpoint.planned_on, touchpoint.owner_id
    review.version += 1
    return True
