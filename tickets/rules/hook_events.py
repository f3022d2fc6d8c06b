"""What other tools are told of a ticket event: its names, and the changes that say something outside. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

# Fields whose values mean something outside; the others hold ids of ours, or what people wrote.
TOLD = ("status", "priority", "impact", "urgency", "kind", "tier", "tags", "subject")
_PLAIN = {"created": "ticket.opened", "escalated": "ticket.escalated", "merged": "ticket.merged"}


def names_of(kind: str, side: str, changes: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The names under which an event is told; none for notes and what machines say."""
    if kind == "reply":
        return ("ticket.replied",) if side == "agent" else ("ticket.received",) if side == "customer" else ()
    if kind in _PLAIN:
        return (_PLAIN[kind],)
    status = ("ticket.status",) if "status" in changes else ()
    others = ("ticket.changed",) if set(changes) & (set(TOLD) - {"status"}) else ()
    return status + others


def told_changes(changes: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """The changes that are told: field -> [before, after]."""
    return {field: list(values) for field, values in changes.items() if field in TOLD}


_OF_INCIDENTS = {"declared": "incident.declared", "state": "incident.state", "severity": "incident.severity"}


def names_of_incident(kind: str, *, is_public: bool) -> tuple[str, ...]:
    """The names under which an entry of an incident is told; none for what is said among colleagues, and of details."""
    if kind == "update":
        return ("incident.updated",) if is_public else ()
    return (_OF_INCIDENTS[kind],) if kind in _OF_INCIDENTS else ()


def told_of_incident(changes: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """The changes of an incident that are told: field -> [before, after]."""
    return {field: list(values) for field, values in changes.items() if field in ("state", "severity")}
