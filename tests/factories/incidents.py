"""Incidents, declared through the service."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor
from partners.models import Organization
from tests.factories.tickets import MONDAY
from tickets.models import Incident, Queue, Ticket
from tickets.services import post_mortems
from tickets.services.incidents import declare
from tickets.services.post_mortems import texts_of

TEXTS = {
    "summary": "Orders failed.",
    "timeline": "- secret timeline",
    "impact": "Nobody could order for an hour.",
    "root_cause": "A certificate ran out.",
    "factors": "Secret factors.",
    "went_well": "Secret praise.",
    "prevention": "Certificates are watched.",
}
__all__ = ["TEXTS", "make_incident", "texts_of", "written"]


def make_incident(
    by: Actor,
    queue: Queue,
    *,
    severity: str = "s2",
    tickets: Iterable[Ticket] = (),
    organizations: Iterable[Organization] = (),
    now: datetime = MONDAY,
    takes_command: bool = False,
    **values: Any,
) -> Incident:
    return declare(
        by=by,
        values={"title": "Orders fail", "queue": queue, **values},
        severity=severity,
        tickets=list(tickets),
        organizations=list(organizations),
        takes_command=takes_command,
        now=now,
    )


def written(incident: Incident, by: Actor, *, now: datetime = MONDAY, **texts: str) -> None:
    """The post-mortem of an incident, whole and waiting for a second person."""
    post_mortems.write(by=by, incident=incident, texts=TEXTS | texts, now=now)
    post_mortems.submit(by=by, incident=incident, now=now)
