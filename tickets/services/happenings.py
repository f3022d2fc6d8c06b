"""What a ticket event sets off once it has committed: calls to other tools, rules of automation.

The event puts one effect into the outbox; what follows from it is found out by a worker. Events that are written in
bulk, those of an import, set nothing off.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.signals import post_save

from common import outbox
from tickets.models import TicketEvent
from tickets.services import automation, webhooks

HAPPENED = "tickets.event_happened"


def connect() -> None:
    """Called once, when the app is ready."""
    post_save.connect(_put, sender=TicketEvent, dispatch_uid=HAPPENED)


def _put(instance: TicketEvent, created: bool, raw: bool = False, **_options: Any) -> None:
    if created and not raw:
        payload = {"event_id": instance.pk}
        outbox.put(topic=HAPPENED, payload=payload, organization_id=instance.organization_id, now=instance.at)


@outbox.handler(HAPPENED)
def follow(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Tell the other tools that want to know, and let the rules fire that wait for this. Safe to run twice."""
    event = TicketEvent.objects.select_related("ticket__queue", "ticket__organization").get(pk=payload["event_id"])
    webhooks.queue(event, now=now)
    automation.on_event(event, now=now)
