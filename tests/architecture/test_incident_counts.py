"""How many SQL statements the pages of incidents take: the same for few rows and for many, within the bars."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.architecture.test_query_counts import MOST, statements
from tests.cast import Cast
from tests.factories.incidents import make_incident, written
from tests.factories.partners import make_contact, make_partner
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Incident, Queue
from tickets.services import incident_parts, incidents, post_mortems
from tickets.services.incident_updates import Said, post

PAGES: dict[str, tuple[str, str, str]] = {
    "incidents at the desk": ("sue", "/incidents/", "list"),
    "incidents of a manager": ("max", "/incidents/?show=all", "list"),
    "incidents of a TAM": ("tom", "/incidents/", "list"),
    "incident at the desk": ("sue", "/incidents/{number}/", "page"),
    "incident of a TAM": ("tom", "/incidents/{number}/", "page"),
    "post-mortem": ("tom", "/incidents/{number}/post-mortem/", "page"),
    "recurring": ("max", "/incidents/recurring/", "page"),
    "incidents in the portal": ("connie", "/portal/incidents/", "list"),
    "incident in the portal": ("connie", "/portal/incidents/{number}/", "page"),
    "API: incidents": ("max", "/api/v1/incidents/", "list"),
    "API: updates": ("max", "/api/v1/incidents/{id}/updates/", "list"),
}


def fill(cast: Cast, desk: Queue, incident: Incident, count: int) -> None:
    """`count` more incidents, and as much more of all that hangs on one."""
    sara, first = cast.actor("sara"), Incident.objects.count()
    for number in range(first, first + count):
        at = MONDAY + timedelta(minutes=number)
        partner = make_partner("gate_3", name=f"Partner {number}", owners={"tam": cast.tom})
        ticket = make_ticket(desk, partner, now=at)
        incident_parts.link_ticket(by=sara, incident=incident, ticket=ticket, now=at)
        contact = make_contact(partner, name=f"Kim {number}", email=f"kim{number}@example.com")
        incident_parts.subscribe(by=sara, incident=incident, contact=contact, now=at)
        post(by=sara, incident=incident, said=Said(body="Word.", is_public=number % 2 == 0), now=at)
        post_mortems.add_action(
            by=sara, incident=incident, organization=partner, title="Watch", due_on=at.date(), now=at
        )
        other = make_incident(sara, desk, tickets=[ticket], organizations=[cast.northwind], cause="change", now=at)
        post(by=sara, incident=other, said=Said(body="Word.", is_public=True), now=at)
        if number % 2:
            incidents.move(by=sara, incident=other, state="resolved", now=at)


@pytest.mark.django_db
def test_statements_do_not_grow_and_keep_to_the_bars(cast: Cast) -> None:
    desk = make_desk(cast.sue)
    incident = make_incident(cast.actor("sara"), desk, organizations=[cast.northwind])
    written(incident, cast.actor("sue"))

    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            found[name] = statements(client, path.format(number=incident.number, id=incident.public_id))
        return found

    fill(cast, desk, incident, 4)
    few = round_of()
    fill(cast, desk, incident, 16)
    many = round_of()
    assert {name: (few[name], many[name]) for name in PAGES if few[name] != many[name]} == {}
    assert {name: few[name] for name in PAGES if few[name] > MOST[PAGES[name][2]]} == {}
