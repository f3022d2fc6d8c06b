"""Documents: nothing leaves its page, no text becomes markup, numbers keep sources, every script is written."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTCollection, TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Pt

from common import document_colors as colors
from common.charts_svg import chart_svg, in_words
from common.document import Chart, Document, Section, Series
from common.document_fonts import FOLDER, families, font_paths
from common.pdf import as_json, compiled, render_pdf
from common.pptx_deck import render_pptx
from common.pptx_shapes import SLIDE
from common.text_size import breakable, is_rtl, lines, shortened, width
from tests.common.document_examples import BARS, DOCUMENT, LINE, NOTHING, SECTION, STACK, hostile, table

SVG = "{http://www.w3.org/2000/svg}"


def slides(document: Document) -> list[Any]:
    return list(Presentation(BytesIO(render_pptx(document))).slides)


# Fonts


def test_the_fonts_are_those_of_the_manifest() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    named = {file["path"]: file["sha256"] for file in manifest["files"]}
    lying = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.ttf")}
    assert lying == named
    assert (FOLDER / manifest["license_file"]).exists()


@pytest.mark.parametrize(
    "text",
    [
        "Zürich, Łódź, Đà Nẵng, ÅØß € – … · • − ×",
        "Ελληνικά Русский Українська",
        "شركة النور للتجارة ۱۲۳",
        "שלום עולם",
        "नमस्ते दुनिया",
        "สวัสดีชาวโลก",
        "中文简体 繁體 日本語カタカナ 한국어",
    ],
)
def test_every_letter_of_a_script_has_a_glyph(text: str) -> None:
    known: set[int] = set()
    for path in map(Path, font_paths()):
        for file in path.glob("*.tt[fc]"):
            fonts = TTCollection(file, lazy=True).fonts if file.suffix == ".ttc" else [TTFont(file, lazy=True)]
            known |= set(fonts[0].getBestCmap())
    assert {char for char in text if ord(char) not in known} == set()


@pytest.mark.parametrize(
    ("language", "last"),
    [("en", "SC"), ("ja", "JP"), ("ko", "KR"), ("zh-hant", "TC"), ("zh-HK", "HK"), ("de-at", "SC")],
)
def test_han_letters_are_drawn_as_in_the_language(language: str, last: str) -> None:
    assert families(language)[-1] == f"Noto Sans CJK {last}"


# Words and colors


def test_texts_are_measured_shortened_and_broken() -> None:
    assert width("株式", 10) == 20
    assert lines("one two three", 10, 1000) == 1
    assert lines("one two three", 10, 30) == 3
    assert lines("x" * 100, 10, 60) >= 10
    assert lines("a\nb", 10, 100) == 2
    assert shortened("Nordwind", 10, 500) == "Nordwind"
    assert shortened("Nordwind Systems", 10, 60).endswith("…")
    assert width(shortened("Nordwind Systems", 10, 60), 10) <= 60
    assert breakable("short words stay") == "short words stay"
    assert max(map(len, breakable("x" * 90).split("\u200b"))) <= 24
    assert breakable("x" * 90).replace("\u200b", "") == "x" * 90
    assert [is_rtl(text) for text in ("123 שלום", "שלום abc", "abc שלום", "12", "شركة")] == [
        True,
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("color", "on", "ink"),
    [
        ("#1f4f8f", "#ffffff", "#1f4f8f"),
        ("#ffe100", colors.INK, colors.INK),
        ("#FFFFFF", colors.INK, colors.INK),
        ("red; }", "#ffffff", colors.ACCENT),
    ],
)
def test_any_brand_color_can_be_read(color: str, on: str, ink: str) -> None:
    known = colors.brand_color(color)
    assert (colors.on(known), colors.for_text(known)) == (on, ink)


# Charts


@pytest.mark.parametrize("chart", [LINE, STACK, BARS])
def test_a_chart_says_its_numbers(chart: Chart) -> None:
    root = ElementTree.fromstring(chart_svg(chart))
    assert (root.get("role"), root.get("aria-label")) == ("img", chart.title)
    said = root.findtext(f"{SVG}desc")
    assert said == in_words(chart)
    assert all(series.name in said for series in chart.series)


def test_a_gap_parts_the_line_and_is_no_zero() -> None:
    root = ElementTree.fromstring(chart_svg(LINE))
    runs = [line.get("points", "").split() for line in root.findall(f"{SVG}polyline")]
    assert [len(run) for run in runs] == [1, 2]
    assert in_words(LINE) == "Score: 6 Jul: 62 points, 20 Jul: 64.5 points, 27 Jul: -3 points."


def test_an_empty_chart_says_so() -> None:
    assert "No survey was answered." in chart_svg(NOTHING)
    assert "There is nothing to show yet." in chart_svg(replace(NOTHING, empty=""))


def test_names_in_a_chart_are_no_markup() -> None:
    chart = replace(BARS, title='<script>"&', series=(Series(name="{}</svg>", values=(Decimal(1), Decimal(2))),))
    root = ElementTree.fromstring(chart_svg(chart))
    assert root.findtext(f"{SVG}title") == '<script>"&'
    assert "script" not in {element.tag.removeprefix(SVG) for element in root.iter()}


VALUES = st.none() | st.decimals(-(10**9), 10**9, places=2)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["bars", "line", "stack"]),
    st.lists(st.lists(VALUES, min_size=1, max_size=14), min_size=1, max_size=4),
)
def test_nothing_is_drawn_outside(kind: Any, values: list[list[Decimal | None]]) -> None:
    labels = tuple(f"Label {place}" for place in range(max(map(len, values))))
    series = tuple(Series(name=f"S{place}", values=tuple(some)) for place, some in enumerate(values))
    root = ElementTree.fromstring(chart_svg(Chart(kind=kind, title="T", labels=labels, series=series)))
    wide, high = (float(part) for part in root.get("viewBox", "").split()[2:])
    for rect in root.findall(f"{SVG}rect"):
        x, y, w, h = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
        assert -1 <= x <= x + w <= wide + 1
        assert -1 <= y <= y + h <= high + 1
    for circle in root.findall(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx", "")) <= wide
        assert 0 <= float(circle.get("cy", "")) <= high


# PDF


def test_the_same_document_gives_the_same_bytes() -> None:
    first = render_pdf(DOCUMENT)
    assert first.startswith(b"%PDF-")
    assert first == render_pdf(DOCUMENT)


def test_texts_come_as_data_and_never_as_markup() -> None:
    title = '#panic("out") ] \\ $x$'
    assert json.loads(as_json(replace(DOCUMENT, title=title)))["title"] == title
    assert render_pdf(hostile()).startswith(b"%PDF-")


def test_a_long_table_goes_on_over_pages() -> None:
    def pages(rows: int) -> int:
        section = Section(key="t", title="Table", tables=(table(rows),))
        found = compiled(replace(DOCUMENT, sections=(section,)), "svg")
        return len(found) if isinstance(found, list) else 1

    assert pages(3) == 2
    assert pages(200) > 6


def test_an_empty_section_says_so_and_a_language_turns_the_pages() -> None:
    data = json.loads(as_json(DOCUMENT))
    assert [section["empty"] for section in data["sections"]] == [False, True]
    assert (data["lang"], data["rtl"]) == ("en", False)
    assert json.loads(as_json(replace(DOCUMENT, language="ar")))["rtl"] is True
    assert json.loads(as_json(replace(DOCUMENT, organization="شركة النور")))["rtl"] is False


# Slides


def test_slides_have_native_charts_with_the_numbers_and_the_gaps() -> None:
    found = [shape.chart for slide in slides(DOCUMENT) for shape in slide.shapes if shape.has_chart]
    kinds = [type(chart.plots[0]).__name__ for chart in found]
    assert kinds == ["LinePlot", "BarPlot", "BarPlot"]
    assert list(found[0].plots[0].series[0].values) == [62.0, None, 64.5, -3.0]
    assert list(found[1].plots[0].categories) == ["Jul", "Aug"]


def test_every_row_stands_on_some_slide_once_and_in_order() -> None:
    section = replace(SECTION, tables=(table(61),))
    found: list[str] = []
    for slide in slides(replace(DOCUMENT, sections=(section,))):
        for shape in slide.shapes:
            if shape.has_table:
                rows = [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]
                assert rows[0] == ["What", "Hours"]
                found += [row[1] for row in rows[1:]]
    assert found == [str(place) for place in range(61)]


def test_notes_name_the_sources_and_titles_stand_in_the_outline() -> None:
    said = slides(DOCUMENT)
    titles = [slide.shapes.title.text_frame.text for slide in said]
    assert titles[:3] == ["Business review", "In short", "Health"]
    assert titles[-1] == "Expansion"
    notes = said[2].notes_slide.notes_text_frame.text
    assert "Score: 74. Scorecard of 30 Sep, version 4" in notes


@pytest.mark.parametrize("make", [lambda: DOCUMENT, hostile], ids=["plain", "hostile"])
def test_nothing_stands_outside_a_slide(make: Any) -> None:
    wide, high = Pt(SLIDE[0]), Pt(SLIDE[1])
    for slide in slides(make()):
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= wide + Pt(1)
            assert shape.top + shape.height <= high + Pt(1), shape.name


def test_words_from_right_to_left_run_so() -> None:
    section = Section(key="a", title="شركة النور", lead="abc")
    slide = slides(replace(DOCUMENT, sections=(section,)))[-1]
    assert slide.shapes.title.text_frame.paragraphs[0]._p.pPr.get("rtl") == "1"
