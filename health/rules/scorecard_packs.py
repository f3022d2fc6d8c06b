"""The packs `scorecard.<name>`, as types: how metrics become points, a score and a band (health.md). Pure.

A parsed card is ready to compute with: weights are whole numbers on one denominator, thresholds are curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from accounts.choices import STAGES_BY_KIND
from common import reading
from common.reading import MalformedInput
from health.rules.curves import Curve
from health.rules.metric_packs import number
from health.rules.scorecard_thresholds import curve_of
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import KINDS, Body, Label

MEASURE_KINDS = ("thresholds", "trend", "entitlement")
CAPS = ("red", "yellow")
CARD_ENTRIES = ("label", "applies", "beside", "coverage_minimum", "bands", "groups", "vetoes")
GROUP_ENTRIES = ("id", "label", "weight", "measures")
MEASURE_ENTRIES = (
    *("id", "label", "metric", "share", "kind", "window_days", "fresh_days"),
    *("baseline_days", "points", "steps"),
)
VETO_ENTRIES = ("id", "label", "metric", "at_least", "at_most", "cap", "fresh_days")
KEYS = (
    *("label", "applies", "kinds", "stages", "segments", "beside", "coverage_minimum"),
    *("bands", "green", "yellow", "margin", "days", "groups", "id", "weight", "measures"),
    *("metric", "share", "kind", "window_days", "fresh_days", "baseline_days", "points", "steps", "from", "to"),
    *("vetoes", "at_least", "at_most", "cap"),
)
LONGEST_DAYS = 730
HEAVIEST = 1000
_HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """How a metric over a window becomes points.

    `curve` reads the value itself (thresholds), or what percentage it is of the own baseline over the
    `baseline_days` before the window (trend) or of what is entitled. An empty label: that of the metric.
    """

    id: str
    label: Label
    metric: str
    share: Decimal
    kind: str
    curve: Curve
    window_days: int
    fresh_days: int
    baseline_days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Measures that share a weight by their shares."""

    id: str
    label: Label
    weight: Decimal
    measures: tuple[Measure, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Veto:
    """Caps the band while the last value of a metric is at least, or at most, so much."""

    id: str
    label: Label
    metric: str
    at_least: Decimal | None
    at_most: Decimal | None
    cap: str
    fresh_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BandRules:
    """From which score on a band holds, and how firmly: across by `margin` points, or for `days` daily snapshots."""

    green: Decimal
    yellow: Decimal
    margin: Decimal
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What SQL gathers as one Evidence: a metric over a window, its baseline before it, its entitlement."""

    id: str
    metric: str
    window_days: int
    baseline_days: int | None
    wants_entitlement: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorecard:
    """One version of a scorecard.

    `weights` are those of `measures`, whole numbers in proportion to group weight x share / sum of shares;
    `percents` the same as parts of 100 with six places, which sum to 100 exactly.
    """

    version: int
    label: Label
    kinds: tuple[str, ...]
    stages: tuple[str, ...]
    segments: tuple[str, ...]
    is_beside: bool
    coverage_minimum: Decimal
    bands: BandRules
    groups: tuple[Group, ...]
    vetoes: tuple[Veto, ...]
    measures: tuple[Measure, ...]
    group_of: tuple[str, ...]
    weights: tuple[int, ...]
    percents: tuple[Decimal, ...]
    needs: tuple[Need, ...]

    def applies_to(self, *, kind: str, stage: str, segment: str) -> bool:
        """Whether the card is for such an organization; an empty list is for all."""
        return (
            kind in self.kinds
            and (not self.stages or stage in self.stages)
            and (not self.segments or segment in self.segments)
        )


def parse_scorecard(body: Body, *, version: int) -> Scorecard:
    """A pack `scorecard.<name>`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=CARD_ENTRIES)
    applies = reading.mapping(reading.member(content, "applies", ""), "applies", known=("kinds", "stages", "segments"))
    kinds = packs.words(applies, "kinds", "applies", KINDS) or KINDS
    stages = tuple(str(stage) for kind in kinds for stage in STAGES_BY_KIND[kind])
    groups = tuple(read_group(row, place) for place, row in packs.rows(content, "groups", known=GROUP_ENTRIES))
    packs.refuse_twins([group.id for group in groups], "groups", "id")
    if not any(group.weight for group in groups):
        raise MalformedInput("groups", "all weights are zero")
    vetoes = _vetoes(content)
    _refuse_twin_measures(groups, vetoes)
    weights, percents = _weights(groups)
    measures = tuple(measure for group in groups for measure in group.measures)
    return Scorecard(
        version=version,
        label=packs.label(content, ""),
        kinds=kinds,
        stages=packs.words(applies, "stages", "applies", stages),
        segments=packs.names(applies, "segments", "applies"),
        is_beside=packs.flag(content, "beside", ""),
        coverage_minimum=_percentage(content, "coverage_minimum", ""),
        bands=read_bands(content),
        groups=groups,
        vetoes=vetoes,
        measures=measures,
        group_of=tuple(group.id for group in groups for _ in group.measures),
        weights=weights,
        percents=percents,
        needs=(*map(_need, measures), *map(_need_of_veto, vetoes)),
    )


def read_bands(content: packs.Row) -> BandRules:
    """The entry `bands`: green above yellow, both within 0 and 100. Raises MalformedInput."""
    row = reading.mapping(reading.member(content, "bands", ""), "bands", known=("green", "yellow", "margin", "days"))
    green, yellow = _percentage(row, "green", "bands"), _percentage(row, "yellow", "bands")
    if not 0 < yellow < green:
        raise MalformedInput("bands.green", "must be above yellow, and yellow above 0")
    margin = _percentage(row, "margin", "bands")
    return BandRules(green=green, yellow=yellow, margin=margin, days=packs.whole(row, "days", "bands", least=1))


def read_group(row: packs.Row, place: str) -> Group:
    """One group with its measures. Raises MalformedInput."""
    measures = tuple(
        read_measure(entry, where) for where, entry in packs.rows(row, "measures", place, known=MEASURE_ENTRIES)
    )
    if not any(measure.share for measure in measures):
        raise MalformedInput(f"{place}.measures", "all shares are zero")
    return Group(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        weight=_weight(row, "weight", place),
        measures=measures,
    )


def read_measure(row: packs.Row, place: str) -> Measure:
    """One measure. Raises MalformedInput."""
    kind = reading.one_of(row.get("kind", "thresholds"), MEASURE_KINDS, f"{place}.kind")
    if ("baseline_days" in row) != (kind == "trend"):
        raise MalformedInput(place, "a trend has baseline_days, and nothing else has")
    return Measure(
        id=packs.identifier(row, place),
        label=packs.optional_label(row, place, "label"),
        metric=packs.identifier(row, place, "metric"),
        share=_weight(row, "share", place),
        kind=kind,
        curve=curve_of(row, place),
        window_days=_days(row, "window_days", place),
        fresh_days=_days(row, "fresh_days", place),
        baseline_days=_days(row, "baseline_days", place) if kind == "trend" else None,
    )


def read_veto(row: packs.Row, place: str) -> Veto:
    """One veto. Raises MalformedInput."""
    if ("at_least" in row) == ("at_most" in row):
        raise MalformedInput(place, "a veto has either at_least or at_most")
    bounds = {key: number(row[key], f"{place}.{key}") if key in row else None for key in ("at_least", "at_most")}
    return Veto(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        metric=packs.identifier(row, place, "metric"),
        at_least=bounds["at_least"],
        at_most=bounds["at_most"],
        cap=reading.one_of(reading.member(row, "cap", place), CAPS, f"{place}.cap"),
        fresh_days=_days(row, "fresh_days", place),
    )


def _vetoes(content: packs.Row) -> tuple[Veto, ...]:
    if not content.get("vetoes"):
        return ()
    return tuple(read_veto(row, place) for place, row in packs.rows(content, "vetoes", known=VETO_ENTRIES))


def _refuse_twin_measures(groups: tuple[Group, ...], vetoes: tuple[Veto, ...]) -> None:
    """Measures and vetoes share one space of names: their evidence does."""
    seen: set[str] = set()
    entries = [
        (measure.id, f"groups[{at}].measures[{index}].id")
        for at, group in enumerate(groups)
        for index, measure in enumerate(group.measures)
    ]
    for name, place in (*entries, *((veto.id, f"vetoes[{index}].id") for index, veto in enumerate(vetoes))):
        if name in seen:
            raise MalformedInput(place, f"{reading.shown(name)} is there already")
        seen.add(name)


def _weights(groups: tuple[Group, ...]) -> tuple[tuple[int, ...], tuple[Decimal, ...]]:
    exact: list[Fraction] = []
    for group in groups:
        of_all = Fraction(sum(measure.share for measure in group.measures))
        exact += [Fraction(group.weight) * Fraction(measure.share) / of_all for measure in group.measures]
    scale = lcm(*(part.denominator for part in exact))
    weights = tuple(int(part * scale) for part in exact)
    return weights, _percents(weights)


def _percents(weights: tuple[int, ...]) -> tuple[Decimal, ...]:
    whole, total = 100 * 10**6, sum(weights)
    parts = [weight * whole // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-(weights[index] * whole % total), index))
    for index in order[: whole - sum(parts)]:
        parts[index] += 1
    return tuple(Decimal(part).scaleb(-6) for part in parts)


def _need(measure: Measure) -> Need:
    return Need(
        id=measure.id,
        metric=measure.metric,
        window_days=measure.window_days,
        baseline_days=measure.baseline_days,
        wants_entitlement=measure.kind == "entitlement",
    )


def _need_of_veto(veto: Veto) -> Need:
    return Need(
        id=veto.id, metric=veto.metric, window_days=veto.fresh_days, baseline_days=None, wants_entitlement=False
    )


def _days(row: packs.Row, key: str, place: str) -> int:
    days = packs.whole(row, key, place, least=1)
    if days > LONGEST_DAYS:
        raise MalformedInput(f"{place}.{key}", f"must be {LONGEST_DAYS} or less, found {days}")
    return days


def _weight(row: packs.Row, key: str, place: str) -> Decimal:
    where = reading.at(place, key)
    found = reading.amount(reading.member(row, key, place), where)
    if found > HEAVIEST or found != round(found, 2):
        raise MalformedInput(where, reading.expected(f"a number up to {HEAVIEST} with at most two places", found))
    return found


def _percentage(row: packs.Row, key: str, place: str) -> Decimal:
    where = reading.at(place, key)
    found = reading.amount(reading.member(row, key, place), where)
    if found > _HUNDRED or found != round(found, 2):
        raise MalformedInput(where, reading.expected("a number up to 100 with at most two places", found))
    return found
