"""The figures of a support desk and their goals (sla.md R17). Pure.

Compliance is in `compliance`. Where the source leaves it open: what is merged into another ticket is no ticket of its
own, the escalation rate is that of the tickets created in the period, and "within seven days" takes in the last moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

WEEK = timedelta(days=7)


class Way(StrEnum):
    """Which side of a goal is good."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BELOW = "below"


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What a figure should come to; shares are of 1, times in seconds."""

    way: Way
    value: float

    def is_met(self, figure: float | None) -> bool | None:
        """None where there is nothing to judge."""
        if figure is None:
            return None
        match self.way:
            case Way.AT_LEAST:
                return figure >= self.value
            case Way.AT_MOST:
                return figure <= self.value
        return figure < self.value


RESPONSE = Goal(way=Way.AT_LEAST, value=0.95)
RESOLUTION = Goal(way=Way.AT_LEAST, value=0.85)
AVERAGE_RESOLUTION = Goal(way=Way.BELOW, value=24 * 3600.0)
FIRST_CONTACT = Goal(way=Way.AT_LEAST, value=0.70)
ESCALATION = Goal(way=Way.BELOW, value=0.15)
BACKLOG = Goal(way=Way.BELOW, value=50)
OLDEST_BUSINESS_DAYS = 2


def share(part: int, whole: int) -> float | None:
    """Of 1; None of nothing."""
    return part / whole if whole else None


def counts_for_first_contact(first_solved_at: datetime | None, *, now: datetime) -> bool:
    """Whether it is known by now how a first solve turned out: it is older than seven days."""
    return first_solved_at is not None and first_solved_at < now - WEEK


def is_first_contact(
    *,
    first_solved_at: datetime,
    replies: int,
    escalated_at: datetime | None,
    reopened_at: datetime | None,
) -> bool:
    """Exactly one public reply of ours, never escalated, not reopened within seven days of the first solve.

    `reopened_at` is the first time that it was opened again.
    """
    is_quiet = reopened_at is None or reopened_at > first_solved_at + WEEK
    return replies == 1 and escalated_at is None and is_quiet


def month_name(at: datetime, zone: tzinfo) -> str:
    """The month of a moment, "2026-11", in the zone of reports."""
    return f"{at.astimezone(zone):%Y-%m}"


def month_bounds(name: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """From when and until before when a month lasts in the zone of reports; None for what is no month."""
    year, _, month = name.partition("-")
    is_spelled = len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdecimal()
    if not is_spelled or not 1 <= int(month) <= 12 or not 1970 <= int(year) <= 9998:
        return None
    start = datetime(int(year), int(month), 1, tzinfo=zone)
    after = (int(year) + 1, 1) if int(month) == 12 else (int(year), int(month) + 1)
    return start, datetime(*after, 1, tzinfo=zone)
