"""A person's words in business reviews: taken out of what was presented too, and the review says so (ADR 0033).

The hash of what was shown stays beside one of what is left. Documents that may name them go; they can be made again.
"""

import re
from datetime import datetime
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db.models import F, Q

from common.models import StoredFile
from partners.models import BusinessReview, ReviewDocument, ReviewSection
from partners.review_choices import ReviewState
from partners.rules.scrubbing import scrub
from partners.selectors.review_sheet import hash_of, kept_of
from partners.services.person_records import Person

_OF_REVIEWS = ("title", "summary", "agenda")
_OF_SECTIONS = ("content", "note")


def take_out_of_presented(
    person: Person, *, words: set[str], pattern: re.Pattern[str], neutral: str, now: datetime
) -> int:
    """Take the words out of presented reviews of the person's organizations; from how many.

    Each is marked by the transaction that does it: without its mark the database refuses any change.
    """
    here = BusinessReview.objects.filter(organization_id__in=person.organization_ids)
    forget_documents(ReviewDocument.objects.filter(review__in=here.exclude(state=ReviewState.PRESENTED)), now)
    presented = here.filter(state=ReviewState.PRESENTED)
    sections = ReviewSection.objects.filter(_naming(_OF_SECTIONS, words), review__in=presented)
    maybe = presented.filter(_naming(_OF_REVIEWS, words) | Q(pk__in=sections.values("review_id")))
    return sum(_take_out(review, pattern, neutral, now) for review in maybe.select_for_update(no_key=True))


def _naming(fields: tuple[str, ...], words: set[str]) -> Q:
    found = Q(pk__in=[])
    for field in fields:
        for word in words:
            found |= Q(**{f"{field}__icontains": word})
    return found


def _take_out(review: BusinessReview, pattern: re.Pattern[str], neutral: str, now: datetime) -> bool:
    sections = list(ReviewSection.objects.filter(review=review))
    changed = [row for row in sections if _scrub(row, _OF_SECTIONS, pattern, neutral)]
    if not _scrub(review, _OF_REVIEWS, pattern, neutral) and not changed:
        return False
    values: dict[str, Any] = {name: getattr(review, name) for name in _OF_REVIEWS}
    kept_hash = hash_of(review, kept_of(sections))
    marked = {"erased_at": TransactionNow(), "kept_hash": kept_hash, "version": F("version") + 1}
    BusinessReview.objects.filter(pk=review.pk).update(**values, **marked, updated_at=now)
    for row in changed:
        rewritten = {name: getattr(row, name) for name in _OF_SECTIONS}
        ReviewSection.objects.filter(pk=row.pk).update(**rewritten, version=F("version") + 1)
    forget_documents(ReviewDocument.objects.filter(review=review), now)
    return True


def _scrub(row: Any, fields: tuple[str, ...], pattern: re.Pattern[str], neutral: str) -> bool:
    """Rewrite the fields of a row in memory; whether any changed."""
    before = [getattr(row, name) for name in fields]
    for name, value in zip(fields, before, strict=True):
        setattr(row, name, scrub(value, pattern, neutral))
    return before != [getattr(row, name) for name in fields]


def forget_documents(documents: Any, now: datetime) -> None:
    """The rows go at once, their files with the next run of retention."""
    files = list(documents.exclude(file=None).values_list("file_id", flat=True))
    documents.delete()
    StoredFile.objects.filter(pk__in=files).update(expires_at=now)
