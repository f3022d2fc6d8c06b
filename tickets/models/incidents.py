"""Incidents: something that is broken for several at once, who looks after it, and what is said of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models import Contact, Organization, PlayRun
from tickets.incident_choices import OPEN_INCIDENTS, EntryKind, IncidentState, Severity
from tickets.incident_querysets import (
    AffectedQuerySet,
    EntryQuerySet,
    IncidentQuerySet,
    NamingPartQuerySet,
)
from tickets.models.queues import Queue
from tickets.models.tickets import Ticket
from tickets.querysets import TicketPartQuerySet

_OPEN = Q(state__in=[state.value for state in OPEN_INCIDENTS])


class NextIncidentNumber(models.Func):
    """The next incident number of the installation."""

    template = "nextval('tickets_incident_number')"
    output_field = models.BigIntegerField()


class Incident(PublicModel, Timestamped):
    """Something that is broken. `version` guards edits; what happened to it is in the entries.

    `queue` is the one whose people look after it. `title` is for colleagues, `public_title` for contacts, who see it
    from `published_at` on, the moment of the first public update. `update_due_at` is when the next update is due; an
    incident that is over has none. `source` and `external_key` name the alert of another tool that opened it.
    """

    number = models.BigIntegerField(unique=True, db_default=NextIncidentNumber(), editable=False)
    title = models.CharField(_("title"), max_length=200)
    public_title = models.CharField(_("title for partners"), max_length=200, blank=True)
    summary = models.CharField(_("what is broken"), max_length=500, blank=True)
    severity = models.CharField(_("severity"), max_length=2, choices=Severity.choices)
    state = models.CharField(
        _("state"), max_length=13, choices=IncidentState.choices, default=IncidentState.INVESTIGATING
    )
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="outages")
    commander = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="commanded"
    )
    declared_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("began"))
    declared_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    mitigated_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    update_due_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    cause = models.CharField(_("kind of cause"), max_length=60, blank=True)
    source = models.CharField(max_length=40, blank=True)
    external_key = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-declared_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="incident_severity_known"),
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="incident_state_known"),
            models.CheckConstraint(
                condition=_OPEN | Q(resolved_at__isnull=False, update_due_at__isnull=True),
                name="incident_over_has_moment",
            ),
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="incident_external_key_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["update_due_at", "id"], condition=_OPEN, name="incident_update_due"),
            models.Index(fields=["-declared_at", "-id"], name="incident_newest"),
            models.Index(fields=["queue", "-declared_at"], name="incident_of_queue"),
        ]

    def __str__(self) -> str:
        return f"INC-{self.number} {self.title}"


class IncidentOrganization(models.Model):
    """An organization that an incident affects. `play_run` is the play that began for it; once an organization."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="affected_by")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="affected")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    play_run = models.ForeignKey(PlayRun, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AffectedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "organization"], name="incident_organization_once")
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "incident"], name="incident_of_organization")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.organization_id}"


class IncidentTicket(models.Model):
    """A ticket that tells of an incident."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="outages")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="linked")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = TicketPartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "incident"], name="incident_ticket_once")]
        indexes: ClassVar = [models.Index(fields=["incident", "ticket"], name="incident_tickets")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.ticket_id}"


class IncidentEntry(PublicModel):
    """One thing that happened to an incident, or was said of it; added to, never changed but for an erasure.

    `body` is Markdown, at most 32 KiB. `state` and `severity` are those after it. One with an `organization` names it,
    and is seen by those alone who may see that organization.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    is_public = models.BooleanField(default=False)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=13, choices=IncidentState.choices)
    severity = models.CharField(max_length=2, choices=Severity.choices)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=150, blank=True)
    changes = models.JSONField(default=dict)
    tickets_answered = models.PositiveIntegerField(default=0)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="incident_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(organization__isnull=True), name="incident_entry_public_names_nobody"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["incident", "at", "id"], name="incident_entry_of_incident")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class IncidentSubscriber(models.Model):
    """Somebody who is told of each update: a colleague of all of them, a contact of the public ones."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="subscribers")
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = NamingPartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident", "user"], condition=Q(user__isnull=False), name="incident_subscriber_user_once"
            ),
            models.UniqueConstraint(
                fields=["incident", "contact"],
                condition=Q(contact__isnull=False),
                name="incident_subscriber_contact_once",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, contact__isnull=True, organization__isnull=True)
                | Q(user__isnull=True, contact__isnull=False, organization__isnull=False),
                name="incident_subscriber_is_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.user_id or self.contact_id}"
