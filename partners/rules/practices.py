"""The pack `practices`: best practices that we recommend; and how far they are taken up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import KINDS, Body, Label

KEYS = ("id", "label", "why", "en", "de", "practices", "kinds", "stages")
LEAST = 5
"""A rate over fewer organizations than this would say what single ones do, and is not shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Practice:
    """Something that helps organizations of these kinds in these stages (None: in every one)."""

    id: str
    label: Label
    why: Label
    kinds: tuple[str, ...]
    stages: tuple[str, ...] | None

    def fits(self, kind: str, stage: str) -> bool:
        """Whether it is for such an organization."""
        return kind in self.kinds and (self.stages is None or stage in self.stages)


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticePolicy:
    """The practices in force, by id in their order."""

    version: int
    practices: Mapping[str, Practice]

    def fitting(self, kind: str, stage: str) -> tuple[Practice, ...]:
        """Those for such an organization."""
        return tuple(practice for practice in self.practices.values() if practice.fits(kind, stage))


def parse_practices(body: Body, *, version: int) -> PracticePolicy:
    """The pack `practices`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("practices",))
    known = ("id", "label", "why", "kinds", "stages")
    found = [_practice(row, place) for place, row in packs.rows(content, "practices", known=known)]
    packs.refuse_twins([practice.id for practice in found], "practices", "id")
    return PracticePolicy(version=version, practices={practice.id: practice for practice in found})


def adoption(states: Iterable[str], *, fitting: int) -> int | None:
    """How many percent of `fitting` like organizations have done it; None of too few to tell without naming them."""
    if fitting < LEAST:
        return None
    return round(100 * sum(state == "done" for state in states) / fitting)


def _practice(row: packs.Row, place: str) -> Practice:
    found, kinds = packs.identifier(row, place), packs.words(row, "kinds", place, KINDS)
    if len(found) > 40:
        raise MalformedInput(f"{place}.id", "use up to 40 characters")
    if not kinds:
        raise MalformedInput(f"{place}.kinds", "name at least one kind of organization")
    return Practice(
        id=found,
        label=packs.label(row, place),
        why=packs.label(row, place, "why"),
        kinds=kinds,
        stages=packs.words(row, "stages", place, packs.STAGES) or None,
    )
