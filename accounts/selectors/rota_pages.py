"""What the pages of absences and rotas show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import Absence, OnCallRota, OnCallShift, User
from accounts.rules.access import Actor
from accounts.rules.rotas import Duty
from accounts.selectors.rotas import absences_of, coming_duties

DAYS_AHEAD = 56
MAX_ABSENCES = 200


@dataclass(frozen=True, kw_only=True)
class DutyRow:
    """A stretch with the name of who is on call, and whether they are away on some of its days."""

    start: datetime
    end: datetime
    name: str
    is_override: bool
    is_away: bool

    @property
    def is_hole(self) -> bool:
        return not self.name


@dataclass(frozen=True, kw_only=True)
class RotaCard:
    """A rota: its next weeks, who is on call now, and how often nobody is."""

    rota: OnCallRota
    rows: tuple[DutyRow, ...]
    holes: int

    @property
    def now(self) -> DutyRow:
        return self.rows[0]


@dataclass(frozen=True, kw_only=True)
class AbsenceRow:
    """An absence; `reason` is empty to those who may not read it."""

    absence: Absence
    name: str
    reason: str
    is_kept: bool


def rota_cards(actor: Actor, *, now: datetime, rota: OnCallRota | None = None) -> list[RotaCard]:
    """Rotas with their next weeks, holes among them. Four statements at most."""
    found = OnCallRota.objects.visible_to(actor).filter(archived_at__isnull=True).select_related("team")
    rotas = list(found.filter(pk=rota.pk) if rota is not None else found.order_by("name"))
    duties = coming_duties(rotas, now=now, days=DAYS_AHEAD)
    ids = {duty.shift.user_id for rows in duties.values() for duty in rows if duty.shift is not None}
    names = dict(User.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "name"))
    away = absences_of(ids, now.date())
    return [_card(one, duties[one.pk], names, away) for one in rotas]


def _card(
    rota: OnCallRota,
    duties: tuple[Duty, ...],
    names: Mapping[int, str],
    away: Mapping[int, list[tuple[date, date]]],
) -> RotaCard:
    rows = tuple(_row(duty, names, away) for duty in duties)
    return RotaCard(rota=rota, rows=rows, holes=sum(row.is_hole for row in rows))


def _row(duty: Duty, names: Mapping[int, str], away: Mapping[int, list[tuple[date, date]]]) -> DutyRow:
    shift = duty.shift
    absences = away.get(shift.user_id, []) if shift is not None else []
    is_away = any(first <= duty.end.date() and last >= duty.start.date() for first, last in absences)
    return DutyRow(
        start=duty.start,
        end=duty.end,
        name=names.get(shift.user_id, "") if shift is not None else "",
        is_override=shift is not None and shift.is_override,
        is_away=is_away,
    )


def overrides_of(actor: Actor, rota: OnCallRota, *, now: datetime) -> list[OnCallShift]:
    """Overrides that are not over, the next first."""
    rows = OnCallShift.objects.visible_to(actor).filter(rota=rota, is_override=True, ends_at__gt=now)
    return list(rows.select_related("user").order_by("starts_at", "pk"))


def coming_absences(actor: Actor, *, now: datetime) -> list[AbsenceRow]:
    """Who is away today or later, the next first; why, for those who keep the absence. One statement."""
    rows = Absence.objects.visible_to(actor).filter(
        cancelled_at__isnull=True, last_on__gte=(now - timedelta(days=1)).date(), user__is_active=True
    )
    found = rows.select_related("user").order_by("first_on", "user__name_sort")[:MAX_ABSENCES]
    keeps_all = actor.has("manage_calendars")
    kept = {actor.user_id, *actor.led_user_ids}
    return [
        AbsenceRow(
            absence=row,
            name=row.user.name,
            reason=row.reason if keeps_all or row.user_id in kept else "",
            is_kept=keeps_all or row.user_id in kept,
        )
        for row in found
    ]
