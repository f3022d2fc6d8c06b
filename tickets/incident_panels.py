"""Panels of incidents: on homes, on the overview of an organization, in the portal."""

from collections.abc import Mapping
from typing import Any

from common.panels import PanelRequest
from tickets.selectors.incidents import PANEL_SIZE, incidents_of_organization, open_incidents
from tickets.selectors.portal_incidents import open_portal_incidents


def home(request: PanelRequest) -> Mapping[str, Any] | None:
    """Open incidents that the reader sees."""
    rows = open_incidents(request.actor, now=request.now)
    return {"rows": rows[:PANEL_SIZE], "has_more": len(rows) > PANEL_SIZE, "now": request.now} if rows else None


def of_organization(request: PanelRequest) -> Mapping[str, Any] | None:
    """The latest that affected the organization."""
    organization = request.subject
    rows = incidents_of_organization(request.actor, organization.pk, now=request.now)
    return {"rows": rows, "organization": organization, "now": request.now} if rows else None


def portal(request: PanelRequest) -> Mapping[str, Any] | None:
    """What is open and affects the open organization."""
    rows = open_portal_incidents(request.actor)
    return {"rows": rows, "now": request.now} if rows else None
