"""Drafts: answers kept as one types, by several people at once, and what is known already filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.rules.access import FieldClass
from common.errors import DomainError, NotAllowed
from partners.models import Draft, DraftAnswer, Organization
from partners.services import drafts
from partners.services.draft_sources import convert
from tests.cast import Cast
from tests.factories.gates import decided_review
from tests.factories.partners import make_contact
from tests.partners.gate_world import AT, HOUR, partner_at, questionnaire_of, review_of, sign_all, submitted

pytestmark = pytest.mark.django_db


def begun(cast: Cast, organization: Organization, who: str = "ana", **more: Any) -> Draft:
    asked = questionnaire_of(organization.stage)
    values = {"review": review_of(organization), "questionnaire": asked.id, "by": cast.actor(who), "now": AT}
    return drafts.begin(**{**values, **more})


def stored(draft: Draft) -> dict[str, tuple[Any, str, int]]:
    return {row.field: (row.value, row.source, row.version) for row in draft.answers.all()}


class TestAskedOnce:
    def test_what_the_record_and_the_contacts_know_is_filled_in(self, cast: Cast) -> None:
        facts = {"ccv": Decimal("180000.50"), "country_lrp": Decimal(900_000), "currency": "EUR"}
        partner = partner_at(cast, "pre_contract", **facts)
        make_contact(partner, name="Kim Park", job_title="COO", role="executive")
        make_contact(partner, name="Lee Other", role="executive", is_primary=True, job_title="CEO")
        found = stored(begun(cast, partner))
        record, contacts = (
            "From the record of the organization, Jun 2, 2025",
            "From the contacts: Executive, Jun 2, 2025",
        )
        assert found == {
            "exec-sponsor-name": ("Lee Other", contacts, 1),
            "exec-sponsor-title": ("CEO", contacts, 1),
            "ccv-amount": ("180000.5", record, 1),
            "country-lrp": ("900000", record, 1),
        }

    def test_nothing_known_fills_nothing_in(self, cast: Cast) -> None:
        assert stored(begun(cast, partner_at(cast, "pre_contract"))) == {}

    def test_earlier_answers_come_from_what_was_signed(self, cast: Cast) -> None:
        partner = partner_at(cast, "pre_contract")
        sign_all(cast, submitted(cast, partner, exec_sponsor_name="Ada Moss", partnership_type="distribution"))
        partner.refresh_from_db()
        draft = begun(cast, partner, "paul")
        found = stored(draft)
        words = "As answered on Jun 2, 2025 by Ana Silva"
        assert found["partner-executive-sponsor"] == ("Ada Moss", words, 1)
        assert found["contract-type"] == ("distribution", words, 1)
        assert found["ccv-amount"][0] == "20000000"

    def test_a_day_is_told_as_the_organization_has_it(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0", timezone="Pacific/Kiritimati", target_launch_on=date(2025, 11, 3))
        late = AT.replace(hour=20)
        found = stored(begun(cast, partner, "paul", now=late))
        assert found["target-launch-date"][:2] == ("2025-11-03", "From the record of the organization, Jun 3, 2025")

    def test_an_amount_of_another_currency_is_converted_by_dated_rates(self, cast: Cast) -> None:
        found = convert(Decimal(1080), "USD", "EUR", on=date(2025, 6, 2))
        assert found is not None
        assert (found.amount, found.rate_on) == (Decimal("1000.00"), date(2025, 1, 1))
        cross = convert(Decimal(100), "GBP", "EUR", on=date(2024, 6, 2))
        assert cross is not None
        assert (cross.amount, cross.rate_on) == (Decimal("116.96"), date(2020, 1, 1))
        assert convert(Decimal(5), "XYZ", "EUR", on=date(2025, 6, 2)) is None
        same = convert(Decimal(5), "XYZ", "XYZ", on=date(2025, 6, 2))
        assert same is not None
        assert same.amount == Decimal(5)

    def test_beginning_twice_is_beginning_once(self, cast: Cast) -> None:
        partner = partner_at(cast, "pre_contract", ccv=Decimal(5))
        first = begun(cast, partner)
        drafts.save_answer(draft=first, field="ccv-amount", value="7", base_version=1, by=cast.actor("ana"), now=AT)
        again = begun(cast, partner, "paul")
        assert again.pk == first.pk
        assert stored(again)["ccv-amount"] == ("7", "", 2)


class TestSaving:
    def save(self, draft: Draft, by: Any, value: str, base: int, field: str = "launch-market", **more: Any) -> Any:
        return drafts.save_answer(
            draft=draft, field=field, value=value, base_version=base, by=by, now=more.get("now", AT)
        )

    def test_answers_have_versions(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        paul = cast.actor("paul")
        first = self.save(draft, paul, " Norway ", 0)
        assert (first.value, first.version, first.conflict, first.problems) == ("Norway", 1, None, ())
        assert self.save(draft, paul, "Sweden", 1).version == 2
        row = draft.answers.get(field="launch-market")
        assert (row.value, row.updated_by, row.updated_at) == ("Sweden", cast.paul, AT)

    def test_who_types_over_what_somebody_else_wrote_is_told_and_nothing_is_lost(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        self.save(draft, cast.actor("paul"), "Norway", 0)
        self.save(draft, cast.actor("ana"), "Sweden", 1, now=AT + HOUR)
        met = self.save(draft, cast.actor("paul"), "Denmark", 1)
        assert (met.value, met.version) == ("Sweden", 2)
        assert met.conflict is not None
        assert (met.conflict.theirs, met.conflict.yours, met.conflict.by_name, met.conflict.at) == (
            "Sweden",
            "Denmark",
            "Ana Silva",
            AT + HOUR,
        )
        assert stored(draft)["launch-market"][0] == "Sweden"
        assert self.save(draft, cast.actor("paul"), "Denmark", met.version).version == 3

    def test_the_same_answer_from_two_sides_is_no_conflict(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        self.save(draft, cast.actor("paul"), "Norway", 0)
        same = self.save(draft, cast.actor("ana"), "Norway ", 0)
        assert (same.version, same.conflict) == (1, None)

    def test_a_known_answer_typed_over_loses_its_source(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0", country="NO"), "paul")
        assert stored(draft)["launch-market"][0] == "NO"
        self.save(draft, cast.actor("paul"), "NO", 1)
        assert stored(draft)["launch-market"][1] != ""
        self.save(draft, cast.actor("paul"), "SE", 1)
        assert stored(draft)["launch-market"] == ("SE", "", 2)

    def test_emptied_stays_a_version(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        self.save(draft, cast.actor("paul"), "Norway", 0)
        assert self.save(draft, cast.actor("paul"), "", 1).version == 2
        assert drafts.answers_of(draft) == {}
        assert self.save(draft, cast.actor("ana"), "Sweden", 1).conflict is not None

    def test_what_cannot_be_understood_is_kept_and_said(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        saved = self.save(draft, cast.actor("paul"), "about ten", 0, field="sales-team-size")
        assert (saved.value, [problem.trouble.value for problem in saved.problems]) == ("about ten", ["not_a_number"])
        assert stored(draft)["sales-team-size"][0] == "about ten"

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("launch-market", "N\0rway", "controls"),
            ("launch-market", "\ud800", "controls"),
            ("launch-market", "x" * 301, "too_long"),
            ("readiness-notes", "x" * 10_001, "too_long"),
            ("no-such-field", "x", "unknown_field"),
            ("tier-classification", "tier_0", "computed"),
        ],
        ids=["nul", "half a character", "long", "longer", "unknown", "computed"],
    )
    def test_what_can_never_stand_there_is_refused(self, cast: Cast, field: str, value: str, code: str) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        with pytest.raises(DomainError) as caught:
            self.save(draft, cast.actor("paul"), value, 0, field=field)
        assert (caught.value.code, caught.value.field) == (code, field)
        assert not draft.answers.exists()

    def test_notes_stand_beside_their_answers(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        self.save(draft, cast.actor("paul"), "No room yet", 0, field="technical-infrastructure--note")
        assert stored(draft)["technical-infrastructure--note"][0] == "No room yet"


class TestSections:
    def test_a_form_without_scripts_saves_a_section_at_once(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        drafts.save_answer(
            draft=draft, field="launch-market", value="Norway", base_version=0, by=cast.actor("ana"), now=AT
        )
        saved = drafts.save_section(
            draft=draft,
            section="launch-timing",
            values={"target-launch-date": "2025-10-01", "launch-market": "Sweden", "launch-readiness-factors": ""},
            base_versions={},
            by=cast.actor("paul"),
            now=AT,
        )
        assert saved["target-launch-date"].version == 1
        assert saved["launch-market"].conflict is not None
        assert drafts.answers_of(draft) == {"launch-market": "Norway", "target-launch-date": "2025-10-01"}

    @pytest.mark.parametrize(
        ("section", "values"), [("launch-timing", {"contract-signed": "yes"}), ("no-such-section", {"x": "y"})]
    )
    def test_a_field_of_another_section_is_refused(self, cast: Cast, section: str, values: dict[str, str]) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        with pytest.raises(DomainError) as caught:
            drafts.save_section(
                draft=draft, section=section, values=values, base_versions={}, by=cast.actor("paul"), now=AT
            )
        assert caught.value.code == "section"


class TestWhoMay:
    @pytest.mark.parametrize("name", ["otto", "olga", "tina", "tom", "carl", "max", "lena", "sam", "nora", "connie"])
    def test_only_who_works_there_in_that_stage(self, cast: Cast, name: str) -> None:
        partner = partner_at(cast, "gate_0")
        with pytest.raises(NotAllowed):
            begun(cast, partner, name)
        draft = begun(cast, partner, "paul")
        with pytest.raises(NotAllowed):
            drafts.save_answer(
                draft=draft, field="launch-market", value="x", base_version=0, by=cast.actor(name), now=AT
            )
        assert not DraftAnswer.objects.exists()

    def test_a_pam_works_on_any_questionnaire_of_an_own_partner(self, cast: Cast) -> None:
        for stage in ("pre_contract", "gate_0", "gate_1", "gate_2", "gate_3"):
            assert begun(cast, partner_at(cast, stage, name=f"At {stage}"), "ana").questionnaire

    def test_a_decided_gate_takes_no_answers(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        draft = begun(cast, partner, "paul")
        decided_review(partner, by=cast.actor("paul"), now=AT)
        with pytest.raises(DomainError) as caught:
            drafts.save_answer(
                draft=draft, field="launch-market", value="x", base_version=0, by=cast.actor("paul"), now=AT
            )
        assert caught.value.code == "decided"

    def test_an_archived_organization_takes_none(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        Organization.objects.filter(pk=partner.pk).update(archived_at=AT)
        with pytest.raises(DomainError) as caught:
            begun(cast, partner, "paul")
        assert caught.value.code == "archived"

    def test_another_gate_asks_for_that(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        with pytest.raises(DomainError) as caught:
            begun(cast, partner, "paul", questionnaire="pre-contract-pdm")
        assert caught.value.code == "questionnaire"

    def test_amounts_are_for_those_who_read_commercial_fields(self, cast: Cast) -> None:
        draft = begun(cast, partner_at(cast, "gate_0"), "paul")
        paul = cast.actor("paul")
        blind = replace(paul, policy=replace(paul.policy, field_classes={FieldClass.COMMERCIAL: frozenset()}))
        with pytest.raises(NotAllowed):
            drafts.save_answer(draft=draft, field="ccv-amount", value="1", base_version=0, by=blind, now=AT)
        saved = drafts.save_answer(draft=draft, field="launch-market", value="NO", base_version=0, by=blind, now=AT)
        assert saved.version == 1
