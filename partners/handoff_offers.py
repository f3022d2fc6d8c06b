"""What handoffs, touchpoints and guides offer to other pages: targets of notices, panels of the home."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.panels import Panel, PanelRequest, register
from common.targets import register_target
from partners.models import Handoff
from partners.selectors.handoff_rows import waiting_and_given


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("handoff", _handoff)
    register(
        Panel(
            key="handoffs",
            slot="home",
            title=_("Handoffs"),
            template="partners/panels/_handoffs.html",
            load=_waiting,
            icon="arrows-exchange",
        )
    )


def _handoff(actor: Actor, pk: int) -> str | None:
    rows = Handoff.objects.visible_to(actor).filter(pk=pk)
    found = rows.values_list("organization__public_id", "public_id").first()
    return reverse("partners:handoff", args=found) if found else None


def _waiting(request: PanelRequest) -> Mapping[str, Any] | None:
    rows = waiting_and_given(request.actor, now=request.now)
    return {"rows": rows} if rows else None
