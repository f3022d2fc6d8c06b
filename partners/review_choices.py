"""Enumerations of business reviews."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewState(models.TextChoices):
    """`building` follows the data day by day; `ready` has been looked through; `presented` is frozen for good."""

    BUILDING = "building", _("Builds itself")
    READY = "ready", _("Ready")
    PRESENTED = "presented", _("Presented")
    CANCELLED = "cancelled", _("Not held")


class SectionAudience(models.TextChoices):
    """Who gets a section: `shared` ones alone stand in the edition for the other side."""

    INTERNAL = "internal", _("Colleagues only")
    SHARED = "shared", _("Both sides")


class Edition(models.TextChoices):
    INTERNAL = "internal", _("Ours")
    SHARED = "shared", _("Theirs")


class DocumentFormat(models.TextChoices):
    PDF = "pdf", _("PDF")
    PPTX = "pptx", _("PowerPoint")


class DocumentState(models.TextChoices):
    WAITING = "waiting", _("Is being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Could not be made")
