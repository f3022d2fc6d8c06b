"""Eight weeks of people from what is kept of them, and of whom something has changed since, worked out anew (ADR 0039).

Sums of what is kept are those of the pure rule, for everybody who asks: what a reader does not see is not added up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Count, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum, TextField, Value

from accounts.choices import OWNER_ROLES
from accounts.rules.access import Actor, FieldClass, Right, visibility_terms
from common import composed
from partners.load_providers import LoadAsked, lines_of
from partners.models import Assignment, WeeksMark
from partners.querysets import opened_by
from partners.rules.capacity_ahead import WEEKS, week_starts
from partners.selectors.capacity_minutes import minutes_of
from partners.selectors.capacity_presence import absences_from, hours_in_force, presence
from partners.selectors.capacity_rows import (
    POLICIES,
    Alone,
    Policies,
    Weeks,
    among,
    policies_told,
    today_of,
    weeks_of,
)

LAID_BY = """
SELECT string_agg(p.name || ' ' || p.id, ', ' ORDER BY p.name) FROM common_policyversion p
 WHERE p.is_active AND p.name IN ('access', 'cadence', 'capacity')
"""
"""The versions of policies that minutes are worked out by, as one text."""
_SUNDAY = timedelta(days=6)
_MINUTES = tuple(f"minutes_{week}" for week in range(WEEKS))
_RENEWALS = tuple(f"renewals_{week}" for week in range(WEEKS))

Minutes = dict[int, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """By person the minutes wanted and the minutes there are in each week, and how many organizations they own."""

    policies: Policies
    mondays: tuple[date, ...]
    wanted: Minutes
    there: Minutes
    counts: Mapping[int, int]


def ahead_of(actor: Actor, user_ids: Iterable[int], *, now: datetime) -> Ahead | None:
    """The weeks of these people as far as `actor` sees what they own. One statement; two where something has changed.

    None while no capacity is laid down, or where nothing is owned.
    """
    ids, mondays = sorted(set(user_ids)), week_starts(today_of(now))
    rows = composed.records(_rows, actor, gaps=(ids, mondays[0], now)) if ids else []
    policies = policies_told(rows[0]["policies"]) if rows else None
    if policies is None:
        return None
    changed = {row["user_id"] for row in rows if row["kept"] < row["places"]}
    kept = [row for row in rows if row["user_id"] not in changed]
    there, counts = _there(policies, kept, mondays), dict.fromkeys(ids, 0)
    wanted = {pk: [0] * WEEKS for pk in ids}
    for row in kept:
        counts[row["user_id"]] += row["organizations"]
        _add(wanted[row["user_id"]], [row[name] or 0 for name in _MINUTES])
        if row["shows"]:
            _add(wanted[row["user_id"]], [row[name] or 0 for name in _RENEWALS])
    anew = weeks_of(actor, changed, weeks=WEEKS, now=now) if changed else None
    if anew is not None:
        there |= _worked_out(anew, wanted, counts)
    for week, monday in enumerate(mondays):
        for line in lines_of(LoadAsked(user_ids=frozenset(ids), first_on=monday, last_on=monday + _SUNDAY, now=now)):
            wanted[line.user_id][week] += line.minutes.middle
    return Ahead(
        policies=policies,
        mondays=mondays,
        wanted={pk: tuple(minutes) for pk, minutes in wanted.items()},
        there={pk: there.get(pk, (0,) * WEEKS) for pk in ids},
        counts=counts,
    )


def _there(policies: Policies, rows: Sequence[Mapping[str, Any]], mondays: tuple[date, ...]) -> Minutes:
    by_calendar, away = presence({row["user_id"]: (row["hours"], row["away"]) for row in rows}, mondays)
    roles: dict[int, set[str]] = {pk: set() for pk in away}
    for row in rows:
        roles[row["user_id"]].update(row["roles"])
    return {pk: policies.there(held, by_calendar.get(pk), away[pk]) for pk, held in roles.items()}


def _worked_out(found: Weeks, wanted: Mapping[int, list[int]], counts: dict[int, int]) -> Minutes:
    """What is not kept, added to `wanted` and `counts`; returns the minutes there are."""
    roles: dict[int, set[str]] = {}
    organizations: dict[int, set[int]] = {}
    for place in found.places:
        _add(wanted[place.user_id], minutes_of(found, place))
        roles.setdefault(place.user_id, set()).add(place.role)
        organizations.setdefault(place.user_id, set()).add(place.organization_id)
    counts |= {pk: len(owned) for pk, owned in organizations.items()}
    return {pk: found.there(pk, held) for pk, held in roles.items()}


def _add(sums: list[int], minutes: Iterable[int]) -> None:
    for week, more in enumerate(minutes):
        sums[week] += more


def _rows(actor: Actor, user_ids: list[int], monday: date, now: datetime) -> QuerySet[Any, Any]:
    """What is kept of each person, added up; once for organizations whose renewals `actor` reads, once for others.

    `kept` of so many `places` hold: one that does not is worked out anew, with all others of its owner.
    """
    terms = visibility_terms(actor, Right.SEE, FieldClass.COMMERCIAL)
    shows: Any = Value(terms.everything, output_field=BooleanField())
    if not terms.everything and not terms.is_empty:
        opened = opened_by(terms, with_summary=False)
        shows = ExpressionWrapper(Q(organization_id__in=opened), output_field=BooleanField())
    holds = Q(kept_weeks__monday=monday, kept_weeks__laid_by=Alone(LAID_BY, [], output_field=TextField()))
    marked = Q(organization_id__in=WeeksMark.objects.order_by().values("organization_id"))
    held = Assignment.objects.visible_to(actor).active().filter(among("user_id", user_ids))
    rows = held.filter(role__in=sorted(OWNER_ROLES), organization__archived_at__isnull=True)
    return (
        rows.annotate(shows=shows)
        .order_by("user_id")
        .values("user_id", "user__calendar_id", "shows")
        .annotate(
            organizations=Count("organization_id", distinct=True),
            roles=ArrayAgg("role", distinct=True),
            places=Count("pk"),
            kept=Count("pk", filter=holds & ~marked),
            **{name: Sum(F(f"kept_weeks__minutes__{week}")) for week, name in enumerate(_MINUTES)},
            **{name: Sum(F(f"kept_weeks__renewal_minutes__{week}")) for week, name in enumerate(_RENEWALS)},
            policies=POLICIES,
            hours=hours_in_force(OuterRef("user__calendar_id"), now),
            away=absences_from(monday),
        )
    )
