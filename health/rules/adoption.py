"""Which features of the product an organization uses (health.md): used, underused, never. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

WEEKS = 4
"""Whole weeks that say how a feature is used now; as many before them say where it goes."""
FEWEST_OTHERS = 5
"""With fewer like organizations nothing is compared: one of them could be told from the median."""

USED, UNDERUSED, NEVER = "used", "underused", "never"
UP, DOWN, LEVEL = "up", "down", "level"
_MOVES = Decimal("0.15")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Uses:
    """Uses of a feature by one organization: in the last weeks, in those before, ever; and when last."""

    recent: int
    before: int
    ever: int
    last_week_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted:
    """How a feature is used: `weekly` uses a week on average; `change` of it in percent, None without a past."""

    state: str
    weekly: Decimal
    trend: str
    change: int | None


def first_week(day: date) -> date:
    """The Monday of the first of the weeks that count on a day; the week that is not over does not."""
    return day - timedelta(days=day.weekday() + 7 * WEEKS)


def adopted(uses: Uses, *, used_from: int) -> Adopted:
    """What these uses come to. A feature that was used once and is not any longer is underused."""
    weekly = (Decimal(uses.recent) / WEEKS).quantize(_TENTH, ROUND_HALF_UP)
    if uses.ever == 0:
        return Adopted(state=NEVER, weekly=weekly, trend=LEVEL, change=None)
    state = USED if uses.recent >= used_from * WEEKS else UNDERUSED
    if uses.before == 0:
        return Adopted(state=state, weekly=weekly, trend=UP if uses.recent else LEVEL, change=None)
    change = Decimal(uses.recent - uses.before) / uses.before
    trend = LEVEL if abs(change) < _MOVES else (UP if change > 0 else DOWN)
    return Adopted(
        state=state, weekly=weekly, trend=trend, change=int((change * 100).quantize(Decimal(1), ROUND_HALF_UP))
    )


def percent_used(states: Sequence[str]) -> Decimal | None:
    """How many percent of the released features are used; None while there is none."""
    if not states:
        return None
    return (Decimal(100 * states.count(USED)) / len(states)).quantize(_TENTH, ROUND_HALF_UP)
