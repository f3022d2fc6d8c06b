"""Runs of plays: a known answer to a situation, with its steps as tasks and its outcome."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from partners.models.organizations import Organization
from partners.querysets import ScopedQuerySet


class PlayRun(PublicModel):
    """One run of a play on an organization, by the version of the plays that it began with. One of a kind at a time."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="play_runs")
    play = models.CharField(max_length=60)
    title = models.CharField(max_length=150)
    policy_version = models.PositiveIntegerField()
    reason = models.TextField(_("what happened"))
    started_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_on = models.DateField(help_text="The organization's local day, from which steps are counted.")
    outcome = models.CharField(max_length=40, blank=True)
    outcome_note = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "play"],
                condition=models.Q(ended_at__isnull=True),
                name="play_run_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, outcome="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(outcome="")),
                name="play_run_ends_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.title
