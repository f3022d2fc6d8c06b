"""What the page of an organization says of its tickets: how many are open, what breaks next, how promises were kept.

Read with the organization or in one statement beside it; who opens it in full sees its tickets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Func, JSONField, OuterRef, Q, Subquery
from django.utils.dateparse import parse_datetime

from accounts.rules.access import Actor
from tickets.choices import FAR, ClockState, Priority
from tickets.models import SlaClock, Ticket
from tickets.rules.compliance import Kept
from tickets.selectors.promises import RESOLUTION, RESPONSE, Period, decided_in


@dataclass(frozen=True, kw_only=True)
class Named:
    """A ticket by its number, with a moment of it."""

    number: int
    subject: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TicketsOf:
    """The tickets of an organization in short. `by_priority` counts the open ones."""

    by_priority: Mapping[str, int]
    waiting: int
    broken: int
    next_breach: Named | None
    oldest: Named | None
    response: Kept
    resolution: Kept

    @property
    def open(self) -> int:
        return sum(self.by_priority.values())

    @property
    def says_something(self) -> bool:
        return bool(self.open) or self.response.share is not None or self.resolution.share is not None


class Together(Func):
    """Several values as one."""

    function = "jsonb_build_array"
    output_field = JSONField()


def open_counts(actor: Actor) -> Subquery:
    """How many tickets are open, and how many of them critical: an expression over organizations."""
    rows = _open().order_by().values("organization_id")
    return Subquery(rows.annotate(found=Together(Count("pk"), Count("pk", filter=_critical()))).values("found"))


def in_short(actor: Actor, now: datetime, since: datetime) -> Together:
    """What `read_short` reads: an expression over organizations. Promises count that were decided since `since`."""
    return Together(
        _counts(now),
        _first(_open().filter(breaches_at__lt=FAR).order_by("breaches_at", "pk"), "breaches_at"),
        _first(_open().order_by("opened_at", "pk"), "opened_at"),
        _promises(Period(start=since, end=now, now=now)),
    )


def read_short(found: Sequence[Any]) -> TicketsOf:
    """What `in_short` found."""
    counts, soonest, oldest, promises = found
    *by_priority, waiting, broken = counts or (0,) * (len(Priority) + 2)
    met, missed, solved, late = promises or (0, 0, 0, 0)
    return TicketsOf(
        by_priority=dict(zip(Priority.values, by_priority, strict=True)),
        waiting=waiting,
        broken=broken,
        next_breach=_named(soonest),
        oldest=_named(oldest),
        response=Kept(met=met, breached=missed),
        resolution=Kept(met=solved, breached=late),
    )


def _open() -> Any:
    return Ticket.objects.all().unsolved().filter(organization_id=OuterRef("pk"))


def _critical() -> Q:
    return Q(priority=Priority.CRITICAL)


def _counts(now: datetime) -> Subquery:
    numbers = [Count("pk", filter=Q(priority=priority)) for priority in Priority.values]
    more = (Count("pk", filter=Q(waits_since__isnull=False)), Count("pk", filter=Q(breaches_at__lt=now)))
    rows = _open().order_by().values("organization_id")
    return Subquery(rows.annotate(found=Together(*numbers, *more)).values("found"))


def _first(rows: Any, moment: str) -> Subquery:
    return Subquery(rows.values(found=Together(F("number"), F("subject"), F(moment)))[:1])


def _promises(period: Period) -> Subquery:
    rows = decided_in(SlaClock.objects.filter(ticket__organization_id=OuterRef("pk")), period).order_by()
    return Subquery(rows.values("ticket__organization_id").annotate(found=promise_counts()).values("found"))


def promise_counts() -> Together:
    """Of decided clocks: answers kept and broken, solutions kept and broken."""
    kept, numbers = Q(state=ClockState.MET), []
    for metrics in (RESPONSE, RESOLUTION):
        of_kind = Q(metric__in=[metric.value for metric in metrics])
        numbers += [Count("pk", filter=of_kind & kept), Count("pk", filter=of_kind & ~kept)]
    return Together(*numbers)


def _named(found: list[Any] | None) -> Named | None:
    at = parse_datetime(found[2]) if found else None
    return Named(number=found[0], subject=found[1], at=at) if found and at else None
