"""Building the sections of a review from what is known now; as often as one likes, until it is presented.

What people set on a section (audience, note, left out) stays. Every writer locks the organization first.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from partners import review_policy
from partners.models import BusinessReview, ReviewSection
from partners.review_choices import ReviewState
from partners.review_sections import Asked, source_of, title_of
from partners.rules.review_content import as_data
from partners.rules.review_packs import ReviewPolicy
from partners.services.locking import lock_organizations

CHUNK = 20
OPEN = (ReviewState.BUILDING, ReviewState.READY)


@transaction.atomic
def build(reviews: Iterable[BusinessReview], *, now: datetime) -> int:
    """Bring the sections of open reviews up to date; returns how many reviews were built."""
    wanted = list(reviews)
    places = {row.pk: row for row in lock_organizations(row.organization_id for row in wanted)}
    rows = BusinessReview.objects.select_for_update(no_key=True).filter(pk__in=[row.pk for row in wanted])
    locked = list(rows.filter(state__in=OPEN).order_by("pk"))
    policy = review_policy.policy_in_force()
    for review in locked:
        review.organization = places[review.organization_id]
        _build(review, policy, now)
    BusinessReview.objects.filter(pk__in=[row.pk for row in locked]).update(built_at=now)
    return len(locked)


def build_next(*, after: int, now: datetime) -> int:
    """Build the next open reviews by id; returns the last id, 0 at the end."""
    open_ones = BusinessReview.objects.filter(pk__gt=after, state__in=OPEN, organization__archived_at__isnull=True)
    rows = list(open_ones.order_by("pk")[:CHUNK])
    build(rows, now=now)
    return rows[-1].pk if len(rows) == CHUNK else 0


def _build(review: BusinessReview, policy: ReviewPolicy | None, now: datetime) -> None:
    known = review_policy.kind_of(policy, review.kind)
    existing = {row.key: row for row in ReviewSection.objects.filter(review=review)}
    asked = Asked(
        organization=review.organization,
        kind=review.kind,
        period_from=review.period_from,
        period_to=review.period_to,
        now=now,
    )
    new, changed, told = [], [], set()
    for place, planned in enumerate(known.sections if known else ()):
        found = _content(planned.section, asked)
        if found is None:
            continue
        told.add(planned.section)
        row = existing.get(planned.section)
        if row is None:
            row = ReviewSection(organization=review.organization, review=review, key=planned.section)
            row.audience = planned.audience
            new.append(row)
        else:
            changed.append(row)
        row.place, row.built_at = place, now
        row.content, row.field_class = found
    ReviewSection.objects.bulk_create(new)
    ReviewSection.objects.bulk_update(changed, ["place", "content", "field_class", "built_at"])
    # A section of a floor that was taken out, or that the pack no longer names: nothing keeps it up to date.
    ReviewSection.objects.filter(review=review, key__in=existing.keys() - told).delete()


def _content(key: str, asked: Asked) -> tuple[dict[str, Any], str] | None:
    """What a section holds with its heading, and its field class; None for one that nobody tells."""
    source = source_of(key)
    content = source.build(asked) if source is not None else None
    if source is None or content is None:
        return None
    return {"title": title_of(key), **as_data(content)}, source.field_class
