"""Reviews as files: wanted by a person, made by a worker, once for each content (ADR 0031)."""

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from accounts.services import activity
from common.document import Document
from common.errors import DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from common.models import StoredFile
from common.pdf import render_pdf
from common.pptx_deck import render_pptx
from common.services.stored_files import kept
from partners.models import BusinessReview, ReviewDocument
from partners.permissions import may_read_fields, opens_in_full
from partners.review_choices import DocumentFormat, DocumentState, Edition, ReviewState
from partners.rules.review_content import Kept
from partners.selectors.review_pages import document_for
from partners.selectors.review_sheet import document_of, hash_of, kept_of

logger = logging.getLogger(__name__)
FOLDER = "reviews"
MOST_BYTES = 64 * 1024 * 1024
MOST_AT_ONCE = 100
_RENDERERS: Mapping[str, Callable[[Document], bytes]] = {
    DocumentFormat.PDF: render_pdf,
    DocumentFormat.PPTX: render_pptx,
}
_TASK = "partners.make_review_document"
_PATIENCE = timedelta(minutes=10)


@transaction.atomic
def want(*, by: Actor, review: BusinessReview, edition: str, format: str, now: datetime) -> ReviewDocument:
    """The file of what the review holds now: the one that is there, or one that a worker is going to make.

    A reader without commercial fields gets it without them. Raises NotAllowed; DomainError "edition", "format",
    "not_built", "cancelled".
    """
    if by.is_contact or not opens_in_full(by, review.organization):
        raise NotAllowed(_("Documents are made by those who open the organization in full."))
    if edition not in Edition.values or format not in DocumentFormat.values:
        raise DomainError(_("There is no such document."), field="format", code="format")
    locked = BusinessReview.objects.select_for_update(no_key=True).filter(pk=review.pk).first()
    if locked is None:
        raise Missing(_("This review does not exist, or it is not yours."))
    if locked.built_at is None or locked.state == ReviewState.CANCELLED:
        raise DomainError(_("It holds nothing yet: build it first."), code="not_built")
    with_commercial = edition == Edition.INTERNAL and may_read_fields(by, review.organization, FieldClass.COMMERCIAL)
    found, is_new = ReviewDocument.objects.get_or_create(
        review=locked,
        edition=edition,
        format=format,
        with_commercial=with_commercial,
        language=translation.get_language() or "en",
        content_hash=_of_what(locked, kept_of(locked.sections.all())),
        defaults={"organization_id": locked.organization_id, "asked_by_id": by.user_id},
    )
    if is_new:
        _record(by, "wanted", found, now)
    elif found.state == DocumentState.FAILED:
        found.state, found.failure = DocumentState.WAITING, ""
        found.save(update_fields=["state", "failure", "updated_at"])
    if found.state == DocumentState.WAITING:
        enqueue_on_commit(_TASK, document_id=found.pk)
    return found


@transaction.atomic
def want_theirs(*, review_ids: Collection[int], asked_by_id: int | None, language: str, now: datetime) -> int:
    """The edition of the other side, in every format, of those that hold something; how many wait to be made.

    A statement for each kind of row, whatever the number of reviews. Nobody is woken: who calls this does.
    """
    rows = BusinessReview.objects.select_for_update(no_key=True).filter(pk__in=review_ids, built_at__isnull=False)
    reviews = list(rows.exclude(state=ReviewState.CANCELLED).order_by("pk").prefetch_related("sections"))
    wanted = [
        ReviewDocument(
            organization_id=review.organization_id,
            review=review,
            edition=Edition.SHARED,
            format=format,
            language=language,
            content_hash=content,
            asked_by_id=asked_by_id,
        )
        for review, content in ((one, _of_what(one, kept_of(one.sections.all()))) for one in reviews)
        for format in DocumentFormat.values
    ]
    theirs = ReviewDocument.objects.filter(review__in=reviews, edition=Edition.SHARED, language=language)
    contents = {row.content_hash for row in wanted}
    # What waits to be made of an older content could only fail.
    theirs.filter(state=DocumentState.WAITING).exclude(content_hash__in=contents).delete()
    ReviewDocument.objects.bulk_create(wanted, ignore_conflicts=True)
    present = theirs.filter(content_hash__in=contents)
    present.filter(state=DocumentState.FAILED).update(state=DocumentState.WAITING, failure="", updated_at=now)
    return present.filter(state=DocumentState.WAITING).count()


@transaction.atomic
def want_now(*, review: BusinessReview, by: Actor, now: datetime) -> None:
    """Have the edition of the other side made of one that was just presented: it is sent next."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    want_theirs(review_ids=[review.pk], asked_by_id=by.user_id, language=language, now=now)
    waits = ReviewDocument.objects.filter(review=review, state=DocumentState.WAITING)
    for document_id in waits.values_list("pk", flat=True):
        enqueue_on_commit(_TASK, document_id=document_id)


@transaction.atomic
def fetch(*, by: Actor, document_id: UUID, review: BusinessReview | None = None, now: datetime) -> StoredFile:
    """The file of a finished document for a reader of it, of `review` if given; who took it out is recorded.

    Raises Missing: for one that is not there (yet, or any more), and for one that holds money without its reader.
    """
    found = document_for(by, document_id)
    if found is None or found.file is None or (review is not None and found.review_id != review.pk):
        raise Missing(_("There is no such document, or it is not yours."))
    if not default_storage.exists(found.file.path):
        raise Missing(_("There is no such document, or it is not yours."))
    _record(by, "fetched", found, now)
    return found.file


def make(*, document_id: int, now: datetime) -> bool:
    """Render one that waits. False where it is made already, or its content has moved on since it was wanted."""
    rows = ReviewDocument.objects.select_for_update(of=("self",), skip_locked=True)
    found = rows.select_related("review__organization").filter(pk=document_id, state=DocumentState.WAITING).first()
    if found is None:
        return False
    sections = kept_of(found.review.sections.all())
    if _of_what(found.review, sections) != found.content_hash:
        _fail(found, _("The review has changed since; ask for it again."))
        return False
    try:
        with translation.override(found.language):
            document = document_of(
                found.review,
                sections,
                name=found.edition,
                with_commercial=found.with_commercial,
                language=found.language,
                now=now,
            )
        data = _RENDERERS[found.format](document)
    except Exception:
        # Not raised again: that would roll the mark back, and the same failure would come back every minute.
        logger.exception("document %s could not be rendered", found.public_id)
        _fail(found, _("It could not be rendered."))
        return False
    _keep(found, data, now)
    return True


def make_next(*, review_ids: Collection[int], now: datetime) -> bool:
    """Render one that waits for one of these reviews; whether there was any that nobody renders already."""
    rows = ReviewDocument.objects.select_for_update(skip_locked=True)
    waits = rows.filter(review_id__in=review_ids, state=DocumentState.WAITING)
    found = waits.order_by("pk").values_list("pk", flat=True).first()
    if found is not None:
        make(document_id=found, now=now)
    return found is not None


def waiting(*, now: datetime) -> list[int]:
    """Those whose message was lost, to be queued again."""
    rows = ReviewDocument.objects.filter(state=DocumentState.WAITING, created_at__lt=now - _PATIENCE)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _of_what(review: BusinessReview, sections: Sequence[Kept]) -> str:
    """Which content a document is made of. One that is not presented says that it is a draft, so it is another one."""
    content = hash_of(review, sections)
    if review.state == ReviewState.PRESENTED:
        return content
    return hashlib.sha256(f"draft {content}".encode()).hexdigest()


def _keep(found: ReviewDocument, data: bytes, now: datetime) -> None:
    review = found.review
    stem = slugify(f"{review.organization.name} {review.title}") or "review"
    file = ContentFile(data, name=f"{stem}.{found.format}")
    sent: dict[str, Any] = {"owner_id": found.asked_by_id, "organization_id": found.organization_id}
    with kept(file=file, folder=FOLDER, most_bytes=MOST_BYTES, **sent) as stored:
        found.file, found.state, found.made_at = stored, DocumentState.DONE, now
        found.save(update_fields=["file", "state", "made_at", "updated_at"])


def _fail(found: ReviewDocument, why: str) -> None:
    found.state, found.failure = DocumentState.FAILED, why[:300]
    found.save(update_fields=["state", "failure", "updated_at"])


def _record(by: Actor, verb: str, document: ReviewDocument, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"review.document_{verb}",
        target=document.review,
        target_name=_("Review with %(name)s") % {"name": document.review.organization.name},
        organization_id=document.organization_id,
        changes={"document": [None, f"{document.edition} {document.format}"]},
        now=now,
    )
