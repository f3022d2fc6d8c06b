"""What happens to a ticket, as far as its clocks care. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tickets.rules.sla_calendar import in_utc
from tickets.rules.sla_terms import SlaError

NEW, OPEN, SOLVED, CLOSED = "new", "open", "solved", "closed"


class EventType(StrEnum):
    """Kinds of events; notes, automatic replies and assignments are known and move no clock (R1)."""

    CREATED = "created"
    PUBLIC_REPLY = "public_reply"
    INTERNAL_NOTE = "internal_note"
    AUTO_REPLY = "auto_reply"
    ASSIGN = "assign"
    ACK = "ack"
    STATUS = "status"
    PRIORITY = "priority"
    POLICY = "policy"
    CALENDAR_VERSION = "calendar_version"
    MERGED_INTO = "merged_into"


CHANGES = frozenset({EventType.PRIORITY, EventType.POLICY, EventType.CALENDAR_VERSION})
"""Attributes that change terms; those of one instant are one save (R10)."""

_DIVIDES_A_SAVE = frozenset({EventType.CREATED, EventType.PUBLIC_REPLY, EventType.MERGED_INTO})


class By(StrEnum):
    """Who acts: a person of the partner's, or one of ours."""

    CUSTOMER = "customer"
    AGENT = "agent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event; ``at`` in any offset.

    ``to``: the status, priority, policy or calendar that is set. ``calendar``: whose version it is, from
    ``effective_at`` on. ``status`` and ``priority``: attributes saved together with another event, if any.
    """

    at: datetime
    type: EventType
    by: By | None = None
    to: str = ""
    calendar: str = ""
    effective_at: datetime | None = None
    status: str = ""
    priority: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Save:
    """The changed attributes of one instant, which take effect together."""

    at: datetime
    changes: tuple[Event, ...]


def happened(events: Sequence[Event], asof: datetime) -> Iterator[tuple[datetime, Event | Save]]:
    """The events up to and with ``asof``, each with its instant in UTC; changes of one instant gathered.

    Attributes of one instant are one save even if statuses or notes stand between them in the list; a message, the
    creation and a merge divide. The save takes the place of its first attribute.
    Raises ``SlaError`` when the events are not in order of time.
    """
    plain = [(in_utc(single.at), single) for event in events for single in _single(event)]
    gathered: set[int] = set()
    latest: datetime | None = None
    for index, (at, event) in enumerate(plain):
        if latest is not None and at < latest:
            raise SlaError(f"the events are not in order of time at {at.isoformat().replace('+00:00', 'Z')}")
        latest = at
        if at > asof or index in gathered:
            continue
        if event.type not in CHANGES:
            yield at, event
            continue
        places = _gathered(plain, index)
        gathered.update(places)
        yield at, Save(at=at, changes=tuple(plain[place][1] for place in places))


def _single(event: Event) -> Iterator[Event]:
    """An event with attributes saved together with it, one by one: terms before it, the status after it."""
    if event.priority and event.type not in (EventType.CREATED, EventType.PRIORITY):
        yield Event(at=event.at, type=EventType.PRIORITY, to=event.priority)
    yield event
    if event.status and event.type not in (EventType.CREATED, EventType.STATUS):
        yield Event(at=event.at, type=EventType.STATUS, to=event.status)


def _gathered(plain: Sequence[tuple[datetime, Event]], first: int) -> list[int]:
    """The places of the changes that belong to the save beginning at ``first``."""
    found = [first]
    for place in range(first + 1, len(plain)):
        at, event = plain[place]
        if at != plain[first][0] or event.type in _DIVIDES_A_SAVE:
            break
        if event.type in CHANGES:
            found.append(place)
    return found
