"""Packs brought up to date together: a person asks, workers build part by part, and the reviews tell how far it is.

A part whose message is lost is built by the next run for all reviews; so progress is read from the reviews themselves.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, Right
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from common.jobs import enqueue_on_commit
from partners.models import BusinessReview, ReviewBatch
from partners.services.review_building import CHUNK, OPEN, build

MOST = 500
_TASK = "partners.build_review_batch"


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
        enqueue_on_commit(_TASK, batch_id=batch.pk, part=part, asked_at=now.isoformat())
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="review_batch.started",
        target=batch,
        changes={"reviews": [None, len(wanted)]},
        now=now,
    )
    return batch


def build_part(*, batch_id: int, part: int, asked_at: str, now: datetime) -> int:
    """Build one part; how many reviews. Nothing for a batch that was asked for anew, or a part that is built."""
    batch = ReviewBatch.objects.filter(pk=batch_id, asked_at=datetime.fromisoformat(asked_at)).first()
    if batch is None:
        return 0
    ids = batch.review_ids[part * CHUNK : (part + 1) * CHUNK]
    waiting = BusinessReview.objects.filter(pk__in=ids).exclude(built_at__gte=batch.asked_at)
    return build(waiting.order_by("pk"), now=now)
