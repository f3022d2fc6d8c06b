"""Opportunities as people read them: those of one organization, the pipeline of all, and its sums."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.classification_policy import policy_in_force
from partners.growth_choices import OPEN_STAGES, OpportunityKind, OpportunityStage, Readiness
from partners.models import Opportunity
from partners.rules import pipeline

SOONEST = Order((SortKey(name="expected_on"),))
SIZE = 50
ALL = "all"
_TONES = {
    OpportunityStage.IDENTIFIED: "neutral",
    OpportunityStage.QUALIFIED: "info",
    OpportunityStage.PROPOSED: "accent",
    OpportunityStage.COMMITTED: "purple",
    OpportunityStage.WON: "success",
    OpportunityStage.LOST: "danger",
}


@dataclass(frozen=True, kw_only=True)
class OpportunityRow:
    """One opportunity in a list."""

    public_id: str
    organization: str
    organization_id: str
    title: str
    kind_label: str
    stage: str
    stage_label: str
    tone: str
    amount: Decimal
    currency: str
    probability: int
    weighted: Decimal
    expected_on: date
    is_late: bool
    owner: str
    readiness_label: str
    next_step: str
    closed_on: date | None
    outcome_note: str
    is_archived: bool

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES


@dataclass(frozen=True, kw_only=True)
class PipelineFilter:
    """What the list is narrowed to; without a stage it is the open ones. Empty values narrow nothing."""

    stage: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class StageSum:
    """A stage of the pipeline with what it adds up to, in the reporting currency."""

    stage: str
    label: str
    tone: str
    sum: pipeline.Sum


def rates_on(day: date) -> tuple[str, Mapping[str, Decimal]]:
    """The reporting currency, and what one unit of each is worth in it on a day. One statement."""
    table = policy_in_force(day).policy.rates
    if table is None:
        return "USD", {"USD": Decimal(1)}
    found = {currency: rate.rate for currency in table.rates if (rate := table.rate(currency, day)) is not None}
    return table.reporting_currency, {**found, table.reporting_currency: Decimal(1)}


def opportunities_of(actor: Actor, organization_id: int, today: date) -> list[OpportunityRow]:
    """Those of one organization, open ones first, archived ones too. One statement."""
    rows = [_row(row, today) for row in _rows(actor).filter(organization_id=organization_id)[:200]]
    return sorted(rows, key=lambda row: (row.is_archived, not row.is_open, row.expected_on))


def pipeline_page(actor: Actor, narrowed: PipelineFilter, *, cursor: str, today: date) -> Page:
    """A page of the list: one statement."""
    page = paginate(_narrowed(actor, narrowed), SOONEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row, today) for row in page.rows], previous=page.previous, next=page.next)


def pipeline_rows(actor: Actor, narrowed: PipelineFilter, *, today: date) -> Iterator[OpportunityRow]:
    """The same for a file."""
    return (_row(row, today) for row in poured(_narrowed(actor, narrowed).order_by("expected_on", "pk")))


def pipeline_sums(
    actor: Actor, narrowed: PipelineFilter, rates: Mapping[str, Decimal]
) -> tuple[list[StageSum], pipeline.Sum, Mapping[str, pipeline.Sum]]:
    """Sums of each stage, of all and of each currency, over the rows that the list shows. One statement."""
    grouped = _narrowed(actor, narrowed).order_by().values("stage", "currency", "probability")
    parts = [
        pipeline.Part(
            stage=row["stage"],
            currency=row["currency"],
            amount=row["amount_sum"],
            probability=row["probability"],
            count=row["number"],
        )
        for row in grouped.annotate(amount_sum=Sum("amount"), number=Count("pk"))
    ]
    found = pipeline.by_stage(parts, rates)
    stages = [
        StageSum(stage=stage.value, label=str(stage.label), tone=_TONES[stage], sum=found[stage.value])
        for stage in OpportunityStage
        if stage.value in found
    ]
    return stages, pipeline.total(parts, rates), pipeline.by_currency(parts)


def _rows(actor: Actor) -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = Opportunity.objects.all().visible_to(actor).select_related("organization", "owner")
    return found


def _narrowed(actor: Actor, narrowed: PipelineFilter) -> "QuerySet[Any, Any]":
    wanted = Q(archived_at__isnull=True, organization__archived_at__isnull=True)
    if narrowed.stage != ALL:
        wanted &= Q(stage=narrowed.stage) if narrowed.stage else Q(stage__in=OPEN_STAGES)
    if narrowed.kind:
        wanted &= Q(kind=narrowed.kind)
    if narrowed.since is not None:
        wanted &= Q(expected_on__gte=narrowed.since)
    if narrowed.until is not None:
        wanted &= Q(expected_on__lte=narrowed.until)
    if narrowed.owner_id is not None:
        wanted &= Q(owner_id=narrowed.owner_id)
    return _rows(actor).filter(wanted)


def _row(row: Any, today: date) -> OpportunityRow:
    stage = OpportunityStage(row.stage)
    return OpportunityRow(
        public_id=str(row.public_id),
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        title=row.title,
        kind_label=str(OpportunityKind(row.kind).label),
        stage=row.stage,
        stage_label=str(stage.label),
        tone=_TONES[stage],
        amount=row.amount,
        currency=row.currency,
        probability=row.probability,
        weighted=row.amount * row.probability / 100,
        expected_on=row.expected_on,
        is_late=row.stage in OPEN_STAGES and row.expected_on < today,
        owner=row.owner.name if row.owner else "",
        readiness_label=str(Readiness(row.readiness).label),
        next_step=row.next_step,
        closed_on=row.closed_on,
        outcome_note=row.outcome_note,
        is_archived=row.archived_at is not None,
    )
