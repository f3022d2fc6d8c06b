"""Panels of satisfaction: on the homes of those who look after support, on an organization's overview."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.panels import Panel, PanelRequest, register
from partners.models import SurveyCampaign
from partners.survey_choices import CampaignState
from partners.survey_pages import panel_of
from partners.survey_policy import CAMPAIGN, Subject, find_policy, register_subject


def _home(request: PanelRequest) -> Mapping[str, Any] | None:
    """Satisfaction of all that the reader sees: two statements."""
    if not request.actor.has("see_reports"):
        return None
    return panel_of(request.actor, find_policy(), now=request.now)


def _of_organization(request: PanelRequest) -> Mapping[str, Any] | None:
    """A place for the figure, which comes once the page is there: no statement of the overview's own."""
    url = f"{reverse('partners:survey_list')}?organization={request.subject.public_id}"
    return {"organization": request.subject, "url": url if request.actor.has("see_reports") else ""}


def _campaign_title(pk: int) -> str:
    return SurveyCampaign.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def _campaign_url(actor: Actor, key: str) -> str:
    return "" if actor.is_contact else reverse("partners:campaigns")


def _campaign_runs(pk: int) -> bool:
    return SurveyCampaign.objects.filter(pk=pk, state=CampaignState.RUNNING).exists()


def offer() -> None:
    """Register the panels, and campaigns as something to ask about; called once from AppConfig.ready()."""
    register_subject(
        Subject(
            key=CAMPAIGN,
            label=_("Campaign"),
            is_sound=_campaign_runs,
            title=_campaign_title,
            url=_campaign_url,
            # Organizations open its surveys, and nothing else does.
            reach=lambda actor: SurveyCampaign.objects.none().values("pk"),
            topics=lambda actor, keys: {},
        )
    )
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
