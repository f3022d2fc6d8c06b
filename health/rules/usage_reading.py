"""Events of a product by week: which organization used which feature how often, by how many people. Pure.

An event names its organization, what happened, when, and who did it (Mixpanel: name, time, distinct_id). Several events
may be of one feature; an event of no known feature still counts as use of the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from health.rules.sample_reading import AHEAD, Fault, Home, shown

FIELDS = ("organization_id", "event", "at", "person", "count")
_MOST = 1_000_000


@dataclass(kw_only=True, slots=True)
class Week:
    """A week of an organization: uses by feature and people by feature, and of all."""

    events: int = 0
    people: set[str] = field(default_factory=set)
    uses: dict[str, int] = field(default_factory=dict)
    users: dict[str, set[str]] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Read:
    """Weeks by organization and Monday, how many events were read, and what could not be."""

    weeks: dict[tuple[int, date], Week] = field(default_factory=dict)
    events: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageFrame:
    """What events are read against: `features` says which feature an event is of; days are those of `zone`."""

    homes: Mapping[str, Home]
    features: Mapping[str, str]
    zone: tzinfo
    now: datetime
    named_by: str = "organization_id"


def read(rows: Iterable[Any], frame: UsageFrame, *, first_row: int = 1) -> Read:
    """All events of a batch. What is wrong with one is told at its row, and the others count."""
    found = Read()
    for number, row in enumerate(rows, first_row):
        fault = _problem(row, frame)
        if fault is not None:
            name, what, code, limit = fault
            found.faults.append(Fault(row=number, field=name, found=shown(what), code=code, limit=limit))
            continue
        found.events += 1
        _count(found, row, frame)
    return found


def _count(found: Read, row: Mapping[str, Any], frame: UsageFrame) -> None:
    home, event, count = frame.homes[row[frame.named_by]], row["event"], row.get("count", 1)
    day = _moment(row["at"], frame.zone).astimezone(frame.zone).date()
    week = found.weeks.setdefault((home.id, day - timedelta(days=day.weekday())), Week())
    person = str(row.get("person") or "")
    week.events += count
    feature = frame.features.get(event)
    if feature is not None:
        week.uses[feature] = week.uses.get(feature, 0) + count
    if person:
        week.people.add(person)
        if feature is not None:
            week.users.setdefault(feature, set()).add(person)


def _problem(row: Any, frame: UsageFrame) -> tuple[str, Any, str, str] | None:
    if not isinstance(row, Mapping):
        return ("", row, "object", "")
    name = row.get(frame.named_by)
    if not isinstance(name, str) or name not in frame.homes:
        return (frame.named_by, name, "organization", "")
    event = row.get("event")
    if not isinstance(event, str) or not event.strip() or len(event) > 120:
        return ("event", event, "event", "")
    count = row.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST:
        return ("count", count, "count", str(_MOST))
    moment = _moment(row.get("at"), frame.zone)
    if moment is None:
        return ("at", row.get("at"), "moment", "")
    if moment - frame.now > AHEAD:
        return ("at", row.get("at"), "future", frame.now.isoformat(timespec="seconds"))
    if moment < frame.homes[name].earliest:
        return ("at", row.get("at"), "before_start", frame.homes[name].started_at.date().isoformat())
    return None


def _moment(at: Any, zone: tzinfo) -> Any:
    """An instant; a time without an offset is of `zone`, as exports of events have it. None for what is none."""
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        if not isinstance(moment, datetime):
            return None
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
