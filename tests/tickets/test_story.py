"""What the story of an organization tells of its tickets: each thing once, to those who read tickets, with the way."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Notification
from accounts.services.notifications import NoticeKind
from common import outbox
from common.models import Outbox
from partners.models import TimelineEntry
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets import notices
from tickets.models import Queue, Ticket
from tickets.services import story
from tickets.services.changes import change, change_by_rule
from tickets.services.escalating import escalate
from tickets.services.histories import History, Step, write
from tickets.services.messages import Letter, note, receive, reply
from tickets.services.opening import Requester
from tickets.services.sweeping import fire_due

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TOPICS = ("tickets.event_happened", "tickets.clocks_broke")
SUBJECT = "It does not work"


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, urgency="high")


def work(*, again: bool = False) -> None:
    """Do what waits in the outbox; with `again`, all of it once more."""
    rows = Outbox.objects.filter(topic__in=TOPICS)
    if again:
        rows.update(done_at=None)
    for row in rows.filter(done_at__isnull=True).order_by("pk"):
        assert outbox.deliver(outbox_id=row.pk, now=MONDAY)


def told(ticket: Ticket) -> list[tuple[str, str]]:
    rows = TimelineEntry.objects.filter(kind__startswith="ticket", organization=ticket.organization)
    return [
        (kind, title.replace(f"#{ticket.number}", "#"))
        for kind, title in rows.order_by("at", "pk").values_list("kind", "title")
    ]


def live(cast: Cast, ticket: Ticket) -> None:
    """All that may happen to a ticket, in nine hours of a Monday: an answer is due at two."""
    sue = cast.actor("sue")
    note(by=sue, ticket=ticket, body="Secret of the house", now=MONDAY + HOUR)
    receive(by=None, ticket=ticket, contact=None, body="Away", letter=Letter(is_automatic=True), now=MONDAY + HOUR)
    reply(by=sue, ticket=ticket, body="Which version?", now=MONDAY + 5 * HOUR)
    escalate(by=sue, ticket=ticket, reason="They lose orders", now=MONDAY + 6 * HOUR)
    reply(by=sue, ticket=ticket, body="Done", status="solved", now=MONDAY + 7 * HOUR)
    receive(by=None, ticket=ticket, contact=None, body="Not fixed", letter=Letter(), now=MONDAY + 8 * HOUR)
    change(by=sue, ticket=ticket, values={"tier": 2, "tags": ["x"]}, now=MONDAY + 9 * HOUR)


COURSE = [
    ("ticket", f"Ticket #: {SUBJECT}"),
    ("ticket_alarm", f"Promise broken, First response: # {SUBJECT}"),
    ("ticket_reply", f"We answered on #: {SUBJECT}"),
    ("ticket_alarm", f"Escalated: # {SUBJECT}"),
    ("ticket_reply", f"We answered on #: {SUBJECT}"),
    ("ticket", f"Solved: # {SUBJECT}"),
    ("ticket_reply", f"They wrote on #: {SUBJECT}"),
    ("ticket", f"Reopened: # {SUBJECT}"),
    ("ticket_alarm", f"Escalated: # {SUBJECT}"),
]


def test_everything_is_told_once_at_its_moment_and_notes_are_not(cast: Cast, ticket: Ticket) -> None:
    live(cast, ticket)
    for again in (False, True):
        work(again=again)
        assert told(ticket) == COURSE
    assert not TimelineEntry.objects.filter(body__contains="Secret").exists()
    alarm = TimelineEntry.objects.get(title__startswith="Promise broken")
    assert alarm.at == MONDAY + 4 * HOUR


def test_the_sweep_has_a_broken_promise_told_and_a_late_answer_does_not_tell_it_again(
    cast: Cast, ticket: Ticket
) -> None:
    fire_due(now=MONDAY + 4 * HOUR)
    work()
    assert not any(title.startswith("Promise broken") for _kind, title in told(ticket))
    fire_due(now=MONDAY + 4 * HOUR + timedelta(seconds=1))
    work()
    reply(by=cast.actor("sue"), ticket=ticket, body="Sorry", now=MONDAY + 5 * HOUR)
    work(again=True)
    broken = [title for _kind, title in told(ticket) if title.startswith("Promise broken")]
    assert broken == [f"Promise broken, First response: # {SUBJECT}"]
    # The steps of the policy are told as well: they are escalations.
    assert ("ticket_alarm", f"Escalated, First response: # {SUBJECT}") in told(ticket)


def test_owners_are_told_of_every_escalation(cast: Cast, ticket: Ticket) -> None:
    """By hand, by a tier that rises, by a rule that lets it rise, by the steps of the policy (sla.md R16)."""
    sue = cast.actor("sue")
    heard = Notification.objects.filter(user=cast.tom, kind="sla_escalations")
    escalate(by=sue, ticket=ticket, reason="They lose orders", now=MONDAY)
    assert heard.count() == 1
    change(by=sue, ticket=ticket, values={"tier": 2}, now=MONDAY)
    assert heard.count() == 2
    change_by_rule(ticket=ticket, values={"tier": 3}, rule="up", now=MONDAY)
    assert heard.count() == 3
    change(by=sue, ticket=ticket, values={"tier": 1}, now=MONDAY)
    assert heard.count() == 3
    fire_due(now=MONDAY + 30 * HOUR)
    assert heard.count() > 3


def test_everybody_tunes_every_kind_of_notice(cast: Cast) -> None:
    shown = body(cast.sue, "/notifications/preferences/")
    for value in vars(notices).values():
        if isinstance(value, NoticeKind):
            assert f'name="{value.key}"' in shown


def test_a_whole_past_is_told_by_its_ends(cast: Cast, desk: Queue) -> None:
    sue = cast.actor("sue")
    steps = [
        Step(at=MONDAY + HOUR, by=sue, says="Done", values={"status": "solved"}),
        Step(at=MONDAY + 2 * HOUR, is_ours=False, says="No"),
        Step(at=MONDAY + 3 * HOUR, by=sue, says="Now", values={"status": "solved"}),
    ]
    asks = Requester(organization=cast.northwind, contact=cast.connie_contact)
    history = History(requester=asks, queue=desk, values={"subject": SUBJECT}, body="?", opened_at=MONDAY, steps=steps)
    (ticket,) = write([history], now=MONDAY + 9 * HOUR)
    assert told(ticket) == [("ticket", f"Ticket #: {SUBJECT}"), ("ticket", f"Solved: # {SUBJECT}")]
    assert TimelineEntry.objects.get(title__startswith="Solved").at == MONDAY + 3 * HOUR
    assert not Outbox.objects.filter(topic__in=TOPICS).exists()


def test_mail_of_a_stranger_has_no_story(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk)
    reply(by=cast.actor("sue"), ticket=ticket, body="Who are you?", now=MONDAY + 9 * HOUR)
    work()
    assert not TimelineEntry.objects.filter(kind__startswith="ticket").exists()


def test_lines_lead_to_the_ticket_for_those_who_open_it_and_are_hidden_from_participants(
    cast: Cast, ticket: Ticket
) -> None:
    live(cast, ticket)
    work()
    page = f"/organizations/{cast.northwind.public_id}/timeline/"
    shown = {name: body(getattr(cast, name), page) for name in ("tom", "sam")}
    assert shown["tom"].count(f'<a href="/tickets/{ticket.number}/">') == len(COURSE)
    assert "Which version?" in shown["tom"]
    assert SUBJECT not in shown["sam"]
    alarms = body(cast.tom, f"{page}?kind=ticket_alarm")
    assert (alarms.count(">Escalated: #"), "They wrote" in alarms) == (2, False)


def body(user: object, path: str) -> str:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_long_reply_is_cut(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="x" * (story.MOST + 9), now=MONDAY + HOUR)
    work()
    assert TimelineEntry.objects.get(kind="ticket_reply").body == "x" * story.MOST + "…"
