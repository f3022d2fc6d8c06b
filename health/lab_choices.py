"""Enumerations of the scorecard lab."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReplayState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Knowledge(models.TextChoices):
    """What a replayed day is computed from."""

    THEN = "then", _("What was known on each day")
    NOW = "now", _("All that is known by now, imported history too")


class ShadowEnd(models.TextChoices):
    """How a shadow run came to its end."""

    PUBLISHED = "published", _("Published")
    ENDED = "ended", _("Ended")


SHADOW = "shadow"
"""The occasion of the snapshots of a shadow run."""


def shadow_card(card: str) -> str:
    """Under which name the snapshots of a shadow run are kept."""
    return f"{card}~{SHADOW}"
