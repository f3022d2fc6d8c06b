"""The journeys by a table: every pair of stages, with and without override."""

import pytest

from accounts.choices import STAGES_BY_KIND
from partners.rules.lifecycle import MoveRefusal, next_stage, refusal_of_move

PARTNER = ["pre_contract", "gate_0", "gate_1", "gate_2", "gate_3", "post_launch"]
CUSTOMER = ["pre_sales", "kick_off", "integrate", "adopt", "live"]


@pytest.mark.parametrize(("kind", "journey"), [("partner", PARTNER), ("customer", CUSTOMER)])
def test_only_the_next_stage_is_a_move(kind: str, journey: list[str]) -> None:
    assert journey == [stage.value for stage in STAGES_BY_KIND[kind]]
    for here, stage in enumerate(journey):
        allowed = [to for to in journey if refusal_of_move(kind, stage, to) is None]
        assert allowed == journey[here + 1 : here + 2]
        assert next_stage(kind, stage) == (journey[here + 1] if here + 1 < len(journey) else None)


@pytest.mark.parametrize(("kind", "journey"), [("partner", PARTNER), ("customer", CUSTOMER)])
def test_an_override_reaches_every_other_stage_of_the_journey(kind: str, journey: list[str]) -> None:
    for stage in journey:
        allowed = [to for to in journey if refusal_of_move(kind, stage, to, is_override=True) is None]
        assert allowed == [to for to in journey if to != stage]


@pytest.mark.parametrize(
    ("kind", "stage", "to", "is_override", "refusal"),
    [
        ("partner", "gate_0", "gate_0", False, MoveRefusal.SAME_STAGE),
        ("partner", "gate_0", "gate_0", True, MoveRefusal.SAME_STAGE),
        ("partner", "gate_0", "gate_2", False, MoveRefusal.NOT_NEXT),
        ("partner", "gate_2", "gate_1", False, MoveRefusal.NOT_NEXT),
        ("partner", "gate_0", "adopt", True, MoveRefusal.FOREIGN_STAGE),
        ("customer", "live", "post_launch", False, MoveRefusal.FOREIGN_STAGE),
        ("customer", "live", "", True, MoveRefusal.FOREIGN_STAGE),
        ("partner", "post_launch", "gate_3", False, MoveRefusal.NOT_NEXT),
    ],
)
def test_refusals_say_which(kind: str, stage: str, to: str, is_override: bool, refusal: MoveRefusal) -> None:
    assert refusal_of_move(kind, stage, to, is_override=is_override) is refusal
