"""Proposals that balance the load, with what has changed since each was made."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.labels import role_label
from accounts.rules.access import Actor
from common.templatetags.format import spell_number, spell_percent
from partners.capacity_choices import MoveState, ProposalState
from partners.models import Assignment, BalanceMove, BalanceProposal, Handoff, Renewal
from partners.rules.capacity_ahead import WEEKS, Held, guard_of
from partners.selectors.capacity_holdings import guard_words, may_balance
from partners.selectors.capacity_minutes import minutes_of
from partners.selectors.capacity_rows import weeks_of
from partners.work_choices import UNFINISHED_HANDOFFS

_TONES = {
    MoveState.OPEN: "info",
    MoveState.ACCEPTED: "success",
    MoveState.REFUSED: "neutral",
    MoveState.STALE: "warning",
}
_MOVED_BY = Decimal("0.5")
"""So many hours a week more or less, and a move no longer is what was proposed."""
SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class ProposalRow:
    """A proposal in the list."""

    public_id: str
    role_label: str
    made_by: str
    made_at: datetime
    state: str
    state_label: str
    moves: int
    open_moves: int


@dataclass(frozen=True, kw_only=True)
class MoveRow:
    """A move with its reasons. `changed`: what is otherwise by now; `is_overtaken`: so that it cannot be accepted."""

    public_id: str
    organization: str
    organization_id: str
    giver: str
    receiver: str
    hours: str
    reasons: tuple[str, ...]
    state: str
    state_label: str
    tone: str
    decided_by: str
    note: str
    handoff: tuple[str, str] | None
    changed: str
    is_overtaken: bool
    may_decide: bool


@dataclass(frozen=True, kw_only=True)
class ProposalPage:
    """A proposal with the moves that its reader sees."""

    row: ProposalRow
    moves: tuple[MoveRow, ...]

    @property
    def is_older_than_facts(self) -> bool:
        return any(move.changed for move in self.moves)


def proposals(actor: Actor) -> QuerySet[Any]:
    """Their own, and everybody's for those who see everything."""
    found = BalanceProposal.objects.all()
    return found.visible_to(actor) if may_balance(actor) else found.none()


def proposal_rows(actor: Actor) -> list[ProposalRow]:
    """The latest ones. One statement."""
    rows = proposals(actor).select_related("made_by").order_by("-made_at", "-pk")
    counted = rows.annotate(all=Count("moves"), open=Count("moves", filter=Q(moves__state=MoveState.OPEN)))
    return [_row(row, row.all, row.open) for row in counted[:SHOWN]]


def proposal_page(actor: Actor, public_id: UUID, *, now: datetime) -> ProposalPage | None:
    """One of them; None for others. Six statements at most, however many moves there are."""
    found = proposals(actor).select_related("made_by").filter(public_id=public_id).first()
    if found is None:
        return None
    people = ("organization", "giver", "receiver", "decided_by", "handoff", "proposal")
    rows = BalanceMove.objects.visible_to(actor).filter(proposal=found).select_related(*people)
    moves = list(rows.order_by("pk"))
    still_open = [move for move in moves if move.state == MoveState.OPEN]
    hindered = overtaken(still_open, timezone.localdate(now))
    changed = _changed_hours(actor, still_open, now)
    return ProposalPage(
        row=_row(found, len(moves), len(still_open)),
        moves=tuple(_move(actor, move, hindered.get(move.pk, ""), changed.get(move.pk, "")) for move in moves),
    )


def may_decide(actor: Actor, move: BalanceMove) -> bool:
    """Whether giver and receiver are within what `actor` balances: everybody, or the people they lead."""
    pair, own = {move.giver_id, move.receiver_id}, actor.led_user_ids | {actor.user_id or 0}
    return may_balance(actor) and (bool(actor.active_roles & actor.policy.see_all) or pair <= own)


def overtaken(moves: Collection[BalanceMove], today: date) -> dict[int, str]:
    """Of moves (with `organization` and `proposal`) that do not fit what is so today: why, whoever asks.

    Three statements for any number.
    """
    if not moves:
        return {}
    ids = [move.organization_id for move in moves]
    owners: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    held = Assignment.objects.active().filter(organization_id__in=ids).order_by()
    for organization_id, role, user_id in held.values_list("organization_id", "role", "user_id"):
        owners[organization_id, role].add(user_id)
    days: defaultdict[int, list[date]] = defaultdict(list)
    due = Renewal.objects.open().filter(organization_id__in=ids).order_by()
    for organization_id, due_on in due.values_list("organization_id", "due_on"):
        days[organization_id].append(due_on)
    unfinished = [state.value for state in UNFINISHED_HANDOFFS]
    under_way = Handoff.objects.filter(organization_id__in=ids, state__in=unfinished).order_by()
    in_handoff = set(under_way.values_list("organization_id", flat=True))
    found = {
        move.pk: _hindrance(
            move,
            owners[move.organization_id, move.proposal.role],
            Held(
                organization_id=move.organization_id,
                owner_id=move.giver_id,
                minutes=(),
                renewal_on=min(days[move.organization_id], key=lambda on: abs(on - today), default=None),
                is_in_handoff=move.organization_id in in_handoff,
            ),
            today,
        )
        for move in moves
    }
    return {pk: why for pk, why in found.items() if why}


def _hindrance(move: BalanceMove, owners: Collection[int], held: Held, today: date) -> str:
    if move.organization.archived_at is not None:
        return _("It is archived.")
    if move.giver_id not in owners:
        return _("It has another owner by now.")
    if move.receiver_id in owners:
        return _("They own it already.")
    guard = guard_of(held, today)
    return guard_words(guard) if guard is not None else ""


def _changed_hours(actor: Actor, moves: Collection[BalanceMove], now: datetime) -> dict[int, str]:
    """Moves that take another time by now than when they were proposed. One statement."""
    found = weeks_of(actor, {move.giver_id for move in moves}, weeks=WEEKS, now=now) if moves else None
    if found is None:
        return {}
    hours: Mapping[tuple[int, int, str], Decimal] = {
        (place.organization_id, place.user_id, place.role): Decimal(sum(minutes_of(found, place))) / (60 * WEEKS)
        for place in found.places
    }
    changed = {}
    for move in moves:
        today = hours.get((move.organization_id, move.giver_id, move.proposal.role))
        if today is not None and abs(today - move.hours) >= _MOVED_BY:
            changed[move.pk] = _("It takes %(hours)s hours a week by now.") % {"hours": spell_number(today, 1)}
    return changed


def _row(found: BalanceProposal, moves: int, open_moves: int) -> ProposalRow:
    return ProposalRow(
        public_id=str(found.public_id),
        role_label=role_label(found.role),
        made_by=found.made_by.name if found.made_by else "",
        made_at=found.made_at,
        state=found.state,
        state_label=str(ProposalState(found.state).label),
        moves=moves,
        open_moves=open_moves,
    )


def _move(actor: Actor, move: BalanceMove, hindrance: str, changed: str) -> MoveRow:
    return MoveRow(
        public_id=str(move.public_id),
        organization=move.organization.name,
        organization_id=str(move.organization.public_id),
        giver=move.giver.name,
        receiver=move.receiver.name,
        hours=spell_number(move.hours, 1),
        reasons=tuple(_words(move)),
        state=move.state,
        state_label=str(MoveState(move.state).label),
        tone=_TONES[MoveState(move.state)],
        decided_by=move.decided_by.name if move.decided_by else "",
        note=next((reason["note"] for reason in move.reason if reason["key"] == "refused"), ""),
        handoff=(str(move.organization.public_id), str(move.handoff.public_id)) if move.handoff else None,
        changed=hindrance or changed,
        is_overtaken=bool(hindrance),
        may_decide=move.state == MoveState.OPEN and may_decide(actor, move),
    )


def _words(move: BalanceMove) -> list[str]:
    """Why this one, and to whom."""
    names, words = {"giver": move.giver.name, "receiver": move.receiver.name}, []
    for reason in move.reason:
        if reason["key"] == "known":
            words.append(_("%(name)s knows it.") % {"name": move.receiver.name})
        elif reason["key"] in names:
            figures = {key: spell_percent(reason[key] / 100) for key in ("before", "after")}
            text = _("The fullest week of %(name)s goes from %(before)s to %(after)s.")
            words.append(text % (figures | {"name": names[reason["key"]]}))
    return words
