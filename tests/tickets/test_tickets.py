"""A ticket's life through its services: opened, answered, waiting, solved, reopened; its clocks follow."""

from datetime import timedelta
from typing import Any

import pytest

from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import Outbox
from common.outbox import deliver
from tests.cast import Cast
from tests.factories.partners import make_contact
from tests.factories.tickets import MONDAY, make_category, make_desk, make_ticket
from tickets.choices import FAR
from tickets.models import Message, Queue, SlaClock, SlaTimer, Ticket
from tickets.services.changes import change
from tickets.services.messages import Letter, note, receive, reply, send_scheduled, withdraw

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, urgency="high")


def clocks(ticket: Ticket) -> dict[str, SlaClock]:
    return {f"{clock.metric} {clock.cycle}": clock for clock in ticket.clocks.all()}


def test_it_is_opened_with_its_promise_and_its_clocks(cast: Cast, ticket: Ticket) -> None:
    assert ticket.priority == "high"
    assert ticket.sla_policy == "technical_account"
    assert ticket.sla_reason["passed"] == [["technical_escalation", "technical_escalation", ["true"], False]]
    first, resolution = clocks(ticket)["first_response 1"], clocks(ticket)["resolution 1"]
    assert (first.due_at, first.state) == (MONDAY + 4 * HOUR, "running")
    # 16 hours of the office: 7 on Monday, 8 on Tuesday, 1 on Wednesday.
    assert resolution.due_at == MONDAY + timedelta(days=2)
    assert (ticket.due_at, ticket.breaches_at) == (MONDAY + 4 * HOUR, MONDAY + 4 * HOUR)
    assert ticket.number >= 1001


def test_a_sender_whom_nobody_knows_gets_the_standard(desk: Queue) -> None:
    ticket = make_ticket(desk)
    assert (ticket.sla_policy, ticket.organization_id) == ("standard", None)
    # Eight hours of the office: seven on Monday, one on Tuesday.
    assert clocks(ticket)["first_response 1"].due_at == MONDAY + timedelta(days=1)


def test_one_that_we_open_has_no_first_response(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind, by=cast.sue, opened_by_us=True)
    assert list(clocks(ticket)) == ["resolution 1"]
    receive(by=None, ticket=ticket, contact=cast.connie_contact, body="Yes?", letter=Letter(), now=MONDAY + HOUR)
    assert clocks(ticket)["next_response 1"].started_at == MONDAY + HOUR


def test_a_reply_meets_the_first_response_and_a_note_does_not(cast: Cast, ticket: Ticket) -> None:
    note(by=cast.actor("sue"), ticket=ticket, body="Looks like the cache.", now=MONDAY + HOUR)
    assert clocks(ticket)["first_response 1"].state == "running"
    reply(by=cast.actor("sue"), ticket=ticket, body="On it.", now=MONDAY + 2 * HOUR)
    met = clocks(ticket)["first_response 1"]
    assert (met.state, met.stopped_at, met.elapsed_seconds) == ("met", MONDAY + 2 * HOUR, 7200)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.replies, ticket.waits_since) == ("open", 1, None)


def test_waiting_pauses_the_resolution_and_an_answer_resumes_it(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Which version?", status="pending", now=MONDAY + HOUR)
    paused = clocks(ticket)["resolution 1"]
    assert (paused.state, paused.due_at, paused.elapsed_seconds) == ("paused", None, 3600)
    ticket.refresh_from_db()
    assert (ticket.breaches_at, ticket.due_at) == (FAR, None)
    assert not SlaTimer.objects.filter(ticket=ticket, fire_at__isnull=False, fired_at__isnull=True).exists()
    receive(
        by=cast.actor("connie"),
        ticket=ticket,
        contact=cast.connie_contact,
        body="17.2",
        letter=Letter(channel="portal"),
        now=MONDAY + 3 * HOUR,
    )
    ticket.refresh_from_db()
    assert ticket.status == "open"
    # Two hours of the office were lost to waiting.
    assert clocks(ticket)["resolution 1"].due_at == MONDAY + timedelta(days=2, hours=2)
    assert clocks(ticket)["next_response 1"].due_at == MONDAY + 7 * HOUR


def test_solving_and_reopening(cast: Cast, ticket: Ticket) -> None:
    sue = cast.actor("sue")
    reply(by=sue, ticket=ticket, body="Done.", status="solved", now=MONDAY + HOUR)
    assert {clock.state for clock in ticket.clocks.all()} == {"met"}
    receive(
        by=None, ticket=ticket, contact=cast.connie_contact, body="Not fixed.", letter=Letter(), now=MONDAY + 2 * HOUR
    )
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened, ticket.solved_at, ticket.first_solved_at) == (
        "open",
        1,
        None,
        MONDAY + HOUR,
    )
    assert clocks(ticket)["resolution 1"].state == "running"


def test_an_automatic_answer_wakes_nobody(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Which version?", status="pending", now=MONDAY + HOUR)
    receive(
        by=None,
        ticket=ticket,
        contact=cast.connie_contact,
        body="I am on holiday.",
        letter=Letter(channel="mail", is_automatic=True),
        now=MONDAY + 2 * HOUR,
    )
    ticket.refresh_from_db()
    assert ticket.status == "pending"
    assert clocks(ticket)["resolution 1"].state == "paused"


def test_priority_by_hand_needs_a_reason_and_raises_the_promise(cast: Cast, ticket: Ticket) -> None:
    sue = cast.actor("sue")
    with pytest.raises(DomainError) as refused:
        change(by=sue, ticket=ticket, values={}, priority="critical", now=MONDAY + HOUR)
    assert refused.value.field == "priority_reason"
    change(
        by=sue, ticket=ticket, values={}, priority="critical", priority_reason="Production is down", now=MONDAY + HOUR
    )
    # One hour round the clock from the change on is earlier than the four hours of the office (R10).
    assert clocks(ticket)["first_response 1"].due_at == MONDAY + 2 * HOUR
    change(by=sue, ticket=ticket, values={"urgency": "low"}, now=MONDAY + HOUR)
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.priority_reason) == ("low", "")


def test_another_queue_brings_its_calendar(cast: Cast, ticket: Ticket) -> None:
    other = make_desk(cast.sven)
    change(by=cast.actor("sara"), ticket=ticket, values={"queue": other}, now=MONDAY + HOUR)
    (moved,) = ticket.events.filter(kind="changed")
    assert set(moved.changes) == {"queue", "sla"}
    assert clocks(ticket)["first_response 1"].state == "running"


def test_a_technical_escalation_is_solved_with_prevention(cast: Cast, ticket: Ticket) -> None:
    sue = cast.actor("sue")
    change(by=sue, ticket=ticket, values={"is_technical_escalation": True, "tier": 2}, now=MONDAY)
    ticket.refresh_from_db()
    assert (ticket.sla_policy, ticket.escalated_at) == ("technical_escalation", MONDAY)
    with pytest.raises(DomainError) as refused:
        change(by=sue, ticket=ticket, values={"status": "solved"}, now=MONDAY + HOUR)
    assert refused.value.field == "prevention"
    values = {"status": "solved", "prevention": "An alarm on the queue length"}
    change(by=sue, ticket=ticket, values=values, now=MONDAY + HOUR)
    ticket.refresh_from_db()
    assert ticket.solved_at == MONDAY + HOUR


def test_a_ticket_stays_with_its_organization(cast: Cast, ticket: Ticket) -> None:
    sara = cast.actor("sara")
    stranger = make_contact(cast.birch)
    for field, value in (("organization", cast.birch), ("organization", None), ("contact", stranger)):
        with pytest.raises(DomainError) as refused:
            change(by=sara, ticket=ticket, values={field: value}, now=MONDAY)
        assert refused.value.field == field
    colleague = make_contact(cast.northwind)
    change(by=sara, ticket=ticket, values={"contact": colleague}, now=MONDAY)
    ticket.refresh_from_db()
    assert (ticket.organization, ticket.contact) == (cast.northwind, colleague)


@pytest.mark.parametrize(
    ("before", "after"), [("solved", "new"), ("open", "closed"), ("open", "new"), ("pending", "nonsense")]
)
def test_a_status_that_does_not_follow_is_refused(cast: Cast, ticket: Ticket, before: str, after: str) -> None:
    sue = cast.actor("sue")
    change(by=sue, ticket=ticket, values={"status": before}, now=MONDAY)
    with pytest.raises(DomainError) as refused:
        change(by=sue, ticket=ticket, values={"status": after}, now=MONDAY)
    assert refused.value.field == "status"


def test_two_who_change_the_same_ticket(cast: Cast, ticket: Ticket) -> None:
    change(by=cast.actor("sue"), ticket=ticket, values={"urgency": "low"}, version=1, now=MONDAY)
    with pytest.raises(Conflict) as refused:
        change(by=cast.actor("sven"), ticket=ticket, values={"urgency": "medium"}, version=1, now=MONDAY)
    assert refused.value.current["urgency"] == "low"


def test_a_scheduled_reply_stops_no_clock_until_it_leaves(cast: Cast, ticket: Ticket) -> None:
    sue = cast.actor("sue")
    waiting = reply(by=sue, ticket=ticket, body="Soon.", send_at=MONDAY + 2 * HOUR, now=MONDAY)
    assert clocks(ticket)["first_response 1"].state == "running"
    assert send_scheduled(message_id=waiting.pk, now=MONDAY + HOUR) is None
    assert send_scheduled(message_id=waiting.pk, now=MONDAY + 2 * HOUR) is not None
    assert send_scheduled(message_id=waiting.pk, now=MONDAY + 2 * HOUR) is None
    assert clocks(ticket)["first_response 1"].stopped_at == MONDAY + 2 * HOUR
    assert ticket.events.filter(kind="reply").get().actor_id == cast.sue.pk


def test_a_reply_is_taken_back_before_it_leaves_by_its_author(cast: Cast, ticket: Ticket) -> None:
    waiting = reply(by=cast.actor("sue"), ticket=ticket, body="Wrong", send_at=MONDAY + HOUR, now=MONDAY)
    with pytest.raises(NotAllowed):
        withdraw(by=cast.actor("sven"), message=waiting, now=MONDAY)
    withdraw(by=cast.actor("sue"), message=waiting, now=MONDAY)
    assert send_scheduled(message_id=waiting.pk, now=MONDAY + 2 * HOUR) is None
    with pytest.raises(DomainError):
        withdraw(by=cast.actor("sue"), message=waiting, now=MONDAY)


@pytest.mark.parametrize("body", ["", "   ", "a\0b", "x" * 33_000], ids=["none", "space", "nul", "huge"])
def test_texts_that_are_refused(cast: Cast, ticket: Ticket, body: str) -> None:
    for write in (reply, note):
        with pytest.raises(DomainError):
            write(by=cast.actor("sue"), ticket=ticket, body=body, now=MONDAY)
    assert Message.objects.filter(ticket=ticket).count() == 1


SEERS = ["sue", "sven", "sara", "tom", "ana", "petra", "ines", "max", "adam", "lena", "connie"]


@pytest.mark.parametrize("name", [*SEERS, "otto", "olga", "sam", "nora", "carl", "paul"])
def test_who_sees_a_ticket_of_northwind(cast: Cast, ticket: Ticket, name: str) -> None:
    seen = Ticket.objects.visible_to(cast.actor(name)).filter(pk=ticket.pk).exists()
    assert seen is (name in SEERS)


def test_a_contact_sees_replies_and_never_a_note(cast: Cast, ticket: Ticket) -> None:
    note(by=cast.actor("sue"), ticket=ticket, body="Do not tell", now=MONDAY)
    reply(by=cast.actor("sue"), ticket=ticket, body="Later", send_at=MONDAY + HOUR, now=MONDAY)
    reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY)
    seen = Message.objects.visible_to(cast.actor("connie")).values_list("body", flat=True)
    assert list(seen) == ["Nothing happens when I press the button.", "Hello"]


@pytest.mark.parametrize(("name", "error"), [("otto", Missing), ("max", NotAllowed), ("ana", NotAllowed)])
def test_who_may_not_reply(cast: Cast, ticket: Ticket, name: str, error: type[DomainError]) -> None:
    with pytest.raises(error):
        reply(by=cast.actor(name), ticket=ticket, body="Hello", now=MONDAY)


def test_the_category_decides_with_the_others(cast: Cast, ticket: Ticket) -> None:
    changed: Any = change(by=cast.actor("sue"), ticket=ticket, values={"category": make_category()}, now=MONDAY)
    assert changed.sla_policy == "technical_account"
    assert not ticket.events.filter(changes__has_key="sla").exists()


def test_a_reply_that_waits_sets_its_status_when_it_leaves(cast: Cast, ticket: Ticket) -> None:
    leaves_at = MONDAY + HOUR
    message = reply(by=cast.actor("sue"), ticket=ticket, body="Done.", status="solved", send_at=leaves_at, now=MONDAY)
    ticket.refresh_from_db()
    assert (ticket.status, clocks(ticket)["first_response 1"].state) == ("new", "running")
    row = Outbox.objects.get(topic="tickets.send_reply")
    assert (row.available_at, row.payload) == (leaves_at, {"message_id": message.pk})
    assert deliver(outbox_id=row.pk, now=leaves_at)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at) == ("solved", leaves_at)
    assert clocks(ticket)["first_response 1"].state == "met"
