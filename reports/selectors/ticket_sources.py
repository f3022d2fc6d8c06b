"""Rows about tickets and the promises on them (spec/sla.md, R17)."""

from __future__ import annotations

from collections.abc import Mapping

from reports.rules.measures import PRIORITIES
from reports.selectors.source import Seen, Source, Thing, day_of, of_seen, select
from tickets.choices import ClockState, Metric, TicketStatus


# What is merged into another ticket is no ticket of its own (tickets/rules/figures.py).
def of_tickets(at: str, counted: str, more: str = "", *, is_in_facts: bool = False) -> Source:
    """A row a ticket, by one of its moments; `counted` is what it brings."""
    text = select("t.organization_id", day_of(at), counted, "1", "t.id")
    return Source(
        is_in_facts=is_in_facts,
        thing=Thing.TICKET,
        organization="t.organization_id",
        at=at,
        text=f"{text} FROM tickets_ticket t WHERE {{scope}} AND {{when}} AND t.merged_into_id IS NULL {more}",
        desk=of_seen("t.id", Seen.TICKETS),
        seen=(Seen.TICKETS,),
    )


IS_SOLVED = f"t.solved_at IS NOT NULL AND t.status IN ('{TicketStatus.SOLVED}', '{TicketStatus.CLOSED}')"
TOOK = "extract(epoch FROM t.solved_at - t.opened_at)"


def _kept(*metrics: Metric, priority: str = "") -> Source:
    """Promises that were decided: broken at their breach, kept at their stop (tickets/selectors/promises.py)."""
    decided = "coalesce(c.breached_at, c.stopped_at)"
    names = ", ".join(f"'{metric}'" for metric in metrics)
    text = (
        select("c.organization_id", day_of(decided), "(c.breached_at IS NULL)::int", "1", "c.id")
        + " FROM tickets_slaclock c JOIN tickets_ticket t ON t.id = c.ticket_id"
        + f" WHERE {{scope}} AND {{when}} AND c.metric IN ({names})"
        + f" AND (c.breached_at IS NOT NULL OR (c.state = '{ClockState.MET}' AND c.stopped_at IS NOT NULL))"
    )
    if priority:
        text += f" AND t.priority = '{priority}'"
    return Source(
        is_in_facts=True,
        thing=Thing.PROMISE,
        organization="c.organization_id",
        at=decided,
        text=text,
        desk=of_seen("c.ticket_id", Seen.TICKETS),
        seen=(Seen.TICKETS,),
    )


def _open(counted: str) -> Source:
    """Tickets that are open at the end of a day."""
    return Source(
        thing=Thing.TICKET,
        organization="t.organization_id",
        text=select("t.organization_id", "%(day)s::date", counted, "1", "t.id")
        + " FROM tickets_ticket t WHERE {scope} AND t.merged_into_id IS NULL AND t.opened_at < %(until)s"
        + " AND (t.solved_at IS NULL OR t.solved_at >= %(until)s)"
        + " AND (t.closed_at IS NULL OR t.closed_at >= %(until)s)",
        desk=of_seen("t.id", Seen.TICKETS),
        seen=(Seen.TICKETS,),
    )


def _workdays(begin: str, end: str) -> str:
    """Seconds from Monday to Friday between two moments, in days of the reporting zone; holidays count."""
    here, there = (f"({moment} AT TIME ZONE %(zone)s)" for moment in (begin, end))
    days = f"generate_series({here}::date, {there}::date, interval '1 day') AS days(day)"
    part = f"least({there}, day + interval '1 day') - greatest({here}, day)"
    return f"(SELECT coalesce(sum(extract(epoch FROM {part})), 0) FROM {days} WHERE extract(isodow FROM day) < 6)"  # noqa: S608 - fixed words


# How the first solves went that are older than seven days (tickets/filters.py, sla.md R17).
_WEEK = "interval '7 days'"
_OPENED_AGAIN = f"""EXISTS (
    SELECT FROM tickets_ticketevent e WHERE e.ticket_id = t.id AND e.at > t.first_solved_at
       AND e.at <= t.first_solved_at + {_WEEK} AND e.changes -> 'status' ->> 0 IN ('solved', 'closed')
       AND e.changes -> 'status' ->> 1 NOT IN ('solved', 'closed')
)"""
_AT_ONCE = f"(t.replies = 1 AND t.escalated_at IS NULL AND (t.reopened = 0 OR NOT {_OPENED_AGAIN}))::int"

FLOWS: Mapping[str, Source] = {
    "tickets_created": of_tickets("t.opened_at", "1", is_in_facts=True),
    "tickets_solved": of_tickets("t.solved_at", TOOK, f"AND {IS_SOLVED}", is_in_facts=True),
    "tickets_escalated": of_tickets("t.opened_at", "(t.escalated_at IS NOT NULL)::int", is_in_facts=True),
    "first_contact": of_tickets("t.first_solved_at", _AT_ONCE, f"AND t.first_solved_at < %(now)s - {_WEEK}"),
    "escalations_solved": of_tickets("t.escalated_at", f"({IS_SOLVED})::int", "AND t.escalated_at IS NOT NULL"),
    "critical_response": of_tickets(
        "t.first_replied_at",
        "extract(epoch FROM t.first_replied_at - t.opened_at)",
        "AND t.priority = 'critical' AND t.first_replied_at IS NOT NULL",
    ),
    "first_responses_kept": _kept(Metric.FIRST_RESPONSE),
    "next_responses_kept": _kept(Metric.NEXT_RESPONSE),
    "responses_kept": _kept(Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE),
    **{f"responses_kept_{name}": _kept(Metric.FIRST_RESPONSE, priority=name) for name in PRIORITIES},
    "resolutions_kept": _kept(Metric.RESOLUTION),
}
STATES: Mapping[str, Source] = {
    "tickets_open": _open("1"),
    "tickets_age": _open(_workdays("t.opened_at", "least(%(until)s, %(now)s)")),
}
