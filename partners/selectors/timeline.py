"""One page of an organization's story; what the reader may not read is named but not shown."""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from accounts.rules.access import Actor, FieldClass, Right, Subject, decide
from common import composed
from partners.choices import EntryFieldClass, EntryKind, Stage
from partners.models import InteractionContact, Organization, TimelineEntry
from partners.permissions import subject_of

PAGE_SIZE = 30
MOST_WORDS = 8
_FIELDS = (
    "pk",
    "public_id",
    "at",
    "kind",
    "title",
    "body",
    "data",
    "audience",
    "field_class",
    "stage",
    "pinned_at",
    "target_type",
    "target_id",
    "actor__name",
)


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


@dataclass(frozen=True, kw_only=True)
class TimelineFilter:
    """What a story is narrowed to: words in what the reader may read, who was there, moments of the reader's days."""

    words: str = ""
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = TimelineFilter()


def timeline_page(
    actor: Actor,
    organization: Organization,
    *,
    now: datetime,
    subject: Subject | None = None,
    kinds: Collection[str] = (),
    narrowed: TimelineFilter = EVERYTHING,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> TimelinePage:
    """The entries of `organization` that `actor` sees, newest first, after `cursor` (of a page before). One statement.

    An unreadable cursor starts from the newest. `subject` spares the reading of owners and grants.
    """
    subject = subject or subject_of(organization, grants_for=actor.user_id)
    place = _read_cursor(cursor)
    reading = _Reading(readable=_readable(actor, subject, now), stage=organization.stage)
    gaps = (organization.pk, *(place or ()))
    if narrowed == EVERYTHING:
        found = composed.fetch(_entries, actor, frozenset(kinds), place is not None, limit, gaps=gaps)
    else:
        rows = _entries(actor, frozenset(kinds), place is not None, limit, *gaps, also=_wanted(narrowed, reading))
        found = list(rows)
    entries = [dict(zip(_FIELDS, row, strict=True)) for row in found]
    page = entries[:limit]
    return TimelinePage(
        lines=tuple(_line(entry, reading) for entry in page),
        next_cursor=_cursor(page[-1]) if len(entries) > limit else "",
    )


def _entries(
    actor: Actor,
    kinds: frozenset[str],
    has_place: bool,
    limit: int,
    organization_id: int,
    *place: Any,
    also: Q | None = None,
) -> "QuerySet[Any, Any]":
    """One more than asked for, which tells whether there is another page."""
    found = TimelineEntry.objects.visible_to(actor).filter(organization_id=organization_id).newest_first()
    if also is not None:
        found = found.filter(also)
    if kinds:
        found = found.filter(kind__in=sorted(kinds))
    if has_place:
        at, pk = place
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    return found.values_list(*_FIELDS)[: limit + 1]


def _wanted(narrowed: TimelineFilter, reading: "_Reading") -> Q:
    """What is closed to the reader is not searched either: a finding would tell what stands there.

    Within one organization: its lines are read by its index and looked through, which stays within a page's time for
    as many as one organization has.
    """
    wanted = Q()
    if narrowed.since is not None:
        wanted &= Q(at__gte=narrowed.since)
    if narrowed.until is not None:
        wanted &= Q(at__lt=narrowed.until)
    for word in narrowed.words.split()[:MOST_WORDS]:
        wanted &= Q(title__icontains=word) | (_open_bodies(reading) & Q(body__icontains=word))
    if narrowed.person:
        who = Q(actor__name__icontains=narrowed.person)
        if (EntryFieldClass.GENERAL.value, True) in reading.readable:
            theirs = InteractionContact.objects.filter(contact__name__icontains=narrowed.person)
            # Who took part stands with the notes: where those are closed, a finding would tell.
            who |= _open_bodies(reading) & Q(target_type="interaction", target_id__in=theirs.values("interaction_id"))
        wanted &= who
    return wanted


def _open_bodies(reading: "_Reading") -> Q:
    """Lines whose body `_line` would show."""
    is_shared = Q(audience="shared", field_class=EntryFieldClass.GENERAL)
    found = is_shared
    for field_class, is_current in reading.readable:
        if field_class != "shared":
            of_stage = Q(stage=reading.stage) if is_current else ~Q(stage=reading.stage)
            found |= Q(field_class=field_class) & of_stage & ~is_shared
    return found


def cursor_before(actor: Actor, organization: Organization, entry_id: UUID) -> str:
    """A page that begins with this line; empty for one that is not there. One statement."""
    rows = TimelineEntry.objects.visible_to(actor).filter(organization_id=organization.pk, public_id=entry_id)
    found = rows.values("at", "pk").first()
    return _cursor({"at": found["at"], "pk": found["pk"] + 1}) if found else ""


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


class _Reading:
    """What lines are read with: which bodies are open, the organization's stage, and the words, looked up once."""

    def __init__(self, *, readable: frozenset[tuple[str, bool]], stage: str) -> None:
        self.readable, self.stage = readable, stage
        self.kinds, self.stages = _words(get_language())


@lru_cache(maxsize=16)
def _words(language: str | None) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names of kinds of lines and of stages in the language in force, which is `language`."""
    kinds = {value: str(label) for value, label in EntryKind.choices}
    return kinds, {value: str(label) for value, label in Stage.choices}


def _line(entry: Mapping[str, Any], reading: _Reading) -> TimelineLine:
    is_shared = entry["audience"] == "shared"
    field_class = "shared" if is_shared and entry["field_class"] == EntryFieldClass.GENERAL else entry["field_class"]
    is_closed = (field_class, entry["stage"] == reading.stage) not in reading.readable
    data = json.loads(entry["data"]) if isinstance(entry["data"], str) else entry["data"]
    return TimelineLine(
        public_id=str(entry["public_id"]),
        at=entry["at"],
        kind=entry["kind"],
        kind_label=reading.kinds.get(entry["kind"], entry["kind"]),
        title=entry["title"],
        body="" if is_closed else entry["body"],
        is_closed=is_closed and bool(entry["body"] or data),
        closed_class=entry["field_class"] if is_closed else "",
        actor_name=entry["actor__name"] or "",
        stage=entry["stage"],
        stage_label=reading.stages.get(entry["stage"], entry["stage"]),
        is_shared=is_shared,
        is_pinned=entry["pinned_at"] is not None,
        target_type=entry["target_type"],
        target_id=entry["target_id"],
        data={} if is_closed else data,
    )


def _cursor(entry: Mapping[str, Any]) -> str:
    place = f"{entry['at'].isoformat()} {entry['pk']}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


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
