"""Who is away and who is on call, for pages, routing and escalation."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import Absence, OnCallRota, OnCallShift, User
from accounts.rules.rotas import Duty, Shift, duties, on_call_at

_WIDEST = timedelta(days=1)
"""No zone is further from UTC: days around an instant hold every person's local date."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RotaNow:
    """A rota of a team and who is on call in it; `user_id` is None where nobody is, or who is it is away."""

    rota_id: int
    team_id: int
    name: str
    user_id: int | None
    is_away: bool = False


def away_on(user_ids: Iterable[int], on: date) -> frozenset[int]:
    """Those of these people who are away on a day. One statement."""
    rows = Absence.objects.filter(user_id__in=sorted(set(user_ids)), cancelled_at__isnull=True)
    return frozenset(rows.filter(first_on__lte=on, last_on__gte=on).values_list("user_id", flat=True))


def away_at(user_ids: Iterable[int], now: datetime) -> frozenset[int]:
    """Those of these people who are away at an instant, each by the date of their own zone. One statement."""
    wanted = sorted(set(user_ids))
    near = Q(first_on__lte=(now + _WIDEST).date(), last_on__gte=(now - _WIDEST).date())
    rows = Absence.objects.filter(near, user_id__in=wanted, cancelled_at__isnull=True)
    return frozenset(
        user_id
        for user_id, first_on, last_on, zone in rows.values_list("user_id", "first_on", "last_on", "user__timezone")
        if first_on <= now.astimezone(ZoneInfo(zone)).date() <= last_on
    )


def absences_of(user_ids: Iterable[int], since: date) -> dict[int, list[tuple[date, date]]]:
    """The absences of people that are not over on `since`, first and last day. One statement."""
    rows = Absence.objects.filter(user_id__in=sorted(set(user_ids)), cancelled_at__isnull=True, last_on__gte=since)
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for user_id, first_on, last_on in rows.order_by("first_on", "pk").values_list("user_id", "first_on", "last_on"):
        found[user_id].append((first_on, last_on))
    return found


def next_day_there(user: User, on: date) -> date:
    """The first day from `on` on at which nobody has said that this person is away. One statement."""
    rows = Absence.objects.filter(user=user, cancelled_at__isnull=True, last_on__gte=on).order_by("first_on", "last_on")
    for first_on, last_on in rows.values_list("first_on", "last_on"):
        if first_on <= on <= last_on:
            on = last_on + timedelta(days=1)
    return on


def shifts_of(rota_ids: Iterable[int], start: datetime, end: datetime) -> dict[int, list[Shift]]:
    """The shifts of rotas that reach into `[start, end)`. One statement."""
    rows = OnCallShift.objects.filter(rota_id__in=sorted(set(rota_ids)), ends_at__gt=start, starts_at__lt=end)
    found: dict[int, list[Shift]] = defaultdict(list)
    for row in rows.filter(user__is_active=True).order_by("starts_at", "pk"):
        found[row.rota_id].append(
            Shift(user_id=row.user_id, start=row.starts_at, end=row.ends_at, number=row.pk, is_override=row.is_override)
        )
    return found


def on_call(team_ids: Iterable[int], now: datetime) -> dict[int, list[RotaNow]]:
    """The rotas of teams with who is on call at `now`, by team. Three statements at most."""
    rotas = list(OnCallRota.objects.filter(team_id__in=sorted(set(team_ids)), archived_at__isnull=True))
    if not rotas:
        return {}
    shifts = shifts_of([rota.pk for rota in rotas], now, now + timedelta(microseconds=1))
    holding = {rota.pk: on_call_at(shifts.get(rota.pk, []), now) for rota in rotas}
    away = away_at({shift.user_id for shift in holding.values() if shift is not None}, now)
    found: dict[int, list[RotaNow]] = defaultdict(list)
    for rota in rotas:
        shift = holding[rota.pk]
        is_away = shift is not None and shift.user_id in away
        user_id = None if shift is None or is_away else shift.user_id
        row = RotaNow(rota_id=rota.pk, team_id=rota.team_id, name=rota.name, user_id=user_id, is_away=is_away)
        found[rota.team_id].append(row)
    return found


def coming_duties(rotas: Sequence[OnCallRota], *, now: datetime, days: int) -> Mapping[int, tuple[Duty, ...]]:
    """For each rota the next days as stretches with who is on call, holes among them. One statement."""
    end = now + timedelta(days=days)
    shifts = shifts_of([rota.pk for rota in rotas], now, end)
    return {rota.pk: duties(shifts.get(rota.pk, []), now, end) for rota in rotas}
