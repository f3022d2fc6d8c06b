"""Texts of articles: without marks for the search, with marks around what was found, without names. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

START, STOP = "\x02", "\x03"
PERSON, COMPANY, ADDRESS, NUMBER = "[name]", "[company]", "[address]", "[number]"
SHORTEST_NAME = 3

_FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LEAD = re.compile(r"^\s{0,8}(?:#{1,6}\s+|>\s?|[-*+]\s+|\d+[.)]\s+)", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$|^\s*\|?[\s:|-]+\|[\s:|-]*$", re.MULTILINE)
_MARKS = re.compile(r"(\*\*|__|~~|`|(?<!\w)[*_]|[*_](?!\w))")
_SPACE = re.compile(r"\s+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Seven digits or more that belong together: phone numbers, account numbers; not versions and not years.
_DIGITS = re.compile(r"(?<![\w.])\+?\d(?:[\s()/-]{0,2}\d){6,}(?![\w.]*\.\d)")


def plain_text(markdown: str) -> str:
    """What a Markdown text says, on one line and without its marks; the addresses of links are left out."""
    text = _FENCE.sub("", markdown)
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _LEAD.sub("", _RULE.sub("", text)).replace("|", " ")
    return _SPACE.sub(" ", unescape(_MARKS.sub("", text))).strip()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a snippet; `is_found` is what the search was for."""

    text: str
    is_found: bool


def pieces(snippet: str) -> tuple[Piece, ...]:
    """A snippet as the search gives it, in pieces. Marks that do not match are passed over."""
    found: list[Piece] = []
    for number, part in enumerate(re.split(f"[{START}{STOP}]", snippet)):
        if part:
            found.append(Piece(text=part, is_found=bool(number % 2)))
    return tuple(found)


def without_names(text: str, *, people: Iterable[str], companies: Iterable[str]) -> str:
    """The text with the names of people and companies, mail addresses and long numbers taken out.

    Of a person the parts of the name are taken out as well. Names of less than three letters stay: they are words.
    """
    text = _DIGITS.sub(NUMBER, _MAIL.sub(ADDRESS, text))
    for name in _longest_first(companies):
        text = _whole(name).sub(COMPANY, text)
    names = {part for name in people for part in (name, *name.split())}
    for name in _longest_first(names):
        text = _whole(name).sub(PERSON, text)
    return text


def _longest_first(names: Iterable[str]) -> list[str]:
    kept = {name.strip() for name in names if len(name.strip()) >= SHORTEST_NAME}
    return sorted(kept, key=lambda name: (-len(name), name))


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
