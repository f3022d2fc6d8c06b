"""Tickets that hold a text, for lists: through a function of the database that applies the reach itself (ADR 0002)."""

from collections.abc import Collection

from django.db.models.expressions import RawSQL

MAX_TEXT = 200
LIST_LIMIT = 500
"""So many tickets at most does a list hold that is narrowed by words."""


def matching(text: str, *, statuses: Collection[str] = (), is_unsolved: bool = False) -> RawSQL:
    """Ids of tickets within reach whose subject or sender holds `text`, for `pk__in`: the first of them in the
    order of queues (`is_unsolved`), or the newest of these statuses. The caller has filtered by `visible_to`."""
    clean = text.replace("\0", "")[:MAX_TEXT]
    return RawSQL(
        "SELECT hit.id FROM tickets_matching(%s, %s, %s::text[], %s) hit",
        [clean, LIST_LIMIT, list(statuses), is_unsolved],
    )
