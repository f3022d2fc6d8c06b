"""Promises as pages show them: open ones first, with how reliably each side keeps its word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.templatetags.format import spell_percent
from partners.models import Commitment, CommitmentChange
from partners.rules import commitments as rules
from partners.selectors.page import OrganizationPage
from partners.work_choices import CommitmentState, Side
from partners.work_permissions import can_arrange

MOST = 300
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
class SideWord:
    """How a side keeps its word: the rate with its interval, or that there are too few to tell."""

    label: str
    rate: str
    interval: str
    counts: str
    is_hint: bool


@dataclass(frozen=True, kw_only=True)
class CommitmentList:
    """The promises of an organization: open ones by day, settled ones, latest first."""

    open: tuple[CommitmentRow, ...]
    settled: tuple[CommitmentRow, ...]
    sides: tuple[SideWord, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.settled)


def organization_commitments(page: OrganizationPage) -> CommitmentList:
    """The promises of the page's organization: two statements. The caller has made sure that it is open in full."""
    may_arrange = can_arrange(page.actor, page.organization, subject=page.subject) and not page.is_archived
    seen = Commitment.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    return _list(_read(seen), page.actor, page.now, may_arrange=may_arrange)


def commitment_rows(page: OrganizationPage, *, most: int) -> list[CommitmentRow]:
    """All promises of the page's organization, by day: two statements. The caller has made sure that it is open."""
    seen = Commitment.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    found = _with_moves(seen.order_by("due_on", "pk")[:most])
    return [_row(one, page.actor, page.now, may_arrange=False) for one in found]


def portal_commitments(actor: Actor, *, now: datetime) -> CommitmentList:
    """The same list as a contact reads it: two statements."""
    seen = Commitment.objects.visible_to(actor).exclude(state=CommitmentState.WITHDRAWN)
    return _list(_read(seen), actor, now, may_arrange=False)


def _read(seen: Any) -> Sequence[Commitment]:
    return list(_with_moves(seen.order_by("due_on", "pk")[:MOST]))


def _with_moves(rows: Any) -> Iterable[Commitment]:
    moves = CommitmentChange.objects.order_by("changed_at", "pk")
    found: Iterable[Commitment] = rows.select_related("organization", "owner", "contact").prefetch_related(
        Prefetch("changes", queryset=moves, to_attr="moved_days")
    )
    return found


def _list(found: Sequence[Commitment], actor: Actor, now: datetime, *, may_arrange: bool) -> CommitmentList:
    rows = [_row(one, actor, now, may_arrange=may_arrange) for one in found]
    settled = sorted((row for row in rows if not row.is_open), key=lambda row: row.closed_on or date.min, reverse=True)
    return CommitmentList(
        open=tuple(row for row in rows if row.is_open), settled=tuple(settled), sides=tuple(_sides(found, now))
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


def _sides(found: Sequence[Commitment], now: datetime) -> Iterable[SideWord]:
    if not found:
        return
    promises, today = [_rule(row) for row in found], _today(found[0], now)
    for side, label in ((rules.Side.US, _("We")), (rules.Side.THEM, _("They"))):
        word = rules.reliability(promises, side=side, today=today)
        share = word.on_time
        counts = _("%(hits)s of %(total)s on time; %(late)s late, %(broken)s not kept, %(overdue)s overdue")
        yield SideWord(
            label=label,
            rate=spell_percent(share.value) if share.value is not None else "",
            interval=_("between %(low)s and %(high)s")
            % {"low": spell_percent(share.low), "high": spell_percent(share.high)},
            counts=counts
            % {
                "hits": share.hits,
                "total": share.total,
                "late": word.late,
                "broken": word.broken,
                "overdue": word.overdue,
            },
            is_hint=word.is_hint,
        )


def _row(row: Any, actor: Actor, now: datetime, *, may_arrange: bool) -> CommitmentRow:
    today, rule = _today(row, now), _rule(row)
    verdict = rules.verdict(rule, today)
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
    )
