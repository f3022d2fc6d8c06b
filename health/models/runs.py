"""The parts of a computation over all organizations: what workers take, one at a time."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from health.models.scores import HealthRun


class RunPart(models.Model):
    """Organizations of a run by a range of their keys. Done in one transaction, which says so: `done_at`."""

    run = models.ForeignKey(HealthRun, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    total = models.PositiveIntegerField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["run_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="health_run_part_once"),
            models.CheckConstraint(condition=Q(last_id__gte=F("first_id")), name="health_run_part_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"
