"""Predictions in words: how likely, why, and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.format import spell_number, spell_percent
from health.models import Training
from health.policies import HealthPolicies
from health.prediction_choices import Verdict
from health.rules.calibration import LEAST_AUC, LEAST_CUTOFFS, LEAST_LOSSES

_MOST_TIMES = 100


@dataclass(frozen=True, kw_only=True)
class ReasonWords:
    """One reason: what is the case, and how it moves the odds; `is_bad` makes a loss likelier."""

    text: str
    effect: str
    is_bad: bool


def reasons_in_words(reasons: Iterable[Mapping[str, Any]], policies: HealthPolicies) -> list[ReasonWords]:
    """The reasons of a prediction, the strongest first."""
    return [
        ReasonWords(
            text=_text(one["feature"], one["value"], policies), effect=_effect(one["push"]), is_bad=one["push"] > 0
        )
        for one in reasons
    ]


def _effect(push: float) -> str:
    factor = exp(abs(push))
    # Beyond that the figure says nothing any more.
    times = {"times": spell_number(factor, 1) if factor < _MOST_TIMES else f"> {_MOST_TIMES}"}
    return _("odds × %(times)s") % times if push > 0 else _("odds ÷ %(times)s") % times


def _text(feature: str, value: float | None, policies: HealthPolicies) -> str:
    metric, _dot, part = feature.rpartition(".")
    if metric == "tickets":
        return _tickets(part, value)
    label = policies.metric_label(metric)
    if value is None:
        return _("%(metric)s: not known") % {"metric": label}
    found = policies.metrics.get(metric)
    combine, unit = (found.combine, found.unit) if found else ("last", "")
    is_rate = combine in ("sum", "rate")
    if part == "quiet":
        days = round(value)
        heard = ngettext("%(metric)s: heard %(days)s day ago", "%(metric)s: heard %(days)s days ago", days)
        return heard % {"metric": label, "days": days}
    if part == "level":
        amount = spell_number(value, 1 if abs(value) >= 1 else 2) + (" %" if unit == "percent" else "")
        if is_rate:
            return _("%(metric)s: %(amount)s a day within 28 days") % {"metric": label, "amount": amount}
        return _("%(metric)s: %(amount)s") % {"metric": label, "amount": amount}
    return _("%(metric)s: %(turn)s") % {"metric": label, "turn": _turn(value) if is_rate else _moved(value)}


def _tickets(part: str, value: float | None) -> str:
    if value is None:
        return _("Tickets: not known")
    if part == "trend":
        return _("Tickets: %(turn)s") % {"turn": _turn(value)}
    amount = {"amount": spell_number(value, 1)}
    return (
        _("Urgent tickets: %(amount)s a month") % amount
        if part == "urgent"
        else _("Tickets: %(amount)s a month") % amount
    )


def _turn(value: float) -> str:
    """How a rate of 28 days stands to that of the 84 before: from -1, it stopped, to 1, it began."""
    if value <= -1:
        return _("stopped within 28 days")
    if value >= 1:
        return _("began within 28 days")
    change = (1 + value) / (1 - value) - 1
    percent = {"percent": spell_percent(abs(change))}
    if abs(change) < 0.01:
        return _("as before")
    return _("%(percent)s more than before") % percent if change > 0 else _("%(percent)s less than before") % percent


def _moved(value: float) -> str:
    amount = {"amount": spell_number(abs(value), 1)}
    if abs(value) < 0.05:
        return _("as before")
    return _("%(amount)s more than before") % amount if value > 0 else _("%(amount)s less than before") % amount


def verdict_words(training: Training) -> str:
    """What a training has found, in a sentence."""
    bounds = training.figures.get("bounds") or {}
    if training.verdict == Verdict.SPEAKS:
        return _("In the backtest it beats the base rate and ranks better than chance, so it speaks.")
    if training.verdict == Verdict.NO_SIGNAL:
        return _(
            "In the backtest it does not surely beat the base rate (gain of the Brier score from %(low)s to %(high)s, "
            "AUC from %(auc_low)s to %(auc_high)s, more than %(least)s is needed): the past holds no signal, so it is "
            "silent."
        ) % {
            "low": spell_number(bounds.get("gain_low", 0), 4),
            "high": spell_number(bounds.get("gain_high", 0), 4),
            "auc_low": spell_number(bounds.get("auc_low", 0), 2),
            "auc_high": spell_number(bounds.get("auc_high", 0), 2),
            "least": spell_number(LEAST_AUC, 1),
        }
    return _(
        "There is not enough history yet: it takes %(losses)s lost organizations at %(cutoffs)s cut-offs that could be "
        "predicted from what came before; so it is silent."
    ) % {"losses": LEAST_LOSSES, "cutoffs": LEAST_CUTOFFS}


def chance_tone(probability: float, base: float) -> str:
    """How a probability is colored: by how many times the base rate it is."""
    times = probability / base if base else 0
    return "danger" if times >= 4 else "warning" if times >= 2 else "neutral"
