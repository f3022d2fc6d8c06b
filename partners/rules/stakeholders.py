"""What a map of people warns of: one thread, no executive, a sponsor who is quiet or gone (journey.md). Pure.

Days are local days of the organization. Who has left counts for nothing but for the warning that a sponsor did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partners.rules.record_packs import PeoplePolicy

COUNTING_ROLES = frozenset({"champion", "executive", "technical", "operations", "billing"})
"""Contacts in these roles count without anybody saying so."""

_STRONG = frozenset({"decides", "high"})
_FOR_US = frozenset({"promoter", "positive"})


class WarningKind(StrEnum):
    """The most urgent first."""

    SPONSOR_LEFT = "sponsor_left"
    NO_SPONSOR = "no_sponsor"
    SINGLE_THREAD = "single_thread"
    ONE_SUPPORTER = "one_supporter"
    TOO_FEW_EXECUTIVES = "too_few_executives"
    SPONSOR_QUIET = "sponsor_quiet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One who counts at an organization."""

    id: int
    name: str
    role: str
    influence: str = "unknown"
    sentiment: str = "unknown"
    is_sponsor: bool = False
    last_two_way_on: date | None = None
    left_on: date | None = None

    @property
    def is_executive(self) -> bool:
        return self.role == "executive"

    @property
    def supports_with_weight(self) -> bool:
        return self.influence in _STRONG and self.sentiment in _FOR_US


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """One warning with what it rests on: names, days and counts as they go into its sentence."""

    kind: WarningKind
    names: tuple[str, ...] = ()
    days: int | None = None
    count: int | None = None
    wanted: int | None = None


def counts(role: str, influence: str) -> bool:
    """Whether a contact is somebody to keep in sight."""
    return role in COUNTING_ROLES or influence != "unknown"


def warnings_of(
    people: Sequence[Person], *, today: date, policy: PeoplePolicy, executives_wanted: int = 0
) -> list[Warned]:
    """All that holds today, the most urgent first. Nobody known at all is one missing sponsor and no more."""
    here = [person for person in people if person.left_on is None]
    found = [*_sponsors(people, here, today, policy)]
    if here:
        found += _threads(here, today, policy)
        executives = sum(1 for person in here if person.is_executive)
        if executives < executives_wanted:
            found.append(Warned(kind=WarningKind.TOO_FEW_EXECUTIVES, count=executives, wanted=executives_wanted))
    order = list(WarningKind)
    return sorted(found, key=lambda warned: order.index(warned.kind))


def in_contact(person: Person, today: date, policy: PeoplePolicy) -> bool:
    """Whether we have talked with them, both ways, not too long ago."""
    return person.last_two_way_on is not None and (today - person.last_two_way_on).days <= policy.contact_days


def _sponsors(people: Sequence[Person], here: Sequence[Person], today: date, policy: PeoplePolicy) -> list[Warned]:
    present = [person for person in here if person.is_sponsor]
    if not present:
        gone = sorted((p for p in people if p.is_sponsor and p.left_on is not None), key=lambda p: p.left_on or today)
        if gone:
            left_on = gone[-1].left_on or today
            return [Warned(kind=WarningKind.SPONSOR_LEFT, names=(gone[-1].name,), days=max((today - left_on).days, 0))]
        return [Warned(kind=WarningKind.NO_SPONSOR)]
    return [
        Warned(kind=WarningKind.SPONSOR_QUIET, names=(person.name,), days=_days_since(person, today))
        for person in present
        if person.last_two_way_on is None or (today - person.last_two_way_on).days > policy.sponsor_quiet_days
    ]


def _threads(here: Sequence[Person], today: date, policy: PeoplePolicy) -> list[Warned]:
    found = []
    talking = [person for person in here if in_contact(person, today, policy)]
    if len(talking) == 1:
        found.append(Warned(kind=WarningKind.SINGLE_THREAD, names=(talking[0].name,), days=policy.contact_days))
    supporters = [person for person in here if person.supports_with_weight]
    if len(supporters) == 1 and len(here) > 1:
        found.append(Warned(kind=WarningKind.ONE_SUPPORTER, names=(supporters[0].name,)))
    return found


def _days_since(person: Person, today: date) -> int | None:
    return (today - person.last_two_way_on).days if person.last_two_way_on is not None else None


def makes_circle(reports_to: Mapping[int, int | None], person: int, boss: int | None) -> bool:
    """Whether `person` would report to themselves, through whomever, if they reported to `boss`."""
    seen: set[int] = set()
    while boss is not None and boss not in seen:
        if boss == person:
            return True
        seen.add(boss)
        boss = reports_to.get(boss)
    return False


def healed(reports_to: Mapping[int, int | None], gone: int) -> dict[int, int | None]:
    """Whom those report to who reported to somebody who is gone: that one's own boss."""
    return {person: reports_to.get(gone) for person, boss in reports_to.items() if boss == gone}


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """One line of an organization chart, `depth` steps below the top."""

    id: int
    depth: int


def chart(reports_to: Mapping[int, int | None], here: Sequence[int]) -> list[Placed]:
    """Everybody who is `here` once, in that order, each below the next boss up who is here, too."""
    present = set(here)
    below: dict[int | None, list[int]] = {}
    for person in here:
        below.setdefault(_boss_here(reports_to, person, present), []).append(person)
    placed: list[Placed] = []
    waiting = [(person, 0) for person in reversed(below.get(None, []))]
    while waiting:
        person, depth = waiting.pop()
        placed.append(Placed(id=person, depth=depth))
        waiting += [(report, depth + 1) for report in reversed(below.get(person, []))]
    return placed


def _boss_here(reports_to: Mapping[int, int | None], person: int, present: Collection[int]) -> int | None:
    boss, seen = reports_to.get(person), {person}
    while boss is not None and boss not in present and boss not in seen:
        seen.add(boss)
        boss = reports_to.get(boss)
    return boss if boss in present else None
