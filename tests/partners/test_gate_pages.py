"""The pages of gates through the client, as the cast: who opens and does what, what they say, what they cost."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import Notification
from common.targets import resolve_target
from partners.models import (
    Draft,
    DraftAnswer,
    Evidence,
    Organization,
    OrganizationFacts,
    SectionJudgment,
    Signature,
    Submission,
    Waiver,
    WaiverRequest,
)
from partners.services import drafts
from tests.cast import Cast
from tests.factories.partners import make_grant
from tests.partners.gate_world import AT, drafted, drawing, partner_at, review_of, sign_all, submitted
from tests.partners.journey_world import PARTNER
from tests.partners.page_world import counting

# An id that nothing has; the same in every process, since it stands in names of tests.
NOBODY = "0f8b7a52-3f0e-4f5c-9d0a-2b6c1d9e7a11"
pytestmark = pytest.mark.django_db

HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    """The answers of the world are good on its day."""
    with time_machine.travel(AT + timedelta(hours=2), tick=False):
        yield


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def url(partner: Organization, path: str = "", stage: str = "") -> str:
    return f"/organizations/{partner.public_id}/gates/{stage or partner.stage}/{path}"


def ask(stage: str, path: str = "") -> str:
    return f"questionnaires/{PARTNER.stage(stage).questionnaires[0].id}/{path}"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def answer_url(partner: Organization, field: str, section: str = "contract-execution") -> str:
    return url(partner, ask("gate_0", f"sections/{section}/answers/{field}/"))


def value_of(draft: Draft, field: str) -> str:
    return str(DraftAnswer.objects.get(draft=draft, field=field).value)


# Every door of a gate, as a method and a path below it.
DOORS = [
    ("get", ""),
    ("post", "decide/"),
    ("get", "override/"),
    ("post", "override/"),
    ("get", "waive/section:partner-team/"),
    ("post", f"waivers/{NOBODY}/revoke/"),
    ("get", "ask-waiver/section:partner-team/"),
    ("post", "ask-waiver/section:partner-team/"),
    ("get", f"asked-waivers/{NOBODY}/refuse/"),
    ("post", f"asked-waivers/{NOBODY}/withdraw/"),
    ("post", ask("gate_0", "begin/")),
    ("get", ask("gate_0", "sections/partner-team/")),
    ("post", ask("gate_0", "sections/partner-team/")),
    ("post", ask("gate_0", "sections/partner-team/answers/partner-sales-lead/")),
    ("get", ask("gate_0", "sections/partner-team/evidence/partner-sales-lead/")),
    ("post", ask("gate_0", f"sections/partner-team/evidence/partner-sales-lead/{NOBODY}/remove/")),
    ("get", ask("gate_0", "review/")),
    ("post", ask("gate_0", "review/")),
    ("get", ask("gate_0", "versions/")),
    ("get", ask("gate_0", "versions/1/")),
    ("get", ask("gate_0", "versions/2/changes/")),
    ("get", ask("gate_0", "versions/1/judge/strategic-value/")),
    ("post", ask("gate_0", "versions/1/judge/strategic-value/")),
    ("get", ask("gate_0", "versions/1/sign/")),
    ("post", ask("gate_0", "versions/1/sign/")),
    ("get", ask("gate_0", f"versions/1/signatures/{NOBODY}/")),
    ("post", ask("gate_0", "versions/1/remind/")),
]


class TestWhoOpensWhat:
    @pytest.mark.parametrize(("method", "path"), DOORS)
    def test_foreign_and_missing_answer_alike(self, cast: Cast, method: str, path: str) -> None:
        partner = partner_at(cast, "gate_0", name="Aurora Foreign")
        submitted(cast, partner)
        client = client_of(cast, "otto")
        answers = [
            getattr(client, method)(f"/organizations/{pk}/gates/gate_0/{path}") for pk in (partner.public_id, NOBODY)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert "Aurora" not in text_of(answers[0])

    @pytest.mark.parametrize(("method", "path"), DOORS)
    def test_participants_and_contacts_stay_outside(self, cast: Cast, method: str, path: str) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner)
        assert getattr(client_of(cast, "sam"), method)(url(partner, path)).status_code == 403
        assert getattr(client_of(cast, "connie"), method)(url(partner, path)).status_code == 404

    def test_who_sees_but_does_not_work_changes_nothing(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submission = submitted(cast, partner)
        before = list(DraftAnswer.objects.order_by("pk").values_list("value", "version"))
        client = client_of(cast, "carl")
        page = text_of(client.get(url(partner, ask("gate_0", "sections/partner-team/"))))
        assert "You read these answers" in page
        assert "gate-form" not in page
        refused = (
            (ask("gate_0", "sections/partner-team/"), {"a-partner-sales-lead": "Me", "v-partner-sales-lead": "1"}),
            (ask("gate_0", "sections/partner-team/answers/partner-sales-lead/"), {"a-partner-sales-lead": "Me"}),
            (ask("gate_0", "review/"), {}),
            (ask("gate_0", "versions/1/judge/strategic-value/"), {"verdict": "passed", "reason": "Because"}),
            (ask("gate_0", "versions/1/sign/"), {"role": "pdm", "name": "Carl Lindqvist"}),
            (ask("gate_0", "versions/1/remind/"), {}),
            ("override/", {"to": "gate_1", "reason": "Now", "is_sure": "on"}),
            ("waive/section:partner-team/", {"reason": "Now", "until": "2025-12-31"}),
            ("decide/", {}),
        )
        assert [client.post(url(partner, path), sent).status_code for path, sent in refused] == [403] * len(refused)
        assert list(DraftAnswer.objects.order_by("pk").values_list("value", "version")) == before
        assert not SectionJudgment.objects.exists()
        assert not Signature.objects.exists()
        assert not Waiver.objects.exists()
        assert Submission.objects.get().pk == submission.pk

    @pytest.mark.parametrize("name", ["adam", "max", "carl"])
    def test_nobody_signs_without_the_role(self, cast: Cast, name: str) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner)
        client = client_of(cast, name)
        assert client.get(url(partner, ask("gate_0", "versions/1/sign/"))).status_code == 403
        assert ">Sign<" not in text_of(client.get(url(partner, ask("gate_0", "versions/1/"))))

    def test_what_the_journey_has_not_is_missing(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        drafted(partner, cast.actor("paul"))
        client = client_of(cast, "paul")
        paths = (
            ask("gate_1", "sections/phase-1a-kickoff/"),
            ask("gate_0", "sections/nonsense/"),
            ask("gate_0", "versions/7/"),
            ask("gate_0", f"versions/{10**30}/"),
            "questionnaires/nonsense/review/",
        )
        assert [client.get(url(partner, path)).status_code for path in paths] == [404] * len(paths)
        assert client.get(url(partner, "", "live")).status_code == 404
        for field in ("nonsense", "ccv-amount", "contract-signed--note--note"):
            assert client.post(answer_url(partner, field), {f"a-{field}": "1"}).status_code == 404

    def test_a_gate_ahead_says_when_it_opens_and_takes_nothing(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        client = client_of(cast, "ana")
        page = text_of(client.get(url(partner, "", "gate_2")))
        assert "This gate opens when it gets here" in page
        assert client.post(url(partner, ask("gate_2", "begin/"), "gate_2")).status_code == 404
        assert client.post(url(partner, "decide/", "gate_2")).status_code == 404


class TestFillingIn:
    def test_begin_fills_in_what_is_known_with_its_source(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0", ccv=20_000_000, country_lrp=100_000_000, currency="USD")
        client = client_of(cast, "paul")
        answer = client.post(url(partner, ask("gate_0", "begin/")))
        assert answer.url == url(partner, ask("gate_0", "sections/contract-execution/"))
        page = text_of(client.get(url(partner, ask("gate_0", "sections/financial-bar/"))))
        assert 'value="20000000"' in page
        assert "From the record of the organization" in page
        assert "Tier 1" in page
        assert "is at least 10 %" in page

    def test_an_answer_is_saved_as_it_is_given(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafts.begin(review=review_of(partner), questionnaire="gate-0-kickoff", by=cast.actor("paul"), now=AT)
        answer = client_of(cast, "paul").post(
            answer_url(partner, "contract-reference-number"),
            {"a-contract-reference-number": "  C-77 ", "v-contract-reference-number": "0"},
            **HX,
        )
        assert answer.status_code == 200
        assert value_of(draft, "contract-reference-number") == "C-77"
        assert 'name="v-contract-reference-number" value="1"' in text_of(answer)
        assert "Saved" in text_of(answer)
        assert 'hx-swap-oob="true"' in text_of(answer)

    def test_what_means_nothing_is_kept_and_said(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafted(partner, cast.actor("paul"))
        answer = client_of(cast, "paul").post(
            answer_url(partner, "sales-team-size", "operational-readiness"),
            {"a-sales-team-size": "a few", "v-sales-team-size": "1"},
            **HX,
        )
        assert "Write a number" in text_of(answer)
        assert "data-invalid" in text_of(answer)
        assert value_of(draft, "sales-team-size") == "a few"

    def test_what_is_never_kept_is_refused_and_not_lost(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        drafted(partner, cast.actor("paul"))
        sent = {"a-contract-reference-number": "x" * 301, "v-contract-reference-number": "1"}
        client = client_of(cast, "paul")
        answer = client.post(answer_url(partner, "contract-reference-number"), sent, **HX)
        assert answer.status_code == 422
        assert "at most 300 characters" in text_of(answer)
        page = client.post(url(partner, ask("gate_0", "sections/contract-execution/")), sent)
        assert page.status_code == 422
        assert "x" * 301 in text_of(page)

    def test_somebody_elses_answer_is_shown_beside_ones_own(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafted(partner, cast.actor("paul"))
        base = {"v-contract-reference-number": "1"}
        ana, paul = client_of(cast, "ana"), client_of(cast, "paul")
        ana.post(answer_url(partner, "contract-reference-number"), base | {"a-contract-reference-number": "Hers"}, **HX)
        answer = paul.post(
            answer_url(partner, "contract-reference-number"), base | {"a-contract-reference-number": "His"}, **HX
        )
        shown = text_of(answer)
        assert "Ana Silva answered this differently" in shown
        assert "Hers" in shown
        assert "His" in shown
        assert value_of(draft, "contract-reference-number") == "Hers"
        settled = {
            "settle": "contract-reference-number mine",
            "mine-contract-reference-number": "His",
            "v-contract-reference-number": "2",
        }
        paul.post(answer_url(partner, "contract-reference-number"), settled, **HX)
        assert value_of(draft, "contract-reference-number") == "His"

    def test_theirs_can_stand(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafted(partner, cast.actor("paul"), contract_reference_number="Theirs")
        settled = {
            "settle": "contract-reference-number theirs",
            "mine-contract-reference-number": "Mine",
            "v-contract-reference-number": "9",
        }
        answer = client_of(cast, "paul").post(answer_url(partner, "contract-reference-number"), settled, **HX)
        assert 'value="Theirs"' in text_of(answer)
        assert value_of(draft, "contract-reference-number") == "Theirs"

    def test_a_form_without_scripts_saves_the_section_and_goes_on(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafted(partner, cast.actor("paul"))
        sent = {
            "a-contract-signed": "no",
            "v-contract-signed": "1",
            "a-contract-type": "ppa",
            "v-contract-type": "1",
            "go": "partner-team",
        }
        answer = client_of(cast, "paul").post(url(partner, ask("gate_0", "sections/contract-execution/")), sent)
        assert answer.url == url(partner, ask("gate_0", "sections/partner-team/"))
        assert value_of(draft, "contract-signed") == "no"
        # What was not sent stays as it is.
        assert value_of(draft, "contract-reference-number") == "As agreed"

    def test_a_clash_without_scripts_comes_back_in_the_form(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafted(partner, cast.actor("paul"))
        drafts.save_answer(
            draft=draft, field="contract-type", value="other", base_version=1, by=cast.actor("ana"), now=AT
        )
        sent = {
            "a-contract-type": "distribution",
            "v-contract-type": "1",
            "a-contract-reference-number": "C-9",
            "v-contract-reference-number": "1",
        }
        page = client_of(cast, "paul").post(url(partner, ask("gate_0", "sections/contract-execution/")), sent)
        assert page.status_code == 422
        assert "Ana Silva answered this differently" in text_of(page)
        assert value_of(draft, "contract-type") == "other"
        assert value_of(draft, "contract-reference-number") == "C-9"

    def test_a_negative_answer_asks_for_a_note(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        drafted(partner, cast.actor("paul"), technical_infrastructure="partially")
        client = client_of(cast, "paul")
        path = ask("gate_0", "sections/operational-readiness/?check=1")
        page = text_of(client.get(url(partner, path)))
        assert "Say in a note what is missing" in page
        assert 'href="#q-technical-infrastructure-note"' in page
        note = answer_url(partner, "technical-infrastructure--note", "operational-readiness")
        sent = {"a-technical-infrastructure--note": "Racks in May", "v-technical-infrastructure--note": "0"}
        assert client.post(note, sent, **HX).status_code == 200
        assert "Say in a note what is missing" not in text_of(client.get(url(partner, path)))

    def test_evidence_stands_beside_an_answer(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        drafted(partner, cast.actor("paul"))
        client = client_of(cast, "paul")
        place = url(partner, ask("gate_0", "sections/contract-execution/evidence/contract-signed/"))
        assert client.post(place, {"url": "http://insecure.example"}).status_code == 422
        assert client.post(place, {"url": "https://files.example/c.pdf"}).status_code == 302
        assert client.post(place, {"note": "Seen at their office"}).status_code == 302
        assert client.post(place, {"note": "Both", "url": "https://files.example"}).status_code == 422
        script = SimpleUploadedFile("contract.pdf", b"MZ\x90\x00", "application/pdf")
        assert client.post(place, {"file": script}).status_code == 422
        assert "2 pieces of evidence" in text_of(
            client.get(url(partner, ask("gate_0", "sections/contract-execution/")))
        )
        piece = Evidence.objects.get(kind="note")
        assert client.post(f"{place}{piece.public_id}/remove/").status_code == 302
        assert "Seen at their office" not in text_of(client.get(place))
        assert client_of(cast, "carl").post(place, {"note": "Mine"}).status_code == 403


class TestBeforeAndAfterSubmission:
    def test_the_review_names_what_is_missing_and_where(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        drafted(partner, cast.actor("paul"), contract_reference_number="", sales_team_size="a few")
        client = client_of(cast, "paul")
        page = text_of(client.get(url(partner, ask("gate_0", "review/"))))
        section = url(partner, ask("gate_0", "sections/contract-execution/"))
        assert f'href="{section}?check=1#q-contract-reference-number"' in page
        assert "Submit" not in page.replace("Submitting", "")
        client.post(url(partner, ask("gate_0", "review/")))
        assert not Submission.objects.exists()

    def test_failing_says_every_broken_rule_and_the_way_out_is_a_new_version(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        drafted(partner, cast.actor("paul"), contract_signed="no", team_commitment_confirmed="no")
        client = client_of(cast, "paul")
        assert "Submit although it would fail" in text_of(client.get(url(partner, ask("gate_0", "review/"))))
        made = client.post(url(partner, ask("gate_0", "review/")))
        page = text_of(client.get(made.url))
        assert "The contract is not signed by both sides." in page
        assert "The partner has not committed its team." in page
        assert "Mend in a new version" in page
        assert "Content is as it was submitted" in page
        section = text_of(client.get(url(partner, ask("gate_0", "sections/contract-execution/"))))
        assert "Failed last time:" in section
        client.post(answer_url(partner, "contract-signed"), {"a-contract-signed": "yes", "v-contract-signed": "1"})
        client.post(url(partner, ask("gate_0", "review/")))
        assert list(Submission.objects.order_by("number").values_list("outcome", flat=True)) == ["failed", "passed"]
        changes = text_of(client.get(url(partner, ask("gate_0", "versions/2/changes/"))))
        assert "Have both sides signed?" in changes
        assert "A newer version was submitted" in text_of(client.get(url(partner, ask("gate_0", "versions/1/"))))
        assert text_of(client.get(url(partner, ask("gate_0", "versions/")))).count("data-row-link") == 2

    def test_a_signer_judges_what_no_rule_decides(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner, team_commitment_confirmed="no", operational_readiness_score="low")
        submission = Submission.objects.get()
        place = url(partner, ask("gate_0", "versions/1/judge/strategic-value/"))
        client = client_of(cast, "ana")
        assert client.post(place, {"verdict": "passed", "reason": " "}).status_code == 422
        answer = client.post(place, {"verdict": "failed", "reason": "Nobody buys there."})
        assert answer.status_code == 302
        submission.refresh_from_db()
        assert submission.outcome == "failed"
        assert "Nobody buys there." in text_of(client.get(url(partner, ask("gate_0", "versions/1/"))))

    def test_sections_of_rules_are_not_judged(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner)
        place = url(partner, ask("gate_0", "versions/1/judge/partner-team/"))
        assert client_of(cast, "paul").get(place).status_code == 404

    def test_signing_needs_ones_own_name_and_shows_who_is_missing(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner)
        place = url(partner, ask("gate_0", "versions/1/sign/"))
        client = client_of(cast, "paul")
        wrong = client.post(place, {"role": "pdm", "name": "Ana Silva"})
        assert wrong.status_code == 422
        assert "Type your name as it stands in your account" in text_of(wrong)
        assert client.post(place, {"role": "pam", "name": "Paul Novak"}).status_code == 422
        client.post(
            place, {"role": "pdm", "name": "paul  novak"}, HTTP_USER_AGENT="Firefox 150", REMOTE_ADDR="192.0.2.9"
        )
        signature = Signature.objects.get()
        assert (signature.role, signature.kind, signature.ip, signature.browser) == (
            "pdm",
            "typed",
            "192.0.2.9",
            "Firefox 150",
        )
        page = text_of(client.get(url(partner, ask("gate_0", "versions/1/"))))
        assert "Missing" in page
        assert "192.0.2.9" in page
        assert "Remind who is missing" in page
        own = text_of(client_of(cast, "ana").get(url(partner, ask("gate_0", "versions/1/"))))
        assert "Missing" in own
        assert "Remind who is missing" not in own
        assert client.post(url(partner, ask("gate_0", "versions/1/remind/"))).status_code == 302
        notice = cast.ana.notifications.get(title__contains="reminds you")
        version = url(partner, ask("gate_0", "versions/1/"))
        assert resolve_target(cast.actor("ana"), notice.target_type, notice.target_id) == version
        assert resolve_target(cast.actor("otto"), notice.target_type, notice.target_id) is None
        assert client.get(place).status_code == 302

    def test_the_last_signature_decides_and_leads_on(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_1")
        submitted(cast, partner)
        place = url(partner, ask("gate_1", "versions/1/sign/"))
        answer = client_of(cast, "paul").post(place, {"role": "pdm", "name": "Paul Novak"})
        partner.refresh_from_db()
        assert partner.stage == "gate_2"
        # Gate 2 is closed to a PDM: the page that they came from is gone.
        assert answer.url == "/"

    def test_a_drawn_signature_is_kept_as_a_picture(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner)
        client = client_of(cast, "paul")
        drawn = "data:image/png;base64," + base64.b64encode(drawing()).decode()
        place = url(partner, ask("gate_0", "versions/1/sign/"))
        assert client.post(place, {"role": "pdm", "name": "Paul Novak", "drawn": drawn[:-30] + "*"}).status_code == 422
        client.post(place, {"role": "pdm", "name": "Paul Novak", "drawn": drawn})
        signature = Signature.objects.get(kind="drawn")
        picture = url(partner, ask("gate_0", f"versions/1/signatures/{signature.public_id}/"))
        answer = client.get(picture)
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert answer["Content-Disposition"].startswith("attachment")
        assert picture in text_of(client.get(url(partner, ask("gate_0", "versions/1/"))))
        assert client_of(cast, "otto").get(picture).status_code == 404

    @pytest.mark.parametrize("sent", [b"x" * (21 * 1024 * 1024), b"GIF89a not a png"], ids=["20 MB", "no PNG"])
    def test_what_is_no_signature_is_refused(self, cast: Cast, sent: bytes) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner)
        file = SimpleUploadedFile("me.png", sent, "image/png")
        place = url(partner, ask("gate_0", "versions/1/sign/"))
        answer = client_of(cast, "paul").post(place, {"role": "pdm", "name": "Paul Novak", "image": file})
        assert answer.status_code in (400, 413, 422)
        assert not Signature.objects.exists()


class TestAdministrators:
    def test_a_waiver_has_a_reason_and_an_end_and_is_taken_back(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner, team_commitment_confirmed="no")
        client = client_of(cast, "adam")
        place = url(partner, "waive/section:partner-team/")
        assert client.post(place, {"reason": "", "until": "2025-07-01"}).status_code == 422
        assert client.post(place, {"reason": "Known", "until": "2025-01-01"}).status_code == 422
        assert client.post(place, {"reason": "They commit in July", "until": "2025-07-01"}).status_code == 302
        waiver = Waiver.objects.get()
        assert waiver.expires_at.isoformat() == "2025-07-02T00:00:00+00:00"
        page = text_of(client.get(url(partner)))
        assert "They commit in July" in page
        assert client.post(url(partner, f"waivers/{waiver.public_id}/revoke/")).status_code == 302
        waiver.refresh_from_db()
        assert waiver.revoked_at is not None

    def test_waivers_are_asked_for_and_what_came_of_it_stays(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner, team_commitment_confirmed="no")
        paul, adam = client_of(cast, "paul"), client_of(cast, "adam")
        place = url(partner, "ask-waiver/section:partner-team/")
        assert place in text_of(paul.get(url(partner)))
        assert place not in text_of(adam.get(url(partner)))
        for name, status in (("paul", 200), ("max", 403), ("tina", 404), ("sam", 403), ("otto", 404), ("connie", 404)):
            assert (client_of(cast, name).get(place).status_code, name) == (status, name)
        assert paul.get(url(partner, "ask-waiver/section:contract-execution/")).status_code == 404
        assert paul.post(place, {"reason": " "}).status_code == 422
        assert paul.post(place, {"reason": "They name them in July"}).status_code == 302
        assert paul.post(place, {"reason": "They name them in July"}).status_code == 422
        told = Notification.objects.filter(kind="waivers")
        assert list(told.values_list("user", flat=True)) == [cast.adam.pk]
        opened = adam.get(f"/notifications/{told.get().public_id}/", follow=True)
        assert opened.request["PATH_INFO"] == url(partner)
        first = WaiverRequest.objects.get()
        refuse = url(partner, f"asked-waivers/{first.public_id}/refuse/")
        withdraw = url(partner, f"asked-waivers/{first.public_id}/withdraw/")
        assert "They name them in July" in text_of(adam.get(refuse))
        assert paul.get(refuse).status_code == 403
        # Nobody takes back what another has asked.
        client_of(cast, "ana").post(withdraw)
        assert adam.post(refuse, {"note": ""}).status_code == 422
        assert adam.post(refuse, {"note": "The launch depends on them"}).status_code == 302
        paul.post(withdraw)
        first.refresh_from_db()
        assert (first.answer, first.answered_by, first.waiver) == ("refused", cast.adam, None)
        assert "The launch depends on them" in text_of(paul.get(url(partner)))
        # Asked once more and granted, by whoever grants the criterion.
        paul.post(place, {"reason": "Their board has decided"})
        adam.post(url(partner, "waive/section:partner-team/"), {"reason": "They commit", "until": "2025-07-01"})
        second = WaiverRequest.objects.exclude(pk=first.pk).get()
        assert (second.answer, second.waiver) == ("granted", Waiver.objects.get())
        assert paul.post(place, {"reason": "Again"}).status_code == 422
        assert Notification.objects.filter(kind="waivers", user=cast.paul).count() == 2
        # What waits while the gate is decided lapses, and nothing of what was asked can be changed or taken away.
        other = url(partner, "ask-waiver/section:operational-readiness/")
        paul.post(other, {"reason": "Not needed there"})
        adam.post(url(partner, "override/"), {"to": "gate_1", "reason": "The board", "is_sure": "on"})
        assert "The gate was decided without it" in text_of(adam.get(url(partner)))
        for change in (lambda: WaiverRequest.objects.update(criterion="x"), WaiverRequest.objects.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_the_contract_is_never_waived(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        client = client_of(cast, "adam")
        for target in ("section:contract-execution", "section:nonsense", "criterion:nonsense", "x"):
            assert client.get(url(partner, f"waive/{target}/")).status_code == 404
        assert "section:contract-execution" not in text_of(client.get(url(partner)))

    def test_an_override_needs_a_reason_and_a_second_thought(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        client, place = client_of(cast, "adam"), url(partner, "override/")
        assert client.post(place, {"to": "gate_1", "reason": "Board decision"}).status_code == 422
        assert client.post(place, {"to": "gate_1", "reason": "", "is_sure": "on"}).status_code == 422
        assert client.post(place, {"to": "live", "reason": "x", "is_sure": "on"}).status_code == 422
        partner.refresh_from_db()
        assert partner.stage == "gate_0"
        client.post(place, {"to": "gate_1", "reason": "Board decision", "is_sure": "on"})
        partner.refresh_from_db()
        assert partner.stage == "gate_1"
        page = text_of(client.get(url(partner, "", "gate_0")))
        assert "Overridden" in page
        assert "Board decision" in page


class TestEarlierStages:
    @pytest.fixture
    def launched(self, cast: Cast) -> Organization:
        """Past Gate 0, in Gate 1, with amounts in its answers."""
        partner = partner_at(cast, "gate_0", currency="USD")
        answers = {"technical_infrastructure": "partially", "technical_infrastructure__": "Racks in May"}
        sign_all(cast, submitted(cast, partner, **answers))
        partner.refresh_from_db()
        assert partner.stage == "gate_1"
        return partner

    def test_a_summary_without_answers(self, cast: Cast, launched: Organization) -> None:
        client = client_of(cast, "ines")
        journey = text_of(client.get(f"/organizations/{launched.public_id}/journey/"))
        assert "Operational readiness passed with remarks" in journey
        assert "Paul Novak (PDM)" in journey
        for path in ("", ask("gate_0", "versions/1/"), ask("gate_0", "versions/")):
            page = text_of(client.get(url(launched, path, "gate_0")))
            for secret in ("Racks in May", "As agreed", "$20,000,000", "Market leader"):
                assert secret not in page
        assert client.get(url(launched, ask("gate_0", "versions/1/changes/"), "gate_0")).status_code == 403
        assert client.get(url(launched, ask("gate_0", "review/"), "gate_0")).status_code == 403
        assert "Ask for context" in text_of(client.get(url(launched, "", "gate_0")))

    def test_a_grant_opens_the_answers_but_no_amounts(self, cast: Cast, launched: Organization) -> None:
        make_grant(launched, cast.ines, state="given", expires_at=AT + timedelta(days=7))
        page = text_of(client_of(cast, "ines").get(url(launched, ask("gate_0", "versions/1/"), "gate_0")))
        assert "Racks in May" in page
        assert "Market leader" in page
        for amount in ("20,000,000", "100,000,000", "20000000", "20.00"):
            assert amount not in page

    def test_the_pam_reads_them_all(self, cast: Cast, launched: Organization) -> None:
        page = text_of(client_of(cast, "ana").get(url(launched, ask("gate_0", "versions/1/"), "gate_0")))
        assert "Racks in May" in page
        assert "$20,000,000" in page

    def test_a_decided_gate_takes_nothing_more(self, cast: Cast, launched: Organization) -> None:
        client = client_of(cast, "paul")
        for path in (ask("gate_0", "begin/"), "decide/"):
            client.post(url(launched, path, "gate_0"))
        assert client.get(url(launched, "override/", "gate_0")).status_code == 403
        assert client_of(cast, "adam").get(url(launched, "override/", "gate_0")).status_code == 403
        assert client.get(url(launched, ask("gate_0", "versions/1/sign/"), "gate_0")).status_code == 403
        launched.refresh_from_db()
        assert launched.stage == "gate_1"


class TestWhatWaits:
    def test_one_button_for_what_the_reader_does_next(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")

        def step(name: str) -> str:
            found = client_of(cast, name).get(f"/organizations/{partner.public_id}/journey/").context["step"]
            return str(found.title)

        assert step("paul") == "Start the questionnaire"
        assert step("carl") == "Being worked on"
        draft = drafted(partner, cast.actor("paul"), contract_reference_number="")
        assert step("paul") == "Go on with “Contract”"
        drafts.save_answer(
            draft=draft, field="contract-reference-number", value="C", base_version=2, by=cast.actor("paul"), now=AT
        )
        assert step("paul") == "Review and submit"
        client_of(cast, "paul").post(url(partner, ask("gate_0", "review/")))
        assert step("paul") == "Sign as PDM"
        assert step("ana") == "Sign as PAM"
        assert step("carl") == "Waits for a signature"

    def test_homes_show_the_gates_whose_next_move_is_the_readers(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0", name="Aurora Waiting")
        waiting = {name: "To fill in" in text_of(client_of(cast, name).get("/")) for name in ("paul", "ana", "carl")}
        assert waiting == {"paul": True, "ana": False, "carl": False}
        submitted(cast, partner)
        waiting = {name: "To sign" in text_of(client_of(cast, name).get("/")) for name in ("paul", "ana", "carl")}
        assert waiting == {"paul": True, "ana": True, "carl": False}


def test_pages_stay_within_their_statements(cast: Cast) -> None:
    partner = partner_at(cast, "gate_0", currency="USD")
    submitted(cast, partner, technical_infrastructure="partially", technical_infrastructure__="Racks in May")
    client = client_of(cast, "paul")
    paths = {
        "gate": "",
        "section": ask("gate_0", "sections/financial-bar/"),
        "review": ask("gate_0", "review/"),
        "version": ask("gate_0", "versions/1/"),
        "versions": ask("gate_0", "versions/"),
    }
    counts = {}
    for name, path in paths.items():
        client.get(url(partner, path))
        with counting() as statements:
            assert client.get(url(partner, path)).status_code == 200
        counts[name] = len(statements)
    assert {name: count for name, count in counts.items() if count > 10} == {}


def test_the_board_says_how_gates_stand(cast: Cast) -> None:
    partner = partner_at(cast, "gate_0", name="Aurora Failed")
    submitted(cast, partner, contract_signed="no")
    task = partner.tasks.first()
    assert task is not None
    task.blocked_reason = "Legal is away"
    task.save()
    OrganizationFacts.objects.filter(organization=partner).update(risk="high")
    partner_at(cast, "gate_0", name="Birch Quiet")
    page = text_of(client_of(cast, "paul").get("/organizations/board/"))
    cards = [card.split("</li>")[0] for card in page.split('<li class="board-card"')]
    marked, plain = (next(card for card in cards if name in card) for name in ("Aurora Failed", "Birch Quiet"))
    for words in ("chip-danger", "High risk", "Blocked"):
        assert words in marked
        assert words not in plain
    # Who knows the summary alone learns none of it.
    summary = text_of(client_of(cast, "sam").get("/organizations/board/"))
    assert "Aurora Failed" in summary
    assert "High risk" not in summary
