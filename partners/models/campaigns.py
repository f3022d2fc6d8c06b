"""Campaigns: a question asked of many, such as how likely they are to recommend us."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.survey_choices import CampaignState, SurveyKind


class SurveyCampaign(PublicModel, Timestamped):
    """Asks `share` percent of the contacts in `contact_roles` of organizations in `stages`; empty: in any."""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=10, choices=SurveyKind.choices, default=SurveyKind.NPS)
    share = models.PositiveSmallIntegerField(_("share, percent"), default=100)
    stages = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    contact_roles = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=9, choices=CampaignState.choices, default=CampaignState.DRAFT)
    asked = models.PositiveIntegerField(default=0)
    spared = models.PositiveIntegerField(default=0, help_text="Those whom the fatigue rules spared.")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CampaignState.values), name="campaign_state_known"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="campaign_share_percent"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="campaign_forward"),
        ]

    def __str__(self) -> str:
        return self.name
