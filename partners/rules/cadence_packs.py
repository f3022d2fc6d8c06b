"""The pack `cadence`, as types: who is talked with how often, about what, and with whom (journey.md, Cadence). Pure.

A rule names the organizations that it is for and its series: one kind of touchpoint each, with steps of a distance
that hold from a number of months after the anchor on. The anchor is a day of the organization that nothing moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import KINDS, Body, Label

ANCHORS = ("launch", "onboarding")
ARR_SEGMENTS = ("enterprise", "mid_market", "small")
GEMSTONES = ("diamond", "pearl", "sapphire", "ruby", "quartz")


class Basis(StrEnum):
    """Where a distance comes from; the first that says something holds (journey.md, Cadence: Order)."""

    EXCEPTION = "exception"
    ONBOARDING = "onboarding"
    SEGMENT = "segment"


BASES_OF_RULES = (Basis.ONBOARDING, Basis.SEGMENT)

_TOUCHPOINT_KEYS = ("id", "label", "audience", "minutes", "preparation_minutes", "kept_by_contact", "is_meeting")
_RULE_KEYS = (
    "id",
    "label",
    "basis",
    "kinds",
    "stages",
    "arr_segments",
    "gemstones",
    "executive_relationships",
    "series",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchpointKind:
    """One kind of touchpoint: who of the other side is invited, how long it takes, and whether other contact counts.

    `kept_by_contact`: a two-way contact with a right person shortly before is as good as the touchpoint itself.
    `is_meeting`: people meet; otherwise something is sent.
    """

    id: str
    label: Label
    audience: tuple[str, ...]
    minutes: int
    preparation_minutes: int
    kept_by_contact: bool
    is_meeting: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Distance:
    """So many days, or so many months: exactly one of the two."""

    days: int | None = None
    months: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A distance that holds from so many months after the anchor until the next step begins."""

    from_months: int
    every: Distance


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One kind of touchpoint with its days. The first of `owner_roles` that the organization has holds it.

    `companions` come along, `companions_when_needed` are asked; `overdue_after_days`: so many days after the last one
    it is overdue (a day after its own day where None); `on_request`: the distance that the other side may ask for.
    """

    touchpoint: str
    owner_roles: tuple[str, ...]
    anchors: tuple[str, ...]
    steps: tuple[Step, ...]
    companions: tuple[str, ...]
    companions_when_needed: tuple[str, ...]
    overdue_after_days: int | None
    on_request: Distance | None
    needs_role: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CadenceRule:
    """Organizations by kind, stage and, where they are named, segments or gemstones; and what is due with them."""

    id: str
    label: Label
    basis: Basis
    kinds: frozenset[str]
    stages: frozenset[str]
    arr_segments: frozenset[str] | None
    gemstones: frozenset[str] | None
    executive_relationships: int
    series: tuple[Series, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CadencePolicy:
    """The cadence in force. The first rule of a basis that fits is the organization's."""

    version: int
    touchpoints: Mapping[str, TouchpointKind]
    rules: tuple[CadenceRule, ...]


def parse_cadence(body: Body, *, version: int) -> CadencePolicy:
    """The pack `cadence`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("touchpoints", "rules"))
    kinds = [_touchpoint(row, place) for place, row in packs.rows(content, "touchpoints", known=_TOUCHPOINT_KEYS)]
    packs.refuse_twins([kind.id for kind in kinds], "touchpoints", "id")
    touchpoints = {kind.id: kind for kind in kinds}
    rules = tuple(_rule(row, place, touchpoints) for place, row in packs.rows(content, "rules", known=_RULE_KEYS))
    packs.refuse_twins([rule.id for rule in rules], "rules", "id")
    _refuse_unreachable(rules)
    return CadencePolicy(version=version, touchpoints=touchpoints, rules=rules)


def _touchpoint(row: packs.Row, place: str) -> TouchpointKind:
    return TouchpointKind(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        audience=packs.words(row, "audience", place, packs.CONTACT_ROLES),
        minutes=packs.whole(row, "minutes", place),
        preparation_minutes=packs.optional_whole(row, "preparation_minutes", place) or 0,
        kept_by_contact=packs.flag(row, "kept_by_contact", place),
        is_meeting=packs.flag(row, "is_meeting", place, default=True),
    )


def _rule(row: packs.Row, place: str, touchpoints: Mapping[str, TouchpointKind]) -> CadenceRule:
    basis = Basis(reading.one_of(reading.member(row, "basis", place), BASES_OF_RULES, f"{place}.basis"))
    kinds, stages = packs.words(row, "kinds", place, KINDS), packs.words(row, "stages", place, packs.STAGES)
    for key, found in (("kinds", kinds), ("stages", stages)):
        if not found:
            raise MalformedInput(reading.at(place, key), "must name at least one")
    series = tuple(
        _series(entry, f"{place}.series[{index}]", touchpoints)
        for index, entry in enumerate(packs.listed(row, "series", place))
    )
    packs.refuse_twins([one.touchpoint for one in series], f"{place}.series", "touchpoint")
    return CadenceRule(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        basis=basis,
        kinds=frozenset(kinds),
        stages=frozenset(stages),
        arr_segments=_narrowing(row, "arr_segments", place, ARR_SEGMENTS),
        gemstones=_narrowing(row, "gemstones", place, GEMSTONES),
        executive_relationships=packs.optional_whole(row, "executive_relationships", place) or 0,
        series=series,
    )


def _series(entry: object, place: str, touchpoints: Mapping[str, TouchpointKind]) -> Series:
    known = (
        "touchpoint", "owner_roles", "anchors", "steps", "companions", "companions_when_needed", "overdue_after_days",
        "on_request", "needs_role",
    )  # fmt: skip
    row = reading.mapping(entry, place, known=known)
    for key in ("owner_roles", "anchors"):
        if not packs.listed(row, key, place):
            raise MalformedInput(reading.at(place, key), "must name at least one")
    steps = tuple(
        _step(step, where)
        for where, step in packs.rows(row, "steps", place, known=("from_months", "every_days", "every_months"))
    )
    for index in range(1, len(steps)):
        if steps[index].from_months <= steps[index - 1].from_months:
            raise MalformedInput(f"{place}.steps[{index}].from_months", "must be later than that of the step before it")
    on_request = None
    if "on_request" in row:
        where = f"{place}.on_request"
        on_request = _distance(reading.mapping(row["on_request"], where, known=("every_days", "every_months")), where)
    needs_role = ""
    if "needs_role" in row:
        needs_role = reading.one_of(row["needs_role"], packs.ROLES, f"{place}.needs_role")
    return Series(
        touchpoint=reading.one_of(reading.member(row, "touchpoint", place), touchpoints, f"{place}.touchpoint"),
        owner_roles=packs.words(row, "owner_roles", place, packs.ROLES),
        anchors=packs.words(row, "anchors", place, ANCHORS),
        steps=steps,
        companions=packs.words(row, "companions", place, packs.ROLES),
        companions_when_needed=packs.words(row, "companions_when_needed", place, packs.ROLES),
        overdue_after_days=packs.optional_whole(row, "overdue_after_days", place, least=1),
        on_request=on_request,
        needs_role=needs_role,
    )


def _step(row: packs.Row, place: str) -> Step:
    return Step(from_months=packs.whole(row, "from_months", place), every=_distance(row, place))


def _distance(row: packs.Row, place: str) -> Distance:
    given = [key for key in ("every_days", "every_months") if key in row]
    if len(given) != 1:
        raise MalformedInput(place, f"expected every_days or every_months, found {len(given)}")
    return Distance(
        days=packs.optional_whole(row, "every_days", place, least=1),
        months=packs.optional_whole(row, "every_months", place, least=1),
    )


def _narrowing(row: packs.Row, key: str, place: str, choices: tuple[str, ...]) -> frozenset[str] | None:
    if key not in row:
        return None
    chosen = packs.words(row, key, place, choices)
    if not chosen:
        raise MalformedInput(reading.at(place, key), "must name at least one, or be left out")
    return frozenset(chosen)


def _refuse_unreachable(rules: tuple[CadenceRule, ...]) -> None:
    """Refuse a rule whose every organization an earlier rule of its basis takes."""
    for index, rule in enumerate(rules):
        for earlier in rules[:index]:
            if earlier.basis == rule.basis and _takes_all_of(earlier, rule):
                raise MalformedInput(f"rules[{index}]", f"is never reached: {earlier.id} takes all that it is for")


def _takes_all_of(earlier: CadenceRule, later: CadenceRule) -> bool:
    def covers(wide: frozenset[str] | None, narrow: frozenset[str] | None) -> bool:
        return wide is None or (narrow is not None and narrow <= wide)

    return (
        later.kinds <= earlier.kinds
        and later.stages <= earlier.stages
        and covers(earlier.arr_segments, later.arr_segments)
        and covers(earlier.gemstones, later.gemstones)
    )
