"""What people own with the weeks ahead of it: one statement for any number of people, and what it comes to by week."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, IntegerField, JSONField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.choices import OWNER_ROLES
from accounts.rules.access import AccessPolicy, Actor
from common import composed
from common.policy_cache import policy_of_id
from partners.choices import LAUNCHED_STAGES, STAGES_OF_KIND, OrganizationKind
from partners.models import Assignment, Handoff, Renewal, Touchpoint
from partners.rules.cadence_packs import CadencePolicy
from partners.rules.capacity import Owned
from partners.rules.capacity_ahead import prepares_renewal, stage_on, week_starts
from partners.rules.capacity_packs import CapacityPolicy
from partners.selectors.capacity_presence import WEEK, OfGroup, absences_from, day_of, hours_in_force, presence
from partners.work_choices import UNFINISHED_HANDOFFS, TouchpointState

_FRIDAY = timedelta(days=4)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What hours are counted by."""

    capacity: CapacityPolicy
    cadence: CadencePolicy | None

    def usual(self, roles: Iterable[str]) -> int:
        """The minutes of a week that the policy says of the fullest of these roles."""
        known = self.capacity.roles
        return max((known[role].minutes_per_week for role in roles if role in known), default=0)

    def there(self, roles: Iterable[str], by_calendar: tuple[int, ...] | None, away: Sequence[int]) -> tuple[int, ...]:
        """The minutes that a person has in each week; without a calendar the usual ones, less the days away."""
        if by_calendar is not None:
            return by_calendar
        usual = self.usual(roles)
        return tuple(usual * (5 - days) // 5 for days in away)


@dataclass(frozen=True, kw_only=True)
class Place:
    """An organization that somebody owns in a role; `weeks`: what it is to them in each week, None where closed to it.

    `renewals_on`: the days of all its open renewals that the reader sees, whoever sees to them.
    """

    assignment_id: int
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
        return self.policies.usual(roles)

    def there(self, user_id: int, roles: Iterable[str]) -> tuple[int, ...]:
        """The minutes that a person has; without a calendar, those that the policy says of the fullest of the roles."""
        away = self.away_days.get(user_id, (0,) * len(self.mondays))
        return self.policies.there(roles, self.minutes_there.get(user_id), away)


def today_of(now: datetime) -> date:
    """The day whose week is the present one, by the clock of who reads."""
    return timezone.localdate(now)


def weeks_of(actor: Actor, user_ids: Iterable[int], *, weeks: int, now: datetime) -> Weeks | None:
    """What these people own as far as `actor` sees it, week by week from the present one on. One statement.

    None while no capacity is laid down, or where nothing is owned.
    """
    today = today_of(now)
    mondays, ids = week_starts(today, weeks), sorted(set(user_ids))
    rows = composed.records(_rows, actor, gaps=(ids, mondays[0], mondays[-1] + WEEK, now)) if ids else []
    return _weeks(actor.policy, rows, mondays, today)


def weeks_at(organization_ids: Sequence[int], policy: AccessPolicy, *, weeks: int, now: datetime) -> Weeks | None:
    """What everybody owns at these organizations, whoever may see it: for what is kept of it. Else as `weeks_of`."""
    today = today_of(now)
    mondays = week_starts(today, weeks)
    rows = composed.records(_rows_at, gaps=(list(organization_ids), mondays[0], mondays[-1] + WEEK, now))
    return _weeks(policy, rows, mondays, today)


def _weeks(
    policy: AccessPolicy, rows: Sequence[Mapping[str, Any]], mondays: tuple[date, ...], today: date
) -> Weeks | None:
    policies = policies_told(rows[0]["policies"]) if rows else None
    if policies is None:
        return None
    # Of the many rows of a person one will do.
    minutes_there, away_days = presence({row["user_id"]: (row["hours"], row["away"]) for row in rows}, mondays)
    return Weeks(
        policies=policies,
        mondays=mondays,
        places=tuple(_places(policy, rows, policies.capacity, mondays, today)),
        minutes_there=minutes_there,
        away_days=away_days,
    )


def policies_told(found: str | Mapping[str, Any] | None) -> Policies | None:
    """The policies that `POLICIES` told; None while no capacity is laid down."""
    told = json.loads(found) if isinstance(found, str) else found
    parsed = {name: policy_of_id(version_id, checksum) for name, (version_id, checksum) in (told or {}).items()}
    capacity, cadence = parsed.get("capacity"), parsed.get("cadence")
    if not isinstance(capacity, CapacityPolicy):
        return None
    return Policies(capacity=capacity, cadence=cadence if isinstance(cadence, CadencePolicy) else None)


class Alone(OfGroup, RawSQL):
    """A statement of its own beside the rows: nothing of them stands in it."""


# The policies in force beside every row: a home that shows a week has no statement to spare for them.
POLICIES = Alone(
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
    "id",
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
    """What each person owns in each role, as far as `actor` sees it."""
    held = Assignment.objects.visible_to(actor).filter(among("user_id", user_ids))
    return _told(held, Renewal.objects.visible_to(actor), monday, until, now)


def _rows_at(organization_ids: list[int], monday: date, until: date, now: datetime) -> QuerySet[Any, Any]:
    """The same of organizations, whoever may see it."""
    held = Assignment.objects.filter(among("organization_id", organization_ids))
    return _told(held, Renewal.objects.all(), monday, until, now)


def among(column: str, ids: list[int]) -> RawSQL:
    """Assignments of these: an array, so that the text is the same for any number."""
    return RawSQL(f"partners_assignment.{column} = ANY (%s)", [ids], output_field=BooleanField())  # noqa: S611 - a column


def _told(held: Any, renewals: Any, monday: date, until: date, now: datetime) -> QuerySet[Any, Any]:
    """Assignments with touchpoints and renewals, the policies, hours and absences."""
    there = OuterRef("organization_id")
    planned = Touchpoint.objects.filter(
        organization_id=there,
        owner_id=OuterRef("user_id"),
        owner_role__in=["", OuterRef("role")],
        planned_on__gte=monday,
        planned_on__lt=until,
        state__in=(TouchpointState.PLANNED, TouchpointState.DONE),
    ).order_by("planned_on", "pk")
    due = renewals.open().filter(organization_id=there).order_by("due_on", "pk")
    unfinished = [state.value for state in UNFINISHED_HANDOFFS]
    told: dict[str, Any] = {
        "owners": _OWNERS,
        "touchpoints": ArraySubquery(planned.values(told=JSONObject(kind=F("kind"), on=F("planned_on")))),
        "renewals": ArraySubquery(due.values(told=JSONObject(by=F("owner_id"), on=F("due_on")))),
        "away": absences_from(monday),
        "is_in_handoff": Exists(Handoff.objects.filter(organization_id=there, state__in=unfinished)),
        "policies": POLICIES,
        "hours": hours_in_force(OuterRef("user__calendar_id"), now),
    }
    rows: QuerySet[Any, Any] = (
        held.active()
        .filter(role__in=sorted(OWNER_ROLES), organization__archived_at__isnull=True)
        .annotate(**told)
        .order_by("user_id", "role", "organization_id")
        .values(*_COLUMNS, *told)
    )
    return rows


def _places(
    access: AccessPolicy,
    rows: Iterable[Mapping[str, Any]],
    policy: CapacityPolicy,
    mondays: Sequence[date],
    today: date,
) -> Iterable[Place]:
    counted: set[tuple[int, int]] = set()
    for row in rows:
        # A renewal is seen to once, in however many roles.
        key = row["organization_id"], row["user_id"]
        # Nothing at all of who reads no commercial fields.
        due = row["renewals"] or ()
        own = [] if key in counted else [day_of(one["on"]) for one in due if one["by"] == row["user_id"]]
        counted.add(key)
        kinds = defaultdict(list)
        for one in row["touchpoints"] or ():
            kinds[(day_of(one["on"]) - mondays[0]).days // 7].append(one["kind"])
        gates = [(gate["stage"], day_of(gate["p50"])) for gate in row["organization__forecast__stages"] or ()]
        yield Place(
            assignment_id=row["id"],
            user_id=row["user_id"],
            role=row["role"],
            organization_id=row["organization_id"],
            public_id=str(row["organization__public_id"]),
            name=row["organization__name"],
            weeks=tuple(
                _owned(
                    access,
                    row,
                    stage_on(row["organization__stage"], gates, monday + _FRIDAY, last=_last_stage(row)) if at else "",
                    tuple(kinds[at]),
                    sum(prepares_renewal(on, monday, today=today, weeks=policy.renewal_weeks) for on in own),
                )
                for at, monday in enumerate(mondays)
            ),
            renewals_on=tuple(day_of(one["on"]) for one in due),
            is_in_handoff=row["is_in_handoff"],
        )


def _owned(
    access: AccessPolicy, row: Mapping[str, Any], stage: str, touchpoints: tuple[str, ...], renewals: int
) -> Owned | None:
    """An organization in one week; `stage` is empty for that of today.

    None where its owner in this role sees it no more, or not yet: it takes none of their time.
    """
    stage = stage or row["organization__stage"]
    if stage not in access.stages(row["role"], row["organization__kind"]):
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
