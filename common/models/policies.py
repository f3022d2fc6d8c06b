"""Versions of policy packs: policy is data, kept for ever, one version of each pack in force."""

from typing import ClassVar

from django.db import models


class PolicyVersion(models.Model):
    """One immutable version of a pack; `kind` names its parser, `checksum` is the SHA-256 of its canonical JSON."""

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    checksum = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=False)
    loaded_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="policy_version_once"),
            models.UniqueConstraint(fields=["name"], condition=models.Q(is_active=True), name="policy_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
