"""What is measured of an organization: metrics, where samples come from, the samples, and what is known last."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from health.choices import Combine, Direction, SourceKind
from health.querysets import CatalogQuerySet, SampleQuerySet
from partners.models import Organization
from partners.querysets import ScopedQuerySet


class Metric(models.Model):
    """A metric of the pack "metrics" under a short key for its samples; what they mean does not change once used.

    Label, rhythm and bounds are those of the pack in force; `unit`, `direction` and `combine` as they were first.
    """

    id = models.SmallAutoField(primary_key=True)
    key = models.SlugField(max_length=60, unique=True)
    unit = models.CharField(max_length=20)
    direction = models.CharField(max_length=4, choices=Direction.choices)
    combine = models.CharField(max_length=4, choices=Combine.choices)
    is_commercial = models.BooleanField(default=False, help_text="Read by those who read commercial fields.")
    is_retired = models.BooleanField(default=False, help_text="Not in the pack any longer; its samples stay.")

    objects = CatalogQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(direction__in=Direction.values), name="metric_direction_known"),
            models.CheckConstraint(condition=models.Q(combine__in=Combine.values), name="metric_combine_known"),
        ]

    def __str__(self) -> str:
        return self.key


class SampleSource(models.Model):
    """Where samples come from: the hub itself, a feed by name, a file. Part of the identity of a sample."""

    id = models.SmallAutoField(primary_key=True)
    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=7, choices=SourceKind.choices)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=SourceKind.values), name="sample_source_kind_known"),
        ]

    def __str__(self) -> str:
        return self.key


class Sample(models.Model):
    """One value of a metric at an instant, added and never changed; partitioned by month (ADR 0008, 0027).

    `received_at` says since when it is known: a day that has passed is computed from what was known then. Its keys are
    plain numbers: fifty million checks of references are not worth what they cost, and nothing is ever deleted.
    """

    pk = models.CompositePrimaryKey("organization_id", "metric_id", "at", "source_id")
    organization = models.ForeignKey(
        Organization, db_constraint=False, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    metric = models.ForeignKey(Metric, db_constraint=False, db_index=False, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    source = models.ForeignKey(
        SampleSource, db_constraint=False, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    value = models.DecimalField(max_digits=20, decimal_places=6)
    received_at = models.DateTimeField()

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.at:%Y-%m-%d} {self.value}"


class MetricHead(models.Model):
    """What is known of a metric of an organization: since when there are samples, and the last one. Kept by ingest.

    Written anew with every sample: its pages keep room for that, and no index that has to follow is more than needed.
    """

    # The unique pair begins with the organization, and metrics are never deleted.
    organization = models.ForeignKey(Organization, db_index=False, on_delete=models.PROTECT, related_name="+")
    metric = models.ForeignKey(Metric, db_index=False, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_value = models.DecimalField(max_digits=20, decimal_places=6)
    samples = models.BigIntegerField(default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "metric"], name="metric_head_once"),
            models.CheckConstraint(condition=models.Q(last_at__gte=models.F("first_at")), name="metric_head_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.last_value}"


class Entitlement(models.Model):
    """How much of a metric an organization has bought, from a day until another (open-ended without one)."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="entitlements")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=6)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(max_length=60, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "metric", "starts_on"], name="entitlement_once_a_day"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="entitlement_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="entitlement_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.amount}"
