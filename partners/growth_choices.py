"""Enumerations of growth: opportunities, renewals and how revenue moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpportunityKind(models.TextChoices):
    UPSELL = "upsell", _("Upsell")
    CROSS_SELL = "cross_sell", _("Cross-sell")
    NEW_USE_CASE = "new_use_case", _("New use case")
    NEW_BUSINESS = "new_business", _("New business")


class OpportunityStage(models.TextChoices):
    IDENTIFIED = "identified", _("Identified")
    QUALIFIED = "qualified", _("Qualified")
    PROPOSED = "proposed", _("Proposed")
    COMMITTED = "committed", _("Committed")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


OPEN_STAGES = (
    OpportunityStage.IDENTIFIED,
    OpportunityStage.QUALIFIED,
    OpportunityStage.PROPOSED,
    OpportunityStage.COMMITTED,
)
# From here on an opportunity counts as qualified pipeline.
QUALIFIED_STAGES = OPEN_STAGES[1:]


class Readiness(models.TextChoices):
    """Whether the other side could take it into use tomorrow."""

    UNKNOWN = "unknown", _("Not known")
    NOT_READY = "not_ready", _("Not ready")
    PREPARING = "preparing", _("Getting ready")
    READY = "ready", _("Ready")


class Verdict(models.TextChoices):
    """What machine, owner and partner each say of a renewal. `monitor` is no verdict in the last 90 days."""

    RENEW = "renew", _("Renews")
    MONITOR = "monitor", _("To be watched")
    AT_RISK = "at_risk", _("At risk")
    LEAVE = "leave", _("Leaves")


class RenewalState(models.TextChoices):
    """`withdrawn`: it never was due."""

    OPEN = "open", _("Open")
    RENEWED = "renewed", _("Renewed")
    LOST = "lost", _("Not renewed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RevenueKind(models.TextChoices):
    """Why the yearly revenue of an organization is another one from a day on."""

    NEW = "new", _("New")
    EXPANSION = "expansion", _("Expansion")
    CONTRACTION = "contraction", _("Contraction")
    LOSS = "loss", _("Loss")
    RETURN = "return", _("Return")
    CORRECTION = "correction", _("Correction")


# What a list of the ledger may be narrowed to, beside the kinds: every line below zero.
LESS = "less"


class AutopsyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    FINAL = "final", _("Final")
