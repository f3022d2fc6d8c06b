"""Replies leave as mails: to one person each, with a signed token, and never what is internal."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from common import outbox
from common.models import Outbox
from tests.cast import Cast
from tests.factories.accounts import take_role
from tests.factories.partners import make_contact
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.choices import Channel
from tickets.models import Queue, Ticket, Watcher
from tickets.rules import reply_tokens
from tickets.rules.reply_tokens import ReplyToken
from tickets.services import mail_out
from tickets.services.attachments import attach
from tickets.services.intake import take_in
from tickets.services.messages import Letter, note, receive, reply, withdraw
from tickets.services.opening import Requester

HOUR = timedelta(hours=1)
KEYS = (b"old key", b"new key")


@given(number=st.integers(0, 10**12), contact_id=st.integers(0, 10**12), around=st.sampled_from(["{}", "a+{}@b.c"]))
def test_a_token_is_found_again(number: int, contact_id: int, around: str) -> None:
    token = ReplyToken(number=number, contact_id=contact_id)
    text = around.format(reply_tokens.write(token, key=KEYS[1]))
    assert reply_tokens.find([text.upper()], keys=KEYS) == token
    assert reply_tokens.find([text], keys=[b"another"]) is None


@pytest.mark.parametrize(
    "change", [lambda text: text.replace("rrt-", "rru-"), lambda text: text[:-1] + "2", lambda text: "x" + text]
)
def test_a_token_that_was_changed_names_nothing(change: Any) -> None:
    text = reply_tokens.write(ReplyToken(number=1001, contact_id=7), key=b"k")
    assert text.startswith("rrt-7-")
    assert reply_tokens.find([text], keys=[b"k"]) is not None
    changed = change(text)
    assert changed != text
    assert reply_tokens.find([changed], keys=[b"k"]) is None


def test_one_among_forged_ones_is_found_and_a_flood_is_not_read_on() -> None:
    forged, real = f"r1-1-{'a' * 20} ", reply_tokens.write(ReplyToken(number=5, contact_id=1), key=b"k")
    assert reply_tokens.find([forged * 5 + real], keys=[b"k"]) is not None
    assert reply_tokens.find([forged * 500 + real], keys=[b"k"]) is None


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = "https://hub.example"
    settings.BRAND_NAME = "Acme"


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, address="help@acme.example", is_default=True)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject="Orders are lost")


def delivered() -> list[Any]:
    """Do what waits in the outbox; the mails that left by it."""
    mail.outbox.clear()
    for row in Outbox.objects.filter(done_at__isnull=True, topic__endswith="_mail"):
        assert outbox.deliver(outbox_id=row.pk, now=MONDAY)
    return list(mail.outbox)


@pytest.mark.django_db
def test_a_reply_reaches_the_contact_with_a_way_back(cast: Cast, ticket: Ticket) -> None:
    letter = Letter(channel="mail", mail_id="first@northwind.example")
    receive(by=None, ticket=ticket, contact=cast.connie_contact, body="And?", letter=letter, now=MONDAY)
    message = reply(by=cast.actor("sue"), ticket=ticket, body="We **found** it <b>", now=MONDAY + HOUR)
    (sent,) = delivered()
    token = mail_out.token_of(ticket, cast.connie_contact.pk)
    assert (sent.to, sent.cc, sent.bcc) == (["connie@northwind.example"], [], [])
    assert sent.subject == f"Re: Orders are lost [#{ticket.number}]"
    assert sent.from_email == "Acme <help@acme.example>"
    assert sent.reply_to == [f"help+{token}@acme.example"]
    assert sent.extra_headers["Message-ID"] == f"<{token}.{message.public_id}@hub.example>"
    assert sent.extra_headers["In-Reply-To"] == "<first@northwind.example>"
    assert "<first@northwind.example>" in sent.extra_headers["References"]
    assert "Auto-Submitted" not in sent.extra_headers
    assert "We **found** it <b>" in sent.body
    assert f"https://hub.example/portal/tickets/{ticket.number}/" in sent.body
    html = sent.alternatives[0][0]
    assert "<strong>found</strong> it &lt;b&gt;" in html
    assert mail_out.read_token(sent.reply_to[0]) == ReplyToken(number=ticket.number, contact_id=cast.connie_contact.pk)


@pytest.mark.django_db
def test_everybody_outside_who_follows_gets_a_mail_of_their_own(cast: Cast, ticket: Ticket) -> None:
    casey = make_contact(cast.northwind, name="Casey", email="casey@northwind.example")
    gone = make_contact(cast.northwind, name="Gone", email="gone@northwind.example", archived_at=MONDAY)
    for contact in (casey, gone):
        Watcher.objects.create(organization=cast.northwind, ticket=ticket, contact=contact)
    Watcher.objects.create(organization=cast.northwind, ticket=ticket, user=cast.tom)
    reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY)
    sent = delivered()
    assert [letter.to for letter in sent] == [["connie@northwind.example"], ["casey@northwind.example"]]
    assert "connie" not in str(sent[1].message()).lower()
    assert sent[0].reply_to != sent[1].reply_to


@pytest.mark.django_db
def test_a_stranger_is_answered_at_the_address_of_the_mail(desk: Queue, cast: Cast) -> None:
    ticket = make_ticket(desk)
    reply(by=cast.actor("sue"), ticket=ticket, body="Who are you?", now=MONDAY)
    (sent,) = delivered()
    assert sent.to == ["casey@example.com"]
    assert "/portal/" not in sent.body


@pytest.mark.django_db
def test_notes_and_what_waits_or_was_taken_back_do_not_leave(cast: Cast, ticket: Ticket) -> None:
    sue = cast.actor("sue")
    note(by=sue, ticket=ticket, body="Inner", now=MONDAY)
    withdraw(by=sue, message=reply(by=sue, ticket=ticket, body="No", send_at=MONDAY + HOUR, now=MONDAY), now=MONDAY)
    reply(by=sue, ticket=ticket, body="Later", send_at=MONDAY + HOUR, now=MONDAY)
    assert delivered() == []


@pytest.mark.django_db
def test_the_right_is_asked_when_the_mail_leaves(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY)
    take_role(cast.sue, "support")
    assert delivered() == []


@pytest.mark.django_db
def test_who_is_no_contact_any_more_gets_nothing(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY)
    cast.connie_contact.archived_at = MONDAY
    cast.connie_contact.save(update_fields=["archived_at"])
    assert delivered() == []


@pytest.mark.django_db
def test_files_go_with_the_mail(cast: Cast, ticket: Ticket) -> None:
    message = reply(by=cast.actor("sue"), ticket=ticket, body="See here", now=MONDAY)
    attach(message=message, files=[SimpleUploadedFile("steps.txt", b"One, two")], user_id=cast.sue.pk)
    (sent,) = delivered()
    assert sent.attachments[0].filename == "steps.txt"


def opened(requester: Requester, *, channel: str = Channel.MAIL, minutes: int = 0) -> Ticket:
    now = MONDAY + timedelta(minutes=minutes)
    return take_in(by=None, requester=requester, values={"subject": "Help"}, body="!", channel=channel, now=now)


@pytest.mark.django_db
def test_a_ticket_that_came_in_is_acknowledged_by_a_machine(desk: Queue) -> None:
    ticket = opened(Requester(name="Ann", email="ann@else.example"))
    (sent,) = delivered()
    assert sent.to == ["ann@else.example"]
    assert f"#{ticket.number}" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-replied"
    assert sent.extra_headers["X-Auto-Response-Suppress"] == "All"


@pytest.mark.django_db
def test_a_flood_is_acknowledged_a_few_times(desk: Queue) -> None:
    for minute in range(12):
        opened(Requester(name="Ann", email="ann@else.example"), minutes=minute)
    assert len(delivered()) == mail_out.MOST_RECEIPTS
    opened(Requester(name="Ann", email="ann@else.example"), minutes=90)
    assert len(delivered()) == 1


@pytest.mark.django_db
def test_what_a_tool_brought_in_is_not_acknowledged(desk: Queue) -> None:
    opened(Requester(name="Ann", email="ann@else.example"), channel=Channel.API)
    assert delivered() == []


@pytest.mark.django_db
def test_a_name_or_subject_makes_no_header(cast: Cast, desk: Queue) -> None:
    desk.address = "help@acme.example"
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject="A\nBcc: all@evil.example")
    letter = Letter(channel="mail", mail_id="x\r\nBcc: all@evil.example")
    receive(by=None, ticket=ticket, contact=cast.connie_contact, body="?", letter=letter, now=MONDAY)
    reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY)
    (sent,) = delivered()
    assert "\nBcc" not in str(sent.message())
