"""One change to many tickets: each by the use case of one, refusals listed, the rest undone in one go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from tickets.choices import TicketStatus
from tickets.models import Queue, Ticket
from tickets.services.assigning import check_assignee, tell_assignee
from tickets.services.changes import change

MAX_ROWS = 200
MAX_TAGS = 20


@dataclass(frozen=True, kw_only=True)
class BulkChange:
    """What is to be set on each ticket: `values` of assignee, status, queue; a priority with its reason; tags."""

    values: Mapping[str, Any] = field(default_factory=dict)
    priority: str = ""
    priority_reason: str = ""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.priority or self.add_tags or self.remove_tags)


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A ticket that was changed: its version since, and what stood in its fields before. Plain values."""

    ticket_id: int
    version: int
    before: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A ticket that stayed as it was, and why in the user's words."""

    number: int
    subject: str
    message: str


@dataclass(frozen=True, kw_only=True)
class BulkEdit:
    """What a bulk edit did."""

    changed: tuple[Changed, ...]
    unchanged: int
    refusals: tuple[Refusal, ...]


@transaction.atomic
def change_many(*, by: Actor, found: Sequence[Ticket], asked: BulkChange, now: datetime) -> BulkEdit:
    """Change each ticket as far as it allows. Raises DomainError where nothing is asked for, or too much at once."""
    if asked.is_empty:
        raise DomainError(_("Choose what to change."), code="nothing")
    if len(found) > MAX_ROWS:
        raise DomainError(_("Up to %(count)s tickets at once.") % {"count": MAX_ROWS}, code="too_many")
    changed: list[Changed] = []
    refusals: list[Refusal] = []
    for ticket in sorted(found, key=lambda one: one.pk):
        before = _before(ticket)
        try:
            with transaction.atomic():
                after = _change(by, ticket, asked, now)
        except DomainError as error:
            refusals.append(Refusal(number=ticket.number, subject=ticket.subject, message=error.message))
            continue
        if after.version != ticket.version:
            changed.append(Changed(ticket_id=ticket.pk, version=after.version, before=before))
    count = len(found) - len(changed) - len(refusals)
    return BulkEdit(changed=tuple(changed), unchanged=count, refusals=tuple(refusals))


@transaction.atomic
def undo_many(*, by: Actor, rows: Iterable[Changed], now: datetime) -> int:
    """Put back what `change_many` changed, where nobody has touched the ticket since; how many.

    A ticket is never new again: one that was is open. Raises DomainError "nothing" where nothing of it is left.
    """
    wanted = {row.ticket_id: row for row in rows}
    done = 0
    for ticket in Ticket.objects.all().visible_to(by).filter(pk__in=wanted).order_by("pk"):
        row = wanted[ticket.pk]
        if ticket.version != row.version:
            continue
        try:
            with transaction.atomic():
                _put_back(by, ticket, row.before, now)
        except DomainError:
            continue
        done += 1
    if not done:
        raise DomainError(_("Nothing of this is left to undo."), code="nothing")
    return done


def _change(by: Actor, ticket: Ticket, asked: BulkChange, now: datetime) -> Ticket:
    values = dict(asked.values)
    if "assignee" in values:
        check_assignee(ticket, values["assignee"])
    if asked.add_tags or asked.remove_tags:
        values["tags"] = tags_of([*ticket.tags, *asked.add_tags], without=asked.remove_tags)
    if values.get("status") == ticket.status:
        del values["status"]
    reason = asked.priority_reason
    priority = asked.priority if asked.priority and asked.priority != ticket.priority else None
    after = change(by=by, ticket=ticket, values=values, priority=priority, priority_reason=reason, now=now)
    tell_assignee(by=by, ticket=after, before_id=ticket.assignee_id, now=now)
    return after


def tags_of(wanted: Iterable[str], *, without: Iterable[str] = ()) -> list[str]:
    """Tags in their one spelling, each once. Raises DomainError for too many, or one that is too long."""
    gone = {tag.strip().lower() for tag in without}
    found = list(dict.fromkeys(tag for text in wanted if (tag := text.strip().lower()) and tag not in gone))
    if len(found) > MAX_TAGS:
        raise DomainError(_("A ticket has up to %(count)s tags.") % {"count": MAX_TAGS}, field="tags")
    if any(len(tag) > 40 for tag in found):
        raise DomainError(_("A tag has up to 40 letters."), field="tags")
    return found


def _before(ticket: Ticket) -> dict[str, Any]:
    return {
        "assignee": ticket.assignee_id,
        "queue": ticket.queue_id,
        "status": ticket.status,
        "tags": list(ticket.tags),
        "priority": ticket.priority,
        "priority_reason": ticket.priority_reason,
    }


def _put_back(by: Actor, ticket: Ticket, before: Mapping[str, Any], now: datetime) -> None:
    values: dict[str, Any] = {"tags": before["tags"]}
    if before["assignee"] != ticket.assignee_id:
        values["assignee"] = User.objects.filter(pk=before["assignee"] or 0).first()
    if before["queue"] != ticket.queue_id:
        values["queue"] = Queue.objects.get(pk=before["queue"])
    if before["status"] != ticket.status:
        values["status"] = TicketStatus.OPEN if before["status"] == TicketStatus.NEW else before["status"]
    if before["priority"] == ticket.priority:
        change(by=by, ticket=ticket, values=values, now=now)
    elif before["priority_reason"]:
        priority, reason = before["priority"], before["priority_reason"]
        change(by=by, ticket=ticket, values=values, priority=priority, priority_reason=reason, now=now)
    else:
        # It followed from impact and urgency, and does so again.
        change(by=by, ticket=ticket, values=values | {"impact": ticket.impact}, now=now)
