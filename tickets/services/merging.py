"""Use cases that bring tickets together and take them apart: merge, and a message that becomes a ticket of its own.

A merge moves nothing: the source keeps its thread, its past breaches and its number; its running clocks are cancelled
(sla.md R14) and the target shows both threads. Lock order: tickets by id.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from tickets import permissions
from tickets.choices import EventKind, MessageKind, Side
from tickets.models import Message, Ticket, Watcher
from tickets.services import clocks
from tickets.services.events import happened
from tickets.services.locking import lock_ticket, lock_tickets, refuse_final, save
from tickets.services.opening import Origin, Requester, open_ticket


@transaction.atomic
def merge(*, by: Actor, source: Ticket, target: Ticket, now: datetime) -> Ticket:
    """Let `source` go on in `target`; returns the target.

    Raises NotAllowed, Missing, DomainError: itself, one that is closed or merged, one of another organization.
    """
    if source.pk == target.pk:
        raise DomainError(_("A ticket is not merged into itself."), field="target", code="same")
    locked = {ticket.pk: ticket for ticket in lock_tickets(by, [source.pk, target.pk])}
    source, target = locked[source.pk], locked[target.pk]
    if not permissions.can_work(by):
        raise NotAllowed(_("Tickets are merged by support and by those who look after the organization."))
    refuse_final(source)
    refuse_final(target)
    if source.organization_id and target.organization_id and source.organization_id != target.organization_id:
        message = _("They belong to different organizations: what one writes is not for the other.")
        raise DomainError(message, field="target", code="organization")
    with scoped(Scope.all()):
        _absorb(by, source, target, now)
    return target


def _absorb(by: Actor, source: Ticket, target: Ticket, now: datetime) -> None:
    source.merged_into = target
    source.moved_at = target.moved_at = now
    data = {"into": target.number, "subject": target.subject}
    happened(ticket=source, kind=EventKind.MERGED, at=now, by=by, data=data)
    data = {"ticket": source.number, "subject": source.subject}
    happened(ticket=target, kind=EventKind.ABSORBED, at=now, by=by, data=data)
    clocks.rewrite(source, now=now)
    save(source, ["merged_into"])
    save(target, ())
    # What was merged into the source before goes on in the target as well.
    Ticket.objects.filter(merged_into=source).update(merged_into=target)
    if source.contact_id and source.contact_id != target.contact_id and target.organization_id:
        Watcher.objects.get_or_create(
            organization_id=target.organization_id, ticket=target, contact_id=source.contact_id
        )
    changes = {"merged_into": [None, target.number]}
    activity.record(
        verb="ticket.merged", target=source, now=now, actor_id=by.user_id, actor_name=by.name, changes=changes
    )


@transaction.atomic
def split(*, by: Actor, message: Message, subject: str, now: datetime) -> Ticket:
    """Make a message of the partner a ticket of its own, below the one that it came with.

    Its clocks start now. Raises NotAllowed, Missing, DomainError ("subject"; a note or a reply of ours).
    """
    locked = lock_ticket(by, message.ticket)
    found = Message.objects.all().visible_to(by).filter(pk=message.pk).first()
    if found is None:
        raise Missing(_("This message does not exist, or it is not yours."))
    if not permissions.can_work(by):
        raise NotAllowed(_("Tickets are split by support and by those who look after the organization."))
    if found.side != Side.CUSTOMER or found.kind != MessageKind.REPLY:
        raise DomainError(_("Only what the partner wrote becomes a ticket."), code="side")
    with scoped(Scope.all()):
        requester = Requester(
            organization=locked.organization,
            contact=found.contact or locked.contact,
            name=found.author_name or locked.requester_name,
            email=locked.requester_email,
        )
        made = open_ticket(
            by=by,
            requester=requester,
            values={"subject": subject, "category": locked.category, "language": locked.language},
            body=found.body,
            queue=locked.queue,
            origin=Origin(channel=found.channel),
            now=now,
        )
        _linked(by, made, locked, found, now)
    return made


def _linked(by: Actor, made: Ticket, source: Ticket, message: Message, now: datetime) -> None:
    made.parent = source
    made.save(update_fields=["parent"])
    data = {"ticket": made.number, "subject": made.subject}
    happened(ticket=source, kind=EventKind.SPLIT, at=now, by=by, message=message, data=data)
    source.moved_at = now
    save(source, ())
    activity.record(
        verb="ticket.split",
        target=source,
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
        changes={"split": [None, made.number]},
    )
