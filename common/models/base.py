"""Base classes for rows; no business meaning lives here."""

from django.db import models

from common.ids import uuid7


class PublicModel(models.Model):
    """A row with a bigint identity inside and a UUIDv7 outside (ADR 0001)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True


class Timestamped(models.Model):
    """When a row was made and last changed, in UTC."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class ImmutableUnaccent(models.Func):
    """`hub_unaccent(text)`: an IMMUTABLE wrapper of unaccent, which alone may stand in a generated column."""

    function = "hub_unaccent"
    output_field = models.TextField()
