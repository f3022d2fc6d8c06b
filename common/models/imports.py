"""Runs of the CSV import: what came in, how its columns were read, what happened to each row."""

from typing import ClassVar

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


class ImportRun(PublicModel):
    """One file on its way in. `errors` holds the first ones for the page; rejected rows are a file to download."""

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
    rows_done = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known")
        ]
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="import_newest")]

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
