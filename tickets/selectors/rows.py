"""Rows of lists of tickets: what one looks at, read in the statement of the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Func, TextField

from tickets.choices import FAR, UNSOLVED, Channel, Priority, TicketKind, TicketStatus

STATUS_TONES = {
    "new": "accent",
    "open": "info",
    "pending": "warning",
    "on_hold": "purple",
    "solved": "success",
    "closed": "neutral",
}
# Where a ticket may stand without a clock that runs, since it waits.
PAUSING = (TicketStatus.PENDING, TicketStatus.ON_HOLD)
PRIORITY_TONES = {"critical": "danger", "high": "warning", "medium": "neutral", "low": "neutral"}
PRIORITY_ICONS = {"critical": "flame", "high": "chevron-up", "medium": "minus", "low": "chevron-down"}


class OrganizationName(Func):
    """The name of a ticket's organization, also for people at the desk, who open no organization (ADR 0023)."""

    function = "tickets_organization_name"
    output_field = TextField()


class ContactCard(Func):
    """Who asks, as JSON: name, address, telephone; for the same readers."""

    function = "tickets_contact"
    output_field = TextField()


NAMES = {
    "queue_name": F("queue__name"),
    "queue_key": F("queue__key"),
    "category_name": F("category__name"),
    "assignee_name": F("assignee__name"),
    "organization_name": OrganizationName("organization_id"),
}
FIELDS = (
    *("id", "public_id", "number", "subject", "status", "priority", "kind", "channel", "tier", "tags", "replies"),
    *("requester_name", "requester_email", "organization_id", "assignee_id", "is_internal", "is_technical_escalation"),
    *("opened_at", "moved_at", "waits_since", "due_at", "breaches_at", "solved_at", "reopened", "version"),
    *("last_customer_at", "last_reply_at"),
)


@dataclass(frozen=True, kw_only=True)
class TicketRow:
    """One ticket in a list."""

    pk: int
    public_id: str
    number: int
    subject: str
    status: str
    status_label: str
    priority: str
    priority_label: str
    kind_label: str
    channel_label: str
    tier: int
    tags: tuple[str, ...]
    queue_name: str
    category_name: str
    assignee_id: int | None
    assignee_name: str
    organization_name: str
    requester: str
    is_internal: bool
    is_escalation: bool
    is_unsolved: bool
    opened_at: datetime
    moved_at: datetime
    waits_since: datetime | None
    due_at: datetime | None
    breaches_at: datetime | None
    solved_at: datetime | None
    is_breached: bool
    is_due_soon: bool
    reopened: int
    version: int
    is_paused: bool
    last_word_at: datetime | None
    last_word_is_ours: bool


def ticket_rows(found: Iterable[Mapping[str, Any]], *, now: datetime) -> list[TicketRow]:
    """Rows of dictionaries of FIELDS and NAMES; no statement."""
    return [ticket_row(values, now=now) for values in found]


def ticket_row(values: Mapping[str, Any], *, now: datetime) -> TicketRow:
    """The same of one."""
    is_unsolved = values["status"] in UNSOLVED
    breaches_at = values["breaches_at"] if is_unsolved and values["breaches_at"] < FAR else None
    asked, answered = values["last_customer_at"], values["last_reply_at"]
    return TicketRow(
        pk=values["id"],
        public_id=str(values["public_id"]),
        number=values["number"],
        subject=values["subject"],
        status=values["status"],
        status_label=str(TicketStatus(values["status"]).label),
        priority=values["priority"],
        priority_label=str(Priority(values["priority"]).label),
        kind_label=str(TicketKind(values["kind"]).label),
        channel_label=str(Channel(values["channel"]).label),
        tier=values["tier"],
        tags=tuple(values["tags"]),
        queue_name=values["queue_name"],
        category_name=values["category_name"] or "",
        assignee_id=values["assignee_id"],
        assignee_name=values["assignee_name"] or "",
        organization_name=values["organization_name"] or "",
        requester=values["requester_name"] or values["requester_email"],
        is_internal=values["is_internal"],
        is_escalation=values["is_technical_escalation"],
        is_unsolved=is_unsolved,
        opened_at=values["opened_at"],
        moved_at=values["moved_at"],
        waits_since=values["waits_since"] if is_unsolved else None,
        due_at=values["due_at"] if is_unsolved else None,
        breaches_at=breaches_at,
        solved_at=values["solved_at"],
        is_breached=breaches_at is not None and breaches_at < now,
        is_due_soon=breaches_at is not None and 0 <= (breaches_at - now).total_seconds() < 4 * 3600,
        reopened=values["reopened"],
        version=values["version"],
        is_paused=is_unsolved and breaches_at is None and values["status"] in PAUSING,
        last_word_at=max(filter(None, (asked, answered)), default=None),
        last_word_is_ours=answered is not None and (asked is None or answered >= asked),
    )
