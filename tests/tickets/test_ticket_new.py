"""A ticket by telephone: who asks is found within one's reach, similar tickets are shown, and it is opened once."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.factories.partners import make_contact, make_partner
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import Queue, Ticket

pytestmark = pytest.mark.django_db
TEXT = {"subject": "Printing fails", "body": "Since this morning.", "kind": "incident"}
LEVELS = {"impact": "medium", "urgency": "high"}


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven, is_default=True)


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def token_for(client: Client, text: str) -> str:
    askers = client.get("/tickets/new/", {"q": text}).context["askers"]
    return str(askers[0].token)


def names(cast: Cast, name: str, text: str) -> list[tuple[str, str]]:
    askers = client_of(cast, name).get("/tickets/new/", {"q": text}).context["askers"]
    return [(one.organization_name, one.name) for one in askers]


class TestFinding:
    def test_the_desk_finds_an_address_and_who_is_in_its_queues(self, cast: Cast, desk: Queue) -> None:
        assert names(cast, "sue", "northwind") == []
        assert names(cast, "sue", "connie@northwind.example") == [("Northwind", "Connie Contact")]
        assert names(cast, "sue", "CONNIE@northwind.example") == [("Northwind", "Connie Contact")]
        make_ticket(desk, cast.northwind)
        assert names(cast, "sue", "northwind") == [("Northwind", "Connie Contact")]
        assert names(cast, "sue", "birch") == []

    def test_others_find_what_they_open_and_managers_everybody(self, cast: Cast, desk: Queue) -> None:
        foreign = make_contact(make_partner("gate_3", name="Foreign"), email="fay@foreign.example", name="Fay")
        assert names(cast, "tom", "conn") == [("Northwind", "Connie Contact")]
        assert names(cast, "tom", foreign.email) == []
        assert names(cast, "sara", "foreign") == [("Foreign", "Fay")]

    def test_wildcards_are_letters(self, cast: Cast, desk: Queue) -> None:
        assert names(cast, "sara", "%%") == []
        assert names(cast, "sara", "__") == []

    def test_not_for_who_only_reads(self, cast: Cast, desk: Queue) -> None:
        for path in ("/tickets/new/", "/tickets/new/askers/?q=con", "/tickets/new/similar/?subject=print"):
            assert client_of(cast, "petra").get(path).status_code == 403
            assert client_of(cast, "connie").get(path).status_code == 404


class TestOpening:
    def test_by_telephone_for_a_contact(self, cast: Cast, desk: Queue) -> None:
        client = client_of(cast, "sue")
        token = token_for(client, "connie@northwind.example")
        answer = client.post("/tickets/new/", {**TEXT, **LEVELS, "asker": token, "tags": "Print, vip"})
        ticket = Ticket.objects.get()
        assert answer["Location"] == f"/tickets/{ticket.number}/"
        assert (ticket.contact, ticket.organization, ticket.channel) == (cast.connie_contact, cast.northwind, "phone")
        assert (ticket.queue, ticket.priority, ticket.tags) == (desk, "high", ["print", "vip"])
        assert (ticket.requester_name, ticket.opened_by) == ("Connie Contact", cast.sue)
        assert ticket.clocks.filter(metric="first_response").exists()
        assert client.get(answer["Location"]).status_code == 200

    def test_we_begin_and_owe_no_first_response(self, cast: Cast, desk: Queue) -> None:
        client = client_of(cast, "sue")
        token = token_for(client, "connie@northwind.example")
        sent = {**TEXT, **LEVELS, "asker": token, "opened_by_us": "on", "assignee": "sven@vendor.example"}
        client.post("/tickets/new/", sent)
        ticket = Ticket.objects.get()
        assert (ticket.opened_by_us, ticket.channel, ticket.assignee) == (True, "staff", cast.sven)
        assert not ticket.clocks.filter(metric="first_response").exists()

    def test_for_somebody_whom_nobody_knows(self, cast: Cast, desk: Queue) -> None:
        client = client_of(cast, "sue")
        assert client.post("/tickets/new/", {**TEXT, **LEVELS}).status_code == 422
        client.post("/tickets/new/", {**TEXT, **LEVELS, "name": "Zoe", "email": "zoe@nowhere.example"})
        ticket = Ticket.objects.get()
        assert (ticket.organization, ticket.requester_name) == (None, "Zoe")

    def test_a_token_of_somebody_else_names_nobody(self, cast: Cast, desk: Queue) -> None:
        token = token_for(client_of(cast, "sara"), "birch")
        client = client_of(cast, "sue")
        for wrong in (token, token[:-2], "nonsense"):
            client.post("/tickets/new/", {**TEXT, **LEVELS, "asker": wrong})
        assert not Ticket.objects.exists()

    def test_an_assignee_who_does_not_see_it_is_refused_and_nothing_is_opened(self, cast: Cast, desk: Queue) -> None:
        client = client_of(cast, "sue")
        sent: dict[str, Any] = {**TEXT, **LEVELS, "name": "Zoe", "assignee": "otto@vendor.example"}
        assert client.post("/tickets/new/", sent).status_code == 422
        assert not Ticket.objects.exists()


class TestSimilar:
    def test_they_are_shown_before_a_second_one_is_made(self, cast: Cast, desk: Queue) -> None:
        make_ticket(desk, cast.northwind, subject="Printing fails again")
        make_ticket(desk, cast.northwind, subject="Invoice is wrong")
        make_ticket(desk, cast.birch, subject="Printing fails")
        client = client_of(cast, "sue")
        token = token_for(client, "connie@northwind.example")
        sent = {**TEXT, **LEVELS, "asker": token}
        answer = client.post("/tickets/new/", sent)
        page = answer.content.decode()
        assert [one.subject for one in answer.context["similar"]] == ["Printing fails again"]
        assert "None of these: open a new one" in page
        assert Ticket.objects.count() == 3
        client.post("/tickets/new/", sent | {"sure": "1"})
        assert Ticket.objects.count() == 4

    def test_while_one_types(self, cast: Cast, desk: Queue) -> None:
        make_ticket(desk, subject="Printing fails")
        client = client_of(cast, "sue")
        for email, expected in (("casey@example.com", True), ("other@example.com", False), ("", False)):
            page = client.get("/tickets/new/similar/", {"subject": "Printing fail", "email": email}).content.decode()
            assert ("They have asked much the same" in page) is expected


def test_without_a_default_queue_it_is_said(cast: Cast) -> None:
    make_desk(cast.sue)
    answer = client_of(cast, "sue").post("/tickets/new/", {**TEXT, **LEVELS, "name": "Zoe"})
    assert answer.status_code == 422
    assert "No queue takes tickets yet." in answer.content.decode()
