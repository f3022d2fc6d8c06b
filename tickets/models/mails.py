"""Mails that came in: what became of each, and where its raw text lies for a while."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common.models import PublicModel, StoredFile
from partners.models import Organization
from tickets.choices import MailReason, MailState
from tickets.models.messages import Message
from tickets.models.tickets import Ticket
from tickets.querysets import IncomingMailQuerySet


class IncomingMail(PublicModel):
    """One mail, known again by its `key`: the Message-ID, or the SHA-256 of a mail without one.

    `repeats` counts how often it came again. `detail` says more of a refusal, `dropped` names files not taken along.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="mails")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="mails")
    key = models.CharField(max_length=250, unique=True)
    sender = models.CharField(max_length=260, blank=True)
    recipients = models.CharField(max_length=500, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=8, choices=MailState.choices)
    reason = models.CharField(max_length=10, choices=MailReason.choices, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    dropped = models.JSONField(default=list)
    repeats = models.PositiveIntegerField(default=0)
    raw = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    came_at = models.DateTimeField()

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-came_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="incoming_mail_state_known"),
            models.CheckConstraint(condition=Q(reason__in=MailReason.values), name="incoming_mail_reason_known"),
            models.CheckConstraint(
                condition=Q(state__in=("rejected", "logged")) | Q(ticket__isnull=False),
                name="incoming_mail_taken_has_ticket",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-came_at", "-id"], name="incoming_mail_newest"),
            models.Index(fields=["state", "-came_at", "-id"], name="incoming_mail_by_state"),
            models.Index(fields=["sender", "came_at"], name="incoming_mail_of_sender"),
        ]

    def __str__(self) -> str:
        return self.key
