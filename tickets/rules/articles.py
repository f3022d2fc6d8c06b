"""How an article goes from draft to retired, which of its texts somebody reads, and what changed between two. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

MOVES: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"review", "published", "retired"}),
    "review": frozenset({"draft", "published", "retired"}),
    "published": frozenset({"published", "retired"}),
    "retired": frozenset({"draft", "published"}),
}
MAX_SLUG = 80


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a comparison: `mark` is " " for one in both, "-" for one that went, "+" for one that came."""

    mark: str
    text: str


def may_move(before: str, after: str) -> bool:
    """Whether an article in the state `before` may come into the state `after`."""
    return after in MOVES.get(before, frozenset())


def best_language(available: Iterable[str], *, wanted: str, main: str) -> str | None:
    """The language to read in: the one that is wanted, else the article's own, else the first; None for none."""
    offered = sorted(available)
    for language in (wanted.lower()[:2], main):
        if language in offered:
            return language
    return offered[0] if offered else None


def slug_of(title: str, *, taken: Iterable[str] = ()) -> str:
    """An address made from a title that is not `taken`: small letters, digits and dashes, at most 80 of them.

    A title in letters that have no Latin form is called "article".
    """
    ascii_text = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[: MAX_SLUG - 5].strip("-") or "article"
    known = set(taken)
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(known) + 2))
    return next(candidate for candidate in candidates if candidate not in known)


def differences(before: str, after: str) -> tuple[Line, ...]:
    """The lines of both texts in order, each marked by where it is."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += _lines(" ", old[old_from:old_to])
        else:
            found += _lines("-", old[old_from:old_to]) + _lines("+", new[new_from:new_to])
    return tuple(found)


def _lines(mark: str, texts: Sequence[str]) -> list[Line]:
    return [Line(mark=mark, text=text) for text in texts]


def review_due_on(*, reviewed_on: date, review_days: int) -> date:
    """The day by which an article is to be looked over again."""
    return reviewed_on + timedelta(days=review_days)
