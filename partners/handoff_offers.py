"""What handoffs, touchpoints and guides offer to others: targets of notices, panels, a tab, finds of the palette."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.palette import PaletteItem, register_finder
from common.panels import Panel, PanelRequest, register
from common.services.policies import PolicyActivated, on_policy_activated
from common.targets import register_target
from partners import guide_policy
from partners.models import Guide, Handoff, Touchpoint
from partners.selectors.coming_up import coming_up
from partners.selectors.guides import find
from partners.services import guides
from partners.tabs import Tab, register_tab


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("handoff", _handoff)
    register_target("touchpoint", _touchpoint)
    register_target("guide", _guide)
    register_finder("guides", _("Guides"), _guides)
    on_policy_activated(_sync_guides)
    register_tab(
        Tab(
            key="cadence", label=_("Cadence"), icon="calendar-event", url_name="partners:organization_cadence", place=25
        )
    )
    register(
        Panel(
            key="coming_up",
            slot="home",
            title=_("Coming up"),
            template="partners/panels/_coming_up.html",
            load=_coming_up,
            icon="calendar-event",
        )
    )


def _handoff(actor: Actor, pk: int) -> str | None:
    rows = Handoff.objects.visible_to(actor).filter(pk=pk)
    found = rows.values_list("organization__public_id", "public_id").first()
    return reverse("partners:handoff", args=found) if found else None


def _touchpoint(actor: Actor, pk: int) -> str | None:
    rows = Touchpoint.objects.visible_to(actor).filter(pk=pk)
    found = rows.values_list("organization__public_id", flat=True).first()
    return reverse("partners:organization_cadence", args=[found]) if found else None


def _guide(actor: Actor, pk: int) -> str | None:
    rows = Guide.objects.visible_to(actor).filter(pk=pk, retired_at__isnull=True)
    found = rows.values_list("key", flat=True).first()
    return reverse("partners:guide", args=[found]) if found else None


def _guides(actor: Actor, text: str, limit: int) -> list[PaletteItem]:
    hits = find(actor, text, limit)
    return [PaletteItem(label=title, url=url, icon="books", hint=place) for title, url, place in hits]


def _sync_guides(event: PolicyActivated) -> None:
    if event.policy.name == guide_policy.PACK:
        guides.sync(guide_policy.policy_in_force(), now=event.now)


def _coming_up(request: PanelRequest) -> Mapping[str, Any] | None:
    coming = coming_up(request.actor, now=request.now)
    return {"coming": coming} if coming.handoffs or coming.meetings else None
