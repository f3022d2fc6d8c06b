"""Tickets that come with their past end as the use cases would have left them, one after the other."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Activity, Notification
from common.errors import DomainError
from common.models import Outbox
from partners.models import TimelineEntry
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_category, make_desk, make_ticket
from tickets.models import Message, Queue, SlaClock, SlaTimer, Ticket, TicketEvent
from tickets.services.changes import change
from tickets.services.histories import History, Step, write
from tickets.services.messages import Letter, note, receive, reply
from tickets.services.opening import Origin, Requester
from tickets.services.sweeping import fire_due

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = MONDAY + timedelta(days=2)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven)


def history(cast: Cast, desk: Queue, *steps: Step, **more: Any) -> History:
    asks = Requester(organization=cast.northwind, contact=cast.connie_contact)
    values = {"subject": "It does not work", "urgency": "high"}
    return History(requester=asks, queue=desk, values=values, body="Help", opened_at=MONDAY, steps=steps, **more)


def steps(cast: Cast, category: Any) -> list[Step]:
    sue, connie = cast.actor("sue"), cast.actor("connie")
    return [
        Step(at=MONDAY + HOUR, by=sue, says="Looks like the cache.", is_note=True),
        Step(at=MONDAY + 2 * HOUR, by=sue, says="Which version?", values={"status": "pending"}),
        Step(at=MONDAY + 4 * HOUR, by=connie, is_ours=False, says="17.2"),
        Step(at=MONDAY + 5 * HOUR, by=sue, values={"is_technical_escalation": True, "tier": 2, "category": category}),
        Step(at=MONDAY + 6 * HOUR, by=sue, says="Done.", values={"status": "solved"}),
        Step(at=MONDAY + 7 * HOUR, by=connie, is_ours=False, says="Not fixed."),
        Step(at=MONDAY + 8 * HOUR, by=sue, values={"impact": "high"}),
    ]


def by_hand(cast: Cast, desk: Queue, category: Any) -> Ticket:
    sue = cast.actor("sue")
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, urgency="high", body="Help")
    note(by=sue, ticket=ticket, body="Looks like the cache.", now=MONDAY + HOUR)
    reply(by=sue, ticket=ticket, body="Which version?", status="pending", now=MONDAY + 2 * HOUR)
    _receive(cast, ticket, "17.2", MONDAY + 4 * HOUR)
    values = {"is_technical_escalation": True, "tier": 2, "category": category}
    change(by=sue, ticket=ticket, values=values, now=MONDAY + 5 * HOUR)
    reply(by=sue, ticket=ticket, body="Done.", status="solved", now=MONDAY + 6 * HOUR)
    _receive(cast, ticket, "Not fixed.", MONDAY + 7 * HOUR)
    change(by=sue, ticket=ticket, values={"impact": "high"}, now=MONDAY + 8 * HOUR)
    ticket.refresh_from_db()
    return ticket


def _receive(cast: Cast, ticket: Ticket, body: str, at: Any) -> None:
    contact = cast.connie_contact
    receive(by=cast.actor("connie"), ticket=ticket, contact=contact, body=body, letter=Letter(), now=at)


OWN = {"id", "public_id", "number", "created_at", "updated_at", "channel", "requester_name", "requester_email"}
PARTS = {"id", "public_id", "ticket_id", "message_id", "clock_id", "channel"}


def test_it_ends_as_the_use_cases_leave_it(cast: Cast, desk: Queue) -> None:
    category = make_category()
    (written,) = write([history(cast, desk, *steps(cast, category))], now=MONDAY + 8 * HOUR)
    written.refresh_from_db()
    lived = by_hand(cast, desk, category)
    assert _of(written) == _of(lived)
    for model in (Message, SlaClock):
        assert _parts(model, written) == _parts(model, lived)
    assert _events(written) == _events(lived)
    assert _timers(written) == _timers(lived)
    # The trail and the story know of it; nobody was told, and nothing leaves the house.
    assert Activity.objects.filter(verb="ticket.opened", target_id=written.pk).count() == 1
    assert TimelineEntry.objects.filter(kind="ticket", target_id=written.pk).count() == 1


def _of(ticket: Ticket) -> dict[str, Any]:
    return {name: value for name, value in Ticket.objects.values().get(pk=ticket.pk).items() if name not in OWN}


def _parts(model: Any, ticket: Ticket) -> list[dict[str, Any]]:
    rows = model.objects.filter(ticket=ticket).order_by("pk").values()
    left_out = {*PARTS, "author_name", "contact_id", "opened_by_id", "author_id"}
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


def _events(ticket: Ticket) -> list[tuple[Any, ...]]:
    rows = TicketEvent.objects.filter(ticket=ticket).order_by("at", "pk")
    return [(event.at, event.kind, event.side, event.changes) for event in rows]


def _timers(ticket: Ticket) -> set[tuple[Any, ...]]:
    """When what is said. A step of which the hub knows that it was due is none of the lived ticket, which was swept."""
    rows = SlaTimer.objects.filter(ticket=ticket).values_list(
        "clock__metric", "clock__cycle", "kind", "step", "fire_at", "data__id"
    )
    return set(rows)


def test_what_was_due_in_the_past_is_not_said_now(cast: Cast, desk: Queue) -> None:
    write([history(cast, desk)], now=LATER)
    assert SlaTimer.objects.filter(fired_at__isnull=False).exists()
    before = Notification.objects.count()
    fire_due(now=LATER)
    assert Notification.objects.count() == before
    assert not Outbox.objects.exists()
    assert SlaClock.objects.get(metric="first_response").state == "breached"


def test_many_cost_no_more_statements_than_their_rows(cast: Cast, desk: Queue) -> None:
    write([history(cast, desk)], now=LATER)
    few, many = ([history(cast, desk, *steps(cast, None)[:4])] * count for count in (2, 40))
    # One look at the versions of its calendar a ticket.
    assert _statements(many) <= _statements(few) + 38


def _statements(histories: list[History]) -> int:
    with CaptureQueriesContext(connection) as counted:
        write(histories, now=LATER)
    return len(counted)


@pytest.mark.parametrize(
    "made",
    [
        [Step(at=MONDAY - HOUR, says="Before it was there")],
        [Step(at=MONDAY + 2 * HOUR, says="Second"), Step(at=MONDAY + HOUR, says="First")],
        [Step(at=LATER + HOUR, says="Tomorrow")],
        [Step(at=MONDAY + HOUR, values={"status": "closed"})],
        [Step(at=MONDAY + HOUR, values={"version": 7})],
        [
            Step(at=MONDAY + HOUR, values={"status": "solved"}),
            Step(at=MONDAY + 2 * HOUR, values={"status": "closed"}),
            Step(at=MONDAY + 3 * HOUR, says="Hello?", is_ours=False),
        ],
    ],
    ids=["before", "order", "future", "status", "field", "closed"],
)
def test_a_past_that_cannot_have_been_is_refused_and_nothing_written(cast: Cast, desk: Queue, made: list[Step]) -> None:
    with pytest.raises(DomainError):
        write([history(cast, desk), history(cast, desk, *made)], now=LATER)
    assert not Ticket.objects.exists()


def test_the_record_of_another_tool_is_kept(cast: Cast, desk: Queue) -> None:
    origin = Origin(channel="import", source="servicenow", key="INC001")
    (written,) = write([history(cast, desk, origin=origin)], now=LATER)
    assert (written.source, written.external_key, written.number >= 1001) == ("servicenow", "INC001", True)
