"""The pack `capacity`, as types: how many hours the work of a role takes, and how many there are (journey.md). Pure.

Hours of the pack are minutes here, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.cadence_packs import ARR_SEGMENTS
from partners.rules.classification_packs import Body, Label

RISKS = ("medium", "high")
MAX_HOURS = 168
"""A week has no more."""
MAX_WEEKS = 52


@dataclass(frozen=True, kw_only=True, slots=True)
class MinuteRange:
    """From so many minutes a week to so many."""

    least: int
    most: int

    @property
    def middle(self) -> int:
        """What is counted with: halfway."""
        return (self.least + self.most) // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Portfolio:
    """How many organizations, and how much revenue, somebody is expected to look after; shown beside the hours.

    It is for holders of `needs_role` and for portfolios that are mostly of `arr_segment`, where these are named.
    """

    id: str
    label: Label
    count_least: int
    count_most: int | None
    arr_least: Decimal | None
    arr_most: Decimal | None
    needs_role: str
    arr_segment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleCapacity:
    """One role: its week, and what an organization takes of it by stage."""

    role: str
    minutes_per_week: int
    gate_work: Mapping[str, MinuteRange]
    portfolios: tuple[Portfolio, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CapacityPolicy:
    """Capacity in force. `healthy_from` to `healthy_to` percent of the hours there are is a healthy load.

    `risk_minutes`: what an open risk takes a week. `review_touchpoints` are counted as reviews, all others as cadence.
    `renewal_minutes`: what a renewal takes of its owner in each of the `renewal_weeks` up to its day.
    """

    version: int
    healthy_from: int
    healthy_to: int
    risk_minutes: Mapping[str, int]
    review_touchpoints: frozenset[str]
    roles: Mapping[str, RoleCapacity]
    renewal_minutes: int = 0
    renewal_weeks: int = 0


_PORTFOLIO_KEYS = ("id", "label", "count", "arr", "needs_role", "arr_segment")
_HOLDER_ROLES = ("csmlead", "techlead", *packs.ROLES)


def parse_capacity(body: Body, *, version: int) -> CapacityPolicy:
    """The pack `capacity`. Raises MalformedInput at the place of what is wrong."""
    known = ("healthy_percent", "risk_hours", "review_touchpoints", "renewals", "roles")
    content = reading.mapping(body, "", known=known)
    healthy = reading.mapping(reading.member(content, "healthy_percent", ""), "healthy_percent", known=("from", "to"))
    healthy_from, healthy_to = (packs.whole(healthy, key, "healthy_percent") for key in ("from", "to"))
    if not 0 < healthy_from <= healthy_to <= 100:
        raise MalformedInput("healthy_percent", "must go from more than 0 up to 100 at most")
    risks = reading.mapping(reading.member(content, "risk_hours", ""), "risk_hours", known=RISKS)
    roles = [
        _role(row, place)
        for place, row in packs.rows(
            content, "roles", known=("role", "hours_per_week", "gate_work_hours", "portfolios")
        )
    ]
    packs.refuse_twins([role.role for role in roles], "roles", "role")
    renewal_weeks, renewal_minutes = _renewals(content)
    return CapacityPolicy(
        version=version,
        healthy_from=healthy_from,
        healthy_to=healthy_to,
        risk_minutes={
            risk: _minutes(reading.member(risks, risk, "risk_hours"), f"risk_hours.{risk}") for risk in RISKS
        },
        review_touchpoints=frozenset(packs.names(content, "review_touchpoints", "")),
        roles={role.role: role for role in roles},
        renewal_minutes=renewal_minutes,
        renewal_weeks=renewal_weeks,
    )


def _renewals(content: packs.Row) -> tuple[int, int]:
    """Weeks and minutes a week; a pack that says nothing of renewals counts nothing for them."""
    if "renewals" not in content:
        return 0, 0
    row = reading.mapping(content["renewals"], "renewals", known=("weeks_before", "hours"))
    weeks = packs.whole(row, "weeks_before", "renewals")
    if weeks > MAX_WEEKS:
        raise MalformedInput("renewals.weeks_before", f"must not be more than {MAX_WEEKS}, found {weeks}")
    return weeks, _minutes(reading.member(row, "hours", "renewals"), "renewals.hours")


def _role(row: packs.Row, place: str) -> RoleCapacity:
    minutes = _minutes(reading.member(row, "hours_per_week", place), f"{place}.hours_per_week")
    if not minutes:
        raise MalformedInput(f"{place}.hours_per_week", "must be more than zero")
    where = f"{place}.gate_work_hours"
    work = reading.mapping(reading.member(row, "gate_work_hours", place), where, known=packs.STAGES)
    portfolios: tuple[Portfolio, ...] = ()
    if "portfolios" in row:
        portfolios = tuple(
            _portfolio(entry, at) for at, entry in packs.rows(row, "portfolios", place, known=_PORTFOLIO_KEYS)
        )
        packs.refuse_twins([portfolio.id for portfolio in portfolios], f"{place}.portfolios", "id")
    return RoleCapacity(
        role=reading.one_of(reading.member(row, "role", place), packs.ROLES, f"{place}.role"),
        minutes_per_week=minutes,
        gate_work={stage: _range(hours, f"{where}.{stage}") for stage, hours in work.items()},
        portfolios=portfolios,
    )


def _portfolio(row: packs.Row, place: str) -> Portfolio:
    at = f"{place}.count"
    count = reading.mapping(reading.member(row, "count", place), at, known=("from", "to"))
    least, most = packs.whole(count, "from", at), packs.optional_whole(count, "to", at)
    if most is not None and most < least:
        raise MalformedInput(f"{at}.to", f"must not be below from, found {most}")
    at = f"{place}.arr"
    arr = reading.mapping(row.get("arr", {}), at, known=("from", "to"))
    amounts = {key: reading.amount(arr[key], f"{at}.{key}") for key in arr}
    if "to" in amounts and amounts["to"] < amounts.get("from", 0):
        raise MalformedInput(f"{at}.to", f"must not be below from, found {amounts['to']}")
    return Portfolio(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        count_least=least,
        count_most=most,
        arr_least=amounts.get("from"),
        arr_most=amounts.get("to"),
        needs_role=_optional_word(row, "needs_role", place, _HOLDER_ROLES),
        arr_segment=_optional_word(row, "arr_segment", place, ARR_SEGMENTS),
    )


def _optional_word(row: packs.Row, key: str, place: str, choices: tuple[str, ...]) -> str:
    return reading.one_of(row[key], choices, f"{place}.{key}") if key in row else ""


def _range(found: object, place: str) -> MinuteRange:
    hours = reading.mapping(found, place, known=("from", "to"))
    least, most = (_minutes(reading.member(hours, key, place), f"{place}.{key}") for key in ("from", "to"))
    if most < least:
        raise MalformedInput(f"{place}.to", "must not be below from")
    return MinuteRange(least=least, most=most)


def _minutes(found: object, place: str) -> int:
    hours = reading.amount(found, place)
    if hours > MAX_HOURS:
        raise MalformedInput(place, f"a week has {MAX_HOURS} hours, found {hours}")
    return round(hours * 60)
