"""The page of a ticket: thread, composer, drafts, fields with clashes, and what is done to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from common.errors import DomainError, NotAllowed
from common.models import Outbox
from common.outbox import deliver
from partners.models import OrganizationFacts
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_category, make_desk, make_ticket
from tickets.models import (
    Attachment,
    ExternalLink,
    Looking,
    Macro,
    Message,
    Queue,
    ReplyDraft,
    SlaClock,
    Ticket,
    Watcher,
)
from tickets.services.merging import merge, split
from tickets.services.messages import Letter, note, receive, reply

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, urgency="high")


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def page_of(cast: Cast, name: str, ticket: Ticket, query: str = "") -> str:
    answer = client_of(cast, name).get(f"/tickets/{ticket.number}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def post(cast: Cast, name: str, ticket: Ticket, path: str, **sent: Any) -> Any:
    return client_of(cast, name).post(f"/tickets/{ticket.number}/{path}/", sent)


class TestThread:
    def test_replies_and_notes_differ_in_word_icon_and_color(self, cast: Cast, ticket: Ticket) -> None:
        reply(by=cast.actor("sue"), ticket=ticket, body="We look at it.", now=MONDAY + HOUR)
        note(by=cast.actor("sven"), ticket=ticket, body="It is the **cache**.", now=MONDAY + 2 * HOUR)
        page = page_of(cast, "sue", ticket)
        assert page.count("said said-note") == 1
        assert page.count("said said-ours") == 1
        assert page.count("said said-theirs") == 1
        assert "It is the <strong>cache</strong>." in page
        assert "Send reply to Connie Contact" in page
        assert "Leave internal note" in page

    def test_hostile_text_is_harmless(self, cast: Cast, ticket: Ticket) -> None:
        note(by=cast.actor("sue"), ticket=ticket, body="<script>alert(1)</script>", now=MONDAY + HOUR)
        assert "<script>alert" not in page_of(cast, "sue", ticket)

    def test_the_desk_reads_the_card_of_an_organization_it_may_not_open(self, cast: Cast, ticket: Ticket) -> None:
        OrganizationFacts.objects.filter(organization=cast.northwind).update(
            health_band="yellow", health_score="61.25", health_reason={"code": "nothing"}
        )
        page = page_of(cast, "sue", ticket)
        assert "Northwind" in page
        assert "Gate 3" in page
        # The band and no more of it.
        assert '<span class="chip-text">Yellow</span>' in page
        assert "Tom Okafor" in page
        assert "connie@northwind.example" in page
        assert f"/organizations/{cast.northwind.public_id}/" not in page
        assert f"/organizations/{cast.northwind.public_id}/" in page_of(cast, "tom", ticket)

    def test_clocks_and_why_this_policy(self, cast: Cast, ticket: Ticket) -> None:
        page = page_of(cast, "sue", ticket)
        assert "First response" in page
        assert "Policy: Technical account" in page
        assert "The organization has a TAM" in page
        assert "Not “Technical escalation”: it is no technical escalation." in page

    def test_others_get_404_and_readers_no_buttons(self, cast: Cast, ticket: Ticket) -> None:
        for name in ("otto", "connie", "sam"):
            assert client_of(cast, name).get(f"/tickets/{ticket.number}/").status_code == 404
        page = page_of(cast, "petra", ticket)
        assert "Send reply" not in page
        assert "Leave internal note" in page
        assert "Take it" not in page

    def test_neighbors_within_the_list(self, cast: Cast, ticket: Ticket, desk: Queue) -> None:
        later = make_ticket(desk, subject="Later", now=MONDAY + HOUR)
        page = page_of(cast, "sue", ticket, "?list=queue%3Dmine")
        assert f'href="/tickets/{later.number}/?list=queue%3Dmine"' in page


class TestWriting:
    def test_a_reply_leaves_after_its_time_to_take_it_back(self, cast: Cast, ticket: Ticket) -> None:
        ReplyDraft.objects.create(ticket=ticket, user=cast.sue, body="We", saved_at=MONDAY)
        answer = post(cast, "sue", ticket, "reply", body="We look at it.", status="pending")
        message = Message.objects.get(side="agent")
        assert answer["Location"] == f"/tickets/{ticket.number}/#m-{message.public_id}"
        assert (message.state, message.sets_status) == ("scheduled", "pending")
        assert message.send_at == message.written_at + timedelta(seconds=10)
        assert not ReplyDraft.objects.exists()
        assert "Has not left yet" in page_of(cast, "sven", ticket)
        row = Outbox.objects.get(topic="tickets.send_reply")
        assert deliver(outbox_id=row.pk, now=message.send_at)
        ticket.refresh_from_db()
        assert (ticket.status, ticket.replies) == ("pending", 1)

    def test_taken_back_it_is_a_draft_again_and_never_leaves(self, cast: Cast, ticket: Ticket) -> None:
        post(cast, "sue", ticket, "reply", body="Wrong ticket, sorry.")
        message = Message.objects.get(side="agent")
        assert post(cast, "sven", ticket, f"messages/{message.public_id}/withdraw").status_code == 403
        post(cast, "sue", ticket, f"messages/{message.public_id}/withdraw")
        message.refresh_from_db()
        assert message.state == "withdrawn"
        assert ReplyDraft.objects.get().body == "Wrong ticket, sorry."
        deliver(outbox_id=Outbox.objects.get(topic="tickets.send_reply").pk, now=message.written_at + HOUR)
        ticket.refresh_from_db()
        assert ticket.replies == 0

    def test_a_reply_for_later(self, cast: Cast, ticket: Ticket) -> None:
        later = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
        post(cast, "sue", ticket, "reply", body="Good morning.", send_at=later.strftime("%Y-%m-%dT%H:%M"))
        assert Message.objects.get(side="agent").send_at == later
        past = post(cast, "sue", ticket, "reply", body="Late.", send_at="2020-01-01T09:00")
        assert past.status_code == 422
        assert "Choose a time from now on, within 60 days." in past.content.decode()

    def test_a_note_tells_the_colleague_whom_it_names(self, cast: Cast, ticket: Ticket) -> None:
        post(cast, "sue", ticket, "note", body="@sven, @otto and mail@connie.example: the cache?")
        assert Message.objects.get(kind="note").body.startswith("@sven")
        told = Notification.objects.filter(kind="ticket_mentions").values_list("user__name", "title")
        assert list(told) == [("Sven Aalto", f"Sue Tanaka names you on #{ticket.number}: It does not work")]

    def test_files_go_along_and_are_guarded(self, cast: Cast, ticket: Ticket, settings: Any, tmp_path: Any) -> None:
        settings.MEDIA_ROOT = tmp_path
        file = SimpleUploadedFile("log.txt", b"all is well")
        assert post(cast, "sue", ticket, "note", body="See the log.", files=file).status_code == 302
        page = page_of(cast, "sven", ticket)
        assert "log.txt" in page
        bad = SimpleUploadedFile("x.exe", b"MZ\x00\x01")
        assert post(cast, "sue", ticket, "note", body="See.", files=bad).status_code == 422

    def test_nothing_and_too_much_are_refused(self, cast: Cast, ticket: Ticket) -> None:
        assert post(cast, "sue", ticket, "reply", body="  ").status_code == 422
        assert post(cast, "sue", ticket, "note", body="ä" * 17_000).status_code == 422
        assert not Message.objects.filter(side="agent").exists()

    def test_who_may_not_reply_leaves_notes_only(self, cast: Cast, ticket: Ticket) -> None:
        assert post(cast, "petra", ticket, "reply", body="Hello.").status_code == 403
        assert post(cast, "petra", ticket, "note", body="They are about to launch.").status_code == 302
        assert post(cast, "otto", ticket, "note", body="Hello.").status_code == 404

    def test_the_same_form_twice_is_one_reply(self, cast: Cast, ticket: Ticket) -> None:
        client, key = client_of(cast, "sue"), "0190b7a0-0000-7000-8000-000000000001"
        for _time in range(2):
            client.post(f"/tickets/{ticket.number}/reply/", {"body": "On it.", "sent_key": key})
        assert Message.objects.filter(side="agent").count() == 1


class TestLive:
    def test_drafts_are_kept_by_kind_and_person(self, cast: Cast, ticket: Ticket) -> None:
        post(cast, "sue", ticket, "reply/draft", body="We will")
        post(cast, "sue", ticket, "note/draft", body="Ask Sven")
        post(cast, "sue", ticket, "reply/draft", body="We will look")
        page = page_of(cast, "sue", ticket)
        assert "We will look</textarea>" in page
        assert "Ask Sven</textarea>" in page
        assert "We will look" not in page_of(cast, "sven", ticket)
        post(cast, "sue", ticket, "reply/draft", body=" ")
        assert list(ReplyDraft.objects.values_list("is_note", flat=True)) == [True]

    def test_drafts_of_others_and_without_a_right(self, cast: Cast, ticket: Ticket) -> None:
        assert post(cast, "petra", ticket, "reply/draft", body="x").status_code == 403
        assert post(cast, "otto", ticket, "note/draft", body="x").status_code == 404

    def test_who_looks_and_who_writes(self, cast: Cast, ticket: Ticket) -> None:
        alone = post(cast, "sue", ticket, "looking", version=ticket.version).content.decode()
        assert alone.strip() == ""
        seen = post(cast, "sven", ticket, "looking", writing="1").content.decode()
        assert "Sue Tanaka has this ticket open too." in seen
        assert "Sven Aalto is writing on this ticket." in post(cast, "sue", ticket, "looking").content.decode()
        Looking.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
        assert "Sven" not in post(cast, "sue", ticket, "looking").content.decode()

    def test_something_new_is_said(self, cast: Cast, ticket: Ticket) -> None:
        version = ticket.version
        note(by=cast.actor("sven"), ticket=ticket, body="New.", now=MONDAY + HOUR)
        page = post(cast, "sue", ticket, "looking", version=version).content.decode()
        assert "Something happened on this ticket" in page


def fields_of(cast: Cast, name: str, ticket: Ticket) -> dict[str, str]:
    """What a browser would send of the untouched form."""
    form = client_of(cast, name).get(f"/tickets/{ticket.number}/edit/").context["form"]
    shown = {bound.name: bound.value() for bound in form}
    sent = {key: str(getattr(value, "pk", value)) for key, value in shown.items() if value not in (None, False)}
    for key in ("assignee", "parent", "problem"):
        value = shown[key]
        sent[key] = form.fields[key].prepare_value(value) if value else ""
    return sent | {f"shown-{key}": value for key, value in form.shown}


class TestFields:
    def test_only_what_was_touched_is_saved(self, cast: Cast, ticket: Ticket) -> None:
        category = make_category()
        sent = fields_of(cast, "sue", ticket)
        sent |= {"subject": "The print button", "category": str(category.pk), "tags": "Printing urgent"}
        sent |= {"assignee": "sven@vendor.example"}
        assert post(cast, "sue", ticket, "edit", **sent).status_code == 302
        ticket.refresh_from_db()
        assert (ticket.subject, ticket.category_id, ticket.assignee_id) == (
            "The print button",
            category.pk,
            cast.sven.pk,
        )
        changes = ticket.events.latest("id").changes
        assert set(changes) == {"subject", "category", "tags", "assignee"}
        assert Notification.objects.filter(kind="tickets_given", user=cast.sven).count() == 1
        page = page_of(cast, "sue", ticket)
        assert "Assignee — → <strong>Sven Aalto</strong>" in page
        assert f"Category — → <strong>{category.name}</strong>" in page

    def test_changes_beside_each_other_both_stand(self, cast: Cast, ticket: Ticket) -> None:
        sent = fields_of(cast, "sue", ticket)
        post(cast, "sven", ticket, "edit", **(fields_of(cast, "sven", ticket) | {"kind": "incident"}))
        assert post(cast, "sue", ticket, "edit", **(sent | {"urgency": "low"})).status_code == 302
        ticket.refresh_from_db()
        assert (ticket.kind, ticket.urgency, ticket.priority) == ("incident", "low", "low")

    def test_the_same_field_twice_is_a_clash_that_is_shown(self, cast: Cast, ticket: Ticket) -> None:
        sent = fields_of(cast, "sue", ticket) | {"subject": "Mine"}
        post(cast, "sven", ticket, "edit", **(fields_of(cast, "sven", ticket) | {"subject": "Theirs"}))
        answer = post(cast, "sue", ticket, "edit", **sent)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "theirs is Theirs, yours is Mine" in page
        ticket.refresh_from_db()
        assert ticket.subject == "Theirs"
        again = sent | {"version": str(answer.context["version"])}
        assert post(cast, "sue", ticket, "edit", **again).status_code == 302
        ticket.refresh_from_db()
        assert ticket.subject == "Mine"

    def test_a_priority_by_hand_needs_its_reason_and_can_be_given_back(self, cast: Cast, ticket: Ticket) -> None:
        sent = fields_of(cast, "sue", ticket)
        assert post(cast, "sue", ticket, "edit", **(sent | {"priority": "critical"})).status_code == 422
        post(cast, "sue", ticket, "edit", **(sent | {"priority": "critical", "priority_reason": "Fair"}))
        ticket.refresh_from_db()
        assert (ticket.priority, ticket.priority_reason) == ("critical", "Fair")
        back = fields_of(cast, "sue", ticket) | {"priority": ""}
        post(cast, "sue", ticket, "edit", **back)
        ticket.refresh_from_db()
        assert (ticket.priority, ticket.priority_reason) == ("high", "")

    def test_tickets_do_not_hang_on_each_other(self, cast: Cast, ticket: Ticket, desk: Queue) -> None:
        child = make_ticket(desk, cast.northwind)
        post(cast, "sue", child, "edit", **(fields_of(cast, "sue", child) | {"parent": f"#{ticket.number}"}))
        child.refresh_from_db()
        assert child.parent_id == ticket.pk
        assert "Part of this" in page_of(cast, "sue", ticket)
        sent = fields_of(cast, "sue", ticket) | {"parent": str(child.number)}
        assert post(cast, "sue", ticket, "edit", **sent).status_code == 422
        sent = fields_of(cast, "sue", ticket) | {"problem": str(child.number)}
        assert post(cast, "sue", ticket, "edit", **sent).status_code == 422

    def test_who_only_reads_changes_nothing(self, cast: Cast, ticket: Ticket) -> None:
        assert client_of(cast, "petra").get(f"/tickets/{ticket.number}/edit/").status_code == 403
        assert client_of(cast, "otto").get(f"/tickets/{ticket.number}/edit/").status_code == 404


class TestActs:
    def test_take_acknowledge_and_escalate(self, cast: Cast, ticket: Ticket) -> None:
        post(cast, "sue", ticket, "take")
        post(cast, "sue", ticket, "acknowledge")
        post(cast, "sue", ticket, "escalate", reason="They lose orders.")
        ticket.refresh_from_db()
        assert ticket.assignee_id == ticket.acknowledged_by_id == cast.sue.pk
        assert ticket.escalated_at is not None
        page = page_of(cast, "sven", ticket)
        assert "They lose orders." in page
        assert post(cast, "petra", ticket, "take").status_code == 403

    def test_watching(self, cast: Cast, ticket: Ticket) -> None:
        post(cast, "petra", ticket, "watch")
        post(cast, "sue", ticket, "watchers", user="sven@vendor.example")
        refused = post(cast, "sue", ticket, "watchers", user="otto@vendor.example")
        assert "Otto Brandt does not see this ticket." in refused.content.decode()
        assert set(Watcher.objects.values_list("user__name", flat=True)) == {"Petra Okafor", "Sven Aalto"}
        assert post(cast, "petra", ticket, "watch", stop=str(cast.sven.pk)).status_code == 403
        post(cast, "petra", ticket, "watch", stop=str(cast.petra.pk))
        assert list(Watcher.objects.values_list("user__name", flat=True)) == ["Sven Aalto"]

    def test_links_to_issues(self, cast: Cast, ticket: Ticket) -> None:
        url = "https://gitlab.com/vendor/hub/-/issues/42"
        post(cast, "sue", ticket, "links", url=url, title="Cache")
        link = ExternalLink.objects.get()
        assert (link.provider, link.project, link.number) == ("gitlab", "vendor/hub", "42")
        assert "vendor/hub #42" in page_of(cast, "sue", ticket)
        assert post(cast, "sue", ticket, "links", url=url).status_code == 422
        assert post(cast, "sue", ticket, "links", url="javascript:alert(1)").status_code == 422
        post(cast, "sue", ticket, f"links/{link.public_id}/remove")
        assert not ExternalLink.objects.exists()


class TestMacros:
    def macro(self, cast: Cast, name: str, **sent: Any) -> Any:
        return client_of(cast, name).post("/tickets/macros/new/", {"name": "Which version", **sent})

    def test_its_text_fills_the_composer_and_its_changes_come_with_the_message(
        self, cast: Cast, ticket: Ticket
    ) -> None:
        body = "Dear {name}, which version is it in {number}?"
        self.macro(cast, "sue", body=body, status="pending", add_tags="version", assign_me="on")
        macro = Macro.objects.get()
        page = page_of(cast, "sue", ticket, f"?macro={macro.public_id}")
        assert f"Dear Connie, which version is it in #{ticket.number}?</textarea>" in page
        assert '<option value="pending" selected>' in page
        ticket.refresh_from_db()
        assert ticket.tags == []
        post(cast, "sue", ticket, "reply", body="Dear Connie?", status="pending", macro=str(macro.public_id))
        ticket.refresh_from_db()
        macro.refresh_from_db()
        assert (ticket.tags, ticket.assignee_id, macro.used) == (["version"], cast.sue.pk, 1)
        assert Message.objects.get(side="agent").sets_status == "pending"

    def test_those_of_everybody_are_kept_by_managers(self, cast: Cast, ticket: Ticket) -> None:
        self.macro(cast, "sara", body="Hello.", for_all="on")
        shared = Macro.objects.get()
        assert shared.owner_id is None
        assert "Which version" in page_of(cast, "sue", ticket)
        edit = f"/tickets/macros/{shared.public_id}/"
        assert client_of(cast, "sue").post(edit, {"name": "Mine now", "body": "x"}).status_code == 403
        client_of(cast, "sara").post(f"{edit}archive/")
        assert "Which version" not in page_of(cast, "sue", ticket)

    def test_those_of_others_are_nobodys_business(self, cast: Cast, ticket: Ticket) -> None:
        self.macro(cast, "sven", body="Psst.")
        macro = Macro.objects.get()
        assert "Which version" not in page_of(cast, "sue", ticket, f"?macro={macro.public_id}")
        assert client_of(cast, "sue").post(f"/tickets/macros/{macro.public_id}/", {"name": "x"}).status_code == 404
        sent = post(cast, "sue", ticket, "reply", body="Hi.", macro=str(macro.public_id))
        assert sent.status_code == 422


class TestMerging:
    def test_it_moves_nothing_and_shows_both_threads(self, cast: Cast, ticket: Ticket, desk: Queue) -> None:
        other = make_ticket(desk, cast.northwind, subject="Print broken", body="Printing fails.", now=MONDAY + HOUR)
        first = post(cast, "sue", other, "merge", target=f"#{ticket.number}")
        assert "This cannot be undone." in first.content.decode()
        answer = post(cast, "sue", other, "merge", target=str(ticket.number), sure="1")
        assert answer["Location"] == f"/tickets/{ticket.number}/"
        other.refresh_from_db()
        assert other.merged_into_id == ticket.pk
        page = page_of(cast, "sue", ticket)
        assert "Printing fails." in page
        assert f"From #{other.number}" in page
        assert f"#{other.number} was merged into this ticket" in page
        assert "merged into another one: go on there" in page_of(cast, "sue", other)
        assert other.number not in [row["number"] for row in _queue(cast)]

    def test_running_clocks_end(self, cast: Cast, ticket: Ticket, desk: Queue) -> None:
        other = make_ticket(desk, cast.northwind)
        merge(by=cast.actor("sue"), source=other, target=ticket, now=MONDAY + HOUR)
        assert set(SlaClock.objects.filter(ticket=other).values_list("state", flat=True)) == {"cancelled"}
        assert set(SlaClock.objects.filter(ticket=ticket).values_list("state", flat=True)) == {"running"}

    def test_past_breaches_stay(self, cast: Cast, ticket: Ticket, desk: Queue) -> None:
        other = make_ticket(desk, cast.northwind, urgency="high")
        merge(by=cast.actor("sue"), source=ticket, target=other, now=MONDAY + timedelta(days=30))
        states = set(SlaClock.objects.filter(ticket=ticket).values_list("metric", "state"))
        assert states == {("first_response", "breached"), ("resolution", "breached")}

    def test_what_is_refused(self, cast: Cast, ticket: Ticket, desk: Queue) -> None:
        sue, now = cast.actor("sue"), MONDAY + HOUR
        foreign = make_ticket(desk, cast.birch)
        for target, code in ((ticket, "same"), (foreign, "organization")):
            with pytest.raises(DomainError) as caught:
                merge(by=sue, source=ticket, target=target, now=now)
            assert caught.value.code == code
        other = make_ticket(desk, cast.northwind)
        with pytest.raises(NotAllowed):
            merge(by=cast.actor("petra"), source=ticket, target=other, now=now)
        merge(by=sue, source=ticket, target=other, now=now)
        with pytest.raises(DomainError):
            merge(by=sue, source=other, target=ticket, now=now)

    def test_a_message_becomes_a_ticket_of_its_own(self, cast: Cast, ticket: Ticket) -> None:
        text = "And the invoice is wrong too."
        contact = cast.connie_contact
        said = receive(by=None, ticket=ticket, contact=contact, body=text, letter=Letter(), now=MONDAY + HOUR)
        page = page_of(cast, "sue", ticket)
        assert f"/messages/{said.public_id}/split/" in page
        post(cast, "sue", ticket, f"messages/{said.public_id}/split", subject="Wrong invoice")
        made = Ticket.objects.get(subject="Wrong invoice")
        assert (made.parent_id, made.contact_id, made.messages.get().body) == (ticket.pk, contact.pk, text)
        assert f"A message became #{made.number}" in page_of(cast, "sue", ticket)
        ours = note(by=cast.actor("sue"), ticket=ticket, body="Hm.", now=MONDAY + HOUR)
        with pytest.raises(DomainError):
            split(by=cast.actor("sue"), message=ours, subject="No", now=MONDAY + HOUR)


def _queue(cast: Cast) -> list[dict[str, Any]]:
    from common.listing import ListQuery
    from tickets.lists import open_list

    return list(open_list(cast.actor("sue"), ListQuery(), path="", now=MONDAY).page.rows)


def test_files_of_other_tickets_stay_closed(cast: Cast, ticket: Ticket, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    post(cast, "sue", ticket, "note", body="See.", files=SimpleUploadedFile("log.txt", b"all is well"))
    url = f"/tickets/files/{Attachment.objects.get().public_id}/"
    assert client_of(cast, "sven").get(url).content == b"all is well"
    assert client_of(cast, "connie").get(url).status_code == 404
    other = make_desk(cast.sven)
    Ticket.objects.filter(pk=ticket.pk).update(queue=other)
    assert client_of(cast, "sue").get(url).status_code == 404


def test_who_has_or_watches_it_hears_that_the_partner_wrote(cast: Cast, ticket: Ticket) -> None:
    post(cast, "sven", ticket, "watch")
    post(cast, "sue", ticket, "take")
    contact = cast.connie_contact
    receive(by=None, ticket=ticket, contact=contact, body="Well?", letter=Letter(), now=MONDAY + HOUR)
    robot = Letter(is_automatic=True)
    receive(by=None, ticket=ticket, contact=contact, body="I am away.", letter=robot, now=MONDAY + 2 * HOUR)
    told = Notification.objects.filter(kind="tickets_watched").values_list("user__name", "organization_id")
    assert sorted(told) == [("Sue Tanaka", None), ("Sven Aalto", None)]
    page = client_of(cast, "sue").get("/notifications/").content.decode()
    assert f"The partner wrote on #{ticket.number}: It does not work" in page


def test_the_palette_finds_a_ticket_by_its_number(cast: Cast, ticket: Ticket) -> None:
    for name, expected in (("sue", True), ("otto", False)):
        page = client_of(cast, name).get("/palette/", {"q": f"#{ticket.number}"}).content.decode()
        assert (f"#{ticket.number} It does not work" in page) is expected
