"""What is signed has one digest: the same for the same content, another for any change of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.content import Evidence, Signed, content_of, digest
from partners.rules.questionnaires import evaluate
from tests.partners.journey_world import PRE_CONTRACT, TODAY, around, good_answers

ABOUT = Signed(organization="01J", number=1, journey_kind="partner", journey_version=7, evaluated_on=TODAY)
ANSWERS = good_answers(PRE_CONTRACT)
SOURCES = {"ccv-amount": "organization.ccv"}
EVIDENCE = (
    Evidence(section="executive-sponsorship", name="mail.pdf", content="ab" * 32),
    Evidence(section="executive-sponsorship", name="notes", content="https://example.com/notes"),
)


def digest_of(
    answers: Mapping[str, str] = ANSWERS,
    *,
    about: Signed = ABOUT,
    sources: Mapping[str, str] = SOURCES,
    evidence: tuple[Evidence, ...] = EVIDENCE,
    today: date = TODAY,
) -> str:
    computed = evaluate(PRE_CONTRACT, answers, around=around(today=today)).computed
    return digest(
        content_of(about, PRE_CONTRACT, answers=answers, computed=computed, sources=sources, evidence=evidence)
    )


def test_the_digest_is_a_sha_256_that_outlives_the_process() -> None:
    assert digest({"form": 1, "answers": [{"field": "a", "answer": "ü"}]}) == (
        "5b78e20e12a908f60d7d5d8e6a67b6b949a3d1d756e47820067243c312925fbe"
    )


def test_the_content_survives_being_stored_as_json() -> None:
    computed = evaluate(PRE_CONTRACT, ANSWERS, around=around()).computed
    content = content_of(ABOUT, PRE_CONTRACT, answers=ANSWERS, computed=computed, sources=SOURCES, evidence=EVIDENCE)
    assert digest(json.loads(json.dumps(content))) == digest(content)
    assert [line["field"] for line in content["answers"]] == [asked.id for asked in PRE_CONTRACT.fields]
    lines = {line["field"]: line for line in content["answers"]}
    assert lines["ccv-amount"] == {"field": "ccv-amount", "answer": "20000000", "source": "organization.ccv"}
    assert (lines["partner-tier"]["answer"], lines["partner-tier"]["computed"]) == ("tier_1", "partner_tier")
    assert lines["partner-tier"]["receipt"]["policy_version"] == 4


@pytest.mark.parametrize(
    "answers",
    [
        dict(reversed(list(ANSWERS.items()))),
        ANSWERS | {"ccv-amount": "20,000,000.00"},
        ANSWERS | {"exec-sponsor-name": "  As agreed "},
        ANSWERS | {"closure-blockers--note": "  "},
        ANSWERS | {"partner-tier": "tier_0"},
    ],
)
def test_how_it_was_typed_does_not_matter(answers: dict[str, str]) -> None:
    assert digest_of(answers) == digest_of()


@pytest.mark.parametrize("field_id", sorted(ANSWERS))
def test_every_answer_matters(field_id: str) -> None:
    assert digest_of(ANSWERS | {field_id: "9"}) != digest_of()
    assert digest_of(ANSWERS | {field_id: ""}) != digest_of()


@pytest.mark.parametrize(
    "other",
    [
        digest_of(ANSWERS | {"exec-sponsor-name--note": "Ill this week."}),
        digest_of(about=replace(ABOUT, organization="01K")),
        digest_of(about=replace(ABOUT, number=2)),
        digest_of(about=replace(ABOUT, journey_kind="customer")),
        digest_of(about=replace(ABOUT, journey_version=8)),
        digest_of(about=replace(ABOUT, evaluated_on=date(2025, 6, 3))),
        digest_of(today=date(2025, 6, 3)),
        digest_of(sources={}),
        digest_of(evidence=EVIDENCE[:1]),
        digest_of(evidence=(replace(EVIDENCE[0], content="cd" * 32), EVIDENCE[1])),
    ],
)
def test_everything_else_matters_too(other: str) -> None:
    assert other != digest_of()


def test_the_order_of_evidence_does_not_matter() -> None:
    assert digest_of(evidence=EVIDENCE[::-1]) == digest_of()


@given(st.dictionaries(st.sampled_from(sorted(ANSWERS)), st.text(max_size=8)))
def test_what_cannot_be_understood_is_hashed_as_it_stands(changes: dict[str, str]) -> None:
    answers = {key: value for key, value in (ANSWERS | changes).items() if value.isprintable()}
    assert digest_of(answers) == digest_of(dict(sorted(answers.items())))
