"""Mail to an organization's own address: who is let in, what is kept of it, and that nothing comes twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common.errors import NotAllowed
from partners.models import Interaction, MailAddress, OrganizationFacts, TimelineEntry
from partners.rules import mail_in as rules
from partners.services import mail_in
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact
from tickets.models import IncomingMail, Ticket
from tickets.services import mail_intake

DESK = "desk@hub.example"
TOKEN = "a1" * 12


class TestRules:
    @pytest.mark.parametrize(
        ("recipients", "token"),
        [
            ([f"desk+log-{TOKEN}@hub.example"], TOKEN),
            (["a@b.example", f" Desk+LOG-{TOKEN.upper()}@Hub.example"], TOKEN),
            ([f"desk+log-{TOKEN}x@hub.example"], ""),
            ([f"desk+log-{TOKEN[:-1]}@hub.example"], ""),
            ([f"log-{TOKEN}@hub.example", "desk@hub.example"], ""),
            ([], ""),
        ],
    )
    def test_the_address_is_found(self, recipients: list[str], token: str) -> None:
        assert rules.token_in(recipients) == token

    def test_it_is_written_as_it_is_found(self) -> None:
        assert rules.token_in([rules.written(DESK, TOKEN)]) == TOKEN
        assert rules.written("", TOKEN) == ""
        assert TOKEN not in rules.without_tokens(f"x@y.example, {rules.written(DESK, TOKEN)}")

    def test_notes_fit_with_the_names_of_files_below(self) -> None:
        notes = rules.notes_of("é" * 100, ["a\nb.pdf", "c.png"], "Files", most_bytes=60)
        assert notes.endswith("é\n\nFiles: a b.pdf, c.png")
        assert len(notes.encode()) <= 60


@pytest.fixture
def address(cast: Cast, settings: Any) -> str:
    settings.TICKET_MAIL_ADDRESS = DESK
    mail_in.renew(by=cast.actor("tom"), organization=cast.northwind, now=NOW)
    return mail_in.address_of(cast.northwind)


def letter(sender: str, to: str, *, subject: str = "Re: Plan", number: int = 1, extra: str = "") -> bytes:
    text = "We take Monday.\n\nOn Mon, 2 Mar 2026 at 09:00, Tom <tom@hub.example> wrote:\n> Which day?\n"
    return (
        f"From: <{sender}>\nTo: {to}\nSubject: {subject}\nMessage-ID: <{number}@mail.example>\n{extra}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}"
    ).encode()


@pytest.mark.django_db
class TestTaking:
    @pytest.mark.parametrize(
        ("servers", "result", "state"),
        [
            ([], "", "logged"),
            ([], "mx.hub.example; dmarc=fail", "rejected"),
            (["mx.hub.example"], "", "rejected"),
            (["mx.hub.example"], "mx.other.example; dmarc=pass", "rejected"),
            (["mx.hub.example"], "mx.hub.example;\n dmarc=pass (p=none)", "logged"),
        ],
    )
    def test_a_sender_for_whom_nobody_vouches(
        self, cast: Cast, address: str, settings: Any, servers: list[str], result: str, state: str
    ) -> None:
        settings.MAIL_AUTH_SERVERS = servers
        forged = "Authentication-Results: mx.hub.example; dmarc=pass\n" if "other" not in result and result else ""
        extra = f"Authentication-Results: {result}\n{forged}" if result else ""
        taken = mail_intake.take(letter(cast.connie_contact.email, address, extra=extra), now=NOW)
        assert (taken.state, Interaction.objects.count()) == (state, int(state == "logged"))

    def test_of_a_contact_a_conversation_without_what_it_repeats(self, cast: Cast, address: str) -> None:
        sent = letter(cast.connie_contact.email.upper(), address)
        taken = mail_intake.take(sent, now=NOW)
        assert (taken.state, taken.organization_id, taken.subject, taken.raw) == (
            "logged", cast.northwind.pk, "", None,
        )  # fmt: skip
        assert address not in taken.recipients
        made = Interaction.objects.get()
        assert (made.kind, made.summary, made.body, made.is_two_way, made.author) == (
            "mail", "Plan", "We take Monday.", True, None,
        )  # fmt: skip
        assert list(made.contacts.all()) == [cast.connie_contact]
        assert OrganizationFacts.objects.get(organization=cast.northwind).last_two_way_at == NOW
        assert TimelineEntry.objects.get(kind="interaction").body == "We take Monday."
        assert not Ticket.objects.exists()
        # The same mail again, and the same once the desk has forgotten it.
        assert mail_intake.take(sent, now=NOW).repeats == 1
        IncomingMail.objects.all().delete()
        assert mail_intake.take(sent, now=NOW).state == "logged"
        assert Interaction.objects.count() == 1

    def test_of_a_colleague_with_those_it_went_to(self, cast: Cast, address: str) -> None:
        mail_intake.take(letter(cast.tom.email, f"{cast.connie_contact.email}, {address}"), now=NOW)
        made = Interaction.objects.get()
        assert (made.author, made.is_two_way, list(made.contacts.all())) == (cast.tom, False, [cast.connie_contact])

    def test_all_other_mail_is_dropped_and_nobody_is_told(self, cast: Cast, address: str) -> None:
        stranger = make_contact(cast.birch, email="kim@birch.example")
        for number, sender in enumerate((stranger.email, cast.otto.email, cast.sue.email, "who@else.example")):
            taken = mail_intake.take(letter(sender, address, number=number), now=NOW)
            assert (taken.state, taken.reason, taken.subject) == ("rejected", "refused", ""), sender
        machine = letter(cast.connie_contact.email, address, number=8, extra="Auto-Submitted: auto-replied\n")
        assert mail_intake.take(machine, now=NOW).reason == "machine"
        mail_in.revoke(by=cast.actor("tom"), organization=cast.northwind, now=NOW)
        late = mail_intake.take(letter(cast.connie_contact.email, address, number=9), now=NOW + timedelta(hours=2))
        assert late.state == "rejected"
        assert (Interaction.objects.count(), Ticket.objects.count()) == (0, 0)

    def test_who_looks_after_the_address(self, cast: Cast, address: str) -> None:
        for name in ("max", "sam", "otto", "connie"):
            with pytest.raises(NotAllowed):
                mail_in.renew(by=cast.actor(name), organization=cast.northwind, now=NOW)
        seen = {}
        for name in ("tom", "max", "sam"):
            client = Client()
            client.force_login(getattr(cast, name))
            seen[name] = client.get(f"/organizations/{cast.northwind.public_id}/timeline/").content.decode()
        assert [name for name, page in seen.items() if address in page] == ["tom", "max"]
        for name, status in (("max", 403), ("sam", 403), ("otto", 404), ("tom", 302)):
            client = Client()
            client.force_login(getattr(cast, name))
            url = f"/organizations/{cast.northwind.public_id}/mail-address/renew/"
            assert client.post(url).status_code == status, name
        assert MailAddress.objects.filter(revoked_at__isnull=True).count() == 1
