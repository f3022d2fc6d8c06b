"""Saved reports and subscriptions as their pages list them; each read starts at `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.rules.access import Actor, visibility_terms
from reports.models import ReportSubscription, SavedReport
from reports.querysets import CAPABILITY

MOST = 100
"""So many saved reports are listed; a search finds the others."""


def saved_reports(actor: Actor, *, text: str = "") -> Sequence[SavedReport]:
    """Those that one may open, one's own first, by name. One statement."""
    found = SavedReport.objects.visible_to(actor).select_related("owner")
    if text:
        found = found.filter(name__icontains=text.replace("\0", ""))
    rows: list[SavedReport] = list(found.order_by("name", "pk")[:MOST])
    return sorted(rows, key=lambda row: row.owner_id != actor.user_id)


def saved_or_none(actor: Actor, public_id: UUID) -> SavedReport | None:
    """One statement."""
    found: SavedReport | None
    found = SavedReport.objects.visible_to(actor).select_related("owner").filter(public_id=public_id).first()
    return found


def subscriptions(actor: Actor) -> Sequence[ReportSubscription]:
    """One's own, the next to come first, stopped ones last. One statement."""
    rows = _subscriptions(actor).order_by("next_at", "pk")
    return list(rows)


def subscription_or_none(actor: Actor, public_id: UUID) -> ReportSubscription | None:
    """One statement."""
    found: ReportSubscription | None = _subscriptions(actor).filter(public_id=public_id).first()
    return found


def _subscriptions(actor: Actor) -> Any:
    """`is_open` says whether the saved report behind one is still open to its reader: only then its name is told."""
    opened = SavedReport.objects.visible_to(actor).filter(pk=OuterRef("saved_id"))
    rows = ReportSubscription.objects.visible_to(actor).select_related("saved", "user", "set_by")
    return rows.annotate(is_open=Exists(opened))


def readers_for(actor: Actor) -> Any:
    """Whom `actor` may have reports mailed to, by name: of those who read reports whom they lead, or everybody for
    those who see every organization."""
    readers = actor.policy.roles_with(CAPABILITY)
    found = User.objects.visible_to(actor).active().staff().holding(*readers).exclude(pk=actor.user_id or 0)
    if not visibility_terms(actor).everything:
        found = found.filter(pk__in=actor.led_user_ids)
    return found.order_by("name_sort", "pk")
