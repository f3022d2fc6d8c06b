"""Receipts: why a score is what it is, and why it moved (health.md, Receipt). Pure.

A change is split exactly, in this order: the other version of the scorecard on the evidence of before; then evidence
that went missing or came (back), which is every measure whose state differs; then what the organization did, which is
the rest. The parts sum to the change to the last digit, and so do the movers of each part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from health.rules.bands import BandState, settle
from health.rules.curves import hundredths, rounded, shares
from health.rules.receipt_json import evidence_from, evidence_json, scored_from, scored_json
from health.rules.scorecard_packs import Measure, Scorecard
from health.rules.scoring import Evidence, Scored, inputs_hash, raw_of, score

VERSION, EVIDENCE, BEHAVIOR = "version", "evidence", "behavior"
_SPELLED_BEFORE = {"behaviour": BEHAVIOR}
"""Receipts are never written anew: those of before read as they were spelled then."""

_NONE = Decimal("0.00")


@dataclass(frozen=True, kw_only=True, slots=True)
class Computed:
    """A score with what it was computed from."""

    card: Scorecard
    evidence: Mapping[str, Evidence]
    scored: Scored


@dataclass(frozen=True, kw_only=True, slots=True)
class Mover:
    """What one measure had to do with a change; `by` is signed, in points of the score."""

    measure: str
    cause: str
    by: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """How a score moved. `total` None: there was no score before, or there is none now; all parts are 0 then."""

    total: Decimal | None
    behavior: Decimal = _NONE
    evidence: Decimal = _NONE
    version: Decimal = _NONE
    movers: tuple[Mover, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """All that one snapshot was computed from and what came of it; replaying needs this and the card's version alone.

    `day` is of the reporting zone. `previous`: the state of the band after the daily snapshot before.
    """

    card_key: str
    card_version: int
    day: date
    at: datetime
    previous: BandState | None
    evidence: Mapping[str, Evidence]
    scored: Scored
    state: BandState
    change: Change
    inputs_hash: str

    def computed(self, card: Scorecard) -> Computed:
        """As one side of a change; `card` is the version that the receipt names."""
        return Computed(card=card, evidence=self.evidence, scored=self.scored)


def compute(
    *,
    card_key: str,
    card: Scorecard,
    evidence: Mapping[str, Evidence],
    at: datetime,
    day: date,
    previous: BandState | None,
    before: Computed | None,
) -> Receipt:
    """Score, band and receipt in one: what a snapshot is made of. `before`: what the change is told against."""
    scored = score(card, evidence, at=at)
    return Receipt(
        card_key=card_key,
        card_version=card.version,
        day=day,
        at=at,
        previous=previous,
        evidence=evidence,
        scored=scored,
        state=settle(previous, scored, card, day),
        change=explain(before, Computed(card=card, evidence=evidence, scored=scored)),
        inputs_hash=inputs_hash(card_key, card.version, evidence, at),
    )


def replay(receipt: Receipt, card: Scorecard) -> Receipt:
    """The same day computed once more from the receipt alone; equal to it but for the change, which it keeps."""
    again = compute(
        card_key=receipt.card_key,
        card=card,
        evidence=receipt.evidence,
        at=receipt.at,
        day=receipt.day,
        previous=receipt.previous,
        before=None,
    )
    return replace(again, change=receipt.change)


def to_json(receipt: Receipt) -> dict[str, Any]:
    """As stored in a snapshot; values are texts, so that no digit is lost."""
    return {
        "card": receipt.card_key,
        "version": receipt.card_version,
        "day": receipt.day.isoformat(),
        "at": receipt.at.isoformat(),
        "previous": receipt.previous.to_json() if receipt.previous is not None else None,
        "evidence": evidence_json(receipt.evidence),
        **scored_json(receipt.scored),
        "state": receipt.state.to_json(),
        "change": _change_json(receipt.change),
        "hash": receipt.inputs_hash,
    }


def from_json(body: Mapping[str, Any]) -> Receipt:
    """What `to_json` wrote. Raises KeyError or ValueError for anything else."""
    state = BandState.from_json(body["state"])
    if state is None:
        raise ValueError("a receipt without a band")
    return Receipt(
        card_key=body["card"],
        card_version=body["version"],
        day=date.fromisoformat(body["day"]),
        at=datetime.fromisoformat(body["at"]),
        previous=BandState.from_json(body["previous"] or {}),
        evidence=evidence_from(body["evidence"]),
        scored=scored_from(body),
        state=state,
        change=_change_from(body["change"]),
        inputs_hash=body["hash"],
    )


def explain(before: Computed | None, after: Computed) -> Change:
    """The exact split of a change; movers with the largest first, those that did nothing left out.

    Another scorecard (a partner that has launched) counts as another version.
    """
    if before is None or before.scored.score is None or after.scored.score is None:
        return Change(total=None)
    if before.card is after.card and before.evidence == after.evidence:
        return Change(total=after.scored.score - before.scored.score)
    then, now = _points_of(before), _points_of(after)
    first, last = _stand(before.card, then), _stand(after.card, now)
    if first is None or last is None:
        raise ValueError("a score without points")
    is_same = before.card is after.card
    under_new = then if is_same else _under_new_card(before, after, now)
    came = _states_differing(before, after)
    returned = _stand(after.card, {**under_new, **{name: now[name] for name in came}}) or last
    turned = first if is_same else _stand(after.card, under_new) or returned
    stands = ((VERSION, first, turned), (EVIDENCE, turned, returned), (BEHAVIOR, returned, last))
    movers = [mover for cause, old, new in stands for mover in _movers(cause, old, new)]
    parts = {cause: _signed(new.score - old.score) for cause, old, new in stands}
    return Change(
        total=after.scored.score - before.scored.score,
        behavior=parts[BEHAVIOR],
        evidence=parts[EVIDENCE],
        version=parts[VERSION],
        movers=tuple(sorted(movers, key=lambda mover: (-abs(mover.by), mover.measure, mover.cause))),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stand:
    """A place on the way from one score to another: whole weights and hundredths of points of what is known."""

    known: Mapping[str, tuple[int, int]]
    weights_of_all: int
    weight: int
    sum: int

    @property
    def score(self) -> int:
        return rounded(self.sum, self.weight)


def _stand(card: Scorecard, points: Mapping[str, int | None]) -> _Stand | None:
    known: dict[str, tuple[int, int]] = {}
    for measure, weight in zip(card.measures, card.weights, strict=True):
        here = points.get(measure.id)
        if here is not None and weight:
            known[measure.id] = (weight, here)
    if not known:
        return None
    return _Stand(
        known=known,
        weights_of_all=sum(card.weights),
        weight=sum(weight for weight, _ in known.values()),
        sum=sum(weight * here for weight, here in known.values()),
    )


def _points_of(computed: Computed) -> dict[str, int | None]:
    return {
        part.measure: hundredths(part.points) if part.points is not None else None for part in computed.scored.parts
    }


def _under_new_card(before: Computed, after: Computed, now: Mapping[str, int | None]) -> dict[str, int | None]:
    """Points by the card of now on the evidence of before; of measures new, or read otherwise, those of now."""
    known = {measure.id: measure for measure in before.card.measures}
    points = dict(now)
    for measure in after.card.measures:
        if _is_comparable(measure, known.get(measure.id)):
            found = before.evidence.get(measure.id)
            raw = raw_of(measure, found) if found is not None else None
            points[measure.id] = measure.curve.at(raw) if raw is not None else None
    return points


def _states_differing(before: Computed, after: Computed) -> list[str]:
    """The measures whose evidence went missing or came (back)."""
    states = {part.measure: part.state for part in before.scored.parts}
    return [part.measure for part in after.scored.parts if states.get(part.measure) != part.state]


def _is_comparable(measure: Measure, other: Measure | None) -> bool:
    """Whether the evidence gathered for one measure is what the other would have been given."""
    return other is not None and (
        (measure.metric, measure.window_days, measure.baseline_days, measure.kind == "entitlement")
        == (other.metric, other.window_days, other.baseline_days, other.kind == "entitlement")
    )


def _movers(cause: str, old: _Stand, new: _Stand) -> Iterable[Mover]:
    """What each measure adds to the difference of two scores: how far its points pull away from the old score.

    With weights w of the whole: new - old = sum of (w' (p' - old) - w (p - old)) / sum of w', exactly.
    """
    if old.known == new.known and old.weights_of_all == new.weights_of_all:
        return
    exact: list[tuple[str, int]] = []
    for name in {**old.known, **new.known}:
        weight, points = old.known.get(name, (0, 0))
        weight_now, points_now = new.known.get(name, (0, 0))
        pull = weight_now * old.weights_of_all * (points_now * old.weight - old.sum)
        pull -= weight * new.weights_of_all * (points * old.weight - old.sum)
        if pull:
            exact.append((name, pull))
    by = shares(exact, old.weight * new.weight * old.weights_of_all, new.score - old.score)
    yield from (
        Mover(measure=name, cause=cause, by=_signed(share)) for (name, _), share in zip(exact, by, strict=True) if share
    )


def _signed(difference: int) -> Decimal:
    return Decimal(difference).scaleb(-2)


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "total": str(change.total) if change.total is not None else None,
        BEHAVIOR: str(change.behavior),
        EVIDENCE: str(change.evidence),
        VERSION: str(change.version),
        "movers": [[mover.measure, mover.cause, str(mover.by)] for mover in change.movers],
    }


def _change_from(stored: Mapping[str, Any]) -> Change:
    body = {_SPELLED_BEFORE.get(name, name): value for name, value in stored.items()}
    return Change(
        total=Decimal(body["total"]) if body["total"] is not None else None,
        behavior=Decimal(body[BEHAVIOR]),
        evidence=Decimal(body[EVIDENCE]),
        version=Decimal(body[VERSION]),
        movers=tuple(
            Mover(measure=name, cause=_SPELLED_BEFORE.get(cause, cause), by=Decimal(by))
            for name, cause, by in body["movers"]
        ),
    )
