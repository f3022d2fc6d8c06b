"""Moments in the queries of the API, whatever offset they are written with."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_filters import IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField


class MomentField(IsoDateTimeField):
    """A moment in UTC. ISO 8601 knows offsets up to a day, PostgreSQL refuses those of sixteen hours and more."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if not isinstance(found, datetime):
            return found
        try:
            return found.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(_("There is no such moment.")) from error


class MomentFilter(IsoDateTimeFilter):
    field_class: type[forms.Field] = MomentField
