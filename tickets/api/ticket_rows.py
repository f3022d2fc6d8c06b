"""Tickets as they are read most: the list that nothing narrows, and one of them, by questions composed once (ADR 0019).

They are the answers of the serializers without their fields, which cost more than the questions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.timezone import localtime

from accounts.rules.access import Actor
from common import composed
from partners.models import Organization
from tickets.api.ticket_serializers import TicketRowSerializer, TicketSerializer
from tickets.choices import FAR
from tickets.models import Ticket
from tickets.selectors.rows import OrganizationName

# Fields of an answer that are no columns of a ticket.
_ELSEWHERE: Mapping[str, Any] = {
    "queue": F("queue__key"),
    "category": F("category__key"),
    "organization_name": OrganizationName("organization_id"),
    "assignee_id": F("assignee__public_id"),
    "assignee_name": F("assignee__name"),
}
_ANNOTATED = "shown_"


def opened_organizations(actor: Actor) -> Subquery:
    """The public id of the organization of a ticket where `actor` sees it.

    No join: narrowed to one organization it would be an inner one, and hide what the desk may see of others.
    """
    opened = Organization.objects.visible_to(actor).filter(pk=OuterRef("organization_id"))
    return Subquery(opened.values("public_id")[:1])


def unsolved_rows(actor: Actor) -> QuerySet[Any]:
    """What is to be done, as the dictionaries that `answers` reads."""
    found = Ticket.objects.all().visible_to(actor).filter(merged_into__isnull=True).unsolved()
    return _rows(found, actor, TicketRowSerializer.Meta.fields)


def answers(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as TicketRowSerializer would give them."""
    return [_answer(row, TicketRowSerializer.Meta.fields) for row in rows]


def answer(actor: Actor, public_id: UUID) -> dict[str, Any]:
    """A ticket as TicketSerializer would give it. Raises Http404 for one that is foreign or missing."""
    rows = composed.records(_one, actor, gaps=(public_id,))
    if not rows:
        raise Http404
    return _answer(rows[0], TicketSerializer.Meta.fields)


def _one(actor: Actor, public_id: UUID) -> QuerySet[Any]:
    found = Ticket.objects.all().visible_to(actor).filter(public_id=public_id).order_by()
    return _rows(found, actor, TicketSerializer.Meta.fields)


def _rows(found: QuerySet[Any], actor: Actor, fields: Sequence[str]) -> QuerySet[Any]:
    wanted = {"organization_id": opened_organizations(actor), **_ELSEWHERE}
    plain = [name for name in fields if name not in wanted and name != "id"]
    found = found.annotate(**{f"{_ANNOTATED}{name}": value for name, value in wanted.items()})
    rows: QuerySet[Any] = found.values("id", "public_id", *plain, *(f"{_ANNOTATED}{name}" for name in wanted))
    return rows


def _answer(row: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(_value(row, name)) for name in fields} | {"id": str(row["public_id"])}


def _value(row: Mapping[str, Any], name: str) -> Any:
    if name == "breaches_at":
        return row[name] if row[name] < FAR else None
    if name == "assignee_name":
        return row[f"{_ANNOTATED}{name}"] or ""
    return row[name] if name in row else row[f"{_ANNOTATED}{name}"]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # In the zone of whoever asks, as the serializers do.
        text = localtime(value).isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
    return str(value) if isinstance(value, UUID | date) else value
