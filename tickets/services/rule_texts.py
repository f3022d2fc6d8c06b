"""What rules of automation write on a ticket: internal notes, and automatic replies that stop no clock (sla.md R1)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.scope import Scope, scoped
from tickets.choices import Channel, EventKind, MessageKind, Side
from tickets.models import Message, Ticket
from tickets.selectors.rule_effects import Text
from tickets.services import mail_out
from tickets.services.events import happened
from tickets.services.locking import refuse_final
from tickets.services.opening import checked_body

ONCE_IN = timedelta(days=1)
"""A rule writes on a ticket to the partner once in this time: two machines must not talk for ever."""


@transaction.atomic
def say_by_rule(*, ticket: Ticket, text: Text, rule: str, now: datetime) -> Message:
    """Write what a rule says. Its event sets off no rule.

    Raises DomainError for a reply on a ticket that is closed, merged or not for the partner, and for a second one
    within a day.
    """
    with scoped(Scope.all()):
        locked = Ticket.objects.select_for_update(no_key=True, of=("self",)).get(pk=ticket.pk)
        if not text.is_note:
            _refuse_reply(locked, rule, now)
        message = Message.objects.create(
            organization_id=locked.organization_id,
            ticket=locked,
            kind=MessageKind.NOTE if text.is_note else MessageKind.REPLY,
            side=Side.SYSTEM,
            author_name=rule,
            channel=Channel.SYSTEM,
            body=checked_body(text.body),
            is_automatic=True,
            written_at=now,
            sent_at=now,
        )
        kind, data = EventKind.NOTE if text.is_note else EventKind.AUTO_REPLY, {"automation": rule}
        happened(ticket=locked, kind=kind, at=now, by=None, side=Side.SYSTEM, message=message, data=data)
        mail_out.queue_reply(message, locked, now=now)
    return message


def _refuse_reply(ticket: Ticket, rule: str, now: datetime) -> None:
    refuse_final(ticket)
    if ticket.is_internal:
        raise DomainError(_("This ticket is not for the partner: leave a note."), code="internal")
    said = Message.objects.filter(ticket=ticket, side=Side.SYSTEM, kind=MessageKind.REPLY, author_name=rule)
    if said.filter(written_at__gt=now - ONCE_IN).exists():
        raise DomainError(_("This rule has written to the partner within the last day."), code="too_often")
