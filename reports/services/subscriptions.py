"""Use cases of subscriptions: a report by mail at an hour of its reader; changed, stopped, sent at once, ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common import outbox
from common.errors import Conflict, DomainError, Missing, NotAllowed
from reports.choices import Attachment, Every, PausedBy
from reports.models import ReportSubscription, SavedReport
from reports.notices import REPORT_GIVEN
from reports.own_reports import report_named
from reports.querysets import CAPABILITY
from reports.rules.schedules import LAST_DAY, Schedule
from reports.selectors.saved import readers_for
from reports.services.saved import normalized, require_reader

TOPIC = "reports.report_mail"
MAX_SUBSCRIPTIONS = 50
FIELDS = ("every", "day", "hour", "attachment", "is_active")
AGAIN = timedelta(minutes=2)
"""How long one waits before the same report can be sent by hand again."""


@transaction.atomic
def subscribe(
    *,
    by: Actor,
    saved: SavedReport | None = None,
    report: str = "",
    query: str = "",
    reader: User | None = None,
    values: Mapping[str, Any],
    now: datetime,
) -> ReportSubscription:
    """Have a saved report, or one of the gallery with a query string, by mail; a saved one also for somebody else.

    Raises NotAllowed, Missing for a report that one may not open, DomainError with `field`.
    """
    user_id = require_reader(by)
    if saved is not None and not SavedReport.objects.visible_to(by).filter(pk=saved.pk).exists():
        raise Missing(_("This report does not exist, or it is not shared with you."))
    if saved is None and report_named(report) is None:
        raise Missing(_("There is no such report."))
    if reader is not None and reader.pk != user_id:
        user_id = _require_reached(by, reader, saved)
    # Counted by one at a time, whoever has it mailed to them.
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    if ReportSubscription.objects.filter(user_id=user_id).count() >= MAX_SUBSCRIPTIONS:
        raise DomainError(
            _("That would be more than %(count)s reports by mail. End one first.") % {"count": MAX_SUBSCRIPTIONS}
        )
    made = ReportSubscription(user_id=user_id, set_by_id=by.user_id, saved=saved, created_at=now)
    if saved is None:
        made.report, made.query = report, normalized(report, query, now)
    _write(made, values, now)
    if user_id != by.user_id:
        _tell(by, made, now)
    _record(by, "subscribed", made, now)
    return made


@transaction.atomic
def change_subscription(
    *, by: Actor, subscription: ReportSubscription, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> ReportSubscription:
    """Change what is given; `is_active` stops it or takes it up again. Raises NotAllowed, Missing, Conflict,
    DomainError with `field`, or with the reason as `code` why it cannot be taken up again."""
    locked = _own(by, subscription, version)
    if values.get("is_active"):
        _require_sendable(locked, by)
    before = {name: getattr(locked, name) for name in values}
    locked.version += 1
    _write(locked, values, now)
    changes = {name: [was, getattr(locked, name)] for name, was in before.items() if was != getattr(locked, name)}
    _record(by, "changed", locked, now, changes)
    return locked


@transaction.atomic
def end_subscription(*, by: Actor, subscription: ReportSubscription, now: datetime) -> None:
    """No mail any more. Raises NotAllowed, Missing."""
    locked = _own(by, subscription, None)
    _record(by, "ended", locked, now)
    locked.delete()


@transaction.atomic
def send_now(*, by: Actor, subscription: ReportSubscription, now: datetime) -> None:
    """Have a worker send it, whenever the next one is due. Raises NotAllowed, Missing, DomainError "just_sent" or
    with the reason as `code` why it cannot be sent."""
    locked = _own(by, subscription, None)
    _require_sendable(locked, by)
    if locked.last_sent_at and now - locked.last_sent_at < AGAIN:
        raise DomainError(_("It was sent a moment ago. Look into your mail."), code="just_sent")
    locked.last_sent_at = now
    locked.save(update_fields=["last_sent_at"])
    outbox.put(topic=TOPIC, payload={"subscription_id": locked.pk, "slot": ""}, now=now)
    _record(by, "sent", locked, now)


def why_not(subscription: ReportSubscription, actor: Actor) -> PausedBy | None:
    """Why a report cannot be sent to its reader as they are now; None if it can."""
    if not subscription.user.is_active:
        return PausedBy.INACTIVE
    if not actor.has(CAPABILITY):
        return PausedBy.NO_RIGHT
    saved = subscription.saved
    if saved is not None and not SavedReport.objects.visible_to(actor).filter(pk=saved.pk).exists():
        return PausedBy.UNSHARED
    asked = saved or subscription
    return PausedBy.REPORT_GONE if report_named(asked.report) is None else None


def schedule_of(subscription: ReportSubscription, zone: str) -> Schedule:
    """When it is due for a reader in a time zone."""
    return Schedule(every=subscription.every, day=subscription.day, hour=subscription.hour, zone=zone)


def _own(by: Actor, subscription: ReportSubscription, version: int | None) -> ReportSubscription:
    require_reader(by)
    found: ReportSubscription | None
    found = ReportSubscription.objects.visible_to(by).select_for_update().filter(pk=subscription.pk).first()
    if found is None:
        raise Missing(_("This subscription does not exist."))
    if version is not None and version != found.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=found.version)
    return found


def _require_reached(by: Actor, reader: User, saved: SavedReport | None) -> int:
    """Raises NotAllowed for whom one may not have mailed anything, DomainError where they cannot open the report."""
    if saved is None or not readers_for(by).filter(pk=reader.pk).exists():
        raise NotAllowed(_("Saved reports are mailed to others by those who lead them, or who see every organization."))
    if not SavedReport.objects.visible_to(actor_for(reader)).filter(pk=saved.pk).exists():
        message = _("%(name)s cannot open this report. Share it with them first.") % {"name": reader.name}
        raise DomainError(message, field="reader")
    return reader.pk


def _tell(by: Actor, made: ReportSubscription, now: datetime) -> None:
    notify(
        user_ids=[made.user_id],
        kind=REPORT_GIVEN,
        title=_("%(who)s has “%(name)s” mailed to you") % {"who": by.name, "name": made.saved},
        body=_("You find it among your reports by mail, where you can change or end it."),
        key=f"report_given:{made.public_id}",
        now=now,
    )


def _require_sendable(row: ReportSubscription, by: Actor) -> None:
    """Raises DomainError with the reason as its code."""
    if reason := why_not(row, by):
        raise DomainError(_("It cannot be sent: %(why)s.") % {"why": reason.label}, code=reason.value)


def _write(row: ReportSubscription, values: Mapping[str, Any], now: datetime) -> None:
    if unknown := sorted(values.keys() - set(FIELDS)):
        raise DomainError(_("These fields cannot be written: %(names)s.") % {"names": ", ".join(unknown)})
    for name, value in values.items():
        setattr(row, name, value)
    if row.every not in Every.values:
        raise DomainError(_("Choose how often it comes."), field="every")
    if row.attachment not in Attachment.values:
        raise DomainError(_("Choose which file comes along."), field="attachment")
    if not 1 <= row.day <= LAST_DAY[row.every]:
        raise DomainError(_("Choose a day from 1 to %(last)s.") % {"last": LAST_DAY[row.every]}, field="day")
    if not 0 <= row.hour <= 23:
        raise DomainError(_("Choose an hour from 0 to 23."), field="hour")
    row.zone = User.objects.values_list("timezone", flat=True).get(pk=row.user_id)
    row.paused_by = "" if row.is_active else row.paused_by or PausedBy.PERSON
    row.next_at = schedule_of(row, row.zone).following(now) if row.is_active else None
    row.save()


def _record(
    by: Actor, what: str, row: ReportSubscription, now: datetime, changes: Mapping[str, Any] | None = None
) -> None:
    name = row.saved.name if row.saved else row.report
    trail: dict[str, Any] = {"actor_id": by.user_id, "actor_name": by.name, "target_name": name}
    activity.record(verb=f"report_subscription.{what}", target=row, changes=changes or {}, now=now, **trail)
