"""What a person is told, in the product and by mail."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.querysets import NotificationQuerySet, OwnedQuerySet
from common.models import PublicModel


class Delivery(models.TextChoices):
    NONE = "none", _("In the hub only")
    DIGEST = "digest", _("In the daily digest")
    INSTANT = "instant", _("By mail at once")


class Notification(PublicModel):
    """One notice in a person's inbox. Its target is resolved again in the reader's scope when it is opened.

    `key` makes a notice unique per person, so that a task that runs twice tells nobody twice.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=500, blank=True)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_inbox"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationPreference(models.Model):
    """How a person wants to be told of one kind of notice; without a row the kind's default holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=40)
    delivery = models.CharField(max_length=10, choices=Delivery.choices)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_preference_once"),
            models.CheckConstraint(
                condition=models.Q(delivery__in=Delivery.values), name="notification_preference_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delivery}"
