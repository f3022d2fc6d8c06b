"""What people and access offer to the homes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Notification, Team
from accounts.rules.access import Actor
from common import composed
from common.pagination import BoundedCount
from common.panels import Panel, PanelRequest, register


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    public_id: UUID
    title: str
    body: str
    created_at: datetime


_NOTICE = ("public_id", "title", "body", "created_at")


# What the bell counts to; it shows "99+".
MOST_UNREAD = 100


def _unread(actor: Actor) -> "QuerySet[Any, Any]":
    unread = Notification.objects.visible_to(actor).unread()
    total = BoundedCount(unread.order_by().values("pk")[:MOST_UNREAD])
    return unread.newest_first().annotate(total=total).values_list(*_NOTICE, "total")[:6]


def _notices(request: PanelRequest) -> Mapping[str, Any]:
    """The newest unread ones, and how many there are: the home gives the number to the bell."""
    found = composed.fetch(_unread, request.actor)
    rows = [NoticeRow(**dict(zip(_NOTICE, row[:-1], strict=True))) for row in found]
    return {"rows": rows, "unread": found[0][-1] if found else 0}


def _contacts(request: PanelRequest) -> Mapping[str, Any] | None:
    teams = Team.objects.visible_to(request.actor).filter(archived_at__isnull=True)
    rows = list(teams.only("name", "purpose", "email")[:12])
    return {"rows": rows} if rows else None


_HOUSE = """
SELECT
    (SELECT count(*) FROM accounts_user u WHERE u.is_active AND u.audience = 'staff' AND NOT EXISTS (
        SELECT 1 FROM accounts_rolegrant g WHERE g.user_id = u.id AND g.ended_at IS NULL)),
    (SELECT count(*) FROM accounts_invitation
        WHERE accepted_at IS NULL AND revoked_at IS NULL AND expires_at > %s),
    (SELECT count(*) FROM common_outbox WHERE set_aside_at IS NOT NULL AND done_at IS NULL),
    (SELECT count(*) FROM common_importrun WHERE state IN ('checked', 'checking', 'running'))
"""


def _house(request: PanelRequest) -> Mapping[str, Any] | None:
    """The chores of an admin in one statement; for nobody else."""
    if not request.actor.has("manage_people"):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_HOUSE, [request.now])
        without_role, invited, set_aside, imports = cursor.fetchone() or (0, 0, 0, 0)
    return {"without_role": without_role, "invited": invited, "set_aside": set_aside, "imports": imports}


def offer() -> None:
    """Register the panels; called once from AppConfig.ready()."""
    for key, title, icon, wide, load in (
        ("notices", _("For you"), "bell", False, _notices),
        ("contacts", _("Team contacts"), "address-book", False, _contacts),
        ("house", _("The house"), "settings", True, _house),
    ):
        register(
            Panel(
                key=key,
                slot="home",
                title=title,
                template=f"accounts/panels/_{key}.html",
                load=load,
                wide=wide,
                icon=icon,
            )
        )
