"""What retention deletes of reviews, growth, release notes and capacity once it is over.

Revenue and losses are not among it: what a year brings is their sum from the first one on.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from partners.capacity_choices import ProposalState
from partners.feedback_choices import ReleaseNoteState
from partners.growth_choices import OPEN_STAGES, RenewalState
from partners.models import BalanceProposal, BusinessReview, Opportunity, ReleaseNote, Renewal, ReviewDocument
from partners.review_choices import ReviewState
from partners.services.review_erasure import forget_documents


def _review_documents(before: datetime) -> QuerySet[Any]:
    never_made = Q(made_at__isnull=True, created_at__lt=before)
    return ReviewDocument.objects.filter(Q(made_at__lt=before) | never_made)


def _closed_opportunities(before: datetime) -> QuerySet[Any]:
    return Opportunity.objects.filter(closed_on__lt=before.date()).exclude(stage__in=OPEN_STAGES)


def _closed_renewals(before: datetime) -> QuerySet[Any]:
    return Renewal.objects.filter(closed_on__lt=before.date()).exclude(state=RenewalState.OPEN)


def _release_notes(before: datetime) -> QuerySet[Any]:
    discarded = Q(state=ReleaseNoteState.DISCARDED, updated_at__lt=before)
    return ReleaseNote.objects.filter(Q(sent_at__lt=before) | discarded)


DUE: Mapping[str, Callable[[datetime], QuerySet[Any]]] = {
    "review_documents": _review_documents,
    "reviews_not_held": lambda before: BusinessReview.objects.filter(
        state=ReviewState.CANCELLED, updated_at__lt=before
    ),
    "presented_reviews": lambda before: BusinessReview.objects.filter(
        state=ReviewState.PRESENTED, presented_at__lt=before
    ),
    "closed_opportunities": _closed_opportunities,
    "closed_renewals": _closed_renewals,
    "release_notes": _release_notes,
    "balance_proposals": lambda before: BalanceProposal.objects.filter(state=ProposalState.CLOSED, made_at__lt=before),
}


def forget_files_of(model: type[Any], ids: list[int], now: datetime) -> None:
    """Files of reviews that are about to be deleted: they expire at once."""
    if model is ReviewDocument:
        forget_documents(ReviewDocument.objects.filter(pk__in=ids), now)
    elif model is BusinessReview:
        forget_documents(ReviewDocument.objects.filter(review_id__in=ids), now)
