"""Technical integrations of an organization as people read them: six steps, and how many came by their day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from partners.enablement_choices import IntegrationStage, IntegrationState
from partners.models import IntegrationStep, TechnicalIntegration
from partners.rules.integrations import Step, StepVerdict, on_time, verdict
from partners.rules.small_samples import Share

NEWEST = Order((SortKey(name="created_at", descending=True),))
SIZE = 20
_TONES = {IntegrationState.OPEN: "info", IntegrationState.LIVE: "success", IntegrationState.STOPPED: "neutral"}
_STEP_WORDS = {
    StepVerdict.ON_TIME: (_("Done in time"), "success"),
    StepVerdict.LATE: (_("Done late"), "warning"),
    StepVerdict.OVERDUE: (_("Overdue"), "danger"),
    StepVerdict.AHEAD: (_("Planned"), "info"),
    StepVerdict.UNPLANNED: (_("Not planned"), "neutral"),
}
_ORDER = {stage.value: place for place, stage in enumerate(IntegrationStage)}


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One of the six steps. `first_planned_on` is shown where the day was moved since."""

    stage: str
    label: str
    word: str
    tone: str
    first_planned_on: date | None
    planned_on: date | None
    done_on: date | None
    note: str


@dataclass(frozen=True, kw_only=True)
class IntegrationRow:
    """One integration. `kept` says how many of its steps came by the day first planned."""

    public_id: str
    name: str
    purpose: str
    owner: str
    state: str
    state_label: str
    tone: str
    calls_per_day: int | None
    is_documented: bool
    documentation_url: str
    steps: tuple[StepRow, ...]
    kept: Share
    version: int

    @property
    def is_open(self) -> bool:
        return self.state == IntegrationState.OPEN

    @property
    def is_live(self) -> bool:
        return self.state == IntegrationState.LIVE


def integrations_of(actor: Actor, organization_id: int, today: date, *, cursor: str = "") -> Page:
    """A page of those of one organization, the newest first. Two statements."""
    rows = seen_integrations(actor).filter(organization_id=organization_id)
    page = paginate(rows, NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row, today) for row in page.rows], previous=page.previous, next=page.next)


def on_time_of(actor: Actor, organization_id: int, today: date) -> Share:
    """How many steps of all integrations of an organization that were not stopped came in time. One statement."""
    rows = IntegrationStep.objects.all().visible_to(actor).filter(organization_id=organization_id)
    counted = rows.exclude(integration__state=IntegrationState.STOPPED).exclude(first_planned_on=None)
    return on_time(map(_step, counted.only("first_planned_on", "planned_on", "done_on")), today)


def seen_integrations(actor: Actor) -> "QuerySet[Any, Any]":
    """With owner and steps, for lists and for the API."""
    steps = IntegrationStep.objects.all().visible_to(actor)
    seen: QuerySet[Any, Any] = TechnicalIntegration.objects.all().visible_to(actor)
    return seen.select_related("organization", "owner").prefetch_related(Prefetch("steps", queryset=steps))


def in_order(steps: Iterable[Any]) -> list[Any]:
    """The steps as they follow each other."""
    return sorted(steps, key=lambda step: _ORDER[step.stage])


def _step(step: Any) -> Step:
    return Step(first_planned_on=step.first_planned_on, planned_on=step.planned_on, done_on=step.done_on)


def _row(row: Any, today: date) -> IntegrationRow:
    steps: Sequence[Any] = in_order(row.steps.all())
    state = IntegrationState(row.state)
    return IntegrationRow(
        public_id=str(row.public_id),
        name=row.name,
        purpose=row.purpose,
        owner=row.owner.name if row.owner else "",
        state=row.state,
        state_label=str(state.label),
        tone=_TONES[state],
        calls_per_day=row.calls_per_day,
        is_documented=row.is_documented,
        documentation_url=row.documentation_url,
        steps=tuple(_step_row(step, today) for step in steps),
        kept=on_time(map(_step, steps), today),
        version=row.version,
    )


def _step_row(step: Any, today: date) -> StepRow:
    label, tone = _STEP_WORDS[verdict(_step(step), today)]
    return StepRow(
        stage=step.stage,
        label=str(IntegrationStage(step.stage).label),
        word=str(label),
        tone=tone,
        first_planned_on=step.first_planned_on if step.first_planned_on != step.planned_on else None,
        planned_on=step.planned_on,
        done_on=step.done_on,
        note=step.note,
    )
