"""Sealing the audit trail into a hash chain, and checking the chain (security.md 18, ADR 0007).

Rows cannot be sealed in the order of their ids as they come: a transaction that takes long holds low ids and commits
them late. So a row is sealed only when every transaction that began before the one that wrote it has ended (its xmin
lies below `pg_snapshot_xmin`), and the chain counts its own positions. No row can then be slipped in unseen, and the
writers never wait for the chain. Rows seen to be settled are not looked at again: `SealMark` keeps how far that is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, Min, OuterRef

from accounts.models import Activity, ActivitySeal, SealMark
from accounts.rules.chain import START, Broken, Link, State, TrailRow, check, next_digest
from common.leases import first_run, lease
from common.scope import Scope, scoped

LEASE_SECONDS = 240
BATCH = 1_000
# A run ends after so many rows; the next one goes on. Keeps it below its time limit, also after an import.
MAX_BATCHES = 100

_SETTLED = """
SELECT a.* FROM accounts_activity a
WHERE a.id > %s
  AND NOT EXISTS (SELECT 1 FROM accounts_activityseal s WHERE s.activity_id = a.id)
  AND age(a.xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)
ORDER BY a.id LIMIT %s
"""
_COUNTERS = """
SELECT coalesce((SELECT last_value FROM pg_sequences
                 WHERE format('%I.%I', schemaname, sequencename)::regclass
                     = pg_get_serial_sequence('accounts_activity', 'id')::regclass), 0),
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a check found. `unsealed` rows at the end wait for the next run; the oldest of them is `oldest_at` old."""

    sealed: int
    digest: str
    broken: Broken | None
    broken_row: Activity | None
    unsealed: int
    oldest_at: datetime | None
    knows_digest: bool | None


def seal(*, holder: str, everything: bool = False) -> int:
    """Seal all rows that are settled and return how many; 0 where another process is at it.

    With `everything` all ids are looked at again, also those below the mark (once a day: nothing stays out for ever).
    """
    sealed = 0
    with lease("accounts.seal_activity", holder, LEASE_SECONDS) as is_held:
        if not is_held:
            return 0
        for _round in range(MAX_BATCHES):
            with scoped(Scope.all()):
                floor = 0 if everything else _mark().settled_id
                done = _seal_batch(floor)
                if done < BATCH:
                    _move_mark()
            sealed += done
            if done < BATCH:
                break
    return sealed


def seal_due(*, holder: str, now: datetime) -> int:
    """The periodic run: what is new, and on the first run of a day everything once more."""
    with transaction.atomic():
        is_first_today = first_run(job="accounts.seal_activity", slot=f"{now:%Y-%m-%d}", now=now)
    return seal(holder=holder, everything=is_first_today)


def _mark() -> SealMark:
    mark, _made = SealMark.objects.get_or_create(pk=1)
    return mark


def _seal_batch(floor: int) -> int:
    rows = list(Activity.objects.raw(_SETTLED, [floor, BATCH]))
    if not rows:
        return 0
    last = ActivitySeal.objects.order_by("-position").first()
    position, digest = (last.position, last.digest) if last is not None else (0, START)
    seals = []
    for row in rows:
        position, digest = position + 1, next_digest(digest, trail_row(row))
        seals.append(ActivitySeal(activity_id=row.pk, at=row.at, position=position, digest=digest))
    ActivitySeal.objects.bulk_create(seals)
    return len(seals)


def _move_mark() -> None:
    """Settle the waiting id once all transactions of its time are gone, and let the present one wait.

    Some hundred ids of slack: an id is drawn a moment before its transaction gets a number of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTERS)
        last_id, next_xid, oldest_xid = cursor.fetchone() or (0, 0, 0)
    mark = SealMark.objects.select_for_update().get(pk=_mark().pk)
    # After a restore the numbers of transactions begin anew.
    if mark.waiting_xid > next_xid or oldest_xid >= mark.waiting_xid:
        is_this_server = mark.waiting_xid <= next_xid
        mark.settled_id = max(mark.settled_id, mark.waiting_id) if is_this_server else mark.settled_id
        mark.waiting_id, mark.waiting_xid = max(last_id - BATCH, 0), next_xid
        mark.save(update_fields=["settled_id", "waiting_id", "waiting_xid"])


def verify(*, digest: str = "") -> Report:
    """Follow the whole chain and compare it with the rows. `digest`: one kept elsewhere, which must be in it."""
    state, broken = State(), None
    with scoped(Scope.all()):
        for found in check(state, _pairs()):
            if isinstance(found, Broken):
                broken = found
                break
            state = found
        unsealed = _unsealed()
        return Report(
            sealed=state.position,
            digest=state.digest,
            broken=broken,
            broken_row=Activity.objects.filter(pk=broken.link.activity_id).first() if broken is not None else None,
            unsealed=unsealed[0],
            oldest_at=unsealed[1],
            knows_digest=ActivitySeal.objects.filter(digest=digest).exists() if digest else None,
        )


def _pairs() -> Iterator[tuple[Link, TrailRow | None]]:
    """Every link with its row, a page at a time. The row is found by id and moment: one moved is one gone."""
    last = 0
    while page := list(ActivitySeal.objects.filter(position__gt=last).order_by("position")[:BATCH]):
        moments = [seal.at for seal in page]
        rows = {
            (row.pk, row.at): row
            for row in Activity.objects.filter(
                pk__in=[seal.activity_id for seal in page], at__gte=min(moments), at__lte=max(moments)
            )
        }
        for seal in page:
            row = rows.get((seal.activity_id, seal.at))
            link = Link(position=seal.position, activity_id=seal.activity_id, digest=seal.digest)
            yield link, trail_row(row) if row is not None else None
        last = page[-1].position


def _unsealed() -> tuple[int, datetime | None]:
    is_sealed = ActivitySeal.objects.filter(activity_id=OuterRef("pk"))
    found = Activity.objects.filter(~Exists(is_sealed)).aggregate(count=Count("pk"), oldest=Min("at"))
    return found["count"], found["oldest"]


def trail_row(row: Activity) -> TrailRow:
    """The row as the pure rule takes it."""
    return TrailRow(
        id=row.pk,
        public_id=str(row.public_id),
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        via=row.via,
        verb=row.verb,
        target_type=row.target_type,
        target_id=row.target_id,
        target_name=row.target_name,
        organization_id=row.organization_id,
        changes=row.changes,
        reason=row.reason,
        address=row.address,
        request_id=row.request_id,
    )


def seals_of(activity_ids: Sequence[int]) -> dict[int, ActivitySeal]:
    """The seals of these rows by their id, for a page of the trail."""
    return {seal.activity_id: seal for seal in ActivitySeal.objects.filter(activity_id__in=activity_ids)}
