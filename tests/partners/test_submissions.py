"""Submitting and judging: evaluated on the server, frozen, hashed; a correction is a new version."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction

from accounts.models import Notification
from common.errors import DomainError, NotAllowed
from partners.models import Signature, Submission, TimelineEntry
from partners.selectors.gate_state import circumstances_of
from partners.selectors.submission_content import is_as_hashed
from partners.services import drafts, evidence, judgments, submissions
from partners.services.submissions import NotComplete
from tests.cast import Cast
from tests.factories.gates import decided_review
from tests.partners.gate_world import AT, HOUR, drafted, fill, partner_at, questionnaire_of, sign, submitted

pytestmark = pytest.mark.django_db

# Three sections of Gate 0 pass with these, and the one that a person judges decides whether there are four.
DOUBTFUL = {"tier": 2, "operational_readiness_score": "low"}


class TestFreezing:
    def test_what_is_submitted_is_frozen_with_all_that_it_rests_on(self, cast: Cast) -> None:
        partner = partner_at(cast, "pre_contract", country_lrp=Decimal(100_000_000), timezone="Pacific/Kiritimati")
        ana, late = cast.actor("ana"), AT.replace(hour=20)
        draft = drafted(partner, ana, now=late, expected_closure_date="2025-06-03")
        evidence.add_link(by=ana, draft=draft, field="exec-commitment-details", url="https://x.example/m", now=late)
        made = submissions.submit(draft=draft, by=ana, now=late)
        assert (made.number, made.outcome, made.submitted_by, made.journey_version) == (1, "passed", cast.ana, 1)
        assert made.evaluated_on == date(2025, 6, 3)
        assert made.answers["partner-tier"] == "tier_1"
        assert made.answers["ccv-percentage-of-lrp"] == "20.00"
        assert made.sources["country-lrp"].startswith("From the record")
        [piece] = made.evidence
        assert (piece["field"], piece["content"]) == ("exec-commitment-details", "https://x.example/m")
        asked = questionnaire_of("pre_contract")
        assert len(made.content_hash) == 64
        assert is_as_hashed(Submission.objects.get(pk=made.pk), partner, asked)
        around = circumstances_of(made)
        assert (around.today, around.currency, around.kind) == (date(2025, 6, 3), "USD", "partner")
        assert drafts.answers_of(draft)

    @pytest.mark.parametrize(("zone", "outcome"), [("America/Los_Angeles", "passed"), ("Pacific/Kiritimati", "failed")])
    def test_it_is_evaluated_on_the_organizations_own_day(self, cast: Cast, zone: str, outcome: str) -> None:
        partner, late = partner_at(cast, "pre_contract", timezone=zone), AT.replace(hour=20)
        draft = drafted(partner, cast.actor("ana"), now=late, expected_closure_date="2025-06-02")
        assert submissions.submit(draft=draft, by=cast.actor("ana"), now=late).outcome == outcome

    def test_a_file_stands_in_it_with_its_hash(self, cast: Cast) -> None:
        partner = partner_at(cast, "pre_contract")
        draft = drafted(partner, cast.actor("ana"))
        file = SimpleUploadedFile("minutes.txt", b"Agreed.", content_type="text/plain")
        added = evidence.add_file(by=cast.actor("ana"), draft=draft, field="exec-commitment-details", file=file, now=AT)
        made = submissions.submit(draft=draft, by=cast.actor("ana"), now=AT)
        assert [piece["content"] for piece in made.evidence] == [added.file.sha256 if added.file else ""]

    @pytest.mark.parametrize("column", ["answers", "sources", "evidence", "content_hash", "evaluated_on", "number"])
    def test_the_database_takes_no_change_of_it(self, cast: Cast, column: str) -> None:
        made = submitted(cast, partner_at(cast, "pre_contract"))
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE partners_submission SET {column} = {column} WHERE id = %s", [made.pk])
        with pytest.raises(ProgrammingError), transaction.atomic():
            Submission.objects.filter(pk=made.pk).delete()

    @pytest.mark.parametrize("part", ["answers", "sources", "evidence", "evaluated_on", "number", "computed", "text"])
    def test_whatever_changes_is_told_by_the_hash(self, cast: Cast, part: str) -> None:
        partner = partner_at(cast, "pre_contract", ccv=Decimal(5))
        made = submitted(cast, partner)
        if part == "answers":
            made.answers |= {"revenue-model-description": "Another model"}
        elif part == "sources":
            made.sources |= {"revenue-model-description": "From nowhere"}
        elif part == "evidence":
            made.evidence = [{"field": "x", "kind": "note", "name": "", "content": "Slipped in"}]
        elif part == "evaluated_on":
            made.evaluated_on += timedelta(days=1)
        elif part == "number":
            made.number += 1
        elif part == "computed":
            made.result["computed"]["partner-tier"]["text"] = "tier_0"
        else:
            made.answers |= {"partner-tier": "tier_0"}
        assert not is_as_hashed(made, partner, questionnaire_of("pre_contract"))

    def test_what_is_said_and_who_is_told(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        submitted(cast, partner, **DOUBTFUL)
        line = TimelineEntry.objects.get(organization=partner, kind="gate")
        assert (line.title, line.actor) == (
            "Readiness for the kickoff submitted; a section waits for a judgment",
            cast.paul,
        )
        told = Notification.objects.filter(kind="signatures").values_list("user__name", "title")
        assert [name for name, _title in told] == ["Ana Silva"]
        assert "waits for a judgment" in told[0][1]


class TestVersions:
    def test_a_correction_supersedes_the_version_before_and_its_signatures(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_3")
        first = submitted(cast, partner)
        sign(first, cast.actor("ana"), "pam")
        draft = first.review.drafts.get()
        fill(draft, cast.actor("petra"), {"beta-customers-count": "5"})
        second = submissions.submit(draft=draft, by=cast.actor("petra"), now=AT + 2 * HOUR)
        first.refresh_from_db()
        assert (second.number, first.superseded_at) == (2, AT + 2 * HOUR)
        assert first.content_hash != second.content_hash
        assert [row.submission_id for row in Signature.objects.all()] == [first.pk]
        void = Notification.objects.get(user=cast.ana, title__contains="new version")
        assert "your signature was under the old one" in void.title

    def test_the_same_again_is_the_same(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        first = submitted(cast, partner)
        draft = first.review.drafts.get()
        again = submissions.submit(draft=draft, by=cast.actor("ana"), now=AT + HOUR)
        assert (again.pk, Submission.objects.count()) == (first.pk, 1)
        next_day = submissions.submit(draft=draft, by=cast.actor("ana"), now=AT + timedelta(days=1))
        assert next_day.number == 2

    def test_a_failed_one_leaves_the_gate_open_and_is_mended(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        failed = submitted(cast, partner, contract_signed="no")
        assert failed.outcome == "failed"
        contract = next(one for one in failed.result["sections"] if one["section"] == "contract-execution")
        assert [(one["field"], one["found"]) for one in contract["broken"]] == [("contract-signed", "no")]
        draft = failed.review.drafts.get()
        fill(draft, cast.actor("paul"), {"contract-signed": "yes"})
        mended = submissions.submit(draft=draft, by=cast.actor("paul"), now=AT + HOUR)
        assert (mended.number, mended.outcome) == (2, "passed")


class TestCompleteness:
    def test_everything_that_is_missing_or_wrong_is_said_at_its_place(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafted(
            partner,
            cast.actor("paul"),
            technical_infrastructure="no",
            sales_team_size="many",
            target_launch_date="",
            launch_market="",
        )
        with pytest.raises(NotComplete) as caught:
            submissions.submit(draft=draft, by=cast.actor("paul"), now=AT)
        found = {
            section.section: [(problem.field, problem.trouble.value) for problem in section.problems]
            for section in caught.value.sections
        }
        assert found == {
            "launch-timing": [("target-launch-date", "required"), ("launch-market", "required")],
            "operational-readiness": [
                ("sales-team-size", "not_a_number"),
                ("technical-infrastructure--note", "note_needed"),
            ],
        }
        assert caught.value.field == "target-launch-date"
        assert not Submission.objects.exists()

    def test_a_negative_answer_with_its_note_passes_with_a_remark(self, cast: Cast) -> None:
        made = submitted(
            cast, partner_at(cast, "gate_0"), technical_infrastructure="no", technical_infrastructure__="In May"
        )
        ready = next(one for one in made.result["sections"] if one["section"] == "operational-readiness")
        assert (ready["outcome"], ready["remarks"]) == (
            "remarks",
            [{"field": "technical-infrastructure", "value": "no", "note": "In May"}],
        )


class TestWhoMay:
    @pytest.mark.parametrize("name", ["otto", "olga", "tina", "tom", "carl", "max", "lena", "sam", "nora", "connie"])
    def test_nobody_submits_for_somebody_elses_partner(self, cast: Cast, name: str) -> None:
        draft = drafted(partner_at(cast, "gate_0"), cast.actor("paul"))
        with pytest.raises(NotAllowed):
            submissions.submit(draft=draft, by=cast.actor(name), now=AT)
        assert not Submission.objects.exists()

    def test_nothing_is_submitted_to_a_decided_gate(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = drafted(partner, cast.actor("paul"))
        decided_review(partner, by=cast.actor("paul"), now=AT)
        with pytest.raises(DomainError) as caught:
            submissions.submit(draft=draft, by=cast.actor("paul"), now=AT)
        assert caught.value.code == "decided"


class TestJudging:
    def judge(self, submission: Submission, by: str, cast: Cast, *, passed: bool = True, **more: str) -> None:
        values = {"section": "strategic-value", "reason": "Opens the north.", **more}
        judgments.judge(submission=submission, is_passed=passed, by=cast.actor(by), now=AT + HOUR, **values)

    @pytest.mark.parametrize(("passed", "outcome"), [(True, "passed"), (False, "failed")])
    def test_a_persons_word_decides_what_was_pending(self, cast: Cast, passed: bool, outcome: str) -> None:
        made = submitted(cast, partner_at(cast, "gate_0"), **DOUBTFUL)
        before, content = made.content_hash, dict(made.answers)
        assert made.outcome == "awaits_review"
        self.judge(made, "ana", cast, passed=passed)
        made.refresh_from_db()
        assert (made.outcome, made.content_hash, made.answers) == (outcome, before, content)
        assert is_as_hashed(made, made.organization, questionnaire_of("gate_0"))
        told = Notification.objects.filter(kind="signatures", title__contains="waits for your signature")
        assert [notice.user for notice in told] == ([cast.paul] if passed else [])

    def test_the_latest_word_counts_until_it_is_signed(self, cast: Cast) -> None:
        made = submitted(cast, partner_at(cast, "gate_0"))
        self.judge(made, "paul", cast, passed=False)
        self.judge(made, "ana", cast)
        made.refresh_from_db()
        strategic = next(one for one in made.result["sections"] if one["section"] == "strategic-value")
        assert (strategic["outcome"], strategic["judgment"]["is_passed"], made.judgments.count()) == ("passed", True, 2)
        sign(made, cast.actor("paul"), "pdm")
        with pytest.raises(DomainError) as caught:
            self.judge(made, "ana", cast, passed=False)
        assert caught.value.code == "signed"

    def test_after_a_judged_failure_the_same_answers_may_be_judged_anew(self, cast: Cast) -> None:
        made = submitted(cast, partner_at(cast, "gate_0"), **DOUBTFUL)
        self.judge(made, "ana", cast, passed=False)
        with pytest.raises(DomainError) as caught:
            self.judge(made, "ana", cast)
        assert caught.value.code == "failed"
        again = submissions.submit(draft=made.review.drafts.get(), by=cast.actor("paul"), now=AT + 2 * HOUR)
        assert (again.number, again.outcome) == (2, "awaits_review")
        with pytest.raises(DomainError) as caught:
            self.judge(made, "ana", cast)
        assert caught.value.code == "superseded"

    @pytest.mark.parametrize(
        ("more", "code"),
        [({"reason": " \0"}, "reason"), ({"reason": "x" * 4001}, "reason"), ({"section": "partner-team"}, "section")],
        ids=["blank", "long", "not by a person"],
    )
    def test_what_is_no_judgment(self, cast: Cast, more: dict[str, str], code: str) -> None:
        made = submitted(cast, partner_at(cast, "gate_0"), **DOUBTFUL)
        with pytest.raises(DomainError) as caught:
            self.judge(made, "ana", cast, **more)
        assert (caught.value.code, made.judgments.count()) == (code, 0)

    @pytest.mark.parametrize("name", ["otto", "olga", "adam", "max", "tom", "carl", "sam", "nora", "connie"])
    def test_only_who_signs_there_judges(self, cast: Cast, name: str) -> None:
        made = submitted(cast, partner_at(cast, "gate_0"), **DOUBTFUL)
        with pytest.raises(NotAllowed):
            self.judge(made, name, cast)
