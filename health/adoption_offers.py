"""What features and samples offer to the pages of health: tabs, and a section on the page of an organization."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from health.imports.runs import may_bring
from health.models import Feature
from health.services.alert_hooks import CAPABILITY
from health.views.portfolio import Offer, offer_tab


def offer() -> None:
    """Called once, when the app is ready."""
    offer_tab(Offer(key="features", label=_("Features"), icon="puzzle", url_name="health:features"))
    offer_tab(
        Offer(key="samples", label=_("Samples"), icon="database-import", url_name="health:samples", is_shown=may_bring)
    )
    monitors = Offer(
        key="monitors",
        label=_("Monitors"),
        icon="webhook",
        url_name="health:hooks",
        is_shown=lambda actor: actor.has(CAPABILITY),
    )
    offer_tab(monitors)
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
