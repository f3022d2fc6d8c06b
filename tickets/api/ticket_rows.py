"""The list of tickets as it is read when nothing narrows it: one question that is composed once (ADR 0019)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.rules.access import Actor
from partners.models import Organization
from tickets.api.ticket_serializers import TicketRowSerializer
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
    wanted = {"organization_id": opened_organizations(actor), **_ELSEWHERE}
    plain = [name for name in TicketRowSerializer.Meta.fields if name not in wanted and name != "id"]
    found = Ticket.objects.all().visible_to(actor).filter(merged_into__isnull=True).unsolved()
    found = found.annotate(**{f"{_ANNOTATED}{name}": value for name, value in wanted.items()})
    rows: QuerySet[Any] = found.values("id", "public_id", *plain, *(f"{_ANNOTATED}{name}" for name in wanted))
    return rows


def answers(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as TicketRowSerializer would give them: fifty through its fields cost more than their question."""
    return [
        {name: _plain(_value(row, name)) for name in TicketRowSerializer.Meta.fields} | {"id": str(row["public_id"])}
        for row in rows
    ]


def _value(row: Mapping[str, Any], name: str) -> Any:
    if name == "breaches_at":
        return row[name] if row[name] < FAR else None
    if name == "assignee_name":
        return row[f"{_ANNOTATED}{name}"] or ""
    return row[name] if name in row else row[f"{_ANNOTATED}{name}"]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value
