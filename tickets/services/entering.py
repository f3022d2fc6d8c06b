"""The use case of a ticket that a colleague or a program enters: by telephone, or because we begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common import composed
from common.errors import DomainError
from common.scope import Scope, scoped
from partners.models import Contact, Organization
from tickets.choices import Channel
from tickets.models import Queue, Ticket
from tickets.selectors.organization_facts import OrganizationFacts, with_facts
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


def enter(*, by: Actor, entry: Entry, now: datetime) -> Ticket:
    """Open the ticket. Raises NotAllowed, DomainError with `field`."""
    with scoped(Scope.all()):
        ticket = take_in(
            by=by,
            requester=_requester(entry),
            values=entry.values,
            body=entry.body,
            channel=Channel.STAFF if entry.opened_by_us else entry.channel,
            files=entry.files,
            queue=entry.queue,
            gives=entry.assignee is None,
            opened_by_us=entry.opened_by_us,
            sees_all=True,
            now=now,
        )
        if entry.assignee is not None:
            check_assignee(ticket, entry.assignee)
            ticket = change(by=by, ticket=ticket, values={"assignee": entry.assignee}, now=now)
            tell_assignee(by=by, ticket=ticket, before_id=None, now=now)
    return ticket


def _organization(pk: int) -> QuerySet[Any]:
    return with_facts(Organization.objects.filter(pk=pk, archived_at__isnull=True).order_by())


def _contact(pk: int, organization_id: int) -> QuerySet[Any]:
    people = Contact.objects.filter(pk=pk, organization_id=organization_id, archived_at__isnull=True)
    people = people.filter(organization__archived_at__isnull=True).select_related("organization")
    return with_facts(people.order_by(), "organization")


def _requester(entry: Entry) -> Requester:
    """Who asks, as it stands with the ticket. Raises DomainError for nobody, and for one who is gone."""
    if entry.asker is None:
        if not entry.name.strip() and not entry.email.strip():
            raise DomainError(_("Say who asks: choose somebody, or give a name."), field="name", code="nobody")
        return Requester(name=entry.name.strip(), email=entry.email.strip())
    # People at the desk open no organization; whom they may choose the search has decided (ADR 0023).
    organization_id, contact_id = entry.asker.organization_id, entry.asker.contact_id
    if contact_id is None:
        found = composed.instances(_organization, gaps=(organization_id,))
    else:
        found = composed.instances(_contact, gaps=(contact_id, organization_id))
    if not found:
        raise DomainError(_("This organization or contact is gone: choose again."), code="gone")
    (one,) = found
    facts = OrganizationFacts.of(one)
    if contact_id is None:
        return Requester(organization=one, name=entry.name.strip(), email=entry.email.strip(), facts=facts)
    return Requester(organization=one.organization, contact=one, name=one.name, email=one.email, facts=facts)
