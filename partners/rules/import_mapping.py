"""How the columns of a file become fields: by name, by a constant, or by a template. Pure."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from partners.rules.import_values import Options

_PLACE = re.compile(r"\{([^{}]+?)(?::(\d{1,3}))?\}")
_CLOSE_ENOUGH = 0.84
_LARGEST_FACTOR = 1_000_000
_SECTIONS = ("columns", "constants", "templates", "values", "factors", "leave_out", "date_order", "decimal")


class MappingError(ValueError):
    """A mapping that cannot be used: `place` is the entry at fault."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """`columns`: column -> field. `constants`: field -> text. `templates`: field -> text with {column} or {column:8}
    (its first 8 characters). `values`: field -> {found: taken}. `factors`: field -> number to multiply with.
    `leave_out`: column -> text of rows that are not read.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    leave_out: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that get something."""
        return frozenset(self.columns.values()) | frozenset(self.constants) | frozenset(self.templates)

    def sources(self, columns: Sequence[str]) -> dict[str, "Source"]:
        """For each field where its text comes from, in a file with these columns. A column beats a template, which
        beats a constant.
        """
        places = {column: position for position, column in enumerate(columns)}
        found = {name: Source(column="", text=_constant(text)) for name, text in self.constants.items()}
        for name, template in self.templates.items():
            found[name] = Source(column=_first_column(template), text=_template(template, places))
        for column, name in self.columns.items():
            found[name] = Source(column=column, text=_column(places[column], self.values.get(name, {})))
        return found

    def is_left_out(self, cells: Sequence[str], columns: Sequence[str]) -> bool:
        """Whether a row says of itself that it does not count (deleted in the other tool, say)."""
        return any(
            columns.index(column) < len(cells) and cells[columns.index(column)].strip().casefold() == text.casefold()
            for column, text in self.leave_out.items()
        )

    def as_data(self) -> dict[str, Any]:
        """The mapping as plain data, as mapping files and runs keep it."""
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "templates": dict(self.templates),
            "values": {name: dict(inner) for name, inner in self.values.items()},
            "factors": {name: str(factor) for name, factor in self.factors.items()},
            "leave_out": dict(self.leave_out),
            "date_order": self.options.date_order,
            "decimal": self.options.decimal,
        }


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a field comes from: the column ("" for a constant), and its text out of the cells of a row."""

    column: str
    text: Callable[[Sequence[str]], str]


def _constant(text: str) -> Callable[[Sequence[str]], str]:
    return lambda cells: text


def _column(position: int, values: Mapping[str, str]) -> Callable[[Sequence[str]], str]:
    if not values:
        return lambda cells: cells[position]
    return lambda cells: values.get(cells[position].strip(), cells[position])


def _template(template: str, places: Mapping[str, int]) -> Callable[[Sequence[str]], str]:
    def fill(cells: Sequence[str]) -> str:
        return _PLACE.sub(lambda place: _filled(place, cells, places), template)

    return fill


def _filled(place: re.Match[str], cells: Sequence[str], places: Mapping[str, int]) -> str:
    text = cells[places[place.group(1)]].strip()
    return text[: int(place.group(2))] if place.group(2) else text


def _first_column(template: str) -> str:
    place = _PLACE.search(template)
    return place.group(1) if place else ""


def parse_mapping(
    data: Mapping[str, Any], *, known: Collection[str], columns: Sequence[str], amounts: Collection[str] = ()
) -> ColumnMapping:
    """Check a mapping against the fields of its kind (`known`; `amounts` may have factors) and the file's columns.

    Raises MappingError at its place.
    """
    unknown = sorted(set(data) - set(_SECTIONS))
    if unknown:
        raise MappingError(str(unknown[0]), f"expected one of {', '.join(_SECTIONS)}")
    mapped = _texts(data, "columns")
    for column, name in mapped.items():
        if column not in columns:
            raise MappingError(f"columns.{column}", "the file has no such column")
        _check_field(f"columns.{column}", name, known)
    twice = sorted({name for name in mapped.values() if list(mapped.values()).count(name) > 1})
    if twice:
        raise MappingError("columns", f"two columns are mapped to {twice[0]}")
    constants, templates = _texts(data, "constants"), _texts(data, "templates")
    for section, entries in (("constants", constants), ("templates", templates)):
        for name in entries:
            _check_field(f"{section}.{name}", name, known)
    for name, template in templates.items():
        for place in _PLACE.finditer(template):
            if place.group(1) not in columns:
                raise MappingError(f"templates.{name}", f"the file has no column {place.group(1)}")
    left_out = _texts(data, "leave_out")
    for column in left_out:
        if column not in columns:
            raise MappingError(f"leave_out.{column}", "the file has no such column")
    translations = _entries(data, "values")
    return ColumnMapping(
        columns=mapped,
        constants=constants,
        templates=templates,
        values={name: _texts(translations, name, place=f"values.{name}") for name in translations},
        factors=_factors(_texts(data, "factors"), amounts),
        leave_out=left_out,
        options=_options(data),
    )


def _entries(data: Mapping[str, Any], section: str, *, place: str = "") -> Mapping[str, Any]:
    entries = data.get(section) or {}
    if not isinstance(entries, Mapping):
        raise MappingError(place or section, "expected entries of the form name: text")
    return entries


def _texts(data: Mapping[str, Any], section: str, *, place: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in _entries(data, section, place=place).items():
        if not isinstance(text, str | int | float | Decimal) or isinstance(text, bool):
            raise MappingError(f"{place or section}.{name}", "expected a text")
        found[str(name)] = str(text)
    return found


def _check_field(place: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise MappingError(place, f"there is no field {name}; known are {', '.join(sorted(known))}")


def _factors(data: Mapping[str, str], amounts: Collection[str]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name, text in data.items():
        _check_field(f"factors.{name}", name, amounts)
        try:
            factor = Decimal(text)
        except ArithmeticError:
            raise MappingError(f"factors.{name}", "expected a number") from None
        if not factor.is_finite() or not 0 < factor < _LARGEST_FACTOR:
            raise MappingError(f"factors.{name}", f"expected a number above 0 and below {_LARGEST_FACTOR}")
        found[name] = factor
    return found


def _options(data: Mapping[str, Any]) -> Options:
    options = Options(date_order=str(data.get("date_order", "YMD")), decimal=str(data.get("decimal", ".")))
    if options.date_order not in ("YMD", "DMY", "MDY"):
        raise MappingError("date_order", "expected YMD, DMY or MDY")
    if options.decimal not in (".", ","):
        raise MappingError("decimal", "expected . or ,")
    return options


def suggest(columns: Sequence[str], aliases: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Guess which column is which field ({column: field}), by equal and then by similar names; each field once."""
    wanted = {_folded(alias): name for name, names in aliases.items() for alias in (name, *names)}
    found: dict[str, str] = {}
    for column in columns:
        name = wanted.get(_folded(column))
        if name is not None and name not in found.values():
            found[column] = name
    for column in columns:
        if column in found:
            continue
        close = difflib.get_close_matches(_folded(column), wanted, n=1, cutoff=_CLOSE_ENOUGH)
        if close and wanted[close[0]] not in found.values():
            found[column] = wanted[close[0]]
    return found


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()
