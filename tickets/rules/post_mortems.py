"""Post-mortems: their parts, which of them affected organizations may read, and how one is published. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

SECTIONS = ("summary", "timeline", "impact", "root_cause", "factors", "went_well", "prevention")
# The timeline as colleagues tell it names other organizations, and what we say of ourselves stays with us.
SHAREABLE = ("summary", "impact", "root_cause", "prevention")
# Without these nobody learns anything from it.
NEEDED = ("summary", "impact", "root_cause", "prevention")

MOVES: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"review"}),
    "review": frozenset({"draft", "published"}),
    # What is published stays so for its readers while a newer text is looked over.
    "published": frozenset({"published"}),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the timeline that is proposed."""

    at: datetime
    words: str


def may_move(before: str, after: str) -> bool:
    """Whether a post-mortem in the state `before` may come into the state `after`."""
    return after in MOVES.get(before, frozenset())


def missing(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The needed parts that hold nothing, in their order."""
    return tuple(name for name in NEEDED if not texts.get(name, "").strip())


def released(texts: Mapping[str, str], shared: Collection[str]) -> dict[str, str]:
    """What affected organizations read: the released parts that hold something, in their order."""
    return {name: texts[name] for name in SHAREABLE if name in shared and texts.get(name, "").strip()}


def proposed_timeline(lines: Iterable[Line]) -> str:
    """A list in Markdown, a line for each thing that happened, in the order of their moments (UTC)."""
    ordered = sorted(lines, key=lambda line: line.at)
    return "\n".join(f"- **{line.at:%Y-%m-%d %H:%M} UTC** {_one_line(line.words)}" for line in ordered)


def _one_line(words: str) -> str:
    """On one line, and without what would open a list, a heading or a table within it."""
    return " ".join(words.split()).replace("|", "\\|")[:300]
