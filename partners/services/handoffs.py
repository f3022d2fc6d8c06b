"""Use cases of handoffs: prepared and offered by the giver, accepted or returned with reasons by the receiver.

The receiver need not be an owner yet: it is enough to hold the role. The assignment begins with the acceptance, and is
the word of both of them; until then both answer for the organization. What is in a handoff: `handoff_items`.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import OWNER_ROLES
from accounts.models import User
from accounts.rules.access import Actor, Reach, Right
from common.errors import DomainError, NotAllowed
from common.workhours import WorktimeError
from partners import permissions
from partners.handoff_policy import policy_in_force
from partners.models import Handoff, HandoffItem, HandoffReturn, Organization
from partners.rules import handoffs as rules
from partners.rules.handoff_packs import HandoffKind
from partners.rules.handoffs import HandoffMove
from partners.services import handoff_items
from partners.services.assignment_rows import fitting_person, refusal_of_role
from partners.services.assignments import take_over
from partners.services.gate_locks import person_id
from partners.services.handoff_news import record, say, tell
from partners.services.handoff_state import Locked, lock, refuse_obstacles, require_giver, require_state
from partners.services.locking import lock_organization, refuse_archived
from partners.signals import handoff_accepted
from partners.work_choices import UNFINISHED_HANDOFFS, HandoffState
from partners.working_hours import hours_of_person, office_hours


@transaction.atomic
def prepare(
    *,
    by: Actor,
    organization: Organization,
    kind: str,
    receiver: User,
    from_role: str = "",
    to_role: str = "",
    summary: str = "",
    giver_leaves: bool = False,
    giver: Actor | None = None,
    now: datetime,
) -> Handoff:
    """Begin to hand `organization` on: `by` gives it in a role held there, `receiver` takes it in a role they hold.

    With `giver` somebody else gives it: the caller has checked that `by` may arrange that. The roles may be left out
    where the kind leaves no choice. `giver_leaves`, from owner to owner: acceptance ends the giver's assignment.
    The items are gathered at once. Raises NotAllowed for who holds no fitting role here;
    DomainError with `field` "kind", "from_role", "to_role", "receiver"; "open" where such a handoff is under way.
    """
    locked = lock_organization(organization)
    refuse_archived(locked)
    policy = policy_in_force()
    contract = policy.kinds.get(kind)
    if contract is None or locked.kind not in contract.kinds:
        raise DomainError(_("There is no such handoff here."), field="kind", code="unknown_kind")
    gives = giver or by
    given_as = _role_of_giver(gives, locked, contract, from_role)
    if locked.stage not in contract.stages:
        raise DomainError(_("This handoff belongs to another stage."), field="kind", code="stage")
    taken_as = _role_of_receiver(contract, given_as, to_role, locked.kind)
    person = _receiver(gives, receiver, taken_as)
    if Handoff.objects.filter(organization=locked, kind=kind, state__in=UNFINISHED_HANDOFFS).exists():
        raise DomainError(_("A handoff of this kind is under way already."), field="kind", code="open")
    handoff = Handoff.objects.create(
        organization=locked,
        kind=kind,
        policy_version=policy.version,
        from_role=given_as,
        to_role=taken_as,
        giver_id=person_id(gives),
        receiver=person,
        summary=handoff_items.text(summary, "summary"),
        giver_leaves=giver_leaves and contract.same_role,
        created_by_id=by.user_id,
    )
    handoff_items.lay_out(handoff, policy, by=gives, now=now)
    record("prepared", handoff, by=by, now=now, changes={"receiver": [None, person.name]})
    return handoff


@transaction.atomic
def offer(*, by: Actor, handoff: Handoff, now: datetime) -> Handoff:
    """Ask the receiver to accept, within the business days of the policy on the receiver's own calendar.

    Raises NotAllowed; DomainError with everything that is missing; "wrong_state" for one that is offered already.
    """
    locked = lock(handoff, by)
    refuse_obstacles(HandoffMove.OFFER, locked, by.user_id or 0, now=now)
    row = locked.handoff
    row.due_at = _due_at(locked, now)
    row.offered_at = now
    _move(locked, HandoffMove.OFFER, ("offered_at", "due_at"), by=by, verb="offered", now=now)
    say(_("%(giver)s offers the handoff to %(receiver)s, as %(to_role)s"), row, by=by, at=now, body=row.summary)
    tell(
        [row.receiver_id],
        _("%(giver)s hands %(name)s over to you: accept or return it"),
        row,
        by=by,
        key=f"offered:{row.version}",
        now=now,
    )
    return row


@transaction.atomic
def give_back(
    *, by: Actor, handoff: Handoff, reasons: str, items: Collection[str] = (), now: datetime
) -> HandoffReturn:
    """Return a handoff: why, and which items (keys) are wanting; those are no longer complete.

    Raises NotAllowed; DomainError "reasons", "items" (none of this handoff), "wrong_state" once it is accepted.
    """
    locked = lock(handoff, by)
    written = handoff_items.text(reasons, "reasons")
    refuse_obstacles(HandoffMove.RETURN, locked, by.user_id or 0, reasons=[written], now=now)
    row = locked.handoff
    handoff_items.reopen(row, items)
    row.returned_at = now
    returned = HandoffReturn.objects.create(
        organization=locked.organization,
        handoff=row,
        reasons=written,
        items=sorted(set(items)),
        returned_by_id=by.user_id,
        returned_at=now,
    )
    _move(locked, HandoffMove.RETURN, ("returned_at",), by=by, verb="returned", now=now, reason=returned.reasons)
    say(_("%(receiver)s returns the handoff to %(giver)s"), row, by=by, at=now, body=returned.reasons)
    key = f"returned:{row.version}"
    sentence = _("%(receiver)s returned the handoff of %(name)s")
    tell([row.giver_id], sentence, row, by=by, key=key, now=now)
    return returned


@transaction.atomic
def accept(*, by: Actor, handoff: Handoff, now: datetime) -> Handoff:
    """Take the organization over. The receiver's assignment begins where there is none yet.

    It ends the giver's only from owner to owner in the same role, and only if the giver said so. Raises NotAllowed;
    DomainError with everything that is missing (meetings, unread items, the shadow period, a role that is gone).
    """
    locked = lock(handoff, by)
    refuse_obstacles(HandoffMove.ACCEPT, locked, by.user_id or 0, now=now)
    row = locked.handoff
    row.accepted_at = now
    _move(locked, HandoffMove.ACCEPT, ("accepted_at",), by=by, verb="accepted", now=now)
    is_within_role = rules.ends_givers_assignment(locked.contract)
    take_over(
        by=by,
        organization=locked.organization,
        user=row.receiver,
        role=row.to_role,
        of_id=row.giver_id if is_within_role else None,
        leaves=row.giver_leaves,
        now=now,
    )
    say(_("%(receiver)s accepts the handoff from %(giver)s, as %(to_role)s"), row, by=by, at=now)
    tell([row.giver_id], _("%(receiver)s accepted the handoff of %(name)s"), row, by=by, key="accepted", now=now)
    _announce(row, now)
    return row


@transaction.atomic
def withdraw(*, by: Actor, handoff: Handoff, reason: str = "", now: datetime) -> Handoff:
    """Take a handoff back that has not been accepted: its giver, or who assigns owners here.

    Raises NotAllowed; DomainError "wrong_state".
    """
    locked = lock(handoff, by)
    row, was_offered = locked.handoff, locked.handoff.state != HandoffState.PREPARED
    if row.giver_id != by.user_id and not permissions.can_use(by, "assign_owners", locked.organization):
        raise NotAllowed(_("Its giver withdraws it, or who assigns owners here."))
    require_state(locked, *UNFINISHED_HANDOFFS)
    row.withdrawn_at = now
    said = handoff_items.text(reason, "reason")
    _move(locked, HandoffMove.WITHDRAW, ("withdrawn_at",), by=by, verb="withdrawn", now=now, reason=said)
    if was_offered:
        say(_("The handoff from %(giver)s to %(receiver)s was withdrawn"), row, by=by, at=now, body=said)
        sentence = _("The handoff of %(name)s from %(giver)s to %(receiver)s was withdrawn")
        tell([row.giver_id, row.receiver_id], sentence, row, by=by, key="withdrawn", now=now)
    return row


@transaction.atomic
def readdress(*, by: Actor, handoff: Handoff, receiver: User, now: datetime) -> Handoff:
    """Hand over to somebody else than planned: what is in it stays, the new receiver reads it from the beginning.

    Raises NotAllowed; DomainError with `field` "receiver"; "wrong_state" once it is accepted or withdrawn.
    """
    locked = lock(handoff, by)
    require_giver(locked, by)
    require_state(locked, *UNFINISHED_HANDOFFS)
    row, before = locked.handoff, locked.handoff.receiver
    person = _receiver(by, receiver, row.to_role)
    if person.pk == before.pk:
        return row
    row.receiver, row.state, row.due_at = person, HandoffState.PREPARED, None
    row.version += 1
    row.save(update_fields=["receiver", "state", "due_at", "version", "updated_at"])
    HandoffItem.objects.filter(handoff=row).update(read_at=None)
    record("readdressed", row, by=by, now=now, changes={"receiver": [before.name, person.name]})
    sentence = _("%(giver)s hands %(name)s over to somebody else")
    tell([before.pk], sentence, row, by=by, key=f"readdressed:{row.version}", now=now)
    return row


def _move(
    locked: Locked, move: HandoffMove, fields: tuple[str, ...], *, by: Actor, verb: str, now: datetime, reason: str = ""
) -> None:
    row = locked.handoff
    before = row.state
    row.state = rules.after(move, rules.HandoffState(before)).value
    row.version += 1
    row.save(update_fields=["state", *fields, "version", "updated_at"])
    record(verb, row, by=by, now=now, changes={"state": [before, row.state]}, reason=reason)


def _due_at(locked: Locked, now: datetime) -> datetime:
    hours = hours_of_person(locked.handoff.receiver, now)
    try:
        return rules.acceptance_due_at(locked.policy, hours, now)
    except WorktimeError:
        # Open once more, but not for so many days: office hours stand in.
        return rules.acceptance_due_at(locked.policy, office_hours(locked.handoff.receiver.timezone), now)


def _role_of_giver(by: Actor, organization: Organization, contract: HandoffKind, wanted: str) -> str:
    """The role in which `by` gives the organization on: held, and assigned here today."""
    subject = permissions.subject_of(organization)
    ties = subject.active_ties_of(frozenset({by.user_id or 0}))
    fitting = OWNER_ROLES if contract.same_role else contract.from_roles
    held = [tie.role for tie in ties if tie.role in by.active_roles and tie.role in fitting]
    if not held or permissions.may(by, Right.SEE, organization, subject=subject).scope is Reach.NONE:
        raise NotAllowed(_("You hand on what you hold yourself, in a role that this handoff is for."))
    if wanted and wanted not in held:
        raise DomainError(_("You do not hold it in this role."), field="from_role", code="role")
    if not wanted and len(held) > 1:
        raise DomainError(_("Say in which of your roles you hand it on."), field="from_role", code="role")
    return wanted or held[0]


def _role_of_receiver(contract: HandoffKind, given_as: str, wanted: str, kind: str) -> str:
    fitting = (given_as,) if contract.same_role else contract.to_roles
    role = wanted or fitting[0]
    if role not in fitting or refusal_of_role(role, kind) is not None:
        raise DomainError(_("Nobody receives it in this role."), field="to_role", code="role")
    return role


def _receiver(by: Actor, receiver: User, role: str) -> User:
    if receiver.pk == by.user_id:
        raise DomainError(_("Choose somebody else than yourself."), field="receiver", code="receiver_is_giver")
    try:
        return fitting_person(user=receiver, role=role)
    except DomainError as error:
        raise DomainError(error.message, field="receiver", code=error.code) from error


def _announce(handoff: Handoff, now: datetime) -> None:
    """Let the floors above know, once this has committed."""
    transaction.on_commit(
        partial(
            handoff_accepted.send_robust,
            sender=Handoff,
            organization_id=handoff.organization_id,
            handoff_id=handoff.pk,
            kind=handoff.kind,
            giver_id=handoff.giver_id,
            receiver_id=handoff.receiver_id,
            to_role=handoff.to_role,
            at=now,
        )
    )
