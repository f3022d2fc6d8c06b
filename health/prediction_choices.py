"""Enumerations of predictions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingState(models.TextChoices):
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Broken off")


class Verdict(models.TextChoices):
    """What a training has found; only `speaks` makes predictions."""

    SPEAKS = "speaks", _("Predicts")
    TOO_FEW = "too_few", _("Not enough history")
    NO_SIGNAL = "no_signal", _("No signal")
