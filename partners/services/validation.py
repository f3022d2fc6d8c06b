"""Checks of values that come from outside, whoever brings them: a form, the API or an import."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from common.errors import DomainError


def check_fields(values: Mapping[str, Any], known: Collection[str]) -> None:
    """Raises DomainError for a field that has a use case of its own, or none."""
    if unknown := sorted(values.keys() - set(known)):
        raise DomainError(_("These fields cannot be written: %(names)s.") % {"names": ", ".join(unknown)})


def clean(row: models.Model, fields: Collection[str]) -> None:
    """Check `fields` of a row that is about to be written. Raises DomainError for the first that does not fit."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.concrete_fields} - set(fields))
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(messages[0], field=field) from error
    zone = getattr(row, "timezone", "") if "timezone" in fields else ""
    if zone and not is_zone(zone):
        raise DomainError(_("This time zone is not known."), field="timezone")


def is_zone(name: str) -> bool:
    """Whether this is a time zone of the IANA database."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    """Listing them walks a folder of files: once a process."""
    return frozenset(available_timezones())
