"""Panels of tasks and commitments: on the homes, on an organization's overview, in the portal."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from partners.models import Task
from partners.selectors.commitments import own_commitments
from partners.selectors.portal_tasks import own_portal_tasks
from partners.selectors.task_rows import read_rows
from partners.task_cells import commitment_rows, panel_rows

SHOWN = 8


def _due(request: PanelRequest) -> Mapping[str, Any] | None:
    """What is due first of what the reader has to do, and for a lead of what the team has."""
    actor = request.actor
    people = sorted({*actor.led_user_ids, actor.user_id or 0})
    seen = Task.objects.visible_to(actor).unfinished().filter(owner_id__in=people, due_on__isnull=False)
    rows = read_rows(seen, actor=actor, now=request.now, limit=SHOWN)
    late = sum(row.is_overdue for row in rows)
    return {"lines": panel_rows(rows, actor.user_id), "late": late} if rows else None


def _commitments(request: PanelRequest) -> Mapping[str, Any] | None:
    actor = request.actor
    rows = own_commitments(actor, now=request.now, team=bool(actor.led_user_ids))
    return {"lines": commitment_rows(rows)} if rows else None


def _of_organization(request: PanelRequest) -> Mapping[str, Any] | None:
    """From what is kept up beside the organization: no statement."""
    organization = request.subject
    facts = getattr(organization, "facts", None)
    if facts is None or not (facts.tasks_total or facts.next_task_due_on):
        return None
    return {"organization": organization, "facts": facts}


def _portal(request: PanelRequest) -> Mapping[str, Any] | None:
    found = own_portal_tasks(request.actor, now=request.now)
    return {"rows": found[:SHOWN], "total": len(found)} if found else None


def offer() -> None:
    """Register the panels; called once from AppConfig.ready()."""
    for slot, key, title, icon, template, load in (
        ("home", "tasks", _("To do"), "checklist", "_tasks", _due),
        ("home", "commitments", _("Promises to keep"), "heart-handshake", "_commitments", _commitments),
        ("organization", "tasks", _("Tasks"), "checklist", "_organization_tasks", _of_organization),
        ("portal", "portal_tasks", _("Your turn"), "checklist", "_portal_tasks", _portal),
    ):
        register(
            Panel(key=key, slot=slot, title=title, template=f"partners/panels/{template}.html", load=load, icon=icon)
        )
