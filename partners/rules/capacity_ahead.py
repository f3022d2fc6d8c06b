"""Hours wanted against hours there are for the weeks ahead, and what a week would be if organizations moved. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

WEEKS = 8
# Nothing changes hands shortly before a renewal.
RENEWAL_DAYS = 60


class Guard(StrEnum):
    """Why an organization stays with its owner for now."""

    RENEWAL = "renewal"
    HANDOFF = "handoff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who has so many minutes in each week: the open ones of the calendar without absences."""

    id: int
    minutes_there: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What one organization takes of its owner in each week; `known_by`: who else has been with it."""

    organization_id: int
    owner_id: int
    minutes: tuple[int, ...]
    renewal_on: date | None = None
    is_in_handoff: bool = False
    known_by: frozenset[int] = frozenset()

    @property
    def per_week(self) -> int:
        """The minutes of an average week, rounded half up."""
        return (2 * sum(self.minutes) + len(self.minutes)) // (2 * len(self.minutes)) if self.minutes else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """The weeks of a person: minutes wanted and minutes there are."""

    wanted: tuple[int, ...]
    there: tuple[int, ...]

    @property
    def peak(self) -> Fraction:
        """The fullest week as a share of its minutes.

        Weeks with less than half of the usual time are left out: an absence is stood in for, and is no reason to hand
        an organization on. Who has no time at all has only what is wanted.
        """
        usual = max(self.there, default=0)
        if not usual:
            return Fraction(sum(self.wanted))
        return max(
            Fraction(wanted, there) for wanted, there in zip(self.wanted, self.there, strict=True) if there * 2 >= usual
        )


def week_starts(today: date, weeks: int = WEEKS) -> tuple[date, ...]:
    """The Mondays of the week of `today` and of those after it."""
    monday = today - timedelta(days=today.weekday())
    return tuple(monday + timedelta(weeks=week) for week in range(weeks))


def stage_on(stage: str, gates: Sequence[tuple[str, date]], day: date, *, last: str) -> str:
    """The stage that an organization is in on a day, if gates are passed as foreseen; `last` is that after all of them.

    `gates`: stages in order, each with the day on which it is expected to be left. Without a forecast of its own stage
    it stays where it is.
    """
    names = [name for name, _left_on in gates]
    if stage not in names:
        return stage
    return next((name for name, left_on in gates[names.index(stage) :] if day < left_on), last)


def prepares_renewal(due_on: date, week_on: date, *, today: date, weeks: int) -> bool:
    """Whether a renewal takes time in a week: in so many weeks up to that of its day, and until it is closed."""
    (last,) = week_starts(max(due_on, today), 1)
    return last - timedelta(weeks=weeks) < week_on <= last


def guard_of(held: Held, today: date) -> Guard | None:
    """What keeps an organization from moving, if anything does."""
    if held.is_in_handoff:
        return Guard.HANDOFF
    if held.renewal_on is not None and abs(held.renewal_on - today) <= timedelta(days=RENEWAL_DAYS):
        return Guard.RENEWAL
    return None


def curves(people: Iterable[Person], held: Iterable[Held]) -> dict[int, Curve]:
    """The weeks of each person."""
    wanted: defaultdict[int, list[Sequence[int]]] = defaultdict(list)
    for one in held:
        wanted[one.owner_id].append(one.minutes)
    return {
        person.id: Curve(
            wanted=tuple(map(sum, zip(*wanted[person.id], strict=True))) or (0,) * len(person.minutes_there),
            there=person.minutes_there,
        )
        for person in people
    }


def moved(held: Iterable[Held], receivers: Mapping[int, int]) -> tuple[Held, ...]:
    """The same holdings with some organizations at other owners; `receivers` by organization."""
    return tuple(replace(one, owner_id=receivers.get(one.organization_id, one.owner_id)) for one in held)
