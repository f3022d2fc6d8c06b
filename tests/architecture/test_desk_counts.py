"""How many SQL statements the pages of the desk take: the same for few rows and for many, and no more than it was.

As `test_query_counts.py` has it for organizations; the baseline is `desk_counts.json`.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import SavedView
from tests.architecture.test_query_counts import FREE, MOST, statements
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Macro, Queue, Ticket
from tickets.services.following import add_link, watch
from tickets.services.merging import merge
from tickets.services.messages import Letter, note, receive, reply

MOST_CREATE = 12
BASELINE = Path(__file__).with_name("desk_counts.json")
PAGES: dict[str, tuple[str, str, str]] = {
    "tickets of the desk": ("sue", "/tickets/", "list"),
    "tickets of a manager": ("max", "/tickets/?sort=newest", "list"),
    "tickets of a TAM": ("tom", "/tickets/?priority=medium", "list"),
    "counters of the desk": ("sue", "/tickets/counts/?q=tag%3Dvip", "list"),
    "ticket at the desk": ("sue", "/tickets/{number}/?list=queue%3Dmine", "page"),
    "ticket of a TAM": ("tom", "/tickets/{number}/?list=", "page"),
    "tickets of an organization": ("tom", "/organizations/{northwind}/tickets/", "page"),
    "home of support": ("sue", "/", "home"),
    "home of a senior": ("sven", "/", "home"),
    "home of the support manager": ("sara", "/", "home"),
    "home of a TAM": ("tom", "/", "home"),
    "promises": ("sara", "/tickets/promises/", "list"),
    "macros": ("sue", "/tickets/macros/", "list"),
}


def fill(cast: Cast, desk: Queue, ticket: Ticket, count: int) -> None:
    """`count` more of all that stands in the queue and hangs on the ticket."""
    sue, first = cast.actor("sue"), Ticket.objects.count()
    for number in range(count):
        at = MONDAY + timedelta(minutes=first + number)
        make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=at)
        reply(by=sue, ticket=ticket, body="Which version?", now=at)
        note(by=sue, ticket=ticket, body="Hm.", now=at)
        receive(by=None, ticket=ticket, contact=cast.connie_contact, body="17", letter=Letter(), now=at)
        Macro.objects.create(name=f"Macro {first} {number}", body="Hello.")
        SavedView.objects.create(user=cast.sue, page="tickets", name=f"View {first} {number}", query="tag=vip")
    merged = make_ticket(desk, cast.northwind, now=MONDAY)
    merge(by=sue, source=merged, target=ticket, now=MONDAY + timedelta(days=1))
    add_link(by=sue, ticket=ticket, url=f"https://github.com/vendor/hub/issues/{first}", now=MONDAY)
    watch(by=sue, ticket=ticket, user=cast.sven if count < 20 else cast.sara, now=MONDAY)


@pytest.fixture
def measured(cast: Cast) -> dict[str, tuple[int, int]]:
    """Statements of each page with few rows and with many."""
    desk = make_desk(cast.sue, cast.sven)
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact)

    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            found[name] = statements(client, path.format(number=ticket.number, northwind=cast.northwind.public_id))
        return found

    fill(cast, desk, ticket, 3)
    few = round_of()
    fill(cast, desk, ticket, 20)
    many = round_of()
    return {name: (few[name], many[name]) for name in PAGES}


@pytest.mark.django_db
def test_a_ticket_through_the_api_takes_twelve(cast: Cast) -> None:
    """With its clocks, routing, trail, story and outbox, kept from being sent twice, and read back."""
    make_desk(cast.sue, key="support", is_default=True)
    client, counted = Client(), []
    client.force_login(cast.sue)

    def count(execute: Any, sql: Any, *rest: Any) -> Any:
        if not str(sql).startswith(FREE):
            counted.append(str(sql))
        return execute(sql, *rest)

    for place in range(3):
        counted.clear()
        sent = {"subject": "Orders stopped", "body": f"Since {place}.", "email": cast.connie_contact.email}
        with connection.execute_wrapper(count):
            made = client.post(
                "/api/v1/tickets/", sent, content_type="application/json", headers={"Idempotency-Key": f"{place}"}
            )
        assert made.status_code == 201, made.content
    ticket = Ticket.objects.get(public_id=made.json()["id"])
    assert (ticket.contact, ticket.clocks.exists(), ticket.timers.exists()) == (cast.connie_contact, True, True)
    assert len(counted) <= MOST_CREATE, counted


@pytest.mark.django_db
def test_statements_do_not_grow_and_keep_to_the_baseline(measured: dict[str, tuple[int, int]]) -> None:
    grown = {name: counts for name, counts in measured.items() if counts[0] != counts[1]}
    assert grown == {}
    over = {name: counts[0] for name, counts in measured.items() if counts[0] > MOST[PAGES[name][2]]}
    assert over == {}
    now = {name: counts[0] for name, counts in measured.items()}
    if os.environ.get("HUB_UPDATE_COUNTS"):
        BASELINE.write_text(json.dumps(now, indent=2) + "\n")
    assert now == json.loads(BASELINE.read_text())
