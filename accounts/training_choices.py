"""Enumerations of training."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingResult(models.TextChoices):
    """Of a failed one a month asks again."""

    ATTENDED = "attended", _("Done")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not passed")
