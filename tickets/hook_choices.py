"""Enumerations of webhooks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    """`failed` is given up after six tries; an administrator may send it again."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class HookEvent(models.TextChoices):
    """What another tool may be told of."""

    OPENED = "ticket.opened", _("A ticket was opened")
    REPLIED = "ticket.replied", _("We replied")
    RECEIVED = "ticket.received", _("The partner wrote")
    STATUS = "ticket.status", _("The status changed")
    CHANGED = "ticket.changed", _("A field changed")
    ESCALATED = "ticket.escalated", _("A ticket was escalated")
    MERGED = "ticket.merged", _("A ticket was merged")
    INCIDENT_DECLARED = "incident.declared", _("An incident was declared")
    INCIDENT_UPDATED = "incident.updated", _("A public update of an incident was posted")
    INCIDENT_STATE = "incident.state", _("The state of an incident changed")
    INCIDENT_SEVERITY = "incident.severity", _("The severity of an incident changed")
