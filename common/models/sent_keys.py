"""What was sent once, so that it is not done twice (ADR 0016)."""

from typing import ClassVar

from django.db import models


class SentKey(models.Model):
    """One sending of a form or of a call that makes something, by its sender's key.

    `fingerprint` is the SHA-256 of what was sent; `result` says where what it made is found, never what it holds.
    """

    user_id = models.BigIntegerField()
    key = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=64)
    result = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user_id", "key"], name="sent_key_once")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="sent_key_age")]

    def __str__(self) -> str:
        return self.key
