"""Eight weeks of those whose load one may see: by person and by team, and what a week of one person is made of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.labels import role_short_label, stage_label
from accounts.models import Membership, Team
from accounts.rules.access import Actor
from common.templatetags.format import spell_percent
from partners.load_providers import LoadAsked, lines_of
from partners.rules import capacity as rules
from partners.rules.capacity_ahead import WEEKS, week_starts
from partners.selectors.capacity import Words, people_to_show, spell_hours
from partners.selectors.capacity_kept import Ahead, ahead_of
from partners.selectors.capacity_minutes import load_in, minutes_of
from partners.selectors.capacity_rows import Place, Weeks, weeks_of

TEAM = ("id", "public_id", "name")
_SUNDAY = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class WeekCell:
    """One week: the minutes wanted against the minutes there are."""

    week_on: date
    minutes_wanted: int
    minutes_there: int
    percent: int | None
    band: str
    label: str
    tone: str
    icon: str

    @property
    def share(self) -> str:
        """In percent; where there is no time at all, the hours wanted."""
        return spell_percent(self.percent / 100) if self.percent is not None else f"{self.hours_wanted} h"

    @property
    def hours_wanted(self) -> str:
        return spell_hours(self.minutes_wanted)

    @property
    def hours_there(self) -> str:
        return spell_hours(self.minutes_there)


@dataclass(frozen=True, kw_only=True)
class WeeksRow:
    """A person or a team with their weeks; `count`: organizations of a person, people of a team.

    `people` of a team: minutes wanted and minutes there by week, since who is in two teams is one person.
    """

    id: int
    public_id: str
    name: str
    count: int
    cells: tuple[WeekCell, ...]
    people: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]] | None = None


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """What one organization takes of a person in a week, and for what."""

    public_id: str
    name: str
    role: str
    role_label: str
    stage: str
    minutes: int
    parts: tuple[tuple[str, str], ...]

    @property
    def hours(self) -> str:
        return spell_hours(self.minutes)


@dataclass(frozen=True, kw_only=True)
class PersonAhead:
    """A person's weeks, and what the chosen one is made of: organizations, then work of other kinds."""

    row: WeeksRow
    chosen: WeekCell
    lines: tuple[PlaceLine, ...]
    others: tuple[tuple[str, str], ...]
    away_days: int


def people_ahead(actor: Actor, people: Iterable[Mapping[str, Any]], *, now: datetime) -> list[WeeksRow]:
    """Eight weeks of these people (dictionaries of `capacity.PERSON`), in order: two statements at most for any number.

    Empty while no capacity is laid down.
    """
    asked = list(people)
    found, words = ahead_of(actor, (person["id"] for person in asked), now=now), Words()
    if found is None:
        return []
    return [
        WeeksRow(
            id=person["id"],
            public_id=str(person["public_id"]),
            name=person["name"],
            count=found.counts[person["id"]],
            cells=_cells(found, found.wanted[person["id"]], found.there[person["id"]], words),
        )
        for person in asked
    ]


def teams_to_show(actor: Actor, *, team: str = "") -> QuerySet[Any]:
    """The teams that `actor` leads, or all of them for those who see everything."""
    rows = Team.objects.visible_to(actor).filter(archived_at__isnull=True)
    if not actor.active_roles & actor.policy.see_all:
        if not actor.active_roles & actor.policy.lead_roles:
            return rows.none()
        led = Membership.objects.filter(user_id=actor.user_id or 0, is_lead=True, ended_at__isnull=True)
        rows = rows.filter(pk__in=led.values("team_id"))
    found: QuerySet[Any] = rows.filter(public_id=team) if team else rows
    return found


def of_team(people: QuerySet[Any], team: str) -> QuerySet[Any]:
    """Those of these people who are members of the team with this public id today."""
    members = Membership.objects.filter(team__public_id=team, ended_at__isnull=True)
    return people.filter(pk__in=members.values("user_id"))


def teams_ahead(actor: Actor, teams: Iterable[Mapping[str, Any]], *, role: str = "", now: datetime) -> list[WeeksRow]:
    """Eight weeks of these teams (dictionaries of TEAM): the sums of those of their members whose load one may see.

    Three statements at most for any number. Empty while no capacity is laid down.
    """
    asked = list(teams)
    members: defaultdict[int, list[int]] = defaultdict(list)
    rows = Membership.objects.filter(team_id__in=[team["id"] for team in asked], ended_at__isnull=True)
    shown = rows.filter(user_id__in=people_to_show(actor, role=role).values("pk"))
    for team_id, user_id in shown.order_by("pk").values_list("team_id", "user_id"):
        members[team_id].append(user_id)
    ids = sorted({pk for found in members.values() for pk in found})
    found, words = ahead_of(actor, ids, now=now), Words()
    if found is None:
        return []
    wanted, there = found.wanted, found.there
    return [
        WeeksRow(
            id=team["id"],
            public_id=str(team["public_id"]),
            name=team["name"],
            count=len(members[team["id"]]),
            cells=_cells(
                found,
                _sums(wanted[pk] for pk in members[team["id"]]),
                _sums(there[pk] for pk in members[team["id"]]),
                words,
            ),
            people={pk: (wanted[pk], there[pk]) for pk in members[team["id"]]},
        )
        for team in asked
    ]


def person_ahead(actor: Actor, person: Mapping[str, Any], *, week_on: date | None, now: datetime) -> PersonAhead | None:
    """One person's weeks with what one of them is made of, the present one without `week_on`. None as `people_ahead`.

    Raises ValueError for a week that is not among them.
    """
    found = weeks_of(actor, [person["id"]], weeks=WEEKS, now=now)
    if found is None:
        return None
    at = found.mondays.index(week_on) if week_on else 0
    words = Words()
    row = _row(person, found, _wanted(found, person["id"], now), words)
    lines = (_line(found, place, at, words) for place in found.places)
    asked = _asked(person["id"], found.mondays[at], now)
    return PersonAhead(
        row=row,
        chosen=row.cells[at],
        lines=tuple(sorted((one for one in lines if one), key=lambda one: (-one.minutes, one.name, one.role))),
        others=tuple((str(one.label), spell_hours(one.minutes.middle)) for one in lines_of(asked)),
        away_days=found.away_days.get(person["id"], (0,) * WEEKS)[at],
    )


def mondays(today: date) -> tuple[date, ...]:
    """The weeks that pages show."""
    return week_starts(today)


def cell(found: Weeks | Ahead, week: int, wanted: int, there: int, words: Words) -> WeekCell:
    """A week with its band."""
    policy = found.policies.capacity
    band = rules.band_of(policy, wanted, there)
    label, tone, icon = words.bands[band]
    return WeekCell(
        week_on=found.mondays[week],
        minutes_wanted=wanted,
        minutes_there=there,
        percent=rules.percent_of(wanted, there),
        band=band.value,
        label=label,
        tone=tone,
        icon=icon,
    )


def _wanted(found: Weeks, user_id: int, now: datetime) -> tuple[int, ...]:
    """Minutes wanted of one person by week: by organizations, and by what other modules know of."""
    wanted = [0] * len(found.mondays)
    for place in found.places:
        wanted = [sum(pair) for pair in zip(wanted, minutes_of(found, place), strict=True)]
    return tuple(
        minutes + sum(line.minutes.middle for line in lines_of(_asked(user_id, monday, now)))
        for minutes, monday in zip(wanted, found.mondays, strict=True)
    )


def _asked(user_id: int, monday: date, now: datetime) -> LoadAsked:
    return LoadAsked(user_ids=frozenset([user_id]), first_on=monday, last_on=monday + _SUNDAY, now=now)


def _row(person: Mapping[str, Any], found: Weeks, wanted: Sequence[int], words: Words) -> WeeksRow:
    return WeeksRow(
        id=person["id"],
        public_id=str(person["public_id"]),
        name=person["name"],
        count=len({place.organization_id for place in found.places}),
        cells=_cells(found, wanted, found.there(person["id"], {place.role for place in found.places}), words),
    )


def _cells(found: Ahead | Weeks, wanted: Sequence[int], there: Sequence[int], words: Words) -> tuple[WeekCell, ...]:
    return tuple(cell(found, week, wanted[week], there[week], words) for week in range(len(found.mondays)))


def _sums(rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*rows, strict=True))) or (0,) * WEEKS


def _line(found: Weeks, place: Place, week: int, words: Words) -> PlaceLine | None:
    load, owned = load_in(found, place, week), place.weeks[week]
    if load is None or owned is None:
        return None
    parts = ((words.sources[line.source], line.minutes.middle) for line in load.lines)
    return PlaceLine(
        public_id=place.public_id,
        name=place.name,
        role=place.role,
        role_label=role_short_label(place.role),
        stage=stage_label(owned.stage),
        minutes=load.minutes_wanted,
        parts=tuple((label, spell_hours(minutes)) for label, minutes in parts if minutes),
    )
