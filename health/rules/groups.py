"""How each group of a scorecard stands: what the heat map shows of an organization, beside its score. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from health.rules.scorecard_packs import Scorecard
from health.rules.scoring import FRESH, NEVER, Part, Scored

_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupStand:
    """Points of a group, weighed as in the score; None where none of its measures ever had evidence.

    `coverage`: what percent of its weight rests on fresh evidence.
    """

    group: str
    points: Decimal | None
    coverage: Decimal


def group_stands(card: Scorecard, scored: Scored) -> tuple[GroupStand, ...]:
    """Each group of the card, in its order."""
    by_group: dict[str, list[Part]] = {group.id: [] for group in card.groups}
    for part in scored.parts:
        by_group[part.group].append(part)
    return tuple(_stand(group, parts) for group, parts in by_group.items())


def groups_json(stands: Iterable[GroupStand]) -> list[list[str | None]]:
    """As `HealthState.groups` keeps them: [group, points or null, coverage]."""
    return [[one.group, None if one.points is None else str(one.points), str(one.coverage)] for one in stands]


def groups_from_json(rows: Iterable[Sequence[str | None]]) -> tuple[GroupStand, ...]:
    """What `groups_json` wrote."""
    return tuple(
        GroupStand(
            group=str(group),
            points=None if points is None else Decimal(points),
            coverage=Decimal(coverage or 0),
        )
        for group, points, coverage in rows
    )


def _stand(group: str, parts: Sequence[Part]) -> GroupStand:
    whole = sum((part.weight for part in parts), Decimal())
    known = [part for part in parts if part.state != NEVER and part.points is not None]
    weight = sum((part.weight for part in known), Decimal())
    total = sum((part.weight * (part.points or 0) for part in known), Decimal())
    fresh = sum((part.weight for part in parts if part.state == FRESH), Decimal())
    return GroupStand(
        group=group,
        points=(total / weight).quantize(_CENT, rounding="ROUND_HALF_UP") if weight else None,
        coverage=(fresh * 100 / whole).quantize(_CENT, rounding="ROUND_HALF_UP") if whole else Decimal("0.00"),
    )
