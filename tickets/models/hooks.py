"""What ticket events set off: calls to other tools, and rules of automation that have fired."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models import Organization
from tickets.hook_choices import DeliveryState
from tickets.models.incidents import IncidentEntry
from tickets.models.messages import TicketEvent
from tickets.models.tickets import Ticket
from tickets.querysets import TicketPartQuerySet, WebhookQuerySet


class WebhookEndpoint(PublicModel, Timestamped):
    """An address of another tool that is told of ticket events. Its secret is sealed and shown once."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=500)
    sealed_secret = models.CharField(max_length=400)
    events = ArrayField(models.CharField(max_length=30), verbose_name=_("events"))
    is_active = models.BooleanField(_("on"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(PublicModel):
    """One event for one endpoint. `body` is what was sent, the same with every try; `tries` says how each went.

    It is an event of a ticket, or an entry of an incident.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(TicketEvent, null=True, on_delete=models.CASCADE, related_name="+")
    incident_entry = models.ForeignKey(IncidentEntry, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=30)
    body = models.JSONField()
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.JSONField(default=list)
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event", "name"], name="webhook_delivery_once"),
            models.UniqueConstraint(fields=["endpoint", "incident_entry", "name"], name="webhook_delivery_entry_once"),
            models.CheckConstraint(
                condition=Q(ticket__isnull=False, event__isnull=False, incident_entry__isnull=True)
                | Q(ticket__isnull=True, event__isnull=True, incident_entry__isnull=False),
                name="webhook_delivery_of_one",
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="webhook_delivery_state_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["endpoint", "-made_at", "-id"], name="webhook_delivery_newest")]

    def __str__(self) -> str:
        return f"{self.name} {self.public_id}"


class Firing(PublicModel):
    """A rule of automation that fired on a ticket. `occasion` names what for: once for each.

    `done` says what it changed, `fault` why it could not.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="firings")
    rule = models.CharField(max_length=60)
    occasion = models.CharField(max_length=80)
    pack_version = models.PositiveIntegerField()
    fired_at = models.DateTimeField()
    done = models.JSONField(default=list)
    fault = models.CharField(max_length=300, blank=True)

    objects = TicketPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-fired_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "rule", "occasion"], name="firing_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["-fired_at", "-id"], name="firing_newest")]

    def __str__(self) -> str:
        return f"{self.rule} {self.occasion}"
