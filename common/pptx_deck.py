"""A document as slides, 16:9: native charts and tables that can be edited, notes that say where the numbers are from.

Nobody lays a slide out again after this, so that everything is measured by its characters first. What does not fit goes
on to another slide under the same title.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time
from io import BytesIO
from typing import Any, TypeVar

from django.utils import translation
from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.util import Pt

from common import document_colors as colors
from common.charts_svg import has_values, in_words
from common.document import Chart, Document, Figure, Section, Table
from common.document_tables import shares
from common.document_words import cover_facts, foot_line
from common.pptx_shapes import (
    SLIDE,
    Box,
    Pen,
    add_area,
    add_chart,
    add_table,
    add_text,
    add_tile,
    add_title,
    cell_height,
    line_height,
    text_height,
    widths_of,
)
from common.text_size import breakable, clean, lines, shortened, width

_TITLE_ONLY = 5
# As long as a property of a file may be.
_PROPERTY = 255
_LEFT, _TOP, _FOOT, _ACROSS = 48.0, 96.0, 500.0, 864.0
_GAP = 14.0
_TILE_HIGH, _TILES_ACROSS = 126.0, 4
_CHART_HIGH, _LEAST_CHART = 270.0, 176.0
_TABLE_ROWS = 14
_BODY, _LEAD, _NOTE, _HEADING = 16.0, 18.0, 10.0, 14.0
_One = TypeVar("_One")


def render_pptx(document: Document) -> bytes:
    """The document as a presentation."""
    with translation.override(document.language):
        deck = _Deck(document)
        deck.cover()
        if len(document.sections) > 1:
            deck.in_short()
        for section in document.sections:
            deck.section(section)
        return deck.saved()


class _Deck:
    """The presentation as it grows; `y` is how far the slide at hand is filled."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.brand = colors.brand_color(document.brand.color)
        self.ink = colors.for_text(self.brand)
        self.file: Any = Presentation()
        self.file.slide_width, self.file.slide_height = Pt(SLIDE[0]), Pt(SLIDE[1])
        self.slide: Any = None
        self.title = ""
        self.y, self.foot = _TOP, _FOOT

    def saved(self) -> bytes:
        about = self.file.core_properties
        about.title = clean(f"{self.document.title} - {self.document.organization}")[:_PROPERTY]
        about.author = about.last_modified_by = clean(self.document.brand.name)[:_PROPERTY]
        about.language = self.document.language
        about.created = about.modified = datetime.combine(self.document.generated_on, time())
        stream = BytesIO()
        self.file.save(stream)
        return stream.getvalue()

    # Slides

    def cover(self) -> None:
        document, on = self.document, colors.on(self.brand)
        self.slide = self.file.slides.add_slide(self.file.slide_layouts[_TITLE_ONLY])
        add_area(self.slide, Box(x=0, y=0, wide=SLIDE[0], high=330), self.brand)
        self._to_front()
        add_text(
            self.slide,
            Box(x=_LEFT, y=40, wide=_ACROSS, high=20),
            shortened(document.brand.name, 13, _ACROSS),
            Pen(size=13, bold=True, color=on),
        )
        size = 40.0 if lines(document.title, 40, _ACROSS) == 1 else 28.0
        title = shortened(document.title, size, _ACROSS * 1.9)
        high = text_height(title, size, _ACROSS)
        pen = Pen(size=size, bold=True, color=on)
        add_title(self.slide, Box(x=_LEFT, y=230 - high, wide=_ACROSS, high=high), title, pen)
        name = shortened(document.organization, 22, _ACROSS * 1.9)
        add_text(self.slide, Box(x=_LEFT, y=242, wide=_ACROSS, high=line_height(22) * 2), name, Pen(size=22, color=on))
        if document.subtitle:
            subtitle = shortened(document.subtitle, 15, _ACROSS * 1.9)
            add_text(self.slide, Box(x=_LEFT, y=356, wide=_ACROSS, high=40), subtitle, Pen(size=15, color=colors.QUIET))
        wide = _ACROSS / 3
        for place, (label, value) in enumerate(cover_facts(document)):
            box = Box(x=_LEFT + place * wide, y=424, wide=wide - 12, high=14)
            add_text(self.slide, box, label, Pen(size=10, color=colors.QUIET))
            words = shortened(value, 14, (wide - 12) * 1.9)
            add_text(self.slide, replace(box, y=440, high=40), words, Pen(size=14, bold=True))

    def _to_front(self) -> None:
        """The title was on the slide before its background."""
        title = self.slide.shapes.title._element
        title.getparent().append(title)

    def in_short(self) -> None:
        """What to remember of each section, on as many slides as it takes."""
        self.open(_("In short"))
        left = _ACROSS * 0.3
        for section in self.document.sections:
            lead = shortened(section.lead, 14, (_ACROSS - left) * 4)
            high = max(text_height(lead, 14, _ACROSS - left), text_height(section.title, 14, left - 16)) + 14
            self.need(high)
            box = Box(x=_LEFT, y=self.y + 6, wide=left - 16, high=high - 14)
            add_text(self.slide, box, shortened(section.title, 14, (left - 16) * 3), Pen(size=14, bold=True))
            room = replace(box, x=_LEFT + left, wide=_ACROSS - left)
            add_text(self.slide, room, lead, Pen(size=14, color=colors.QUIET))
            self.y += high
            add_area(self.slide, Box(x=_LEFT, y=self.y - 1, wide=_ACROSS, high=0.75), colors.LINE)

    def section(self, section: Section) -> None:
        """One slide or more: the sentence to remember, figures, charts, tables, words."""
        self.open(section.title)
        sources = [f"{one.label}: {one.value}. {one.source}" for one in section.figures if one.source]
        self._notes([*sources, section.note])
        # The note has its room kept at the foot, so that it does not stand alone on a slide.
        note = shortened(section.note, _NOTE, _ACROSS * 3.6)
        self.foot = _FOOT - (text_height(note, _NOTE, _ACROSS) + _GAP if note else 0)
        if section.lead:
            self._words(section.lead, Pen(size=_LEAD, color=self.ink))
        self._tiles(section.figures)
        self._charts(section.charts)
        for table in section.tables:
            self._table(table)
        for text in section.paragraphs:
            for line in filter(str.strip, text.splitlines()):
                self._words("•  " + line[2:] if line.startswith("- ") else line, Pen(size=_BODY))
        if not any((section.lead, section.figures, section.charts, section.tables, section.paragraphs)):
            self._words(_("There is nothing to show for this time."), Pen(size=_BODY, color=colors.QUIET))
        if note:
            box = Box(x=_LEFT, y=self.foot + _GAP, wide=_ACROSS, high=_FOOT - self.foot - _GAP)
            add_text(self.slide, box, note, Pen(size=_NOTE, color=colors.QUIET))
        self.foot = _FOOT

    def open(self, title: str, *, again: bool = False) -> None:
        """A slide with a title and the foot line."""
        self.title = title
        self.slide = self.file.slides.add_slide(self.file.slide_layouts[_TITLE_ONLY])
        words = _("%(title)s (continued)") % {"title": title} if again else title
        size = 28.0 if width(words, 28) <= _ACROSS - 16 else 20.0
        add_area(self.slide, Box(x=_LEFT, y=40, wide=6, high=34), self.brand)
        pen = Pen(size=size, bold=True)
        place = Box(x=_LEFT + 16, y=40 if size > 20 else 32, wide=_ACROSS - 16, high=line_height(size) * 2)
        add_title(self.slide, place, shortened(words, size, (_ACROSS - 16) * 1.8), pen)
        foot = Box(x=_LEFT, y=512, wide=_ACROSS - 80, high=12)
        small = Pen(size=9, color=colors.QUIET)
        add_text(self.slide, foot, shortened(foot_line(self.document), 9, _ACROSS - 90), small)
        number = replace(foot, x=_LEFT + _ACROSS - 60, wide=60)
        add_text(self.slide, number, str(len(self.file.slides)), replace(small, align="end"))
        self.y = _TOP

    def need(self, high: float) -> None:
        """Another slide where there is no room left; one that is still empty takes what comes."""
        if self.y > _TOP and self.y + high > self.foot:
            self.open(self.title, again=True)

    def _notes(self, words: Iterable[str]) -> None:
        said = [clean(one) for one in words if one]
        if said:
            self.slide.notes_slide.notes_text_frame.text = "\n".join(said)

    # What stands on them

    def _words(self, text: str, pen: Pen) -> None:
        """A paragraph, over several slides if it must be."""
        rest = breakable(text)
        while rest:
            self.need(line_height(pen.size) * min(3, lines(rest, pen.size, _ACROSS)))
            now, rest = _until(rest, pen.size, int((self.foot - self.y) // line_height(pen.size)))
            high = text_height(now, pen.size, _ACROSS)
            add_text(self.slide, Box(x=_LEFT, y=self.y, wide=_ACROSS, high=high), now, pen)
            self.y += high + _GAP * 0.6

    def _tiles(self, figures: Sequence[Figure]) -> None:
        wide = (_ACROSS - _GAP * (_TILES_ACROSS - 1)) / _TILES_ACROSS
        for some in _chunks(figures, _TILES_ACROSS):
            self.need(_TILE_HIGH)
            for place, figure in enumerate(some):
                box = Box(x=_LEFT + place * (wide + _GAP), y=self.y, wide=wide, high=_TILE_HIGH)
                add_tile(self.slide, box, figure)
            self.y += _TILE_HIGH + _GAP

    def _charts(self, charts: Sequence[Chart]) -> None:
        for some in _chunks(charts, 2):
            self.need(_LEAST_CHART + 20)
            high = min(_CHART_HIGH, self.foot - self.y - 20)
            wide = (_ACROSS - _GAP) / 2 if len(some) == 2 else _ACROSS * 0.75
            for place, chart in enumerate(some):
                box = Box(x=_LEFT + place * (wide + _GAP), y=self.y, wide=wide, high=18)
                self._heading(box, chart.title)
                below = replace(box, y=self.y + 20, high=high)
                if has_values(chart):
                    add_chart(self.slide, below, chart, self.brand)
                else:
                    words = shortened(in_words(chart), 12, wide * 3)
                    add_text(self.slide, replace(below, high=48), words, Pen(size=12, color=colors.QUIET))
            self.y += (high if any(map(has_values, some)) else 48) + 20 + _GAP

    def _heading(self, box: Box, text: str) -> None:
        add_text(self.slide, box, shortened(text, _HEADING, box.wide - 4), Pen(size=_HEADING, bold=True))

    def _table(self, table: Table) -> None:
        """The rows over as many slides as they take, each with the heads."""
        if not table.rows:
            self.need(60)
            self._heading(Box(x=_LEFT, y=self.y, wide=_ACROSS, high=18), table.title)
            self.y += 24
            self._words(table.empty or _("There is nothing to show for this time."), Pen(size=12, color=colors.QUIET))
            return
        widths = widths_of(shares(table), _ACROSS)
        head = cell_height([column.title for column in table.columns], widths)
        rows = list(table.rows)
        while rows:
            self.need(24 + head + sum(cell_height(row, widths) for row in rows[:3]))
            self._heading(Box(x=_LEFT, y=self.y, wide=_ACROSS, high=18), table.title)
            self.y += 24
            count, high = _fitting(rows, widths, self.foot - self.y - head)
            box = Box(x=_LEFT, y=self.y, wide=_ACROSS, high=head + high)
            add_table(self.slide, box, table, rows[:count], widths)
            self.y += head + high + _GAP
            rows = rows[count:]


def _fitting(rows: Sequence[Sequence[str]], widths: Sequence[float], room: float) -> tuple[int, float]:
    """How many rows fit and how high they are; always one."""
    count, high = 0, 0.0
    for row in rows[:_TABLE_ROWS]:
        more = cell_height(row, widths)
        if count and high + more > room:
            break
        count, high = count + 1, high + more
    return count, high


def _until(text: str, size: float, most: int) -> tuple[str, str]:
    """As many words as fit in some lines, and the rest."""
    if lines(text, size, _ACROSS) <= most:
        return text, ""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if lines(text[:middle], size, _ACROSS) <= max(1, most) else (low, middle - 1)
    cut = text.rfind(" ", 1, low) if " " in text[1:low] else low
    return text[:cut], text[cut:].strip()


def _chunks(items: Sequence[_One], size: int) -> Iterable[Sequence[_One]]:
    return (items[at : at + size] for at in range(0, len(items), size))
