"""What tickets add to the story of their organization: opened, answered, solved, reopened, escalated, promises broken.

Lines of events are written by whoever follows an event (`happenings`), those of broken promises when the sweep has
found them or an answer has come too late. Each goes by the event or the clock that it tells of, so that none is told
twice. Internal notes are no part of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common import outbox
from partners.choices import EntryKind
from partners.models import TimelineEntry
from partners.services import timeline
from tickets.choices import FINISHED, ClockState, EventKind, MessageKind, MessageState, Metric, Side, TicketStatus
from tickets.models import SlaClock, Ticket, TicketEvent
from tickets.rules.workflow import rises

BROKE = "tickets.clocks_broke"
MOST = 600
"""Characters of a reply that the story repeats; the ticket has the whole of it."""


def opened_line(ticket: Ticket, *, by: Actor | None, at: datetime) -> TimelineEntry:
    """The line of a new ticket, which has an organization."""
    return _line(ticket, EntryKind.TICKET, _("Ticket #%(number)s: %(subject)s"), at=at, by=by, target=ticket)


def solved_line(event: TicketEvent, ticket: Ticket) -> TimelineEntry:
    """The line of a solve."""
    return _of(event, ticket, EntryKind.TICKET, _("Solved: #%(number)s %(subject)s"))


def tell(event: TicketEvent) -> None:
    """Add the lines of an event, unless they are there. The caller holds what keeps others from following it too."""
    ticket = event.ticket
    if ticket.organization_id is None or _is_told("ticketevent", [event.pk]):
        return
    timeline.push_many(lines_of(event, ticket))
    if event.kind == EventKind.REPLY or "status" in event.changes:
        _tell_broken(SlaClock.objects.filter(ticket=ticket))


def lines_of(event: TicketEvent, ticket: Ticket) -> Iterator[TimelineEntry]:
    """The lines of one event; not of its opening, which is told at once."""
    if event.kind == EventKind.REPLY:
        yield from _reply(event, ticket)
    before, after = event.changes.get("status", ("", ""))
    if after == TicketStatus.SOLVED:
        yield solved_line(event, ticket)
    elif before in FINISHED and after not in FINISHED:
        yield _of(event, ticket, EntryKind.TICKET, _("Reopened: #%(number)s %(subject)s"))
    if event.kind == EventKind.ESCALATED or rises(event.changes):
        reason = str(event.data.get("reason", ""))
        # Steps of a policy say which promise they are about.
        metric = str(Metric(event.data["metric"]).label) if event.data.get("metric") in Metric.values else ""
        title = (
            _("Escalated, %(metric)s: #%(number)s %(subject)s") if metric else _("Escalated: #%(number)s %(subject)s")
        )
        yield _of(event, ticket, EntryKind.TICKET_ALARM, title, body=reason, metric=metric)


def _reply(event: TicketEvent, ticket: Ticket) -> Iterator[TimelineEntry]:
    message = event.message
    is_public = message is not None and message.kind == MessageKind.REPLY and message.state == MessageState.SENT
    if message is None or not is_public or message.is_automatic:
        return
    ours = _("We answered on #%(number)s: %(subject)s")
    theirs = _("They wrote on #%(number)s: %(subject)s")
    text = message.body if len(message.body) <= MOST else f"{message.body[:MOST].rstrip()}…"
    yield _of(event, ticket, EntryKind.TICKET_REPLY, ours if event.side == Side.AGENT else theirs, body=text)


def clocks_broke(clock_ids: Sequence[int], *, now: datetime) -> None:
    """Have it told that these promises are broken, by a worker: one effect for all of them."""
    outbox.put(topic=BROKE, payload={"clock_ids": list(clock_ids)}, now=now)


@outbox.handler(BROKE)
def tell_broken(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Add the lines of broken promises. Safe to run twice."""
    _tell_broken(SlaClock.objects.filter(pk__in=payload["clock_ids"]))


def _tell_broken(clocks: Any) -> None:
    """Three statements. The clocks are locked, so that the sweep and an answer do not both tell of one."""
    is_broken = Q(breached_at__isnull=False) & ~Q(state=ClockState.CANCELLED)
    rows = clocks.filter(is_broken, ticket__organization__isnull=False).select_related("ticket__organization")
    found = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    told = _is_told("slaclock", [clock.pk for clock in found]) if found else frozenset()
    timeline.push_many(_broken(clock) for clock in found if clock.pk not in told)


def _broken(clock: SlaClock) -> TimelineEntry:
    title = _("Promise broken, %(metric)s: #%(number)s %(subject)s")
    at = clock.breached_at or clock.started_at
    return _line(clock.ticket, EntryKind.TICKET_ALARM, title, at=at, target=clock, metric=Metric(clock.metric).label)


def _is_told(kind: str, ids: Collection[int]) -> frozenset[int]:
    """Of these rows those that the story has a line of."""
    rows = TimelineEntry.objects.filter(target_type=kind, target_id__in=ids).order_by()
    return frozenset(rows.values_list("target_id", flat=True))


def _of(
    event: TicketEvent, ticket: Ticket, kind: EntryKind, title: str, *, body: str = "", **words: Any
) -> TimelineEntry:
    line = _line(ticket, kind, title, at=event.at, target=event, body=body, **words)
    line.actor_id = event.actor_id if event.side == Side.AGENT else None
    return line


def _line(
    ticket: Ticket,
    kind: EntryKind,
    title: str,
    *,
    at: datetime,
    target: Ticket | TicketEvent | SlaClock,
    by: Actor | None = None,
    body: str = "",
    **words: Any,
) -> TimelineEntry:
    if ticket.organization is None:
        raise ValueError("a ticket of nobody has no story")
    return timeline.line(
        organization=ticket.organization,
        kind=kind,
        title=title % {"number": ticket.number, "subject": ticket.subject, **words},
        at=at,
        by=by,
        body=body,
        data={"ticket": ticket.number},
        target=target,
    )
