"""Policy that is being written on pages: one working copy of a pack, shared by all who write it."""

from django.db import models


class PolicyWorkingCopy(models.Model):
    """What will be the next version of a pack. It may be faulty until it is published.

    `base_version` is the version that it began with, `version` counts the changes of the copy itself. `before` is the
    body before the last change, and None where there is nothing to take back.
    """

    name = models.CharField(max_length=60, unique=True)
    body = models.JSONField()
    before = models.JSONField(null=True)
    base_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    edited_by_id = models.BigIntegerField(null=True)
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "policy working copies"

    def __str__(self) -> str:
        return f"{self.name}, from v{self.base_version}"
