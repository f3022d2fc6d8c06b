"""A document as data, before it is a PDF, slides or a page: sections, figures, charts and tables, nothing of markup."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Tone = Literal["good", "bad", "warn", ""]
ChartKind = Literal["bars", "line", "stack"]
Align = Literal["start", "end"]


@dataclass(frozen=True, kw_only=True)
class Brand:
    """Whose document it is, and the color of it (`#rrggbb`)."""

    name: str
    color: str = "#3a5ccc"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number as it is shown, how it moved, and in words where it is from ("38 tickets closed 1 Jul - 30 Sep")."""

    label: str
    value: str
    source: str
    change: str = ""
    tone: Tone = ""


@dataclass(frozen=True, kw_only=True)
class Series:
    """The values of one line or one set of bars; None is a gap and no zero."""

    name: str
    values: tuple[Decimal | None, ...]
    tone: Tone = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Series over the same labels, and what to say when there is nothing to draw."""

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    empty: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """The head of a column; numbers stand at the end."""

    title: str
    align: Align = "start"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of words, each as long as there are columns, and what to say when there are none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """What stands under one heading: the sentence to remember first, then what it rests on."""

    key: str
    title: str
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    paragraphs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """All that a rendering knows: it asks nothing else, so the same document gives the same pages."""

    title: str
    organization: str
    period: str
    brand: Brand
    generated_on: date
    sections: tuple[Section, ...]
    subtitle: str = ""
    edition: str = ""
    language: str = "en"
    footer: str = ""
