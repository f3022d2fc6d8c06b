"""A contact is erased: their tickets stay, and nothing in them names them any more."""

from typing import Any

import pytest
from django.db import connection

from partners.services.erasure import NEUTRAL_NAME, erase_person
from partners.services.person_records import export_person, find_person
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Message, Ticket, TicketEvent, Watcher
from tickets.services.changes import change
from tickets.services.messages import Letter, receive, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    queue = make_desk(cast.sue)
    found = make_ticket(
        queue, cast.northwind, contact=cast.connie_contact, subject="Connie Contact cannot sign in", body="Connie here"
    )
    reply(by=cast.actor("sue"), ticket=found, body="Dear Connie Contact, try again", now=MONDAY)
    letter = Letter(channel="mail", quoted="On Monday connie@northwind.example wrote")
    receive(
        by=None, ticket=found, contact=cast.connie_contact, body="No", letter=letter, name="Connie Contact", now=MONDAY
    )
    change(by=cast.actor("sue"), ticket=found, values={"subject": "Sign-in of Connie Contact"}, now=MONDAY)
    Watcher.objects.create(ticket=found, organization=cast.northwind, contact=cast.connie_contact)
    # By mail, and before anybody knew that the address is hers.
    make_ticket(queue, requester=None, subject="From connie@northwind.example")
    Ticket.objects.filter(organization=None).update(requester_email="connie@northwind.example")
    return found


def everything() -> str:
    """All columns of all rows of tickets as one text."""
    texts = []
    with connection.cursor() as cursor:
        for table in ("ticket", "message", "ticketevent"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM tickets_{table} t")
            texts.append(cursor.fetchone()[0])
    return " ".join(texts)


def test_it_is_handed_out(cast: Cast, ticket: Ticket) -> None:
    found: dict[str, Any] = export_person(person=find_person("connie@northwind.example"), now=MONDAY)
    assert {row["subject"] for row in found["tickets"]} == {
        "Sign-in of Connie Contact",
        "From connie@northwind.example",
    }
    assert [row["body"] for row in found["ticket_messages"]] == ["Connie here", "No"]


def test_nothing_names_them_afterwards_and_the_ticket_stays(cast: Cast, ticket: Ticket) -> None:
    assert "Connie Contact" in everything()
    erase_person(person=find_person("connie@northwind.example"), reason="asked for in writing", now=MONDAY)
    left = everything().lower()
    assert "connie contact" not in left
    assert "connie@northwind.example" not in left
    ticket.refresh_from_db()
    assert ticket.subject == f"Sign-in of {NEUTRAL_NAME}"
    assert Message.objects.filter(ticket=ticket).count() == 3
    assert TicketEvent.objects.filter(ticket=ticket, kind="changed").get().changes["subject"] == [
        f"{NEUTRAL_NAME} cannot sign in",
        f"Sign-in of {NEUTRAL_NAME}",
    ]
    assert not Watcher.objects.exists()
