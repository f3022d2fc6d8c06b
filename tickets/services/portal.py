"""What contacts do with tickets in the portal: ask, answer, say that it is not fixed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import Missing
from common.scope import Scope, scoped
from tickets.choices import Channel, TicketStatus
from tickets.models import Message, Ticket
from tickets.selectors.portal import own_contact
from tickets.services.attachments import attach
from tickets.services.intake import take_in
from tickets.services.messages import Letter, receive
from tickets.services.opening import Requester


@transaction.atomic
def ask(
    *,
    by: Actor,
    values: Mapping[str, Any],
    body: str,
    files: Sequence[File] = (),
    follows: Ticket | None = None,
    now: datetime,
) -> Ticket:
    """Open a ticket for the organization that the contact has open. Raises Missing, DomainError with `field`."""
    contact = own_contact(by)
    if contact is None:
        raise Missing(_("You are no longer a contact of this organization."))
    requester = Requester(organization=contact.organization, contact=contact, name=contact.name, email=contact.email)
    return take_in(
        by=by,
        requester=requester,
        values=values,
        body=body,
        channel=Channel.PORTAL,
        files=files,
        follows=follows if follows is not None and follows.status == TicketStatus.CLOSED else None,
        now=now,
    )


@transaction.atomic
def answer(*, by: Actor, ticket: Ticket, body: str, files: Sequence[File] = (), now: datetime) -> Message:
    """Write on a ticket; one that waits or is solved opens again. Raises Missing, DomainError with `field`."""
    letter = Letter(channel=Channel.PORTAL)
    message = receive(by=by, ticket=ticket, contact=own_contact(by), body=body, letter=letter, now=now)
    if files:
        with scoped(Scope.all()):
            attach(message=message, files=files, user_id=by.user_id)
    return message
