"""The use case of a ticket that a colleague enters: by telephone, or because we begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from common.scope import Scope, scoped
from partners.models import Contact, Organization
from tickets.choices import Channel
from tickets.models import Queue, Ticket
from tickets.selectors.requesters import Asker
from tickets.services.assigning import check_assignee, tell_assignee
from tickets.services.changes import change
from tickets.services.intake import take_in
from tickets.services.opening import Requester


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a colleague enters. Without `asker` it is somebody of whom we know name and address at most.

    `opened_by_us`: we begin, so that no first response is owed (sla.md R1).
    """

    asker: Asker | None
    name: str
    email: str
    values: Mapping[str, Any]
    body: str
    queue: Queue | None = None
    assignee: Any = None
    files: Sequence[File] = ()
    opened_by_us: bool = False
    channel: str = Channel.PHONE


@transaction.atomic
def enter(*, by: Actor, entry: Entry, now: datetime) -> Ticket:
    """Open the ticket. Raises NotAllowed, DomainError with `field`."""
    ticket = take_in(
        by=by,
        requester=requester_of(entry),
        values=entry.values,
        body=entry.body,
        channel=Channel.STAFF if entry.opened_by_us else entry.channel,
        files=entry.files,
        queue=entry.queue,
        gives=entry.assignee is None,
        opened_by_us=entry.opened_by_us,
        now=now,
    )
    if entry.assignee is not None:
        check_assignee(ticket, entry.assignee)
        with scoped(Scope.all()):
            ticket = change(by=by, ticket=ticket, values={"assignee": entry.assignee}, now=now)
        tell_assignee(by=by, ticket=ticket, before_id=None, now=now)
    return ticket


def _rows_of(asker: Asker) -> tuple[Organization | None, Contact | None]:
    """The organization and the contact as they are now: one statement."""
    if asker.contact_id is None:
        rows = Organization.objects.filter(pk=asker.organization_id, archived_at__isnull=True)
        return rows.first(), None
    people = Contact.objects.filter(pk=asker.contact_id, archived_at__isnull=True)
    people = people.filter(organization_id=asker.organization_id, organization__archived_at__isnull=True)
    contact = people.select_related("organization").first()
    return (contact.organization, contact) if contact is not None else (None, None)


def requester_of(entry: Entry) -> Requester:
    """Who asks, as it stands with the ticket. Raises DomainError for nobody, and for one who is gone."""
    if entry.asker is None:
        if not entry.name.strip() and not entry.email.strip():
            raise DomainError(_("Say who asks: choose somebody, or give a name."), field="name", code="nobody")
        return Requester(name=entry.name.strip(), email=entry.email.strip())
    # People at the desk open no organization; whom they may choose the search has decided (ADR 0023).
    with scoped(Scope.all()):
        organization, contact = _rows_of(entry.asker)
    if organization is None or (entry.asker.contact_id and contact is None):
        raise DomainError(_("This organization or contact is gone: choose again."), code="gone")
    name = contact.name if contact else entry.name.strip()
    email = contact.email if contact else entry.email.strip()
    return Requester(organization=organization, contact=contact, name=name, email=email)
