"""Files of samples: long ones name a metric in each row, wide ones have a column for each metric."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings
from django.utils.translation import gettext as _

from common.csvio import CsvShape, read_rows
from common.errors import DomainError
from common.export import BOM, guarded
from health.rules.sample_reading import NoNumber
from partners.rules.import_values import BadCell, Options, as_day, unguarded

FIELDS = ("organization", "metric", "at", "value", "unit")
_NEEDED = ("organization", "at")
_SECTIONS = ("columns", "constants", "source", "zone", "decimal", "date_order")
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "organization": (
        *("organization", "organization key", "external key", "customer id", "account id", "customer", "account"),
        *("partner", "company", "name"),
    ),
    "metric": ("metric", "measure", "kpi", "key"),
    "at": ("at", "timestamp", "time", "date", "day", "week", "month", "datetime", "instant"),
    "value": ("value", "amount", "reading"),
    "unit": ("unit",),
}
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class SampleMapping:
    """`columns`: of the file to a field, or to a metric (wide). `constants`: a field to its text in all rows.

    `source` is the tool whose external keys name organizations; without it keys of any tool and names do. A day without
    a time, or a time without an offset, is of `zone`.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    zone: str = ""
    decimal: str = "."
    date_order: str = "YMD"

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"columns": dict(self.columns), "constants": dict(self.constants)}
        return data | {name: getattr(self, name) for name in _SECTIONS[2:]}

    def as_text(self) -> str:
        """As somebody edits it."""
        said = {name: value for name, value in self.as_data().items() if value}
        return yaml.safe_dump(said, sort_keys=False, allow_unicode=True)


def guessed(columns: Sequence[str], metrics: Collection[str]) -> SampleMapping:
    """What the columns of a file seem to be."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name, aliases in _ALIASES.items():
        for alias in aliases:
            column = next((one for one in columns if _plain(one) == alias and one not in found), None)
            if column is not None and name not in taken:
                found[column] = name
                taken.add(name)
    if "metric" not in taken:
        found = {column: name for column, name in found.items() if name not in ("value", "unit")}
        found |= {one: key for one in columns if (key := _plain(one).replace(" ", "_")) in metrics and one not in found}
    return SampleMapping(columns=found)


def _plain(column: str) -> str:
    return re.sub(r"[\s_-]+", " ", column.strip().lower())


def read_mapping(text: str) -> dict[str, Any]:
    """What somebody wrote in YAML. Raises DomainError with `field` "mapping"."""
    try:
        # Texts alone: no dates or numbers that could be none.
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise DomainError(_("This is no YAML: %(error)s") % {"error": error}, field="mapping") from error
    if not isinstance(found, dict):
        raise DomainError(_("Expected columns and what they are."), field="mapping")
    return found


def mapping_of(data: Mapping[str, Any], *, columns: Sequence[str], metrics: Collection[str]) -> SampleMapping:
    """Check a mapping against the columns of a file. Raises DomainError with `field` "mapping"."""
    if unknown := sorted(set(data) - set(_SECTIONS)):
        raise _wrong(_("%(name)s: expected one of %(names)s") % {"name": unknown[0], "names": ", ".join(_SECTIONS)})
    mapped, constants = (_texts(data.get(name) or {}, name) for name in _SECTIONS[:2])
    for column, name in mapped.items():
        if column not in columns:
            raise _wrong(_("The file has no column %(name)s.") % {"name": column})
        if name not in FIELDS and name not in metrics:
            raise _wrong(_("%(name)s is neither a field nor a metric.") % {"name": name})
    told = [*mapped.values(), *constants]
    if twice := sorted({name for name in told if told.count(name) > 1}):
        raise _wrong(_("Two columns say the %(name)s.") % {"name": twice[0]})
    is_wide = any(name in metrics for name in mapped.values())
    needed = _NEEDED if is_wide else (*_NEEDED, "metric", "value")
    if missing := [name for name in needed if name not in told]:
        raise _wrong(_("No column says the %(name)s.") % {"name": missing[0]})
    if is_wide and {"metric", "value"} & set(told):
        raise _wrong(_("A file has either a column for each metric, or one that names the metric."))
    rest = {name: str(data.get(name) or "") for name in _SECTIONS[2:]}
    _check_rest(rest)
    return SampleMapping(columns=mapped, constants=constants, **{key: value for key, value in rest.items() if value})


def _check_rest(rest: Mapping[str, str]) -> None:
    try:
        ZoneInfo(rest["zone"] or "UTC")
    except (ValueError, KeyError, OSError) as error:
        raise _wrong(_("There is no such time zone.")) from error
    if rest["decimal"] not in ("", ".", ",") or rest["date_order"] not in ("", "YMD", "DMY", "MDY"):
        raise _wrong(_("decimal is . or , and date_order is YMD, DMY or MDY."))


def _texts(found: Any, place: str) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise _wrong(_("%(place)s: expected names and what they are") % {"place": place})
    return {str(name): value for name, value in found.items()}


def _wrong(message: str) -> DomainError:
    return DomainError(message, field="mapping")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A sample as a file says it, with the line and the column that each field of it stands in."""

    row: int
    places: Mapping[str, str]
    said: dict[str, Any]
    problem: str = ""


def cells_of(path: Path, shape: CsvShape, mapping: SampleMapping) -> Iterator[Cell]:
    """The samples of a file. An empty cell of a wide file is no sample. Raises CsvError where it cannot be read."""
    positions = {column: place for place, column in enumerate(shape.columns)}
    columns = {name: column for column, name in mapping.columns.items()}
    metrics = [name for name in columns if name not in FIELDS]
    options = Options(date_order=mapping.date_order, decimal=mapping.decimal)
    zone = ZoneInfo(mapping.zone or settings.TIME_ZONE)
    for line in read_rows(path, shape):
        if line.problem:
            yield Cell(row=line.number, places={}, said={}, problem=line.problem)
            continue
        texts = {name: unguarded(line.cells[positions[column]]).strip() for name, column in columns.items()}
        texts = {**mapping.constants, **texts}
        shared = {"organization": texts["organization"], "at": _instant(texts["at"], zone, options)}
        for metric in metrics:
            if texts[metric]:
                said = {**shared, "metric": metric, "value": _number(texts[metric], options)}
                yield Cell(row=line.number, places=columns | {"value": columns[metric]}, said=said)
        if not metrics:
            said = {**shared, "metric": texts["metric"], "value": _number(texts["value"], options)}
            said |= {"unit": texts["unit"]} if texts.get("unit") else {}
            yield Cell(row=line.number, places=columns, said=said)


def _instant(text: str, zone: ZoneInfo, options: Options) -> Any:
    """A moment, or the text itself where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.combine(as_day(text, options), time())
        except BadCell:
            return text
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _number(text: str, options: Options) -> Any:
    """A number, or the text itself where it is none."""
    if _NOT_FINITE.fullmatch(text):
        return NoNumber(text)
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if options.decimal == ",":
        plain = plain.replace(".", "").replace(",", ".")
    try:
        return Decimal(plain) if plain.isascii() and "_" not in plain else text
    except InvalidOperation:
        return text


def faults_csv(faults: Sequence[Mapping[str, Any]]) -> str:
    """All faults as a file: row, column, what was found, what was expected."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "column", "found", "expected"])
    writer.writerows(
        [fault["row"], guarded(fault["column"]), guarded(fault["found"]), fault["expected"]] for fault in faults
    )
    return BOM + text.getvalue()
