"""Clocks of running tickets written anew where something around them has changed: hours, or the policies applied.

Batches in the order of ids, each a transaction of its own, so that a run that is killed is gone on with; running one
again changes nothing.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from common.jobs import enqueue_on_commit
from common.models import PolicyVersion
from tickets.choices import EventKind
from tickets.models import Ticket
from tickets.selectors.sla_book import PACK, pack_in_force
from tickets.selectors.sla_match import match
from tickets.selectors.what_moves import running_on
from tickets.services import clocks
from tickets.services.events import happened
from tickets.services.locking import save

BATCH = 100
HOURS_TASK = "tickets.rewrite_clocks"
POLICY_TASK = "tickets.apply_policies"


def hours_changed(calendar_id: int) -> None:
    """Wake the job that brings clocks in line with a version that was just added; in its transaction."""
    enqueue_on_commit(HOURS_TASK, calendar_id=calendar_id)


def rewrite_next(*, calendar_id: int, after: int, now: datetime) -> int:
    """Write the clocks of the next tickets on this calendar anew; the last id, 0 when there are no more."""
    rows = running_on(calendar_id).filter(pk__gt=after).order_by("pk")
    found = list(rows.select_for_update(no_key=True, of=("self",))[:BATCH])
    for ticket in found:
        clocks.rewrite(ticket, now=now)
        # Nobody has changed the ticket: its version stays.
        ticket.save(update_fields=["breaches_at", "due_at"])
    return found[-1].pk if len(found) == BATCH else 0


@transaction.atomic
def apply_policies(*, by: Actor, version: int, now: datetime) -> None:
    """Put running tickets under the policies in force, which one has seen the effect of (sla.md R12).

    `version` is the one whose list was shown. Raises NotAllowed, and DomainError "changed" when another is in force.
    """
    if not by.has("manage_policies"):
        raise NotAllowed(_("Policies are applied to running tickets by those who may edit them."))
    row = PolicyVersion.objects.filter(name=PACK, is_active=True).first()
    if row is None or row.version != version:
        raise DomainError(_("Another version has come into force: look at what moves again."), code="changed")
    activity.record(
        verb="policy.applied", target=row, target_name=PACK, now=now, actor_id=by.user_id, actor_name=by.name
    )
    enqueue_on_commit(POLICY_TASK, version_id=row.pk)


def apply_next(*, version_id: int, after: int, now: datetime) -> int:
    """Match the next running tickets anew and write their clocks; the last id, 0 when there are no more.

    Nothing is left to do once another version is in force.
    """
    found = pack_in_force()
    if found is None or found[0] != version_id:
        return 0
    rows = Ticket.objects.unsolved().filter(pk__gt=after).exclude(sla_policy="").exclude(sla_version_id=version_id)
    tickets = list(
        rows.select_related("queue", "category").select_for_update(no_key=True, of=("self",)).order_by("pk")[:BATCH]
    )
    for ticket in tickets:
        _apply(ticket, now)
    return tickets[-1].pk if len(tickets) == BATCH else 0


def _apply(ticket: Ticket, now: datetime) -> None:
    found = match(ticket, ticket.queue)
    if found is None:
        return
    before = clocks.policy_names(ticket.events.order_by("at", "id"))
    changes = {"sla": [before[-1] if before else "", str(found.name)]}
    happened(ticket=ticket, kind=EventKind.POLICY, at=now, by=None, changes=changes)
    ticket.sla_policy, ticket.sla_version_id = found.name.policy, found.name.version_id
    ticket.sla_reason = found.reason
    ticket.moved_at = now
    clocks.rewrite(ticket, now=now)
    save(ticket, ["sla_policy", "sla_version", "sla_reason"])
