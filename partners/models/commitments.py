"""Commitments: promises of both sides, each with an owner and a day; the partner sees the same list."""

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models.organizations import Organization
from partners.models.people import Contact
from partners.work_choices import CommitmentState, Side
from partners.work_querysets import CommitmentQuerySet


@pghistory.track(exclude=["updated_at"])
class Commitment(PublicModel, Timestamped):
    """What one side promised the other. `due_on` is a day of the organization's time zone.

    `source_type` and `source_id` say where it was made: an interaction, a handoff, a gate, an incident, a review.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="commitments")
    side = models.CharField(_("who promises"), max_length=4, choices=Side.choices, default=Side.US)
    title = models.CharField(_("what"), max_length=200)
    description = models.TextField(_("details"), blank=True)
    owner = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="commitments"
    )
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments")
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=CommitmentState.choices, default=CommitmentState.OPEN)
    outcome_note = models.CharField(_("how it went"), max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True, help_text="The organization's local day on which it was kept or broken.")
    source_type = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=CommitmentState.values), name="commitment_state_known"),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="commitment_side_known"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="commitment_closed_has_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_on"], condition=models.Q(state="open"), name="commitment_open_of_owner"),
            models.Index(fields=["organization", "due_on", "id"], name="commitment_of_organization"),
            models.Index(fields=["due_on", "id"], condition=models.Q(state="open"), name="commitment_open_by_day"),
        ]

    def __str__(self) -> str:
        return self.title


class CommitmentChange(models.Model):
    """A day that was agreed anew: from when to when, by whom, why. Added to, never changed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="changes")
    was_due_on = models.DateField()
    due_on = models.DateField()
    reason = models.CharField(max_length=300)
    changed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["changed_at", "id"]

    def __str__(self) -> str:
        return f"{self.was_due_on} to {self.due_on}"
