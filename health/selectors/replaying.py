"""Snapshots computed once more from their receipts: whether each comes to the same digit (health.md, Receipt)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from health.models import Snapshot
from health.policies import card_of_version
from health.rules import receipts
from health.rules.scorecard_packs import Scorecard

MOST_NAMED = 20


@dataclass(kw_only=True)
class Replayed:
    """How many snapshots agree with their replay; of those that do not, some by name and how they differ."""

    same: int = 0
    other: int = 0
    named: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.same + self.other


def replay_all(snapshots: Iterable[Snapshot]) -> Replayed:
    """Replay these snapshots, each from its receipt and the version of its scorecard alone."""
    found = Replayed()
    cards: dict[tuple[str, int], Scorecard | None] = {}
    for snapshot in snapshots:
        key = (snapshot.card, snapshot.card_version)
        if key not in cards:
            cards[key] = card_of_version(*key)
        fault = _fault(snapshot, cards[key])
        if not fault:
            found.same += 1
            continue
        found.other += 1
        if len(found.named) < MOST_NAMED:
            found.named.append(f"{snapshot.organization_id} {snapshot} {snapshot.occasion}: {fault}")
    return found


def _fault(snapshot: Snapshot, card: Scorecard | None) -> str:
    """What differs; "" where nothing does."""
    if card is None:
        return f"version {snapshot.card_version} of the scorecard is gone"
    try:
        receipt = receipts.from_json(snapshot.receipt)
    except (KeyError, TypeError, ValueError) as error:
        return f"the receipt cannot be read ({error})"
    again = receipts.replay(receipt, card)
    if again.inputs_hash != snapshot.inputs_hash:
        return "the inputs are others"
    shown = (snapshot.score, snapshot.coverage, snapshot.computed_band)
    computed = (again.scored.score, again.scored.coverage, again.state.band)
    if again != receipt or computed != shown:
        return f"{computed} instead of {shown}"
    return ""
