"""Mails become messages by a signed token alone, tickets otherwise; machines, loops, floods and repeats do nothing."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import connection

from common import outbox
from common.models import Outbox, StoredFile
from tests.cast import Cast
from tests.factories.partners import make_contact
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tests.tickets.mails import answer_address, file_part, mixed, plain
from tickets.models import IncomingMail, Message, Queue, Ticket
from tickets.services import mail_out
from tickets.services.changes import change
from tickets.services.mail_intake import Envelope, take
from tickets.services.messages import reply

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
CONNIE = "Connie <connie@northwind.example>"


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.SITE_URL = "https://hub.example"
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, address="help@acme.example")


@pytest.fixture(autouse=True)
def other(cast: Cast) -> Queue:
    return make_desk(cast.sven, is_default=True)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject="Orders are lost")


def taken(raw: bytes, *, minutes: int = 0, **options: Any) -> IncomingMail:
    return take(raw, now=MONDAY + timedelta(minutes=minutes), **options)


def answered(cast: Cast, ticket: Ticket, body: str = "It is 17.2", **options: Any) -> bytes:
    return plain(body, **{"sender": CONNIE, "to": answer_address(cast, ticket), **options})


def test_an_answer_joins_by_the_token_in_its_address(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Which version?", status="pending", now=MONDAY)
    body = "It is 17.2\n\nOn Mon, 2 Mar 2026 at 10:00, Acme <help@acme.example> wrote:\n> Which version?"
    found = taken(answered(cast, ticket, body, key="k1@northwind.example"), minutes=5)
    assert (found.state, found.ticket) == ("added", ticket)
    message = Message.objects.get(mail_id="k1@northwind.example")
    assert (message.body, message.contact, message.channel) == ("It is 17.2", cast.connie_contact, "mail")
    assert message.quoted.endswith("> Which version?")
    ticket.refresh_from_db()
    assert ticket.status == "open"


@pytest.mark.parametrize("place", ["In_Reply_To", "References", "subject", "body", "envelope"])
def test_the_token_may_stand_elsewhere(cast: Cast, ticket: Ticket, place: str) -> None:
    token = mail_out.token_of(ticket, cast.connie_contact.pk)
    envelope = Envelope(sender="connie@northwind.example", recipients=[f"help+{token}@acme.example"])
    raw = {
        "In_Reply_To": plain(sender=CONNIE, In_Reply_To=f"<{token}.x@hub.example>"),
        "References": plain(sender=CONNIE, References=f"<a@b> <{token}.x@hub.example>"),
        "subject": plain(sender=CONNIE, subject=f"Re: Help {token}"),
        "body": plain(f"Yes\n\n[ref:{token}]", sender=CONNIE),
        "envelope": plain(sender=CONNIE),
    }[place]
    assert taken(raw, envelope=envelope if place == "envelope" else None).ticket == ticket


def test_from_authorizes_nothing(cast: Cast, ticket: Ticket) -> None:
    for subject in (f"Re: Orders are lost [#{ticket.number}]", f"Re: #{ticket.number}"):
        found = taken(plain("Close it", sender=CONNIE, subject=subject))
        assert found.ticket != ticket
    assert ticket.messages.count() == 1


def test_a_token_that_was_changed_joins_nothing(cast: Cast, ticket: Ticket) -> None:
    token = mail_out.token_of(ticket, cast.connie_contact.pk)
    head, mac = token.rsplit("-", 1)
    for forged in (f"{head}-{mac[::-1]}", f"{head}0-{mac}", token[:-1]):
        assert taken(plain(to=f"help+{forged}@acme.example")).ticket != ticket


def test_a_token_of_somebody_who_is_no_contact_any_more_joins_nothing(cast: Cast, ticket: Ticket) -> None:
    raw = answered(cast, ticket)
    cast.connie_contact.archived_at = MONDAY
    cast.connie_contact.save(update_fields=["archived_at"])
    assert taken(raw).ticket != ticket


def test_a_token_for_an_inner_ticket_joins_nothing(cast: Cast, desk: Queue) -> None:
    inner = make_ticket(desk, cast.northwind, by=cast.sue, is_internal=True, opened_by_us=True)
    found = taken(answered(cast, inner))
    assert found.ticket != inner
    assert inner.messages.count() == 1


def test_somebody_else_with_the_token_is_named(cast: Cast, ticket: Ticket) -> None:
    found = taken(answered(cast, ticket, sender="Boss <boss@northwind.example>"))
    assert found.message is not None
    assert (found.message.contact, found.message.author_name) == (None, "Boss <boss@northwind.example>")


def test_a_known_address_opens_a_ticket_of_its_organization(cast: Cast, desk: Queue) -> None:
    found = taken(plain("Nothing works", sender=CONNIE.upper(), subject="Re: Help!", key="k2@northwind.example"))
    made = found.ticket
    assert made is not None
    assert (found.state, made.organization, made.contact) == ("opened", cast.northwind, cast.connie_contact)
    assert (made.queue, made.subject, made.channel) == (desk, "Help!", "mail")
    assert made.clocks.filter(metric="first_response").exists()


def test_an_address_of_two_organizations_is_of_none(cast: Cast, desk: Queue) -> None:
    make_contact(cast.birch, name="Connie", email="connie@northwind.example")
    made = taken(plain(sender=CONNIE)).ticket
    assert made is not None
    assert (made.organization, made.contact) == (None, None)


def test_a_stranger_opens_a_ticket_of_no_organization_where_it_was_sent_to(desk: Queue, other: Queue) -> None:
    made = taken(plain(to="Help <HELP+x@Acme.example>")).ticket
    assert made is not None
    assert (made.organization, made.queue, made.requester_email) == (None, desk, "ann@else.example")
    elsewhere = taken(plain(to="info@acme.example", key="k3")).ticket
    assert elsewhere is not None
    assert elsewhere.queue == other


def test_a_mail_that_comes_again_is_counted(cast: Cast, ticket: Ticket) -> None:
    for raw in (answered(cast, ticket, key="again@northwind.example"), answered(cast, ticket)):
        first = taken(raw)
        second = taken(raw, minutes=3)
        assert (second.pk, second.repeats) == (first.pk, 1)
    assert ticket.messages.count() == 3
    assert StoredFile.objects.count() == 2


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}, {"X_Autoreply": "yes"}],
)
def test_a_machine_opens_no_ticket_and_wakes_nobody(cast: Cast, ticket: Ticket, headers: dict[str, str]) -> None:
    refused = taken(plain("I am away", **headers))
    assert (refused.state, refused.reason, refused.ticket) == ("rejected", "machine", None)
    reply(by=cast.actor("sue"), ticket=ticket, body="Which version?", status="pending", now=MONDAY)
    Outbox.objects.all().delete()
    added = taken(answered(cast, ticket, "I am away", key="away@x", **headers))
    assert added.message is not None
    assert added.message.is_automatic
    ticket.refresh_from_db()
    assert ticket.status == "pending"
    # Other tools may hear of it; no mail leaves.
    assert set(Outbox.objects.values_list("topic", flat=True)) <= {"tickets.event_happened"}


def test_machines_that_go_on_are_not_listened_to(cast: Cast, ticket: Ticket) -> None:
    states = [
        taken(answered(cast, ticket, key=f"{number}@x", Auto_Submitted="auto-replied"), minutes=number).state
        for number in range(6)
    ]
    assert states == ["added"] * 3 + ["rejected"] * 3


def test_our_own_mails_come_in_as_nothing(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY)
    for row in Outbox.objects.filter(topic="tickets.reply_mail"):
        assert outbox.deliver(outbox_id=row.pk, now=MONDAY)
    raw = outgoing.outbox[-1].message().as_bytes()
    found = taken(raw)
    assert (found.state, found.reason) == ("rejected", "loop")


def test_a_flood_is_stopped(desk: Queue, settings: Any) -> None:
    settings.MAIL_PER_SENDER_AND_HOUR = 3
    reasons = [taken(plain(key=f"flood{number}"), minutes=number).reason for number in range(5)]
    assert reasons == ["", "", "", "too_many", "too_many"]
    assert taken(plain(key="later"), minutes=70).state == "opened"


def test_a_closed_ticket_is_followed_by_a_linked_one(cast: Cast, ticket: Ticket) -> None:
    for status in ("solved", "closed"):
        change(by=cast.actor("sue"), ticket=ticket, values={"status": status}, now=MONDAY)
    made = taken(answered(cast, ticket)).ticket
    assert made is not None
    assert (made.follows, made.organization, made.contact) == (ticket, cast.northwind, cast.connie_contact)


def test_a_merged_ticket_goes_on_in_its_target(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    target = make_ticket(desk, cast.northwind, contact=cast.connie_contact)
    foreign = make_ticket(desk, cast.birch)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=target)
    assert taken(answered(cast, ticket, key="m1")).ticket == target
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=foreign)
    refused = taken(answered(cast, ticket, key="m2"))
    assert (refused.state, refused.reason) == ("rejected", "refused")
    assert foreign.messages.count() == 1


def test_files_are_kept_and_programs_are_not(cast: Cast, ticket: Ticket) -> None:
    raw = mixed(
        ("Content-Type: text/plain", b"See the picture"),
        file_part("../../etc/screen.exe", PNG),
        file_part("setup.png", b"MZ\x90\0\x03\0"),
        sender=CONNIE,
        to=answer_address(cast, ticket),
    )
    found = taken(raw)
    assert found.message is not None
    assert [one.file.original_name for one in found.message.attachments.all()] == ["screen.png"]
    assert found.dropped == ["setup.png"]


def test_a_text_that_is_too_long_goes_along_as_a_file(cast: Cast, ticket: Ticket) -> None:
    found = taken(answered(cast, ticket, "Grüße " * 20_000))
    assert found.message is not None
    assert len(found.message.body.encode()) <= 32 * 1024
    (file,) = found.message.attachments.all()
    assert (file.file.original_name, file.file.size) == ("mail.txt", len(("Grüße " * 20_000).strip().encode()))


def test_without_text_and_subject_it_is_still_a_ticket(desk: Queue) -> None:
    made = taken(plain("", subject="")).ticket
    assert made is not None
    assert made.subject == "(without a subject)"


def test_ten_megabytes_are_taken_and_more_is_not(desk: Queue, settings: Any) -> None:
    settings.MAIL_MAX_BYTES = 100_000
    largest = plain("x" * 99_000)
    assert taken(largest + b"x" * (100_000 - len(largest))).state == "opened"
    refused = taken(plain("x" * 100_001))
    assert (refused.state, refused.reason, refused.raw) == ("rejected", "too_large", None)


def test_what_is_no_mail_is_listed(desk: Queue) -> None:
    found = taken(bytes(range(256)))
    assert (found.state, found.reason) == ("rejected", "unreadable")
    assert found.raw is not None
    assert found.raw.expires_at == MONDAY + timedelta(days=30)


def test_without_a_queue_it_is_listed_and_not_lost(other: Queue) -> None:
    Queue.objects.update(is_default=False)
    found = taken(plain(to="info@acme.example"))
    assert (found.state, found.reason, Ticket.objects.count()) == ("rejected", "refused", 0)
    assert "No queue" in found.detail


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=a()>"])
def test_attacks_are_shown_as_text(cast: Cast, ticket: Ticket, client: Any, text: str) -> None:
    taken(answered(cast, ticket, text, sender=f'"{text}" <connie@northwind.example>', subject=text))
    client.force_login(cast.connie)
    page = client.get(f"/portal/tickets/{ticket.number}/").content.decode()
    for live in ("<script>alert", "<img src=x", 'href="javascript'):
        assert live not in page


@pytest.mark.django_db(transaction=True)
def test_the_same_mail_by_two_workers_at_once(desk: Queue) -> None:
    begin, found = threading.Barrier(2), []

    def work() -> None:
        begin.wait(timeout=20)
        try:
            found.append(taken(plain(key="race@x")).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == 2
    assert len(set(found)) == 1
    assert Ticket.objects.count() == 1
