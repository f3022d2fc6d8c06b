"""The one way in for every channel: where a ticket goes is decided, it is opened, and its files are kept beside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from common.scope import Scope, scoped
from tickets.choices import Channel
from tickets.models import Queue, Ticket
from tickets.services import mail_out
from tickets.services.attachments import attach
from tickets.services.opening import Origin, Requester, open_ticket

_TOLD = (Channel.PORTAL, Channel.MAIL, Channel.PHONE)
"""Who comes in by one of these hears that the ticket is there."""


@transaction.atomic
def take_in(
    *,
    by: Actor | None,
    requester: Requester,
    values: Mapping[str, Any],
    body: str,
    channel: str = Channel.PORTAL,
    mail_id: str = "",
    files: Sequence[File] = (),
    follows: Ticket | None = None,
    now: datetime,
) -> Ticket:
    """Open a ticket in the queue where it belongs, with its files.

    `follows` is a closed ticket that it goes on from. Raises NotAllowed, DomainError with `field`.
    """
    queue = default_queue()
    origin = Origin(channel=channel, mail_id=mail_id)
    ticket = open_ticket(by=by, requester=requester, values=values, body=body, queue=queue, origin=origin, now=now)
    with scoped(Scope.all()):
        if files:
            first = ticket.messages.get()
            attach(message=first, files=files, user_id=by.user_id if by else None)
        if follows is not None:
            ticket.follows = follows
            ticket.save(update_fields=["follows"])
        if channel in _TOLD:
            mail_out.queue_receipt(ticket, now=now)
    return ticket


def default_queue() -> Queue:
    """The queue that takes what no rule routes. Raises DomainError while there is none."""
    found = Queue.objects.filter(is_default=True, archived_at__isnull=True).first()
    if found is None:
        raise DomainError(_("No queue takes tickets yet. Please tell your contact at our side."), code="no_queue")
    return found
