"""The documentation hub: guides by stage, phase and role, as types, with their pack `guides` (journey.md). Pure.

A guide is a short text in Markdown or a link. Somebody in its owner role keeps it, and looks it over every so many
days.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import KINDS, Body, Label

GUIDE_ROLES = (*packs.ROLES, "support", "senior", "supportlead", "techlead", "csmlead", "manager", "admin")
"""Whoever reads guides or keeps one."""

_PHASE = re.compile(r"[0-9][A-Z]", re.ASCII)
_LINK = re.compile(r"https://[^\s]+", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guide:
    """One article. Either `body`, Markdown by language, or `link` is there, not both."""

    id: str
    title: Label
    body: Label
    link: str
    owner_role: str
    review_days: int

    @property
    def is_link(self) -> bool:
        return bool(self.link)


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideSection:
    """Guides for one place: a stage (empty: every one), a phase of it (empty: all), and the roles that work there."""

    id: str
    title: Label
    kinds: frozenset[str]
    stage: str
    phase: str
    roles: tuple[str, ...]
    guides: tuple[Guide, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GuidePolicy:
    """The documentation in force, in the order of the pack."""

    version: int
    sections: tuple[GuideSection, ...]

    @property
    def guides(self) -> Mapping[str, Guide]:
        """All guides by id."""
        return {guide.id: guide for section in self.sections for guide in section.guides}


def sections_for(
    policy: GuidePolicy, *, kind: str = "", stage: str = "", phase: str = "", roles: Collection[str] = ()
) -> tuple[GuideSection, ...]:
    """The sections that somebody in these roles needs at a place; what is not given narrows nothing.

    Nearest first: those of the phase, then of the stage, then those for every stage.
    """
    found = [
        section
        for section in policy.sections
        if (not kind or kind in section.kinds)
        and (not stage or section.stage in ("", stage))
        and (not phase or section.phase in ("", phase))
        and (not roles or not set(section.roles).isdisjoint(roles))
    ]
    return tuple(sorted(found, key=lambda section: (not section.stage, bool(phase) and not section.phase)))


def review_due_on(guide: Guide, *, reviewed_on: date) -> date:
    """When a guide is to be looked over again."""
    return reviewed_on + timedelta(days=guide.review_days)


def parse_guides(body: Body, *, version: int) -> GuidePolicy:
    """The pack `guides`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("sections",))
    known = ("id", "title", "kinds", "stage", "phase", "roles", "guides")
    sections = tuple(_section(row, place) for place, row in packs.rows(content, "sections", known=known))
    packs.refuse_twins([section.id for section in sections], "sections", "id")
    seen: set[str] = set()
    for number, section in enumerate(sections):
        for index, guide in enumerate(section.guides):
            if guide.id in seen:
                place = f"sections[{number}].guides[{index}].id"
                raise MalformedInput(place, f"{reading.shown(guide.id)} is there already")
            seen.add(guide.id)
    return GuidePolicy(version=version, sections=sections)


def _section(row: packs.Row, place: str) -> GuideSection:
    roles, kinds = packs.words(row, "roles", place, GUIDE_ROLES), packs.words(row, "kinds", place, KINDS)
    for key, found in (("roles", roles), ("kinds", kinds)):
        if not found:
            raise MalformedInput(reading.at(place, key), "must name at least one")
    stage = reading.one_of(row["stage"], packs.STAGES, f"{place}.stage") if "stage" in row else ""
    phase = reading.text(row["phase"], f"{place}.phase") if "phase" in row else ""
    if phase and (not stage or not _PHASE.fullmatch(phase)):
        raise MalformedInput(f"{place}.phase", reading.expected("a phase like 1A of a stage that is named", phase))
    known = ("id", "title", "owner_role", "review_days", "body", "link")
    return GuideSection(
        id=packs.identifier(row, place),
        title=packs.label(row, place, "title"),
        kinds=frozenset(kinds),
        stage=stage,
        phase=phase,
        roles=roles,
        guides=tuple(_guide(guide, where) for where, guide in packs.rows(row, "guides", place, known=known)),
    )


def _guide(row: packs.Row, place: str) -> Guide:
    if ("body" in row) == ("link" in row):
        raise MalformedInput(place, "expected either a body or a link")
    link = ""
    if "link" in row:
        link = reading.text(row["link"], f"{place}.link")
        if not _LINK.fullmatch(link):
            raise MalformedInput(f"{place}.link", reading.expected("an address that begins with https://", link))
    return Guide(
        id=packs.identifier(row, place),
        title=packs.label(row, place, "title"),
        body=packs.optional_label(row, place, "body"),
        link=link,
        owner_role=reading.one_of(reading.member(row, "owner_role", place), GUIDE_ROLES, f"{place}.owner_role"),
        review_days=packs.whole(row, "review_days", place, least=1),
    )
