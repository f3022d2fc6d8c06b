"""Enumerations of health, and the named sets of states that rules and queries share."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.choices import HealthBand

Band = HealthBand

AT_RISK = (Band.RED, Band.YELLOW)
# What a person may set by hand, and for how long.
SET_BY_HAND = (Band.GREEN, Band.YELLOW, Band.RED)
LONGEST_BY_HAND = timedelta(days=30)
MAX_WORDS = 4_000


class Direction(models.TextChoices):
    MORE = "more", _("More is better")
    LESS = "less", _("Less is better")


class Combine(models.TextChoices):
    """How the samples of a window become one value."""

    LAST = "last", _("The last value")
    SUM = "sum", _("The sum")
    MEAN = "mean", _("The mean")
    RATE = "rate", _("The sum per day")


class SourceKind(models.TextChoices):
    """How samples arrive."""

    HUB = "hub", _("Computed by the hub")
    API = "api", _("API")
    CSV = "csv", _("CSV file")
    WEBHOOK = "webhook", _("Webhook")
    IMPORT = "import", _("Import")


class PulseValue(models.TextChoices):
    """The owner's word on an organization."""

    GREEN = "green", _("Good")
    YELLOW = "yellow", _("Watch")
    RED = "red", _("At risk")


class RunState(models.TextChoices):
    """Of a computation over all organizations."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
