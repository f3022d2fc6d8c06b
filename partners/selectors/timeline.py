"""One page of an organization's story; what the reader may not read is named but not shown."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.rules.access import Actor, FieldClass, Right, Subject, decide
from partners.choices import EntryFieldClass, EntryKind, Stage
from partners.models import Organization, TimelineEntry
from partners.permissions import subject_of

PAGE_SIZE = 30


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """One line. `is_closed`: there is a body that this reader may not read; `closed_class` says of which kind."""

    public_id: str
    at: datetime
    kind: str
    kind_label: str
    title: str
    body: str
    is_closed: bool
    closed_class: str
    actor_name: str
    stage: str
    stage_label: str
    is_shared: bool
    is_pinned: bool
    target_type: str
    target_id: int | None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TimelinePage:
    """`next_cursor` is empty on the last page."""

    lines: tuple[TimelineLine, ...]
    next_cursor: str


def timeline_page(
    actor: Actor,
    organization: Organization,
    *,
    now: datetime,
    subject: Subject | None = None,
    kinds: Collection[str] = (),
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> TimelinePage:
    """The entries of `organization` that `actor` sees, newest first, after `cursor` (of a page before). One statement.

    An unreadable cursor starts from the newest. `subject` spares the reading of owners and grants.
    """
    subject = subject or subject_of(organization, grants_for=actor.user_id)
    found = TimelineEntry.objects.visible_to(actor).filter(organization=organization).newest_first()
    if kinds:
        found = found.filter(kind__in=list(kinds))
    if place := _read_cursor(cursor):
        at, pk = place
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    entries = list(found.select_related("actor")[: limit + 1])
    readable = _readable(actor, subject, now)
    page = entries[:limit]
    return TimelinePage(
        lines=tuple(_line(entry, readable, organization.stage) for entry in page),
        next_cursor=_cursor(page[-1]) if len(entries) > limit else "",
    )


def _readable(actor: Actor, subject: Subject, now: datetime) -> frozenset[tuple[str, bool]]:
    """Pairs (field class, is of the current stage) whose bodies `actor` may read."""
    found = set()
    # A line belongs to the summary, the notes in its body to those who open the organization (or share the line).
    for field_class in EntryFieldClass.values:
        for is_current in (True, False):
            stage = subject.access_stage if is_current else None
            if decide(actor, Right.SEE, subject, FieldClass(field_class), stage=stage, now=now).allowed:
                found.add((field_class, is_current))
    return frozenset(found | ({("shared", True), ("shared", False)}))


def _line(entry: TimelineEntry, readable: frozenset[tuple[str, bool]], current_stage: str) -> TimelineLine:
    is_shared = entry.audience == "shared" and entry.field_class == EntryFieldClass.GENERAL
    field_class = "shared" if is_shared else entry.field_class
    is_closed = (field_class, entry.stage == current_stage) not in readable
    return TimelineLine(
        public_id=str(entry.public_id),
        at=entry.at,
        kind=entry.kind,
        kind_label=str(EntryKind(entry.kind).label) if entry.kind in EntryKind.values else entry.kind,
        title=entry.title,
        body="" if is_closed else entry.body,
        is_closed=is_closed and bool(entry.body or entry.data),
        closed_class=entry.field_class if is_closed else "",
        actor_name=entry.actor.name if entry.actor else "",
        stage=entry.stage,
        stage_label=str(Stage(entry.stage).label) if entry.stage in Stage.values else entry.stage,
        is_shared=entry.audience == "shared",
        is_pinned=entry.pinned_at is not None,
        target_type=entry.target_type,
        target_id=entry.target_id,
        data={} if is_closed else entry.data,
    )


def _cursor(entry: TimelineEntry) -> str:
    return base64.urlsafe_b64encode(f"{entry.at.isoformat()} {entry.pk}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int] | None:
    if not cursor or len(cursor) > 100:
        return None
    try:
        moment, _, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(" ")
        at = parse_datetime(moment)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    if at is None or timezone.is_naive(at) or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    return at, int(pk)
