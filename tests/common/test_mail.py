"""Mails as they go out: a trio of templates, absolute links, the same Message-ID however often they are tried."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core import mail

from common import outbox
from common.mail import absolute_url, send_mail
from common.models import Outbox

KEY = UUID("0190b5a0-0000-7000-8000-000000000001")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONTEXT = {
    "what": "Your password\nBcc: everybody@evil.example",
    "email": "ana@vendor.example",
    "at": "2 March",
    "url": "https://hub.example/accounts/2fa/?a=1&b=2",
}


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = "https://hub.example"
    settings.BRAND_NAME = "Acme & Sons"


def sent(**options: Any) -> Any:
    send_mail(to="ana@vendor.example", template="security_notice", context=CONTEXT, key=KEY, **options)
    return mail.outbox[-1]


def test_mail_is_marked_as_written_by_a_machine_under_a_stable_id() -> None:
    first, second = sent(), sent()
    assert first.extra_headers["Message-ID"] == f"<{KEY}@hub.example>" == second.extra_headers["Message-ID"]
    assert first.extra_headers["Auto-Submitted"] == "auto-generated"


def test_subject_is_one_line_whatever_a_name_holds() -> None:
    assert sent().subject == "Your password Bcc: everybody@evil.example"


def test_text_is_text_and_markup_is_escaped() -> None:
    letter = sent()
    html, kind = letter.alternatives[0]
    assert kind == "text/html"
    assert CONTEXT["url"] in letter.body
    assert "Acme & Sons" in letter.body
    assert "Acme &amp; Sons" in html
    assert CONTEXT["url"].replace("&", "&amp;") in html


def test_mail_speaks_the_language_of_its_reader() -> None:
    assert '<html lang="de">' in sent(language="de").alternatives[0][0]
    assert '<html lang="en">' in sent().alternatives[0][0]


def test_links_come_from_the_setting() -> None:
    assert absolute_url("/welcome/x/") == "https://hub.example/welcome/x/"


@pytest.mark.django_db
def test_a_mail_server_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox notes the failure on the row and gives the same key to the next attempt."""
    tries: list[UUID] = []

    def broken(payload: Any, key: UUID, now: datetime) -> None:
        tries.append(key)
        if len(tries) == 1:
            raise OSError("refused")

    monkeypatch.setitem(outbox._handlers, "test.mail", broken)
    row = outbox.put(topic="test.mail", payload={}, now=NOW)
    assert outbox.deliver(outbox_id=row.pk, now=NOW) is False
    assert Outbox.objects.get(pk=row.pk).last_error == "OSError: refused"
    assert outbox.deliver(outbox_id=row.pk, now=NOW) is True
    assert tries == [row.public_id, row.public_id]
