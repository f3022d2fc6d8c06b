"""What of a mail is its answer, and what it repeats below. Pure.

The library finds the place by expressions whose time grows with the third power of what an attacker writes: it is
shown a reading copy whose lines, their number and their length are bounded, and only tells where to cut.
"""

import re

from mailparser_reply import EmailReplyParser

MOST_LINES = 400
MOST_LINE = 160
MOST_TEXT = 16 * 1024
_LONG = "#"
_SPACE = re.compile(r"[^\S\n]+")
_PARSER = EmailReplyParser(languages=["en", "de", "fr", "es", "it", "nl", "pl", "cs", "da", "sv"])


def split_reply(text: str) -> tuple[str, str]:
    """The answer, and what follows it. All of it is answer where no quote is recognized, or nothing would be left."""
    lines = text.strip("\n").split("\n")
    copy, places = _reading_copy(lines)
    replies = _PARSER.read("\n".join(copy)).replies if copy else []
    if len(replies) < 2:
        return text.strip(), ""
    first = replies[0].full_body.strip("\n").split("\n")
    if [line.strip() for line in copy[: len(first)]] != [line.strip() for line in first]:
        return text.strip(), ""
    cut = places[len(first) - 1] + 1
    answer, rest = "\n".join(lines[:cut]).strip(), "\n".join(lines[cut:]).strip()
    return (answer, rest) if answer else (text.strip(), "")


def _reading_copy(lines: list[str]) -> tuple[list[str], list[int]]:
    """Lines for the library, and where each stands in the original: short ones, one blank line at a time."""
    copy: list[str] = []
    places: list[int] = []
    size = 0
    for place, line in enumerate(lines):
        plain = _SPACE.sub(" ", line[: MOST_LINE + 1]).rstrip()
        if not plain and (not copy or not copy[-1]):
            continue
        shown = plain if len(line) <= MOST_LINE else _LONG
        size += len(shown) + 1
        if len(copy) >= MOST_LINES or size > MOST_TEXT:
            break
        copy.append(shown)
        places.append(place)
    return copy, places
