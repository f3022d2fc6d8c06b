"""Runs of the CSV import: what came in, how its columns were read, what happened to each row."""

from typing import Any, ClassVar, Self

from django.db import models

from common.models.base import PublicModel
from common.models.files import StoredFile


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Uploaded"
    CHECKING = "checking", "Checking"
    CHECKED = "checked", "Checked"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    UNDOING = "undoing", "Undoing"
    UNDONE = "undone", "Undone"


# A worker is at it, or will be.
WORKING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
# Its mapping may still be changed.
OPEN = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)

# How kinds begin whose runs belong to the desk.
TICKETS = "tickets_"
# Files of samples, for whoever works on the organizations that they name.
SAMPLES = "samples"


class ImportRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """Imports are seen by those who may import, everybody else's too: what came in is nobody's own."""
        rows = self.exclude(kind__startswith=TICKETS).exclude(kind=SAMPLES)
        return rows if actor.has("import_data") else self.none()

    def of_samples_visible_to(self, actor: Any) -> Self:
        """Files of samples: one's own, and everybody's for those who may import."""
        rows = self.filter(kind=SAMPLES)
        return rows if actor.has("import_data") else rows.filter(actor_id=actor.user_id or 0)

    def of_tickets_visible_to(self, actor: Any) -> Self:
        """Those of tickets, for who looks after support."""
        return self.filter(kind__startswith=TICKETS) if actor.has("manage_support") else self.none()


class ImportRun(PublicModel):
    """One file on its way in. `errors` holds the first ones for the page; rejected rows are a file to download.

    `started_at` is when it was last queued, `attempts` how often a worker has begun: a run whose worker died is queued
    again, and given up after some attempts.
    """

    kind = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    rejected_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField(default=dict)
    skip_bad_rows = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED)
    encoding = models.CharField(max_length=40, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known")
        ]
        indexes: ClassVar = [
            models.Index(fields=["-created_at"], name="import_newest"),
            models.Index(
                fields=["started_at"],
                condition=models.Q(state__in=["checking", "running", "undoing"]),
                name="import_working",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class ImportChange(models.Model):
    """What one row of a run wrote: enough to undo it. `before` is null where the row made the object."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    row = models.PositiveIntegerField()
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["run", "row"], name="import_change_row")]

    def __str__(self) -> str:
        return f"{self.target_type} {self.target_id}"
