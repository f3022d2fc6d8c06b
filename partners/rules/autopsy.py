"""What a loss teaches, drafted from what the hub knows: the first weak signal, who saw it, what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

MOST = 40
"""Of each part only so many facts, the earliest: a draft is read by a person."""


class Part(StrEnum):
    """What a fact is for the story of a loss."""

    SIGNAL = "signal"
    SEEN = "seen"
    DONE = "done"
    PROMISED = "promised"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened before the loss. `code` names its kind, `words` are as they were written down.

    `target` and `key` lead to its page (a kind of thing, and its public id).
    """

    part: Part
    at: datetime
    code: str
    words: str = ""
    who: str = ""
    target: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the draft. `days_before` the loss."""

    part: str
    on: date
    days_before: int
    code: str
    words: str
    who: str
    target: str
    key: str

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "part": self.part,
            "on": self.on.isoformat(),
            "days_before": self.days_before,
            "code": self.code,
            "words": self.words,
            "who": self.who,
            "target": self.target,
            "key": self.key,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Autopsy:
    """The draft: its first signal, and for how many days before the loss it could be known."""

    findings: tuple[Finding, ...]
    days_known: int | None
    days_until_seen: int | None


def draft(events: Iterable[Event], *, lost_on: date) -> Autopsy:
    """The story from the first weak signal on: what came before it is no answer to it and left out.

    Without a signal everything stands as it is: that nothing warned anybody is a finding of its own.
    """
    told = sorted((event for event in events if event.at.date() <= lost_on), key=lambda event: event.at)
    first = next((event for event in told if event.part is Part.SIGNAL), None)
    after = [event for event in told if first is None or event.at >= first.at]
    counts: dict[Part, int] = {}
    findings = []
    for event in after:
        counts[event.part] = counts.get(event.part, 0) + 1
        if counts[event.part] <= MOST:
            findings.append(_finding(event, lost_on))
    seen = next((event for event in after if event.part is not Part.SIGNAL and event.who), None)
    return Autopsy(
        findings=tuple(findings),
        days_known=(lost_on - first.at.date()).days if first else None,
        days_until_seen=(seen.at.date() - first.at.date()).days if first and seen else None,
    )


def first_of(findings: Iterable[Mapping[str, Any]], part: str) -> Mapping[str, Any] | None:
    """The earliest stored finding of a part."""
    return next((found for found in findings if found.get("part") == part), None)


def _finding(event: Event, lost_on: date) -> Finding:
    on = event.at.date()
    return Finding(
        part=event.part.value,
        on=on,
        days_before=(lost_on - on).days,
        code=event.code,
        words=event.words[:300],
        who=event.who,
        target=event.target,
        key=event.key,
    )
