"""Mails of incidents: a public update to one contact who follows, out of the outbox.

Who may write and who may read is asked when it leaves (security.md 5).
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.actors import actor_for
from accounts.services import activity
from accounts.services.unsubscribing import MailList, register, stop_url
from common import outbox
from common.errors import Missing
from common.mail import Envelope, absolute_url, send_mail
from common.markdown import rendered
from partners.models import Contact
from tickets import incident_permissions
from tickets.models import Incident, IncidentEntry, IncidentOrganization, IncidentSubscriber

logger = logging.getLogger(__name__)
MAIL = "tickets.incident_mail"
LIST = "incident"


@outbox.handler(MAIL)
def deliver(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Send an update to one contact; nothing leaves for who may no longer write or read it."""
    entry = IncidentEntry.objects.filter(pk=payload["entry_id"]).select_related("incident", "author").first()
    contact = _reader(entry, payload["contact_id"]) if entry is not None else None
    if entry is None or contact is None or not entry.is_public or not _may_still_write(entry):
        logger.info("an update does not leave: its writer or its reader has lost the right", extra={"key": str(key)})
        return
    incident, language = entry.incident, contact.organization.language
    with override(language or None):
        title, state = title_for_contacts(incident), str(entry.get_state_display())
    url = absolute_url(reverse("tickets:portal_incident", args=[incident.number])) if contact.user_id else ""
    send_mail(
        to=contact.email,
        template="incident_update",
        context={
            "number": incident.number,
            "title": title,
            "state": state,
            "name": contact.name,
            "text": entry.body,
            "html": rendered(entry.body),
            "author": entry.author,
            "url": url,
        },
        key=key,
        language=language,
        envelope=Envelope(stop_url=stop_url(LIST, incident.pk, contact.pk)),
    )


def _end_by_link(values: Sequence[Any], now: datetime) -> None:
    """The contact follows this incident no longer; others it does."""
    incident_id, contact_id = values
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None:
        raise Missing(_("There is no such incident."))
    gone, _rows = IncidentSubscriber.objects.filter(incident=incident, contact_id=contact_id).delete()
    if gone:
        changes = {"subscriber": [{"contact": contact_id}, None]}
        activity.record(verb="incident.unsubscribed", target=incident, changes=changes, now=now)


register(
    MailList(
        key=LIST,
        about=gettext_lazy("You follow this incident no longer. Answers to your tickets come as before."),
        end=_end_by_link,
    )
)


def title_for_contacts(incident: Incident) -> str:
    """What contacts call it: never the title that colleagues gave it."""
    return incident.public_title or _("Incident %(number)s") % {"number": incident.number}


def _reader(entry: IncidentEntry, contact_id: int) -> Contact | None:
    """The contact, if they still follow and their organization is still affected."""
    follows = IncidentSubscriber.objects.filter(incident=entry.incident, contact_id=contact_id).exists()
    rows = Contact.objects.filter(pk=contact_id, archived_at__isnull=True).exclude(email="")
    contact = rows.select_related("organization").first() if follows else None
    if contact is None:
        return None
    affected = IncidentOrganization.objects.filter(
        incident=entry.incident, organization_id=contact.organization_id, organization__archived_at__isnull=True
    )
    return contact if affected.exists() else None


def _may_still_write(entry: IncidentEntry) -> bool:
    if entry.author is None:
        return False
    actor = actor_for(entry.author)
    sees = Incident.objects.visible_to(actor).filter(pk=entry.incident_id).exists()
    return incident_permissions.can_say_publicly(actor) and sees
