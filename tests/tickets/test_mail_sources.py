"""Mail comes in by SMTP on loopback and out of a mailbox; what is not taken in is not lost."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk
from tests.tickets.imap_server import Box, imap_server
from tests.tickets.mails import plain
from tickets import tasks
from tickets.models import IncomingMail, Queue, Ticket
from tickets.services import mail_intake, mailbox
from tickets.services.mail_listener import controller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture(autouse=True)
def desk(cast: Cast, settings: Any, tmp_path: Path) -> Queue:
    settings.MEDIA_ROOT = tmp_path
    return make_desk(cast.sue, address="help@acme.example", is_default=True)


@contextmanager
def listening() -> Iterator[smtplib.SMTP]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = controller(port)
    running.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            yield client
    finally:
        running.stop()


@pytest.fixture
def server() -> Iterator[smtplib.SMTP]:
    with listening() as client:
        yield client


def test_a_mail_by_smtp_is_a_ticket(server: smtplib.SMTP) -> None:
    server.sendmail("ann@else.example", ["help+x@acme.example"], plain("Hello\r\n.\r\nBye", to="undisclosed:;"))
    made = Ticket.objects.get()
    assert (made.requester_email, made.queue.address) == ("ann@else.example", "help@acme.example")
    assert made.messages.get().body == "Hello\n.\nBye"


def test_the_null_sender_is_a_machine(server: smtplib.SMTP) -> None:
    server.sendmail("", ["help@acme.example"], plain())
    assert IncomingMail.objects.get().reason == "machine"


def test_what_cannot_be_taken_in_is_to_be_sent_again(server: smtplib.SMTP, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(mail_intake, "take", broken)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        server.sendmail("ann@else.example", ["help@acme.example"], plain())
    assert refused.value.smtp_code == 451
    assert b"disk" not in refused.value.smtp_error


def test_a_mail_beyond_every_limit_is_refused_at_the_door(settings: Any) -> None:
    settings.MAIL_MAX_BYTES = 1_000
    with listening() as client:
        client.sendmail("ann@else.example", ["help@acme.example"], plain("line\r\n" * 400))
        with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)):
            client.sendmail("ann@else.example", ["help@acme.example"], plain("line\r\n" * 20_000))
    assert IncomingMail.objects.get().reason == "too_large"


@pytest.fixture
def asked(settings: Any) -> Any:
    settings.IMAP_HOST, settings.IMAP_TLS = "127.0.0.1", False
    settings.IMAP_USER, settings.IMAP_PASSWORD = "desk", "secret"
    return settings


def test_a_mailbox_is_emptied_once(asked: Any) -> None:
    box = Box(mails={1: plain(key="one@x"), 2: plain(key="two@x"), 5: bytes(range(256))})
    with imap_server(box) as port:
        asked.IMAP_PORT = port
        assert mailbox.fetch(holder="test", now=MONDAY) == 3
        assert mailbox.fetch(holder="test", now=MONDAY) == 0
        tasks.fetch_mail()
        tasks.fetch_mail()
    assert box.seen == {1, 2, 5}
    assert (Ticket.objects.count(), IncomingMail.objects.filter(reason="unreadable").count()) == (2, 1)


def test_a_mail_that_fails_stays_unseen_and_stops_no_other(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    box, real = Box(mails={1: plain("bad", key="one@x"), 2: plain(key="two@x")}), mail_intake.take

    def take(raw: bytes, **options: Any) -> IncomingMail:
        if b"bad" in raw:
            raise OSError("disk full")
        return real(raw, **options)

    monkeypatch.setattr(mail_intake, "take", take)
    with imap_server(box) as port:
        asked.IMAP_PORT = port
        assert mailbox.fetch(holder="test", now=MONDAY) == 1
        assert box.seen == {2}
        monkeypatch.setattr(mail_intake, "take", real)
        assert mailbox.fetch(holder="test", now=MONDAY) == 1


def test_of_a_huge_mail_no_more_is_loaded_than_shows_that_it_is(asked: Any) -> None:
    asked.MAIL_MAX_BYTES = 1_000
    box = Box(mails={1: plain("x" * 100_000)})
    with imap_server(box) as port:
        asked.IMAP_PORT = port
        mailbox.fetch(holder="test", now=MONDAY)
    assert any("<0.1001>" in command for command in box.commands)
    assert IncomingMail.objects.get().reason == "too_large"
    assert box.seen == {1}


def test_without_a_mailbox_nothing_is_asked(settings: Any) -> None:
    settings.IMAP_HOST = ""
    assert mailbox.fetch(holder="test", now=MONDAY) == 0


def test_a_wrong_password_is_an_error_of_the_job(asked: Any) -> None:
    asked.IMAP_PASSWORD = "wrong"
    with imap_server(Box(mails={})) as port:
        asked.IMAP_PORT = port
        with pytest.raises(Exception, match="wrong password"):
            mailbox.fetch(holder="test", now=MONDAY)
