"""What is wrong with a scorecard as it is being written (health.md, Scorecard lab). Pure.

Faults refuse publishing; warnings do not. A part that cannot be read is one fault, and the others are looked at all the
same. Places are those of the parser ("groups[0].measures[2].points").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from common.reading import MalformedInput
from health.rules.curves import as_points, hundredths, rounded
from health.rules.metric_packs import Metric
from health.rules.scorecard_packs import (
    GROUP_ENTRIES,
    MEASURE_ENTRIES,
    VETO_ENTRIES,
    Measure,
    Scorecard,
    parse_scorecard,
    read_bands,
    read_group,
    read_measure,
    read_veto,
)
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body

FAULT, WARNING = "fault", "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing to be changed, or to be looked at: where, what, and how bad."""

    place: str
    problem: str
    weight: str = FAULT

    @property
    def is_fault(self) -> bool:
        return self.weight == FAULT


def lint(body: Body, metrics: Mapping[str, Metric]) -> tuple[Finding, ...]:
    """All that is wrong with a scorecard, faults first. `metrics`: those of the policy in force, by id."""
    try:
        card = parse_scorecard(body, version=0)
    except MalformedInput as error:
        found = {finding.place: finding for finding in _unreadable(body)}
        found.setdefault(error.place, Finding(place=error.place, problem=error.problem))
        return tuple(found.values())
    findings = [*_measures(card, metrics), *_vetoes(card, metrics), *_reach(card), *_idle(card)]
    return tuple(sorted(findings, key=lambda finding: not finding.is_fault))


def faults(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that refuse publishing."""
    return tuple(finding for finding in findings if finding.is_fault)


def _unreadable(body: Body) -> Iterator[Finding]:
    """Every part that its reader refuses, each by itself."""
    yield from _refusals("bands", partial(read_bands, body))
    for place, group in _objects(body, "groups", ""):
        before = 0
        for where, measure in _objects(group, "measures", place):
            for finding in _refusals(where, partial(_known, measure, where, MEASURE_ENTRIES, read_measure)):
                before += 1
                yield finding
        if not before:
            yield from _refusals(place, partial(_known, group, place, GROUP_ENTRIES, read_group))
    for place, veto in _objects(body, "vetoes", ""):
        yield from _refusals(place, partial(_known, veto, place, VETO_ENTRIES, read_veto))


def _known(row: Body, place: str, known: tuple[str, ...], read: Callable[[packs.Row, str], object]) -> object:
    for key in row:
        if key not in known:
            raise MalformedInput(f"{place}.{key}", f"unknown entry; known are {', '.join(known)}")
    return read(row, place)


def _refusals(place: str, read: Callable[[], object]) -> Iterator[Finding]:
    try:
        read()
    except MalformedInput as error:
        yield Finding(place=error.place or place, problem=error.problem)


def _objects(body: Any, key: str, place: str) -> Iterator[tuple[str, Body]]:
    entries = body.get(key) if isinstance(body, Mapping) else None
    for index, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
        if isinstance(entry, Mapping):
            yield f"{place}.{key}[{index}]" if place else f"{key}[{index}]", entry


def _measures(card: Scorecard, metrics: Mapping[str, Metric]) -> Iterator[Finding]:
    for at, group in enumerate(card.groups):
        for index, measure in enumerate(group.measures):
            place = f"groups[{at}].measures[{index}]"
            metric = metrics.get(measure.metric)
            if metric is None:
                yield Finding(place=f"{place}.metric", problem=f'there is no metric "{measure.metric}"')
                continue
            yield from _direction(measure, metric, place)
            yield from _comparison(measure, metric, place)
            yield from _rhythm(measure, metric, place)
            yield from _bounds(measure, metric, place)


def _direction(measure: Measure, metric: Metric, place: str) -> Iterator[Finding]:
    first, last = measure.curve.points[0], measure.curve.points[-1]
    where = f"{place}.steps" if measure.curve.is_stepped else f"{place}.points"
    if first == last:
        yield Finding(place=where, problem="every value gives the same points", weight=WARNING)
    elif (last > first) != metric.is_more_better:
        turned = "rise" if last > first else "fall"
        yield Finding(place=where, problem=f"wrong direction: {metric.direction} is better, but the points {turned}")


def _comparison(measure: Measure, metric: Metric, place: str) -> Iterator[Finding]:
    if measure.kind == "thresholds":
        return
    if metric.minimum is None or metric.minimum < 0:
        yield Finding(
            place=f"{place}.kind",
            problem=f"a percentage of {metric.id} says nothing, because it can be below zero; give it a minimum of 0",
        )
    if measure.kind == "trend" and metric.combine == "sum":
        yield Finding(
            place=f"{place}.kind",
            problem="sums over a window and a baseline of other lengths do not compare; use a metric that is a rate",
        )


def _rhythm(measure: Measure, metric: Metric, place: str) -> Iterator[Finding]:
    expected = f"a sample is expected every {metric.rhythm_days} days"
    if measure.window_days < metric.rhythm_days:
        yield Finding(place=f"{place}.window_days", problem=f"shorter than the rhythm: {expected}", weight=WARNING)
    if measure.fresh_days < metric.rhythm_days:
        yield Finding(place=f"{place}.fresh_days", problem=f"stale between two samples: {expected}", weight=WARNING)
    if measure.baseline_days is not None and measure.baseline_days < metric.rhythm_days:
        yield Finding(place=f"{place}.baseline_days", problem=f"shorter than the rhythm: {expected}", weight=WARNING)


def _bounds(measure: Measure, metric: Metric, place: str) -> Iterator[Finding]:
    """Thresholds at which the metric never is; a rate or a sum is not held by the bounds of one sample."""
    if measure.kind != "thresholds" or metric.combine in ("sum", "rate"):
        return
    where = f"{place}.steps" if measure.curve.is_stepped else f"{place}.points"
    low, high = Decimal(measure.curve.raws[0]).scaleb(-6), Decimal(measure.curve.raws[-1]).scaleb(-6)
    if metric.maximum is not None and high > metric.maximum:
        yield Finding(place=where, problem=f"{metric.id} is {metric.maximum} at most", weight=WARNING)
    if metric.minimum is not None and low < metric.minimum and not measure.curve.is_stepped:
        yield Finding(place=where, problem=f"{metric.id} is {metric.minimum} at least", weight=WARNING)


def _vetoes(card: Scorecard, metrics: Mapping[str, Metric]) -> Iterator[Finding]:
    for index, veto in enumerate(card.vetoes):
        place = f"vetoes[{index}]"
        metric = metrics.get(veto.metric)
        if metric is None:
            yield Finding(place=f"{place}.metric", problem=f'there is no metric "{veto.metric}"')
            continue
        if (veto.at_least is not None) == metric.is_more_better:
            where = f"{place}.at_least" if veto.at_least is not None else f"{place}.at_most"
            yield Finding(place=where, problem=f"caps the band where {metric.id} is good: {metric.direction} is better")
        if veto.fresh_days < metric.rhythm_days:
            problem = f"stale between two samples: one is expected every {metric.rhythm_days} days"
            yield Finding(place=f"{place}.fresh_days", problem=problem, weight=WARNING)


def _reach(card: Scorecard) -> Iterator[Finding]:
    whole = sum(card.weights)
    best = rounded(sum(w * m.curve.best for w, m in zip(card.weights, card.measures, strict=True)), whole)
    worst = rounded(sum(w * m.curve.worst for w, m in zip(card.weights, card.measures, strict=True)), whole)
    if best < hundredths(card.bands.green):
        yield Finding(
            place="bands.green",
            problem=f"green cannot be reached: the best score is {as_points(best)}, green begins at {card.bands.green}",
        )
    if worst >= hundredths(card.bands.yellow):
        yield Finding(
            place="bands.yellow",
            problem=f"red cannot be reached: the worst score is {as_points(worst)}",
            weight=WARNING,
        )


def _idle(card: Scorecard) -> Iterator[Finding]:
    for at, group in enumerate(card.groups):
        if not group.weight:
            yield Finding(
                place=f"groups[{at}].weight", problem="counts for nothing: its weight is zero", weight=WARNING
            )
            continue
        for index, measure in enumerate(group.measures):
            if not measure.share:
                place = f"groups[{at}].measures[{index}].share"
                yield Finding(place=place, problem="counts for nothing: its share is zero", weight=WARNING)
