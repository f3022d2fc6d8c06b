"""Growth: opportunities, renewals with their three verdicts, and every change of yearly revenue."""

from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.growth_choices import (
    OPEN_STAGES,
    AutopsyState,
    OpportunityKind,
    OpportunityStage,
    Readiness,
    RenewalState,
    RevenueKind,
    Verdict,
)
from partners.growth_querysets import CommercialQuerySet, OpportunityQuerySet, RenewalQuerySet
from partners.models.losses import Loss
from partners.models.organizations import Organization

_MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


@pghistory.track(exclude=["updated_at"])
class Opportunity(PublicModel, Timestamped):
    """A chance to sell more. `amount` is what it would bring a year, in `currency`; `probability` in percent."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="opportunities")
    kind = models.CharField(_("kind"), max_length=12, choices=OpportunityKind.choices, default=OpportunityKind.UPSELL)
    title = models.CharField(_("title"), max_length=200)
    stage = models.CharField(
        _("stage"), max_length=10, choices=OpportunityStage.choices, default=OpportunityStage.IDENTIFIED
    )
    amount = models.DecimalField(_("value a year"), **_MONEY)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    probability = models.PositiveSmallIntegerField(_("probability, percent"), default=10)
    expected_on = models.DateField(_("expected"))
    owner = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="opportunities",
        verbose_name=_("sales owner"),
    )
    readiness = models.CharField(
        _("technical readiness"), max_length=10, choices=Readiness.choices, default=Readiness.UNKNOWN
    )
    business_case = models.TextField(_("business case"), blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    outcome_note = models.CharField(_("how it ended"), max_length=300, blank=True)
    closed_on = models.DateField(_("closed on"), null=True)
    closed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=60, blank=True, help_text="The file or program it came from; else a person.")
    external_key = models.CharField(_("external key"), max_length=120, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["expected_on", "id"]
        verbose_name_plural = "opportunities"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="opportunity_external_key_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=OpportunityKind.values), name="opportunity_kind_known"),
            models.CheckConstraint(condition=Q(stage__in=OpportunityStage.values), name="opportunity_stage_known"),
            models.CheckConstraint(condition=Q(readiness__in=Readiness.values), name="opportunity_readiness_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="opportunity_amount_positive"),
            models.CheckConstraint(condition=Q(probability__lte=100), name="opportunity_probability_percent"),
            models.CheckConstraint(
                condition=Q(stage__in=OPEN_STAGES, closed_on__isnull=True)
                | (~Q(stage__in=OPEN_STAGES) & Q(closed_on__isnull=False)),
                name="opportunity_closed_has_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "expected_on"], name="opportunity_of_organization"),
            models.Index(
                fields=["expected_on", "id"],
                condition=Q(stage__in=OPEN_STAGES, archived_at__isnull=True),
                name="opportunity_open_by_day",
            ),
            models.Index(fields=["closed_on", "id"], condition=Q(closed_on__isnull=False), name="opportunity_closed"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(exclude=["updated_at"])
class Renewal(PublicModel, Timestamped):
    """A contract to be renewed on `due_on`; `notice_on` is the last day to give notice. `amount` is a year's value.

    Three verdicts stand beside each other: the machine's (with its reason), the owner's and the partner's own.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="renewals")
    due_on = models.DateField(_("due"))
    notice_on = models.DateField(_("notice until"), null=True, blank=True)
    amount = models.DecimalField(_("value a year"), **_MONEY)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    owner = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="renewals", verbose_name=_("owner")
    )
    machine_verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    machine_reason = models.JSONField(default=list)
    machine_at = models.DateTimeField(null=True)
    owner_verdict = models.CharField(_("owner's verdict"), max_length=8, choices=Verdict.choices, blank=True)
    owner_note = models.CharField(_("why"), max_length=300, blank=True)
    owner_at = models.DateTimeField(null=True)
    partner_verdict = models.CharField(_("what they say"), max_length=8, choices=Verdict.choices, blank=True)
    partner_note = models.CharField(_("their words"), max_length=300, blank=True)
    partner_at = models.DateTimeField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=RenewalState.choices, default=RenewalState.OPEN)
    renewed_amount = models.DecimalField(_("renewed at"), null=True, **_MONEY)
    closed_on = models.DateField(_("decided on"), null=True)
    closing_note = models.CharField(_("how it ended"), max_length=300, blank=True)
    asked_on = models.DateField(null=True, help_text="When its owner was last asked for a verdict.")
    source = models.CharField(max_length=60, blank=True, help_text="The file or program it came from; else a person.")
    external_key = models.CharField(_("external key"), max_length=120, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RenewalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "due_on"], condition=Q(state="open"), name="renewal_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="renewal_external_key_once"
            ),
            models.CheckConstraint(condition=Q(state__in=RenewalState.values), name="renewal_state_known"),
            models.CheckConstraint(
                condition=Q(
                    machine_verdict__in=["", *Verdict.values],
                    owner_verdict__in=["", *Verdict.values],
                    partner_verdict__in=["", *Verdict.values],
                ),
                name="renewal_verdicts_known",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="renewal_amount_positive"),
            models.CheckConstraint(
                condition=Q(notice_on__isnull=True) | Q(notice_on__lte=models.F("due_on")), name="renewal_notice_before"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | (~Q(state="open") & Q(closed_on__isnull=False)),
                name="renewal_closed_has_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "due_on"], name="renewal_of_organization"),
            models.Index(fields=["due_on", "id"], condition=Q(state="open"), name="renewal_open_by_day"),
        ]

    def __str__(self) -> str:
        return str(self.due_on)


class RevenueChange(PublicModel):
    """From `on` (local day) on, a year brings `amount` more (less, if negative). Added to, never changed.

    `source_type` and `source_id` name what brought it: an opportunity, a renewal, a loss, a correction by hand.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="revenue_changes")
    on = models.DateField()
    kind = models.CharField(max_length=11, choices=RevenueKind.choices)
    amount = models.DecimalField(**_MONEY)
    currency = models.CharField(max_length=3, default="USD")
    note = models.CharField(max_length=300, blank=True)
    source_type = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = CommercialQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=RevenueKind.values), name="revenue_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "on"], name="revenue_of_organization"),
            models.Index(fields=["on", "id"], name="revenue_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.amount}"


@pghistory.track(exclude=["updated_at"])
class LossAutopsy(PublicModel, Timestamped):
    """What a loss teaches. `findings` is drafted from what the hub knows; `lessons` are a person's words."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    loss = models.OneToOneField(Loss, on_delete=models.PROTECT, related_name="autopsy")
    findings = models.JSONField(default=list)
    lessons = models.TextField(_("what we learn from it"), blank=True)
    state = models.CharField(max_length=5, choices=AutopsyState.choices, default=AutopsyState.DRAFT)
    drafted_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommercialQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-drafted_at", "-id"]
        verbose_name_plural = "loss autopsies"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=AutopsyState.values), name="autopsy_state_known")
        ]

    def __str__(self) -> str:
        return f"autopsy of {self.loss_id}"
