"""A document as PDF: the data goes to a template of typst as JSON and never becomes markup."""

import json
import os
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from common import document_colors as colors
from common.charts_svg import chart_svg, has_values, in_words
from common.document import Chart, Document, Figure, Section, Table
from common.document_fonts import families, font_paths
from common.document_tables import shares
from common.document_words import cover_facts, foot_line
from common.text_size import breakable, is_rtl

# Documents are made side by side by several workers: one that spreads over all cores would only stand in their way.
# Read once, when typst lays out for the first time.
os.environ.setdefault("RAYON_NUM_THREADS", "1")

_FOLDER = Path(__file__).parent / "documents"
_TEMPLATE = _FOLDER / "document.typ"
# The sizes make letters in charts as large as those around them.
_LONE_CHART, _PAIRED_CHART = (740, 290), (470, 225)
_BULLET = "- "


def render_pdf(document: Document) -> bytes:
    """The document on A4 landscape; the same document gives the same bytes."""
    return compiled(document, "pdf")


def compiled(document: Document, kind: Literal["pdf", "png", "svg"]) -> Any:
    """The document as `pdf`, or its pages as `png` or `svg`."""
    day = datetime.combine(document.generated_on, time(), UTC)
    return typst.compile(
        _TEMPLATE,
        root=_FOLDER,
        font_paths=_fonts(),
        format=kind,
        sys_inputs={"document": as_json(document)},
        timestamp=day,
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Read once: only ours, so that a document looks the same wherever it is made."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_paths())


def as_json(document: Document) -> str:
    """All that the template knows."""
    with translation.override(document.language):
        return json.dumps(_data(document), ensure_ascii=False)


def _data(document: Document) -> dict[str, Any]:
    color = colors.brand_color(document.brand.color)
    return {
        "title": breakable(document.title),
        "subtitle": breakable(document.subtitle),
        "organization": breakable(document.organization),
        "brand": {
            "name": breakable(document.brand.name),
            "color": color,
            "on": colors.on(color),
            "ink": colors.for_text(color),
        },
        "lang": document.language.split("-")[0],
        "rtl": translation.get_language_bidi() or is_rtl(document.title),
        "fonts": families(document.language),
        "facts": [[label, breakable(value)] for label, value in cover_facts(document)],
        "footline": breakable(foot_line(document)),
        "sections": [_section(one, color) for one in document.sections],
        "words": {
            "page": _("Page"),
            "short": _("In short"),
            "nothing": _("There is nothing to show for this time."),
        },
    }


def _section(section: Section, brand: str) -> dict[str, Any]:
    parts = (section.figures, section.charts, section.tables, section.paragraphs)
    return {
        "title": breakable(section.title),
        "lead": breakable(section.lead),
        "figures": [_figure(one) for one in section.figures],
        "charts": [_chart(one, brand, is_alone=len(section.charts) == 1) for one in section.charts],
        "tables": [_table(one) for one in section.tables],
        "paragraphs": [_paragraph(line) for text in section.paragraphs for line in text.splitlines() if line.strip()],
        "note": breakable(section.note),
        "empty": not any(parts) and not section.lead,
    }


def _figure(figure: Figure) -> dict[str, str]:
    return {
        "label": breakable(figure.label),
        "value": breakable(figure.value),
        "change": breakable(figure.change),
        "tone": figure.tone,
        "source": breakable(figure.source),
    }


def _chart(chart: Chart, brand: str, *, is_alone: bool) -> dict[str, str | None]:
    size = _LONE_CHART if is_alone else _PAIRED_CHART
    return {
        "title": breakable(chart.title),
        "svg": str(chart_svg(chart, brand=brand, size=size)) if has_values(chart) else None,
        "empty": in_words(chart),
        "alt": f"{chart.title}. {in_words(chart)}",
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": breakable(table.title),
        "heads": [breakable(column.title) for column in table.columns],
        "align": [column.align for column in table.columns],
        "widths": shares(table),
        "rows": [[breakable(cell) for cell in row] for row in table.rows],
        "empty": table.empty or _("There is nothing to show for this time."),
    }


def _paragraph(line: str) -> dict[str, Any]:
    is_bullet = line.startswith(_BULLET)
    return {"bullet": is_bullet, "text": breakable(line.removeprefix(_BULLET))}
