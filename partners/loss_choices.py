"""Enumerations of losses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LossReason(models.TextChoices):
    """Why an organization has left; one main reason, the rest is in the note."""

    PRICE = "price", _("Price")
    BUDGET = "budget", _("No budget any more")
    COMPETITOR = "competitor", _("Went to a competitor")
    PRODUCT = "product", _("The product lacks something")
    SUPPORT = "support", _("Unhappy with support or performance")
    UNUSED = "unused", _("Was not used")
    STRATEGY = "strategy", _("Change of strategy or ownership")
    ENDED = "ended", _("Out of business")
    OTHER = "other", _("Something else")
    UNKNOWN = "unknown", _("Not known")


class LossState(models.TextChoices):
    """`withdrawn` never was one: it was recorded by mistake and counts nowhere."""

    OPEN = "open", _("Lost")
    RETURNED = "returned", _("Came back")
    WITHDRAWN = "withdrawn", _("Recorded by mistake")
