"""Why a band is what it is, as a code and its figures: what `HealthState.reason` keeps (health.md). Pure.

Words are made of it where it is read (health/words.py), in the language and within the rights of the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from health.rules.bands import GREY, BandState, biting
from health.rules.scorecard_packs import Scorecard
from health.rules.scoring import NEVER, STALE, FiredVeto, Part, Scored

NOTHING, COVERAGE, VETO, STALE_VETO = "nothing", "coverage", "veto", "stale_veto"
HELD, WEAK, WELL, OVERRIDE = "held", "weak", "well", "override"
CODES = (NOTHING, COVERAGE, VETO, STALE_VETO, HELD, WEAK, WELL, OVERRIDE)
NAMED = 3
"""So many measures a reason names."""

_HUNDRED = Decimal(100)


def reason_of(name: str, card: Scorecard, scored: Scored, state: BandState) -> dict[str, Any]:
    """The reason of a settled band. `name`: that of the scorecard.

    `vetoes`: [id, metric, value, cap]; `weak` and `missing`: [measure, metric, raw or None, points or None], those
    that cost most first.
    """
    reason: dict[str, Any] = {"code": WELL, "card": name, "version": card.version, "weak": _weak(card, scored)}
    caps = biting(scored, state.last_color)
    fresh = [veto for veto in caps if not veto.is_stale]
    if fresh and state.band != GREY:
        return reason | {"code": VETO, "vetoes": [_veto(one) for one in fresh]}
    if state.band == GREY:
        return reason | _grey(card, scored, caps)
    if state.across_to is not None:
        since = state.across_since.isoformat() if state.across_since else None
        return reason | {"code": HELD, "to": state.across_to, "since": since, "days": card.bands.days}
    return reason | {"code": WEAK} if reason["weak"] and state.band != "green" else reason


def overridden(computed: Mapping[str, Any], *, by: str, why: str, until: datetime) -> dict[str, Any]:
    """The reason of a band that a person has set; the computed one goes along under `computed`."""
    return {"code": OVERRIDE, "by": by, "why": why[:300], "until": until.isoformat(), "computed": dict(computed)}


def _grey(card: Scorecard, scored: Scored, caps: tuple[FiredVeto, ...]) -> dict[str, Any]:
    if scored.score is None:
        return {"code": NOTHING}
    missing = sorted((part for part in scored.parts if part.state in (STALE, NEVER)), key=lambda part: -part.weight)
    told = {"coverage": str(scored.coverage), "minimum": str(card.coverage_minimum)}
    if scored.coverage >= card.coverage_minimum and any(veto.is_stale for veto in caps):
        return {"code": STALE_VETO, "vetoes": [_veto(one) for one in caps if one.is_stale]}
    return {"code": COVERAGE, "missing": [_part(part) for part in missing[:NAMED]], **told}


def _weak(card: Scorecard, scored: Scored) -> list[list[str | None]]:
    """The measures below green that cost the score most."""
    low = [part for part in scored.parts if part.points is not None and part.points < card.bands.green and part.weight]
    low.sort(key=lambda part: (-part.weight * (_HUNDRED - (part.points or 0)), part.measure))
    return [_part(part) for part in low[:NAMED]]


def _part(part: Part) -> list[str | None]:
    raw = None if part.raw is None else f"{part.raw.normalize():f}"
    return [part.measure, part.metric, raw, None if part.points is None else str(part.points)]


def _veto(veto: FiredVeto) -> list[str]:
    return [veto.veto, veto.metric, f"{veto.value.normalize():f}", veto.cap]
