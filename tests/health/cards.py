"""Scorecards and evidence for tests: small ones by hand, and worlds of them for laws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from health.rules.metric_packs import Metric, parse_metrics
from health.rules.scorecard_packs import Scorecard, parse_scorecard
from health.rules.scoring import Evidence

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
BANDS = {"green": 75, "yellow": 50, "margin": 3, "days": 3}


def metric(name: str, direction: str = "more", **more: Any) -> dict[str, Any]:
    """An entry of the pack `metrics`: a percentage that comes every day."""
    entry = {"id": name, "label": {"en": name}, "unit": "percent", "direction": direction, "combine": "mean"}
    return {**entry, "rhythm_days": 1, "minimum": 0, "maximum": 100, **more}


def metrics(*entries: dict[str, Any]) -> Mapping[str, Metric]:
    return parse_metrics({"metrics": list(entries)}, version=1).metrics


def measure(name: str, **more: Any) -> dict[str, Any]:
    """A measure whose points are its raw value, of 0 to 100."""
    entry = {"id": name, "metric": name, "share": 1, "window_days": 30, "fresh_days": 30}
    return {**entry, **({} if "steps" in more else {"points": [[0, 0], [100, 100]]}), **more}


def group(name: str, *measures: dict[str, Any], weight: Any = 1) -> dict[str, Any]:
    return {"id": name, "label": {"en": name}, "weight": weight, "measures": list(measures)}


def veto(name: str, metric: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "label": {"en": name}, "metric": metric, "cap": "red", "fresh_days": 30, **more}


def body(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "label": {"en": "Card"},
        "applies": {"kinds": ["partner"]},
        "coverage_minimum": 60,
        "bands": BANDS,
        "groups": list(groups),
        **more,
    }


def card(*groups: dict[str, Any], version: int = 1, **more: Any) -> Scorecard:
    return parse_scorecard(body(*groups, **more), version=version)


def seen(value: object, *, days_ago: int = 1, baseline: object = None, entitled: object = None) -> Evidence:
    """Evidence of a value some days old; None: never any."""
    if value is None:
        return Evidence(metric="m", value=None, count=0, newest_at=None)
    return Evidence(
        metric="m",
        value=Decimal(str(value)),
        count=3,
        newest_at=AT - timedelta(days=days_ago),
        baseline=None if baseline is None else Decimal(str(baseline)),
        entitled=None if entitled is None else Decimal(str(entitled)),
    )


VALUES = st.integers(60, 100).map(Decimal) | st.integers(-20_000_000, 150_000_000).map(
    lambda raw: Decimal(raw).scaleb(-6)
)
_POINTS = st.integers(0, 10_000).map(lambda raw: float(Decimal(raw).scaleb(-2)))


@st.composite
def curves(draw: st.DrawFn) -> list[list[float]]:
    """Thresholds that go one way."""
    raws = sorted(draw(st.sets(st.integers(-10, 130), min_size=2, max_size=5)))
    points = sorted(draw(st.lists(_POINTS, min_size=len(raws), max_size=len(raws))), reverse=draw(st.booleans()))
    return [list(pair) for pair in zip(raws, points, strict=True)]


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Packs of one to three groups of one to three measures of every kind, and up to two vetoes."""
    groups = []
    for at in range(draw(st.integers(1, 3))):
        measures = []
        for index in range(draw(st.integers(1, 3))):
            kind = draw(st.sampled_from(["thresholds", "trend", "entitlement"]))
            more = {"kind": kind, "points": draw(curves()), "share": draw(st.integers(1, 3))}
            measures.append(measure(f"m{at}{index}", **more, **({"baseline_days": 90} if kind == "trend" else {})))
        groups.append(group(f"g{at}", *measures, weight=draw(st.sampled_from([1, 2.5, 30, 0]))))
    if not any(one["weight"] for one in groups):
        groups[0]["weight"] = 1
    caps = draw(st.lists(st.sampled_from(["red", "yellow"]), max_size=2))
    vetoes = [veto(f"v{at}", "m00", at_most=draw(st.integers(0, 60)), cap=cap) for at, cap in enumerate(caps)]
    return body(*groups, vetoes=vetoes)


@st.composite
def worlds(draw: st.DrawFn, minimum: int = 1) -> list[tuple[Scorecard, dict[str, Evidence]]]:
    """One scorecard and as many times evidence as asked for."""
    found = parse_scorecard(draw(bodies()), version=1)
    return [(found, draw(evidence_for(found))) for _ in range(minimum)]


@st.composite
def evidence_for(draw: st.DrawFn, found: Scorecard) -> dict[str, Evidence]:
    """For each need: nothing at all, never any, stale or fresh."""
    known = {}
    for need in found.needs:
        how = draw(st.sampled_from([*["fresh"] * 6, "stale", "never", "missing"]))
        if how == "missing":
            continue
        known[need.id] = (
            seen(None)
            if how == "never"
            else Evidence(
                metric=need.metric,
                value=draw(VALUES),
                count=draw(st.integers(1, 90)),
                newest_at=AT - timedelta(days=draw(st.integers(31, 90) if how == "stale" else st.integers(0, 30))),
                baseline=draw(VALUES | st.none()),
                entitled=draw(st.integers(1, 100).map(Decimal) | st.none()),
            )
        )
    return known
