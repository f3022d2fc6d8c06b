"""Tickets, and those who follow them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models import Contact, Organization
from tickets.choices import (
    FAR,
    UNSOLVED,
    Channel,
    Level,
    Priority,
    TicketKind,
    TicketStatus,
    Tier,
)
from tickets.models.queues import Category, Queue
from tickets.querysets import (
    NEWNESS,
    OPEN_RANK,
    PRIORITY_RANK,
    WAITS_SORT,
    OwnQuerySet,
    TicketPartQuerySet,
    TicketQuerySet,
)

_UNSOLVED = Q(status__in=[status.value for status in UNSOLVED], merged_into__isnull=True)


NUMBERS = "tickets_number"
"""The sequence of ticket numbers of the installation."""


class NextNumber(models.Func):
    """The next ticket number of the installation."""

    template = f"nextval('{NUMBERS}')"
    output_field = models.BigIntegerField()


class Ticket(PublicModel, Timestamped):
    """Something that a contact asks of us, or that we look after for an organization. `version` guards edits.

    `organization` is empty for a mail from somebody we do not know. `breaches_at` is the breach instant of the running
    clock that breaks next (FAR without one), `due_at` its due instant: queues are ordered by it. `sla_policy` is the
    key of the policy within `sla_version` that matched, and `sla_reason` says by what (sla.md). The history of each
    field is in the events.
    """

    number = models.BigIntegerField(unique=True, db_default=NextNumber(), editable=False)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    requester_name = models.CharField(_("name"), max_length=150, blank=True)
    requester_email = models.EmailField(_("e-mail address"), blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    kind = models.CharField(_("kind"), max_length=10, choices=TicketKind.choices, default=TicketKind.QUESTION)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_internal = models.BooleanField(_("not for the partner"), default=False)
    opened_by_us = models.BooleanField(default=False, help_text="Opened for the partner: it has no first response.")

    impact = models.CharField(_("impact"), max_length=6, choices=Level.choices, default=Level.MEDIUM)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Level.choices, default=Level.MEDIUM)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority.choices, default=Priority.MEDIUM)
    priority_reason = models.CharField(
        _("why this priority"), max_length=300, blank=True, help_text="Of one set by hand; else impact and urgency say."
    )
    status = models.CharField(_("status"), max_length=8, choices=TicketStatus.choices, default=TicketStatus.NEW)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    tier = models.PositiveSmallIntegerField(_("support tier"), choices=Tier.choices, default=Tier.FIRST)
    is_technical_escalation = models.BooleanField(_("technical escalation"), default=False)
    escalated_at = models.DateTimeField(null=True, help_text="When it was first escalated, by hand or by its tier.")

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    problem = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed")
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")

    opened_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    first_replied_at = models.DateTimeField(null=True)
    last_customer_at = models.DateTimeField(null=True, help_text="The latest public message of the partner.")
    last_reply_at = models.DateTimeField(null=True, help_text="The latest public reply of ours.")
    waits_since = models.DateTimeField(null=True, help_text="The oldest public message of the partner not answered.")
    first_solved_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    replies = models.PositiveIntegerField(default=0, help_text="Public replies of ours.")
    moved_at = models.DateTimeField(help_text="The latest event of any kind.")

    resolution = models.TextField(_("resolution"), blank=True)
    workaround = models.TextField(_("workaround"), blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    prevention = models.TextField(_("prevention"), blank=True)
    expected_on = models.DateField(_("expected"), null=True, blank=True)

    sla_policy = models.CharField(max_length=60, blank=True)
    sla_version = models.ForeignKey("common.PolicyVersion", null=True, on_delete=models.PROTECT, related_name="+")
    sla_reason = models.JSONField(default=dict)
    breaches_at = models.DateTimeField(default=FAR)
    due_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    source = models.CharField(max_length=60, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=TicketStatus.values), name="ticket_status_known"),
            models.CheckConstraint(condition=Q(kind__in=TicketKind.values), name="ticket_kind_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="ticket_priority_known"),
            models.CheckConstraint(condition=Q(impact__in=Level.values), name="ticket_impact_known"),
            models.CheckConstraint(condition=Q(urgency__in=Level.values), name="ticket_urgency_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="ticket_channel_known"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="ticket_tier_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["solved", "closed"]) | Q(solved_at__isnull=False),
                name="ticket_solved_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | Q(organization__isnull=False),
                name="ticket_contact_has_organization",
            ),
            models.CheckConstraint(
                condition=(Q(parent__isnull=True) | ~Q(parent=models.F("id")))
                & (Q(problem__isnull=True) | ~Q(problem=models.F("id")))
                & (Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id"))),
                name="ticket_is_not_its_own",
            ),
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="ticket_external_key_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["breaches_at", "id"], condition=_UNSOLVED, name="ticket_breaks_next"),
            # With the organization, row security needs no look at the tickets themselves: a thousand are counted so.
            models.Index(
                fields=["queue", "breaches_at", "id"],
                include=["organization"],
                condition=_UNSOLVED,
                name="ticket_queue_breaks_next",
            ),
            models.Index(
                fields=["assignee", "breaches_at", "id"], condition=_UNSOLVED, name="ticket_agent_breaks_next"
            ),
            models.Index(
                fields=["organization", "breaches_at", "id"], condition=_UNSOLVED, name="ticket_org_breaks_next"
            ),
            models.Index(fields=["organization", "-opened_at", "-id"], name="ticket_of_organization"),
            models.Index(fields=["contact", "-opened_at", "-id"], name="ticket_of_contact"),
            models.Index(fields=["queue", "-opened_at", "-id"], name="ticket_of_queue"),
            models.Index(fields=["assignee", "-opened_at", "-id"], name="ticket_of_agent"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_newest"),
            models.Index(fields=["solved_at", "id"], condition=Q(status="solved"), name="ticket_solved_to_close"),
            models.Index(fields=["queue", "organization"], name="ticket_card"),
            models.Index(fields=["requester_email"], condition=~Q(requester_email=""), name="ticket_of_sender"),
            GinIndex(fields=["tags"], name="ticket_tags"),
            models.Index(WAITS_SORT, "id", condition=_UNSOLVED, name="ticket_waits_longest"),
            models.Index(PRIORITY_RANK, "breaches_at", "id", condition=_UNSOLVED, name="ticket_most_urgent"),
            models.Index(
                fields=["first_solved_at"], condition=Q(first_solved_at__isnull=False), name="ticket_first_solved"
            ),
            models.Index(fields=["solved_at"], condition=Q(solved_at__isnull=False), name="ticket_last_solved"),
            models.Index(
                "organization",
                OPEN_RANK,
                "breaches_at",
                NEWNESS,
                condition=Q(merged_into__isnull=True),
                name="ticket_org_open_first",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"


class Watcher(models.Model):
    """Somebody who is told of a ticket beside its assignee and its contact: a colleague, or another contact."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watchers")
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = TicketPartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "user"], condition=Q(user__isnull=False), name="watcher_user_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "contact"], condition=Q(contact__isnull=False), name="watcher_contact_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, contact__isnull=True) | Q(user__isnull=True, contact__isnull=False),
                name="watcher_is_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id or self.contact_id}"


class Looking(models.Model):
    """Who has a ticket open just now, and whether they write: for the notice that two are at it."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="looking")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    wrote_at = models.DateTimeField(null=True)

    objects = TicketPartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "user"], name="looking_once")]
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="looking_seen")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id}"


class ReplyDraft(models.Model):
    """What somebody is writing on a ticket, kept as they type; one a person, kind and ticket."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    is_note = models.BooleanField(default=False)
    body = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "user", "is_note"], name="reply_draft_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id}"
