"""How many accounts have an active success plan and a business review held in the quarter, and the rows behind it.

Counted are organizations that the reader opens in full, from the signing on; who has left, or is archived, is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.labels import kind_label, stage_label
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.choices import OrganizationKind, Stage
from partners.loss_choices import LossState
from partners.models import Loss, Organization, SuccessPlan
from partners.plan_choices import SEGMENTS, TIERS, WITHOUT, PlanState, account_group
from partners.rules.small_samples import Share, share
from partners.rules.success_plan_packs import SuccessPlanPolicy
from partners.selectors.plan_reviews import Quarter, held_in

SIZE = 50
BY_NAME = Order((SortKey(name="name_sort"),))
YES = "yes"
_UNSIGNED = (Stage.PRE_CONTRACT, Stage.PRE_SALES)


@dataclass(frozen=True, kw_only=True)
class CoverageRow:
    """A group of accounts: all, or a kind's segment (customers) or tier (partners), by its `group`.

    `query` narrows the list of accounts to it.
    """

    label: str
    query: str
    kind: str = ""
    group: str = ""
    accounts: int = 0
    plans: int = 0
    reviews: int = 0
    is_total: bool = False

    @property
    def without_plan(self) -> int:
        return self.accounts - self.plans

    @property
    def without_review(self) -> int:
        return self.accounts - self.reviews

    @property
    def with_plan(self) -> Share:
        return share(self.plans, self.accounts)

    @property
    def with_review(self) -> Share:
        return share(self.reviews, self.accounts)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """`expected` counts those of whom the policy expects a plan; its plans are those that have one."""

    groups: tuple[CoverageRow, ...]
    total: CoverageRow
    expected: CoverageRow
    enterprise: CoverageRow


@dataclass(frozen=True, kw_only=True)
class AccountFilter:
    """What the list of accounts is narrowed to; empty texts narrow nothing."""

    kind: str = ""
    segment: str = ""
    tier: str = ""
    plan: str = ""
    review: str = ""
    is_expected: bool = False


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """One account behind a number."""

    public_id: str
    name: str
    kind_label: str
    stage_label: str
    group_label: str
    has_plan: bool
    has_review: bool
    is_expected: bool


def coverage(actor: Actor, policy: SuccessPlanPolicy | None, quarter: Quarter) -> Coverage:
    """By segment of customers and tier of partners, then in all. One statement."""
    rows = _accounts(actor, policy, quarter).order_by().values("kind", "facts__arr_segment", "facts__partner_tier")
    counted = rows.annotate(
        accounts=Count("pk"),
        plans=Count("pk", filter=Q(has_plan=True)),
        reviews=Count("pk", filter=Q(has_review=True)),
        expected=Count("pk", filter=Q(is_expected=True)),
        expected_plans=Count("pk", filter=Q(is_expected=True, has_plan=True)),
    )
    groups: dict[tuple[str, str], CoverageRow] = {key: _empty(*key) for key in _keys()}
    total = CoverageRow(label=_("All"), query="", is_total=True)
    expected = CoverageRow(label=_("A plan is expected"), query="expected=1", is_total=True)
    for row in counted:
        key = _key_of(row)
        groups[key], total = _with(groups[key], row), _with(total, row)
        expected = replace(
            expected, accounts=expected.accounts + row["expected"], plans=expected.plans + row["expected_plans"]
        )
    return Coverage(
        groups=tuple(one for one in groups.values() if one.accounts),
        total=total,
        expected=expected,
        enterprise=groups[OrganizationKind.CUSTOMER.value, "enterprise"],
    )


def account_page(
    actor: Actor, policy: SuccessPlanPolicy | None, quarter: Quarter, narrowed: AccountFilter, *, cursor: str
) -> Page:
    """A page of accounts by name: one statement."""
    page = paginate(accounts_behind(actor, policy, quarter, narrowed), BY_NAME, cursor=cursor, size=SIZE)
    return Page(rows=[_account(row) for row in page.rows], previous=page.previous, next=page.next)


def accounts_as_file(
    actor: Actor, policy: SuccessPlanPolicy | None, quarter: Quarter, narrowed: AccountFilter
) -> Iterator[AccountRow]:
    """The same for a file."""
    rows = accounts_behind(actor, policy, quarter, narrowed).order_by("name_sort", "pk")
    return (_account(row) for row in poured(rows))


def counted_accounts(actor: Actor) -> "QuerySet[Any, Any]":
    """Organizations that are with us and have signed, of those that the reader opens in full."""
    lost = Loss.objects.filter(organization_id=OuterRef("pk"), state=LossState.OPEN)
    rows: QuerySet[Any, Any] = Organization.objects.opened_to(actor).current()
    return rows.exclude(stage__in=_UNSIGNED).exclude(Exists(lost))


def _accounts(actor: Actor, policy: SuccessPlanPolicy | None, quarter: Quarter) -> "QuerySet[Any, Any]":
    plans = SuccessPlan.objects.filter(organization_id=OuterRef("pk"), state=PlanState.ACTIVE)
    return counted_accounts(actor).annotate(
        has_plan=Exists(plans), has_review=held_in(quarter), is_expected=_expected(policy)
    )


def _expected(policy: SuccessPlanPolicy | None) -> Any:
    """Of whom the policy expects an active plan."""
    fits = Q(pk__in=[])
    for line in policy.expected_of if policy else ():
        one = Q(kind__in=line.kinds)
        if line.stages is not None:
            one &= Q(stage__in=line.stages)
        if line.arr_segments is not None:
            one &= Q(facts__arr_segment__in=line.arr_segments)
        fits |= one
    return Exists(Organization.objects.filter(fits, pk=OuterRef("pk")))


def accounts_behind(
    actor: Actor, policy: SuccessPlanPolicy | None, quarter: Quarter, narrowed: AccountFilter
) -> "QuerySet[Any, Any]":
    """Organizations with `has_plan`, `has_review`, `is_expected`, `arr_segment` and `partner_tier`."""
    wanted = Q()
    if narrowed.kind:
        wanted &= Q(kind=narrowed.kind)
    if narrowed.segment:
        none = Q(facts__isnull=True) | Q(facts__arr_segment="")
        wanted &= none if narrowed.segment == WITHOUT else Q(facts__arr_segment=narrowed.segment)
    if narrowed.tier:
        wanted &= (
            Q(facts__partner_tier__isnull=True) if narrowed.tier == WITHOUT else Q(facts__partner_tier=narrowed.tier)
        )
    for name, asked in (("has_plan", narrowed.plan), ("has_review", narrowed.review)):
        if asked:
            wanted &= Q(**{name: asked == YES})
    if narrowed.is_expected:
        wanted &= Q(is_expected=True)
    return (
        _accounts(actor, policy, quarter)
        .filter(wanted)
        .annotate(arr_segment=F("facts__arr_segment"), partner_tier=F("facts__partner_tier"))
    )


def _keys() -> list[tuple[str, str]]:
    customers = [(OrganizationKind.CUSTOMER.value, segment) for segment in SEGMENTS]
    return [*customers, *((OrganizationKind.PARTNER.value, tier) for tier in TIERS)]


def _key_of(row: Any) -> tuple[str, str]:
    if row["kind"] == OrganizationKind.CUSTOMER:
        return row["kind"], row["facts__arr_segment"] or WITHOUT
    tier = row["facts__partner_tier"]
    return row["kind"], WITHOUT if tier is None else str(tier)


def _empty(kind: str, group: str) -> CoverageRow:
    name = "segment" if kind == OrganizationKind.CUSTOMER else "tier"
    label = f"{kind_label(kind)} · {account_group(kind, group)}"
    return CoverageRow(label=label, query=f"kind={kind}&{name}={group}", kind=kind, group=group)


def _with(group: CoverageRow, row: Any) -> CoverageRow:
    return replace(
        group,
        accounts=group.accounts + row["accounts"],
        plans=group.plans + row["plans"],
        reviews=group.reviews + row["reviews"],
    )


def _account(row: Any) -> AccountRow:
    group = row.arr_segment if row.kind == OrganizationKind.CUSTOMER else row.partner_tier
    return AccountRow(
        public_id=str(row.public_id),
        name=row.name,
        kind_label=kind_label(row.kind),
        stage_label=stage_label(row.stage),
        group_label=account_group(row.kind, WITHOUT if group in (None, "") else str(group)),
        has_plan=row.has_plan,
        has_review=row.has_review,
        is_expected=row.is_expected,
    )
