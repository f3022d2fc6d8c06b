"""A calendar as other programs read it (RFC 5545, 7986), from events that are given. Pure; one text for one content.

Days without a time are all-day events that keep nobody busy; times are written in UTC, which every program reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

REFRESH = timedelta(hours=1)
PRODUCT = "-//Onboarding Hub//Calendar//EN"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedEvent:
    """One entry. `uid` stays its own for ever, `sequence` grows with every change, `changed_at` says when."""

    uid: str
    sequence: int
    changed_at: datetime
    title: str
    on: date
    starts_at: datetime | None = None
    minutes: int = 0
    description: str = ""
    place: str = ""
    url: str = ""
    is_cancelled: bool = False


def written(events: Iterable[FeedEvent], *, name: str) -> bytes:
    """The calendar with its events by day."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in sorted(events, key=lambda one: (one.on, one.uid)):
        calendar.add_component(_event(event))
    return bytes(calendar.to_ical())


def _event(found: FeedEvent) -> Event:
    event = Event()
    event.add("uid", found.uid)
    event.add("sequence", found.sequence)
    event.add("dtstamp", found.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", found.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", found.title)
    if found.starts_at is None:
        event.add("dtstart", found.on)
        event.add("dtend", found.on + ONE_DAY)
    else:
        start = found.starts_at.astimezone(UTC).replace(microsecond=0)
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(minutes=max(found.minutes, 15)))
    event.add("transp", "TRANSPARENT" if found.starts_at is None or found.is_cancelled else "OPAQUE")
    event.add("status", "CANCELLED" if found.is_cancelled else "CONFIRMED")
    for name, value in (("description", found.description), ("location", found.place), ("url", found.url)):
        if value:
            event.add(name, value)
    return event
