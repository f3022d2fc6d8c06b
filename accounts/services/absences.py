"""Use cases of absences: said by the person, by who leads them, or by who edits calendars; taken back."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import Absence, User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed

MAX_DAYS = 366
# Upper floors plan around the days of a person, by their id.
_on_changed: list[Callable[[int], None]] = []


def on_changed(listener: Callable[[int], None]) -> None:
    """Be told, inside the transaction, whose days away have changed; registered in AppConfig.ready()."""
    if listener not in _on_changed:
        _on_changed.append(listener)


def may_record_for(by: Actor, user_id: int) -> bool:
    """Whether `by` may say that this person is away, and read why."""
    return by.is_staff and (user_id == by.user_id or user_id in by.led_user_ids or by.has("manage_calendars"))


@transaction.atomic
def record(*, by: Actor, user: User, first_on: date, last_on: date, reason: str = "", now: datetime) -> Absence:
    """Somebody is away from `first_on` to `last_on`, both included, by the dates of their own zone.

    Raises NotAllowed, and DomainError with `field` (days the wrong way round, over or too long, said already).
    """
    _require(by, user.pk)
    # The person's row is what two who say the same wait for each other on.
    person: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if person.audience != Audience.STAFF or not person.is_active:
        raise DomainError(_("Only colleagues are away."), field="user")
    if last_on < first_on:
        raise DomainError(_("The last day comes before the first."), field="last_on")
    if (last_on - first_on).days >= MAX_DAYS:
        raise DomainError(_("An absence lasts no more than a year."), field="last_on")
    if last_on < now.astimezone(ZoneInfo(person.timezone)).date():
        raise DomainError(_("These days are over: an absence is for days to come."), field="last_on")
    known = Absence.objects.filter(user=person, cancelled_at__isnull=True)
    if known.filter(first_on__lte=last_on, last_on__gte=first_on).exists():
        raise DomainError(_("An absence on some of these days is known already."), field="first_on", code="known")
    absence: Absence = Absence.objects.create(
        user=person,
        first_on=first_on,
        last_on=last_on,
        reason=reason.strip()[:200],
        recorded_by_id=by.user_id,
        recorded_at=now,
    )
    _note(by, "absence.recorded", absence, now)
    _tell(person.pk)
    return absence


@transaction.atomic
def cancel(*, by: Actor, absence: Absence, now: datetime) -> None:
    """Take an absence back. Raises NotAllowed, and Missing where that has been done."""
    _require(by, absence.user_id)
    locked = Absence.objects.select_for_update(no_key=True).filter(pk=absence.pk, cancelled_at__isnull=True).first()
    if locked is None:
        raise Missing(_("This absence was taken back already."))
    locked.cancelled_at = now
    locked.save(update_fields=["cancelled_at"])
    _note(by, "absence.cancelled", locked, now)
    _tell(locked.user_id)


def _require(by: Actor, user_id: int) -> None:
    if not may_record_for(by, user_id):
        raise NotAllowed(_("Absences of others are kept by those who lead them, or who edit calendars."))


def _tell(user_id: int) -> None:
    for listener in _on_changed:
        listener(user_id)


def _note(by: Actor, verb: str, absence: Absence, now: datetime) -> None:
    """The days go to the trail; why somebody is away does not."""
    days = {"first_on": [None, absence.first_on], "last_on": [None, absence.last_on]}
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=absence,
        target_name=absence.user.trail_name,
        changes=days if verb == "absence.recorded" else {},
        now=now,
    )
