"""Features of the product, and which organization uses which."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from health.querysets import CatalogQuerySet
from partners.models import Organization
from partners.querysets import ScopedQuerySet


class Feature(PublicModel, Timestamped):
    """One feature of the product. Below `used_from` uses a week it counts as underused."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    module = models.CharField(_("module"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True)
    used_from = models.PositiveIntegerField(_("used from, times a week"), default=3)
    released_on = models.DateField(_("released"), null=True, blank=True)
    retired_on = models.DateField(_("retired"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["module", "name", "id"]

    def __str__(self) -> str:
        return self.name


class FeatureUse(models.Model):
    """How often an organization used a feature in the week that begins on a Monday, and by how many people."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+")
    week_on = models.DateField()
    uses = models.PositiveIntegerField()
    people = models.PositiveIntegerField(null=True)
    source = models.ForeignKey("health.SampleSource", on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-week_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "feature", "week_on", "source"], name="feature_use_once"),
            models.CheckConstraint(condition=models.Q(week_on__iso_week_day=1), name="feature_use_week_begins_monday"),
        ]
        indexes: ClassVar = [models.Index(fields=["feature", "week_on"], name="feature_use_of_week")]

    def __str__(self) -> str:
        return f"{self.feature_id} {self.week_on} {self.uses}"
