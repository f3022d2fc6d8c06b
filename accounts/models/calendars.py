"""Working calendars: immutable versions, each in force from an instant (sla.md R12)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import StaffReadableQuerySet
from common.models import PublicModel


class WorkCalendar(PublicModel):
    """A named calendar; its hours live in versions."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """Hours as they are from `effective_at` on. Never changed after it was written.

    `weekly`: {"mon": [["09:00", "17:00"]], ...}; `special_days` and `breaks`: {"2026-12-24": [["09:00", "12:00"]]};
    `extra_holidays` and `removed_holidays`: local dates beside those of `country` and `subdivision`.
    """

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_at = models.DateTimeField()
    timezone = models.CharField(_("time zone"), max_length=64)
    country = models.CharField(_("country"), max_length=2, blank=True)
    subdivision = models.CharField(_("subdivision"), max_length=10, blank=True)
    weekly = models.JSONField(default=dict)
    special_days = models.JSONField(default=dict)
    breaks = models.JSONField(default=dict)
    extra_holidays = models.JSONField(default=list)
    removed_holidays = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["calendar", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} v{self.number}"
