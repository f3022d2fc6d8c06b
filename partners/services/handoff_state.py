"""What the use cases of handoffs begin with: the row as it is now, locked, and who may do what with it.

Lock order: the organization, then the handoff, then its items.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, Missing, NotAllowed
from partners.handoff_policy import policy_of
from partners.models import Handoff, Organization
from partners.rules.handoff_packs import HandoffKind, HandoffPolicy
from partners.rules.handoffs import HandoffBlocker, HandoffMove, Obstacle
from partners.selectors.handoff_checks import obstacles_of
from partners.selectors.handoff_words import in_one
from partners.services.locking import lock_organization, refuse_archived

_OF_OTHERS = frozenset({HandoffBlocker.NOT_THE_GIVER, HandoffBlocker.NOT_THE_RECEIVER})


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A handoff that nobody else changes until the transaction ends, with the policy that it began with."""

    organization: Organization
    handoff: Handoff
    policy: HandoffPolicy

    @property
    def contract(self) -> HandoffKind:
        return self.policy.kinds[self.handoff.kind]


def lock(handoff: Handoff, by: Actor) -> Locked:
    """The organization and the handoff as they are now. Raises Missing for who does not see it."""
    organization = lock_organization(Organization(pk=handoff.organization_id))
    rows = Handoff.objects.visible_to(by).filter(pk=handoff.pk, organization=organization)
    found = rows.select_for_update(no_key=True, of=("self",)).select_related("giver", "receiver").first()
    if found is None:
        raise Missing(_("This handoff does not exist, or it is not yours."))
    found.organization = organization
    return Locked(organization=organization, handoff=found, policy=policy_of(found))


def require_giver(locked: Locked, by: Actor) -> None:
    """Raises NotAllowed for others than the giver, DomainError for an archived organization."""
    refuse_archived(locked.organization)
    if locked.handoff.giver_id != by.user_id:
        raise NotAllowed(_("Only who hands over does this."))


def require_receiver(locked: Locked, by: Actor) -> None:
    """Raises NotAllowed for others than the receiver, DomainError for an archived organization."""
    refuse_archived(locked.organization)
    if locked.handoff.receiver_id != by.user_id:
        raise NotAllowed(_("Only the receiver does this."))


def require_party(locked: Locked, by: Actor) -> None:
    """Raises NotAllowed for others than giver and receiver, DomainError for an archived organization."""
    refuse_archived(locked.organization)
    if by.user_id not in (locked.handoff.giver_id, locked.handoff.receiver_id):
        raise NotAllowed(_("Only giver and receiver do this."))


def require_state(locked: Locked, *states: str) -> None:
    """Raises DomainError "wrong_state"."""
    if locked.handoff.state not in states:
        obstacle = Obstacle(blocker=HandoffBlocker.WRONG_STATE, about=locked.handoff.state)
        raise DomainError(in_one([obstacle], locked.policy), code="wrong_state")


def refuse_obstacles(
    move: HandoffMove, locked: Locked, by_id: int, *, reasons: Sequence[str] = (), now: datetime
) -> None:
    """Raises NotAllowed for the wrong person, DomainError (code of the first obstacle) with all of them in words."""
    refuse_archived(locked.organization)
    found = obstacles_of(move, locked.handoff, locked.policy, by_id=by_id, reasons=reasons, now=now)
    if not found:
        return
    first = found[0].blocker
    if first in _OF_OTHERS:
        raise NotAllowed(in_one(found[:1], locked.policy))
    field = "reasons" if first is HandoffBlocker.REASON_MISSING else None
    raise DomainError(in_one(found, locked.policy), code=first.value, field=field)
