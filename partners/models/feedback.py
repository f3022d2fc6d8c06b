"""Product feedback: one item, many organizations behind it; and beta programs with those who take part."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.feedback_choices import (
    BetaSeatState,
    BetaState,
    FeedbackKind,
    FeedbackState,
    IssueProvider,
    Need,
    ReleaseNoteState,
)
from partners.models.organizations import Organization
from partners.models.people import Contact
from partners.querysets import ScopedQuerySet


@pghistory.track(exclude=["updated_at"])
class FeedbackItem(PublicModel, Timestamped):
    """What the product lacks, said once for all; it names no organization. `issue_*`: the outside issue it follows."""

    kind = models.CharField(
        _("kind"), max_length=15, choices=FeedbackKind.choices, default=FeedbackKind.FEATURE_REQUEST
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=FeedbackState.choices, default=FeedbackState.NEW)
    expected = models.CharField(_("expected"), max_length=60, blank=True)
    answer = models.TextField(_("what may be told"), blank=True)
    issue_provider = models.CharField(max_length=6, choices=IssueProvider.choices, blank=True)
    issue_repository = models.CharField(max_length=200, blank=True)
    issue_number = models.PositiveBigIntegerField(null=True)
    issue_state = models.CharField(max_length=40, blank=True)
    issue_heard_at = models.DateTimeField(null=True)
    released_on = models.DateField(_("released on"), null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issue_provider", "issue_repository", "issue_number"],
                condition=~Q(issue_provider=""),
                name="feedback_issue_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=FeedbackKind.values), name="feedback_kind_known"),
            models.CheckConstraint(condition=Q(state__in=FeedbackState.values), name="feedback_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "-created_at"], condition=Q(archived_at__isnull=True), name="feedback_by_state"
            )
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(exclude=["updated_at"])
class FeedbackVoice(PublicModel, Timestamped):
    """An organization that asks for an item, in its own words. `source_*`: the ticket or talk in which it did."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="feedback")
    item = models.ForeignKey(FeedbackItem, on_delete=models.PROTECT, related_name="voices")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(_("how much"), max_length=9, choices=Need.choices, default=Need.IMPORTANT)
    words = models.TextField(_("in their words"), blank=True)
    source_type = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "organization"], name="feedback_voice_once"),
            models.CheckConstraint(condition=Q(need__in=Need.values), name="feedback_need_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-created_at"], name="feedback_of_organization")]

    def __str__(self) -> str:
        return f"{self.item_id} of {self.organization_id}"


class ReleaseNote(PublicModel, Timestamped):
    """A mail drafted for the owner of an organization when an item that it asked for is released."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(FeedbackItem, on_delete=models.PROTECT, related_name="release_notes")
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(max_length=9, choices=ReleaseNoteState.choices, default=ReleaseNoteState.DRAFT)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "organization"], name="release_note_once"),
            models.CheckConstraint(condition=Q(state__in=ReleaseNoteState.values), name="release_note_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "created_at"], condition=Q(state="draft"), name="release_note_of_owner")
        ]

    def __str__(self) -> str:
        return self.subject


@pghistory.track(exclude=["updated_at"])
class BetaProgram(PublicModel, Timestamped):
    """Something that some try before all others. `item` is the feedback that it answers, if any."""

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    item = models.ForeignKey(FeedbackItem, null=True, blank=True, on_delete=models.PROTECT, related_name="betas")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=7, choices=BetaState.choices, default=BetaState.PLANNED)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=BetaState.values), name="beta_state_known"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="beta_forward"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(exclude=["updated_at"])
class BetaSeat(PublicModel, Timestamped):
    """An organization in a beta program, and what it had to say about it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="beta_seats")
    program = models.ForeignKey(BetaProgram, on_delete=models.PROTECT, related_name="seats")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=BetaSeatState.choices, default=BetaSeatState.INVITED)
    feedback = models.TextField(_("what they say"), blank=True)
    sessions = models.PositiveSmallIntegerField(_("sessions held"), default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["program", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "organization"], name="beta_seat_once"),
            models.CheckConstraint(condition=Q(state__in=BetaSeatState.values), name="beta_seat_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.organization_id}"
