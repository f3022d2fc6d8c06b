"""Hours wanted against hours there are: of oneself, of a team, of everybody (journey.md, Portfolio)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from accounts.choices import OWNER_ROLES
from accounts.labels import role_short_label
from accounts.models import User
from accounts.rules.access import Actor
from common.templatetags.format import spell_number, spell_percent
from partners.load_providers import LoadAsked, LoadLine, lines_of
from partners.models import Assignment
from partners.rules import capacity as rules
from partners.rules.capacity import Band, Fit, Owned, Source
from partners.rules.capacity_packs import MinuteRange
from partners.selectors.capacity_rows import Policies, weeks_of

_SOURCES: Mapping[Source, str | Promise] = {
    Source.GATE_WORK: gettext_lazy("Work of the stages"),
    Source.CADENCE: gettext_lazy("Touchpoints"),
    Source.REVIEWS: gettext_lazy("Reviews"),
    Source.RISKS: gettext_lazy("Launches at risk"),
    Source.RENEWALS: gettext_lazy("Renewals"),
}
_BANDS: Mapping[Band, tuple[str | Promise, str, str]] = {
    Band.FREE: (gettext_lazy("Has room"), "info", "circle-dashed"),
    Band.HEALTHY: (gettext_lazy("Healthy"), "success", "circle-check"),
    Band.FULL: (gettext_lazy("Full"), "warning", "alert-circle"),
    Band.OVER: (gettext_lazy("Too much"), "danger", "alert-triangle"),
    Band.AWAY: (gettext_lazy("Away"), "warning", "calendar-off"),
}
_FITS: Mapping[Fit, tuple[str | Promise, str]] = {
    Fit.BELOW: (gettext_lazy("fewer than expected"), "info"),
    Fit.WITHIN: (gettext_lazy("as expected"), "success"),
    Fit.ABOVE: (gettext_lazy("more than expected"), "warning"),
}


def spell_hours(minutes: int) -> str:
    """Hours with one place at most: 12, 7.5."""
    return _hours_words(get_language() or "", minutes)


# A page of weeks says eight hundred of them.
@lru_cache(maxsize=8_192)
def _hours_words(_language: str, minutes: int) -> str:
    return spell_number(minutes / 60, 0 if minutes % 60 == 0 else 1)


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """The minutes of one source in the week, from how many."""

    label: str
    minutes: int
    count: int

    @property
    def hours(self) -> str:
        return spell_hours(self.minutes)


@dataclass(frozen=True, kw_only=True)
class CountBeside:
    """How many organizations a role holds, beside how many are expected; `expected` is empty where nothing is said."""

    role: str
    role_label: str
    count: int
    expected: str
    fit: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class PersonLoad:
    """One person's week."""

    user_id: int
    public_id: str
    name: str
    week_on: date
    minutes_wanted: int
    least: int
    most: int
    minutes_there: int
    percent: int | None
    band: str
    band_label: str
    band_tone: str
    band_icon: str
    organizations: int
    lines: tuple[SourceLine, ...]
    counts: tuple[CountBeside, ...]

    @property
    def hours_wanted(self) -> str:
        return spell_hours(self.minutes_wanted)

    @property
    def hours_there(self) -> str:
        return spell_hours(self.minutes_there)

    @property
    def percent_words(self) -> str:
        return "" if self.percent is None else spell_percent(self.percent / 100)


class Words:
    """What many loads say, in the reader's language; looked up once."""

    def __init__(self) -> None:
        self.sources = {source: str(label) for source, label in _SOURCES.items()}
        self.bands = {band: (str(label), tone, icon) for band, (label, tone, icon) in _BANDS.items()}
        self.fits = {fit: (str(label), tone) for fit, (label, tone) in _FITS.items()}
        self.roles = {role: role_short_label(role) for role in OWNER_ROLES}


@dataclass(frozen=True, kw_only=True)
class _Week:
    """What loads of the same week are reckoned and told with."""

    policies: Policies
    words: Words
    monday: date


def people_to_show(actor: Actor, *, role: str = "") -> QuerySet[Any]:
    """Whose load `actor` may see: everybody's for those who see all, else one's own and that of the people one leads.

    Those are meant who own organizations today, in `role` if one is given.
    """
    roles = [role] if role in OWNER_ROLES else sorted(OWNER_ROLES)
    held = Assignment.objects.visible_to(actor).active().filter(role__in=roles, organization__archived_at__isnull=True)
    found = User.objects.filter(is_active=True, pk__in=held.values("user_id"))
    if actor.active_roles & actor.policy.see_all:
        return found
    led = actor.led_user_ids if actor.active_roles & actor.policy.lead_roles else frozenset[int]()
    return found.filter(pk__in=sorted({*led, actor.user_id or 0}))


def own_load(actor: Actor, *, now: datetime) -> PersonLoad | None:
    """The week of `actor`; None for who owns nothing, or while no capacity is laid down. One statement."""
    if actor.user_id is None:
        return None
    found = loads_of(actor, [{"id": actor.user_id, "public_id": "", "name": actor.name}], now=now)
    return found[0] if found and found[0].organizations else None


PERSON = ("id", "public_id", "name", "name_sort")


def loads_of(actor: Actor, people: Iterable[Mapping[str, Any]], *, now: datetime) -> list[PersonLoad]:
    """The present week of these people (dictionaries of PERSON), in order: one statement for any number.

    Counted is what `actor` sees of their organizations. Empty while no capacity is laid down.
    """
    asked = list(people)
    ids = frozenset(person["id"] for person in asked)
    found = weeks_of(actor, ids, weeks=1, now=now)
    if found is None:
        return []
    (monday,) = found.mondays
    owned: defaultdict[int, dict[str, list[tuple[int, Owned]]]] = defaultdict(dict)
    for place in found.places:
        if place.weeks[0] is not None:
            owned[place.user_id].setdefault(place.role, []).append((place.organization_id, place.weeks[0]))
    extra: dict[int, list[LoadLine]] = defaultdict(list)
    for line in lines_of(LoadAsked(user_ids=ids, first_on=monday, last_on=monday + timedelta(days=6), now=now)):
        extra[line.user_id].append(line)
    week = _Week(policies=found.policies, words=Words(), monday=monday)
    return [
        _load(
            person,
            owned[person["id"]],
            extra[person["id"]],
            found.there(person["id"], tuple(owned[person["id"]]))[0],
            week,
        )
        for person in asked
    ]


def _load(
    person: Mapping[str, Any],
    owned: Mapping[str, Sequence[tuple[int, Owned]]],
    extra: Sequence[LoadLine],
    minutes_there: int,
    week: _Week,
) -> PersonLoad:
    policies, words = week.policies, week.words
    capacity = policies.capacity
    kinds = policies.cadence.touchpoints if policies.cadence else {}
    loads = [
        rules.load(capacity, role, [one for _pk, one in held], touchpoints=kinds, roles=tuple(owned))
        for role, held in owned.items()
    ]
    ranges = [*(line.minutes for load in loads for line in load.lines), *(line.minutes for line in extra)]
    wanted = MinuteRange(least=sum(one.least for one in ranges), most=sum(one.most for one in ranges))
    band = rules.band_of(capacity, wanted.middle, minutes_there)
    label, tone, icon = words.bands[band]
    return PersonLoad(
        user_id=person["id"],
        public_id=str(person["public_id"]),
        name=person["name"],
        week_on=week.monday,
        minutes_wanted=wanted.middle,
        least=wanted.least,
        most=wanted.most,
        minutes_there=minutes_there,
        percent=rules.percent_of(wanted.middle, minutes_there),
        band=band.value,
        band_label=label,
        band_tone=tone,
        band_icon=icon,
        organizations=len({pk for held in owned.values() for pk, _one in held}),
        lines=_lines(loads, extra, words),
        counts=tuple(_count(load, words) for load in loads),
    )


def _lines(loads: Sequence[rules.Load], extra: Sequence[LoadLine], words: Words) -> tuple[SourceLine, ...]:
    """Sources that take time at all, those of all roles together."""
    minutes: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    told: list[tuple[str, rules.Line | LoadLine]] = [
        *((words.sources[line.source], line) for load in loads for line in load.lines),
        *((str(line.label), line) for line in extra),
    ]
    for label, line in told:
        minutes[label] += line.minutes.middle
        counts[label] += line.count
    return tuple(
        SourceLine(label=label, minutes=spent, count=counts[label]) for label, spent in minutes.items() if spent
    )


def _count(load: rules.Load, words: Words) -> CountBeside:
    expected, fit, tone = "", "", "neutral"
    if load.portfolio is not None:
        wanted = load.portfolio.portfolio
        expected = f"{wanted.count_least}–{wanted.count_most}" if wanted.count_most else f"{wanted.count_least}+"
        fit, tone = words.fits[load.portfolio.count_fit]
    return CountBeside(
        role=load.role,
        role_label=words.roles[load.role],
        count=load.count,
        expected=expected,
        fit=fit,
        tone=tone,
    )
