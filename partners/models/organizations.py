"""Organizations: partners and customer accounts, one table, one lifecycle."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from common.models import ImmutableUnaccent, PublicModel, Timestamped
from partners.choices import (
    CUSTOMER_STAGES,
    PARTNER_STAGES,
    Dimension,
    MarketSegment,
    OrganizationKind,
    Stage,
)
from partners.querysets import OrganizationQuerySet, ScopedQuerySet, SummaryQuerySet


def stage_rank() -> models.Case:
    """The place of a row's stage in the order of the journeys, as a database expression."""
    places = (models.When(stage=stage.value, then=models.Value(place)) for place, stage in enumerate(Stage))
    return models.Case(*places, default=models.Value(99), output_field=models.SmallIntegerField())


@pghistory.track(exclude=["updated_at", "name_sort", "stage_rank"])
class Organization(PublicModel, Timestamped):
    """A company that we onboard. `version` guards edits; amounts are in `currency`.

    The stage is moved by `services.stages.move` alone; `archived_at` hides without deleting.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=OrganizationKind.choices)
    name = models.CharField(_("name"), max_length=200)
    name_sort = models.GeneratedField(
        expression=Lower(ImmutableUnaccent("name")), output_field=models.TextField(), db_persist=True
    )
    summary = models.TextField(_("summary"), blank=True)
    website = models.URLField(_("website"), blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    via_partner = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="brought", verbose_name=_("through")
    )
    source = models.CharField(max_length=60, blank=True, help_text="Where the record came from, e.g. an import.")
    external_key = models.CharField(_("external key"), max_length=120, blank=True)

    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    stage_rank = models.GeneratedField(
        expression=stage_rank(), output_field=models.SmallIntegerField(), db_persist=True, help_text="Lists sort by it."
    )
    stage_entered_at = models.DateTimeField(_("in this stage since"))
    target_launch_on = models.DateField(_("target launch"), null=True, blank=True)
    launched_on = models.DateField(_("launched"), null=True, blank=True)

    currency = models.CharField(_("currency"), max_length=3, default="USD")
    ccv = models.DecimalField(_("committed contract value"), max_digits=16, decimal_places=2, null=True, blank=True)
    country_lrp = models.DecimalField(
        _("country long-range plan"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    arr = models.DecimalField(_("annual recurring revenue"), max_digits=16, decimal_places=2, null=True, blank=True)
    market_segment = models.CharField(_("market segment"), max_length=20, choices=MarketSegment.choices, blank=True)
    edition = models.CharField(_("edition"), max_length=60, blank=True)
    deployment = models.CharField(_("deployment"), max_length=60, blank=True)
    licenses = models.PositiveIntegerField(_("licenses"), null=True, blank=True)
    expected_adoption = models.PositiveSmallIntegerField(_("expected adoption, percent"), null=True, blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name_sort", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind=OrganizationKind.PARTNER, stage__in=[s.value for s in PARTNER_STAGES])
                | models.Q(kind=OrganizationKind.CUSTOMER, stage__in=[s.value for s in CUSTOMER_STAGES]),
                name="organization_stage_of_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(via_partner__isnull=True) | models.Q(kind=OrganizationKind.CUSTOMER),
                name="organization_only_customers_come_through",
            ),
            models.CheckConstraint(
                condition=models.Q(market_segment__in=["", *MarketSegment.values]),
                name="organization_market_segment_known",
            ),
            models.CheckConstraint(condition=models.Q(expected_adoption__lte=100), name="organization_adoption_pct"),
            models.UniqueConstraint(
                fields=["source", "external_key"],
                condition=~models.Q(external_key=""),
                name="organization_external_key_once",
                violation_error_message=_("Another organization has this key of this source."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["name_sort", "id"], condition=models.Q(archived_at__isnull=True), name="organization_by_name"
            ),
            models.Index(
                fields=["kind", "stage", "name_sort", "id"],
                condition=models.Q(archived_at__isnull=True),
                name="organization_by_stage",
            ),
            models.Index(
                fields=["stage_rank", "name_sort", "id"],
                condition=models.Q(archived_at__isnull=True),
                name="organization_by_stage_rank",
            ),
            models.Index(
                fields=["-stage_entered_at", "-id"],
                condition=models.Q(archived_at__isnull=True),
                name="organization_by_stage_age",
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(archived_at__isnull=True),
                name="organization_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationFacts(models.Model):
    """Derived facts, one row an organization, outside its edit version: recomputing conflicts with nobody.

    Each classification keeps the policy version and the receipt (rule code and the figures) it was computed by.
    """

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.CASCADE, related_name="facts")
    partner_tier = models.PositiveSmallIntegerField(null=True)
    arr_segment = models.CharField(max_length=20, blank=True)
    engagement_tier = models.PositiveSmallIntegerField(null=True)
    gemstone = models.CharField(max_length=20, blank=True)
    receipts = models.JSONField(default=dict)
    policy_versions = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True)
    last_interaction_at = models.DateTimeField(null=True)
    last_two_way_at = models.DateTimeField(null=True)
    tasks_total = models.PositiveIntegerField(default=0, help_text="Of the present stage, skipped ones left out.")
    tasks_done = models.PositiveIntegerField(default=0)
    next_task_due_on = models.DateField(null=True)
    next_touchpoint_on = models.DateField(null=True)
    launch_p50_on = models.DateField(null=True)
    launch_p80_on = models.DateField(null=True)
    risk = models.CharField(max_length=6, blank=True, help_text="Of the forecast; empty where there is none.")
    # Written by health alone: the band with its reason (a code and its figures), by the scorecard of kind and stage.
    health_band = models.CharField(
        max_length=6, blank=True, db_default="", help_text="Empty where nothing has been computed."
    )
    health_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    health_coverage = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    health_moved = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    health_reason = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    health_changed_on = models.DateField(null=True, help_text="The day since which the band is what it is.")
    health_at = models.DateTimeField(null=True)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "organization facts"
        indexes: ClassVar = [
            models.Index(fields=["gemstone"], name="facts_gemstone"),
            models.Index(fields=["partner_tier"], name="facts_partner_tier"),
            models.Index(fields=["last_interaction_at"], name="facts_last_interaction"),
            models.Index(fields=["risk"], condition=models.Q(risk__in=["medium", "high"]), name="facts_at_risk"),
            models.Index(fields=["health_band"], name="facts_health_band"),
        ]

    def __str__(self) -> str:
        return str(self.organization_id)


class ClassificationOverride(models.Model):
    """A tier, segment or gemstone set by hand: by whom, why, from when until when."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="overrides")
    dimension = models.CharField(max_length=20, choices=Dimension.choices)
    value = models.CharField(max_length=20)
    reason = models.TextField()
    set_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "dimension"],
                condition=models.Q(ended_at__isnull=True),
                name="override_one_in_force",
            ),
            models.CheckConstraint(condition=models.Q(dimension__in=Dimension.values), name="override_dimension_known"),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value}"


class StagePeriod(models.Model):
    """One stay of an organization in a stage: since when, until when, how it ended. The history of the journey."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="stage_periods")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    moved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["entered_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(left_at__isnull=True), name="stage_period_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("entered_at")),
                name="stage_period_forward",
            ),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="stage_period_known"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.organization_id}"
