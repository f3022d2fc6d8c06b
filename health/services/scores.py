"""Computes the health of organizations: gathers, scores, settles bands, and writes snapshots and what is shown.

All of a chunk at once: a handful of statements whatever its size. Who calls it does so in one transaction; the same
call again writes nothing twice (ADR 0027).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from health.models import DAILY
from health.policies import HealthPolicies, card_of_version, policies_in_force
from health.rules.bands import raw_band
from health.rules.groups import group_stands, groups_json
from health.rules.reasons import overridden, reason_of
from health.rules.receipts import Computed, Receipt
from health.rules.receipts import compute as make_receipt
from health.rules.scorecard_packs import Scorecard
from health.rules.scoring import Evidence
from health.selectors import inputs
from health.selectors.gathering import Gathering
from health.selectors.inputs import Last, Override, Subject
from health.services import band_news, score_rows

CHANGE = "change"
"""The occasion of whatever changes within a day; a snapshot of it has the beginning of its hash behind it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a computation came to for an organization by a scorecard.

    `band_before` is the band shown so far: of the organization where the card makes it, else by this card; "" where
    nothing had been computed. `is_latest`: False where a later day has been computed already.
    """

    organization_id: int
    card: str
    is_main: bool
    is_latest: bool
    day: date
    occasion: str
    band_before: str
    band: str
    band_since: date
    score_before: Decimal | None
    moved: Decimal | None
    reason: Mapping[str, Any]
    groups: Sequence[Sequence[str | None]]
    receipt: Receipt
    raw_band: str
    computed_at: datetime

    @property
    def is_turn(self) -> bool:
        """Whether the band that is shown of the organization became another one."""
        return self.is_main and self.is_latest and self.band_before not in ("", self.band)


Hearer = Callable[[Sequence[Outcome], datetime], None]
ComputedHearer = Callable[[Sequence[Outcome], HealthPolicies, datetime], None]
_hear_computed: list[ComputedHearer] = []
_hear_turns: list[Hearer] = []


def on_computed(hearer: ComputedHearer) -> ComputedHearer:
    """Tell `hearer` of every computation, a chunk at a time and in its transaction; called in AppConfig.ready()."""
    _hear_computed.append(hearer)
    return hearer


def on_band_change(hearer: Hearer) -> Hearer:
    """Tell `hearer` of the organizations whose band shown became another one."""
    _hear_turns.append(hearer)
    return hearer


@dataclass(kw_only=True)
class _Chunk:
    """What all organizations of one computation share."""

    at: datetime
    day: date
    occasion: str
    now: datetime
    late: Mapping[tuple[int, str], Last]
    cards: dict[tuple[str, int], Scorecard | None]
    outcomes: list[Outcome] = field(default_factory=list)

    def computed_before(self, last: Last | None, card: Scorecard) -> Computed | None:
        """What a change is told against: the snapshot before, by the version of its scorecard."""
        receipt = last.receipt if last is not None else None
        if receipt is None:
            return None
        key = (receipt.card_key, receipt.card_version)
        if key not in self.cards:
            self.cards[key] = card_of_version(*key)
        found = self.cards[key]
        return receipt.computed(found) if found is not None else None


@transaction.atomic
def compute(
    organization_ids: Sequence[int],
    *,
    at: datetime,
    day: date,
    occasion: str,
    now: datetime,
    policies: HealthPolicies | None = None,
    as_of: bool = False,
) -> list[Outcome]:
    """Compute these organizations as they were at `at`, by what was known at `now`; what was written is given back.

    `occasion`: "daily"; "change", which writes nothing where nothing is new; or what gave reason ("pulse:<id>"). A day
    before one that has been computed gets its snapshot and changes nothing that is shown.
    """
    known = policies or policies_in_force()
    found = inputs.subjects(organization_ids, now)
    cards = {subject.id: inputs.chosen(known.cards, subject) for subject in found}
    used = {id(card): card for entries in cards.values() for _name, card in entries}
    rhythms = {key: metric.rhythm_days for key, metric in known.metrics.items()}
    ids = [subject.id for subject in found]
    gathering = Gathering(used.values(), rhythms, known.registered)
    gathered = gathering.read(ids, at=at, known_at=now, day=day, as_of=as_of)
    passed = [one.id for one in found if any(last.day > day for last in one.last.values())]
    chunk = _Chunk(
        at=at,
        day=day,
        occasion=occasion,
        now=now,
        late=inputs.before(passed, day) if passed else {},
        # Versions in force are known; what somebody tries out bears the number of the one that it began with.
        cards={} if policies else {(name, card.version): card for name, card in known.cards.items()},
    )
    for subject in found:
        for name, card in cards[subject.id]:
            _compute_one(chunk, subject, name, card, gathered.evidence(subject.id, card))
    applying = {one.id: [name for name, _card in cards[one.id]] for one in found}
    score_rows.forget({one.id: applying[one.id] for one in found if one.last.keys() - set(applying[one.id])})
    seen = {(last.day.year, last.day.month) for one in found for last in one.last.values() if last.written}
    score_rows.write(chunk.outcomes, months=seen)
    _tell(chunk.outcomes, known, now)
    return chunk.outcomes


def _tell(outcomes: Sequence[Outcome], policies: HealthPolicies, now: datetime) -> None:
    for hearer in _hear_computed if outcomes else ():
        hearer(outcomes, policies, now)
    if turns := [outcome for outcome in outcomes if outcome.is_turn]:
        band_news.tell(turns, policies, now=now)
        for told in _hear_turns:
            told(turns, now)


def _compute_one(chunk: _Chunk, subject: Subject, name: str, card: Scorecard, evidence: Mapping[str, Evidence]) -> None:
    last = subject.last.get(name)
    is_latest = last is None or last.day <= chunk.day
    if not is_latest:
        last = chunk.late.get((subject.id, name))
    if last is not None and last.daily_on == chunk.day and chunk.occasion == DAILY:
        return
    override = subject.override if not card.is_beside else None
    if chunk.occasion == CHANGE and last is not None and _is_same(last, card, evidence, override):
        return
    receipt = make_receipt(
        card_key=name,
        card=card,
        evidence=evidence,
        at=chunk.at,
        day=chunk.day,
        previous=last.state if last is not None else None,
        before=chunk.computed_before(last or (None if card.is_beside else subject.main), card),
    )
    chunk.outcomes.append(_outcome(chunk, subject, last, card, receipt, override, is_latest=is_latest))


def _is_same(last: Last, card: Scorecard, evidence: Mapping[str, Evidence], override: Override | None) -> bool:
    """Whether nothing is new: the same evidence under the same version, and nobody set or took back a band."""
    receipt = last.receipt
    return (
        receipt is not None
        and receipt.card_version == card.version
        and receipt.evidence == evidence
        and last.is_overridden == (override is not None)
        and (override is None or override.band == last.band)
    )


def _outcome(
    chunk: _Chunk,
    subject: Subject,
    last: Last | None,
    card: Scorecard,
    receipt: Receipt,
    override: Override | None,
    *,
    is_latest: bool,
) -> Outcome:
    band = override.band if override is not None else receipt.state.band
    reason = reason_of(receipt.card_key, card, receipt.scored, receipt.state)
    if override is not None:
        reason = overridden(reason, by=override.by, why=override.why, until=override.until)
    shown_before = last.band if last is not None else ""
    return Outcome(
        organization_id=subject.id,
        card=receipt.card_key,
        is_main=not card.is_beside,
        is_latest=is_latest,
        day=chunk.day,
        occasion=f"{CHANGE}:{receipt.inputs_hash[:12]}" if chunk.occasion == CHANGE else chunk.occasion,
        band_before=shown_before if card.is_beside or not is_latest else subject.band,
        band=band,
        band_since=last.band_since if last is not None and last.band == band else chunk.day,
        score_before=last.score if last is not None else None,
        moved=receipt.change.total,
        reason=reason,
        groups=groups_json(group_stands(card, receipt.scored)),
        receipt=receipt,
        raw_band=raw_band(receipt.scored, card),
        computed_at=chunk.now,
    )
