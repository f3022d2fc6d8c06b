"""Facts of days, added up from the rows of measures, and marks of the organizations whose rows have changed."""

from typing import ClassVar

from django.db import models

from partners.models import Organization
from partners.querysets import ScopedQuerySet


class DailyFact(models.Model):
    """The rows of a measure of an organization on a day, added up (ADR 0032). Days without rows have no fact.

    `day` is of the installation's reporting zone. Written by the job alone; made anew from nothing at any time.
    """

    pk = models.CompositePrimaryKey("organization_id", "measure", "day")
    organization = models.ForeignKey(
        Organization, db_constraint=False, db_index=False, on_delete=models.CASCADE, related_name="+"
    )
    measure = models.CharField(max_length=40)
    day = models.DateField()
    numerator = models.DecimalField(max_digits=20, decimal_places=6)
    denominator = models.DecimalField(max_digits=20, decimal_places=6)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organization_id", "measure", "day"]
        indexes: ClassVar = [
            models.Index(
                fields=["measure", "day", "organization"],
                include=["numerator", "denominator"],
                name="daily_fact_of_measure",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.day}"


class FactMark(models.Model):
    """An organization whose rows have changed, left by a trigger; taken away by the job that has seen the change.

    Rows are only ever added and taken, so that two who change the same organization do not wait for each other.
    """

    organization = models.ForeignKey(
        Organization, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.organization_id}"
