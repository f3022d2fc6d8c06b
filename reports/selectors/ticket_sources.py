"""Rows about tickets and the promises on them (spec/sla.md, R17)."""

from __future__ import annotations

from collections.abc import Mapping

from reports.rules.measures import PRIORITIES
from reports.selectors.source import Source, Thing, day_of, select
from tickets.choices import ClockState, Metric, TicketStatus

# What is merged into another ticket is no ticket of its own (tickets/rules/figures.py).
_CREATED = Source(
    is_in_facts=True,
    thing=Thing.TICKET,
    organization="t.organization_id",
    at="t.opened_at",
    text=select("t.organization_id", day_of("t.opened_at"), "1", "1", "t.id")
    + " FROM tickets_ticket t WHERE {scope} AND {when} AND t.merged_into_id IS NULL",
)
_SOLVED = Source(
    is_in_facts=True,
    thing=Thing.TICKET,
    organization="t.organization_id",
    at="t.solved_at",
    text=select(
        "t.organization_id", day_of("t.solved_at"), "extract(epoch FROM t.solved_at - t.opened_at)", "1", "t.id"
    )
    + " FROM tickets_ticket t WHERE {scope} AND {when} AND t.merged_into_id IS NULL AND t.solved_at IS NOT NULL"
    + f" AND t.status IN ('{TicketStatus.SOLVED}', '{TicketStatus.CLOSED}')",
)


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
    return Source(is_in_facts=True, thing=Thing.PROMISE, organization="c.organization_id", at=decided, text=text)


_OPEN_TICKETS = Source(
    thing=Thing.TICKET,
    organization="t.organization_id",
    text=select("t.organization_id", "%(day)s::date", "1", "1", "t.id")
    + " FROM tickets_ticket t WHERE {scope} AND t.merged_into_id IS NULL AND t.opened_at < %(until)s"
    + " AND (t.solved_at IS NULL OR t.solved_at >= %(until)s)"
    + " AND (t.closed_at IS NULL OR t.closed_at >= %(until)s)",
)

FLOWS: Mapping[str, Source] = {
    "tickets_created": _CREATED,
    "tickets_solved": _SOLVED,
    "responses_kept": _kept(Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE),
    **{f"responses_kept_{name}": _kept(Metric.FIRST_RESPONSE, priority=name) for name in PRIORITIES},
    "resolutions_kept": _kept(Metric.RESOLUTION),
}
STATES: Mapping[str, Source] = {"tickets_open": _OPEN_TICKETS}
