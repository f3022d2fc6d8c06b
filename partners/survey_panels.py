"""Panels of satisfaction: on the homes of those who look after support, on an organization's overview."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from partners.selectors.surveys import of_organization
from partners.survey_pages import DAYS, figure_words, panel_of
from partners.survey_policy import find_policy


def _home(request: PanelRequest) -> Mapping[str, Any] | None:
    """Satisfaction of all that the reader sees: two statements."""
    if not request.actor.has("see_reports"):
        return None
    return panel_of(request.actor, find_policy(), now=request.now)


def _of_organization(request: PanelRequest) -> Mapping[str, Any] | None:
    """Of one organization: one statement."""
    organization, since = request.subject, request.now - timedelta(days=DAYS)
    found = of_organization(request.actor, organization.pk, since=since)
    if not found.asked:
        return None
    url = f"{reverse('partners:survey_list')}?organization={organization.public_id}"
    return {"words": figure_words(found, None), "url": url if request.actor.has("see_reports") else ""}


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
