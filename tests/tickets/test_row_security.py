"""The wall behind the desk: what the database itself shows of tickets, whatever a query forgets to filter."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from common.scope import Scope, scoped
from tests.cast import Cast
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import Message, SlaClock, SlaTimer, Ticket, TicketEvent
from tickets.scope import scope_of

pytestmark = pytest.mark.django_db
PARTS: tuple[Any, ...] = (Message, TicketEvent, SlaClock, SlaTimer)


@pytest.fixture
def tickets(cast: Cast) -> dict[str, Ticket]:
    """One of Northwind and one of nobody at Sue's desk, one of Birch at another."""
    ours, theirs = make_desk(cast.sue), make_desk(cast.sven)
    return {
        "northwind": make_ticket(ours, cast.northwind, contact=cast.connie_contact),
        "nobody": make_ticket(ours),
        "birch": make_ticket(theirs, cast.birch),
    }


EXPECTED = {
    "sue": {"northwind", "nobody"},
    "sven": {"birch"},
    "sara": {"northwind", "nobody", "birch"},
    "adam": {"northwind", "nobody", "birch"},
    "tom": {"northwind", "birch"},
    "carl": {"birch"},
    "ana": {"northwind"},
    "otto": set(),
    "nora": set(),
    "connie": {"northwind"},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_the_database_shows(cast: Cast, tickets: dict[str, Ticket], name: str) -> None:
    actor = cast.actor(name)
    with scoped(scope_of(actor)):
        shown = set(Ticket.objects.values_list("pk", flat=True))
        parts = [set(part.objects.values_list("ticket_id", flat=True)) for part in PARTS]
    wanted = {tickets[of].pk for of in EXPECTED[name]}
    assert shown == wanted
    assert parts == [wanted] * len(PARTS)


@pytest.mark.parametrize("name", EXPECTED)
def test_both_walls_agree(cast: Cast, tickets: dict[str, Ticket], name: str) -> None:
    actor = cast.actor(name)
    with scoped(scope_of(actor)):
        assert set(Ticket.objects.visible_to(actor)) == set(Ticket.objects.all())


@pytest.mark.parametrize(("name", "wanted"), [("sue", "Northwind"), ("sven", None), ("sara", "Northwind")])
def test_the_card_is_of_organizations_at_the_desk(
    cast: Cast, tickets: dict[str, Ticket], name: str, wanted: str | None
) -> None:
    with scoped(scope_of(cast.actor(name))), connection.cursor() as cursor:
        cursor.execute("SELECT tickets_card(%s) ->> 'name'", [cast.northwind.pk])
        assert cursor.fetchone() == (wanted,)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("sue", "Northwind"), ("sven", None), ("tom", "Northwind"), ("otto", None), ("adam", "Northwind")],
)
def test_a_name_is_read_by_whoever_sees_a_ticket(
    cast: Cast, tickets: dict[str, Ticket], name: str, wanted: str | None
) -> None:
    with scoped(scope_of(cast.actor(name))), connection.cursor() as cursor:
        cursor.execute("SELECT tickets_organization_name(%s)", [cast.northwind.pk])
        assert cursor.fetchone() == (wanted,)


def test_no_plan_that_is_kept_hangs_on_the_queues_of_whoever_asked_first() -> None:
    """SQL functions keep their plan for a connection: compared with the list of queues, it is made for those of one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE l.lanname = 'sql' AND p.prosrc LIKE '%= ANY (hub_desk_queue_ids())%'"
        )
        assert cursor.fetchall() == []


def test_nothing_is_written_for_a_ticket_out_of_reach(cast: Cast, tickets: dict[str, Ticket]) -> None:
    birch = tickets["birch"]
    with scoped(scope_of(cast.actor("sue"))):
        assert Ticket.objects.filter(pk=birch.pk).update(subject="Mine") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            TicketEvent.objects.create(
                ticket_id=birch.pk, organization_id=birch.organization_id, at=birch.opened_at, kind="note", side="agent"
            )


def test_events_are_added_to_only(cast: Cast, tickets: dict[str, Ticket]) -> None:
    for attempt in (lambda: TicketEvent.objects.update(kind="note"), lambda: TicketEvent.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            attempt()


def test_without_a_scope_there_are_no_tickets(tickets: dict[str, Ticket]) -> None:
    with scoped(Scope.none()):
        assert not Ticket.objects.exists()
