"""The explainer's sentences, as people read them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from accounts.access_words import _NEXT, _SAID, sentences
from accounts.labels import role_choices, role_label, stage_label
from accounts.rules.access import ContextGrant, FieldClass, ReasonCode, Right, decide, explain_unknown
from tests.accounts.access_world import ANA, TOM, ZOE, contact, customer, partner, staff, tie

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
ANA_IS_PAM = tie("pam", ANA, name="Ana Silva")
DIRECTORY = "The directory of team contacts names whom to ask."


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def test_the_sentence_that_the_explainer_exists_for() -> None:
    northwind = partner("gate_2", tie("tam"), ANA_IS_PAM, expected_on_by_stage={"gate_3": date(2027, 3, 3)})
    said = sentences(decide(staff("tam"), Right.SEE, northwind), today=NOW.date())
    assert " ".join(said[:3]) == (
        "You are TAM of Northwind, but it is in Gate 2; a TAM sees a partner from Gate 3 on. "
        "Expected around 3 March. Its PAM is Ana Silva."
    )
    assert said[3:] == [DIRECTORY]


def test_the_same_about_somebody_else() -> None:
    decision = decide(staff("tam"), Right.SEE, partner("gate_2", tie("tam")))
    assert sentences(decision, person="Tom Okafor")[0] == (
        "Tom Okafor is TAM of Northwind, but it is in Gate 2; a TAM sees a partner from Gate 3 on."
    )


def test_a_day_in_another_year_names_its_year() -> None:
    northwind = partner("gate_2", tie("tam"), expected_on_by_stage={"gate_3": date(2028, 1, 5)})
    assert "Expected around 5 January 2028." in sentences(decide(staff("tam"), Right.SEE, northwind), today=NOW.date())


@pytest.mark.parametrize(
    ("role", "stage", "span"),
    [
        ("tpm", "gate_0", "a TPM sees a partner only in Gate 2."),
        ("pdm", "gate_2", "a PDM sees a partner from Pre-Contract to Gate 1."),
        ("integration", "gate_0", "an Integration Specialist sees a partner from Gate 1 on."),
    ],
)
def test_when_a_role_sees_a_partner(role: str, stage: str, span: str) -> None:
    assert sentences(decide(staff(role), Right.SEE, partner(stage, tie(role))))[0].endswith(span)


def test_without_a_forecast_the_stage_is_named() -> None:
    assert "It opens when it reaches Gate 3." in sentences(
        decide(staff("tam"), Right.SEE, partner("gate_1", tie("tam")))
    )


CASES: list[tuple[Any, Right, Any, FieldClass, list[str]]] = [
    (
        staff("pam"),
        Right.SEE,
        partner("gate_0", tie("pam")),
        FieldClass.GENERAL,
        ["You are PAM of Northwind, which is in Gate 0; a PAM sees a partner in every stage."],
    ),
    (
        staff("manager"),
        Right.SEE,
        partner("gate_0"),
        FieldClass.GENERAL,
        ["As a manager you see every organization."],
    ),
    (
        staff("techlead", leads=[ZOE]),
        Right.SEE,
        partner("gate_3", tie("tam", ZOE, name="Zoe Lind")),
        FieldClass.GENERAL,
        ["You lead Zoe Lind, who is assigned to Northwind as TAM."],
    ),
    (
        staff("tam"),
        Right.SEE,
        partner("gate_3", tie("tam", active=False), ANA_IS_PAM, tie("pam", ZOE, name="Zoe Lind")),
        FieldClass.GENERAL,
        [
            "Your assignment to Northwind as TAM has ended.",
            "Its PAM role is shared by Ana Silva and Zoe Lind.",
            DIRECTORY,
        ],
    ),
    (
        staff("psm"),
        Right.SEE,
        partner("gate_3", tie("tam")),
        FieldClass.GENERAL,
        [
            "You are assigned to Northwind as TAM, but you no longer hold that role.",
            "Ask an administrator.",
            DIRECTORY,
        ],
    ),
    (
        staff("pam"),
        Right.SEE,
        customer("live", tie("pam"), tie("csm", ZOE, name="Zoe Lind")),
        FieldClass.GENERAL,
        [
            "You are PAM of Northwind, but it is a customer; a PAM sees none of that kind.",
            "Its CSM is Zoe Lind.",
            DIRECTORY,
        ],
    ),
    (
        staff("sales"),
        Right.SEE,
        partner("gate_0", tie("sales"), ANA_IS_PAM),
        FieldClass.GENERAL,
        [
            "You take part in Northwind (Sales) and see its summary and your tasks.",
            "Beyond that, Northwind is closed to you.",
            "Its PAM is Ana Silva.",
        ],
    ),
    (
        staff("psm"),
        Right.WORK,
        partner("post_launch", tie("psm"), ANA_IS_PAM),
        FieldClass.GENERAL,
        [
            "You are PSM of Northwind, which is in Post-Launch; a PSM sees a partner from Gate 3 on.",
            "You see Northwind, but in Post-Launch it is for others to work on it.",
            "Its PAM is Ana Silva.",
        ],
    ),
    (
        staff("admin"),
        Right.SIGN,
        partner("gate_0"),
        FieldClass.GENERAL,
        [
            "As an administrator you see every organization.",
            "An administrator never signs, but may override a failed gate with a written reason.",
            "Here it is signed by: PAM and PDM.",
        ],
    ),
    (
        staff("tam"),
        Right.SEE,
        partner("gate_3", tie("tam"), ANA_IS_PAM),
        FieldClass.ANSWERS,
        [
            "You are TAM of Northwind, which is in Gate 3; a TAM sees a partner from Gate 3 on.",
            "You see a summary of its earlier stages; for the answers you need a context grant.",
            "Ask for one and say why: Ana Silva (PAM), a manager or an administrator can give it for a limited time.",
        ],
    ),
    (
        staff("tpm"),
        Right.SEE,
        partner("gate_2", tie("tpm"), ANA_IS_PAM),
        FieldClass.COMMERCIAL,
        [
            "You are TPM of Northwind, which is in Gate 2; a TPM sees a partner only in Gate 2.",
            "Its commercial figures are shown to other roles only: Administrator, CSM, "
            "Senior Customer Success Manager, Manager, PAM, PDM, TAM and Technical Success Manager.",
            "Its PAM is Ana Silva.",
        ],
    ),
    (
        staff(),
        Right.SEE,
        partner("gate_0"),
        FieldClass.GENERAL,
        ["You hold no role yet, and without a role there is nothing to see.", "Ask an administrator."],
    ),
    (contact(7), Right.SEE, partner("gate_1"), FieldClass.SUMMARY, ["You are a contact of Northwind."]),
]


@pytest.mark.parametrize(("actor", "right", "subject", "field_class", "said"), CASES)
def test_sentences(actor: Any, right: Right, subject: Any, field_class: FieldClass, said: list[str]) -> None:
    assert sentences(decide(actor, right, subject, field_class)) == said


def test_a_context_grant_says_until_when_in_the_local_day() -> None:
    grant = ContextGrant(field_class=FieldClass.ANSWERS, expires_at=NOW + timedelta(days=13))
    northwind = partner("gate_3", tie("tam"), context_grants=(grant,))
    decision = decide(staff("tam"), Right.SEE, northwind, FieldClass.ANSWERS, stage="gate_0", now=NOW)
    assert (
        sentences(decision, today=NOW.date())[-1] == "The answers of earlier stages are open to you until 14 February."
    )


def test_a_foreign_name_and_an_unknown_one_are_answered_in_the_same_words() -> None:
    foreign = partner("gate_2", ANA_IS_PAM, pam_names=("Ana Silva",), name="Secret Ltd")
    said = sentences(decide(staff("tam"), Right.SEE, foreign))
    assert said == sentences(explain_unknown(staff("tam")))
    assert not {word for word in ("Secret", "Gate", "Ana") if word in " ".join(said)}


def test_every_reason_and_step_has_words() -> None:
    said = set(_SAID) | set(_NEXT) | {ReasonCode.RIGHT_MISSING}
    assert said == set(ReasonCode)


def test_the_handoff_sentences_to_the_asker_and_about_another() -> None:
    northwind = partner(
        "gate_2",
        tie("pdm"),
        open_handoff_giver_ids=frozenset({TOM}),
        open_handoff_receiver_ids=frozenset({TOM}),
    )
    decision = decide(staff("pdm"), Right.SEE, northwind)
    assert sentences(decision) == [
        "You are PDM of Northwind and see it until your handoff is accepted.",
        "You have a handoff of Northwind to accept and see its summary.",
    ]
    assert sentences(decision, person="Tom")[1] == "Tom has a handoff of Northwind to accept and sees its summary."


def test_names_that_nobody_knows_come_back_as_they_are() -> None:
    assert (role_label("captain"), stage_label("gate_9")) == ("captain", "gate_9")
    assert role_label("tam") == "Technical Account Manager"
    assert ("tam", "Technical Account Manager") in [(value, str(label)) for value, label in role_choices()]
