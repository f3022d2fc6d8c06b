"""The cheapest way to the next band (health.md, Receipt). Pure.

Cheapest is what moves the fewest points of measures: vetoes first, since no score outranks them, then the measures that
weigh most, each as far as its thresholds go. Out of grey leads fresh evidence, of as few measures as will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from health.rules.bands import COLORS, GREY, biting
from health.rules.curves import as_points, as_value, hundredths, rounded
from health.rules.receipts import Computed
from health.rules.scoring import FRESH, Part

LIFT, RENEW, RAISE = "lift", "renew", "raise"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to do: lift a veto, renew evidence, or raise a measure from so many points to so many.

    `name` is that of the measure or veto; raw values in the unit its thresholds read. `gain`: points of the score, or
    of coverage where evidence is renewed.
    """

    name: str
    does: str
    from_raw: Decimal | None = None
    to_raw: Decimal | None = None
    from_points: Decimal | None = None
    to_points: Decimal | None = None
    gain: Decimal = Decimal("0.00")


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """The way to a band. `target` "" leads out of grey. No steps: it is reached, and the days of the band rule pass.

    `is_enough` False: what is measured cannot lead there; more measures would need evidence.
    """

    target: str
    steps: tuple[Step, ...]
    is_enough: bool = True


def path_to_next_band(computed: Computed, band: str) -> Path | None:
    """The cheapest way from the band that holds to the one above it; None from green."""
    if band == GREY:
        return _out_of_grey(computed)
    if band == COLORS[-1]:
        return None
    target = COLORS[COLORS.index(band) + 1]
    lifts = tuple(Step(name=veto.veto, does=LIFT) for veto in biting(computed.scored, target))
    raises, is_enough = _raises(computed, target)
    return Path(target=target, steps=(*lifts, *raises), is_enough=is_enough)


def _out_of_grey(computed: Computed) -> Path:
    card, scored = computed.card, computed.scored
    total, fresh = sum(card.weights), 0
    missing: list[tuple[int, Part]] = []
    for part, weight in zip(scored.parts, card.weights, strict=True):
        if part.state == FRESH:
            fresh += weight
        elif weight:
            missing.append((weight, part))
    steps = [Step(name=veto.veto, does=RENEW) for veto in scored.vetoes if veto.is_stale]
    for weight, part in sorted(missing, key=lambda one: (-one[0], one[1].measure)):
        if rounded(fresh * 10_000, total) >= hundredths(card.coverage_minimum):
            break
        fresh += weight
        steps.append(
            Step(name=part.measure, does=RENEW, from_raw=part.raw, gain=as_points(rounded(weight * 10_000, total)))
        )
    return Path(target="", steps=tuple(steps))


def _raises(computed: Computed, target: str) -> tuple[tuple[Step, ...], bool]:
    card = computed.card
    line = hundredths(card.bands.green if target == COLORS[-1] else card.bands.yellow)
    known = [
        (weight, measure, part)
        for weight, measure, part in zip(card.weights, card.measures, computed.scored.parts, strict=True)
        if part.points is not None and weight
    ]
    weight_known = sum(weight for weight, _, _ in known)
    lacking = line * weight_known - sum(weight * hundredths(part.points or Decimal()) for weight, _, part in known)
    steps: list[Step] = []
    for weight, measure, part in sorted(known, key=lambda one: (-one[0], one[1].id)):
        points = hundredths(part.points or Decimal())
        up = min(measure.curve.best - points, -(-lacking // weight))
        if lacking <= 0 or up <= 0:
            continue
        lacking -= up * weight
        raw = measure.curve.reaching(points + up)
        steps.append(
            Step(
                name=measure.id,
                does=RAISE,
                from_raw=part.raw,
                to_raw=as_value(raw) if raw is not None else None,
                from_points=part.points,
                to_points=as_points(points + up),
                gain=as_points(rounded(up * weight, weight_known)),
            )
        )
    return tuple(steps), lacking <= 0 and bool(known)
