"""Enumerations of incidents and post-mortems."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """How bad it is; what each one means and asks for is policy (pack `incidents`)."""

    S1 = "s1", _("S1")
    S2 = "s2", _("S2")
    S3 = "s3", _("S3")
    S4 = "s4", _("S4")


class IncidentState(models.TextChoices):
    INVESTIGATING = "investigating", _("Investigating")
    IDENTIFIED = "identified", _("Identified")
    MONITORING = "monitoring", _("Monitoring")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


OPEN_INCIDENTS = (IncidentState.INVESTIGATING, IncidentState.IDENTIFIED, IncidentState.MONITORING)


# How they look: tone and icon of their chips.
SEVERITY_TONES: Mapping[str, str] = {"s1": "danger", "s2": "warning", "s3": "info", "s4": "neutral"}
SEVERITY_ICONS: Mapping[str, str] = {"s1": "flame", "s2": "alert-triangle", "s3": "alert-circle", "s4": "info-circle"}
STATE_TONES: Mapping[str, str] = {
    "investigating": "danger",
    "identified": "warning",
    "monitoring": "info",
    "resolved": "success",
    "closed": "neutral",
}


class EntryKind(models.TextChoices):
    """What happened to an incident. Its times are counted from these."""

    DECLARED = "declared", _("Declared")
    UPDATE = "update", _("Update")
    STATE = "state", _("State")
    SEVERITY = "severity", _("Severity")
    COMMANDER = "commander", _("Commander")
    CHANGED = "changed", _("Changed")
    ORGANIZATION = "organization", _("Affected organization")
    TICKET = "ticket", _("Ticket")


class PostMortemState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
