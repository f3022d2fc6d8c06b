"""Enumerations of success plans."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.choices import OrganizationKind

# By what accounts are counted: customers by their segment, partners by their tier.
WITHOUT = "none"
SEGMENTS = ("enterprise", "mid_market", "small", WITHOUT)
TIERS = ("0", "1", "2", WITHOUT)


class PlanState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    COMPLETED = "completed", _("Completed")
    ABANDONED = "abandoned", _("Given up")


class ObjectiveState(models.TextChoices):
    OPEN = "open", _("Open")
    ACHIEVED = "achieved", _("Achieved")
    MISSED = "missed", _("Missed")
    DROPPED = "dropped", _("Dropped")


class ObjectiveDirection(models.TextChoices):
    MORE = "more", _("More is better")
    LESS = "less", _("Less is better")


def account_group(kind: str, group: str) -> str:
    """A segment of customers or a tier of partners, in words."""
    if kind == OrganizationKind.CUSTOMER:
        words = {"enterprise": gettext("Enterprise"), "mid_market": gettext("Mid-market"), "small": gettext("Small")}
        return words.get(group, gettext("Without a segment"))
    return gettext("Tier %(tier)s") % {"tier": group} if group != WITHOUT else gettext("Without a tier")
