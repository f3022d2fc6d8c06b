"""Panels of satisfaction: on the homes of those who look after support, on an organization's overview."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from partners.survey_pages import panel_of
from partners.survey_policy import find_policy


def _home(request: PanelRequest) -> Mapping[str, Any] | None:
    """Satisfaction of all that the reader sees: two statements."""
    if not request.actor.has("see_reports"):
        return None
    return panel_of(request.actor, find_policy(), now=request.now)


def _of_organization(request: PanelRequest) -> Mapping[str, Any] | None:
    """A place for the figure, which comes once the page is there: no statement of the overview's own."""
    url = f"{reverse('partners:survey_list')}?organization={request.subject.public_id}"
    return {"organization": request.subject, "url": url if request.actor.has("see_reports") else ""}


def offer() -> None:
    """Register the panels; called once from AppConfig.ready()."""
    for slot, key, title, template, load, wide in (
        ("home", "csat", _("Satisfaction"), "_satisfaction", _home, True),
        ("organization", "surveys", _("Satisfaction"), "_organization_satisfaction", _of_organization, False),
    ):
        register(
            Panel(
                key=key,
                slot=slot,
                title=title,
                template=f"partners/panels/{template}.html",
                load=load,
                wide=wide,
                icon="heart",
            )
        )
