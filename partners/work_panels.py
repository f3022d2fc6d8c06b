"""Panels of tasks and commitments: on the homes, on an organization's overview, in the portal."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from partners.selectors.portal_tasks import own_portal_tasks
from partners.selectors.to_do import what_is_due
from partners.task_cells import panel_rows

SHOWN = 8


def _due(request: PanelRequest) -> Mapping[str, Any] | None:
    """Tasks and promises by day: the reader's own, and for a lead the team's."""
    rows = what_is_due(request.actor, now=request.now)
    late = sum(row.days_overdue > 0 for row in rows)
    return {"lines": panel_rows(rows, request.actor.user_id), "late": late} if rows else None


def _of_organization(request: PanelRequest) -> Mapping[str, Any] | None:
    """From what is kept up beside the organization: no statement."""
    organization = request.subject
    facts = getattr(organization, "facts", None)
    if facts is None or not (facts.tasks_total or facts.next_task_due_on):
        return None
    due_on, today = facts.next_task_due_on, timezone.localdate(request.now, ZoneInfo(organization.timezone))
    return {"organization": organization, "facts": facts, "due_since": due_on if due_on and due_on < today else None}


def _portal(request: PanelRequest) -> Mapping[str, Any] | None:
    found = own_portal_tasks(request.actor, now=request.now)
    return {"rows": found[:SHOWN], "total": len(found)} if found else None


def offer() -> None:
    """Register the panels; called once from AppConfig.ready()."""
    for slot, key, title, icon, template, load in (
        ("home", "tasks", _("To do"), "checklist", "_tasks", _due),
        ("organization", "tasks", _("Tasks"), "checklist", "_organization_tasks", _of_organization),
        ("portal", "portal_tasks", _("Your turn"), "checklist", "_portal_tasks", _portal),
    ):
        register(
            Panel(key=key, slot=slot, title=title, template=f"partners/panels/{template}.html", load=load, icon=icon)
        )
