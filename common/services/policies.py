"""Use cases of policy packs: load a set, bring an older version back. Nothing is half-loaded or overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common.errors import DomainError, Missing
from common.models import PolicyVersion
from common.pack_diff import Change, diff_packs
from common.pack_files import parse_source
from common.packs import PackError, PackSource, parse_pack


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPack:
    """What loading a pack would do: nothing when `changes` is None, a first version when `in_force` is None."""

    source: PackSource
    in_force: int | None
    changes: tuple[Change, ...] | None

    @property
    def is_new(self) -> bool:
        return self.changes is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyActivated:
    """Another version of a pack is in force. Told inside the transaction that made it so."""

    policy: PolicyVersion
    previous: int | None
    changes: tuple[Change, ...]
    actor_id: int | None
    actor_name: str
    now: datetime


Listener = Callable[[PolicyActivated], None]
_listeners: list[Listener] = []


def on_policy_activated(listener: Listener) -> Listener:
    """Have a function of an upper floor told when a version comes into force; registered in AppConfig.ready()."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def plan_packs(sources: Iterable[PackSource]) -> list[PlannedPack]:
    """What loading these packs would change against the versions in force. Reads only.

    Raises PackFileError for the first pack that its kind refuses.
    """
    packs = list(sources)
    for source in packs:
        parse_source(source)
    rows = {row.name: row for row in PolicyVersion.objects.filter(name__in=[s.name for s in packs], is_active=True)}
    return [_planned(source, rows.get(source.name)) for source in packs]


@transaction.atomic
def load_packs(
    *,
    sources: Sequence[PackSource],
    now: datetime,
    actor_id: int | None = None,
    actor_name: str = "",
    note: str = "",
) -> list[PlannedPack]:
    """Make a new version of every pack that differs from the one in force, and put it in force.

    All packs are checked before the first is written. Raises PackFileError, and then nothing has changed.
    """
    _one_loader_at_a_time()
    plan = plan_packs(sources)
    for pack in plan:
        if pack.changes is not None:
            _put_in_force(
                _next_version(pack.source, note=note, actor_id=actor_id),
                changes=pack.changes if pack.in_force is not None else (),
                actor_id=actor_id,
                actor_name=actor_name,
                now=now,
            )
    return plan


@transaction.atomic
def activate_version(
    *, name: str, version: int, now: datetime, actor_id: int | None = None, actor_name: str = ""
) -> PolicyVersion:
    """Put an older version back in force. Raises Missing, and DomainError when this release cannot read it."""
    _one_loader_at_a_time()
    row = PolicyVersion.objects.filter(name=name, version=version).first()
    if row is None:
        raise Missing(_("There is no such version of this policy."))
    if row.is_active:
        return row
    try:
        parse_pack(row.kind, row.body, version=row.version)
    except PackError as error:
        raise DomainError(
            _("This version can no longer be put in force: %(problem)s") % {"problem": str(error)}, code="unreadable"
        ) from error
    active = PolicyVersion.objects.filter(name=name, is_active=True).first()
    changes = tuple(diff_packs(active.body, row.body)) if active is not None else ()
    _put_in_force(row, changes=changes, actor_id=actor_id, actor_name=actor_name, now=now)
    return row


def _planned(source: PackSource, row: PolicyVersion | None) -> PlannedPack:
    if row is None:
        return PlannedPack(source=source, in_force=None, changes=tuple(diff_packs({}, source.body)))
    changes = None if row.checksum == source.checksum else tuple(diff_packs(row.body, source.body))
    return PlannedPack(source=source, in_force=row.version, changes=changes)


def _one_loader_at_a_time() -> None:
    # A lock on rows would not hold back two first loads: there is no row yet.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('hub_policy_packs'))")


def _next_version(source: PackSource, *, note: str, actor_id: int | None) -> PolicyVersion:
    latest = PolicyVersion.objects.filter(name=source.name).order_by("-version").values_list("version", flat=True)
    return PolicyVersion.objects.create(
        name=source.name,
        kind=source.kind,
        version=(latest.first() or 0) + 1,
        body=source.body,
        checksum=source.checksum,
        note=note,
        loaded_by_id=actor_id,
    )


def _put_in_force(
    row: PolicyVersion, *, changes: tuple[Change, ...], actor_id: int | None, actor_name: str, now: datetime
) -> None:
    before = PolicyVersion.objects.select_for_update().filter(name=row.name, is_active=True).first()
    if before is not None:
        before.is_active = False
        before.save(update_fields=["is_active"])
    row.is_active = True
    row.save(update_fields=["is_active"])
    told = PolicyActivated(
        policy=row,
        previous=before.version if before is not None else None,
        changes=changes,
        actor_id=actor_id,
        actor_name=actor_name,
        now=now,
    )
    for listener in _listeners:
        listener(told)
