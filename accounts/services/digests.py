"""Mails about notices: one at once where a person wants it, the rest in a digest at 07:30 of their own day.

Everything is asked again at the moment of sending (security.md 5): the person is active, still wants the mail, has not
read the notice meanwhile, and may still open what it is about.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actors import actor_for
from accounts.models import Delivery, Notification, User
from accounts.rules.access import Actor
from accounts.rules.digest import digest_cutoff, digest_day
from accounts.services.inbox import deliveries
from accounts.services.notice_mails import DIGEST, KIND
from accounts.services.unsubscribing import stop_url
from common import outbox
from common.leases import first_run
from common.mail import Envelope, send_mail
from common.scope import Scope, scoped
from common.targets import guards_notices, resolve_target

# What nobody read in so long a time is no news any more.
_OLDEST = timedelta(days=14)
_MOST = 50


def queue_due(*, now: datetime) -> int:
    """Queue the digest of every person for whom it is due and who has something in it; returns how many.

    Safe at any time and from several workers: each local day of a person is one occurrence.
    """
    with scoped(Scope.all()):
        waiting = Notification.objects.unread().filter(mailed_at__isnull=True, created_at__gt=now - _OLDEST)
        people = list(User.objects.active().filter(pk__in=waiting.values("user_id")).values_list("pk", "timezone"))
    return sum(_queue(user_id, zone, now) for user_id, zone in people)


def _queue(user_id: int, zone: str, now: datetime) -> bool:
    on = digest_day(now, zone)
    if on is None:
        return False
    with scoped(Scope.all()):
        if not _pending(user_id, before=digest_cutoff(on, zone), now=now):
            return False
        if not first_run(job=f"accounts.digest:{user_id}", slot=on.isoformat(), now=now):
            return False
        outbox.put(topic="accounts.digest_mail", payload={"user_id": user_id, "on": on.isoformat()}, now=now)
    return True


def _pending(user_id: int, *, before: datetime, now: datetime) -> list[Notification]:
    wanted = [kind for kind, delivery in deliveries(user_id).items() if delivery == Delivery.DIGEST]
    rows = Notification.objects.unread().filter(user_id=user_id, mailed_at__isnull=True, kind__in=wanted)
    return list(rows.filter(created_at__lt=before, created_at__gt=now - _OLDEST).newest_first()[:_MOST])


@outbox.handler("accounts.digest_mail")
def send_digest(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Send what is still unread of a digest, or nothing."""
    user = _reader(payload["user_id"])
    if user is None:
        return
    on = date.fromisoformat(payload["on"])
    found = _pending(user.pk, before=digest_cutoff(on, user.timezone), now=now)
    rows = _readable(actor_for(user), found)
    if rows:
        _send("digest", user=user, rows=rows, key=key, stop=stop_url(DIGEST, user.pk), now=now)


@outbox.handler("accounts.notification_mail")
def send_notification(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Send one notice at once, if that still makes sense."""
    user = _reader(payload["user_id"])
    if user is None:
        return
    found = Notification.objects.unread().filter(user=user, key=payload["key"], mailed_at__isnull=True)
    wanted = [row for row in found if deliveries(user.pk).get(row.kind) == Delivery.INSTANT]
    rows = _readable(actor_for(user), wanted)
    if rows:
        _send("notification", user=user, rows=rows, key=key, stop=stop_url(KIND, user.pk, rows[0].kind), now=now)


def _reader(user_id: int) -> User | None:
    found: User | None = User.objects.active().filter(pk=user_id).first()
    return found


def _readable(actor: Actor, rows: Iterable[Notification]) -> list[Notification]:
    return [row for row in rows if may_read(actor, row)]


def may_read(actor: Actor, notice: Notification) -> bool:
    """Whether a notice may still be told: one that belongs to an organization only to those who see the organization.

    A notice without one ("you are no longer TAM of Northwind") is the person's own and may be told in any case, unless
    it is about something that has a guard of its own.
    """
    if notice.organization_id is None and not guards_notices(notice.target_type):
        return True
    if notice.target_type and resolve_target(actor, notice.target_type, notice.target_id) is None:
        return False
    return notice.organization_id is None or resolve_target(actor, "organization", notice.organization_id) is not None


def _send(template: str, *, user: User, rows: list[Notification], key: UUID, stop: str, now: datetime) -> None:
    site = settings.SITE_URL
    items = [
        {"title": row.title, "body": row.body, "url": f"{site}{reverse('accounts:notification', args=[row.public_id])}"}
        for row in rows
    ]
    context = {
        "person": user,
        "items": items,
        "first": items[0],
        "count": len(items),
        "inbox_url": f"{site}{reverse('accounts:notifications')}",
        "preferences_url": f"{site}{reverse('accounts:notification_preferences')}",
    }
    with translation.override(user.language), timezone.override(ZoneInfo(user.timezone)):
        send_mail(to=user.email, template=template, context=context, key=key, envelope=Envelope(stop_url=stop))
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
