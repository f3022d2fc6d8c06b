"""What features offer to the pages of health: a tab with the catalogue, a section on the page of an organization."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from health.models import Feature
from health.views.portfolio import Offer, offer_tab


def offer() -> None:
    """Called once, when the app is ready."""
    offer_tab(Offer(key="features", label=_("Features"), icon="puzzle", url_name="health:features"))
    register(
        Panel(
            key="adoption",
            slot="organization_health",
            title=_("Adoption"),
            template="health/panels/_adoption.html",
            load=_section,
            icon="puzzle",
        )
    )


def _section(request: PanelRequest) -> Mapping[str, Any] | None:
    """The way to the features of an organization, once there are any. One statement."""
    if request.subject is None or not Feature.objects.exists():
        return None
    return {"url": reverse("health:adoption", args=[request.subject.public_id])}
