"""The pack `handoffs`, as types: which roles hand over to which, and what has to be on the table (journey.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import KINDS, Body, Label


class Meeting(StrEnum):
    """What giver and receiver do together before the receiver accepts."""

    HANDOFF_MEETING = "handoff_meeting"
    DOCUMENT_REVIEW = "document_review"
    INTRODUCTION = "introduction"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffItem:
    """One part of a handoff. `gathers` names what the hub puts there by itself, or is empty: the giver writes it.

    A required item is checked by the giver before offering, whatever was gathered.
    """

    id: str
    label: Label
    hint: Label
    gathers: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffKind:
    """One kind of handoff. `to_roles` more than one: the receiver takes it in one of them.

    `same_role`: from an owner to another in whatever role the giver holds; from_roles and to_roles are then empty.
    `stages`: where it may be prepared. `shadow_days`: working days on which the receiver goes along before accepting.
    `confirms_launch`: after the launch the giver adds its results and the receiver confirms them.
    """

    id: str
    label: Label
    kinds: frozenset[str]
    stages: frozenset[str]
    from_roles: tuple[str, ...]
    to_roles: tuple[str, ...]
    same_role: bool
    required_items: tuple[str, ...]
    optional_items: tuple[str, ...]
    meetings: tuple[Meeting, ...]
    shadow_days: int
    confirms_launch: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffPolicy:
    """The handoffs in force. `accept_within_days`: business days of the receiver's calendar."""

    version: int
    accept_within_days: int
    items: Mapping[str, HandoffItem]
    kinds: Mapping[str, HandoffKind]

    def between(self, *, kind: str, stage: str, from_role: str, to_role: str) -> tuple[HandoffKind, ...]:
        """The kinds of handoff from one role to another for an organization of a kind in a stage."""
        return tuple(
            known
            for known in self.kinds.values()
            if kind in known.kinds and stage in known.stages and _leads(known, from_role, to_role)
        )


_KIND_KEYS = (
    "id",
    "label",
    "kinds",
    "stages",
    "from_roles",
    "to_roles",
    "same_role",
    "required_items",
    "optional_items",
    "meetings",
    "shadow_days",
    "confirms_launch",
)


def parse_handoffs(body: Body, *, version: int) -> HandoffPolicy:
    """The pack `handoffs`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("accept_within_days", "items", "handoffs"))
    items = [
        HandoffItem(
            id=packs.identifier(row, place),
            label=packs.label(row, place),
            hint=packs.optional_label(row, place, "hint"),
            gathers=packs.identifier(row, place, "gathers") if "gathers" in row else "",
        )
        for place, row in packs.rows(content, "items", known=("id", "label", "hint", "gathers"))
    ]
    packs.refuse_twins([item.id for item in items], "items", "id")
    by_id = {item.id: item for item in items}
    kinds = [_kind(row, place, by_id) for place, row in packs.rows(content, "handoffs", known=_KIND_KEYS)]
    packs.refuse_twins([kind.id for kind in kinds], "handoffs", "id")
    used = {name for kind in kinds for name in (*kind.required_items, *kind.optional_items)}
    for index, item in enumerate(items):
        if item.id not in used:
            raise MalformedInput(f"items[{index}]", f"no handoff holds {reading.shown(item.id)}")
    return HandoffPolicy(
        version=version,
        accept_within_days=packs.whole(content, "accept_within_days", "", least=1),
        items=by_id,
        kinds={kind.id: kind for kind in kinds},
    )


def _kind(row: packs.Row, place: str, items: Mapping[str, HandoffItem]) -> HandoffKind:
    from_roles, to_roles = (packs.words(row, key, place, packs.ROLES) for key in ("from_roles", "to_roles"))
    same_role = packs.flag(row, "same_role", place)
    for key, roles in (("from_roles", from_roles), ("to_roles", to_roles)):
        if same_role and roles:
            raise MalformedInput(reading.at(place, key), "a handoff within the same role names no roles")
        if not same_role and not roles:
            raise MalformedInput(place, f"{reading.shown(key)} must name at least one role")
    if set(from_roles) & set(to_roles):
        raise MalformedInput(f"{place}.to_roles", "must not repeat a role of from_roles; see same_role")
    kinds, stages = packs.words(row, "kinds", place, KINDS), packs.words(row, "stages", place, packs.STAGES)
    for key, found in (("kinds", kinds), ("stages", stages)):
        if not found:
            raise MalformedInput(reading.at(place, key), "must name at least one")
    required, optional = (packs.words(row, key, place, items) for key in ("required_items", "optional_items"))
    for index, name in enumerate(optional):
        if name in required:
            raise MalformedInput(f"{place}.optional_items[{index}]", f"{reading.shown(name)} is required already")
    return HandoffKind(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        kinds=frozenset(kinds),
        stages=frozenset(stages),
        from_roles=from_roles,
        to_roles=to_roles,
        same_role=same_role,
        required_items=required,
        optional_items=optional,
        meetings=tuple(Meeting(name) for name in packs.words(row, "meetings", place, tuple(Meeting))),
        shadow_days=packs.optional_whole(row, "shadow_days", place) or 0,
        confirms_launch=packs.flag(row, "confirms_launch", place),
    )


def _leads(kind: HandoffKind, from_role: str, to_role: str) -> bool:
    if kind.same_role:
        return from_role == to_role
    return from_role in kind.from_roles and to_role in kind.to_roles
