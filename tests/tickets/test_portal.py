"""Tickets in the portal: a contact asks, reads, answers and reopens; never a note, a policy, or somebody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from common.models import StoredFile
from partners.models import Contact
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.factories.partners import make_contact
from tests.factories.tickets import MONDAY, make_category, make_desk, make_ticket
from tickets.models import Attachment, Queue, Ticket
from tickets.services.changes import change
from tickets.services.messages import note, reply

pytestmark = pytest.mark.django_db
URL = "/portal/tickets/"
HOUR = timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, is_default=True)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject="Orders are lost")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(**changes: Any) -> dict[str, Any]:
    body = "I press **Send** and nothing happens."
    return {"subject": "No orders", "impact": "high", "urgency": "high", "body": body, **changes}


def test_connie_asks_with_a_file(cast: Cast, desk: Queue) -> None:
    category = make_category(name="Ordering")
    make_category(name="Only for us", in_portal=False)
    client = signed_in(cast.connie)
    form = client.get(f"{URL}new/").content.decode()
    assert "Ordering" in form
    assert "Only for us" not in form
    file = SimpleUploadedFile("screen.exe", PNG)
    answer = client.post(f"{URL}new/", asked(category=category.public_id, attached=file))
    made = Ticket.objects.get()
    assert answer["Location"] == f"{URL}{made.number}/"
    assert (made.priority, made.channel, made.queue, made.category) == ("critical", "portal", desk, category)
    assert (made.organization, made.contact, made.opened_by) == (cast.northwind, cast.connie_contact, cast.connie)
    assert made.clocks.filter(metric="first_response", state="running").exists()
    attachment = Attachment.objects.get()
    assert (attachment.file.original_name, attachment.file.content_type) == ("screen.png", "image/png")
    page = client.get(answer["Location"]).content.decode()
    assert "<strong>Send</strong>" in page
    assert f"/tickets/files/{attachment.public_id}/" in page
    loaded = client.get(f"/tickets/files/{attachment.public_id}/")
    assert loaded.content == PNG
    assert loaded["Content-Disposition"].startswith("attachment")


def test_the_form_sent_twice_makes_one_ticket(cast: Cast, desk: Queue) -> None:
    client = signed_in(cast.connie)
    sent = asked(sent_key="0c1f6a3e-9d0a-4b53-9f6e-0a9b8c7d6e5f")
    first, second = client.post(f"{URL}new/", sent), client.post(f"{URL}new/", sent)
    assert Ticket.objects.count() == 1
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"body": "  "},
        {"body": "a\0b"},
        {"body": "x" * 33_000},
        {"impact": "boundless"},
        {"category": "9"},
        {"attached": SimpleUploadedFile("virus.png", b"MZ\x90\0\x03\0")},
    ],
    ids=["no subject", "no text", "NUL", "huge", "impact", "category", "program"],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(cast: Cast, desk: Queue, wrong: dict[str, Any]) -> None:
    make_category()
    answer = signed_in(cast.connie).post(f"{URL}new/", asked(**wrong))
    assert answer.status_code == 422
    assert (Ticket.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_without_a_queue_it_is_said(cast: Cast) -> None:
    answer = signed_in(cast.connie).post(f"{URL}new/", asked())
    assert answer.status_code == 422
    assert "No queue takes tickets yet" in answer.content.decode()


def test_connie_reads_replies_and_the_strip_and_nothing_internal(cast: Cast, ticket: Ticket) -> None:
    note(by=cast.actor("sue"), ticket=ticket, body="They always forget the cable", now=MONDAY + HOUR)
    reply(by=cast.actor("sue"), ticket=ticket, body="Which version?", status="pending", now=MONDAY + 2 * HOUR)
    reply(by=cast.actor("sue"), ticket=ticket, body="Not yet", send_at=timezone.now() + HOUR, now=MONDAY + 2 * HOUR)
    page = signed_in(cast.connie).get(f"{URL}{ticket.number}/").content.decode()
    for words in ("Which version?", "Sue Tanaka", "Your answer is needed", "First response", "Kept", "Counted"):
        assert words in page
    internal = ("They always forget", "Not yet", "technical_account", ticket.queue.name, "owner_role")
    assert [words for words in internal if words in page] == []


def test_an_answer_opens_a_waiting_ticket_again(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Which version?", status="pending", now=MONDAY + HOUR)
    answer = signed_in(cast.connie).post(f"{URL}{ticket.number}/", {"body": "17.2"})
    assert answer["Location"] == f"{URL}{ticket.number}/"
    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert ticket.messages.last().body == "17.2"


def test_not_fixed_opens_a_solved_ticket_again(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Done.", status="solved", now=MONDAY + HOUR)
    client = signed_in(cast.connie)
    assert "Not fixed, open it again" in client.get(f"{URL}{ticket.number}/").content.decode()
    client.post(f"{URL}{ticket.number}/", {"body": "Still lost"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened) == ("open", 1)


def test_a_closed_ticket_is_followed_by_another(cast: Cast, ticket: Ticket) -> None:
    for status in ("solved", "closed"):
        change(by=cast.actor("sue"), ticket=ticket, values={"status": status}, now=MONDAY + HOUR)
    client = signed_in(cast.connie)
    assert client.post(f"{URL}{ticket.number}/", {"body": "Again"}).status_code == 422
    form = client.get(f"{URL}new/?follows={ticket.number}").content.decode()
    assert "Orders are lost" in form
    client.post(f"{URL}new/?follows={ticket.number}", asked())
    assert Ticket.objects.get(follows=ticket).status == "new"


def test_own_tickets_or_those_of_everybody(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    casey_user = make_user(name="Casey", email="casey@northwind.example", audience="contact")
    casey = make_contact(cast.northwind, name="Casey", email="casey@northwind.example", user=casey_user)
    of_casey = make_ticket(desk, cast.northwind, contact=casey, subject="Of Casey alone")
    connie = signed_in(cast.connie)
    assert "Of Casey alone" not in connie.get(URL).content.decode()
    assert connie.get(f"{URL}{of_casey.number}/").status_code == 404
    Contact.objects.filter(pk=cast.connie_contact.pk).update(is_ticket_manager=True)
    page = connie.get(URL).content.decode()
    assert "Of Casey alone" in page
    assert "Orders are lost" in page
    assert "Of Casey alone" not in connie.get(f"{URL}?whose=mine").content.decode()
    assert connie.get(f"{URL}{of_casey.number}/").status_code == 200


def test_foreign_tickets_and_inner_ones_do_not_exist(cast: Cast, desk: Queue) -> None:
    Contact.objects.filter(pk=cast.connie_contact.pk).update(is_ticket_manager=True)
    foreign = make_ticket(desk, cast.birch, subject="Of Birch")
    inner = make_ticket(desk, cast.northwind, by=cast.sue, is_internal=True, opened_by_us=True, subject="About them")
    client = signed_in(cast.connie)
    for number in (foreign.number, inner.number, 10**14, 10**30):
        assert client.get(f"{URL}{number}/").status_code == 404
        assert client.post(f"{URL}{number}/", {"body": "Hello"}).status_code == 404
    page = client.get(URL).content.decode()
    assert "Of Birch" not in page
    assert "About them" not in page


def test_files_of_notes_stay_inside(cast: Cast, ticket: Ticket) -> None:
    left = note(by=cast.actor("sue"), ticket=ticket, body="See the log", now=MONDAY)
    stored = StoredFile.objects.create(path="x", original_name="log.txt", size=1, organization_id=cast.northwind.pk)
    file = Attachment.objects.create(organization=cast.northwind, ticket=ticket, message=left, file=stored)
    assert signed_in(cast.connie).get(f"/tickets/files/{file.public_id}/").status_code == 404


@pytest.mark.parametrize("name", ["sue", "adam", "tom"])
def test_the_portal_is_not_for_colleagues(cast: Cast, ticket: Ticket, name: str) -> None:
    assert signed_in(getattr(cast, name)).get(f"{URL}{ticket.number}/").status_code == 404


def test_lists_take_as_many_statements_for_many_as_for_few(
    cast: Cast, desk: Queue, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.connie)
    for number in range(30):
        make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject=f"Number {number}")
    with django_assert_max_num_queries(14):
        first = client.get(URL).content.decode()
    assert "Number 29" in first
    assert "Number 0<" not in first


def test_the_home_of_the_portal_shows_what_waits(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Which version?", status="pending", now=MONDAY + HOUR)
    page = signed_in(cast.connie).get("/portal/").content.decode()
    assert "Orders are lost" in page
    assert "Your answer is needed" in page
