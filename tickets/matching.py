"""Tickets that hold a text, for lists: through a function of the database that applies the reach itself (ADR 0002)."""

from collections.abc import Collection

from django.db.models.expressions import RawSQL

from tickets.choices import TicketStatus

MAX_TEXT = 200
LIST_LIMIT = 500
"""So many tickets at most does a list hold that is narrowed by words."""


def cleaned(text: str) -> str:
    """What is asked for when somebody types `text`."""
    return text.replace("\0", "")[:MAX_TEXT]


def matching(text: str, *, statuses: Collection[str] = (), is_unsolved: bool = False) -> RawSQL:
    """Ids of tickets within reach whose subject or sender holds the `cleaned` text, for `pk__in`: the first of them in
    the order of queues (`is_unsolved`), or the newest of these statuses. The caller has filtered by `visible_to`."""
    known = ",".join(status for status in statuses if status in TicketStatus.values)
    # A word of another status than there is finds nothing, as it always did.
    wanted = "{" + (known or ("none" if statuses else "")) + "}"
    return RawSQL(
        "SELECT hit.id FROM tickets_matching(%s::text, %s::integer, %s::text[], %s) hit",
        [text, LIST_LIMIT, wanted, is_unsolved],
    )
