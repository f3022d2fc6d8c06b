"""Promises as pages show them: open ones first, with how reliably each side keeps its word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Prefetch, prefetch_related_objects
from django.utils import timezone

from accounts.rules.access import Actor
from common.pouring import poured
from partners.models import Commitment, CommitmentChange
from partners.rules import commitments as rules
from partners.selectors.commitment_chasers import Chaser, chaser_of
from partners.selectors.commitment_facts import SideWord, kept_of
from partners.selectors.page import OrganizationPage
from partners.work_choices import CommitmentState, Side
from partners.work_permissions import can_arrange
from partners.work_querysets import CommitmentQuerySet

MOST_OPEN, MOST_SETTLED = 200, 50
_TONES = {"on_time": "success", "late": "warning", "broken": "danger", "overdue": "danger"}


@dataclass(frozen=True, kw_only=True)
class MovedDay:
    """A day that was agreed anew."""

    was_due_on: date
    due_on: date
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CommitmentRow:
    """One promise in the hands of its reader. Days are those of its organization."""

    public_id: str
    title: str
    description: str
    side: str
    side_label: str
    owner_name: str
    contact_name: str
    due_on: date
    days_overdue: int
    state: str
    state_label: str
    verdict: str
    tone: str
    outcome_note: str
    closed_on: date | None
    moves: tuple[MovedDay, ...]
    organization_id: str
    organization_name: str
    version: int
    may_settle: bool
    may_arrange: bool
    chaser: Chaser | None

    @property
    def is_open(self) -> bool:
        return self.state == CommitmentState.OPEN

    @property
    def side_tone(self) -> str:
        return "accent" if self.side == Side.US else "purple"

    @property
    def who(self) -> str:
        """The person who keeps it, on either side."""
        return self.owner_name if self.side == Side.US else self.contact_name or self.owner_name


@dataclass(frozen=True, kw_only=True)
class CommitmentList:
    """The promises of an organization: open ones by day, settled ones, latest first; `sides` count all there are."""

    open: tuple[CommitmentRow, ...]
    settled: tuple[CommitmentRow, ...]
    sides: tuple[SideWord, ...]
    open_count: int
    settled_count: int

    @property
    def is_empty(self) -> bool:
        return not (self.open_count or self.settled_count)

    @property
    def is_cut(self) -> bool:
        """There are more than are shown."""
        return self.open_count > len(self.open) or self.settled_count > len(self.settled)


def organization_commitments(page: OrganizationPage) -> CommitmentList:
    """The promises of the page's organization: four statements. The caller has made sure that it is open in full."""
    may_arrange = can_arrange(page.actor, page.organization, subject=page.subject) and not page.is_archived
    seen = Commitment.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    return _list(seen, page.actor, page.now, may_arrange=may_arrange)


def commitment_rows(page: OrganizationPage) -> Iterator[CommitmentRow]:
    """All promises of the page's organization, by day: two statements. The caller has made sure that it is open."""
    seen = Commitment.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    found = poured(with_moves(seen.order_by("due_on", "pk")))
    return (row_of(one, page.actor, page.now, may_arrange=False) for one in found)


def portal_commitments(actor: Actor, *, now: datetime) -> CommitmentList:
    """The same list as a contact reads it: four statements."""
    seen = Commitment.objects.visible_to(actor).exclude(state=CommitmentState.WITHDRAWN)
    return _list(seen, actor, now, may_arrange=False)


def with_moves(rows: Any) -> Iterable[Commitment]:
    """With the people, the organization and every day that was agreed anew."""
    moves = CommitmentChange.objects.order_by("changed_at", "pk")
    found: Iterable[Commitment] = rows.select_related("organization", "owner", "contact").prefetch_related(
        Prefetch("changes", queryset=moves, to_attr="moved_days")
    )
    return found


def _list(seen: CommitmentQuerySet, actor: Actor, now: datetime, *, may_arrange: bool) -> CommitmentList:
    named = seen.select_related("organization", "owner", "contact")
    is_open = [*named.filter(state=CommitmentState.OPEN).order_by("due_on", "pk")[:MOST_OPEN]]
    settled = named.exclude(state=CommitmentState.OPEN).order_by(F("closed_on").desc(nulls_last=True), "-pk")
    both = [*is_open, *settled[:MOST_SETTLED]]
    moves = CommitmentChange.objects.order_by("changed_at", "pk")
    prefetch_related_objects(both, Prefetch("changes", queryset=moves, to_attr="moved_days"))
    rows = [row_of(one, actor, now, may_arrange=may_arrange) for one in both]
    kept = kept_of(seen, now)
    return CommitmentList(
        open=tuple(rows[: len(is_open)]),
        settled=tuple(rows[len(is_open) :]),
        sides=kept.sides,
        open_count=kept.open_count,
        settled_count=kept.settled_count,
    )


def _rule(row: Any) -> rules.Commitment:
    zone = ZoneInfo(row.organization.timezone)
    return rules.Commitment(
        side=rules.Side(row.side),
        due_on=row.due_on,
        state=rules.CommitmentState(row.state),
        closed_on=row.closed_on,
        changes=tuple(
            rules.DayChange(
                was_due_on=move.was_due_on, due_on=move.due_on, agreed_on=rules.local_day(move.changed_at, zone)
            )
            for move in row.moved_days
        ),
    )


def _today(row: Commitment, now: datetime) -> date:
    return timezone.localdate(now, ZoneInfo(row.organization.timezone))


def row_of(row: Any, actor: Actor, now: datetime, *, may_arrange: bool) -> CommitmentRow:
    """A promise of `with_moves` in the hands of its reader."""
    today, rule = _today(row, now), _rule(row)
    verdict, is_open = rules.verdict(rule, today), rule.state is rules.CommitmentState.OPEN
    is_own = row.side == Side.US and row.owner_id is not None and row.owner_id == actor.user_id
    return CommitmentRow(
        public_id=str(row.public_id),
        title=row.title,
        description=row.description,
        side=row.side,
        side_label=str(Side(row.side).label),
        owner_name=row.owner.name if row.owner else "",
        contact_name=row.contact.name if row.contact else "",
        due_on=row.due_on,
        days_overdue=max((today - row.due_on).days, 0) if rules.is_overdue(rule, today) else 0,
        state=row.state,
        state_label=str(CommitmentState(row.state).label),
        verdict=verdict.value if verdict else "",
        tone=_TONES.get(verdict.value, "neutral") if verdict else "neutral",
        outcome_note=row.outcome_note,
        closed_on=row.closed_on,
        moves=tuple(
            MovedDay(was_due_on=move.was_due_on, due_on=move.due_on, reason=move.reason, at=move.changed_at)
            for move in row.moved_days
        ),
        organization_id=str(row.organization.public_id),
        organization_name=row.organization.name,
        version=row.version,
        may_settle=actor.is_staff and (may_arrange or is_own),
        may_arrange=actor.is_staff and may_arrange,
        chaser=chaser_of(row, today) if may_arrange and rule.side is rules.Side.THEM and is_open else None,
    )
