"""What of growth stands on a home: a reader's own renewals that wait for a verdict and their pipeline; or by person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from accounts.rules.access import Actor
from partners.growth_choices import Verdict
from partners.models import Opportunity, Renewal
from partners.renewal_policy import renewal_policy
from partners.rules.pipeline import Part
from partners.rules.pipeline import Sum as PipelineSum
from partners.rules.pipeline import total as total_of
from partners.selectors.opportunities import PipelineFilter, pipeline_sums
from partners.selectors.renewals import RenewalFilter, RenewalRow, nearest_renewals

AHEAD = timedelta(days=90)
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class OwnGrowth:
    """`waiting`: renewals of the next 90 days without a verdict, nearest first; `due`: how many there are in all."""

    waiting: list[RenewalRow]
    due: int
    pipeline: PipelineSum
    until: date

    @property
    def shown(self) -> list[RenewalRow]:
        return self.waiting[:SHOWN]


@dataclass(kw_only=True)
class PersonGrowth:
    """One owner: renewals of the next 90 days, how many lack a verdict, how many are in danger, and the pipeline."""

    public_id: str
    name: str
    due: int = 0
    missing: int = 0
    endangered: int = 0
    amount: Decimal = Decimal(0)
    parts: list[Part] = field(default_factory=list)
    pipeline: PipelineSum | None = None


def own_growth(actor: Actor, today: date, rates: Mapping[str, Decimal]) -> OwnGrowth:
    """What `actor` owns of it. Three statements."""
    until = today + AHEAD
    rows = nearest_renewals(actor, RenewalFilter(owner_id=actor.user_id, until=until), most=200, today=today)
    _stages, total, _currencies = pipeline_sums(actor, PipelineFilter(owner_id=actor.user_id), rates)
    return OwnGrowth(waiting=[row for row in rows if row.is_missing], due=len(rows), pipeline=total, until=until)


def growth_by_person(actor: Actor, today: date, rates: Mapping[str, Decimal]) -> list[PersonGrowth]:
    """The same by owner, over all that `actor` reads; who has most to say comes first. Three statements."""
    found: dict[str, PersonGrowth] = {}
    for row in _renewals(actor, today):
        person = _of(found, row)
        person.due += row["number"]
        person.missing += row["missing"]
        person.endangered += row["endangered"]
        person.amount += row["total"] * rates.get(row["currency"], Decimal(0))
    for row in _chances(actor):
        part = Part(
            stage=row["stage"],
            currency=row["currency"],
            amount=row["total"],
            probability=row["probability"],
            count=row["number"],
        )
        _of(found, row).parts.append(part)
    for person in found.values():
        person.pipeline = total_of(person.parts, rates)
    return sorted(found.values(), key=lambda one: (-one.missing, -one.endangered, -one.due, one.name))


def _of(found: dict[str, PersonGrowth], row: Mapping[str, Any]) -> PersonGrowth:
    key = str(row["owner__public_id"] or "")
    return found.setdefault(key, PersonGrowth(public_id=key, name=row["owner__name"] or ""))


def _renewals(actor: Actor, today: date) -> Iterable[Mapping[str, Any]]:
    late = Q(due_on__lte=today + timedelta(days=renewal_policy().verdict_before_days))
    rows = Renewal.objects.open().visible_to(actor).filter(organization__archived_at__isnull=True)
    near = rows.filter(due_on__lte=today + AHEAD).order_by().values("owner__public_id", "owner__name", "currency")
    return near.annotate(
        number=Count("pk"),
        missing=Count("pk", filter=late & Q(owner_verdict__in=["", Verdict.MONITOR])),
        endangered=Count("pk", filter=Q(owner_verdict__in=[Verdict.AT_RISK, Verdict.LEAVE])),
        total=Sum("amount"),
    )


def _chances(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = Opportunity.objects.open().visible_to(actor).filter(organization__archived_at__isnull=True)
    grouped = rows.order_by().values("owner__public_id", "owner__name", "stage", "currency", "probability")
    return grouped.annotate(number=Count("pk"), total=Sum("amount"))
