"""What was written on tickets is found within reach, lists are narrowed by words, who asks is found: from indexes."""

import pytest
from django.db import connections

from common.listing import ListQuery
from common.scope import scoped
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.lists import open_list
from tickets.models import Queue, Ticket
from tickets.scope import scope_of
from tickets.search import find
from tickets.selectors.requesters import find_askers
from tickets.services.messages import note, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Queue:
    """One ticket of Northwind on Sue's desk, one of Birch on another, with an answer and a note on the first."""
    desk = make_desk(cast.sue)
    ticket = make_ticket(desk, cast.northwind, subject="Printing fails", body="The Züricher warehouse stands still.")
    reply(by=cast.actor("sue"), ticket=ticket, body="Which _firmware_ do the printers run?", now=MONDAY)
    note(by=cast.actor("sue"), ticket=ticket, body="They never pay for maintenance.", now=MONDAY)
    make_ticket(make_desk(), cast.birch, subject="Invoice is wrong", body="Our warehouse was billed twice.")
    return desk


def found(cast: Cast, text: str, name: str = "sue") -> dict[str, str]:
    actor = cast.actor(name)
    with scoped(scope_of(actor)):
        return {one.title: one.words for one in find(actor, text, limit=10, kinds=("ticket",))}


@pytest.mark.parametrize(
    ("text", "name", "titles"),
    [
        ("zuricher", "sue", {"Printing fails"}),
        ("firmwar", "sue", {"Printing fails"}),
        ("maintenance", "tom", {"Printing fails"}),
        ("warehouse", "sue", {"Printing fails"}),
        ("warehouses", "sara", {"Printing fails", "Invoice is wrong"}),
        ("printing", "sue", {"Printing fails"}),
        ("warehouse firmware", "sue", set()),
        ("warehouse", "otto", set()),
        ("maintenance", "connie", set()),
    ],
)
def test_what_was_written_is_found_within_reach(
    cast: Cast, desk: Queue, text: str, name: str, titles: set[str]
) -> None:
    assert set(found(cast, text, name)) == titles


def test_what_fits_is_shown_and_a_subject_comes_first(cast: Cast, desk: Queue) -> None:
    assert "firmware" in found(cast, "firmware")["Printing fails"]
    make_ticket(desk, cast.northwind, subject="Firmware of the gate", body="Old.")
    assert list(found(cast, "firmware")) == ["Firmware of the gate", "Printing fails"]


@pytest.mark.parametrize("text", ["", "a", "\0", "&|!", "'; DROP", "x" * 300, "%%%", "a & b:*", "\\", "日本"])
def test_hostile_texts_find_nothing(cast: Cast, desk: Queue, text: str) -> None:
    assert found(cast, text) == {}
    assert listed(cast, "sara", text) in (
        set(),
        {"Printing fails", "Invoice is wrong"} if text in ("", "\0") else set(),
    )


def listed(cast: Cast, name: str, text: str, **more: str) -> set[str]:
    actor = cast.actor(name)
    query = ListQuery((("q", text), *more.items()))
    with scoped(scope_of(actor)):
        return {row["subject"] for row in open_list(actor, query, path="/", now=MONDAY).page.rows}


def test_lists_are_narrowed_by_words_of_subject_and_sender(cast: Cast, desk: Queue) -> None:
    for text, name, subjects in (
        ("RINTING", "sue", {"Printing fails"}),
        ("pr", "sue", {"Printing fails"}),
        ("casey@ex", "sue", {"Printing fails"}),
        ("casey@ex", "sara", {"Printing fails", "Invoice is wrong"}),
        ("invoice", "sue", set()),
        ("invoice", "sara", {"Invoice is wrong"}),
        ("100%", "sara", set()),
    ):
        assert listed(cast, name, text) == subjects, text
    Ticket.objects.filter(subject="Invoice is wrong").update(status="closed", solved_at=MONDAY)
    assert listed(cast, "sara", "invoice") == set()
    assert listed(cast, "sara", "invoice", status="any") == {"Invoice is wrong"}
    assert listed(cast, "sara", "invoice", status="solved") == set()


def test_a_common_word_is_ranked_among_the_newest(cast: Cast, desk: Queue) -> None:
    """What is common is looked at, not guessed: the same is found on either way."""
    ticket = Ticket.objects.get(subject="Printing fails")
    for place in range(110):
        note(by=cast.actor("sue"), ticket=ticket, body=f"The pelican {place} again.", now=MONDAY)
    rows = [make_ticket(desk, cast.northwind, subject=f"Pelican {place}") for place in range(12)]
    assert set(found(cast, "pelican")) <= {row.subject for row in rows} | {"Printing fails"}
    assert len(found(cast, "pelican")) == 10
    assert "pelican" in found(cast, "again", "tom")["Printing fails"]
    assert found(cast, "again", "otto") == {}
    assert len(listed(cast, "sue", "pelican")) == 12


def test_an_address_with_an_underscore_is_found(cast: Cast, desk: Queue) -> None:
    contact = cast.connie_contact
    contact.email = "con_nie@northwind.example"
    contact.save(update_fields=["email"])
    actor = cast.actor("sue")
    with scoped(scope_of(actor)):
        assert [one.name for one in find_askers(actor, "con_nie@northwind.example")] == [contact.name]
        assert find_askers(actor, "conXnie@northwind.example") == []


CONDITIONS = {
    "message_words": "SELECT FROM tickets_message m WHERE m.words @@ to_tsquery('simple', 'pelican:*')",
    "ticket_told_trigram": "SELECT FROM tickets_ticket t WHERE t.told LIKE '%pelican%'",
    "ticket_words": "SELECT FROM tickets_ticket t WHERE t.words @@ to_tsquery('simple', 'pelican:*')",
}


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("index", CONDITIONS)
def test_each_condition_is_read_from_its_index(index: str) -> None:
    """As the owner, whom the functions run as."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE proname IN %s", [_FUNCTIONS])
        condition = CONDITIONS[index].split("WHERE ")[1].split(" @@ ")[0].split(" LIKE ")[0]
        assert condition in cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {CONDITIONS[index]}".replace("%", "%%"), [])
        assert any(f"Index Scan on {index}" in line for (line,) in cursor.fetchall())


_FUNCTIONS = ("tickets_message_search", "tickets_matching", "tickets_search")
