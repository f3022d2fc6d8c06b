"""The stages of one organization: those behind it as a read-only summary, the one it is in, those ahead.

Whoever may open an organization sees when it was where and who moved it on, not the answers (roles-and-access.md).
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.rules.access import Actor
from common import composed
from partners.choices import STAGES_OF_KIND, OrganizationKind
from partners.models import Forecast, Organization, StagePeriod
from partners.rules.journeys import Journey
from partners.selectors.forecasts import FORECAST_ROW, ahead_of, forecast_in


@dataclass(frozen=True, kw_only=True)
class StageStep:
    """One stage of the journey. A stage that was visited twice shows its last stay; `moved_on_by` ended it."""

    stage: str
    label: str
    is_done: bool
    is_current: bool
    entered_at: datetime | None
    left_at: datetime | None
    days: int | None
    moved_on_by: str
    reason: str
    expected_on: date | None


@dataclass(frozen=True, kw_only=True)
class Way:
    """The stages of an organization in order, and what is foreseen of the present one and those ahead."""

    steps: tuple[StageStep, ...]
    forecast: Forecast | None


def journey_of(actor: Actor, organization: Organization, *, now: datetime) -> tuple[StageStep, ...]:
    """All stages of the organization's journey in order: one statement, and one for the journey without a forecast."""
    return way_of(actor, organization, now=now).steps


def way_of(actor: Actor, organization: Organization, *, now: datetime, journey: Journey | None = None) -> Way:
    """The same with the forecast, which comes in the same statement: for those who open the organization in full.

    `journey` is the one in force, where the caller has read it.
    """
    stages = STAGES_OF_KIND[OrganizationKind(organization.kind)]
    periods = composed.instances(_periods, actor, gaps=(organization.pk,))
    last = {period.stage: period for period in periods}
    # Who entered the following stay is who moved it out of this one.
    following = {before.pk: after for before, after in pairwise(periods)}
    forecast = forecast_in(periods[0].forecast_row if periods else None, organization)
    found = forecast.stages if forecast else None
    ahead = ahead_of(found, organization, today=timezone.localdate(now), journey=journey)
    position = stages.index(organization.stage)
    steps = tuple(
        _step(stage.value, str(stage.label), number - position, last, following, ahead.get(stage.value), now)
        for number, stage in enumerate(stages)
    )
    return Way(steps=steps, forecast=forecast)


def _periods(actor: Actor, organization_id: int) -> QuerySet[Any]:
    found = StagePeriod.objects.visible_to(actor).filter(organization_id=organization_id)
    rows: QuerySet[Any] = found.annotate(forecast_row=FORECAST_ROW).select_related("moved_by")
    return rows.order_by("entered_at", "pk")


def earlier_stages(actor: Actor, organization: Organization, *, now: datetime) -> tuple[StageStep, ...]:
    """The stages that the organization has behind it, for context."""
    return tuple(step for step in journey_of(actor, organization, now=now) if step.is_done)


def _step(
    stage: str,
    label: str,
    distance: int,
    last: dict[str, StagePeriod],
    following: dict[int, StagePeriod],
    expected: date | None,
    now: datetime,
) -> StageStep:
    period = last.get(stage) if distance <= 0 else None
    after = following.get(period.pk) if period else None
    return StageStep(
        stage=stage,
        label=label,
        is_done=distance < 0,
        is_current=distance == 0,
        entered_at=period.entered_at if period else None,
        left_at=period.left_at if period else None,
        days=((period.left_at or now) - period.entered_at).days if period else None,
        moved_on_by=after.moved_by.name if after and after.moved_by else "",
        reason=after.reason if after else "",
        expected_on=expected if distance > 0 else None,
    )
