"""Who should have had a business review in a quarter, and who has: by the cadence's rule, across all organizations.

Should: the rule in force has a business review for it, and its first one fell due by the end of the quarter. Has: one
was held then (plan_reviews.py). Exceptions that were agreed are not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from accounts.labels import stage_label
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.choices import OrganizationKind
from partners.gone_quiet import fits
from partners.models import Assignment, BusinessReview, Organization, Touchpoint
from partners.review_choices import ReviewState
from partners.rules.cadence import add_months
from partners.rules.cadence_packs import BASES_OF_RULES, CadencePolicy, CadenceRule
from partners.rules.review_periods import Period, quarter_of
from partners.selectors.plan_reviews import KIND, Quarter, held_in
from partners.work_choices import TouchpointState

SIZE = 50
BY_NAME = Order((SortKey(name="name_sort"),))


@dataclass(frozen=True, kw_only=True)
class Covered:
    """How many should have had one in the quarter, and how many have."""

    due: int
    had: int

    @property
    def missing(self) -> int:
        return self.due - self.had


@dataclass(frozen=True, kw_only=True)
class MissingRow:
    """An organization without its review. `review_id`: the pack that is begun; `planned_on`: a day in the quarter."""

    public_id: str
    name: str
    kind_label: str
    stage_label: str
    last_at: datetime | None
    planned_on: date | None
    skip_reason: str
    owner: str
    review_id: str


def quarter_named(text: str, *, today: date) -> Period:
    """The quarter of a query, such as 2026-4; the present one for anything that is none or lies ahead."""
    year, dash, number = text.partition("-")
    here = quarter_of(today)
    if not dash or not (year.isascii() and year.isdecimal() and len(year) == 4) or number not in ("1", "2", "3", "4"):
        return here
    if not 2000 <= int(year) <= today.year:
        return here
    asked = quarter_of(date(int(year), 3 * int(number), 1))
    return asked if asked.start <= here.start else here


def name_of(period: Period) -> str:
    """The quarter as a query says it."""
    return f"{period.start.year}-{(period.start.month + 2) // 3}"


def before(period: Period) -> Period:
    """The quarter before."""
    return quarter_of(period.start - timedelta(days=1))


def coverage(actor: Actor, policy: CadencePolicy | None, period: Period) -> Covered:
    """Of those that `actor` opens in full. One statement."""
    found = _due(actor, policy, period, kind="").aggregate(due=Count("pk"), held=Sum("had"))
    return Covered(due=found["due"], had=found["held"] or 0)


def missing_page(actor: Actor, policy: CadencePolicy | None, period: Period, *, kind: str, cursor: str) -> Page:
    """A page of those who have not, by name. One statement."""
    page = paginate(missing_reviews(actor, policy, period, kind), BY_NAME, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row) for row in page.rows], previous=page.previous, next=page.next)


def missing_rows(actor: Actor, policy: CadencePolicy | None, period: Period, *, kind: str) -> Iterator[MissingRow]:
    """The same for a file."""
    return (_row(row) for row in poured(missing_reviews(actor, policy, period, kind).order_by("name_sort", "pk")))


def _due(actor: Actor, policy: CadencePolicy | None, period: Period, *, kind: str) -> "QuerySet[Any, Any]":
    rules = policy.rules if policy is not None else ()
    ordered = sorted(rules, key=lambda rule: BASES_OF_RULES.index(rule.basis))
    cases = [When(fits(rule), then=_wants(rule, period)) for rule in ordered]
    rows = Organization.objects.opened_to(actor).current()
    if kind:
        rows = rows.filter(kind=kind)
    wanted = rows.annotate(wants=Case(*cases, default=Value(False), output_field=BooleanField())).filter(wants=True)
    held = held_in(Quarter(first=period.start, after=period.end))
    return wanted.annotate(had=Case(When(held, then=Value(1)), default=Value(0), output_field=IntegerField()))


def _wants(rule: CadenceRule, period: Period) -> Any:
    """Whether the first review of the rule's series fell due by the end of the quarter."""
    wanted = Q(pk__in=[])
    for series in rule.series:
        if series.touchpoint != KIND or not series.steps:
            continue
        began_by = add_months(period.last, -series.steps[0].from_months)
        began = Q(launched_on__lte=began_by)
        if "onboarding" in series.anchors:
            began |= Q(launched_on__isnull=True, created_at__date__lte=began_by)
        if series.needs_role:
            owned = Assignment.objects.active().filter(organization=OuterRef("pk"), role=series.needs_role)
            began &= Q(Exists(owned))
        wanted |= began
    return Case(When(wanted, then=Value(True)), default=Value(False), output_field=BooleanField())


def missing_reviews(actor: Actor, policy: CadencePolicy | None, period: Period, kind: str) -> "QuerySet[Any, Any]":
    """Organizations with `planned`, `why_not`, `holder`, `review_id` and `last_at`; `kind` "" is every kind."""
    planned = _touchpoints(period).exclude(state=TouchpointState.CANCELLED).order_by("-planned_on", "-pk")
    begun = BusinessReview.objects.filter(
        organization=OuterRef("pk"),
        kind=KIND,
        state__in=[ReviewState.BUILDING, ReviewState.READY],
        planned_on__gte=period.start,
        planned_on__lt=period.end,
    )
    last = BusinessReview.objects.filter(organization=OuterRef("pk"), kind=KIND, state=ReviewState.PRESENTED)
    return _due(actor, policy, period, kind=kind).filter(had=0).annotate(
        planned=Subquery(planned.values("planned_on")[:1]),
        why_not=Subquery(planned.values("skip_reason")[:1]),
        holder=Subquery(planned.values("owner__name")[:1]),
        review_id=Subquery(begun.order_by("planned_on", "pk").values("public_id")[:1]),
        last_at=Subquery(last.order_by("-presented_at").values("presented_at")[:1]),
    )  # fmt: skip


def _touchpoints(period: Period) -> Any:
    rows = Touchpoint.objects.filter(organization=OuterRef("pk"), kind=KIND)
    return rows.filter(planned_on__gte=period.start, planned_on__lt=period.end)


def _row(row: Any) -> MissingRow:
    return MissingRow(
        public_id=str(row.public_id),
        name=row.name,
        kind_label=str(OrganizationKind(row.kind).label),
        stage_label=str(stage_label(row.stage)),
        last_at=row.last_at,
        planned_on=row.planned,
        skip_reason=row.why_not or "",
        owner=row.holder or "",
        review_id=str(row.review_id or ""),
    )
