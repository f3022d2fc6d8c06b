"""Proposals that balance the load between people, accepted item by item, each as a handoff; weeks ahead as kept."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.models import PublicModel, Timestamped
from partners.capacity_choices import MoveState, ProposalState
from partners.models.handoffs import Handoff
from partners.models.organizations import Organization
from partners.models.people import Assignment
from partners.querysets import ScopedQuerySet


class ProposalQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """A person's own, and everybody's for those who see everything."""
        return self if actor.active_roles & actor.policy.see_all else self.filter(made_by_id=actor.user_id)


class BalanceProposal(PublicModel, Timestamped):
    """What would even out the hours of those who hold `role`, as computed at `made_at` over eight weeks.

    Asked for at `made_at`, while a worker makes it. A closed one without moves: nothing would have helped.
    """

    role = models.CharField(_("role"), max_length=24)
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=ProposalState.choices, default=ProposalState.OPEN)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_known"),
            models.UniqueConstraint(
                fields=["role", "made_by"],
                condition=Q(state__in=[ProposalState.MAKING.value, ProposalState.OPEN.value]),
                name="proposal_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.made_at}"


class BalanceMove(PublicModel, Timestamped):
    """One organization from one owner to another. `hours` a week; `reason` says why this one and to whom."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(BalanceProposal, on_delete=models.CASCADE, related_name="moves")
    giver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    hours = models.DecimalField(max_digits=5, decimal_places=2)
    reason = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=MoveState.choices, default=MoveState.OPEN)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    handoff = models.ForeignKey(Handoff, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "organization"], name="balance_move_once"),
            models.CheckConstraint(condition=Q(state__in=MoveState.values), name="balance_move_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} to {self.receiver_id}"


class KeptWeeks(models.Model):
    """The minutes that an organization takes of its owner in each week from `monday` on, as the job worked them out.

    They hold in that week, by the versions of policies that `laid_by` names, and while no mark of the organization is
    left (ADR 0039). `renewal_minutes` are those of renewals, beside `minutes`: not everybody reads of them; null where
    there are none.
    """

    assignment = models.OneToOneField(
        Assignment, primary_key=True, db_constraint=False, on_delete=models.CASCADE, related_name="kept_weeks"
    )
    organization = models.ForeignKey(Organization, db_constraint=False, on_delete=models.CASCADE, related_name="+")
    monday = models.DateField()
    laid_by = models.CharField(max_length=80)
    minutes = ArrayField(models.IntegerField())
    renewal_minutes = ArrayField(models.IntegerField(), null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["assignment_id"]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.monday}"


class WeeksMark(models.Model):
    """An organization of which something has changed that its weeks ahead stand on, left by a trigger.

    Taken away by the job that has seen the change. Rows are only ever added and taken, so that two who change the same
    organization do not wait for each other.
    """

    organization = models.ForeignKey(
        Organization, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.organization_id}"
