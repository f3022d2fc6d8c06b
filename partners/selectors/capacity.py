"""Hours wanted against hours there are: of oneself, of a team, of everybody (journey.md, Portfolio)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, IntegerField, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.choices import OWNER_ROLES
from accounts.labels import role_short_label
from accounts.models import CalendarVersion, User
from accounts.rules.access import Actor
from accounts.selectors.calendars import hours_of_version
from common import composed
from common.policy_cache import policy_of_id
from common.templatetags.format import spell_number, spell_percent
from common.worktime import between
from partners.load_providers import LoadAsked, LoadLine, lines_of
from partners.models import Assignment, Touchpoint
from partners.rules import capacity as rules
from partners.rules.cadence_packs import CadencePolicy
from partners.rules.capacity import Band, Fit, Owned, Source
from partners.rules.capacity_packs import CapacityPolicy, MinuteRange
from partners.work_choices import TouchpointState

WEEK = timedelta(days=7)
_SOURCES: Mapping[Source, str | Promise] = {
    Source.GATE_WORK: gettext_lazy("Work of the stages"),
    Source.CADENCE: gettext_lazy("Touchpoints"),
    Source.REVIEWS: gettext_lazy("Reviews"),
    Source.RISKS: gettext_lazy("Launches at risk"),
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


class _Words:
    """What many loads say, in the reader's language; looked up once."""

    def __init__(self) -> None:
        self.sources = {source: str(label) for source, label in _SOURCES.items()}
        self.bands = {band: (str(label), tone, icon) for band, (label, tone, icon) in _BANDS.items()}
        self.fits = {fit: (str(label), tone) for fit, (label, tone) in _FITS.items()}
        self.roles = {role: role_short_label(role) for role in OWNER_ROLES}


@dataclass(frozen=True, kw_only=True)
class _Policies:
    capacity: CapacityPolicy
    cadence: CadencePolicy | None


@dataclass(frozen=True, kw_only=True)
class _Week:
    """What loads of the same week are reckoned and told with."""

    policies: _Policies
    words: _Words
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
    return found.filter(pk__in=sorted({*actor.led_user_ids, actor.user_id or 0}))


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
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    ids = frozenset(person["id"] for person in asked)
    rows = composed.fetch(_rows, actor, gaps=(sorted(ids), monday, monday + WEEK, now)) if ids else []
    policies = _policies(json.loads(rows[0][-2])) if rows else None
    if policies is None:
        return []
    owned = _owned(actor, rows)
    there = {row[0]: _minutes_there(row[-1], monday) for row in rows if row[-1] is not None}
    extra: dict[int, list[LoadLine]] = defaultdict(list)
    for line in lines_of(LoadAsked(user_ids=ids, first_on=monday, last_on=monday + timedelta(days=6), now=now)):
        extra[line.user_id].append(line)
    week = _Week(policies=policies, words=_Words(), monday=monday)
    return [_load(person, owned[person["id"]], extra[person["id"]], there.get(person["id"]), week) for person in asked]


def _policies(found: Mapping[str, tuple[int, str]] | None) -> _Policies | None:
    """The policies of ids and checksums by name."""
    parsed = {name: policy_of_id(version_id, checksum) for name, (version_id, checksum) in (found or {}).items()}
    capacity, cadence = parsed.get("capacity"), parsed.get("cadence")
    if not isinstance(capacity, CapacityPolicy):
        return None
    return _Policies(capacity=capacity, cadence=cadence if isinstance(cadence, CadencePolicy) else None)


# The policies in force beside every row: a home that shows a week has no statement to spare for them.
_POLICIES = RawSQL(
    "SELECT jsonb_object_agg(p.name, jsonb_build_array(p.id, p.checksum)) FROM common_policyversion p"
    " WHERE p.is_active AND p.name IN ('capacity', 'cadence')",
    [],
    output_field=JSONField(),
)


# How many hold the same role there. Not by the index of periods, which takes ten times as long for a single place.
_OWNERS = RawSQL(
    "SELECT count(*) FROM partners_assignment held WHERE held.organization_id = partners_assignment.organization_id"
    " AND held.role || '' = partners_assignment.role AND held.ended_at IS NULL",
    [],
    output_field=IntegerField(),
)


def _rows(actor: Actor, user_ids: list[int], monday: date, until: date, now: datetime) -> QuerySet[Any, Any]:
    """What each person owns in each role, with the week's touchpoints, the policies and the person's hours."""
    planned = Touchpoint.objects.filter(
        organization_id=OuterRef("organization_id"),
        owner_id=OuterRef("user_id"),
        owner_role__in=["", OuterRef("role")],
        planned_on__gte=monday,
        planned_on__lt=until,
        state__in=(TouchpointState.PLANNED, TouchpointState.DONE),
    ).order_by("planned_on", "pk")
    versions = CalendarVersion.objects.filter(calendar_id=OuterRef("user__calendar_id"))
    in_force = versions.filter(effective_at__lte=now).order_by("-effective_at", "-number").values("pk")[:1]
    # The first one holds before it began, too.
    first = versions.order_by("effective_at", "-number").values("pk")[:1]
    return (
        Assignment.objects.visible_to(actor)
        .active()
        .filter(
            RawSQL("partners_assignment.user_id = ANY (%s)", [user_ids], output_field=BooleanField()),
            role__in=sorted(OWNER_ROLES),
            organization__archived_at__isnull=True,
        )
        .annotate(
            owners=_OWNERS,
            touchpoints=ArraySubquery(planned.values("kind")),
            policies=_POLICIES,
            hours=Coalesce(Subquery(in_force), Subquery(first)),
        )
        .order_by("user_id", "role", "organization_id")
        .values_list(
            "user_id",
            "role",
            "organization_id",
            "organization__kind",
            "organization__stage",
            "organization__arr",
            "organization__facts__arr_segment",
            "organization__facts__risk",
            "owners",
            "touchpoints",
            "policies",
            "hours",
        )
    )


def _owned(actor: Actor, rows: Iterable[Sequence[Any]]) -> defaultdict[int, dict[str, list[tuple[int, Owned]]]]:
    """By person and role: organizations with the week's touchpoints."""
    found: defaultdict[int, dict[str, list[tuple[int, Owned]]]] = defaultdict(dict)
    for user_id, role, organization_id, kind, stage, arr, segment, risk, owners, touchpoints, *_more in rows:
        if stage not in actor.policy.stages(role, kind):
            # Its owner in this role sees it no more, or not yet: it takes none of their time.
            continue
        one = Owned(
            stage=stage,
            arr=arr,
            arr_segment=segment or "",
            risk=risk or "",
            touchpoints=tuple(touchpoints or ()),
            owners=owners,
        )
        found[user_id].setdefault(role, []).append((organization_id, one))
    return found


def _minutes_there(version_id: int, monday: date) -> int:
    """Open minutes of the week by the hours of a calendar; no statement once a process knows them."""
    hours = hours_of_version(version_id)
    start = datetime.combine(monday, time.min, tzinfo=hours.zone).astimezone(UTC)
    end = datetime.combine(monday + WEEK, time.min, tzinfo=hours.zone).astimezone(UTC)
    return round(between(hours, start, end).total_seconds() / 60)


def _load(
    person: Mapping[str, Any],
    owned: Mapping[str, Sequence[tuple[int, Owned]]],
    extra: Sequence[LoadLine],
    minutes_there: int | None,
    week: _Week,
) -> PersonLoad:
    policies, words = week.policies, week.words
    capacity = policies.capacity
    kinds = policies.cadence.touchpoints if policies.cadence else {}
    loads = [
        rules.load(capacity, role, [one for _pk, one in held], touchpoints=kinds, roles=tuple(owned))
        for role, held in owned.items()
    ]
    if minutes_there is None:
        minutes_there = max((load.minutes_there for load in loads), default=0)
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


def _lines(loads: Sequence[rules.Load], extra: Sequence[LoadLine], words: _Words) -> tuple[SourceLine, ...]:
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


def _count(load: rules.Load, words: _Words) -> CountBeside:
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
