"""Telling people: an inbox row now, a mail on commit where the person wants one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery, Notification, NotificationPreference
from common import outbox


@dataclass(frozen=True, kw_only=True)
class NoticeKind:
    """A kind of notice that people can tune. Digest first: instant only for what needs a human today."""

    key: str
    label: str | Promise
    delivery: str = Delivery.DIGEST


_kinds: dict[str, NoticeKind] = {}


def register_kind(kind: NoticeKind) -> NoticeKind:
    """Make a kind known; each app registers its own."""
    _kinds[kind.key] = kind
    return kind


def kinds() -> list[NoticeKind]:
    """All kinds, for the preferences page."""
    return sorted(_kinds.values(), key=lambda kind: kind.key)


ROLES_CHANGED = register_kind(NoticeKind(key="roles", label=_("Your roles changed"), delivery=Delivery.INSTANT))


@transaction.atomic
def notify(
    *,
    user_ids: Iterable[int],
    kind: NoticeKind,
    title: str,
    key: str,
    now: datetime,
    body: str = "",
    target_type: str = "",
    target_id: int | None = None,
    organization_id: int | None = None,
) -> int:
    """Put one notice into each person's inbox and return how many are new.

    `key` names the occasion: telling the same person twice of the same one changes nothing.
    """
    wanted = sorted(set(user_ids))
    known = set(Notification.objects.filter(user_id__in=wanted, key=key).values_list("user_id", flat=True))
    rows = [
        Notification(
            user_id=user_id,
            kind=kind.key,
            title=title[:200],
            body=body[:500],
            target_type=target_type,
            target_id=target_id,
            organization_id=organization_id,
            key=key[:120],
            created_at=now,
        )
        for user_id in wanted
        if user_id not in known
    ]
    if not rows:
        return 0
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    _mail_those_who_want(rows=rows, kind=kind, now=now)
    return len(rows)


def _mail_those_who_want(*, rows: list[Notification], kind: NoticeKind, now: datetime) -> None:
    chosen = dict(
        NotificationPreference.objects.filter(kind=kind.key, user_id__in=[row.user_id for row in rows]).values_list(
            "user_id", "delivery"
        )
    )
    for row in rows:
        if chosen.get(row.user_id, kind.delivery) == Delivery.INSTANT:
            outbox.put(
                topic="accounts.notification_mail",
                payload={"user_id": row.user_id, "key": row.key},
                organization_id=row.organization_id,
                now=now,
            )
