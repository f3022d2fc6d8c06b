"""How far the packs are that somebody had brought up to date together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from accounts.rules.access import Actor
from partners.models import BusinessReview, ReviewBatch, ReviewDocument
from partners.review_choices import DocumentState, Edition, ReviewState

# By then the run for all reviews has built what a lost message left, or it cannot be built.
_ENDS = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`done` of `total` reviews are built since they were asked for, or closed.

    Of the documents of the other side's edition `documents` were made since then, `waiting` are still to be made,
    `failed` could not be.
    """

    done: int
    total: int
    asked_at: datetime
    documents: int = 0
    waiting: int = 0
    failed: int = 0

    @property
    def is_built(self) -> bool:
        return self.done >= self.total

    @property
    def is_done(self) -> bool:
        return self.is_built and not self.waiting


def progress_of(actor: Actor, *, now: datetime) -> Progress | None:
    """Of the batch that `actor` asked for last; None without one of late. Three statements."""
    found = ReviewBatch.objects.visible_to(actor).filter(asked_at__gt=now - _ENDS).first()
    if found is None:
        return None
    rows = BusinessReview.objects.filter(pk__in=found.review_ids)
    closed = Q(state__in=[ReviewState.PRESENTED, ReviewState.CANCELLED])
    done = rows.filter(closed | Q(built_at__gte=found.asked_at)).count()
    documents = ReviewDocument.objects.filter(review_id__in=found.review_ids, edition=Edition.SHARED)
    counts = documents.aggregate(
        documents=Count("pk", filter=Q(state=DocumentState.DONE, made_at__gte=found.asked_at)),
        waiting=Count("pk", filter=Q(state=DocumentState.WAITING)),
        failed=Count("pk", filter=Q(state=DocumentState.FAILED, updated_at__gte=found.asked_at)),
    )
    return Progress(done=done, total=len(found.review_ids), asked_at=found.asked_at, **counts)
