"""How background work stands: read by the page of administrators and by the figures of /metrics."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Count, F, Func, Max, Min, Q, Value
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common import outbox
from common.errors import Missing, NotAllowed
from common.models import ImportRun, ImportState, Lease, Occurrence, Outbox
from health.models import HealthRun

# Celery's default queue is a list of this name.
QUEUE = "celery"
CAPABILITY = "replay_jobs"
# An effect that has been due for longer waits for more than the next round of the scheduler.
LATE_SECONDS = 300
MAX_SHOWN = 100
SHOWN_RUNS = 5
MAX_REPLAYED = 500
_WORKING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
_WAITING = Q(done_at__isnull=True, set_aside_at__isnull=True)
_SET_ASIDE = Q(done_at__isnull=True, set_aside_at__isnull=False)


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
    """One statement over what is not done; each half of it has an index."""
    found = Outbox.objects.filter(_WAITING | _SET_ASIDE).aggregate(
        waiting=Count("pk", filter=_WAITING),
        oldest_at=Min("available_at", filter=_WAITING),
        set_aside=Count("pk", filter=_SET_ASIDE),
    )
    return OutboxState(**found)


def imports_working() -> int:
    """Runs of the import that a worker is at, or should be."""
    return ImportRun.objects.filter(state__in=_WORKING).count()


def health_runs() -> list[HealthRun]:
    """The latest computations of health over all organizations, with how far they are."""
    return list(HealthRun.objects.order_by("-started_at", "-pk")[:SHOWN_RUNS])


def queue_length() -> int | None:
    """Messages in the broker; None where it does not answer."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            return int(client.llen(QUEUE))
    except redis.RedisError:
        return None


def set_aside_rows() -> list[Outbox]:
    """Effects that were given up, the latest first; no more than a page of them."""
    rows = Outbox.objects.filter(_SET_ASIDE)
    return list(rows.order_by("-set_aside_at", "-id")[:MAX_SHOWN])


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """A periodic job and when its last slot was finished."""

    job: str
    finished_at: datetime


def last_runs() -> list[LastRun]:
    """By name. A job that runs for each person has the person behind a colon; it counts once."""
    plain = Func(F("job"), Value(":"), Value(1), function="split_part", output_field=CharField())
    rows = Occurrence.objects.annotate(plain=plain).values("plain").annotate(last=Max("finished_at")).order_by("plain")
    return [LastRun(job=row["plain"], finished_at=row["last"]) for row in rows]


def leases() -> list[Lease]:
    """Who runs what now, or ran it last."""
    return list(Lease.objects.order_by("name"))


@transaction.atomic
def replay_one(*, public_id: UUID, by: Actor, now: datetime) -> None:
    """Give one effect its six tries again. Raises NotAllowed, Missing for one that is not set aside."""
    _require(by)
    row = Outbox.objects.select_for_update().filter(public_id=public_id, set_aside_at__isnull=False).first()
    if row is None:
        raise Missing(_("This effect is not set aside any more."))
    _replay(row, by=by, now=now)


@transaction.atomic
def replay_all(*, by: Actor, now: datetime) -> int:
    """The same for all of them, the oldest first and a bounded number; returns how many. Raises NotAllowed."""
    _require(by)
    rows = Outbox.objects.select_for_update().filter(set_aside_at__isnull=False).order_by("id")[:MAX_REPLAYED]
    found = list(rows)
    for row in found:
        _replay(row, by=by, now=now)
    return len(found)


def _require(by: Actor) -> None:
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Only people who may replay work can do this."))


def _replay(row: Outbox, *, by: Actor, now: datetime) -> None:
    outbox.replay(outbox_id=row.pk, now=now)
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="outbox.replayed",
        target=row,
        target_name=row.topic,
        reason=row.last_error,
        now=now,
    )
