"""Handoffs: contracts by which a role or an owner gives an organization on, accepted or returned with reasons."""

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models.organizations import Organization
from partners.work_choices import OPEN_HANDOFFS, UNFINISHED_HANDOFFS, HandoffState
from partners.work_querysets import HandoffPartQuerySet, HandoffQuerySet


@pghistory.track(exclude=["updated_at"])
class Handoff(PublicModel, Timestamped):
    """One handoff of `kind` (policy pack "handoffs"). Both own until it is accepted; `due_at`: three business days.

    Days are of the organization's time zone.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="handoffs")
    kind = models.CharField(max_length=30)
    policy_version = models.PositiveIntegerField()
    from_role = models.CharField(max_length=24)
    to_role = models.CharField(max_length=24)
    giver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="handoffs_given")
    receiver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="handoffs_received")
    state = models.CharField(max_length=10, choices=HandoffState.choices, default=HandoffState.PREPARED)
    summary = models.TextField(_("in a few sentences"), blank=True)
    giver_leaves = models.BooleanField(
        _("the giver leaves the role"), default=False, help_text="From owner to owner: ends the giver's assignment."
    )
    meeting_on = models.DateField(_("meeting held"), null=True, blank=True)
    documents_reviewed_on = models.DateField(_("documents reviewed"), null=True, blank=True)
    introduced_on = models.DateField(_("introduced to their team"), null=True, blank=True)
    shadow_from = models.DateField(_("shadowing from"), null=True, blank=True)
    shadow_until = models.DateField(_("shadowing until"), null=True, blank=True)
    offered_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    launch_results = models.TextField(_("launch results"), blank=True)
    results_added_at = models.DateTimeField(null=True)
    results_confirmed_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=models.Q(state__in=[s.value for s in UNFINISHED_HANDOFFS]),
                name="handoff_one_unfinished",
            ),
            models.CheckConstraint(condition=models.Q(state__in=HandoffState.values), name="handoff_state_known"),
            models.CheckConstraint(condition=~models.Q(giver=models.F("receiver")), name="handoff_between_two"),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(accepted_at__isnull=False),
                name="handoff_accepted_has_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["receiver", "due_at"],
                condition=models.Q(state__in=[s.value for s in OPEN_HANDOFFS]),
                name="handoff_open_of_receiver",
            ),
            models.Index(
                fields=["giver"],
                condition=models.Q(state__in=[s.value for s in OPEN_HANDOFFS]),
                name="handoff_open_of_giver",
            ),
            models.Index(fields=["organization", "-created_at"], name="handoff_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class HandoffItem(models.Model):
    """One subject of a handoff: what was gathered by itself, what the giver added, whether it is settled."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=150)
    gathered = models.JSONField(default=list, help_text="Lines found in the hub: label, value, url, field_class.")
    gathered_at = models.DateTimeField(null=True)
    note = models.TextField(_("note"), blank=True)
    is_settled = models.BooleanField(_("complete"), default=False, help_text="The giver stands by it.")
    read_at = models.DateTimeField(null=True, help_text="When the receiver had read it.")
    place = models.PositiveSmallIntegerField(default=0)

    objects = HandoffPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["handoff", "key"], name="handoff_item_once")]

    def __str__(self) -> str:
        return self.title


class HandoffReturn(models.Model):
    """A handoff that came back: why, and which items were wanting. Added to, never changed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="returns")
    reasons = models.TextField()
    items = models.JSONField(default=list, help_text="Keys of the items that were wanting.")
    returned_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()

    objects = HandoffPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["returned_at", "id"]

    def __str__(self) -> str:
        return self.reasons[:60]
