"""The explainer answers for tickets by their number, from the one policy, and tells a stranger nothing."""

import pytest
from django.test import Client

from common.models import ImportRun, StoredFile
from common.scope import Scope, set_scope
from hub.explainer import explain
from hub.explanations import Answer
from hub.ticket_explainer import number_in
from tests.cast import Cast
from tests.factories.partners import make_partner
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Queue, Ticket
from tickets.scope import scope_of
from tickets.services.changes import change
from tickets.services.merging import merge

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("#1001", 1001),
        (" # 1001 ", 1001),
        ("1001", 1001),
        ("/tickets/1001/", 1001),
        ("https://hub.example/tickets/1001/?list=queue", 1001),
        ("/organizations/3/tickets/1001/", 1001),
        ("Northwind 1001", None),
        ("/tickets/", None),
        ("#", None),
        ("٣", None),
        ("1" * 15, None),
    ],
)
def test_what_is_taken_as_the_number_of_a_ticket(query: str, number: int | None) -> None:
    assert number_in(query) == number


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, name="Support")


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, subject="Orders are lost")


def asked(cast: Cast, person: str, query: str | int) -> Answer:
    """Ask as a request would: inside the asker's own scope."""
    actor = cast.actor(person)
    set_scope(scope_of(actor))
    answer = explain(actor, str(query), now=MONDAY)
    set_scope(Scope.all())
    return answer


def words(answer: Answer) -> str:
    return " ".join(answer.sentences)


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("tom", "You are TAM of Northwind, which is in Gate 3"),
        ("lena", "You lead Tom Okafor"),
        ("max", "you see every organization"),
        ("sue", "It is in the queue Support, which a team of yours serves."),
        ("sara", "You see the tickets of all queues."),
    ],
)
def test_why_yes(cast: Cast, ticket: Ticket, person: str, said: str) -> None:
    answer = asked(cast, person, f"#{ticket.number}")
    assert said in words(answer)
    assert "It belongs to Northwind. Its status is “New”, its queue is Support." in words(answer)
    assert (answer.is_seen, answer.url) == (True, f"/tickets/{ticket.number}/")


def test_foreign_and_unknown_numbers_get_the_same_answer(cast: Cast, ticket: Ticket) -> None:
    stranger = make_ticket(make_desk(cast.sara, name="Secret"), subject="Of nobody we know")
    for person in ("otto", "sven", "olga"):
        answers = {asked(cast, person, number) for number in (ticket.number, stranger.number, 99_999_999)}
        assert len(answers) == 1
        answer = answers.pop()
        assert (answer.is_seen, answer.is_known, answer.name) == (False, False, "")
        for secret in ("Northwind", "Secret", "Orders", "Support,"):
            assert secret not in words(answer)


def test_a_part_in_the_organization_says_why_its_ticket_is_closed(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    early = make_partner("gate_2", name="Early Harbor", owners={"tam": cast.tom})
    closed = make_ticket(desk, early, subject="Not for Tom yet")
    answer = asked(cast, "tom", closed.number)
    assert (answer.is_seen, answer.is_known) == (False, True)
    assert "it is in Gate 2; a TAM sees a partner from Gate 3 on." in words(answer)
    assert "Its status is “New”, its queue is Support." in words(answer)
    assert "Not for Tom yet" not in answer.name + words(answer)
    summary = asked(cast, "sam", ticket.number)
    assert summary.url == ""
    assert "Its tickets are for those who open it in full" in words(summary)
    assert "status" not in words(summary)


def test_a_sender_whom_nobody_knows_and_a_ticket_that_was_merged(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    stray = make_ticket(desk)
    assert "belongs to no organization" in words(asked(cast, "sue", stray.number))
    merge(by=cast.actor("sue"), source=stray, target=ticket, now=MONDAY)
    assert f"It was merged into #{ticket.number}" in words(asked(cast, "sue", stray.number))


def test_the_present_queue_counts(cast: Cast, ticket: Ticket) -> None:
    change(by=cast.actor("sara"), ticket=ticket, values={"queue": make_desk(cast.sven)}, now=MONDAY)
    assert asked(cast, "sue", ticket.number) == asked(cast, "sue", 99_999_999)


def test_when_another_system_was_read_last(cast: Cast, ticket: Ticket) -> None:
    assert "No tickets have been brought in" in words(asked(cast, "otto", 7))
    file = StoredFile.objects.create(path="x", original_name="x.csv", content_type="text/csv", size=1, sha256="0")
    ImportRun.objects.create(kind="tickets_zendesk", file=file, state="done", finished_at=MONDAY, rows_rejected=3)
    assert "brought in from another system on 2 March 2026" in words(asked(cast, "otto", 7))
    assert "3 rows were rejected" not in words(asked(cast, "otto", 7))
    assert "3 rows were rejected then." in words(asked(cast, "sara", ticket.number))


def test_an_organization_may_be_called_by_a_number(cast: Cast, ticket: Ticket) -> None:
    make_partner("gate_3", name=str(ticket.number), owners={"tam": cast.tom})
    assert "You are TAM of" in words(asked(cast, "tom", ticket.number))
    assert asked(cast, "tom", f"#{ticket.number}").url == f"/tickets/{ticket.number}/"


def test_the_page_and_the_api(cast: Cast, ticket: Ticket) -> None:
    client = Client()
    client.force_login(cast.adam)
    page = client.get("/why/", {"q": f"#{ticket.number}"}).content.decode()
    assert f'href="/tickets/{ticket.number}/">Open</a>' in page
    other = client.get("/why/", {"q": f"#{ticket.number}", "person": cast.sue.pk}).content.decode()
    assert "which a team of Sue Tanaka serves" in other
    found = client.get("/api/v1/explain/", {"q": f"#{ticket.number}"}).json()
    assert (found["is_seen"], found["id"]) == (True, str(ticket.public_id))
