"""Use cases of on-call rotas: made, filled week by week, overridden, put aside.

Lock order: the rota, then its shifts.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Membership, OnCallRota, OnCallShift, Team, User
from accounts.rules import rotas as rules
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed

LONGEST_OVERRIDE = timedelta(days=31)


def may_edit(by: Actor, team_id: int) -> bool:
    """Whether `by` keeps the rotas of a team: who edits calendars, and the leads of the team."""
    if by.has("manage_calendars"):
        return True
    if by.user_id is None or not by.is_staff:
        return False
    leading = Membership.objects.filter(team_id=team_id, user_id=by.user_id, is_lead=True, ended_at__isnull=True)
    return leading.exists()


@transaction.atomic
def create(*, by: Actor, name: str, team: Team, timezone: str, now: datetime) -> OnCallRota:
    """A rota of a team, without shifts yet. Raises NotAllowed, and DomainError with `field`."""
    _require(by, team.pk)
    name = name.strip()[:120]
    if not name:
        raise DomainError(_("Give the rota a name."), field="name")
    if OnCallRota.objects.filter(name__iexact=name).exists():
        raise DomainError(_("There is a rota with this name."), field="name")
    if timezone not in available_timezones():
        raise DomainError(_("There is no such time zone."), field="timezone")
    rota: OnCallRota = OnCallRota.objects.create(name=name, team=team, timezone=timezone)
    _record(by, "rota.created", rota, now, {"team": [None, team.name]})
    return rota


@transaction.atomic
def rotate(
    *, by: Actor, rota: OnCallRota, people: Sequence[User], first_on: date, weeks: int, handover: time, now: datetime
) -> list[OnCallShift]:
    """Weeks in turn from `handover` of `first_on` on, in place of the usual shifts that there are from then on.

    A usual shift that reaches into them ends there; overrides stay. Raises NotAllowed, Missing, and DomainError with
    `field` (nobody, people of other teams, weeks outside of 1 to 104, a beginning in the past).
    """
    locked = _locked(by, rota)
    _check_people(locked, people)
    try:
        planned = list(
            rules.weekly(
                [person.pk for person in people],
                first_on=first_on,
                weeks=weeks,
                handover=handover,
                zone=ZoneInfo(locked.timezone),
            )
        )
    except ValueError as error:
        raise DomainError(_("Choose between 1 and 104 weeks."), field="weeks") from error
    start = planned[0].start
    if start < now - timedelta(days=1):
        raise DomainError(_("Who was on call stays as it was: begin today or later."), field="first_on")
    usual = OnCallShift.objects.filter(rota=locked, is_override=False)
    usual.filter(starts_at__gte=start).delete()
    usual.filter(ends_at__gt=start).update(ends_at=start)
    made = [_shift(locked, shift.user_id, shift.start, shift.end, by, now) for shift in planned]
    OnCallShift.objects.bulk_create(made)
    _changed(by, "rota.rotated", locked, now, {"from": [None, start], "weeks": [None, weeks]})
    return made


@transaction.atomic
def override(
    *, by: Actor, rota: OnCallRota, user: User, starts_at: datetime, ends_at: datetime, now: datetime
) -> OnCallShift:
    """Somebody else for a while. Raises NotAllowed, Missing, and DomainError with `field`."""
    locked = _locked(by, rota)
    _check_people(locked, [user])
    if ends_at <= starts_at:
        raise DomainError(_("It ends before it begins."), field="ends_on")
    if ends_at - starts_at > LONGEST_OVERRIDE:
        raise DomainError(_("No longer than a month: change the rotation instead."), field="ends_on")
    if ends_at <= now:
        raise DomainError(_("That time is over."), field="ends_on")
    shift = _shift(locked, user.pk, starts_at, ends_at, by, now, is_override=True)
    shift.save()
    _changed(by, "rota.overridden", locked, now, {"on_call": [None, user.name], "from": [None, starts_at]})
    return shift


@transaction.atomic
def remove(*, by: Actor, shift: OnCallShift, now: datetime) -> None:
    """Take an override away that is not over. Raises NotAllowed, Missing, DomainError."""
    locked = _locked(by, shift.rota)
    found = OnCallShift.objects.filter(pk=shift.pk, rota=locked).select_related("user").first()
    if found is None:
        raise Missing(_("This shift was taken away already."))
    if not found.is_override or found.ends_at <= now:
        raise DomainError(_("Only an override that is not over can be taken away."))
    said: dict[str, list[Any]] = {"on_call": [found.user.name, None], "from": [found.starts_at, None]}
    found.delete()
    _changed(by, "rota.override_removed", locked, now, said)


@transaction.atomic
def archive(*, by: Actor, rota: OnCallRota, now: datetime) -> None:
    """Put a rota aside: nobody is called by it any more. Raises NotAllowed, Missing."""
    locked = _locked(by, rota)
    locked.archived_at = now
    locked.save(update_fields=["archived_at"])
    _changed(by, "rota.archived", locked, now, {})


def people_of(team_id: int) -> list[User]:
    """Who may be on call for a team: its people, by name."""
    rows = Membership.objects.filter(team_id=team_id, ended_at__isnull=True, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("user__name_sort", "user_id")]


def _locked(by: Actor, rota: OnCallRota) -> OnCallRota:
    found: OnCallRota | None = (
        OnCallRota.objects.select_for_update(no_key=True).filter(pk=rota.pk, archived_at__isnull=True).first()
    )
    if found is None:
        raise Missing(_("This rota was put aside."))
    _require(by, found.team_id)
    return found


def _require(by: Actor, team_id: int) -> None:
    if not may_edit(by, team_id):
        raise NotAllowed(_("Rotas are kept by the leads of the team and by those who edit calendars."))


def _check_people(rota: OnCallRota, people: Sequence[User]) -> None:
    if not people:
        raise DomainError(_("Choose somebody."), field="people")
    members = {user.pk for user in people_of(rota.team_id)}
    if any(person.pk not in members for person in people):
        raise DomainError(_("Only people of the team are on call for it."), field="people")


def _shift(
    rota: OnCallRota, user_id: int, start: datetime, end: datetime, by: Actor, now: datetime, **more: Any
) -> OnCallShift:
    return OnCallShift(
        rota=rota, user_id=user_id, starts_at=start, ends_at=end, made_by_id=by.user_id, made_at=now, **more
    )


def _changed(by: Actor, verb: str, rota: OnCallRota, now: datetime, changes: dict[str, list[Any]]) -> None:
    OnCallRota.objects.filter(pk=rota.pk).update(version=F("version") + 1)
    _record(by, verb, rota, now, changes)


def _record(by: Actor, verb: str, rota: OnCallRota, now: datetime, changes: dict[str, list[Any]]) -> None:
    activity.record(actor_id=by.user_id, actor_name=by.name, verb=verb, target=rota, changes=changes, now=now)
