"""The status machine of tickets: which status may follow which, by whose hand. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

NEW, OPEN, PENDING, ON_HOLD, SOLVED, CLOSED = "new", "open", "pending", "on_hold", "solved", "closed"

_WORKED = frozenset({OPEN, PENDING, ON_HOLD, SOLVED})
# A ticket is never new again, and what is closed stays closed: a reply to it makes a follow-up.
MOVES: Mapping[str, frozenset[str]] = {
    NEW: _WORKED,
    OPEN: _WORKED - {OPEN},
    PENDING: _WORKED - {PENDING},
    ON_HOLD: _WORKED - {ON_HOLD},
    SOLVED: frozenset({OPEN, PENDING, ON_HOLD, CLOSED}),
    CLOSED: frozenset(),
}


def may_move(before: str, after: str) -> bool:
    """Whether a colleague may set the status `after` on a ticket that stands at `before`."""
    return after in MOVES.get(before, frozenset())


def after_customer_message(status: str) -> str:
    """Where a ticket stands once its contact has written (sla.md R8, R9): waiting and solved ones open again."""
    return OPEN if status in (PENDING, ON_HOLD, SOLVED) else status


def after_reply(status: str) -> str:
    """Where a ticket stands once we have replied without saying more: a new one is open."""
    return OPEN if status == NEW else status


def rises(changes: Mapping[str, Sequence[Any]]) -> bool:
    """Whether a change is an escalation: to a higher tier, or to a technical one."""
    tier = changes.get("tier", [0, 0])
    return bool(tier[1] > tier[0] or changes.get("is_technical_escalation", [True, False])[1])
