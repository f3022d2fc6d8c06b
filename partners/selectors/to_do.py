"""What somebody has to do next, tasks and promises in one: one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Value
from django.utils import timezone

from accounts.rules.access import Actor
from common import composed
from partners.models import Commitment, Task

SHOWN = 10
_FIELDS = (
    "public_id",
    "title",
    "due_on",
    "owner_id",
    "owner__name",
    "organization__public_id",
    "organization__name",
    "organization__timezone",
)


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """A task or a promise with its day where its organization is."""

    is_task: bool
    public_id: str
    title: str
    due_on: date
    days_overdue: int
    owner_id: int
    owner_name: str
    organization_id: str
    organization_name: str


def what_is_due(actor: Actor, *, now: datetime, limit: int = SHOWN) -> list[ToDo]:
    """Unfinished tasks and open promises of `actor`, and of the people they lead, first what is due first."""
    return [_row(values, now) for values in composed.fetch(_unfinished, actor, limit)]


def _unfinished(actor: Actor, limit: int) -> Any:
    people = sorted({*actor.led_user_ids, actor.user_id or 0})
    shared: dict[str, Any] = {"owner_id__in": people, "organization__archived_at__isnull": True}
    tasks = Task.objects.visible_to(actor).unfinished().filter(due_on__isnull=False, **shared)
    promises = Commitment.objects.visible_to(actor).unfinished().filter(**shared)
    first = [
        rows.order_by("due_on", "pk").annotate(is_task=Value(is_task)).values_list("is_task", *_FIELDS)[:limit]
        for rows, is_task in ((tasks, True), (promises, False))
    ]
    return first[0].union(first[1], all=True).order_by("due_on")[:limit]


def _row(values: tuple[Any, ...], now: datetime) -> ToDo:
    is_task, public_id, title, due_on, owner_id, owner_name, organization_id, organization_name, zone = values
    return ToDo(
        is_task=is_task,
        public_id=str(public_id),
        title=title,
        due_on=due_on,
        days_overdue=max((timezone.localdate(now, ZoneInfo(zone)) - due_on).days, 0),
        owner_id=owner_id,
        owner_name=owner_name,
        organization_id=str(organization_id),
        organization_name=organization_name,
    )
