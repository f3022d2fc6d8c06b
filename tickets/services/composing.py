"""The use case of the composer: a reply or a note as it is written, with its files, its status and its macro."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import File
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, NotAllowed
from common.scope import Scope, scoped
from tickets import permissions
from tickets.models import Macro, Message, ReplyDraft, Ticket
from tickets.services.attachments import attach
from tickets.services.changes import change
from tickets.services.following import tell_mentioned
from tickets.services.macros import apply_changes
from tickets.services.messages import UNDO, note, reply
from tickets.services.opening import MAX_BODY

LATEST = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody wrote. `send_at` empty: a reply leaves after the time in which it can be taken back."""

    body: str
    is_note: bool
    status: str = ""
    send_at: datetime | None = None
    files: Sequence[File] = ()
    macro: Macro | None = None


@transaction.atomic
def write(*, by: Actor, ticket: Ticket, written: Written, now: datetime) -> Message:
    """Send a reply or leave a note; the draft of that kind is gone then.

    Raises NotAllowed, Missing, DomainError with `field`.
    """
    if written.send_at is not None and not now < written.send_at <= now + LATEST:
        raise DomainError(_("Choose a time from now on, within 60 days."), field="send_at", code="send_at")
    if written.macro is not None:
        apply_changes(by=by, macro=written.macro, ticket=ticket, now=now)
    if written.is_note:
        message = note(by=by, ticket=ticket, body=written.body, now=now)
        if written.status and written.status != ticket.status:
            change(by=by, ticket=ticket, values={"status": written.status}, now=now)
        tell_mentioned(by=by, ticket=ticket, message=message, now=now)
    else:
        send_at = written.send_at or now + UNDO
        status = written.status or None
        message = reply(by=by, ticket=ticket, body=written.body, status=status, send_at=send_at, now=now)
    if written.files:
        with scoped(Scope.all()):
            attach(message=message, files=written.files, user_id=by.user_id)
    ReplyDraft.objects.all().visible_to(by).filter(ticket=ticket, is_note=written.is_note).delete()
    return message


def keep_draft(*, by: Actor, ticket: Ticket, body: str, is_note: bool, now: datetime) -> None:
    """Keep what somebody is writing; an empty text drops it. One statement, nothing in the trail.

    Raises NotAllowed, DomainError "too_long".
    """
    if by.user_id is None or not (permissions.can_note(by) if is_note else permissions.can_reply(by)):
        raise NotAllowed(_("You do not write here."))
    text = body.replace("\0", "")
    if len(text.encode()) > MAX_BODY:
        raise DomainError(_("The text is longer than 32 KiB: attach it as a file."), field="body", code="too_long")
    if not text.strip():
        ReplyDraft.objects.all().visible_to(by).filter(ticket=ticket, is_note=is_note).delete()
        return
    sql = """
        INSERT INTO tickets_replydraft (organization_id, ticket_id, user_id, is_note, body, saved_at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (ticket_id, user_id, is_note) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [ticket.organization_id, ticket.pk, by.user_id, is_note, text, now])


def restore_draft(*, by: Actor, message: Message, now: datetime) -> None:
    """Bring the text of a reply that was taken back into its composer."""
    keep_draft(by=by, ticket=message.ticket, body=message.body, is_note=False, now=now)
