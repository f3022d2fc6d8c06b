"""What stands on a slide: words, tiles, native charts and tables, at places given in points on a slide of 960 x 540."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Pt

from common import document_colors as colors
from common.charts_svg import in_words
from common.document import Align, Chart, Figure, Table
from common.text_size import clean, is_rtl, lines, shortened

SLIDE = (960, 540)
_KINDS = {
    "bars": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "stack": XL_CHART_TYPE.COLUMN_STACKED,
}
CELL_SIZE, CELL_PADDING, CELL_LINES = 11.0, 5.0, 6
_LABELED = 12


@dataclass(frozen=True, kw_only=True)
class Box:
    """A place on a slide."""

    x: float
    y: float
    wide: float
    high: float

    def points(self) -> tuple[Pt, Pt, Pt, Pt]:
        return Pt(self.x), Pt(self.y), Pt(self.wide), Pt(self.high)


@dataclass(frozen=True, kw_only=True)
class Pen:
    """How words look; the typeface is the theme's, which has one for every script."""

    size: float
    color: str = colors.INK
    bold: bool = False
    align: Align = "start"
    anchor: Any = MSO_ANCHOR.TOP


def rgb(color: str) -> RGBColor:
    return RGBColor.from_string(color.lstrip("#").upper())


def line_height(size: float) -> float:
    return size * 1.25


def text_height(text: str, size: float, across: float) -> float:
    return lines(text, size, across) * line_height(size)


def write(shape: Any, words: Sequence[str], pen: Pen) -> None:
    """Paragraphs into a shape, wrapped and without margins; from right to left where the words are."""
    frame = shape.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = pen.anchor
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, text in enumerate(words):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        _style(paragraph, text, pen)


def _style(paragraph: Any, text: str, pen: Pen) -> None:
    paragraph.text = clean(text)
    font = paragraph.font
    font.size, font.bold, font.color.rgb = Pt(pen.size), pen.bold, rgb(pen.color)
    turned = is_rtl(text)
    paragraph.alignment = PP_ALIGN.RIGHT if (pen.align == "end") != turned else PP_ALIGN.LEFT
    if turned:
        paragraph._p.get_or_add_pPr().set("rtl", "1")


def add_text(slide: Any, box: Box, words: str | Sequence[str], pen: Pen) -> None:
    shape = slide.shapes.add_textbox(*box.points())
    write(shape, [words] if isinstance(words, str) else words, pen)


def add_area(slide: Any, box: Box, color: str, *, rounded: bool = False) -> Any:
    """A filled area without an outline, behind what is put on it."""
    shape = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE if rounded else MSO_SHAPE.RECTANGLE, *box.points())
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(color)
    shape.line.fill.background()
    shape.shadow.inherit = False
    if rounded:
        shape.adjustments[0] = 0.06
    # Ornament: a reader that speaks the slide passes it by.
    shape._element._nvXxPr.cNvPr.set("descr", "")
    return shape


def add_title(slide: Any, box: Box, text: str, pen: Pen) -> None:
    """The title as the slide's own, so that it stands in the outline and is spoken first."""
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = box.points()
    write(shape, [text], pen)


def add_tile(slide: Any, box: Box, figure: Figure) -> None:
    """A figure: its name, the number, how it moved, and where it is from; what is too long goes on in the notes."""
    add_area(slide, box, colors.SOFT, rounded=True)
    x, across = box.x + 12, box.wide - 24

    def put(top: float, text: str, pen: Pen, most: int = 1) -> None:
        room = Box(x=x, y=box.y + top, wide=across, high=line_height(pen.size) * most)
        add_text(slide, room, shortened(text, pen.size, across * most * (1 if most == 1 else 0.9)), pen)

    put(10, figure.label, Pen(size=12, color=colors.QUIET))
    value = figure.value
    size = next((size for size in (28.0, 22.0, 17.0) if lines(value, size, across) == 1), 14.0)
    put(28, value, Pen(size=size, bold=True))
    if figure.change:
        put(66, figure.change, Pen(size=12, bold=True, color=colors.TONES[figure.tone]))
    put(box.high - 32, figure.source, Pen(size=9, color=colors.QUIET), most=2)


def add_chart(slide: Any, box: Box, chart: Chart, brand: str) -> None:
    """A chart that is PowerPoint's own: its numbers can be looked up and changed."""
    data = CategoryChartData(number_format="General")
    data.categories = [clean(label) for label in chart.labels]
    for series in chart.series:
        values = [*series.values, *[None] * len(chart.labels)][: len(chart.labels)]
        data.add_series(clean(series.name), [None if value is None else float(value) for value in values])
    frame = slide.shapes.add_chart(_KINDS[chart.kind], *box.points(), data)
    frame._element._nvXxPr.cNvPr.set("descr", clean(f"{chart.title}. {in_words(chart)}"))
    _dress(frame.chart, chart, brand)


def _dress(drawn: Any, chart: Chart, brand: str) -> None:
    drawn.has_title = False
    drawn.font.size, drawn.font.color.rgb = Pt(11), rgb(colors.QUIET)
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.include_in_layout = False
    drawn.value_axis.major_gridlines.format.line.color.rgb = rgb(colors.LINE)
    drawn.value_axis.format.line.fill.background()
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    drawn.category_axis.format.line.color.rgb = rgb(colors.LINE)
    if chart.unit:
        drawn.value_axis.has_title = True
        drawn.value_axis.axis_title.text_frame.text = clean(chart.unit)
        drawn.value_axis.axis_title.text_frame.paragraphs[0].font.size = Pt(10)
        drawn.value_axis.axis_title.text_frame.paragraphs[0].font.bold = False
    plot = drawn.plots[0]
    if chart.kind != "line":
        plot.gap_width = 60
        plot.overlap = 100 if chart.kind == "stack" else 0
        plot.has_data_labels = chart.kind == "bars" and len(chart.labels) * len(chart.series) <= _LABELED
    for at, (shown, series) in enumerate(zip(plot.series, chart.series, strict=True)):
        color = rgb(colors.series_color(series, at, brand))
        if chart.kind == "line":
            shown.smooth = False
            shown.format.line.color.rgb = color
            shown.format.line.width = Pt(2.25)
            shown.marker.format.fill.solid()
            shown.marker.format.fill.fore_color.rgb = color
            shown.marker.format.line.color.rgb = color
        else:
            shown.invert_if_negative = False
            shown.format.fill.solid()
            shown.format.fill.fore_color.rgb = color


def cell_height(row: Sequence[str], widths: Sequence[float]) -> float:
    """How high a row is: as its highest cell, which has a limit."""
    most = max(
        (lines(cell, CELL_SIZE, wide - 2 * CELL_PADDING) for cell, wide in zip(row, widths, strict=True)), default=1
    )
    return min(most, CELL_LINES) * line_height(CELL_SIZE) + 2 * CELL_PADDING


def add_table(slide: Any, box: Box, table: Table, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
    """Some rows of a table under their heads."""
    heads = [column.title for column in table.columns]
    frame = slide.shapes.add_table(len(rows) + 1, len(heads), *box.points())
    frame._element._nvXxPr.cNvPr.set("descr", clean(table.title))
    grid = frame.table
    grid.horz_banding = False
    head, body = Pen(size=CELL_SIZE, bold=True, color=colors.QUIET), Pen(size=CELL_SIZE)
    for at, wide in enumerate(widths):
        grid.columns[at].width = Pt(wide)
    for place, row in enumerate([heads, *rows]):
        grid.rows[place].height = Pt(cell_height(row, widths))
        for at, cell in enumerate(row):
            pen = replace(head if place == 0 else body, align=table.columns[at].align)
            _fill(grid.cell(place, at), _within(cell, widths[at]), pen, is_head=place == 0)


def _within(cell: str, wide: float) -> str:
    """The cell, or as much of it as its highest row holds."""
    across = wide - 2 * CELL_PADDING
    if lines(cell, CELL_SIZE, across) <= CELL_LINES:
        return cell
    return shortened(cell.replace("\n", " "), CELL_SIZE, across * CELL_LINES * 0.85)


def _fill(cell: Any, text: str, pen: Pen, *, is_head: bool) -> None:
    write(cell, [text], pen)
    cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = Pt(CELL_PADDING)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(colors.SOFT if is_head else "#ffffff")


def widths_of(shares: Sequence[float], across: float) -> list[float]:
    """The shares of a width in points."""
    return [share / sum(shares) * across for share in shares]
