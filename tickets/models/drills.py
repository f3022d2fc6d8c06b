"""Drills: escalations that were played on a ticket only thought of, as they came out."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from common.models import PublicModel
from tickets.choices import Priority
from tickets.drill_querysets import DrillQuerySet


class EscalationDrill(PublicModel):
    """One drill: who played which policy of which version, and what it found. Added to, never changed.

    `queue` is its name then; `outcome` holds every step with the ids of those who would have heard of it
    (selectors/drill_records.py). Of `steps` that tell somebody, `holes` reach nobody.
    """

    played_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    played_at = models.DateTimeField()
    policy = models.CharField(max_length=60)
    policy_version = models.PositiveIntegerField(help_text="Of the pack of service levels.")
    priority = models.CharField(max_length=10, choices=Priority.choices)
    queue = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ticket_number = models.BigIntegerField(null=True, help_text="Whose ticket it was thought to be, if of one.")
    has_teams = models.BooleanField()
    steps = models.PositiveIntegerField()
    holes = models.PositiveIntegerField()
    outcome = models.JSONField()

    objects = DrillQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-played_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(holes__lte=F("steps")), name="drill_holes_are_steps"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="drill_priority_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["-played_at", "-id"], name="drill_newest")]

    def __str__(self) -> str:
        return f"{self.policy} v{self.policy_version}"
