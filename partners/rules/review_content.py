"""What a section of a review holds, as data: figures with where they are from, charts, tables, sentences. Pure.

Kept as JSON in `ReviewSection.content`, and read again for the page, the PDF and the slides. A link is the name of an
address with its arguments, so that it outlives a change of addresses; documents and the portal leave links out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common import document

INTERNAL, SHARED = "internal", "shared"
GENERAL, COMMERCIAL = "general", "commercial"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a number is from, in words, and the page that shows its rows."""

    words: str
    url_name: str = ""
    args: tuple[str, ...] = ()
    query: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number as it is shown."""

    label: str
    value: str
    source: Source
    unit: str = ""
    change: str = ""
    tone: document.Tone = ""


@dataclass(frozen=True, kw_only=True)
class SectionContent:
    """`lead` is the sentence to remember. Without any figure, row or chart it says in words that there is nothing."""

    lead: str
    figures: tuple[Figure, ...] = ()
    charts: tuple[document.Chart, ...] = ()
    tables: tuple[document.Table, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A section as it is kept: its row without the database."""

    key: str
    title: str
    audience: str
    field_class: str
    is_left_out: bool
    note: str
    content: Mapping[str, Any]


def as_data(content: SectionContent) -> dict[str, Any]:
    """What is kept of it: nothing but texts, lists and objects."""
    return {
        "lead": content.lead,
        "figures": [_figure_data(figure) for figure in content.figures],
        "charts": [_chart_data(chart) for chart in content.charts],
        "tables": [
            {
                "title": table.title,
                "columns": [[column.title, column.align] for column in table.columns],
                "rows": [list(row) for row in table.rows],
                "empty": table.empty,
            }
            for table in content.tables
        ],
        "paragraphs": list(content.paragraphs),
    }


def section_of(kept: Kept) -> document.Section:
    """The same as a part of a document."""
    data = kept.content
    return document.Section(
        key=kept.key,
        title=kept.title,
        lead=data.get("lead", ""),
        figures=tuple(_figure(entry) for entry in data.get("figures", ())),
        charts=tuple(_chart(entry) for entry in data.get("charts", ())),
        tables=tuple(_table(entry) for entry in data.get("tables", ())),
        paragraphs=tuple(data.get("paragraphs", ())),
        note=kept.note,
    )


def edition(sections: Iterable[Kept], *, name: str, with_commercial: bool) -> tuple[Kept, ...]:
    """The sections of an edition. That of the other side holds what is released to it, and money never."""
    found = [section for section in sections if not section.is_left_out]
    if name == SHARED:
        return tuple(row for row in found if row.audience == SHARED and row.field_class == GENERAL)
    return tuple(row for row in found if with_commercial or row.field_class != COMMERCIAL)


def content_hash(head: Mapping[str, str], sections: Sequence[Kept]) -> str:
    """SHA-256 over the canonical JSON of what is shown: the words of the review, and its sections in their order."""
    rows = [
        [row.key, row.title, row.audience, row.field_class, row.is_left_out, row.note, row.content] for row in sections
    ]
    text = json.dumps([dict(head), rows], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _figure_data(figure: Figure) -> dict[str, Any]:
    source = figure.source
    return {
        "label": figure.label,
        "value": figure.value,
        "unit": figure.unit,
        "change": figure.change,
        "tone": figure.tone,
        "source": {
            "words": source.words,
            "url_name": source.url_name,
            "args": list(source.args),
            "query": source.query,
        },
    }


def _chart_data(chart: document.Chart) -> dict[str, Any]:
    return {
        "kind": chart.kind,
        "title": chart.title,
        "labels": list(chart.labels),
        "series": [
            {
                "name": series.name,
                "tone": series.tone,
                "values": [None if value is None else str(value) for value in series.values],
            }
            for series in chart.series
        ],
        "unit": chart.unit,
        "empty": chart.empty,
    }


def _figure(entry: Mapping[str, Any]) -> document.Figure:
    value = f"{entry['value']} {entry['unit']}".strip()
    return document.Figure(
        label=entry["label"],
        value=value,
        source=entry["source"]["words"],
        change=entry.get("change", ""),
        tone=entry.get("tone", ""),
    )


def _chart(entry: Mapping[str, Any]) -> document.Chart:
    series = tuple(
        document.Series(
            name=row["name"],
            tone=row.get("tone", ""),
            values=tuple(None if value is None else Decimal(value) for value in row["values"]),
        )
        for row in entry["series"]
    )
    return document.Chart(
        kind=entry["kind"],
        title=entry["title"],
        labels=tuple(entry["labels"]),
        series=series,
        unit=entry.get("unit", ""),
        empty=entry.get("empty", ""),
    )


def _table(entry: Mapping[str, Any]) -> document.Table:
    return document.Table(
        title=entry["title"],
        columns=tuple(document.Column(title=title, align=align) for title, align in entry["columns"]),
        rows=tuple(tuple(row) for row in entry["rows"]),
        empty=entry.get("empty", ""),
    )
