"""What is written on a ticket, what came with it, and what happened to it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, StoredFile
from partners.models import Contact, Organization
from tickets.choices import Channel, EventKind, LinkProvider, MessageKind, MessageState, Side
from tickets.models.tickets import Ticket
from tickets.querysets import AttachmentQuerySet, MessageQuerySet, TicketPartQuerySet


class Message(PublicModel):
    """A public reply or an internal note. `body` is Markdown, at most 32 KiB; what was sent is not changed.

    `side` says who wrote it. A mail keeps its Message-ID in `mail_id`. Until `send_at` a scheduled reply has not left.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=5, choices=MessageKind.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=150, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    body = models.TextField(_("text"))
    quoted = models.TextField(blank=True, help_text="What a mail repeated below the answer.")
    is_automatic = models.BooleanField(default=False, help_text="It stops no clock (sla.md R1).")
    state = models.CharField(max_length=9, choices=MessageState.choices, default=MessageState.SENT)
    send_at = models.DateTimeField(null=True)
    sets_status = models.CharField(
        max_length=8, blank=True, help_text="The status that the ticket gets once this reply has left."
    )
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    mail_id = models.CharField(max_length=250, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["written_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="message_kind_known"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="message_side_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_has_moment"
            ),
            models.UniqueConstraint(fields=["mail_id"], condition=~Q(mail_id=""), name="message_mail_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "written_at", "id"], name="message_of_ticket"),
            models.Index(fields=["send_at", "id"], condition=Q(state="scheduled"), name="message_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Attachment(PublicModel):
    """A file that came with a message."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return str(self.file_id)


class TicketEvent(models.Model):
    """One thing that happened to a ticket; added to, never changed. Events of one ticket in order are its truth.

    `changes` holds field -> [before, after] of what changed, `data` what else the kind of event needs.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField(default=dict)
    data = models.JSONField(default=dict)

    objects = TicketPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="ticket_event_kind_known"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="ticket_event_side_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["ticket", "at", "id"], name="ticket_event_of_ticket")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class ExternalLink(PublicModel):
    """An issue of another tool that a ticket hangs on; `state` is what the tool last said."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    provider = models.CharField(_("tool"), max_length=10, choices=LinkProvider.choices)
    url = models.URLField(_("address"), max_length=500)
    project = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=250, blank=True)
    state = models.CharField(_("state"), max_length=20, blank=True)
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, help_text="When the tool last said something of it.")

    objects = TicketPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "url"], name="external_link_once"),
            models.CheckConstraint(condition=Q(provider__in=LinkProvider.values), name="external_link_provider_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "project", "number"], name="external_link_of_issue")]

    def __str__(self) -> str:
        return self.url
