"""Tickets that come with their whole past: from another tool, or of the demo world.

They end as the use cases would have left them, one after the other at their moments, but are written together: a ticket
costs its rows and no statements of its own. Nobody is told, and nothing leaves the house: it has happened already.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.activity import Happening
from common.errors import DomainError
from common.scope import Scope, scoped
from partners.models import TimelineEntry
from partners.services import timeline
from partners.services.validation import check_fields
from tickets.choices import Channel, EventKind, MessageKind, Side, TicketStatus
from tickets.models import Message, Queue, SlaClock, SlaTimer, Ticket, TicketEvent
from tickets.rules import workflow
from tickets.rules.priority import priority_of
from tickets.rules.sla_clock import ClockState
from tickets.rules.workflow import rises
from tickets.selectors.sla_book import PolicyName
from tickets.selectors.sla_match import Match, match
from tickets.selectors.sla_states import states
from tickets.services import clocks, story
from tickets.services.changes import EDITABLE_FIELDS, MATCHED, plain
from tickets.services.events import event
from tickets.services.messages import stamped
from tickets.services.opening import WRITABLE_FIELDS, Origin, Requester, checked_body

PAGE = 1_000


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened: something was said, fields were set, or both at once.

    Without `by` it is the partner's (`is_ours` false) or the hub's own. `priority` is one set by hand, with its reason.
    """

    at: datetime
    by: Actor | None = None
    is_ours: bool = True
    says: str = ""
    is_note: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    priority: str = ""
    priority_reason: str = ""
    acknowledges: bool = False


@dataclass(frozen=True, kw_only=True)
class History:
    """A ticket from its opening on; its steps in order of time."""

    requester: Requester
    queue: Queue
    values: Mapping[str, Any]
    body: str
    opened_at: datetime
    origin: Origin = field(default_factory=Origin)
    by: Actor | None = None
    opened_by_us: bool = False
    steps: Sequence[Step] = ()


@transaction.atomic
def write(histories: Sequence[History], *, now: datetime) -> list[Ticket]:
    """Write tickets with their messages, events, clocks and timers; what timers were due before `now` counts as said.

    Raises DomainError for steps out of order, for fields that there are none of and for statuses that do not follow;
    nothing is written then.
    """
    in_order = sorted(histories, key=lambda history: history.opened_at)
    with scoped(Scope.all()):
        matches: _Matches = {}
        told = [_Telling(history, now, matches).told() for history in in_order]
        for start in range(0, len(told), PAGE):
            _write(told[start : start + PAGE], now)
        _record(told)
    return [one.ticket for one in told]


@dataclass(kw_only=True)
class _Told:
    """A ticket as its history leaves it, with the rows that belong to it; nothing of it is written."""

    history: History
    ticket: Ticket
    events: list[TicketEvent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    seen: Sequence[ClockState] = ()


_Matches = dict[tuple[Any, ...], Match | None]
"""The policy of tickets that are alike in all that decides it: asked once."""


class _Telling:
    """Lets one ticket live through its steps."""

    def __init__(self, history: History, now: datetime, matches: _Matches) -> None:
        moments = [history.opened_at, *(step.at for step in history.steps), now]
        if any(later < earlier for earlier, later in pairwise(moments)):
            raise DomainError(_("What happened to a ticket comes in order of time, and not after now."), code="order")
        self.history, self.now, self.matches = history, now, matches
        self.out = _Told(history=history, ticket=self._opened())

    def told(self) -> _Told:
        """The ticket after its last step, with its clocks at `now`."""
        self._begin()
        for step in self.history.steps:
            self._take(step)
        ticket = self.out.ticket
        self.out.seen = states(ticket, self.out.events, now=self.now)
        clocks.set_instants(ticket, self.out.seen)
        return self.out

    def _opened(self) -> Ticket:
        given = self.history
        check_fields(given.values, WRITABLE_FIELDS)
        at, asks = given.opened_at, given.requester
        ticket = Ticket(
            organization=asks.organization,
            contact=asks.contact,
            requester_name=asks.name,
            requester_email=asks.email,
            queue=given.queue,
            channel=given.origin.channel,
            source=given.origin.source,
            external_key=given.origin.key,
            opened_by_id=given.by.user_id if given.by else None,
            opened_by_us=given.opened_by_us,
            opened_at=at,
            moved_at=at,
            version=1 + len(given.steps),
            **given.values,
        )
        ticket.priority = priority_of(ticket.impact, ticket.urgency)
        if not given.opened_by_us:
            ticket.last_customer_at = ticket.waits_since = at
        return ticket

    def _begin(self) -> None:
        ticket, given = self.out.ticket, self.history
        found = self._match()
        if found is not None:
            ticket.sla_policy, ticket.sla_version_id = found.name.policy, found.name.version_id
            ticket.sla_reason = found.reason
        side = Side.AGENT if given.opened_by_us else Side.CUSTOMER
        opening = Step(at=given.opened_at, by=given.by, is_ours=given.opened_by_us, says=given.body)
        data = {
            "priority": ticket.priority,
            "sla": str(found.name) if found else "",
            "channel": given.origin.channel,
            "opened_by_us": given.opened_by_us,
        }
        self._event(EventKind.CREATED, opening, side=side, message=self._message(opening), data=data)

    def _take(self, step: Step) -> None:
        ticket = self.out.ticket
        ticket.moved_at = step.at
        if ticket.status == TicketStatus.CLOSED:
            raise DomainError(_("Nothing happens to a ticket after it was closed."), code="closed")
        if step.acknowledges:
            ticket.acknowledged_at, ticket.acknowledged_by_id = step.at, step.by.user_id if step.by else None
            self._event(EventKind.ACKNOWLEDGED, step)
        status = step.values.get("status", ticket.status)
        if step.says:
            status = self._say(step, status)
        self._change(step, {**step.values, "status": status})

    def _say(self, step: Step, status: str) -> str:
        """Keep what was said; the status in which it leaves the ticket."""
        ticket = self.out.ticket
        message = self._message(step)
        if step.is_note:
            self._event(EventKind.NOTE, step, message=message)
            return status
        self._event(EventKind.REPLY, step, message=message)
        if not step.is_ours:
            ticket.last_customer_at, ticket.waits_since = step.at, ticket.waits_since or step.at
            return workflow.after_customer_message(ticket.status)
        ticket.last_reply_at, ticket.waits_since, ticket.replies = step.at, None, ticket.replies + 1
        ticket.first_replied_at = ticket.first_replied_at or step.at
        return status if "status" in step.values else workflow.after_reply(ticket.status)

    def _change(self, step: Step, values: Mapping[str, Any]) -> None:
        ticket = self.out.ticket
        check_fields(values, EDITABLE_FIELDS)
        names = (*values, "priority", "priority_reason")
        before = {name: plain(getattr(ticket, name)) for name in names}
        for name, value in values.items():
            setattr(ticket, name, value)
        if step.priority:
            ticket.priority, ticket.priority_reason = step.priority, step.priority_reason
        elif {"impact", "urgency"} & set(values):
            ticket.priority, ticket.priority_reason = priority_of(ticket.impact, ticket.urgency), ""
        after = {name: plain(getattr(ticket, name)) for name in before}
        changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if not changes:
            return
        if "status" in changes:
            self._stamp(step, *changes["status"])
        if rises(changes) and ticket.escalated_at is None:
            ticket.escalated_at = step.at
        if MATCHED & set(changes):
            self._match_anew(changes)
        self._event(EventKind.STATUS if list(changes) == ["status"] else EventKind.CHANGED, step, changes=changes)

    def _stamp(self, step: Step, before: str, after: str) -> None:
        if not workflow.may_move(before, after):
            raise DomainError(_("This status does not follow the present one."), field="status", code="status")
        stamped(self.out.ticket, before, step.at)

    def _match_anew(self, changes: dict[str, list[Any]]) -> None:
        ticket = self.out.ticket
        found = self._match()
        before = clocks.policy_names(self.out.events)
        if found is None:
            return
        if not before or before[-1] != str(found.name):
            changes["sla"] = [before[-1] if before else "", str(found.name)]
        ticket.sla_policy, ticket.sla_version_id = found.name.policy, found.name.version_id
        ticket.sla_reason = found.reason

    def _match(self) -> Match | None:
        ticket = self.out.ticket
        key = (ticket.organization_id, ticket.queue_id, ticket.category_id, ticket.is_technical_escalation)
        if key not in self.matches:
            self.matches[key] = match(ticket, ticket.queue)
        return self.matches[key]

    def _message(self, step: Step) -> Message:
        ticket, opens = self.out.ticket, not self.out.messages
        is_note = step.is_note or ticket.is_internal
        message = Message(
            organization=ticket.organization,
            ticket=ticket,
            kind=MessageKind.NOTE if is_note else MessageKind.REPLY,
            side=Side.AGENT if step.is_ours else Side.CUSTOMER,
            author_id=step.by.user_id if step.by else None,
            contact=None if step.is_ours and not opens else ticket.contact,
            author_name=ticket.requester_name if step.by is None else "",
            channel=ticket.channel if opens or not step.is_ours else Channel.STAFF,
            body=checked_body(step.says),
            written_at=step.at,
            sent_at=step.at,
            sets_status=step.values.get("status", "") if step.is_ours and not is_note else "",
        )
        self.out.messages.append(message)
        return message

    def _event(self, kind: str, step: Step, *, side: str = "", **more: Any) -> None:
        if not side:
            is_said = kind in (EventKind.REPLY, EventKind.NOTE)
            ours = Side.AGENT if step.by is not None or is_said else Side.SYSTEM
            side = ours if step.is_ours else Side.CUSTOMER
        self.out.events.append(event(ticket=self.out.ticket, kind=kind, at=step.at, by=step.by, side=side, **more))


def _write(told: Sequence[_Told], now: datetime) -> None:
    Ticket.objects.bulk_create([one.ticket for one in told])
    numbers = Ticket.objects.filter(pk__in=[one.ticket.pk for one in told]).values_list("pk", "number")
    by_id = dict(numbers)
    for one in told:
        one.ticket.number = by_id[one.ticket.pk]
    Message.objects.bulk_create([message for one in told for message in one.messages], batch_size=PAGE)
    TicketEvent.objects.bulk_create([event for one in told for event in one.events], batch_size=PAGE)
    rows = [(one, clock, seen) for one in told for clock, seen in zip(_clocks(one), one.seen, strict=True)]
    SlaClock.objects.bulk_create([clock for _one, clock, _seen in rows], batch_size=PAGE)
    timers = [
        timer
        for one, clock, seen in rows
        for timer in clocks.timer_rows(one.ticket, clock, seen, policy=_policy_at(one, seen.started_at))
    ]
    for timer in timers:
        timer.fired_at = timer.fire_at if timer.fire_at is not None and timer.fire_at < now else None
    SlaTimer.objects.bulk_create(timers, batch_size=PAGE)


def _clocks(one: _Told) -> list[SlaClock]:
    return clocks.clock_rows(one.ticket, one.seen)


def _policy_at(one: _Told, at: datetime) -> PolicyName | None:
    """The policy that the ticket was under at a moment: a clock takes its steps when it starts (sla.md R16)."""
    names = clocks.policy_names([event for event in one.events if event.at <= at])
    return PolicyName.read(names[-1]) if names else None


def _record(told: Sequence[_Told]) -> None:
    """Each opening in the trail; openings and the last solves in the story of their organizations, at their moments."""
    for (at, who), group in groupby(told, key=lambda one: (one.ticket.opened_at, one.history.by)):
        happenings = [
            Happening(
                target=one.ticket,
                changes={"priority": [None, one.events[0].data["priority"]], "queue": [None, one.history.queue.key]},
            )
            for one in group
        ]
        activity.record_many(
            verb="ticket.opened",
            happenings=happenings,
            now=at,
            actor_id=who.user_id if who else None,
            actor_name=who.name if who else "",
        )
    timeline.push_many(line for one in told if one.ticket.organization_id is not None for line in _lines(one))


def _lines(one: _Told) -> Iterator[TimelineEntry]:
    """What is told of a whole past: that it was asked, and how long ago it was settled."""
    yield story.opened_line(one.ticket, by=one.history.by, at=one.ticket.opened_at)
    solves = (event for event in one.events if event.changes.get("status", ("", ""))[1] == TicketStatus.SOLVED)
    if one.ticket.solved_at is not None and (latest := max(solves, key=lambda event: event.at, default=None)):
        yield story.solved_line(latest, one.ticket)
