"""How wide a text will be, by its characters: for drawings and slides, where nobody measures before they are seen."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_NARROW = frozenset("iljtfrI.,:;'|!()[] ")
_LONGEST_WORD = 24
_BREAK = "\u200b"
_ELLIPSIS = "…"
# Characters that XML cannot hold; a text from elsewhere may have them.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def clean(text: str) -> str:
    """The text without what neither a drawing nor a slide can hold."""
    return text.translate(_FORBIDDEN)


def width(text: str, size: float) -> float:
    """The estimated width at a font size, in the unit of the size; on the wide side."""
    return size * sum(map(_em, text))


@lru_cache(maxsize=8_192)
def _em(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in _NARROW:
        return 0.32
    return 0.72 if char.isupper() or char in "mwMW%@" else 0.6


def lines(text: str, size: float, across: float) -> int:
    """How many lines a text takes in a column, at least one; words longer than the column are broken."""
    return sum(max(1, _lines_of(part, size, across)) for part in text.split("\n"))


def _lines_of(text: str, size: float, across: float) -> int:
    count, used = 0, across + 1
    for word in _words(text):
        wide = width(word, size)
        if used + wide > across:
            count += max(1, -int(-wide // across))
            used = wide % across if wide > across else wide
        else:
            used += wide
        used += width(" ", size)
    return count


def _words(text: str) -> Iterator[str]:
    """The pieces a line may end after; scripts without spaces break after every character."""
    for word in text.split():
        if any(unicodedata.east_asian_width(char) in "WF" for char in word):
            yield from word
        else:
            yield word


def shortened(text: str, size: float, across: float) -> str:
    """The text, or its beginning with an ellipsis, within a width."""
    if width(text, size) <= across:
        return text
    end, used = 0, _em(_ELLIPSIS)
    for char in text:
        used += _em(char)
        if size * used > across:
            break
        end += 1
    return text[: max(end, 1)].rstrip() + _ELLIPSIS


def breakable(text: str) -> str:
    """The text with places to break inside words that no line would hold, such as addresses and keys."""
    return " ".join(_broken(word) if len(word) > _LONGEST_WORD else word for word in text.split(" "))


def _broken(word: str) -> str:
    step = _LONGEST_WORD // 2
    return _BREAK.join(word[at : at + step] for at in range(0, len(word), step))


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    for char in text:
        if (direction := unicodedata.bidirectional(char)) in {"L", "R", "AL"}:
            return direction != "L"
    return False
