"""The pure rules and the models speak of the same states: one word per thing."""

from __future__ import annotations

from enum import StrEnum

import pytest
from django.db import models

from partners import choices, work_choices
from partners.rules import cadence_changes, capacity_packs, commitments, forecast, handoffs, pack_reading


@pytest.mark.parametrize(
    ("rule", "model"),
    [
        (cadence_changes.TouchpointState, work_choices.TouchpointState),
        (commitments.CommitmentState, work_choices.CommitmentState),
        (commitments.Side, work_choices.Side),
        (forecast.Risk, work_choices.Risk),
        (handoffs.HandoffState, work_choices.HandoffState),
    ],
)
def test_states_have_the_same_words(rule: type[StrEnum], model: type[models.TextChoices]) -> None:
    assert [member.value for member in rule] == model.values


@pytest.mark.parametrize(
    ("words", "model"),
    [
        (pack_reading.COURTS, work_choices.Court),
        (pack_reading.CONTACT_ROLES, choices.ContactRole),
        (pack_reading.STAGES, choices.Stage),
    ],
)
def test_closed_lists_have_the_same_words(words: tuple[str, ...], model: type[models.TextChoices]) -> None:
    assert sorted(words) == sorted(model.values)


def test_what_a_risk_takes_is_known_for_every_risk() -> None:
    assert set(capacity_packs.RISKS) == set(work_choices.Risk.values) - {work_choices.Risk.NONE}


def test_open_handoffs_are_the_unfinished_ones() -> None:
    assert set(handoffs.OPEN_STATES) == set(work_choices.UNFINISHED_HANDOFFS)
