"""What is foreseen of one organization, in words: its gates, its launch, its risk, and what all that was made from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.labels import stage_label
from common import composed
from common.templatetags.format import spell_percent
from partners.choices import STAGES_OF_KIND, OrganizationKind
from partners.journey_policy import journey_in_force
from partners.models import Forecast, Organization
from partners.rules.durations import LEVELS, History
from partners.rules.forecast import Subject
from partners.rules.forecast import forecast as foreseen
from partners.rules.journeys import Journey
from partners.selectors.forecast_history import way_of
from partners.selectors.forecast_words import risk_chip

Stages = Sequence[Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class GateForecast:
    """The day by which a gate is passed in one of two courses, and in four of five."""

    stage: str
    label: str
    p50_on: date
    p80_on: date
    is_launch: bool


@dataclass(frozen=True, kw_only=True)
class BasisLine:
    """How long a stage takes like organizations, and whose days were counted for how much."""

    label: str
    median_days: int
    p80_days: int
    pools: str


@dataclass(frozen=True, kw_only=True)
class ForecastCard:
    """The forecast of one organization as its page shows it."""

    gates: tuple[GateForecast, ...]
    launch: GateForecast | None
    target_on: date | None
    buffer_days: int | None
    buffer_words: str
    risk_label: str
    risk_tone: str
    risk_icon: str
    as_of: date
    pace_words: str
    bases: tuple[BasisLine, ...]
    draws: int


# The forecast of the organization of a stay, with its days as texts: a page that reads the stays has it in passing.
FORECAST_ROW = RawSQL(
    "SELECT to_jsonb(w) FROM partners_forecast w WHERE w.organization_id = partners_stageperiod.organization_id",
    [],
    output_field=JSONField(),
)
_DAYS = ("as_of", "launch_p50_on", "launch_p80_on", "target_on")


def forecast_in(found: Mapping[str, Any] | None, organization: Organization) -> Forecast | None:
    """The forecast of FORECAST_ROW if it is of the stage that an organization is in.

    None for a moment after it moved, until a worker has made the next one.
    """
    if not found or not found["stages"] or found["stages"][0]["stage"] != organization.stage:
        return None
    days = {name: date.fromisoformat(found[name]) if found[name] else None for name in _DAYS}
    computed_at = datetime.fromisoformat(found["computed_at"])
    return Forecast(**{**found, **days, "computed_at": computed_at})


def card_of(found: Forecast) -> ForecastCard:
    """A forecast in words; no statement."""
    gates = tuple(
        GateForecast(
            stage=one["stage"],
            label=stage_label(one["stage"]),
            p50_on=date.fromisoformat(one["p50"]),
            p80_on=date.fromisoformat(one["p80"]),
            is_launch=date.fromisoformat(one["p80"]) == found.launch_p80_on and one is found.stages[-1],
        )
        for one in found.stages
    )
    label, tone, icon = risk_chip(found.risk, found.buffer_days)
    return ForecastCard(
        gates=gates,
        launch=next((gate for gate in gates if gate.is_launch), None),
        target_on=found.target_on,
        buffer_days=found.buffer_days,
        buffer_words=buffer_words(found.buffer_days),
        risk_label=label,
        risk_tone=tone,
        risk_icon=icon,
        as_of=found.as_of,
        pace_words=pace_words(found.receipt),
        bases=tuple(_basis(one) for one in found.receipt.get("bases", ())),
        draws=found.receipt.get("draws", 0),
    )


def buffer_words(days: int | None) -> str:
    """How the day for four of five stands to the target."""
    if days is None:
        return ""
    words = {"count": abs(days)}
    if days < 0:
        return ngettext("%(count)d day after the target", "%(count)d days after the target", -days) % words
    return ngettext("%(count)d day before the target", "%(count)d days before the target", days) % words


def pace_words(receipt: Mapping[str, Any]) -> str:
    """The own pace beside like organizations."""
    stages, pace = receipt.get("pace_from", 0), receipt.get("pace", 1.0)
    if not stages:
        return _("No stage is passed yet: the pace of like organizations is taken.")
    share = spell_percent(abs(pace - 1))
    words = {"share": share, "stages": stages}
    if abs(pace - 1) < 0.005:
        return _("So far as quick as like organizations.")
    if pace > 1:
        return (
            ngettext(
                "So far %(share)s slower than like organizations (from %(stages)s stage).",
                "So far %(share)s slower than like organizations (from %(stages)s stages).",
                stages,
            )
            % words
        )
    return (
        ngettext(
            "So far %(share)s quicker than like organizations (from %(stages)s stage).",
            "So far %(share)s quicker than like organizations (from %(stages)s stages).",
            stages,
        )
        % words
    )


def _basis(found: Mapping[str, Any]) -> BasisLine:
    parts = [_pool(pool) for pool in found["pools"] if pool["weight"] >= 0.005]
    return BasisLine(
        label=stage_label(found["stage"]),
        median_days=found["median_days"],
        p80_days=found["p80_days"],
        pools=" · ".join(parts),
    )


def _pool(pool: Mapping[str, Any]) -> str:
    level = pool["level"]
    share = spell_percent(pool["weight"])
    if level == LEVELS[-1]:
        return _("%(share)s usual days of the journey") % {"share": share}
    names = {
        LEVELS[0]: _("%(share)s from %(count)d of its tier and gemstone"),
        LEVELS[1]: _("%(share)s from %(count)d of its tier"),
        LEVELS[2]: _("%(share)s from %(count)d of its kind"),
    }
    return names[level] % {"share": share, "count": pool["count"]}


def days_ahead(organization: Organization, *, today: date) -> dict[str, date]:
    """The expected first day in each stage after the present one, as likely before as after, never in the past.

    By the forecast; without one, by the usual days of the journey. The caller has made sure that the reader may know
    of them: the explainer tells them to people to whom the organization is closed as yet. One statement, or two.
    """
    rows = composed.fetch(_stages_of, gaps=(organization.pk,))
    found = json.loads(rows[0][0]) if rows else None
    return ahead_of(found, organization, today=today)


def ahead_of(
    found: Stages | None, organization: Organization, *, today: date, journey: Journey | None = None
) -> dict[str, date]:
    """The same from stages of a forecast, and of a journey, that were read already."""
    if not found or found[0]["stage"] != organization.stage:
        found = _usual(organization, journey or journey_in_force(organization.kind), today)
    order = [stage.value for stage in STAGES_OF_KIND[OrganizationKind(organization.kind)]]
    following = dict(pairwise(order))
    return {
        following[one["stage"]]: max(date.fromisoformat(one["p50"]), today)
        for one in found
        if one["stage"] in following
    }


def _stages_of(organization_id: int) -> "QuerySet[Any, Any]":
    return Forecast.objects.filter(pk=organization_id).values_list("stages")


def _usual(organization: Organization, journey: Journey | None, today: date) -> Stages:
    """The stages of a forecast that knows nothing but the journey."""
    if journey is None:
        return ()
    way = way_of(journey)
    if organization.stage not in way.stages:
        return ()
    subject = Subject(kind=organization.kind, stage=organization.stage, entered_on=organization.stage_entered_at.date())
    history = History.of((), fallback_days=way.fallback_days)
    found = foreseen(subject, history, journey=way.stages, launch_stage=way.launch_stage, today=today)
    return [
        {"stage": gate.stage, "p50": gate.p50_on.isoformat(), "p80": gate.p80_on.isoformat()} for gate in found.gates
    ]
