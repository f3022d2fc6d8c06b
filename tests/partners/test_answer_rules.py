"""One raw answer by its field: what it means, what is wrong with it, and what a section still needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.answers import (
    BadAnswer,
    Problem,
    Trouble,
    cleaned,
    incomplete,
    problems_of,
    stored,
    value_of,
    values_of,
    wrong,
)
from partners.rules.conditions import Answer
from partners.rules.journeys import FIELD_TYPES, Field, Option, Section
from tests.partners.journey_world import GATE_0, PRE_CONTRACT, good_answers

D = Decimal
OPTIONS = (
    Option(value="yes", label={"en": "Yes"}),
    Option(value="no", label={"en": "No"}, is_negative=True),
)


def field(field_type: str, unit: str = "", *, required: bool = True) -> Field:
    options = OPTIONS if field_type in ("select", "radio") else ()
    return Field(id="probe", label={"en": "Probe"}, type=field_type, required=required, options=options, unit=unit)


@pytest.mark.parametrize(
    ("asked", "raw", "value", "spelled"),
    [
        (field("number"), "50000000", D(50_000_000), "50000000"),
        (field("number"), " 50,000,000.50 ", D("50000000.50"), "50000000.5"),
        (field("number"), "50'000'000", D(50_000_000), "50000000"),
        (field("number"), "50 000 000", D(50_000_000), "50000000"),
        (field("number"), "50\N{NO-BREAK SPACE}000", D(50_000), "50000"),
        (field("number"), "+7", D(7), "7"),
        (field("number"), "-0", D(0), "0"),
        (field("number"), "0.000001", D("0.000001"), "0.000001"),
        (field("number"), "007", D(7), "7"),
        (field("number", "currency"), "12.50", D("12.5"), "12.5"),
        (field("number", "currency"), "12.500", D("12.5"), "12.5"),
        (field("number", "count"), "12.0", D(12), "12"),
        (field("date"), "2028-02-29", date(2028, 2, 29), "2028-02-29"),
        (field("date"), "1970-01-01", date(1970, 1, 1), "1970-01-01"),
        (field("date"), "2100-12-31", date(2100, 12, 31), "2100-12-31"),
        (field("number"), "99,999,999,999,999.99", D("99999999999999.99"), "99999999999999.99"),
        (field("text"), "x" * 300, "x" * 300, "x" * 300),
        (field("textarea"), "x" * 10_000, "x" * 10_000, "x" * 10_000),
        (field("email"), " ana@example.com ", "ana@example.com", "ana@example.com"),
        (field("radio"), "yes", "yes", "yes"),
        (field("select"), "no", "no", "no"),
        (field("checkbox"), "on", "yes", "yes"),
        (field("checkbox"), "TRUE", "yes", "yes"),
        (field("checkbox"), "no", None, ""),
        (field("text"), "  Ana Silva ", "Ana Silva", "Ana Silva"),
        (field("textarea"), "one\r\ntwo", "one\ntwo", "one\ntwo"),
        (field("text"), "Zoë 李", "Zoë 李", "Zoë 李"),
        *[(field(name), "  ", None, "") for name in FIELD_TYPES],
    ],
)
def test_what_an_answer_means(asked: Field, raw: str, value: Answer | None, spelled: str) -> None:
    found = value_of(asked, raw)
    assert found == value
    assert type(found) is type(value)
    assert stored(found) == spelled


@pytest.mark.parametrize(
    ("asked", "raw", "trouble"),
    [
        (field("number"), "many", Trouble.NOT_A_NUMBER),
        (field("number"), "1e9", Trouble.NOT_A_NUMBER),
        (field("number"), "NaN", Trouble.NOT_A_NUMBER),
        (field("number"), "Infinity", Trouble.NOT_A_NUMBER),
        (field("number"), "1,5", Trouble.NOT_A_NUMBER),
        (field("number"), "1,50,000", Trouble.NOT_A_NUMBER),
        (field("number"), "1,000'000", Trouble.NOT_A_NUMBER),
        (field("number"), "1.000.000", Trouble.NOT_A_NUMBER),
        (field("number"), "٣", Trouble.NOT_A_NUMBER),
        (field("number"), "-5", Trouble.NEGATIVE),
        (field("number"), "1" + "0" * 14, Trouble.TOO_LARGE),
        (field("number"), "9" * 5000, Trouble.TOO_LARGE),
        (field("number"), "0.0000001", Trouble.TOO_MANY_DECIMALS),
        (field("number", "currency"), "12.505", Trouble.TOO_MANY_DECIMALS),
        (field("number", "count"), "12.5", Trouble.NOT_WHOLE),
        (field("date"), "2027-02-29", Trouble.NOT_A_DATE),
        (field("date"), "20270228", Trouble.NOT_A_DATE),
        (field("date"), "28.02.2027", Trouble.NOT_A_DATE),
        (field("date"), "2027-W01-1", Trouble.NOT_A_DATE),
        (field("date"), "1969-12-31", Trouble.DATE_OUT_OF_RANGE),
        (field("date"), "2101-01-01", Trouble.DATE_OUT_OF_RANGE),
        (field("email"), "ana", Trouble.NOT_AN_EMAIL),
        (field("email"), "ana@example", Trouble.NOT_AN_EMAIL),
        (field("email"), "a@b.de, c@d.de", Trouble.NOT_AN_EMAIL),
        (field("radio"), "maybe", Trouble.NOT_AN_OPTION),
        (field("select"), "Yes", Trouble.NOT_AN_OPTION),
        (field("checkbox"), "perhaps", Trouble.NOT_AN_OPTION),
        (field("text"), "x" * 301, Trouble.TOO_LONG),
        (field("text"), "two\nlines", Trouble.CONTROLS),
        (field("textarea"), "x" * 10_001, Trouble.TOO_LONG),
        (field("textarea"), "a\x00b", Trouble.CONTROLS),
        (field("text"), "\ud800", Trouble.CONTROLS),
    ],
)
def test_what_means_nothing_says_why(asked: Field, raw: str, trouble: Trouble) -> None:
    with pytest.raises(BadAnswer) as refusal:
        value_of(asked, raw)
    assert refusal.value.trouble is trouble


@given(st.sampled_from(FIELD_TYPES), st.text(max_size=40))
def test_what_is_kept_means_the_same_again(field_type: str, raw: str) -> None:
    asked = field(field_type)
    try:
        value = value_of(asked, raw)
    except BadAnswer:
        return
    assert value_of(asked, stored(value)) == value


@given(st.decimals(0, 10**13, places=2), st.sampled_from(["", ",", "'", " "]))
def test_amounts_are_read_as_they_are_written(amount: Decimal, mark: str) -> None:
    written = f"{amount:,.2f}".replace(",", mark)
    assert value_of(field("number", "currency"), written) == amount


def section(section_id: str) -> Section:
    found = PRE_CONTRACT.section(section_id) or GATE_0.section(section_id)
    assert found is not None
    return found


class TestDrafts:
    def test_a_draft_keeps_what_it_understands_in_one_spelling(self) -> None:
        kept, problems = cleaned(
            PRE_CONTRACT.fields,
            {"ccv-amount": " 1,000.50", "exec-sponsor-name": " Ana ", "exec-sponsor-title": "  "},
        )
        assert kept == {"ccv-amount": "1000.5", "exec-sponsor-name": "Ana"}
        assert problems == ()

    def test_a_draft_keeps_what_it_does_not_understand_as_written(self) -> None:
        kept, problems = cleaned(PRE_CONTRACT.fields, {"ccv-amount": "a lot", "expected-closure-date": "soon"})
        assert kept == {"ccv-amount": "a lot", "expected-closure-date": "soon"}
        assert problems == (
            Problem(field="ccv-amount", trouble=Trouble.NOT_A_NUMBER),
            Problem(field="expected-closure-date", trouble=Trouble.NOT_A_DATE),
        )

    def test_nobody_answers_what_is_worked_out_or_not_asked(self) -> None:
        kept, problems = cleaned(PRE_CONTRACT.fields, {"partner-tier": "tier_0", "mood": "good", "mood--note": "very"})
        assert kept == {}
        assert [(problem.field, problem.trouble) for problem in problems] == [
            ("partner-tier", Trouble.COMPUTED),
            ("mood", Trouble.UNKNOWN_FIELD),
            ("mood--note", Trouble.UNKNOWN_FIELD),
        ]

    def test_notes_are_kept_beside_the_answers(self) -> None:
        kept, problems = cleaned(GATE_0.fields, {"support-capabilities--note": " Hiring two. \r\nIn May. "})
        assert kept == {"support-capabilities--note": "Hiring two. \nIn May."}
        assert problems == ()
        _, problems = cleaned(GATE_0.fields, {"support-capabilities--note": "x" * 10_001})
        assert [problem.trouble for problem in problems] == [Trouble.TOO_LONG]


class TestCompleteness:
    def test_every_required_question_is_named(self) -> None:
        missing = incomplete(section("technical-feasibility"), {})
        assert [problem.field for problem in missing] == [
            "technical-questions-identified",
            "technical-questions-list",
            "operational-requirements-defined",
            "operational-requirements-description",
        ]
        assert {problem.trouble for problem in missing} == {Trouble.REQUIRED}

    def test_worked_out_answers_are_never_missing(self) -> None:
        assert [problem.field for problem in incomplete(section("strategic-classification"), {})] == [
            "ccv-amount",
            "country-lrp",
            "strategic-value-justification",
        ]

    def test_good_answers_are_complete(self) -> None:
        for questionnaire in (PRE_CONTRACT, GATE_0):
            for one in questionnaire.sections:
                assert problems_of(one, good_answers(questionnaire)) == ()

    @pytest.mark.parametrize(
        ("field_id", "answer"),
        [
            ("technical-infrastructure", "partially"),
            ("technical-infrastructure", "no"),
            ("support-capabilities", "in_development"),
            ("previous-integration-experience", "no"),
        ],
    )
    def test_a_negative_answer_that_no_rule_reads_needs_a_note(self, field_id: str, answer: str) -> None:
        answers = good_answers(GATE_0) | {field_id: answer}
        readiness = section("operational-readiness")
        note = f"{field_id}--note"
        assert incomplete(readiness, answers) == (
            Problem(field=note, trouble=Trouble.NOTE_NEEDED, params={"value": answer}),
        )
        assert incomplete(readiness, answers | {note: "  "}) != ()
        assert incomplete(readiness, answers | {note: "Built until May."}) == ()

    @pytest.mark.parametrize(
        ("section_id", "field_id", "answer"),
        [
            ("executive-sponsorship", "exec-commitment-confirmed", "no"),
            ("technical-feasibility", "operational-requirements-defined", "partially"),
            ("commercial-framework", "commercial-terms-aligned", "partially"),
            ("operational-readiness", "operational-readiness-score", "low"),
        ],
    )
    def test_an_answer_that_a_rule_reads_needs_none(self, section_id: str, field_id: str, answer: str) -> None:
        answers = good_answers(PRE_CONTRACT) | good_answers(GATE_0) | {field_id: answer}
        assert incomplete(section(section_id), answers) == ()

    def test_a_required_box_must_be_ticked(self) -> None:
        words = {"en": "Probe"}
        one = Section(id="s", title=words, checks_that=words, evaluation="automatic", fields=(field("checkbox"),))
        assert [problem.trouble for problem in incomplete(one, {"probe": "no"})] == [Trouble.REQUIRED]
        assert incomplete(one, {"probe": "on"}) == ()

    def test_what_cannot_be_understood_is_said_once(self) -> None:
        answers = good_answers(PRE_CONTRACT) | {"expected-closure-date": "soon"}
        assert problems_of(section("closure-timeline"), answers) == (
            Problem(field="expected-closure-date", trouble=Trouble.NOT_A_DATE),
        )
        assert wrong(section("closure-timeline").fields, {"closure-blockers--note": "\x00"}) == (
            Problem(field="closure-blockers--note", trouble=Trouble.CONTROLS),
        )

    def test_values_leave_out_what_means_nothing(self) -> None:
        values = values_of(section("closure-timeline").fields, {"expected-closure-date": "soon"})
        assert values == {
            "expected-closure-date": None,
            "closure-confidence-level": None,
            "closure-blockers": None,
        }
