"""Forecasts of journeys: the latest of each organization, and the runs that compute them all."""

from typing import Any, ClassVar, Self

from django.db import models

from common.models import PublicModel
from partners.models.organizations import Organization
from partners.querysets import ScopedQuerySet
from partners.work_choices import Risk


class Forecast(models.Model):
    """When gates and launch are to be expected, as computed on `as_of`; `receipt` says from what.

    `stages` is a list of {stage, p50, p80} with days in ISO form; `buffer_days` from the P80 date to the target.
    """

    organization = models.OneToOneField(
        Organization, primary_key=True, on_delete=models.CASCADE, related_name="forecast"
    )
    as_of = models.DateField()
    journey_version = models.PositiveIntegerField()
    stages = models.JSONField(default=list)
    launch_p50_on = models.DateField(null=True)
    launch_p80_on = models.DateField(null=True)
    target_on = models.DateField(null=True)
    buffer_days = models.IntegerField(null=True)
    risk = models.CharField(max_length=6, choices=Risk.choices, default=Risk.NONE)
    receipt = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(risk__in=Risk.values), name="forecast_risk_known")
        ]
        indexes: ClassVar = [models.Index(fields=["risk", "buffer_days"], name="forecast_at_risk")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.launch_p80_on}"


class ForecastRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """Runs hold counts alone; those see them who see everything."""
        return self if actor.active_roles & actor.policy.see_all else self.none()


class ForecastRun(PublicModel):
    """One computation of all forecasts, with its progress in organizations."""

    as_of = models.DateField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(
        default=0, help_text="The last organization that is done; a lost run goes on here."
    )
    asked_by_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    calibration = models.JSONField(default=dict)

    objects = ForecastRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["as_of"], condition=models.Q(finished_at__isnull=True), name="forecast_run_one_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.done}/{self.total}"
