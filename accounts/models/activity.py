"""The audit trail: append-only, sealed into a hash chain afterwards (ADR 0007)."""

from typing import ClassVar

from django.db import models

from accounts.querysets import ActivityQuerySet
from common.ids import uuid7


class Activity(models.Model):
    """Who did what to which object, when, from where. Partitioned by month of `at`; the application cannot change it.

    `changes` holds {"field": [before, after]} for the fields that matter; targets are plain (type, id) pairs.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid7, editable=False)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)
    via = models.CharField(max_length=10, default="web", help_text="web, api, admin, task, command or import")
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField(null=True)
    target_name = models.CharField(max_length=200, blank=True)
    organization_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return f"{self.verb} {self.target_type} {self.target_id}"


class ActivitySeal(models.Model):
    """One link of the chain: the digest of an activity row together with the digest of the link before it.

    `position` counts the links from 1 without a gap; it is not the order of ids, since a transaction that takes long
    commits low ids late (accounts/services/audit.py).
    """

    activity_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    position = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return str(self.activity_id)


class SealMark(models.Model):
    """How far the trail is settled: no row with an id up to `settled_id` can still be added. One row.

    `waiting_id` is the next such id: it counts as settled once every transaction before `waiting_xid` has ended.
    """

    settled_id = models.BigIntegerField(default=0)
    waiting_id = models.BigIntegerField(default=0)
    waiting_xid = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.settled_id)
