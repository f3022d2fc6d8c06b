"""Who is one person: the contacts of several organizations that have one address. Quiet times are theirs."""

from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet, Value
from django.db.models.functions import Lower

from partners.models import Contact, SurveyRefusal, SurveyRequest
from partners.survey_choices import SurveyState


def rows_of_person(contact: Contact) -> QuerySet[Contact]:
    """This contact, and those with its address at whatever organization, of which they may have left some."""
    same = Q(pk=contact.pk)
    if contact.email:
        same |= Q(address=Lower(Value(contact.email))) & ~Q(email="")
    return Contact.objects.alias(address=Lower("email")).filter(same)


def has_refused(contact: Contact) -> bool:
    """Whether this person wants to be asked no more. One statement."""
    return SurveyRefusal.objects.filter(contact__in=rows_of_person(contact).order_by().values("pk")).exists()


def last_asked(contact: Contact, *, kind: str) -> tuple[datetime | None, datetime | None]:
    """When this person was last asked of anything, and of the same. One statement."""
    sent = SurveyRequest.objects.filter(state=SurveyState.SENT)
    sent = sent.filter(contact__in=rows_of_person(contact).order_by().values("pk"))
    found = sent.aggregate(last=Max("sent_at"), same=Max("sent_at", filter=Q(kind=kind)))
    return found["last"], found["same"]


def asked_by_address(*, kind: str, since: datetime) -> dict[str, tuple[datetime | None, datetime | None]]:
    """The same of everybody asked after `since`, by address in small letters. One statement."""
    sent = SurveyRequest.objects.filter(state=SurveyState.SENT, sent_at__gt=since).exclude(contact__email="")
    rows: Any = sent.order_by().values_list(Lower("contact__email"))
    return {
        address: (last, same)
        for address, last, same in rows.annotate(last=Max("sent_at"), same=Max("sent_at", filter=Q(kind=kind)))
    }


def refused_addresses() -> set[str]:
    """Addresses of who wants to be asked no more, in small letters. One statement."""
    rows: Any = SurveyRefusal.objects.exclude(contact__email="").order_by()
    return set(rows.values_list(Lower("contact__email"), flat=True))
