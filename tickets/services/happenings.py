"""What a ticket event sets off once it has committed: the organization's story, other tools, rules of automation.

`tickets.services.events` puts one effect into the outbox with each event; what follows from it is found out here, by a
worker.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from common import outbox
from tickets.models import TicketEvent
from tickets.services import automation, story, surveying, webhooks
from tickets.services.events import HAPPENED


@outbox.handler(HAPPENED)
def follow(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Add it to the story, tell the tools that want to know, let the rules fire that wait for it. Safe to run twice."""
    rows = TicketEvent.objects.select_related("ticket__queue", "ticket__organization", "message")
    event = rows.get(pk=payload["event_id"])
    story.tell(event)
    webhooks.queue(event, now=now)
    automation.on_event(event, now=now)
    surveying.on_event(event, now=now)
