"""Points, score and coverage of an organization by a scorecard (health.md, From samples to a band). Pure.

Score = sum(w x p) / sum(w) over the measures that ever had evidence; a stale one keeps its last points. Coverage =
sum(w of fresh) / sum(w of all). Everything is computed in whole numbers and rounded half up to 0.01 once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from health.rules.curves import as_points, as_value, millionths, rounded, shares
from health.rules.scorecard_packs import Measure, Scorecard, Veto
from health.rules.trends import percentage

FRESH, STALE, NEVER = "fresh", "stale", "never"
NOTHING = Decimal("0.00")
_FULL_COVERAGE = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What was gathered for one measure or veto.

    `value`: over its window, which ends at `newest_at` once that lies before the window (so that a stale measure keeps
    its last value); None where there never was any. `count`: samples in it. `baseline`: the same over the days before
    the window (trend). `entitled`: what was bought then (entitlement). Six places at most.
    """

    metric: str
    value: Decimal | None
    count: int
    newest_at: datetime | None
    baseline: Decimal | None = None
    entitled: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One measure in a score. `raw`: what the thresholds read, in the unit of the metric or in percent of a baseline.

    `points` None: never any evidence. `weight`: in percent of the whole card. `contribution`: what it adds to the
    score; the contributions sum to it exactly.
    """

    measure: str
    group: str
    metric: str
    raw: Decimal | None
    points: Decimal | None
    weight: Decimal
    state: str
    contribution: Decimal
    count: int
    newest_at: datetime | None
    window_from: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredVeto:
    """A veto whose condition holds. A stale one no longer caps: the band turns grey instead of rising."""

    veto: str
    metric: str
    value: Decimal
    cap: str
    is_stale: bool
    newest_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """A score with everything it consists of. `score` None: no measure ever had evidence."""

    score: Decimal | None
    coverage: Decimal
    parts: tuple[Part, ...]
    vetoes: tuple[FiredVeto, ...]


_Read = tuple[Evidence | None, int | None, int | None, str]
"""What one measure says: its evidence, what the curve reads of it, points in hundredths, and how fresh it is."""


def score(card: Scorecard, evidence: Mapping[str, Evidence], *, at: datetime) -> Scored:
    """Score an organization. `evidence`: by the id of each of `card.needs`; one that is not there is no evidence."""
    read: list[_Read] = []
    total = known = fresh = 0
    for measure, weight in zip(card.measures, card.weights, strict=True):
        found = evidence.get(measure.id)
        raw = raw_of(measure, found) if found is not None else None
        if raw is None or found is None:
            read.append((found, None, None, NEVER))
            continue
        points = measure.curve.at(raw)
        total += weight * points
        known += weight
        if is_fresh(found, measure.fresh_days, at):
            read.append((found, raw, points, FRESH))
            fresh += weight
        else:
            read.append((found, raw, points, STALE))
    result = rounded(total, known) if known else None
    return Scored(
        score=as_points(result) if result is not None else None,
        coverage=as_points(rounded(fresh * _FULL_COVERAGE, sum(card.weights))),
        parts=_parts(card, read, known, result, at),
        vetoes=tuple(_fired(card.vetoes, evidence, at)) if card.vetoes else (),
    )


def raw_of(measure: Measure, found: Evidence) -> int | None:
    """What the curve of a measure reads, in millionths; None where its evidence says nothing.

    Without a baseline, or with nothing entitled, there is nothing to compare with: as if never measured.
    """
    if found.value is None:
        return None
    value = millionths(found.value)
    if measure.kind == "thresholds":
        return value
    if measure.kind == "trend":
        return percentage(value, millionths(found.baseline)) if found.baseline is not None else None
    return percentage(value, millionths(found.entitled)) if found.entitled else None


def is_fresh(found: Evidence, fresh_days: int, at: datetime) -> bool:
    """Whether the newest sample is at most so many days old."""
    return found.newest_at is not None and at - found.newest_at <= timedelta(days=fresh_days)


def inputs_hash(card_key: str, version: int, evidence: Mapping[str, Evidence], at: datetime) -> str:
    """SHA-256 (hex) over everything a score depends on, in one way of writing; no order matters."""
    known = [
        (name, one.metric, one.count, moment(one.newest_at), *map(fixed, (one.value, one.baseline, one.entitled)))
        for name, one in sorted(evidence.items())
    ]
    body = [card_key, version, moment(at), known]
    return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()


def fixed(value: Decimal | None) -> str | None:
    """A value with exactly six places, as receipts and hashes write it."""
    if not value:
        return None if value is None else "0.000000"
    written = str(value)
    # As it comes from SQL; whatever else is brought into this form.
    if written[-7:-6] == "." and "E" not in written:
        return written
    return str(as_value(millionths(value)))


@lru_cache(maxsize=4_096)
def moment(at: datetime | None) -> str | None:
    """An instant in UTC, as receipts and hashes write it."""
    return at.astimezone(UTC).isoformat() if at is not None else None


def _parts(card: Scorecard, read: list[_Read], known: int, result: int | None, at: datetime) -> tuple[Part, ...]:
    if result is None:
        added = [0] * len(read)
    else:
        exact = [
            (measure.id, weight * (one[2] or 0))
            for measure, weight, one in zip(card.measures, card.weights, read, strict=True)
        ]
        added = shares(exact, known, result)
    return tuple(_part(card, index, one, added[index], at) for index, one in enumerate(read))


def _part(card: Scorecard, index: int, read: _Read, added: int, at: datetime) -> Part:
    measure = card.measures[index]
    found, raw, points, state = read
    newest = found.newest_at if found is not None else None
    return Part(
        measure=measure.id,
        group=card.group_of[index],
        metric=measure.metric,
        raw=_shown(measure, found, raw),
        points=as_points(points) if points is not None else None,
        weight=card.percents[index],
        state=state,
        contribution=as_points(added),
        count=found.count if found is not None else 0,
        newest_at=newest,
        window_from=window_start(newest, measure.window_days, at) if newest is not None else None,
    )


def _shown(measure: Measure, found: Evidence | None, raw: int | None) -> Decimal | None:
    if raw is None or found is None:
        return None
    return found.value if measure.kind == "thresholds" else as_value(raw)


def window_start(newest: datetime, window_days: int, at: datetime) -> datetime:
    """Where the window begins from which a value was taken: it ends now, or at its last sample where that is older."""
    start = at - timedelta(days=window_days)
    return start if newest > start else newest - timedelta(days=window_days)


def _fired(vetoes: Iterable[Veto], evidence: Mapping[str, Evidence], at: datetime) -> Iterable[FiredVeto]:
    for veto in vetoes:
        found = evidence.get(veto.id)
        if found is None or found.value is None or found.newest_at is None:
            continue
        holds = found.value >= veto.at_least if veto.at_least is not None else found.value <= (veto.at_most or 0)
        if holds:
            yield FiredVeto(
                veto=veto.id,
                metric=veto.metric,
                value=found.value,
                cap=veto.cap,
                is_stale=not is_fresh(found, veto.fresh_days, at),
                newest_at=found.newest_at,
            )
