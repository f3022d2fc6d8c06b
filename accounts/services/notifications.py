"""Telling people: an inbox row now, a mail on commit where the person wants one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

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


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One line for one person; `key` names the occasion."""

    user_id: int
    title: str
    key: str
    body: str = ""
    target_type: str = ""
    target_id: int | None = None
    organization_id: int | None = None


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
    """Put one notice into each person's inbox and return how many are new: one statement, and one for the mails.

    `key` names the occasion: telling the same person twice of the same one changes nothing.
    """
    same: dict[str, Any] = {"title": title, "key": key, "body": body, "organization_id": organization_id}
    target: dict[str, Any] = {"target_type": target_type, "target_id": target_id}
    notices = [Notice(user_id=user_id, **same, **target) for user_id in sorted(set(user_ids))]
    return notify_each(notices, kind=kind, now=now)


@transaction.atomic
def notify_each(notices: Iterable[Notice], *, kind: NoticeKind, now: datetime) -> int:
    """Put notices of several people and occasions up, as `notify` does: one statement for five hundred."""
    wanted = list({(notice.user_id, notice.key): notice for notice in notices}.values())
    told: list[tuple[int, str, str | None]] = []
    for start in range(0, len(wanted), _PAGE):
        rows = [_row(notice, kind, now) for notice in wanted[start : start + _PAGE]]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT.format(rows=", ".join([_PLACES] * len(rows))), list(chain.from_iterable(rows)))
            told += cursor.fetchall()
    where = {(notice.user_id, notice.key[:120]): notice.organization_id for notice in wanted}
    outbox.put_many(
        topic="accounts.notification_mail",
        effects=[
            ({"user_id": user_id, "key": key}, where[user_id, key])
            for user_id, key, delivery in told
            if (delivery or kind.delivery) == Delivery.INSTANT
        ],
        now=now,
    )
    return len(told)


def _row(notice: Notice, kind: NoticeKind, now: datetime) -> list[Any]:
    said = [notice.title[:200], notice.body[:500], notice.target_type, notice.target_id, notice.organization_id]
    return [uuid7(), notice.user_id, kind.key, *said, notice.key[:120], now]


# With the new rows comes how their people want to be told: notices are put up with nearly every use case.
_INSERT = """
INSERT INTO accounts_notification AS told (public_id, user_id, kind, title, body, target_type, target_id,
    organization_id, key, created_at)
VALUES {rows}
ON CONFLICT (user_id, key) DO NOTHING
RETURNING user_id, key, (SELECT chosen.delivery FROM accounts_notificationpreference chosen
    WHERE chosen.user_id = told.user_id AND chosen.kind = told.kind)
"""
_PLACES = f"({', '.join(['%s'] * 10)})"
_PAGE = 500
