"""What tickets keep of a person at an organization: handed out, and made neutral on erasure (security.md 19)."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q

from common.models import StoredFile
from partners.services.erasure import Place, register_places
from partners.services.person_records import Person, addresses_of, register_part
from tickets.models import (
    ArticleFeedback,
    HelpSearch,
    IncomingMail,
    Message,
    QualityReview,
    ReplyDraft,
    Ticket,
    TicketEvent,
    Watcher,
    WebhookDelivery,
)

_TEXTS = ("subject", "requester_name", "requester_email", "priority_reason", "resolution", "workaround")


def register() -> None:
    """Called once, when the app is ready."""
    register_part("tickets", _tickets)
    register_part("ticket_messages", _messages)
    register_places(places)


def _asked_by(person: Person) -> Q:
    return Q(contact_id__in=person.contact_ids) | Q(requester_email__in=addresses_of(person))


def _tickets(person: Person) -> list[Any]:
    rows = Ticket.objects.filter(_asked_by(person)).order_by("opened_at", "id")
    return list(rows.values("number", "subject", "requester_name", "requester_email", "status", "opened_at"))


def _messages(person: Person) -> list[Any]:
    written = Q(contact_id__in=person.contact_ids)
    if person.user is not None:
        written |= Q(author=person.user)
    rows = Message.objects.filter(written).order_by("written_at", "id")
    return list(rows.values("ticket__number", "body", "quoted", "channel", "written_at"))


def places(person: Person, now: datetime) -> list[Place]:
    """Where tickets may name the person. The raw mails of theirs go with the next run of retention."""
    addresses = addresses_of(person)
    mails = IncomingMail.objects.filter(sender__in=addresses)
    StoredFile.objects.filter(pk__in=mails.values("raw_id")).update(expires_at=now)
    Watcher.objects.filter(contact_id__in=person.contact_ids).delete()
    here = Q(organization_id__in=person.organization_ids)
    tickets = Ticket.objects.filter(here | _asked_by(person))
    parts = here | Q(ticket__in=Ticket.objects.filter(_asked_by(person)).values("pk"))
    version = {"version": F("version") + 1}
    return [
        (tickets, (*_TEXTS, "root_cause", "prevention"), version),
        (Message.objects.filter(parts), ("body", "quoted", "author_name"), {}),
        (TicketEvent.objects.filter(parts), ("actor_name", "changes", "data"), {}),
        (QualityReview.objects.filter(parts), ("comment", "answer"), version),
        (ReplyDraft.objects.filter(parts), ("body",), {}),
        (IncomingMail.objects.filter(here | Q(sender__in=addresses)), ("sender", "recipients", "subject"), {}),
        (WebhookDelivery.objects.filter(parts), ("body",), {}),
        (HelpSearch.objects.filter(here), ("term",), {}),
        (ArticleFeedback.objects.filter(here), ("comment",), {}),
    ]
