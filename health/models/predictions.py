"""Predictions of loss: each training with its model as numbers and its figures, and what it says of organizations."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from health.prediction_choices import TrainingState, Verdict
from partners.choices import OrganizationKind
from partners.models import Organization
from partners.querysets import ScopedQuerySet


class Training(PublicModel):
    """What was learned from the past of one kind of organization, and how well it would have told (ADR 0028).

    `model` are numbers that anybody can calculate with, never code; it is empty where the verdict is silence. `figures`
    holds the backtest: its cut-offs, bins of calibration, intervals. `as_of` is the last day that its labels know.
    """

    kind = models.CharField(max_length=10, choices=OrganizationKind.choices)
    state = models.CharField(max_length=7, choices=TrainingState.choices, default=TrainingState.RUNNING)
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict.choices, blank=True)
    as_of = models.DateField(null=True)
    horizon_days = models.PositiveSmallIntegerField()
    organizations = models.PositiveIntegerField(default=0)
    losses = models.PositiveIntegerField(default=0)
    auc = models.FloatField(null=True)
    brier = models.FloatField(null=True)
    base_brier = models.FloatField(null=True)
    figures = models.JSONField(default=dict)
    features = models.JSONField(default=list)
    model = models.JSONField(default=dict)
    code_version = models.CharField(max_length=40)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    started_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=TrainingState.values), name="training_state_known"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="training_verdict_known"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(verdict=""), name="training_done_has_verdict"),
            models.UniqueConstraint(fields=["kind"], condition=Q(state="running"), name="training_one_under_way"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "-ended_at"], name="training_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.verdict} {self.started_at:%Y-%m-%d}"


class Prediction(models.Model):
    """How likely an organization is to be lost within the horizon, by the latest training; gone where that is silent.

    `reasons` are the contributions that move it most, against the mean of its kind, the largest first.
    """

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.CASCADE, related_name="+")
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="predictions")
    probability = models.DecimalField(max_digits=6, decimal_places=5)
    reasons = models.JSONField(default=list)
    as_of = models.DateField(help_text="The day whose end it was predicted from.")
    made_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-probability", "organization_id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(probability__gte=0) & Q(probability__lte=1), name="prediction_probability_is_one"
            ),
        ]
        indexes: ClassVar = [models.Index(F("probability").desc(), "organization", name="prediction_likeliest")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.probability}"
