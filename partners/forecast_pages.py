"""What the pages of forecasts share: their tabs, the runs, and how often forecasts were kept, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.labels import kind_label, stage_label
from accounts.rules.access import Actor
from common.templatetags.format import spell_percent
from partners.models import ForecastRun
from partners.rules.calibration import P50, P80
from partners.tabs import ShownTab

SHOWN_RUNS = 12


def area_tabs(actor: Actor, active: str) -> list[ShownTab]:
    """The tabs of the pages about forecasts and load that `actor` may open."""
    offers = [
        ("at_risk", _("Launches"), "rocket", "partners:at_risk"),
        ("plans", _("Plans to mend"), "clipboard-check", "partners:plans"),
        ("load", _("Load"), "gauge", "partners:load"),
        ("capacity", _("Weeks ahead"), "calendar-event", "partners:capacity"),
    ]
    if actor.active_roles & actor.policy.see_all:
        offers.append(("quality", _("How good they are"), "chart-dots", "partners:forecast_quality"))
    return [
        ShownTab(label=label, url=reverse(url_name), icon=icon, is_active=key == active)
        for key, label, icon, url_name in offers
    ]


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The latest runs, the newest first; the one under way, and the newest that ended with a look back."""

    latest: Sequence[ForecastRun]
    running: ForecastRun | None
    finished: ForecastRun | None


def latest_runs(actor: Actor) -> Runs:
    """One statement."""
    found = list(ForecastRun.objects.visible_to(actor).order_by("-started_at", "-pk")[:SHOWN_RUNS])
    return Runs(
        latest=found,
        running=next((run for run in found if run.finished_at is None), None),
        finished=next((run for run in found if run.finished_at is not None and run.calibration), None),
    )


@dataclass(frozen=True, kw_only=True)
class KeptShare:
    """How many launched by the day that was foreseen for a share of them; `tone` says whether that is compatible."""

    words: str
    interval: str
    verdict: str
    tone: str
    icon: str


@dataclass(frozen=True, kw_only=True)
class StageQuality:
    """How well launches were foreseen on the day on which organizations entered a stage."""

    label: str
    total: int
    half: KeptShare
    most: KeptShare


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The look back on one kind of organization."""

    label: str
    launches: int
    first_on: date
    last_on: date
    stages: tuple[StageQuality, ...]


@dataclass(frozen=True, kw_only=True)
class Calibrations:
    """The look backs of a run."""

    as_of: date | None
    kinds: tuple[Calibration, ...]

    @classmethod
    def of(cls, run: ForecastRun | None) -> "Calibrations":
        if run is None:
            return cls(as_of=None, kinds=())
        return cls(
            as_of=run.as_of, kinds=tuple(_of_kind(kind, found) for kind, found in sorted(run.calibration.items()))
        )


def _of_kind(kind: str, found: Mapping[str, Any]) -> Calibration:
    stages = (
        StageQuality(
            label=stage_label(stage),
            total=shares["p50"]["total"],
            half=_kept(shares["p50"], P50),
            most=_kept(shares["p80"], P80),
        )
        for stage, shares in found["stages"].items()
        if shares["p50"]["total"]
    )
    return Calibration(
        label=kind_label(kind),
        launches=found["launches"],
        first_on=date.fromisoformat(found["from"]),
        last_on=date.fromisoformat(found["until"]),
        stages=tuple(stages),
    )


def _kept(found: Mapping[str, Any], wanted: float) -> KeptShare:
    low, high = found["low"], found["high"]
    if low <= wanted <= high:
        verdict, tone, icon = _("as it should be"), "success", "circle-check"
    elif high < wanted:
        verdict, tone, icon = _("too hopeful"), "warning", "trending-down"
    else:
        verdict, tone, icon = _("too careful"), "info", "trending-up"
    return KeptShare(
        words=spell_percent(found["hits"] / found["total"]),
        interval=_("%(low)s to %(high)s") % {"low": spell_percent(low), "high": spell_percent(high)},
        verdict=verdict,
        tone=tone,
        icon=icon,
    )
