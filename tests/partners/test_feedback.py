"""Product feedback: one item, many organizations; what becomes of it; drafts on release; beta programs."""

import hmac
import json
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import Outbox
from common.scope import Scope, set_scope
from partners.models import BetaProgram, BetaSeat, FeedbackItem, FeedbackVoice, ReleaseNote, TimelineEntry
from partners.rules.classification_packs import Rate, RateTable
from partners.rules.feedback import Amount, is_news, joined, read_issue, stronger, weigh
from partners.rules.issue_news import read_news
from partners.selectors import feedback as read
from partners.services import betas, feedback, feedback_voices, release_notes
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact, make_customer

DAY = date(2026, 3, 2)
RATES = RateTable(version=1, reporting_currency="USD", rates={"EUR": (Rate(on=date(2026, 1, 1), rate=Decimal("1.1")),)})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://github.com/acme/app/issues/7", ("github", "acme/app", 7)),
        ("github.com/acme/app/issues/7?x=1#top", ("github", "acme/app", 7)),
        ("https://gitlab.com/acme/sub/app/-/issues/12/", ("gitlab", "acme/sub/app", 12)),
        ("https://github.com/acme/app/pull/7", None),
        ("https://github.com.evil.example/acme/app/issues/7", None),
        ("https://github.com/acme/app/issues/0", None),
        ("https://github.com/acme/app/issues/seven", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_addresses_of_issues(text: str, found: tuple[str, str, int] | None) -> None:
    ref = read_issue(text)
    assert (ref and (ref.provider, ref.repository, ref.number)) == found
    assert ref is None or read_issue(ref.url) == ref


def test_weight_is_converted_and_never_guessed() -> None:
    rows = [Amount(value=Decimal(100), currency="EUR"), Amount(value=None, currency="USD")]
    rows += [Amount(value=Decimal(5), currency="XXX"), Amount(value=Decimal(1), currency="USD")]
    found = weigh(rows, RATES, on=DAY)
    assert (found.amount, found.counted, found.left_out) == (Decimal("111.00"), 2, 2)
    assert weigh(rows, None, on=DAY).counted == 1


def test_what_a_merge_keeps() -> None:
    assert stronger("nice", "blocking") == stronger("blocking", "important") == "blocking"
    assert joined("a", "b") == "a\n\nb"
    assert joined("a b", "b") == "a b"
    assert joined("", "b") == "b"
    assert is_news(heard_at=None, at=NOW)
    assert not is_news(heard_at=NOW, at=NOW)


pytestmark_db = pytest.mark.django_db


def add(cast: Cast, name: str = "tom", **more: Any) -> FeedbackItem:
    values = {"title": "Export to PDF", "kind": "feature_request", **more}
    voice = {"need": "blocking", "words": "We print it by hand"}
    return feedback.add(by=cast.actor(name), organization=cast.northwind, values=values, voice=voice, now=NOW)


@pytestmark_db
def test_one_item_with_many_voices(cast: Cast) -> None:
    item = add(cast)
    cast.birch.arr = Decimal(1000)
    cast.birch.save()
    voice: dict[str, Any] = {"item": item, "organization": cast.birch, "now": NOW}
    feedback_voices.add(by=cast.actor("carl"), values={"words": "Us too"}, **voice)
    with pytest.raises(DomainError) as caught:
        feedback_voices.add(by=cast.actor("carl"), values={}, **voice)
    assert caught.value.code == "voiced"
    with pytest.raises(NotAllowed):
        feedback_voices.add(by=cast.actor("petra"), values={}, **voice)
    with pytest.raises(DomainError):
        feedback_voices.add(by=cast.actor("carl"), values={"contact": cast.connie_contact}, **voice)
    behind = read.one_row(cast.actor("carl"), item).behind
    assert (behind.seen, behind.others, behind.blocking) == (1, 1, 0)
    assert behind.weight is not None
    assert behind.weight.amount == Decimal(1000)
    # Petra reads no commercial field and opens Northwind alone; Max reads all.
    petra, everything = (read.one_row(cast.actor(name), item).behind for name in ("petra", "max"))
    assert (petra.seen, petra.others, petra.weight) == (1, 1, None)
    assert (everything.seen, everything.others) == (2, 0)
    assert [row.voice.words for row in read.voices_of(cast.actor("petra"), item)] == ["We print it by hand"]
    assert TimelineEntry.objects.filter(kind="feedback").count() == 2
    assert read.similar_to(cast.actor("tom"), "PDF export")[0].pk == item.pk


@pytestmark_db
@pytest.mark.parametrize(
    ("name", "reads"), [("tom", True), ("max", True), ("otto", False), ("sue", False), ("sam", False)]
)
def test_who_reads_feedback(cast: Cast, name: str, reads: bool) -> None:
    assert read.may_read(cast.actor(name)) is reads
    client = Client()
    client.force_login(getattr(cast, name))
    assert client.get("/feedback/").status_code == (200 if reads else 403)


@pytestmark_db
def test_words_versions_and_rights(cast: Cast) -> None:
    item = add(cast)
    tom, lena = cast.actor("tom"), cast.actor("lena")
    assert (
        feedback.edit(by=tom, item=item, values={"title": " PDF\n export "}, version=1, now=NOW).title == "PDF export"
    )
    with pytest.raises(Conflict):
        feedback.edit(by=lena, item=item, values={"title": "x"}, version=1, now=NOW)
    for values in ({"answer": "Soon"}, {"expected": "summer"}):
        with pytest.raises(NotAllowed):
            feedback.edit(by=tom, item=item, values=values, now=NOW)
    with pytest.raises(DomainError):
        feedback.edit(by=lena, item=item, values={"title": " "}, now=NOW)
    for act in (feedback.move, feedback.link_issue, feedback.merge):
        more = {"move": {"state": "planned"}, "link_issue": {"address": ""}, "merge": {"into": item}}[act.__name__]
        with pytest.raises(NotAllowed):
            act(by=tom, item=item, now=NOW, **more)  # type: ignore[operator]


@pytestmark_db
def test_an_issue_is_heard_of_late_twice_and_out_of_order(cast: Cast) -> None:
    item, lena = add(cast), cast.actor("lena")
    feedback.link_issue(by=lena, item=item, address="https://github.com/Acme/app/issues/7", now=NOW)
    heard = {"provider": "github", "repository": "acme/App", "number": 7}
    assert feedback.hear_issue(state="closed", now=NOW, **heard)
    assert not feedback.hear_issue(state="closed", now=NOW, **heard)
    assert not feedback.hear_issue(state="open", now=NOW - timedelta(hours=1), **heard)
    assert not feedback.hear_issue(provider="gitlab", repository="acme/app", number=7, state="open", now=NOW)
    item.refresh_from_db()
    assert (item.issue_state, item.state) == ("closed", "new")
    other = add(cast, title="Other")
    with pytest.raises(DomainError) as caught:
        feedback.link_issue(by=lena, item=other, address="https://github.com/Acme/app/issues/7", now=NOW)
    assert caught.value.code == "taken"


@pytestmark_db
def test_issues_are_heard_from_who_knows_the_secret(cast: Cast, settings: Any) -> None:
    item, client, secret = add(cast), Client(enforce_csrf_checks=True), "word"
    feedback.link_issue(by=cast.actor("lena"), item=item, address="https://github.com/acme/app/issues/7", now=NOW)
    issue = {"number": 7, "state": "closed", "updated_at": "2030-01-01T00:00:00Z"}
    body = json.dumps({"action": "closed", "issue": issue, "repository": {"full_name": "acme/app"}}).encode()
    sign = f"sha256={hmac.new(secret.encode(), body, sha256).hexdigest()}"

    def call(provider: str, **headers: str) -> tuple[int, Any]:
        answer = client.post(f"/hooks/issues/{provider}/", body, "application/json", headers=headers)
        return answer.status_code, answer.json().get("heard")

    assert call("github", **{"X-Hub-Signature-256": sign})[0] == 404
    settings.ISSUE_HOOK_SECRET = secret
    assert call("github")[0] == call("github", **{"X-Hub-Signature-256": "sha256=0"})[0] == call("other")[0] == 404
    assert call("github", **{"X-Hub-Signature-256": sign}) == (200, True)
    assert call("github", **{"X-Hub-Signature-256": sign}) == (200, False)
    assert call("gitlab", **{"X-Gitlab-Token": "wrong"})[0] == 404
    assert call("gitlab", **{"X-Gitlab-Token": secret}) == (200, False)
    item.refresh_from_db()
    assert item.issue_state == "closed"


LAB = {"iid": 3, "state": "closed", "updated_at": "2026-03-02 10:00:00 UTC"}


@pytest.mark.parametrize(
    ("provider", "content", "heard"),
    [
        ("gitlab", {"object_kind": "issue", "project": {"path_with_namespace": "a/b"}, "object_attributes": LAB}, True),
        ("gitlab", {"object_kind": "push"}, False),
        *(
            (
                "gitlab",
                {
                    "object_kind": "issue",
                    "project": {"path_with_namespace": name},
                    "object_attributes": LAB | odd,
                },
                False,
            )
            for name, odd in (
                ("a\0b", {}),
                ("a/\ud800", {}),
                ("a/b", {"state": "open\ud800"}),
                ("a/b", {"updated_at": "9999-12-31T23:59:59-12:00"}),
                ("a/b", {"updated_at": "0001-01-01T00:00:00+12:00"}),
            )
        ),
        ("github", {"issue": {"number": 1, "updated_at": "x"}, "repository": {"full_name": "a/b"}}, False),
        ("github", {"issue": {"number": True}, "repository": []}, False),
        ("github", [], False),
        ("github", None, False),
    ],
)
def test_what_other_tools_say(provider: str, content: Any, heard: bool) -> None:
    assert (read_news(provider, content) is not None) is heard


@pytestmark_db
def test_a_merge_moves_voices_of_organizations_that_its_person_does_not_open(cast: Cast) -> None:
    kept, gone = add(cast), add(cast, title="Printing")
    feedback_voices.add(by=cast.actor("carl"), item=gone, organization=cast.birch, values={}, now=NOW)
    assert feedback.merge(by=cast.actor("tina"), item=gone, into=kept, now=NOW).pk == kept.pk
    assert set(kept.voices.values_list("organization__name", flat=True)) == {"Northwind", "Birch"}
    assert not gone.voices.exists()
    with pytest.raises(Missing):
        feedback.merge(by=cast.actor("lena"), item=gone, into=kept, now=NOW)
    with pytest.raises(DomainError):
        feedback.merge(by=cast.actor("lena"), item=kept, into=kept, now=NOW)


@pytestmark_db
def test_a_release_drafts_one_mail_for_each_and_sends_it_once(cast: Cast) -> None:
    item, tom = add(cast), cast.actor("tom")
    feedback_voices.add(by=cast.actor("carl"), item=item, organization=cast.birch, values={}, now=NOW)
    feedback.move(by=cast.actor("lena"), item=item, state="released", now=NOW)
    notes = {note.organization.name: note for note in ReleaseNote.objects.select_related("organization")}
    assert notes["Northwind"].contact == cast.connie_contact
    assert (notes["Northwind"].owner, notes["Birch"].owner) == (cast.petra, cast.carl)
    # Whoever came later would be told of nothing: what is still missing is something new.
    late = make_customer(name="Late", owners={"csm": cast.carl})
    with pytest.raises(DomainError) as caught:
        feedback_voices.add(by=cast.actor("carl"), item=item, organization=late, values={}, now=NOW)
    assert caught.value.code == "released"
    with pytest.raises(DomainError) as caught:
        release_notes.send(by=cast.actor("carl"), note=notes["Birch"], now=NOW)
    assert caught.value.field == "contact"
    with pytest.raises(NotAllowed):
        release_notes.send(by=cast.actor("carl"), note=notes["Northwind"], now=NOW)
    edited = release_notes.edit(by=tom, note=notes["Northwind"], values={"subject": "It\nis there"}, version=1, now=NOW)
    release_notes.send(by=tom, note=edited, version=2, now=NOW)
    with pytest.raises(DomainError):
        release_notes.send(by=tom, note=edited, now=NOW)
    sent = Outbox.objects.get(topic=release_notes.MAIL)
    release_notes.deliver_release_note(sent.payload, sent.public_id, NOW)
    assert [(one.to, one.subject) for one in mail.outbox] == [(["connie@northwind.example"], "It is there")]
    assert "Export to PDF" in mail.outbox[0].body
    # Taken back and released again: who was told is not told twice.
    feedback.move(by=cast.actor("lena"), item=item, state="building", now=NOW)
    assert ReleaseNote.objects.count() == 1
    feedback.move(by=cast.actor("lena"), item=item, state="released", now=NOW)
    assert sorted(ReleaseNote.objects.values_list("state", flat=True)) == ["draft", "sent"]


@pytestmark_db
def test_the_way_through_the_pages(cast: Cast) -> None:
    client, here = Client(), f"/organizations/{cast.northwind.public_id}/feedback/"
    client.force_login(cast.tom)
    assert "Nothing asked for yet" in client.get(here).content.decode()
    sent = {"title": "Dark mode", "kind": "idea", "need": "nice", "words": "<b>=1+1</b>"}
    assert client.post(f"{here}new/", {**sent, "title": ""}).status_code == 422
    assert client.post(f"{here}new/", sent).status_code == 302
    item = FeedbackItem.objects.get()
    page = client.get(here).content.decode()
    assert "Dark mode" in page
    assert "&lt;b&gt;=1+1" in page
    again = client.post(f"{here}new/", {**sent, "title": "A dark mode"})
    assert again.status_code == 422
    assert f"{here}{item.public_id}/" in again.content.decode()
    assert client.post(f"{here}new/", {**sent, "title": "A dark mode", "confirmed": "on"}).status_code == 302
    birch = f"/organizations/{cast.birch.public_id}/feedback/{item.public_id}/"
    to_form = client.get(f"/feedback/{item.public_id}/ask/?organization=birch")
    assert (to_form.status_code, to_form["location"]) == (302, birch)
    assert client.post(birch, {"need": "important"}).status_code == 302
    voice = FeedbackVoice.objects.get(item=item, organization=cast.birch)
    late = client.post(f"/feedback/voices/{voice.public_id}/", {"need": "nice", "version": "7"})
    assert late.status_code == 422
    assert client.get("/feedback/?q=dark&state=new&kind=idea&cursor=x").content.decode().count("Dark mode") == 1
    assert "No feedback fits" in client.get("/feedback/?state=declined").content.decode()
    assert "Dark mode" in client.get("/feedback/board/").content.decode()
    assert "Dark mode" in client.post("/feedback/export/").content.decode()
    assert client.post(f"/feedback/{item.public_id}/move/", {"state": "released"}).status_code == 403
    client.force_login(cast.lena)
    lines = client.get(f"/feedback/{item.public_id}/").content.decode()
    assert "What becomes of it" in lines
    client.post(f"/feedback/{item.public_id}/issue/", {"address": "https://gitlab.com/a/b/-/issues/3"})
    client.post(f"/feedback/{item.public_id}/move/", {"state": "released"})
    item.refresh_from_db()
    assert (item.state, item.issue_number) == ("released", 3)
    notes = client.get("/feedback/release-notes/?show=all").content.decode()
    assert "Northwind · Dark mode" in notes
    assert "nobody asks for it any more" in client.get(f"/feedback/{item.public_id}/").content.decode()
    note = ReleaseNote.objects.get(organization=cast.northwind)
    one = f"/feedback/release-notes/{note.public_id}/"
    assert client.get(one).status_code == 200
    client.post(f"{one}discard/")
    client.post(f"{one}restore/")
    client.post(f"{one}send/")
    note.refresh_from_db()
    assert note.state == "sent"
    client.force_login(cast.otto)
    assert client.get(one).status_code == 404
    assert client.get(f"/feedback/voices/{voice.public_id}/").status_code == 404


@pytestmark_db
def test_a_beta_from_plan_to_sessions(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.lena)
    sent = {"title": "New export", "starts_on": "2026-03-01", "ends_on": "2026-04-01", "state": "open"}
    assert client.post("/feedback/betas/new/", {**sent, "ends_on": "2026-02-01"}).status_code == 422
    assert client.post("/feedback/betas/new/", sent).status_code == 302
    program = BetaProgram.objects.get()
    here = f"/feedback/betas/{program.public_id}/"
    for name in ("Northwind", "Northwind", "Nobody"):
        client.post(f"{here}invite/", {"organization": name})
    seat = BetaSeat.objects.get()
    assert "Northwind" in client.get(here).content.decode()
    assert client.post(f"{here}edit/", {**sent, "title": "Newer export", "version": "1"}).status_code == 302
    client.force_login(cast.connie)
    assert "Newer export" in client.get("/portal/betas/").content.decode()
    client.post(f"/portal/betas/{seat.public_id}/", {"joins": "yes"})
    client.post(f"/portal/betas/{seat.public_id}/", {"joins": "no"})
    seat.refresh_from_db()
    assert seat.state == "joined"
    client.force_login(cast.tom)
    form = {"state": "joined", "sessions": "2", "feedback": "Fast", "version": str(seat.version)}
    assert client.post(f"/feedback/betas/seats/{seat.public_id}/", form).status_code == 302
    assert "2 sessions held" in client.get(f"/organizations/{cast.northwind.public_id}/feedback/").content.decode()
    assert "New" in client.get("/feedback/betas/?state=open").content.decode()
    client.force_login(cast.carl)
    assert "1 other organization" in client.get(here).content.decode()
    assert client.get(f"/feedback/betas/seats/{seat.public_id}/").status_code == 404


@pytestmark_db
def test_a_contact_answers_for_its_own_organization_alone(cast: Cast) -> None:
    program = betas.make(
        by=cast.actor("max"), values={"title": "x", "starts_on": DAY, "ends_on": DAY, "state": "open"}, now=NOW
    )
    seat = betas.invite(by=cast.actor("carl"), program=program, organization=cast.birch, now=NOW)
    with pytest.raises(Missing):
        betas.answer(by=cast.actor("connie"), seat=seat, joins=True, now=NOW)
    with pytest.raises(NotAllowed):
        betas.make(by=cast.actor("tom"), values={"title": "x", "starts_on": DAY, "ends_on": DAY}, now=NOW)
    betas.edit(by=cast.actor("max"), program=program, values={"state": "closed"}, now=NOW)
    with pytest.raises(DomainError):
        betas.invite(by=cast.actor("tom"), program=program, organization=cast.northwind, now=NOW)


@pytestmark_db
def test_rows_stay_behind_the_second_wall(cast: Cast) -> None:
    feedback.move(by=cast.actor("max"), item=add(cast), state="released", now=NOW)
    make_contact(cast.birch)
    set_scope(Scope.of([cast.birch.pk]))
    assert [model.objects.count() for model in (FeedbackVoice, ReleaseNote, BetaSeat)] == [0, 0, 0]
