"""Enumerations of surveys."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class SurveyKind(models.TextChoices):
    """Satisfaction is asked for after something was done, on 1 to 5; recommending by a campaign, on 0 to 10."""

    CSAT = "csat", _("Satisfaction")
    NPS = "nps", _("Recommending us")


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


class SurveyState(models.TextChoices):
    """`waiting` until it is due; `skipped` with the reason why nobody was asked; `cancelled` if its ground has gone."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Asked")
    SKIPPED = "skipped", _("Not asked")
    CANCELLED = "cancelled", _("Taken back")


class SurveyChannel(models.TextChoices):
    MAIL = "mail", _("From the mail")
    PORTAL = "portal", _("In the portal")


class By(StrEnum):
    """What figures are broken down by."""

    AGENT = "agent"
    TEAM = "team"
    ORGANIZATION = "organization"
    ARTICLE = "article"
    MONTH = "month"


NOBODY = "none"
"""Stands for no agent, no team."""
