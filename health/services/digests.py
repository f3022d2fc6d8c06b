"""The weekly digest of alerts: what was held back, to each owner on their Monday at 07:30, what is worth most first.

Everything is asked again at the moment of sending: the person is active, still wants the mail, and still opens what it
is about (security.md 5).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.models import Delivery, User
from accounts.rules.digest import digest_day
from accounts.services.inbox import deliveries
from accounts.services.notice_mails import KIND
from accounts.services.notifications import notify
from accounts.services.unsubscribing import stop_url
from common import outbox
from common.leases import first_run
from common.mail import Envelope, send_mail
from common.scope import Scope, scoped
from health import alert_notices
from health.alert_choices import HeldBack
from health.alert_policy import alert_policy, rule_label
from health.models import Episode

TOPIC = "health.alert_digest_mail"
_MOST = 50
# The hub may have been down on a Monday morning; later in the week nobody wants it any longer.
_DAYS = (0, 1)


def queue_due(*, now: datetime) -> int:
    """Queue the digest of everybody for whom it is due; returns how many. Safe at any time and from several workers."""
    with scoped(Scope.all()):
        owners = Episode.objects.held_back().of_current().filter(owner__is_active=True).order_by()
        people = list(owners.values_list("owner_id", "owner__timezone").distinct())
    return sum(_queue(user_id, zone, now) for user_id, zone in people)


def _queue(user_id: int, zone: str, now: datetime) -> bool:
    on = digest_day(now, zone)
    if on is None or on.weekday() not in _DAYS:
        return False
    year, week, _weekday = on.isocalendar()
    slot = f"{year}-W{week:02}"
    with scoped(Scope.all()):
        if not first_run(job=f"{TOPIC}:{user_id}", slot=slot, now=now):
            return False
        outbox.put(topic=TOPIC, payload={"user_id": user_id, "on": on.isoformat(), "slot": slot}, now=now)
    return True


@outbox.handler(TOPIC)
def send(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Send what is still held back for a person, or nothing."""
    user: User | None = User.objects.active().filter(pk=payload["user_id"]).first()
    if user is None:
        return
    mine = Episode.objects.visible_to(actor_for(user)).held_back().of_current().filter(owner=user)
    rows = list(mine.select_related("organization").order_by("-weight", "-severity", "organization_id", "pk")[:_MOST])
    if not rows:
        return
    wanted = deliveries(user.pk).get(alert_notices.ALERT_DIGEST.key, alert_notices.ALERT_DIGEST.delivery)
    if wanted != Delivery.INSTANT:
        _put_up(user, len(rows), payload["slot"], now=now)
        return
    with translation.override(user.language), timezone.override(ZoneInfo(user.timezone)):
        stop = stop_url(KIND, user.pk, alert_notices.ALERT_DIGEST.key)
        envelope, context = Envelope(stop_url=stop), _context(user, rows, payload["on"])
        send_mail(to=user.email, template="alert_digest", context=context, key=key, envelope=envelope)


def _context(user: User, rows: list[Episode], on: str) -> dict[str, Any]:
    site, policy = settings.SITE_URL, alert_policy()
    items = [
        {
            "title": rule_label(policy, row.rule),
            "organization": row.organization.name,
            "why": HeldBack(row.held_back).label if row.held_back else "",
            "url": f"{site}{reverse('health:episode', args=[row.public_id])}",
        }
        for row in rows
    ]
    return {
        "person": user,
        "items": items,
        "count": len(items),
        "on": date.fromisoformat(on),
        "board_url": f"{site}{reverse('health:triage')}",
        "preferences_url": f"{site}{reverse('accounts:notification_preferences')}",
    }


def _put_up(user: User, count: int, slot: str, *, now: datetime) -> None:
    """For who wants no mail of it: one line in the inbox, or in the mail of the day."""
    with translation.override(user.language):
        title = _("Alerts of the week that were held back: %(count)s") % {"count": count}
        notify(
            user_ids=[user.pk], kind=alert_notices.ALERT_DIGEST, title=title, key=f"alert_digest:{slot}", now=now,
            target_type="alert_digest", target_id=user.pk,
        )  # fmt: skip
