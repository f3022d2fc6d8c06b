"""Reports that people keep under a name, and when they want them by mail."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import PublicModel
from reports.choices import Attachment, Every, PausedBy, Sharing
from reports.querysets import ReportSubscriptionQuerySet, SavedReportQuerySet


class SavedReport(PublicModel):
    """A report with its period and filters, as the query string of its page: a question without its answer.

    A relative period ("last-quarter") moves with the day. Whoever opens it reads their own scope.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_reports")
    name = models.CharField(_("name"), max_length=80)
    report = models.CharField(max_length=60, help_text="Its id in the policy pack.")
    query = models.TextField(blank=True)
    sharing = models.CharField(_("shared with"), max_length=10, choices=Sharing.choices, default=Sharing.NOBODY)
    team_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SavedReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_report_name_once"),
            models.CheckConstraint(condition=Q(sharing__in=Sharing.values), name="saved_report_sharing_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sharing"], condition=~Q(sharing=Sharing.NOBODY), name="saved_report_shared")
        ]

    def __str__(self) -> str:
        return self.name


class ReportSubscription(PublicModel):
    """A report that comes by mail: a saved one, or one of the gallery with filters of its own.

    `day` is the weekday (1 is Monday), the day of the month or of the quarter; one that a month lacks is its last.
    `hour` is of the reader's zone; `zone` is the one that `next_at` was worked out in. `last_slot` is the moment that
    the last mail was meant for, `last_sent_at` when one was last queued, also by hand.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="report_subscriptions")
    set_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    saved = models.ForeignKey(SavedReport, null=True, on_delete=models.CASCADE, related_name="subscriptions")
    report = models.CharField(max_length=60, blank=True)
    query = models.TextField(blank=True)
    every = models.CharField(_("how often"), max_length=10, choices=Every.choices, default=Every.WEEK)
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    hour = models.PositiveSmallIntegerField(_("hour"), default=8)
    attachment = models.CharField(_("file"), max_length=10, choices=Attachment.choices, default=Attachment.NONE)
    is_active = models.BooleanField(_("active"), default=True)
    paused_by = models.CharField(max_length=12, choices=PausedBy.choices, blank=True)
    zone = models.CharField(max_length=64)
    next_at = models.DateTimeField(null=True)
    last_slot = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = ReportSubscriptionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(saved__isnull=False, report="", query="") | Q(saved__isnull=True) & ~Q(report=""),
                name="report_subscription_of_one",
            ),
            models.CheckConstraint(condition=Q(hour__lte=23), name="report_subscription_hour"),
            models.CheckConstraint(
                condition=Q(every=Every.WEEK, day__range=(1, 7))
                | Q(every=Every.MONTH, day__range=(1, 31))
                | Q(every=Every.QUARTER, day__range=(1, 92)),
                name="report_subscription_day",
            ),
            models.CheckConstraint(
                condition=Q(attachment__in=Attachment.values), name="report_subscription_file_known"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, paused_by="", next_at__isnull=False)
                | Q(is_active=False, paused_by__in=PausedBy.values, next_at__isnull=True),
                name="report_subscription_paused_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(is_active=True), name="report_subscription_due")
        ]

    def __str__(self) -> str:
        return f"{self.every} {self.day}, {self.hour}:00"
