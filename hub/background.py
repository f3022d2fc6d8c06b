"""How background work stands: read by the page of administrators and by the figures of /metrics."""

from dataclasses import dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.db.models import Count, Min, Q

from common.models import ImportRun, ImportState, Outbox

# Celery's default queue is a list of this name.
QUEUE = "celery"
_WORKING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
_WAITING = Q(done_at__isnull=True, set_aside_at__isnull=True)


@dataclass(frozen=True, kw_only=True)
class OutboxState:
    """Effects that wait for their turn, since when the oldest could have been done, and those that were given up."""

    waiting: int
    oldest_at: datetime | None
    set_aside: int

    def oldest_age(self, now: datetime) -> float:
        """Seconds that the oldest effect has been due; 0 where none is."""
        return max(0.0, (now - self.oldest_at).total_seconds()) if self.oldest_at is not None else 0.0


def outbox_state() -> OutboxState:
    """One statement over what is not done."""
    found = Outbox.objects.filter(done_at__isnull=True).aggregate(
        waiting=Count("pk", filter=_WAITING),
        oldest_at=Min("available_at", filter=_WAITING),
        set_aside=Count("pk", filter=Q(set_aside_at__isnull=False)),
    )
    return OutboxState(**found)


def imports_working() -> int:
    """Runs of the import that a worker is at, or should be."""
    return ImportRun.objects.filter(state__in=_WORKING).count()


def queue_length() -> int | None:
    """Messages in the broker; None where it does not answer."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            return int(client.llen(QUEUE))  # type: ignore[arg-type]
    except redis.RedisError:
        return None
