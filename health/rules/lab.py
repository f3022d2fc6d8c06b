"""What another scorecard would have made of the past (health.md, Scorecard lab). Pure.

A course holds the bands of an organization, one letter for each replayed day, by the scorecard in force and by the one
that is tried. A band warns when it is at risk: by the strict line red alone, by the wide one yellow too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from health.rules.bands import GREEN, GREY, RED, YELLOW, is_fall
from partners.rules.small_samples import Share, share

ABSENT = " "
"""The letter of a day on which there was no band: not there yet, at another stage, or lost already."""

LETTERS = {GREEN: "g", YELLOW: "y", RED: "r", GREY: "-"}
STRICT, WIDE = "red", "yellow"
LINES = {STRICT: frozenset("r"), WIDE: frozenset("ry")}
HORIZON = 13
"""Weeks within which a warning is borne out by a loss, or is not."""

_BANDS = {letter: band for band, letter in LETTERS.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The bands of an organization day by day, by the version in force (`old`) and by the one tried (`new`)."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """An organization has left on a day."""

    organization_id: int
    lost_on: date
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """How many days before a loss the band had been at risk without a break; None: it was not when it came."""

    organization_id: int
    lost_on: date
    reason: str
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Confusion:
    """Organizations at the beginning of a quarter: warned of or not, lost within it or not."""

    line: str
    lost_warned: int
    kept_warned: int
    lost_quiet: int
    kept_quiet: int

    @property
    def precision(self) -> Share:
        """Of those that were warned of, the lost ones."""
        return share(self.lost_warned, self.lost_warned + self.kept_warned)

    @property
    def recall(self) -> Share:
        """Of the lost ones, those that were warned of."""
        return share(self.lost_warned, self.lost_warned + self.lost_quiet)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgment:
    """What a replay came to. `falls_*`: how often a band fell from one week to the next, in all weeks."""

    weeks: int
    organizations: int
    falls_old: int
    falls_new: int
    warned: tuple[Warned, ...]
    old: tuple[Confusion, ...]
    new: tuple[Confusion, ...]

    def to_json(self) -> dict[str, Any]:
        """As kept with the replay."""
        body = asdict(self)
        for one in body["warned"]:
            one["lost_on"] = one["lost_on"].isoformat()
        return body

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> Judgment:
        """What `to_json` wrote."""
        return Judgment(
            weeks=body["weeks"],
            organizations=body["organizations"],
            falls_old=body["falls_old"],
            falls_new=body["falls_new"],
            warned=tuple(Warned(**{**one, "lost_on": date.fromisoformat(one["lost_on"])}) for one in body["warned"]),
            old=tuple(Confusion(**one) for one in body["old"]),
            new=tuple(Confusion(**one) for one in body["new"]),
        )


def judge(days: Sequence[date], courses: Mapping[int, Course], losses: Iterable[Lost]) -> Judgment:
    """Compare two scorecards over weekly days in order; every course has a letter for each of them."""
    lost = sorted(
        (one for one in losses if one.organization_id in courses and days[0] < one.lost_on <= days[-1]),
        key=lambda one: (one.lost_on, one.organization_id),
    )
    return Judgment(
        weeks=len(days),
        organizations=len(courses),
        falls_old=sum(_falls(course.old) for course in courses.values()),
        falls_new=sum(_falls(course.new) for course in courses.values()),
        warned=tuple(_warned(days, courses[one.organization_id], one) for one in lost),
        old=_confusions(days, {pk: course.old for pk, course in courses.items()}, lost),
        new=_confusions(days, {pk: course.new for pk, course in courses.items()}, lost),
    )


def days_early(days: Sequence[date], letters: str, lost_on: date) -> int | None:
    """Since how many days before a loss a band had been at risk; days without a known band do not break it."""
    first: date | None = None
    for day, letter in zip(reversed(days), reversed(letters), strict=True):
        if day >= lost_on:
            continue
        if letter in LINES[WIDE]:
            first = day
        elif letter == LETTERS[GREEN]:
            break
    return (lost_on - first).days if first is not None else None


def _warned(days: Sequence[date], course: Course, lost: Lost) -> Warned:
    return Warned(
        organization_id=lost.organization_id,
        lost_on=lost.lost_on,
        reason=lost.reason,
        old=days_early(days, course.old, lost.lost_on),
        new=days_early(days, course.new, lost.lost_on),
    )


def _falls(letters: str) -> int:
    """Falls between known colors; what lies between them unknown does not count as one."""
    known = [_BANDS[letter] for letter in letters if letter in _BANDS and letter != LETTERS[GREY]]
    return sum(is_fall(before, after) for before, after in pairwise(known))


def _confusions(days: Sequence[date], letters: Mapping[int, str], lost: Sequence[Lost]) -> tuple[Confusion, ...]:
    return tuple(_confusion(line, days, letters, lost) for line in LINES)


def _confusion(line: str, days: Sequence[date], letters: Mapping[int, str], lost: Sequence[Lost]) -> Confusion:
    counts = {(is_lost, is_warned): 0 for is_lost in (True, False) for is_warned in (True, False)}
    for start, end in _quarters(len(days)):
        gone = {one.organization_id for one in lost if days[start] < one.lost_on <= days[end]}
        for pk, course in letters.items():
            if course[start] != ABSENT:
                counts[pk in gone, course[start] in LINES[line]] += 1
    return Confusion(
        line=line,
        lost_warned=counts[True, True],
        kept_warned=counts[False, True],
        lost_quiet=counts[True, False],
        kept_quiet=counts[False, False],
    )


def _quarters(weeks: int) -> list[tuple[int, int]]:
    """Spans of weeks that end with the last day and do not overlap; one shorter span where there is no quarter."""
    last = weeks - 1
    whole = [(end - HORIZON, end) for end in range(last, HORIZON - 1, -HORIZON)]
    return whole or ([(0, last)] if last else [])
