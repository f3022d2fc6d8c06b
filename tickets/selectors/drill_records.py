"""Drills that were played: how one is kept, and how what was kept is read again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from tickets.choices import TimerKind
from tickets.models import EscalationDrill
from tickets.selectors.drill import DrillResult, DrillRow, Hearer

NEWEST = Order((SortKey(name="played_at", descending=True),))
SIZE = 20


@dataclass(frozen=True, kw_only=True)
class PlayedDrill:
    """One of them with its result. People are called as they are today, on the clocks of today."""

    row: EscalationDrill
    result: DrillResult


def as_data(result: DrillResult) -> list[dict[str, Any]]:
    """Its rows as they are kept: people by their ids, so that whoever is erased is erased here too."""
    return [
        {
            "at": row.at.isoformat(),
            "metric": row.metric,
            "kind": row.kind,
            "step": row.step,
            "tell": row.tell,
            "people": [hearer.user_id for hearer in row.people],
            "owners": [hearer.user_id for hearer in row.owners],
            "fell_from": row.fell_from,
        }
        for row in result.rows
    ]


def steps_of(result: DrillResult) -> int:
    """How many of its rows tell somebody, or should."""
    return sum(row.kind != TimerKind.BREACH for row in result.rows)


def drill_page(actor: Actor, *, cursor: str) -> Page:
    """A page of drills that the reader sees, the latest first: one statement."""
    rows = EscalationDrill.objects.all().visible_to(actor).select_related("played_by").defer("outcome")
    return paginate(rows, NEWEST, cursor=cursor, size=SIZE)


def played_drill(actor: Actor, public_id: UUID) -> PlayedDrill | None:
    """One drill, None for what there is not or not for this reader: two statements."""
    seen = EscalationDrill.objects.all().visible_to(actor).select_related("played_by")
    row: EscalationDrill | None = seen.filter(public_id=public_id).first()
    if row is None:
        return None
    ids = {pk for one in row.outcome for pk in (*one["people"], *one["owners"])}
    users = User.objects.in_bulk(sorted(ids))
    rows = tuple(_row(one, users) for one in row.outcome)
    return PlayedDrill(row=row, result=DrillResult(rows=rows, clocks=(), has_teams=row.has_teams))


def _row(kept: Mapping[str, Any], users: Mapping[int, User]) -> DrillRow:
    at = datetime.fromisoformat(kept["at"])
    plain = {name: kept[name] for name in ("metric", "kind", "step", "tell", "fell_from")}
    return DrillRow(
        at=at, people=_hearers(kept["people"], users, at), owners=_hearers(kept["owners"], users, at), **plain
    )


def _hearers(ids: Iterable[int], users: Mapping[int, User], at: datetime) -> tuple[Hearer, ...]:
    found = (users[pk] for pk in ids if pk in users)
    return tuple(Hearer(user_id=one.pk, name=one.name, at=at.astimezone(ZoneInfo(one.timezone))) for one in found)
