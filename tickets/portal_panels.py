"""Panel of tickets in the portal."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from tickets.selectors.portal import waiting_tickets


def _portal(request: PanelRequest) -> Mapping[str, Any] | None:
    rows = waiting_tickets(request.actor)
    return {"rows": rows, "now": request.now} if rows else None


def offer() -> None:
    """Register the panel; called once from AppConfig.ready()."""
    template = "tickets/panels/_portal_tickets.html"
    register(
        Panel(key="portal_tickets", slot="portal", title=_("Tickets"), template=template, load=_portal, icon="ticket")
    )
