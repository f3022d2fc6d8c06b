"""Renewals as people read them: the three verdicts side by side, the nearest day first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.growth_choices import RenewalState, Verdict
from partners.models import Renewal, RevenueChange
from partners.renewal_policy import NOTHING, renewal_policy, signal_label
from partners.rules.renewals import RenewalPolicy, wants_verdict

NEAREST = Order((SortKey(name="due_on"),))
SIZE = 50
ALL, MISSING = "all", "missing"
_TONES = {"renew": "success", "monitor": "warning", "at_risk": "danger", "leave": "danger", "": "neutral"}


@dataclass(frozen=True, kw_only=True)
class VerdictCell:
    """One of the three verdicts, with why."""

    label: str
    tone: str
    why: str
    at: datetime | None
    value: str


@dataclass(frozen=True, kw_only=True)
class RenewalRow:
    """One renewal in a list. `is_missing`: so near that its owner has to say what becomes of it."""

    public_id: str
    organization: str
    organization_id: str
    due_on: date
    days_left: int
    notice_on: date | None
    is_notice_over: bool
    amount: Decimal
    currency: str
    owner: str
    machine: VerdictCell
    ours: VerdictCell
    theirs: VerdictCell
    is_missing: bool
    state: str
    state_label: str
    state_tone: str
    renewed_amount: Decimal | None
    closed_on: date | None
    closing_note: str

    @property
    def is_open(self) -> bool:
        return self.state == RenewalState.OPEN


@dataclass(frozen=True, kw_only=True)
class RenewalFilter:
    """What the list is narrowed to; without a state it is the open ones. `verdict`: the owner's, or MISSING."""

    state: str = ""
    verdict: str = ""
    since: date | None = None
    until: date | None = None
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """A line of the ledger of revenue."""

    on: date
    kind_label: str
    amount: Decimal
    currency: str
    note: str
    who: str
    at: datetime


def renewals_of(actor: Actor, organization_id: int, today: date) -> list[RenewalRow]:
    """Those of one organization, open ones first. Two statements."""
    policy = renewal_policy()
    rows = [_row(row, policy, today) for row in _rows(actor).filter(organization_id=organization_id)[:100]]
    return sorted(rows, key=lambda row: (not row.is_open, row.due_on))


def renewal_page(actor: Actor, narrowed: RenewalFilter, *, cursor: str, today: date) -> tuple[Page, int]:
    """A page of the list, and how many of all that one sees wait for their owner's verdict: three statements."""
    policy = renewal_policy()
    missing = _narrowed(actor, RenewalFilter(verdict=MISSING), policy, today).count()
    page = paginate(_narrowed(actor, narrowed, policy, today), NEAREST, cursor=cursor, size=SIZE)
    rows = [_row(row, policy, today) for row in page.rows]
    return Page(rows=rows, previous=page.previous, next=page.next), missing


def renewal_rows(actor: Actor, narrowed: RenewalFilter, *, today: date) -> Iterator[RenewalRow]:
    """The same for a file."""
    policy = renewal_policy()
    rows = _narrowed(actor, narrowed, policy, today).order_by("due_on", "pk")
    return (_row(row, policy, today) for row in poured(rows))


def nearest_renewals(actor: Actor, narrowed: RenewalFilter, *, most: int, today: date) -> list[RenewalRow]:
    """The first ones of the list, for a home."""
    policy = renewal_policy()
    rows = _narrowed(actor, narrowed, policy, today).order_by("due_on", "pk")[:most]
    return [_row(row, policy, today) for row in rows]


def renewal_row(renewal: Renewal, today: date) -> RenewalRow:
    """One of them as its page shows it."""
    return _row(renewal, renewal_policy(), today)


def by_verdict(actor: Actor, narrowed: RenewalFilter, today: date) -> list[Mapping[str, Any]]:
    """Counts and amounts of the list by its owners' verdict and currency, the empty one too. One statement."""
    policy = renewal_policy() if narrowed.verdict == MISSING else NOTHING
    rows = _narrowed(actor, narrowed, policy, today).order_by()
    return list(rows.values("owner_verdict", "currency").annotate(number=Count("pk"), total=Sum("amount")))


def ledger_of(actor: Actor, organization_id: int) -> list[LedgerRow]:
    """The ledger of one organization, the latest first. One statement."""
    rows = RevenueChange.objects.all().visible_to(actor).filter(organization_id=organization_id)
    return [
        LedgerRow(
            on=row.on,
            kind_label=row.get_kind_display(),
            amount=row.amount,
            currency=row.currency,
            note=row.note,
            who=row.recorded_by.name if row.recorded_by else "",
            at=row.recorded_at,
        )
        for row in rows.select_related("recorded_by").order_by("-on", "-pk")[:100]
    ]


def _rows(actor: Actor) -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = Renewal.objects.all().visible_to(actor).select_related("organization", "owner")
    return found


def _narrowed(actor: Actor, narrowed: RenewalFilter, policy: RenewalPolicy, today: date) -> "QuerySet[Any, Any]":
    wanted = Q(organization__archived_at__isnull=True)
    if narrowed.state != ALL:
        wanted &= Q(state=narrowed.state or RenewalState.OPEN)
    if narrowed.verdict == MISSING:
        latest = today + timedelta(days=policy.verdict_before_days)
        wanted &= Q(state=RenewalState.OPEN, due_on__lte=latest, owner_verdict__in=["", Verdict.MONITOR])
    elif narrowed.verdict:
        wanted &= Q(owner_verdict=narrowed.verdict)
    if narrowed.since is not None:
        wanted &= Q(due_on__gte=narrowed.since)
    if narrowed.until is not None:
        wanted &= Q(due_on__lte=narrowed.until)
    if narrowed.owner_id is not None:
        wanted &= Q(owner_id=narrowed.owner_id)
    return _rows(actor).filter(wanted)


def _cell(value: str, why: str, at: datetime | None) -> VerdictCell:
    label = str(Verdict(value).label) if value else _("Nothing said")
    return VerdictCell(label=label, tone=_TONES[value], why=why, at=at, value=value)


def _machine_why(reasons: Sequence[Mapping[str, str]], policy: RenewalPolicy) -> str:
    words = []
    for reason in reasons:
        if reason["code"] == "near":
            words.append(_("%(days)s days before nothing is watched any longer") % {"days": reason["value"]})
        elif reason["value"].replace(".", "").isdigit():
            words.append(f"{signal_label(policy, reason['code'])}: {reason['value']}")
        else:
            words.append(signal_label(policy, reason["code"]))
    return ", ".join(words) or _("Nothing speaks against it")


def _row(row: Any, policy: RenewalPolicy, today: date) -> RenewalRow:
    is_open = row.state == RenewalState.OPEN
    tones = {"open": "info", "renewed": "success", "lost": "danger", "withdrawn": "neutral"}
    why = _machine_why(row.machine_reason, policy) if row.machine_verdict else ""
    return RenewalRow(
        public_id=str(row.public_id),
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        due_on=row.due_on,
        days_left=(row.due_on - today).days,
        notice_on=row.notice_on,
        is_notice_over=is_open and row.notice_on is not None and row.notice_on < today,
        amount=row.amount,
        currency=row.currency,
        owner=row.owner.name if row.owner else "",
        machine=_cell(row.machine_verdict, why, row.machine_at),
        ours=_cell(row.owner_verdict, row.owner_note, row.owner_at),
        theirs=_cell(row.partner_verdict, row.partner_note, row.partner_at),
        is_missing=is_open and wants_verdict(row.owner_verdict, due_on=row.due_on, today=today, policy=policy),
        state=row.state,
        state_label=str(RenewalState(row.state).label),
        state_tone=tones[row.state],
        renewed_amount=row.renewed_amount,
        closed_on=row.closed_on,
        closing_note=row.closing_note,
    )
