"""What is promised: targets, policies, and the terms that a clock runs under (sla.md R5, R6, R10). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from tickets.rules.sla_calendar import Timeline


class SlaError(ValueError):
    """A promise or a course of events that cannot be."""


class Metric(StrEnum):
    """What a clock measures; in this order the clocks of one event are listed."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    PERIODIC_UPDATE = "periodic_update"
    RESOLUTION = "resolution"


REPLY_METRICS = frozenset({Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE})
"""Reply clocks never pause, whatever a policy says (R8)."""


class Unit(StrEnum):
    """What the amount of a target counts."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    BUSINESS_DAYS = "business_days"


_MICROSECONDS = {Unit.SECONDS: 1_000_000, Unit.MINUTES: 60_000_000, Unit.HOURS: 3_600_000_000}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An amount of business time of a calendar (its name, or "24x7"). Raises ``SlaError``.

    Business days are whole: R6 says what a date later is, and nothing of half a one.
    """

    amount: Decimal
    unit: Unit
    clock: str

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise SlaError("a target must not be negative")
        if self.unit is Unit.BUSINESS_DAYS and self.amount != int(self.amount):
            raise SlaError("a number of business days must be whole")

    def terms(self, origin: datetime, timeline: Timeline, *, floor: datetime | None = None) -> Terms:
        """The terms of this target counted from ``origin``. Raises ``NeverOpens``, ``TooFar``."""
        if self.unit is Unit.BUSINESS_DAYS:
            start, budget = timeline.business_days(origin, int(self.amount))
        else:
            start, budget = origin, timedelta(microseconds=int(self.amount * _MICROSECONDS[self.unit]))
        return Terms(origin=origin, counts_from=start, budget=budget, target=self, floor=floor)


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a clock runs under: origin, budget, calendar (R10).

    ``counts_from`` is the origin, or the opening that a business-day target moves it to (R6). With ``floor`` no
    due or breach instant lies before it (``from_start``: "an instant already past becomes the change instant").
    """

    origin: datetime
    counts_from: datetime
    budget: timedelta
    target: Target
    floor: datetime | None = None

    @property
    def clock(self) -> str:
        """The name of the calendar, or "24x7"."""
        return self.target.clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One immutable version of a policy: priority -> metric -> target, and the statuses that pause a metric.

    ``from_start``: changed terms are recomputed from the original start even if they breach at once (R10).
    """

    name: str
    targets: Mapping[str, Mapping[Metric, Target]] = field(default_factory=dict)
    pause_on: Mapping[Metric, frozenset[str]] = field(default_factory=dict)
    from_start: bool = False

    def target(self, priority: str, metric: Metric) -> Target | None:
        """What is promised to a ticket of this priority; None is nothing (R13)."""
        return self.targets.get(priority, {}).get(metric)

    def clock_names(self) -> frozenset[str]:
        """The calendars that the targets count by."""
        return frozenset(target.clock for targets in self.targets.values() for target in targets.values())

    def pauses(self, metric: Metric, status: str) -> bool:
        """Whether a clock stands still while the ticket is in this status (R3, R4, R8)."""
        return metric not in REPLY_METRICS and status in self.pause_on.get(metric, ())
