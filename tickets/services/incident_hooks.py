"""Webhooks of incidents: other tools are told of an entry by the same signed calls as of ticket events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from common import outbox
from common.mail import absolute_url
from tickets.models import IncidentEntry, IncidentOrganization, WebhookDelivery, WebhookEndpoint
from tickets.rules.hook_events import names_of_incident, told_of_incident
from tickets.services.incident_locking import HAPPENED
from tickets.services.webhooks import call_later


@outbox.handler(HAPPENED)
def follow(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Write a delivery for each endpoint that wants to know of this entry; each once. Safe to run twice."""
    entry = IncidentEntry.objects.select_related("incident__queue").get(pk=payload["entry_id"])
    names = names_of_incident(entry.kind, is_public=entry.is_public)
    endpoints = WebhookEndpoint.objects.filter(is_active=True, archived_at__isnull=True, events__overlap=list(names))
    for endpoint in endpoints if names else ():
        for name in (one for one in names if one in endpoint.events):
            delivery, is_new = WebhookDelivery.objects.get_or_create(
                endpoint=endpoint,
                incident_entry=entry,
                name=name,
                defaults={"body": _body(entry, name), "made_at": now},
            )
            if is_new:
                call_later(delivery, now)


def _body(entry: IncidentEntry, name: str) -> dict[str, Any]:
    """What is sent: no text of people but the title, no ids of ours."""
    incident = entry.incident
    rows = IncidentOrganization.objects.filter(incident=incident).order_by("organization_id")
    return {
        "event": name,
        "at": entry.at.isoformat(),
        "changes": told_of_incident(entry.changes),
        "incident": {
            "id": str(incident.public_id),
            "number": incident.number,
            "title": incident.title,
            "state": entry.state,
            "severity": entry.severity,
            "queue": incident.queue.key,
            "source": incident.source,
            "external_key": incident.external_key,
            "organizations": [str(one) for one in rows.values_list("organization__public_id", flat=True)],
            "url": absolute_url(reverse("tickets:incident", args=[incident.number])),
        },
    }
