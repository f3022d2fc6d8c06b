"""The outbox: outside effects as rows, done by whoever claims them first (ADR 0006).

A claim takes rows with SKIP LOCKED and a lease in one short transaction; each effect runs in its own; a failure
is retried with growing pauses, and after six tries the row is set aside for an admin.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from common import together
from common.jobs import enqueue_on_commit
from common.models import Outbox
from common.scope import Scope, scoped

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 6
_BATCH = 50

Handler = Callable[[Mapping[str, Any], UUID, datetime], None]
_handlers: dict[str, Handler] = {}


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Register the function that does the effects of `topic`: (payload, idempotency key, now)."""

    def register(function: Handler) -> Handler:
        _handlers[topic] = function
        return function

    return register


def put(*, topic: str, payload: Mapping[str, Any], now: datetime, organization_id: int | None = None) -> Outbox:
    """Write an effect into the caller's transaction and wake a worker once it has committed."""
    if not connection.in_atomic_block:
        raise RuntimeError("an effect is written in the transaction that causes it")
    row = Outbox.objects.create(topic=topic, payload=dict(payload), organization_id=organization_id, available_at=now)
    enqueue_on_commit("common.deliver_outbox")
    return row


def put_many(*, topic: str, effects: Iterable[tuple[Mapping[str, Any], int | None]], now: datetime) -> None:
    """The same for several effects, each a payload with its organization: one statement for a thousand."""
    if not connection.in_atomic_block:
        raise RuntimeError("an effect is written in the transaction that causes it")
    rows = [
        Outbox(topic=topic, payload=dict(payload), organization_id=organization_id, available_at=now)
        for payload, organization_id in effects
    ]
    if rows:
        together.add(rows, batch_size=1_000)
        enqueue_on_commit("common.deliver_outbox")


def claim(*, now: datetime, limit: int = _BATCH) -> list[int]:
    """Take up to `limit` waiting rows for LEASE and return their ids, oldest first."""
    # The ids come as an array: `id IN (SELECT ... FOR UPDATE)` would plan a sequential scan.
    sql = """
        UPDATE common_outbox SET claimed_until = %s, attempts = attempts + 1
        WHERE id = ANY (ARRAY(
            SELECT id FROM common_outbox
            WHERE done_at IS NULL AND set_aside_at IS NULL AND available_at <= %s
              AND (claimed_until IS NULL OR claimed_until < %s)
            ORDER BY available_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
        RETURNING id
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [now + LEASE, now, now, limit])
        return sorted(row[0] for row in cursor.fetchall())


def deliver(*, outbox_id: int, now: datetime) -> bool:
    """Do one claimed effect; True when it is done. A failure is noted on the row and never raised."""
    try:
        with scoped(Scope.all()):
            row = Outbox.objects.select_for_update().get(pk=outbox_id)
            if row.done_at is not None or row.set_aside_at is not None:
                return True
            _handlers[row.topic](row.payload, row.public_id, now)
            Outbox.objects.filter(pk=row.pk).update(done_at=now, claimed_until=None, last_error="")
        return True
    except Exception as error:
        _note_failure(outbox_id=outbox_id, error=error, now=now)
        return False


def _note_failure(*, outbox_id: int, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=outbox_id)
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        row.claimed_until = None
        if row.attempts >= MAX_ATTEMPTS:
            row.set_aside_at = now
        else:
            row.available_at = now + timedelta(seconds=15 * 4 ** (row.attempts - 1))
        row.save(update_fields=["last_error", "claimed_until", "set_aside_at", "available_at"])


@transaction.atomic
def replay(*, outbox_id: int, now: datetime) -> None:
    """Give a row that was set aside its six tries again."""
    Outbox.objects.filter(pk=outbox_id, set_aside_at__isnull=False).update(
        set_aside_at=None, attempts=0, available_at=now, claimed_until=None
    )
    enqueue_on_commit("common.deliver_outbox")
