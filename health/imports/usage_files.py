"""Files of events, as exports of product analytics write them: CSV, one event a row, read by a mapping."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from common.errors import DomainError

FIELDS = ("organization", "event", "at", "person", "count")
_SECTIONS = ("columns", "constants", "features", "source")


@dataclass(frozen=True, kw_only=True)
class UsageMapping:
    """`columns`: of the file to a field; `constants`: the same for all rows; `features`: an event to its feature.

    `source` is the tool whose external keys name organizations.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


def read_mapping(text: str) -> UsageMapping:
    """What somebody wrote in YAML. Raises DomainError with `field` "mapping"."""
    try:
        # Texts alone: no dates or numbers that could be none.
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise DomainError(_("This is no YAML: %(error)s") % {"error": error}, field="mapping") from error
    if not isinstance(found, dict) or not set(found) <= set(_SECTIONS):
        raise DomainError(_("Expected %(names)s.") % {"names": ", ".join(_SECTIONS)}, field="mapping")
    columns, constants, features = (found.get(name) or {} for name in _SECTIONS[:3])
    for section in (columns, constants, features):
        if not isinstance(section, dict) or not all(isinstance(value, str) for value in section.values()):
            raise DomainError(_("Expected names and what they are."), field="mapping")
    told = [*columns.values(), *constants]
    if unknown := sorted(set(told) - set(FIELDS)):
        raise DomainError(_("There is no field %(name)s.") % {"name": unknown[0]}, field="mapping")
    if missing := [name for name in FIELDS[:3] if name not in told]:
        raise DomainError(_("Nothing says the %(name)s of an event.") % {"name": missing[0]}, field="mapping")
    source = found.get("source") or ""
    return UsageMapping(columns=columns, constants=constants, features=features, source=str(source))


def rows_of(path: Path, mapping: UsageMapping) -> Iterator[dict[str, Any]]:
    """The events of a file, gzip or plain. Raises DomainError where it is none."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        try:
            reader = csv.DictReader(file)
            missing = [name for name in mapping.columns if name not in (reader.fieldnames or ())]
            if missing:
                raise DomainError(_("The file has no column %(name)s.") % {"name": missing[0]}, field="file")
            for cells in reader:
                row: dict[str, Any] = {**mapping.constants}
                row |= {name: cells[column] for column, name in mapping.columns.items() if cells[column]}
                count = row.get("count")
                if isinstance(count, str) and count.isascii() and count.isdecimal():
                    row["count"] = int(count)
                yield row
        except (csv.Error, UnicodeDecodeError, OSError, EOFError) as error:
            raise DomainError(_("This file cannot be read: %(error)s") % {"error": error}, field="file") from error
