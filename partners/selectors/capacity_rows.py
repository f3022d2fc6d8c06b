"""What people own with the weeks ahead of it: one statement for any number of people, and what it comes to by week."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, IntegerField, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from accounts.choices import OWNER_ROLES
from accounts.models import Absence, CalendarVersion
from accounts.rules.access import Actor
from accounts.selectors.calendars import hours_of_version
from accounts.selectors.rotas import absences_of
from common import composed
from common.policy_cache import policy_of_id
from common.worktime import between
from partners.choices import LAUNCHED_STAGES, STAGES_OF_KIND, OrganizationKind
from partners.models import Assignment, Handoff, Renewal, Touchpoint
from partners.rules.cadence_packs import CadencePolicy
from partners.rules.capacity import Owned
from partners.rules.capacity_ahead import prepares_renewal, stage_on, week_starts
from partners.rules.capacity_packs import CapacityPolicy
from partners.work_choices import UNFINISHED_HANDOFFS, TouchpointState

WEEK = timedelta(days=7)
_FRIDAY = timedelta(days=4)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What hours are counted by."""

    capacity: CapacityPolicy
    cadence: CadencePolicy | None


@dataclass(frozen=True, kw_only=True)
class Place:
    """An organization that somebody owns in a role; `weeks`: what it is to them in each week, None where closed to it.

    `renewals_on`: the days of all its open renewals that the reader sees, whoever sees to them.
    """

    user_id: int
    role: str
    organization_id: int
    public_id: str
    name: str
    weeks: tuple[Owned | None, ...]
    renewals_on: tuple[date, ...]
    is_in_handoff: bool


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """What people own, and by person the minutes of their calendar (if any) and the working days away in each week."""

    policies: Policies
    mondays: tuple[date, ...]
    places: tuple[Place, ...]
    minutes_there: Mapping[int, tuple[int, ...]]
    away_days: Mapping[int, tuple[int, ...]]
    known: dict[tuple[Any, ...], int] = field(default_factory=dict, compare=False, repr=False)

    def usual(self, roles: Iterable[str]) -> int:
        """The minutes of a week that the policy says of the fullest of these roles."""
        known = self.policies.capacity.roles
        return max((known[role].minutes_per_week for role in roles if role in known), default=0)

    def there(self, user_id: int, roles: Iterable[str]) -> tuple[int, ...]:
        """The minutes that a person has; without a calendar, those that the policy says of the fullest of the roles."""
        if user_id in self.minutes_there:
            return self.minutes_there[user_id]
        usual = self.usual(roles)
        away = self.away_days.get(user_id, (0,) * len(self.mondays))
        return tuple(usual * (5 - days) // 5 for days in away)


def weeks_of(actor: Actor, user_ids: Iterable[int], *, weeks: int, now: datetime) -> Weeks | None:
    """What these people own as far as `actor` sees it, week by week from the present one on. One statement.

    None while no capacity is laid down, or where nothing is owned.
    """
    today = timezone.localdate(now)
    mondays, ids = week_starts(today, weeks), sorted(set(user_ids))
    rows = composed.records(_rows, actor, gaps=(ids, mondays[0], mondays[-1] + WEEK, now)) if ids else []
    policies = _policies(rows[0]["policies"]) if rows else None
    if policies is None:
        return None
    away, minutes = {row["user_id"]: _spans(row["away"] or ()) for row in rows}, _reckoner()
    # Of the many rows of a person one will do.
    people = {row["user_id"]: row["hours"] for row in rows}
    there = {
        pk: tuple(minutes(version_id, monday, away[pk]) for monday in mondays)
        for pk, version_id in people.items()
        if version_id is not None
    }
    return Weeks(
        policies=policies,
        mondays=mondays,
        places=tuple(_places(actor, rows, policies.capacity, mondays, today)),
        minutes_there=there,
        away_days={pk: tuple(_away_days(spans, monday) for monday in mondays) for pk, spans in away.items()},
    )


def calendar_minutes(
    people: QuerySet[Any], mondays: Sequence[date], *, usual: int, now: datetime
) -> dict[int, tuple[int, ...]]:
    """The minutes that these people have in each week, by their calendars; `usual` of who has none. Two statements.

    For those who may own nothing yet; of owners `weeks_of` says the same.
    """
    hours = people.annotate(hours=_hours(OuterRef("calendar_id"), now)).values_list("pk", "hours")
    versions = dict(hours)
    away, minutes = absences_of(versions, mondays[0]), _reckoner()
    return {
        pk: tuple(
            usual * (5 - _away_days(away.get(pk, ()), monday)) // 5
            if version_id is None
            else minutes(version_id, monday, away.get(pk, ()))
            for monday in mondays
        )
        for pk, version_id in versions.items()
    }


def _hours(calendar: OuterRef, now: datetime) -> Coalesce:
    versions = CalendarVersion.objects.filter(calendar_id=calendar)
    in_force = versions.filter(effective_at__lte=now).order_by("-effective_at", "-number").values("pk")[:1]
    # The first one holds before it began, too.
    first = versions.order_by("effective_at", "-number").values("pk")[:1]
    return Coalesce(Subquery(in_force), Subquery(first))


def _policies(found: str | Mapping[str, Any] | None) -> Policies | None:
    told = json.loads(found) if isinstance(found, str) else found
    parsed = {name: policy_of_id(version_id, checksum) for name, (version_id, checksum) in (told or {}).items()}
    capacity, cadence = parsed.get("capacity"), parsed.get("cadence")
    if not isinstance(capacity, CapacityPolicy):
        return None
    return Policies(capacity=capacity, cadence=cadence if isinstance(cadence, CadencePolicy) else None)


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


_COLUMNS = (
    "user_id",
    "role",
    "organization_id",
    "organization__public_id",
    "organization__name",
    "organization__kind",
    "organization__stage",
    "organization__arr",
    "organization__facts__arr_segment",
    "organization__facts__risk",
    "organization__forecast__stages",
)


def _rows(actor: Actor, user_ids: list[int], monday: date, until: date, now: datetime) -> QuerySet[Any, Any]:
    """What each person owns in each role, with touchpoints and renewals, the policies, hours and absences."""
    there = OuterRef("organization_id")
    planned = Touchpoint.objects.filter(
        organization_id=there,
        owner_id=OuterRef("user_id"),
        owner_role__in=["", OuterRef("role")],
        planned_on__gte=monday,
        planned_on__lt=until,
        state__in=(TouchpointState.PLANNED, TouchpointState.DONE),
    ).order_by("planned_on", "pk")
    due = Renewal.objects.visible_to(actor).open().filter(organization_id=there).order_by("due_on", "pk")
    away = Absence.objects.filter(user_id=OuterRef("user_id"), cancelled_at__isnull=True, last_on__gte=monday)
    unfinished = [state.value for state in UNFINISHED_HANDOFFS]
    told: dict[str, Any] = {
        "owners": _OWNERS,
        "touchpoints": ArraySubquery(planned.values(told=JSONObject(kind=F("kind"), on=F("planned_on")))),
        "renewals": ArraySubquery(due.values(told=JSONObject(by=F("owner_id"), on=F("due_on")))),
        "away": ArraySubquery(away.order_by("pk").values(told=JSONObject(first=F("first_on"), last=F("last_on")))),
        "is_in_handoff": Exists(Handoff.objects.filter(organization_id=there, state__in=unfinished)),
        "policies": _POLICIES,
        "hours": _hours(OuterRef("user__calendar_id"), now),
    }
    return (
        Assignment.objects.visible_to(actor)
        .active()
        .filter(
            RawSQL("partners_assignment.user_id = ANY (%s)", [user_ids], output_field=BooleanField()),
            role__in=sorted(OWNER_ROLES),
            organization__archived_at__isnull=True,
        )
        .annotate(**told)
        .order_by("user_id", "role", "organization_id")
        .values(*_COLUMNS, *told)
    )


def _places(
    actor: Actor, rows: Iterable[Mapping[str, Any]], policy: CapacityPolicy, mondays: Sequence[date], today: date
) -> Iterable[Place]:
    counted: set[tuple[int, int]] = set()
    for row in rows:
        # A renewal is seen to once, in however many roles.
        key = row["organization_id"], row["user_id"]
        # Nothing at all of who reads no commercial fields.
        due = row["renewals"] or ()
        own = [] if key in counted else [_day(one["on"]) for one in due if one["by"] == row["user_id"]]
        counted.add(key)
        kinds = defaultdict(list)
        for one in row["touchpoints"] or ():
            kinds[(_day(one["on"]) - mondays[0]).days // 7].append(one["kind"])
        gates = [(gate["stage"], _day(gate["p50"])) for gate in row["organization__forecast__stages"] or ()]
        yield Place(
            user_id=row["user_id"],
            role=row["role"],
            organization_id=row["organization_id"],
            public_id=str(row["organization__public_id"]),
            name=row["organization__name"],
            weeks=tuple(
                _owned(
                    actor,
                    row,
                    stage_on(row["organization__stage"], gates, monday + _FRIDAY, last=_last_stage(row)) if at else "",
                    tuple(kinds[at]),
                    sum(prepares_renewal(on, monday, today=today, weeks=policy.renewal_weeks) for on in own),
                )
                for at, monday in enumerate(mondays)
            ),
            renewals_on=tuple(_day(one["on"]) for one in due),
            is_in_handoff=row["is_in_handoff"],
        )


def _owned(
    actor: Actor, row: Mapping[str, Any], stage: str, touchpoints: tuple[str, ...], renewals: int
) -> Owned | None:
    """An organization in one week; `stage` is empty for that of today.

    None where its owner in this role sees it no more, or not yet: it takes none of their time.
    """
    stage = stage or row["organization__stage"]
    if stage not in actor.policy.stages(row["role"], row["organization__kind"]):
        return None
    return Owned(
        stage=stage,
        arr=row["organization__arr"],
        arr_segment=row["organization__facts__arr_segment"] or "",
        risk=row["organization__facts__risk"] or "",
        touchpoints=touchpoints,
        owners=row["owners"],
        renewals=renewals,
    )


def _last_stage(row: Mapping[str, Any]) -> str:
    stages = STAGES_OF_KIND[OrganizationKind(row["organization__kind"])]
    return next(stage.value for stage in LAUNCHED_STAGES if stage in stages)


def _day(told: str) -> date:
    return date.fromisoformat(told)


def _spans(told: Iterable[Mapping[str, str]]) -> tuple[tuple[date, date], ...]:
    return tuple((_day(one["first"]), _day(one["last"])) for one in told)


def _days_there(monday: date, away: Sequence[tuple[date, date]]) -> tuple[date, ...]:
    days = (monday + timedelta(days=at) for at in range(7))
    return tuple(day for day in days if not any(first <= day <= last for first, last in away))


def _away_days(away: Sequence[tuple[date, date]], monday: date) -> int:
    return 5 - sum(day.weekday() < 5 for day in _days_there(monday, away))


def _reckoner() -> Callable[[int, date, Sequence[tuple[date, date]]], int]:
    """Says the open minutes of a week by the hours of a calendar, on the days that nobody has said to be away.

    Most people share a few calendars: within one reading each week of one is counted once.
    """
    known = cache(_open_minutes)

    def minutes(version_id: int, monday: date, away: Sequence[tuple[date, date]]) -> int:
        if not any(first < monday + WEEK and last >= monday for first, last in away):
            return known(version_id, monday, 7)
        return sum(known(version_id, day, 1) for day in _days_there(monday, away))

    return minutes


def _open_minutes(version_id: int, first: date, days: int) -> int:
    """No statement once a process knows the version."""
    hours = hours_of_version(version_id)
    start = datetime.combine(first, time.min, tzinfo=hours.zone).astimezone(UTC)
    end = datetime.combine(first + timedelta(days=days), time.min, tzinfo=hours.zone).astimezone(UTC)
    return round(between(hours, start, end).total_seconds() / 60)
