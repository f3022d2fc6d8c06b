"""The pack `reviews`: which sections a review has for whom, when it must be ready, and its drafts of words. Pure.

`{organization}`, `{period}`, `{day}` and `{promises}` within the drafts are filled in by `fill`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label

AUDIENCES = ("internal", "shared")
KEYS = (
    "ahead_days", "kinds", "ready_days_before", "sections", "section", "audience", "agenda", "follow_up",
)  # fmt: skip
PLACEHOLDERS = ("organization", "period", "day", "promises")
_MOST_AHEAD = 120
_PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSection:
    """A section by the name of its source, and who gets it unless a review says otherwise."""

    section: str
    audience: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewKind:
    """Of one kind of touchpoint. `sections` in the order in which they are shown."""

    id: str
    label: Label
    ready_days_before: int
    sections: tuple[PlannedSection, ...]
    agenda: Label
    follow_up: Label


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewPolicy:
    """`ahead_days`: how long before its day a review is begun."""

    version: int
    ahead_days: int
    kinds: Mapping[str, ReviewKind]


def parse_reviews(body: Body, *, version: int) -> ReviewPolicy:
    """Read the pack. Raises MalformedInput with the place of what is wrong."""
    row = reading.mapping(body, "", known=("ahead_days", "kinds"))
    ahead = packs.whole(row, "ahead_days", "", least=1)
    if ahead > _MOST_AHEAD:
        raise MalformedInput("ahead_days", f"must be {_MOST_AHEAD} or less, found {ahead}")
    known = ("id", "label", "ready_days_before", "sections", "agenda", "follow_up")
    kinds = [_kind(entry, place) for place, entry in packs.rows(row, "kinds", known=known)]
    packs.refuse_twins([kind.id for kind in kinds], "kinds", "id")
    for index, kind in enumerate(kinds):
        if kind.ready_days_before >= ahead:
            raise MalformedInput(f"kinds[{index}].ready_days_before", f"must be less than ahead_days, {ahead}")
    return ReviewPolicy(version=version, ahead_days=ahead, kinds={kind.id: kind for kind in kinds})


def fill(text: str, words: Mapping[str, str]) -> str:
    """A draft with its placeholders filled in; what it does not know stays as it is, for a person to see."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text).strip()


def _kind(row: packs.Row, place: str) -> ReviewKind:
    sections = tuple(
        PlannedSection(
            section=packs.identifier(entry, where, "section"),
            audience=reading.one_of(reading.member(entry, "audience", where), AUDIENCES, f"{where}.audience"),
        )
        for where, entry in packs.rows(row, "sections", place, known=("section", "audience"))
    )
    packs.refuse_twins([planned.section for planned in sections], f"{place}.sections", "section")
    return ReviewKind(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        ready_days_before=packs.whole(row, "ready_days_before", place),
        sections=sections,
        agenda=packs.label(row, place, "agenda"),
        follow_up=packs.label(row, place, "follow_up"),
    )
