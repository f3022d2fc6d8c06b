"""Telling people: an inbox row now, a mail on commit where the person wants one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Delivery
from common import outbox
from common.ids import uuid7


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
    """Put one notice into each person's inbox and return how many are new: one statement, and one for each mail.

    `key` names the occasion: telling the same person twice of the same one changes nothing.
    """
    wanted = sorted(set(user_ids))
    if not wanted:
        return 0
    same = [kind.key, title[:200], body[:500], target_type, target_id, organization_id, key[:120], now]
    rows = [[uuid7(), user_id, *same] for user_id in wanted]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(rows=", ".join([_PLACES] * len(rows))), list(chain.from_iterable(rows)))
        told = cursor.fetchall()
    for user_id, delivery in told:
        if (delivery or kind.delivery) == Delivery.INSTANT:
            outbox.put(
                topic="accounts.notification_mail",
                payload={"user_id": user_id, "key": key[:120]},
                organization_id=organization_id,
                now=now,
            )
    return len(told)


# With the new rows comes how their people want to be told: notices are put up with nearly every use case.
_INSERT = """
INSERT INTO accounts_notification AS told (public_id, user_id, kind, title, body, target_type, target_id,
    organization_id, key, created_at)
VALUES {rows}
ON CONFLICT (user_id, key) DO NOTHING
RETURNING user_id, (SELECT chosen.delivery FROM accounts_notificationpreference chosen
    WHERE chosen.user_id = told.user_id AND chosen.kind = told.kind)
"""
_PLACES = f"({', '.join(['%s'] * 10)})"
