"""Exports: whole lists as files, wanted by a person and written by a worker."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from accounts.export_choices import OPEN, ExportFormat, ExportState
from accounts.models.people import User
from accounts.querysets import OwnedQuerySet
from common.models import PublicModel, StoredFile


class Export(PublicModel):
    """A list as a file: `what` names it (accounts/exportables.py), `subject` says of what, `query` as an address does.

    Its maker alone sees it. `rows` are those written so far; `beat_at` is when its worker last said that it is alive.
    `attempts` numbers the tries: a worker that was passed over sees that it is no longer its turn.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    what = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=200)
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat.choices)
    query = models.TextField(blank=True)
    language = models.CharField(max_length=20, default="en")
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    size = models.PositiveBigIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    failure = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at", "-id"], name="export_of_person"),
            models.Index(fields=["state", "beat_at"], condition=models.Q(state__in=OPEN), name="export_open"),
            models.Index(fields=["created_at"], name="export_by_age"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ExportState.values), name="export_state_known"),
            models.CheckConstraint(condition=models.Q(format__in=ExportFormat.values), name="export_format_known"),
            # Asked for twice while it is being made, it is made once.
            models.UniqueConstraint(
                "user",
                "what",
                "subject",
                "format",
                MD5("query"),
                condition=models.Q(state__in=OPEN),
                name="export_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """It waits or is being written."""
        return self.state in OPEN

    def is_kept(self, now: datetime) -> bool:
        """There is a file to fetch."""
        return self.state == ExportState.DONE and self.file_id is not None and (self.expires_at or now) > now
