"""Effects that wait for their turn: written in the transaction that caused them, done by a worker (ADR 0006)."""

from typing import ClassVar

from django.db import models

from common.models.base import PublicModel


class Outbox(PublicModel):
    """One outside effect. `public_id` is its idempotency key and the mail's Message-ID.

    `topic` names a handler registered with `common.outbox.handler`; `payload` holds ids, never bodies.
    """

    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    organization_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    available_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True, help_text="After six tries; an admin sees and replays it.")
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "outbox"
        indexes: ClassVar = [
            models.Index(
                fields=["available_at", "id"],
                condition=models.Q(done_at__isnull=True, set_aside_at__isnull=True),
                name="outbox_waiting",
            ),
            models.Index(
                fields=["set_aside_at"], condition=models.Q(set_aside_at__isnull=False), name="outbox_set_aside"
            ),
            models.Index(fields=["done_at"], condition=models.Q(done_at__isnull=False), name="outbox_done"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.public_id}"


class Lease(models.Model):
    """Who runs a periodic job now; one holder at a time, released by time."""

    name = models.CharField(max_length=80, unique=True)
    holder = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Occurrence(models.Model):
    """One slot of a periodic job that has run: (job, slot) is unique, so a slot never runs twice."""

    job = models.CharField(max_length=80)
    slot = models.CharField(max_length=40)
    finished_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "slot"], name="occurrence_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"
