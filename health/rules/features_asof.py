"""What a prediction reads of an organization as of a day: raw figures of its metrics and tickets made into features.

The figures hold nothing later than the day. How old an organization is, its plan and its revenue are no features: the
first says when it came and not how it is, and the others are known as they are today, which may be after the fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RECENT_DAYS, BEFORE_DAYS, REACH_DAYS = 28, 84, 182
TICKET_DAYS = 90
LEVEL, TREND, QUIET = "level", "trend", "quiet"
TICKETS = ("tickets.opened", "tickets.urgent", "tickets.trend")


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A metric within reach of the day: its samples of the recent days, of those before, and the last one.

    `quiet_days` have passed since the last sample.
    """

    recent_count: int
    recent_sum: float
    before_count: int
    before_sum: float
    last: float
    quiet_days: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Tickets opened within the 90 days, those of high priority and more, and those of the recent 28."""

    opened: int = 0
    urgent: int = 0
    recent: int = 0


def feature_names(metrics: Mapping[str, str]) -> tuple[str, ...]:
    """The features of these metrics (key: how they combine) and of tickets, in order."""
    of_metrics = [f"{metric}.{part}" for metric in sorted(metrics) for part in (LEVEL, TREND, QUIET)]
    return (*of_metrics, *TICKETS)


def features(
    metrics: Mapping[str, str], heard: Mapping[str, Heard], asked: Asked, *, age_days: float
) -> list[float | None]:
    """The values in the order of `feature_names`; None where nothing is known. `age_days` bounds the windows."""
    row: list[float | None] = []
    for metric in sorted(metrics):
        row += _of_metric(metrics[metric], heard.get(metric), age_days)
    return row + _of_tickets(asked, age_days)


def _of_metric(combine: str, found: Heard | None, age_days: float) -> Sequence[float | None]:
    if found is None:
        return (None, None, None)
    recent_days = max(1.0, min(float(RECENT_DAYS), age_days))
    before_days = min(float(BEFORE_DAYS), age_days - RECENT_DAYS)
    if combine in ("sum", "rate"):
        # Nothing came although something used to: that is none, and not unknown.
        recent = found.recent_sum / recent_days
        before = found.before_sum / before_days if before_days >= 7 else None
        return (recent, _turn(recent, before), found.quiet_days)
    if combine == "last":
        level = found.last
    else:
        level = found.recent_sum / found.recent_count if found.recent_count else found.last
    past = found.before_sum / found.before_count if found.before_count else None
    return (level, None if past is None else level - past, found.quiet_days)


def _turn(recent: float, before: float | None) -> float | None:
    """How a rate moved, from -1 (it stopped) to 1 (it began)."""
    if before is None:
        return None
    whole = abs(recent) + abs(before)
    return (recent - before) / whole if whole else 0.0


def _of_tickets(asked: Asked, age_days: float) -> list[float | None]:
    days = max(7.0, min(float(TICKET_DAYS), age_days))
    recent_days = max(7.0, min(float(RECENT_DAYS), age_days))
    earlier_days = days - recent_days
    earlier = (asked.opened - asked.recent) / earlier_days if earlier_days >= 7 else None
    return [asked.opened * 30 / days, asked.urgent * 30 / days, _turn(asked.recent / recent_days, earlier)]
