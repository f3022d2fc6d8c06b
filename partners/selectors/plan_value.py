"""Value realized: objectives of success plans that were reached within twelve months of the launch (reports.md, CSM).

An objective counts once its day has come, or once it is settled; dropped ones and those of drafts never do. What is to
be reached later than a year after the launch is another year's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DateField, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from accounts.labels import kind_label
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.models import Objective
from partners.plan_choices import ObjectiveState, PlanState
from partners.rules.small_samples import Share, share
from partners.selectors.commitment_facts import today_there
from partners.selectors.plan_coverage import counted_accounts

SIZE = 50
TARGET = 0.85
"""Share of objectives that are to be reached (reports.md)."""
_LOOKED_BACK = timedelta(days=731)
LATEST = Order((SortKey(name="launched_on", descending=True),))


@dataclass(frozen=True, kw_only=True)
class ValueRow:
    """One account: so many of the objectives whose day has come were reached within its first year."""

    public_id: str
    name: str
    kind_label: str
    launched_on: date
    year_ends_on: date
    reached: Share

    @property
    def is_good(self) -> bool:
        return (self.reached.value or 0) >= TARGET


@dataclass(frozen=True, kw_only=True)
class ValueTotal:
    """Over all accounts that launched within two years. `silent` ones have no objective whose day has come."""

    reached: Share
    accounts: int
    silent: int

    @property
    def tone(self) -> str:
        if self.reached.value is None:
            return ""
        return "success" if self.reached.value >= TARGET else "warning"


def value_page(actor: Actor, *, cursor: str, now: datetime) -> Page:
    """A page of accounts, the latest launch first: one statement."""
    page = paginate(judged_accounts(actor, now), LATEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row) for row in page.rows], previous=page.previous, next=page.next)


def value_as_file(actor: Actor, *, now: datetime) -> Iterator[ValueRow]:
    """The same for a file."""
    return (_row(row) for row in poured(judged_accounts(actor, now).order_by("-launched_on", "-pk")))


def value_total(actor: Actor, *, now: datetime) -> ValueTotal:
    """Over all of them: one statement."""
    found = _judged(actor, now).aggregate(
        reached=Coalesce(Sum("was_reached"), 0),
        objectives=Coalesce(Sum("counted"), 0),
        accounts=Count("pk", filter=Q(counted__gt=0)),
        silent=Count("pk", filter=Q(counted=0)),
    )
    return ValueTotal(
        reached=share(found["reached"], found["objectives"]), accounts=found["accounts"], silent=found["silent"]
    )


def judged_accounts(actor: Actor, now: datetime) -> "QuerySet[Any, Any]":
    """Accounts that launched within two years, with `was_reached` of `counted` objectives, where there are any."""
    return _judged(actor, now).filter(counted__gt=0)


def _judged(actor: Actor, now: datetime) -> "QuerySet[Any, Any]":
    """The same with those that have none."""
    day = timezone.localdate(now)
    rows = counted_accounts(actor).filter(launched_on__gt=day - _LOOKED_BACK, launched_on__lte=day)
    in_time = Q(state=ObjectiveState.ACHIEVED, achieved_on__lte=F("year_ends_on"))
    return rows.annotate(
        year_ends_on=_a_year_after("launched_on"),
        was_reached=_objectives(now, in_time),
        counted=_objectives(now, ~Q(state=ObjectiveState.OPEN) | Q(target_on__lt=F("today"))),
    )


def _objectives(now: datetime, wanted: Q) -> Any:
    """How many objectives of the first year fit `wanted`."""
    rows = Objective.objects.filter(organization_id=OuterRef("pk")).exclude(plan__state=PlanState.DRAFT)
    first_year = rows.exclude(state=ObjectiveState.DROPPED).annotate(
        year_ends_on=_a_year_after("organization__launched_on"), today=today_there(now)
    )
    counted = first_year.filter(wanted, target_on__lte=F("year_ends_on")).order_by().values("organization_id")
    return Coalesce(
        Subquery(counted.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), Value(0)
    )


def _a_year_after(day: str) -> Any:
    """The same day a year later; of February 29 the 28th."""
    moved = Func(F(day), template="(%(expressions)s + interval '1 year')", output_field=DateField())
    return Cast(moved, DateField())


def _row(row: Any) -> ValueRow:
    return ValueRow(
        public_id=str(row.public_id),
        name=row.name,
        kind_label=kind_label(row.kind),
        launched_on=row.launched_on,
        year_ends_on=row.year_ends_on,
        reached=share(row.was_reached, row.counted),
    )
