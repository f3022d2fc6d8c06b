"""The policies and calendars that the clocks of a ticket speak of, and its events as the clocks know them.

A ticket is under a policy of one version of the pack `sla` with the calendar of its queue in place: that has one name,
such as `12:standard:3` (version, policy, calendar), which its events carry. So a replay needs nothing that changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from accounts.models import CalendarVersion
from accounts.selectors.calendars import hours_of_version
from common import composed
from common.errors import DomainError
from common.models import PolicyVersion
from common.policy_cache import active_policy, policy_of_id
from common.workhours import WorkHours
from partners.working_hours import office_hours
from tickets.choices import EventKind, Side
from tickets.models import TicketEvent
from tickets.rules.sla import Book
from tickets.rules.sla_calendar import Timeline, Version, timeline_of
from tickets.rules.sla_events import By, Event, EventType
from tickets.rules.sla_packs import SlaPack, SlaPolicy

PACK = "sla"
NO_CALENDAR = 0
"""Of a queue without a calendar, and without a team that has one: office hours in UTC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyName:
    """A policy as events name it."""

    version_id: int
    policy: str
    calendar_id: int

    @classmethod
    def read(cls, text: str) -> "PolicyName":
        version_id, policy, calendar_id = text.split(":")
        return cls(version_id=int(version_id), policy=policy, calendar_id=int(calendar_id))

    def __str__(self) -> str:
        return f"{self.version_id}:{self.policy}:{self.calendar_id}"


def pack_in_force() -> tuple[int, SlaPack] | None:
    """The version of the pack that counts for new tickets, with its id; None while none is loaded. One statement."""
    found = active_policy(PACK)
    if found is None or not isinstance(found.policy, SlaPack):
        return None
    return found.version_id, found.policy


def policy_of(name: PolicyName) -> SlaPolicy:
    """The policy of this name, of whatever version. Raises DomainError for one that this release cannot read."""
    pack = _pack_of(name.version_id)
    policy = pack.policy(name.policy) if pack else None
    if policy is None:
        raise DomainError(f"the policy {name} cannot be read")
    return policy


@lru_cache(maxsize=64)
def _pack_of(version_id: int) -> SlaPack | None:
    checksum = PolicyVersion.objects.values_list("checksum", flat=True).get(pk=version_id)
    found = policy_of_id(version_id, checksum)
    return found if isinstance(found, SlaPack) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Announced:
    """A version of a calendar: from when it holds, and since when that is known."""

    calendar_id: int
    version_id: int
    effective_at: datetime
    known_at: datetime


def announced(calendar_ids: Iterable[int]) -> list[Announced]:
    """The versions of these calendars in the order in which they became known. One statement."""
    found = composed.fetch(_announced, gaps=tuple(sorted(set(calendar_ids))))
    return [
        Announced(calendar_id=calendar_id, version_id=pk, effective_at=effective_at, known_at=known_at)
        for calendar_id, pk, effective_at, known_at in found
    ]


def _announced(*calendar_ids: int) -> QuerySet[Any, Any]:
    rows = CalendarVersion.objects.filter(calendar_id__in=calendar_ids).order_by("created_at", "number")
    return rows.values_list("calendar_id", "pk", "effective_at", "created_at")


def book_of(names: Iterable[str], versions: Sequence[Announced], *, since: datetime) -> tuple[Book, list[Event]]:
    """The book for policies of these names, and what became known of their calendars after `since`, as events."""
    wanted = tuple(sorted(set(names)))
    before = tuple(one for one in versions if one.known_at <= since)
    later = tuple(one for one in versions if one.known_at > since)
    first = {one.calendar_id for one in before}
    # A calendar made after the ticket has no hours before: its first ones count for all time (R12).
    extra = tuple({one.calendar_id: one for one in reversed(later) if one.calendar_id not in first}.values())
    events = [
        Event(
            at=one.known_at,
            type=EventType.CALENDAR_VERSION,
            calendar=calendar_name(one.calendar_id),
            to=_version(one.version_id),
            effective_at=one.effective_at,
        )
        for one in later
        if one not in extra
    ]
    return _book(wanted, (*before, *extra), later), events


@lru_cache(maxsize=512)
def _book(names: tuple[str, ...], before: tuple[Announced, ...], later: tuple[Announced, ...]) -> Book:
    policies = {}
    for text in names:
        name = PolicyName.read(text)
        policies[text] = policy_of(name).on_calendar(text, calendar_name(name.calendar_id))
    timelines: dict[str, WorkHours | Timeline] = {calendar_name(NO_CALENDAR): office_hours("UTC")}
    for calendar_id in {one.calendar_id for one in before}:
        timelines[calendar_name(calendar_id)] = _timeline(calendar_id, before)
    hours = {_version(one.version_id): hours_of_version(one.version_id) for one in later}
    return Book(policies=policies, calendars={**timelines, **hours})


def _timeline(calendar_id: int, versions: Sequence[Announced]) -> Timeline:
    own = {one.effective_at: one for one in versions if one.calendar_id == calendar_id}
    in_order = [own[instant] for instant in sorted(own)]
    return Timeline(
        name=calendar_name(calendar_id),
        versions=tuple(
            Version(
                name=_version(one.version_id),
                hours=hours_of_version(one.version_id),
                effective_at=one.effective_at if place else None,
            )
            for place, one in enumerate(in_order)
        ),
    )


def timeline_of_versions(calendar_id: int, versions: Sequence[Announced]) -> Timeline:
    """The hours of a calendar that has these versions; without one those of an office."""
    if not versions:
        return timeline_of(calendar_name(NO_CALENDAR), office_hours("UTC"))
    return _timeline(calendar_id, versions)


def calendar_name(calendar_id: int) -> str:
    """A calendar as clocks name it in their terms."""
    return f"calendar {calendar_id}"


def _version(version_id: int) -> str:
    return f"version {version_id}"


_PLAIN = {
    EventKind.NOTE: EventType.INTERNAL_NOTE,
    EventKind.AUTO_REPLY: EventType.AUTO_REPLY,
    EventKind.ACKNOWLEDGED: EventType.ACK,
    EventKind.MERGED: EventType.MERGED_INTO,
}
_BY = {Side.CUSTOMER.value: By.CUSTOMER, Side.AGENT.value: By.AGENT}


def clock_events(events: Iterable[TicketEvent]) -> list[Event]:
    """What of the events of a ticket its clocks care about, in order."""
    return [known for event in events for known in _known(event)]


def _known(event: TicketEvent) -> list[Event]:
    kind, by, changes = EventKind(event.kind), _BY.get(event.side), event.changes
    if kind is EventKind.CREATED:
        opened_by = By.AGENT if event.data.get("opened_by_us") else By.CUSTOMER
        return [Event(at=event.at, type=EventType.CREATED, by=opened_by, priority=event.data["priority"])]
    if kind is EventKind.REPLY:
        return [Event(at=event.at, type=EventType.PUBLIC_REPLY, by=by)] if by else []
    if kind in _PLAIN:
        return [Event(at=event.at, type=_PLAIN[kind], by=by)]
    return [
        Event(at=event.at, type=type_, to=_after(changes, field))
        for field, type_ in (
            ("priority", EventType.PRIORITY),
            ("sla", EventType.POLICY),
            ("status", EventType.STATUS),
        )
        if field in changes
    ]


def _after(changes: dict[str, Any], field: str) -> str:
    return str(changes[field][1])
