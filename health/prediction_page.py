"""What the page of predictions shows: figures, calibration, cut-offs and rows in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.export import ExportColumn
from common.pagination import Page
from common.templatetags.format import spell_number, spell_percent
from health.models import Training
from health.policies import HealthPolicies
from health.prediction_chart import calibration_chart
from health.prediction_choices import Verdict
from health.prediction_words import ReasonWords, chance_tone, reasons_in_words, verdict_words
from health.selectors.predictions import PredictionRow, bin_rows
from partners.choices import OrganizationKind

SHOWN_REASONS = 3
_TONES = {Verdict.SPEAKS: "success", Verdict.NO_SIGNAL: "warning", Verdict.TOO_FEW: "neutral"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A prediction in the list."""

    row: PredictionRow
    percent: str
    tone: str
    reasons: list[ReasonWords]


@dataclass(frozen=True, kw_only=True)
class CutoffLine:
    """A cut-off of the backtest; `auc` is empty where nobody, or everybody, was lost."""

    day: date
    n: int
    losses: int
    auc: str
    brier: str
    base: str
    is_better: bool


def kind_of(text: str) -> str:
    """The kind that an address asks for; customers for any other text."""
    return text if text in OrganizationKind.values else OrganizationKind.CUSTOMER.value


def page_context(
    kind: str, training: Training | None, page: Page, policies: HealthPolicies, path: str
) -> dict[str, Any]:
    """The context of the page for the latest training."""
    kinds = [
        {"label": one.label, "url": f"{path}?kind={one.value}", "is_active": one.value == kind}
        for one in OrganizationKind
    ]
    context: dict[str, Any] = {"kinds": kinds, "page": page, "lines": [], "cutoffs": [], "tiles": []}
    if training is None:
        return context
    bins = bin_rows(training)
    return context | {
        "lines": [_line(row, training, policies) for row in page.rows],
        "cutoffs": [_cutoff(one) for one in training.figures.get("cutoffs", ())],
        "tiles": _tiles(training),
        "bins": bins,
        "chart": calibration_chart(bins),
        "verdict": verdict_words(training),
        "verdict_tone": _TONES.get(Verdict(training.verdict), "neutral"),
        "speaks": training.verdict == Verdict.SPEAKS,
    }


def base_rate(training: Training) -> float:
    """The share that was lost, over all predictions of the backtest."""
    cutoffs = training.figures.get("cutoffs", ())
    many = sum(one["n"] for one in cutoffs)
    return sum(one["losses"] for one in cutoffs) / many if many else 0.0


def _line(row: PredictionRow, training: Training, policies: HealthPolicies) -> Line:
    return Line(
        row=row,
        percent=spell_percent(row.probability, 1),
        tone=chance_tone(row.probability, base_rate(training)),
        reasons=reasons_in_words(row.reasons[:SHOWN_REASONS], policies),
    )


def _cutoff(one: dict[str, Any]) -> CutoffLine:
    return CutoffLine(
        day=date.fromisoformat(one["day"]),
        n=one["n"],
        losses=one["losses"],
        auc=spell_number(one["auc"], 3) if one["auc"] is not None else "",
        brier=spell_number(one["brier"], 4),
        base=spell_number(one["base_brier"], 4),
        is_better=one["brier"] < one["base_brier"],
    )


def _tiles(training: Training) -> list[dict[str, str]]:
    """Figures on top; empty before anything could be predicted."""
    if training.brier is None or training.base_brier is None:
        return []
    bounds = training.figures.get("bounds") or {}
    gain = 1 - training.brier / training.base_brier if training.base_brier else 0.0
    between = _("95 %% sure: %(low)s to %(high)s")
    auc_range = {key: spell_number(bounds.get(f"auc_{key}", 0), 3) for key in ("low", "high")}
    losses = ngettext("of %(count)s organization", "of %(count)s organizations", training.organizations)
    return [
        {
            "label": _("Brier score"),
            "value": spell_number(training.brier, 4),
            "hint": _("base rate: %(base)s") % {"base": spell_number(training.base_brier, 4)},
            "icon": "target",
        },
        {
            "label": _("Better than the base rate by"),
            "value": spell_percent(gain),
            "hint": _("the base rate is %(share)s") % {"share": spell_percent(base_rate(training), 1)},
            "icon": "chart-dots",
        },
        {
            "label": _("Ranking (AUC)"),
            "value": spell_number(training.auc, 3) if training.auc is not None else "\u2014",
            "hint": between % auc_range,
            "icon": "sort-descending",
        },
        {
            "label": _("Losses looked at"),
            "value": spell_number(training.losses),
            "hint": losses % {"count": spell_number(training.organizations)},
            "icon": "user-off",
        },
    ]


def export_columns(policies: HealthPolicies) -> list[ExportColumn]:
    """Of rows of predictions."""
    return [
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Id"), value=lambda row: row.organization_id),
        ExportColumn(label=_("Probability"), value=lambda row: row.probability),
        ExportColumn(label=_("As of"), value=lambda row: row.as_of),
        ExportColumn(
            label=_("Reasons"),
            value=lambda row: "; ".join(one.text for one in reasons_in_words(row.reasons, policies)),
        ),
    ]
