"""Use cases of balancing: a proposal is asked for, a worker makes it, its moves become handoffs or are refused.

Lock order: the organization, then the move.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actors import actor_for
from accounts.choices import OWNER_ROLES
from accounts.labels import role_label
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from partners import permissions
from partners.capacity_choices import MoveState, ProposalState
from partners.capacity_notices import BALANCE
from partners.models import BalanceMove, BalanceProposal, Handoff
from partners.rules.balance import Move, propose
from partners.selectors.balance import may_decide, overtaken
from partners.selectors.capacity_holdings import holdings, may_balance
from partners.services.handoff_news import tell
from partners.services.handoff_portfolio import KIND
from partners.services.handoffs import prepare
from partners.services.locking import lock_organization

PATIENCE = timedelta(minutes=5)
"""A proposal that has waited longer for its worker is queued again."""
MAX_NOTE = 300
TASK = "partners.make_balance"


@transaction.atomic
def ask(*, by: Actor, role: str, now: datetime) -> BalanceProposal:
    """Have moves proposed that would even out the weeks of those who hold `role`, as far as `by` leads or sees them.

    Asking again while one is being made gives that one; an open one of the same person and role is closed by a new one.
    Raises NotAllowed; DomainError "unknown_role".
    """
    if not may_balance(by) or by.user_id is None:
        raise NotAllowed(_("Leads balance the load of their teams, and managers that of everybody."))
    if role not in OWNER_ROLES:
        raise DomainError(_("Nobody owns organizations in this role."), field="role", code="unknown_role")
    # One person asks for one thing at a time.
    User.objects.select_for_update(no_key=True).get(pk=by.user_id)
    current = BalanceProposal.objects.filter(role=role, made_by_id=by.user_id).exclude(state=ProposalState.CLOSED)
    being_made = current.filter(state=ProposalState.MAKING).first()
    if being_made is not None:
        return being_made
    for older in current:
        _close(older, now)
    made = BalanceProposal.objects.create(role=role, made_by_id=by.user_id, made_at=now, state=ProposalState.MAKING)
    _note(by, "asked", made, now)
    enqueue_on_commit(TASK, proposal_id=made.pk)
    return made


@transaction.atomic
def make(*, proposal_id: int, now: datetime) -> int:
    """Make a proposal that waits, with the rights that its person has now; returns how many moves it has.

    Nothing where it is made already. Without a move that helps it is closed. Its person is told.
    """
    rows = BalanceProposal.objects.select_for_update(of=("self",), skip_locked=True).select_related("made_by")
    found = rows.filter(pk=proposal_id, state=ProposalState.MAKING).first()
    if found is None or found.made_by is None:
        return 0
    by = actor_for(found.made_by)
    known = holdings(by, found.role, now=now) if may_balance(by) else None
    moves = propose(known.people, known.held, today=known.today, full=known.full) if known else ()
    BalanceMove.objects.bulk_create([_row(found, move) for move in moves])
    found.made_at, found.state = now, ProposalState.OPEN if moves else ProposalState.CLOSED
    found.save(update_fields=["made_at", "state", "updated_at"])
    with override(found.made_by.language or None):
        words = {"role": role_label(found.role)}
        notify(
            user_ids=[found.made_by.pk],
            kind=BALANCE,
            title=(_("A proposal balances: %(role)s") if moves else _("No move would balance: %(role)s")) % words,
            key=f"balance:{found.pk}",
            now=now,
            target_type="balance_proposal",
            target_id=found.pk,
        )
    return len(moves)


def waiting(*, now: datetime) -> list[int]:
    """Proposals whose message was lost, to be queued again."""
    rows = BalanceProposal.objects.filter(state=ProposalState.MAKING, made_at__lt=now - PATIENCE)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])


@transaction.atomic
def accept(*, by: Actor, move: BalanceMove, now: datetime) -> Handoff:
    """Have the handoff prepared from giver to receiver, which the giver fills in and offers as any other.

    Raises NotAllowed; Missing; DomainError "wrong_state" for one that is decided, "overtaken" where it does not fit
    what is so by now, and what a handoff refuses.
    """
    locked = _lock(by, move)
    if why := overtaken([locked], timezone.localdate(now)).get(locked.pk):
        raise DomainError(why, code="overtaken")
    locked.handoff = prepare(
        by=by,
        giver=actor_for(locked.giver),
        organization=locked.organization,
        kind=KIND,
        receiver=locked.receiver,
        from_role=locked.proposal.role,
        giver_leaves=True,
        now=now,
    )
    _decide(by, locked, MoveState.ACCEPTED, now)
    sentence = _("%(name)s is to go from %(giver)s to %(receiver)s: the handoff is prepared")
    told = [locked.giver_id, locked.receiver_id]
    tell(told, sentence, locked.handoff, by=by, key="balance", now=now)
    return locked.handoff


@transaction.atomic
def refuse(*, by: Actor, move: BalanceMove, note: str, now: datetime) -> BalanceMove:
    """Leave it where it is, for a reason. Raises NotAllowed; Missing; DomainError (`field` "note"; "wrong_state")."""
    words = " ".join(note.split())
    if not words:
        raise DomainError(_("Say why it stays where it is."), field="note", code="required")
    if len(words) > MAX_NOTE:
        raise DomainError(_("At most %(count)s characters.") % {"count": MAX_NOTE}, field="note", code="too_long")
    locked = _lock(by, move)
    locked.reason = [*locked.reason, {"key": "refused", "note": words}]
    _decide(by, locked, MoveState.REFUSED, now)
    return locked


def _lock(by: Actor, move: BalanceMove) -> BalanceMove:
    """The move and its organization, held; refused to who may not decide, and where it is decided already."""
    organization = lock_organization(move.organization)
    rows = BalanceMove.objects.visible_to(by).select_related("proposal", "giver", "receiver")
    locked: BalanceMove | None = rows.select_for_update(of=("self",)).filter(pk=move.pk).first()
    if locked is None:
        raise Missing(_("There is no such move."))
    locked.organization = organization
    if not may_decide(by, locked) or not permissions.opens_in_full(by, organization):
        raise NotAllowed(_("You may not decide on this move."))
    if locked.state != MoveState.OPEN:
        raise DomainError(_("This move is decided already."), code="wrong_state")
    return locked


def _decide(by: Actor, move: BalanceMove, state: MoveState, now: datetime) -> None:
    """Write the decision down; the last one closes the proposal."""
    move.state, move.decided_by_id, move.decided_at = state, by.user_id, now
    move.save(update_fields=["state", "decided_by", "decided_at", "handoff", "reason", "updated_at"])
    if not BalanceMove.objects.filter(proposal_id=move.proposal_id, state=MoveState.OPEN).exists():
        _close(move.proposal, now)
    _note(by, state.value, move.proposal, now, organization_id=move.organization_id)


def _close(proposal: BalanceProposal, now: datetime) -> None:
    """Moves that nobody has decided on are overtaken with it."""
    BalanceMove.objects.filter(proposal=proposal, state=MoveState.OPEN).update(state=MoveState.STALE, updated_at=now)
    BalanceProposal.objects.filter(pk=proposal.pk).update(state=ProposalState.CLOSED, updated_at=now)


def _row(proposal: BalanceProposal, move: Move) -> BalanceMove:
    """Reasons are figures, put into words by whoever shows them."""
    reason: list[dict[str, Any]] = [
        {"key": "giver", "before": _percent(move.giver_before), "after": _percent(move.giver_after)},
        {"key": "receiver", "before": _percent(move.receiver_before), "after": _percent(move.receiver_after)},
    ]
    if move.is_known:
        reason.append({"key": "known"})
    return BalanceMove(
        proposal=proposal,
        organization_id=move.organization_id,
        giver_id=move.giver_id,
        receiver_id=move.receiver_id,
        hours=(Decimal(move.minutes_per_week) / 60).quantize(Decimal("0.01")),
        reason=reason,
    )


def _percent(share: Fraction) -> int:
    """Of who has no time at all there is no share: their minutes stand for it, and are cut."""
    return min(round(share * 100), 999)


def _note(
    by: Actor, verb: str, proposal: BalanceProposal, now: datetime, *, organization_id: int | None = None
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"balance.{verb}",
        target=proposal,
        target_name=_("Balance: %(role)s") % {"role": role_label(proposal.role)},
        organization_id=organization_id,
        now=now,
    )
