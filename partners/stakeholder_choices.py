"""Enumerations of stakeholders and of what is recorded of an organization."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Influence(models.TextChoices):
    DECIDES = "decides", _("Decides")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")
    UNKNOWN = "unknown", _("Not known")


class Sentiment(models.TextChoices):
    PROMOTER = "promoter", _("Promotes us")
    POSITIVE = "positive", _("Positive")
    NEUTRAL = "neutral", _("Neutral")
    CRITICAL = "critical", _("Critical")
    OPPONENT = "opponent", _("Against us")
    UNKNOWN = "unknown", _("Not known")


class Profile(models.TextChoices):
    """The two halves of a customer record."""

    BUSINESS = "business", _("Business profile")
    TECHNICAL = "technical", _("Technical profile")
