"""Success plans: what both sides want to reach, by when, measured where the hub measures."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models.organizations import Organization
from partners.plan_choices import ObjectiveDirection, ObjectiveState, PlanState
from partners.querysets import ScopedQuerySet


@pghistory.track(exclude=["updated_at", "withheld"])
class SuccessPlan(PublicModel, Timestamped):
    """A plan made from `template` of the pack "success_plans" as of `policy_version`; its tasks are ordinary ones.

    `withheld`: ids of the tasks that left the portal with the plan, and come back with it; None until it first left.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="success_plans")
    template = models.CharField(max_length=40)
    policy_version = models.PositiveIntegerField(null=True)
    title = models.CharField(_("title"), max_length=200)
    goal = models.TextField(_("goal"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    owner = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="success_plans", verbose_name=_("owner")
    )
    state = models.CharField(_("state"), max_length=9, choices=PlanState.choices, default=PlanState.DRAFT)
    is_shared = models.BooleanField(_("shown in the portal"), default=False)
    withheld = ArrayField(models.BigIntegerField(), null=True, blank=True, editable=False)
    closing_note = models.CharField(_("how it ended"), max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="plan_forward"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-starts_on"], name="plan_of_organization"),
            models.Index(fields=["owner", "ends_on"], condition=Q(state="active"), name="plan_active_of_owner"),
            models.Index(fields=["ends_on", "id"], condition=Q(state="active"), name="plan_active_by_day"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(exclude=["updated_at", "value", "measured_at"])
class Objective(PublicModel, Timestamped):
    """One thing to reach. With `metric` set its value is measured and nobody ticks it; `value` is the last one known.

    `gain` is what reaching it is worth a year, in `currency`.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="objectives")
    place = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("objective"), max_length=200)
    measure = models.CharField(_("measured by"), max_length=200, blank=True)
    metric = models.CharField(_("metric"), max_length=40, blank=True)
    direction = models.CharField(
        max_length=4, choices=ObjectiveDirection.choices, default=ObjectiveDirection.MORE, verbose_name=_("direction")
    )
    baseline = models.DecimalField(_("from"), max_digits=20, decimal_places=6, null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=6, null=True, blank=True)
    value = models.DecimalField(_("now"), max_digits=20, decimal_places=6, null=True)
    measured_at = models.DateTimeField(null=True)
    target_on = models.DateField(_("by"))
    gain = models.DecimalField(_("worth a year"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ObjectiveState.choices, default=ObjectiveState.OPEN)
    achieved_on = models.DateField(null=True)
    closing_note = models.CharField(_("how it ended"), max_length=300, blank=True)
    is_shared = models.BooleanField(_("shown in the portal"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ObjectiveState.values), name="objective_state_known"),
            models.CheckConstraint(condition=Q(direction__in=ObjectiveDirection.values), name="objective_way_known"),
            models.CheckConstraint(
                condition=Q(state="achieved", achieved_on__isnull=False)
                | (~Q(state="achieved") & Q(achieved_on__isnull=True)),
                name="objective_achieved_has_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["metric", "organization"], condition=Q(state="open"), name="objective_measured")
        ]

    def __str__(self) -> str:
        return self.title
