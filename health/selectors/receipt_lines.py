"""The lines of a receipt as people read them: parts by group, what moved the score, the way to the next band."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.templatetags.ui import chip
from health.policies import HealthPolicies, group_label, words_of
from health.rules.bands import GREY
from health.rules.paths import LIFT, RAISE, Step, path_to_next_band
from health.rules.receipts import BEHAVIOR, EVIDENCE, VERSION, Receipt
from health.rules.scorecard_packs import Measure, Scorecard
from health.rules.scoring import NEVER, Part
from health.selectors.portfolio import points_band
from health.words import (
    STATE_ICONS,
    STATE_TONES,
    STATE_WORDS,
    band_label,
    gauge_unit,
    spell_score,
    spell_signed,
    value_words,
)

_TWO = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """One measure. `value` is empty where it is commercial and closed to the reader."""

    measure: str
    label: str
    value: str
    points: Decimal | None
    weight: Decimal
    contribution: Decimal
    state: str
    count: int
    newest_at: datetime | None
    window_days: int
    band: str
    is_closed: bool
    compared: str

    @property
    def state_chip(self) -> SafeString:
        """Fresh, stale, never: by color, icon and word."""
        return chip(STATE_WORDS[self.state], STATE_TONES[self.state], STATE_ICONS[self.state])


@dataclass(frozen=True, kw_only=True)
class GroupLines:
    """The measures of a group with what they add together."""

    group: str
    label: str
    weight: Decimal
    contribution: Decimal
    lines: tuple[PartLine, ...]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What one measure had to do with the change, or one of its three causes as a whole."""

    label: str
    cause: str
    by: Decimal

    @property
    def words(self) -> str:
        return spell_signed(self.by)


@dataclass(frozen=True, kw_only=True)
class HoldingVeto:
    """What caps the band, or would if it were not stale."""

    label: str
    cap: str
    is_stale: bool


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """The cheapest way to the next band, in words."""

    target: str
    target_label: str
    steps: tuple[str, ...]
    is_enough: bool


def group_lines(
    receipt: Receipt, card: Scorecard | None, policies: HealthPolicies, *, with_commercial: bool
) -> list[GroupLines]:
    """The parts of a score by group; their contributions sum to the score to the last digit."""
    measures = {one.id: one for one in card.measures} if card is not None else {}
    order = dict.fromkeys(part.group for part in receipt.scored.parts)
    grouped: dict[str, list[Part]] = {group: [] for group in order}
    for part in receipt.scored.parts:
        grouped[part.group].append(part)
    return [
        GroupLines(
            group=group,
            label=group_label(card, group),
            weight=_shown_weight(part.weight for part in parts),
            contribution=sum((part.contribution for part in parts), Decimal("0.00")),
            lines=tuple(
                _line(part, measures.get(part.measure), card, policies, with_commercial=with_commercial)
                for part in parts
            ),
        )
        for group, parts in grouped.items()
    ]


def _line(
    part: Part, measure: Measure | None, card: Scorecard | None, policies: HealthPolicies, *, with_commercial: bool
) -> PartLine:
    is_closed = policies.is_commercial(part.metric) and not with_commercial
    kind = measure.kind if measure is not None else "thresholds"
    unit = gauge_unit(kind, policies.unit(part.metric))
    compared = {"trend": _("of its own baseline"), "entitlement": _("of what was bought")}.get(kind, "")
    return PartLine(
        measure=part.measure,
        label=policies.measure_label(card, part.measure, part.metric),
        value="" if is_closed else value_words(part.raw, unit),
        points=part.points,
        weight=_shown_weight([part.weight]),
        contribution=part.contribution,
        state=part.state,
        count=part.count,
        newest_at=part.newest_at,
        window_days=measure.window_days if measure is not None else 0,
        band=points_band(part.points, card),
        is_closed=is_closed,
        compared=compared if part.state != NEVER else "",
    )


def causes(receipt: Receipt) -> list[Moved]:
    """The exact split of the change: what they did, what is known of it, by what it is measured."""
    change = receipt.change
    return [
        Moved(label=_("What the organization did"), cause=BEHAVIOR, by=change.behavior),
        Moved(label=_("Missing or returned evidence"), cause=EVIDENCE, by=change.evidence),
        Moved(label=_("Another version of the scorecard"), cause=VERSION, by=change.version),
    ]


def movers(receipt: Receipt, card: Scorecard | None, policies: HealthPolicies) -> list[Moved]:
    """What each measure had to do with it, the largest first."""
    metrics = {part.measure: part.metric for part in receipt.scored.parts}
    words = {BEHAVIOR: _("behavior"), EVIDENCE: _("evidence"), VERSION: _("scorecard")}
    return [
        Moved(
            label=policies.measure_label(card, one.measure, metrics.get(one.measure, one.measure)),
            cause=words.get(one.cause, one.cause),
            by=one.by,
        )
        for one in receipt.change.movers
    ]


def holding_vetoes(receipt: Receipt, card: Scorecard | None, policies: HealthPolicies) -> list[HoldingVeto]:
    """The vetoes that hold: what, the band they cap at, whether they are stale."""
    known = {one.id: one for one in card.vetoes} if card is not None else {}
    return [
        HoldingVeto(
            label=words_of(known[one.veto].label) if one.veto in known else policies.metric_label(one.metric),
            cap=band_label(one.cap).lower(),
            is_stale=one.is_stale,
        )
        for one in receipt.scored.vetoes
    ]


def way_out(
    receipt: Receipt, card: Scorecard | None, policies: HealthPolicies, *, with_commercial: bool
) -> WayOut | None:
    """The cheapest way to the next band; None from green, and where the version is gone."""
    if card is None:
        return None
    found = path_to_next_band(receipt.computed(card), receipt.state.band)
    if found is None:
        return None
    parts = {part.measure: part for part in receipt.scored.parts}
    steps = tuple(_step(step, parts, card, policies, with_commercial=with_commercial) for step in found.steps)
    label = band_label(found.target) if found.target else _("out of %(band)s") % {"band": band_label(GREY).lower()}
    return WayOut(target=found.target or GREY, target_label=label, steps=steps, is_enough=found.is_enough)


def _step(
    step: Step, parts: dict[str, Part], card: Scorecard, policies: HealthPolicies, *, with_commercial: bool
) -> str:
    veto = next((one for one in card.vetoes if one.id == step.name), None)
    if step.does == LIFT or step.name not in parts:
        name = words_of(veto.label) if veto is not None else step.name
        return (_("Settle: %(name)s") if step.does == LIFT else _("Hear again of: %(name)s")) % {"name": name}
    part = parts[step.name]
    name = policies.measure_label(card, step.name, part.metric)
    if step.does != RAISE:
        return _("Bring fresh evidence for %(name)s: +%(gain)s %% coverage") % {
            "name": name,
            "gain": spell_score(step.gain),
        }
    figures = {"name": name, "gain": spell_score(step.gain)}
    if step.to_raw is None or (policies.is_commercial(part.metric) and not with_commercial):
        return _("Better %(name)s: +%(gain)s points") % figures
    measure = next((one for one in card.measures if one.id == step.name), None)
    unit = gauge_unit(measure.kind if measure else "thresholds", policies.unit(part.metric))
    wanted = step.to_raw
    if unit == "count":
        # There is no half an incident: what is enough in whole numbers.
        rounding = "ROUND_CEILING" if step.to_raw > (step.from_raw or 0) else "ROUND_FLOOR"
        wanted = step.to_raw.quantize(Decimal(1), rounding=rounding)
    figures |= {"before": value_words(step.from_raw, unit), "after": value_words(wanted, unit)}
    return _("%(name)s from %(before)s to %(after)s: +%(gain)s points") % figures


def _shown_weight(weights: Iterable[Decimal]) -> Decimal:
    return sum(weights, Decimal()).quantize(_TWO, rounding="ROUND_HALF_UP")
