"""Stored files: server-made names, served through a checked view as attachments only (security.md 11)."""

from django.db import models

from common.models.base import PublicModel


class StoredFile(PublicModel):
    """A file that somebody uploaded or a worker made. `path` is the name within the default storage."""

    path = models.CharField(max_length=200, unique=True)
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    owner_id = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(
        null=True, help_text="When the file went from the disk; what it was is still known."
    )

    def __str__(self) -> str:
        return self.original_name
