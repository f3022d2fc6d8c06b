"""Packs brought up to date together: a person asks, workers build part by part, and the reviews tell how far it is.

Once a part is built, the edition of the other side is made of each as PDF and as slides: one document a message, so
that a long batch never stands before what others wait for. A part whose message is lost is built by the next run for
all reviews, a document by the run for lost ones; so progress is read from reviews and documents themselves.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, Right
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from common.jobs import enqueue_on_commit
from partners.models import BusinessReview, ReviewBatch
from partners.services import review_documents
from partners.services.review_building import CHUNK, OPEN, build

MOST = 500
_BUILD, _RENDER = "partners.build_review_batch", "partners.make_batch_document"


@transaction.atomic
def start(*, by: Actor, review_ids: Iterable[int], now: datetime) -> ReviewBatch:
    """Have workers build those that are open and that `by` works on; what was asked before is forgotten.

    Raises NotAllowed; DomainError "nothing", "too_many".
    """
    if by.is_contact or by.user_id is None:
        raise NotAllowed(_("Reviews are prepared by those who work on the organization in its present stage."))
    own = BusinessReview.objects.visible_to(by, Right.WORK).filter(pk__in=list(review_ids), state__in=OPEN)
    wanted = list(own.filter(organization__archived_at=None).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not wanted:
        raise DomainError(_("None of these is an open review of an organization that you work on."), code="nothing")
    if len(wanted) > MOST:
        message = _("Up to %(count)s reviews at once: narrow the list.") % {"count": MOST}
        raise DomainError(message, code="too_many")
    batch, _new = ReviewBatch.objects.update_or_create(
        asked_by_id=by.user_id, defaults={"asked_at": now, "review_ids": wanted}
    )
    for part in range(-(-len(wanted) // CHUNK)):
        enqueue_on_commit(_BUILD, batch_id=batch.pk, part=part, asked_at=now.isoformat())
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="review_batch.started",
        target=batch,
        changes={"reviews": [None, len(wanted)]},
        now=now,
    )
    return batch


@transaction.atomic
def build_part(*, batch_id: int, part: int, asked_at: str, now: datetime) -> int:
    """Build one part and have its documents made; how many reviews were built.

    Nothing for a batch that was asked for anew; a part that is built already is not built again.
    """
    batch = _asked(batch_id, asked_at)
    if batch is None:
        return 0
    ids = _ids(batch, part)
    unbuilt = BusinessReview.objects.filter(pk__in=ids).exclude(built_at__gte=batch.asked_at)
    built = build(unbuilt.order_by("pk"), now=now)
    language = batch.asked_by.language or settings.LANGUAGE_CODE
    wanted: dict[str, Any] = {"asked_by_id": batch.asked_by_id, "language": language, "now": now}
    if review_documents.want_theirs(review_ids=ids, **wanted):
        enqueue_on_commit(_RENDER, batch_id=batch_id, part=part, asked_at=asked_at)
    return built


@transaction.atomic
def render_next(*, batch_id: int, part: int, asked_at: str, now: datetime) -> bool:
    """Make the next document of a part, and wake the run after it; whether there was one to make."""
    batch = _asked(batch_id, asked_at)
    made = batch is not None and review_documents.make_next(review_ids=_ids(batch, part), now=now)
    if made:
        enqueue_on_commit(_RENDER, batch_id=batch_id, part=part, asked_at=asked_at)
    return made


def _asked(batch_id: int, asked_at: str) -> ReviewBatch | None:
    rows = ReviewBatch.objects.filter(pk=batch_id, asked_at=datetime.fromisoformat(asked_at))
    found: ReviewBatch | None = rows.select_related("asked_by").first()
    return found


def _ids(batch: ReviewBatch, part: int) -> list[int]:
    ids: list[int] = batch.review_ids
    return ids[part * CHUNK : (part + 1) * CHUNK]
