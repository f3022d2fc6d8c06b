"""Saved reports and subscriptions as their pages list them; each read starts at `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.rules.access import Actor
from reports.models import ReportSubscription, SavedReport

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
    rows = ReportSubscription.objects.visible_to(actor).select_related("saved", "user")
    return rows.annotate(is_open=Exists(opened))
