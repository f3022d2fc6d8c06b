"""The pack `routines`: what each role goes through every day, week, month and quarter, and in which period. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accounts.choices import Role
from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.cadence import add_months
from partners.rules.classification_packs import Body, Label

PAGES = (
    "calendar", "tasks", "tickets", "incidents", "health", "alerts", "handoffs", "launches", "load", "organizations",
    "commitments", "losses", "on_call", "guides",
)  # fmt: skip
KEYS = ("routines", "role", "every", "items", "id", "label", "hint", "page", "fact", "en", "de")


class Rhythm(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutineItem:
    """One thing to go through. `page` is where; `fact` names what ticks it off by itself, empty for by hand."""

    id: str
    label: Label
    hint: Label
    page: str
    fact: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Routine:
    """The list of a role for one rhythm."""

    role: str
    every: Rhythm
    items: tuple[RoutineItem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutinePolicy:
    """The checklists in force."""

    version: int
    routines: tuple[Routine, ...]

    def of_roles(self, roles: Collection[str]) -> tuple[Routine, ...]:
        """Those of somebody with these roles, the most frequent first."""
        rhythms = list(Rhythm)
        mine = [one for one in self.routines if one.role in roles]
        return tuple(sorted(mine, key=lambda one: (rhythms.index(one.every), one.role)))


def period_of(every: Rhythm, day: date) -> tuple[date, date]:
    """The day, week, month or quarter that a day lies in: its first day and the first one after it."""
    if every is Rhythm.DAY:
        return day, day + timedelta(days=1)
    if every is Rhythm.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    months = 1 if every is Rhythm.MONTH else 3
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months)


def parse_routines(body: Body, *, version: int) -> RoutinePolicy:
    """The pack `routines`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("routines",))
    routines = tuple(
        _routine(row, place) for place, row in packs.rows(content, "routines", known=("role", "every", "items"))
    )
    packs.refuse_twins([f"{one.role} {one.every}" for one in routines], "routines", "every")
    rhythms: dict[str, Rhythm] = {}
    for index, one in enumerate(routines):
        for number, item in enumerate(one.items):
            # A tick is kept for the first day of its period: one id has one rhythm.
            if rhythms.setdefault(item.id, one.every) is not one.every:
                raise MalformedInput(f"routines[{index}].items[{number}].id", "has another rhythm in another list")
    return RoutinePolicy(version=version, routines=routines)


def _routine(row: packs.Row, place: str) -> Routine:
    known = ("id", "label", "hint", "page", "fact")
    items = tuple(_item(entry, where) for where, entry in packs.rows(row, "items", place, known=known))
    packs.refuse_twins([item.id for item in items], f"{place}.items", "id")
    return Routine(
        role=reading.one_of(reading.member(row, "role", place), [role.value for role in Role], f"{place}.role"),
        every=Rhythm(reading.one_of(reading.member(row, "every", place), list(Rhythm), f"{place}.every")),
        items=items,
    )


def _item(row: packs.Row, place: str) -> RoutineItem:
    return RoutineItem(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        hint=packs.optional_label(row, place, "hint"),
        page=reading.one_of(row["page"], PAGES, f"{place}.page") if "page" in row else "",
        fact=packs.identifier(row, place, "fact") if "fact" in row else "",
    )
