"""The colors of documents: fixed, since paper and slides know no themes. Pages take theirs from the style sheet."""

import re

from common.document import Series, Tone

INK, QUIET, LINE, SOFT = "#171b24", "#606878", "#e5e8ed", "#f4f5f8"
ACCENT = "#3a5ccc"
TONES: dict[Tone, str] = {"good": "#146239", "bad": "#a3202a", "warn": "#7c4a03", "": QUIET}
SOLID: dict[Tone, str] = {"good": "#23915a", "bad": "#cb323b", "warn": "#c67c08"}
# Amber comes last: it is the color of a warning too.
SERIES = (ACCENT, "#178a87", "#7c4fc9", "#c2437e", "#5f7186", "#c67c08")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_LIGHT = 0.36


def brand_color(color: str) -> str:
    """The color if it is one, else the accent."""
    return color.lower() if _HEX.fullmatch(color) else ACCENT


def on(color: str) -> str:
    """White or ink, whichever is read better on a color."""
    return INK if _luminance(color) > _LIGHT else "#ffffff"


def for_text(color: str) -> str:
    """The color for words on white; one that is too light for it gives way to ink."""
    return color if _luminance(color) < _LIGHT / 2 else INK


def _luminance(color: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(color[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def series_color(series: Series, place: int, brand: str) -> str:
    """A tone has its color; without one the first series is the brand's, the others follow in order."""
    if series.tone:
        return SOLID[series.tone]
    return brand if place == 0 else SERIES[place % len(SERIES)]


def series_class(series: Series, place: int) -> str:
    """The class that gives a series its color on a page, in both themes."""
    return f"tone-{series.tone}" if series.tone else f"series-{place % len(SERIES) + 1}"
