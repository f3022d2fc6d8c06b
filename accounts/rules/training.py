"""Monthly training: which modules are due for whom, what counts as done, and when people are reminded. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

LAST_DAYS = 7
"""People are reminded in so many last days of a month."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Module:
    """Something to learn, for holders of one of `roles`, from a month on; `ends` is the first month without it."""

    id: int
    roles: frozenset[str]
    is_required: bool
    since: date
    ends: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion:
    """So many of so many that are due."""

    done: int
    due: int

    @property
    def share(self) -> float | None:
        """None where nothing is due: nobody is at 100 % of nothing."""
        return self.done / self.due if self.due else None

    @property
    def is_whole(self) -> bool:
        return self.done == self.due


def is_due(module: Module, *, roles: Collection[str], month: date) -> bool:
    """Whether somebody with `roles` has to do the module in the month that begins on `month`."""
    if not module.is_required or month < module.since or (module.ends is not None and month >= module.ends):
        return False
    return not module.roles.isdisjoint(roles)


def due_modules(modules: Iterable[Module], *, roles: Collection[str], month: date) -> list[Module]:
    """Those that somebody with `roles` has to do in a month, in their order."""
    return [module for module in modules if is_due(module, roles=roles, month=month)]


def completion(due: Collection[tuple[int, int]], done: Collection[tuple[int, int]]) -> Completion:
    """How much of what is due is done, both as (person, module); what nobody asked for counts for nothing."""
    wanted = set(due)
    return Completion(done=len(wanted & set(done)), due=len(wanted))


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month so many months later, or earlier for a negative number."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def is_time_to_remind(today: date) -> bool:
    """Whether it is the last week of a month."""
    return today >= month_after(month_of(today)) - timedelta(days=LAST_DAYS)


def may_be_recorded(month: date, *, today: date) -> bool:
    """Whether a month may still be written down: this one and the one before. What lies further back is settled."""
    this = month_of(today)
    return month in (this, month_after(this, -1))
