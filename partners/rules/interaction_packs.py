"""The pack `interactions`: skeletons for what is logged often, so that a minute suffices (journey.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label

KEYS = ("templates", "id", "label", "kind", "minutes", "is_two_way", "summary", "prompts", "en", "de")
INTERACTIONS = ("call", "meeting", "mail", "note", "workshop", "training", "chat", "visit")
MOST_PROMPTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class InteractionTemplate:
    """One skeleton. `prompts` become lines of the notes, each to be answered below it."""

    id: str
    label: Label
    kind: str
    minutes: int | None
    is_two_way: bool
    summary: Label
    prompts: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InteractionPolicy:
    version: int
    templates: Mapping[str, InteractionTemplate]


def parse_interactions(body: Body, *, version: int) -> InteractionPolicy:
    """The pack `interactions`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("templates",))
    known = ("id", "label", "kind", "minutes", "is_two_way", "summary", "prompts")
    templates = [_template(row, place) for place, row in packs.rows(content, "templates", known=known)]
    packs.refuse_twins([one.id for one in templates], "templates", "id")
    return InteractionPolicy(version=version, templates={one.id: one for one in templates})


def _template(row: packs.Row, place: str) -> InteractionTemplate:
    where = reading.at(place, "minutes")
    minutes = packs.optional_whole(row, "minutes", place, least=1)
    if minutes is not None and minutes > 1440:
        raise MalformedInput(where, f"must be 1440 or less, found {minutes}")
    return InteractionTemplate(
        id=_short(packs.identifier(row, place), reading.at(place, "id")),
        label=packs.label(row, place),
        kind=reading.one_of(reading.member(row, "kind", place), INTERACTIONS, reading.at(place, "kind")),
        minutes=minutes,
        is_two_way=packs.flag(row, "is_two_way", place, default=True),
        summary=packs.optional_label(row, place, "summary"),
        prompts=_prompts(row, place),
    )


def _short(name: str, where: str) -> str:
    if len(name) > 40:
        raise MalformedInput(where, "must have 40 characters or fewer")
    return name


def _prompts(row: packs.Row, place: str) -> tuple[Label, ...]:
    where = reading.at(place, "prompts")
    entries = packs.listed(row, "prompts", place)
    if not 1 <= len(entries) <= MOST_PROMPTS:
        raise MalformedInput(where, f"must hold 1 to {MOST_PROMPTS} prompts")
    return tuple(packs.label({"prompt": entry}, f"{where}[{index}]", "prompt") for index, entry in enumerate(entries))
