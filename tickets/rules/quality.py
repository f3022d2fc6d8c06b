"""Quality reviews: the score card as types, what points add up to, and which tickets are looked at first. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label, parse_label

KEYS = ("most_points", "pass_percent", "per_agent", "criteria", "id", "label", "hint", "weight", "en", "de")
_MOST_POINTS = 10
_MOST_SAMPLE = 50
_ALL = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One thing that a review looks at; `weight` in percent."""

    id: str
    label: Label
    hint: Label
    weight: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreCard:
    """The card in force. `per_agent` tickets of each agent are proposed a month."""

    version: int
    most_points: int
    pass_percent: int
    per_agent: int
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What points add up to: their weighted share in percent, and whether it is enough."""

    score: Decimal
    is_passed: bool


def verdict(card: ScoreCard, points: Mapping[str, int]) -> Verdict:
    """The verdict on points by criterion. Raises ValueError for points that are missing, unknown or off the scale."""
    wanted = {criterion.id for criterion in card.criteria}
    if set(points) != wanted:
        raise ValueError(f"points for {', '.join(sorted(set(points) ^ wanted))}")
    for key, number in points.items():
        if isinstance(number, bool) or not 0 <= number <= card.most_points:
            raise ValueError(f"{key} is given 0 to {card.most_points} points, not {number}")
    sums = sum(criterion.weight * points[criterion.id] for criterion in card.criteria)
    exact = Decimal(sums) / card.most_points
    # Judged before it is rounded: 79.996 is not enough where 80 is asked.
    return Verdict(
        score=exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), is_passed=exact >= Decimal(card.pass_percent)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A solved ticket that may be reviewed."""

    number: int
    agent_id: int
    is_low: bool
    is_breached: bool
    is_reopened: bool


def place_of(candidate: Candidate, seed: str) -> tuple[bool, bool, bool, str]:
    """Where a ticket stands among those of its agent: trouble first, the rest by a draw that `seed` fixes."""
    return (not candidate.is_low, not candidate.is_breached, not candidate.is_reopened, draw(candidate.number, seed))


def draw(number: int, seed: str) -> str:
    """The lot of a ticket: the same for everybody who asks with the same seed, and not to be chosen."""
    return hashlib.md5(f"{seed}:{number}".encode(), usedforsecurity=False).hexdigest()


def propose(
    candidates: Iterable[Candidate], *, per_agent: int, reviewed: Mapping[int, int], seed: str
) -> list[Candidate]:
    """The sample: of each agent as many as are left of `per_agent` after those `reviewed`, in the order to look."""
    taken, sample = Counter(reviewed), []
    for candidate in sorted(candidates, key=lambda one: place_of(one, seed)):
        if taken[candidate.agent_id] < per_agent:
            taken[candidate.agent_id] += 1
            sample.append(candidate)
    return sample


def parse_quality(body: Body, *, version: int) -> ScoreCard:
    """The pack `quality`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("most_points", "pass_percent", "per_agent", "criteria"))
    known = ("id", "label", "hint", "weight")
    criteria = tuple(_criterion(row, place) for place, row in packs.rows(content, "criteria", known=known))
    packs.refuse_twins([criterion.id for criterion in criteria], "criteria")
    if (total := sum(criterion.weight for criterion in criteria)) != _ALL:
        raise MalformedInput("criteria", f"the weights add up to {total}, not to {_ALL}")
    return ScoreCard(
        version=version,
        most_points=_whole(content, "most_points", "", 1, _MOST_POINTS),
        pass_percent=_whole(content, "pass_percent", "", 1, _ALL),
        per_agent=_whole(content, "per_agent", "", 1, _MOST_SAMPLE),
        criteria=criteria,
    )


def _criterion(row: Mapping[str, object], place: str) -> Criterion:
    where = reading.at(place, "hint")
    return Criterion(
        id=packs.identifier(row, place),
        label=parse_label(reading.member(row, "label", place), reading.at(place, "label")),
        hint=parse_label(reading.member(row, "hint", place), where),
        weight=_whole(row, "weight", place, 1, _ALL),
    )


def _whole(content: Mapping[str, object], key: str, place: str, least: int, most: int) -> int:
    where = reading.at(place, key)
    number = reading.count(reading.member(content, key, place), where)
    if not least <= number <= most:
        raise MalformedInput(where, f"must be between {least} and {most}, found {number}")
    return number
