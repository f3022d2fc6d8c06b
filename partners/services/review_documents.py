"""Reviews as files: wanted by a person, made by a worker, once for each content (ADR 0031)."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from accounts.services import activity
from common.document import Document
from common.errors import DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from common.pdf import render_pdf
from common.pptx_deck import render_pptx
from common.services.stored_files import kept
from partners.models import BusinessReview, ReviewDocument
from partners.permissions import may_read_fields, opens_in_full
from partners.review_choices import DocumentFormat, DocumentState, Edition, ReviewState
from partners.selectors.review_sheet import document_of, hash_of, kept_of

logger = logging.getLogger(__name__)
FOLDER = "reviews"
MOST_BYTES = 64 * 1024 * 1024
MOST_AT_ONCE = 500
_RENDERERS: Mapping[str, Callable[[Document], bytes]] = {
    DocumentFormat.PDF: render_pdf,
    DocumentFormat.PPTX: render_pptx,
}
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
        content_hash=locked.kept_hash or locked.content_hash or hash_of(locked, kept_of(locked.sections.all())),
        defaults={"organization_id": locked.organization_id, "asked_by_id": by.user_id},
    )
    if is_new:
        _record(by, found, now)
    elif found.state == DocumentState.FAILED:
        found.state, found.failure = DocumentState.WAITING, ""
        found.save(update_fields=["state", "failure", "updated_at"])
    if found.state == DocumentState.WAITING:
        enqueue_on_commit("partners.make_review_document", document_id=found.pk)
    return found


def make(*, document_id: int, now: datetime) -> bool:
    """Render one that waits. False where it is made already, or its content has moved on since it was wanted."""
    rows = ReviewDocument.objects.select_for_update(of=("self",), skip_locked=True)
    found = rows.select_related("review__organization").filter(pk=document_id, state=DocumentState.WAITING).first()
    if found is None:
        return False
    sections = kept_of(found.review.sections.all())
    if hash_of(found.review, sections) != found.content_hash:
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


def waiting(*, now: datetime) -> list[int]:
    """Those whose message was lost, to be queued again."""
    rows = ReviewDocument.objects.filter(state=DocumentState.WAITING, created_at__lt=now - _PATIENCE)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


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


def _record(by: Actor, document: ReviewDocument, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="review.document_wanted",
        target=document.review,
        target_name=_("Review with %(name)s") % {"name": document.review.organization.name},
        organization_id=document.organization_id,
        changes={"document": [None, f"{document.edition} {document.format}"]},
        now=now,
    )
