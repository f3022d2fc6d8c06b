"""Who is asked, what counts as an answer, and what answers add up to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.reading import MalformedInput
from partners.rules.surveys import Candidate, Refusal, figure, figure_of, parse_surveys, refusal, score_of

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
QUIET = timedelta(days=14)
FINE = Candidate(is_sound=True, is_there=True, has_address=True, has_opted_out=False, asked_at=None)
PACK = yaml.safe_load((Path(__file__).resolve().parents[2] / "policies/default/surveys.yaml").read_text())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        ({"is_sound": False}, Refusal.UNSOUND),
        ({"is_there": False}, Refusal.GONE),
        ({"has_address": False}, Refusal.NO_ADDRESS),
        ({"has_opted_out": True}, Refusal.OPTED_OUT),
        ({"asked_at": NOW}, Refusal.ASKED_LATELY),
        ({"asked_at": NOW - QUIET + timedelta(seconds=1)}, Refusal.ASKED_LATELY),
        ({"asked_at": NOW - QUIET}, None),
        # The first reason is said: a person who has left is not said to have been asked lately.
        ({"is_there": False, "has_opted_out": True, "asked_at": NOW}, Refusal.GONE),
    ],
)
def test_who_is_asked(changed: dict[str, Any], expected: Refusal | None) -> None:
    assert refusal(replace(FINE, **changed), quiet=QUIET, now=NOW) == expected


def test_without_a_quiet_time_everybody_is_asked() -> None:
    assert refusal(replace(FINE, asked_at=NOW), quiet=timedelta(0), now=NOW) is None


@pytest.mark.parametrize(
    ("raw", "score"),
    [(1, 1), (5, 5), ("4", 4), (" 3 ", 3), (5.0, 5)]
    + [(raw, None) for raw in (0, 6, 9, 99, 999, -1, "", " ", None, "good", "4.5", 4.5, True, "٤", "1" * 5000)],
)
def test_an_answer_is_on_the_scale_or_none(raw: object, score: int | None) -> None:
    assert score_of(raw) == score


@pytest.mark.parametrize(
    ("raw", "asked", "answers", "mean", "percent"),
    [
        ([], 0, 0, None, None),
        ([None, "", 99], 3, 0, None, None),
        ([5], 1, 1, Decimal("5.00"), 1.0),
        ([4, 3], 2, 2, Decimal("3.50"), 0.5),
        # Stand-ins would pull the mean up to 25.
        ([5, 4, 1, 99, None], 5, 3, Decimal("3.33"), 2 / 3),
    ],
)
def test_figures(raw: list[object], asked: int, answers: int, mean: Decimal | None, percent: float | None) -> None:
    found = figure_of(raw)
    assert (found.asked, found.answers, found.mean, found.satisfied.value) == (asked, answers, mean, percent)


@pytest.mark.parametrize(
    "sums",
    [
        {"asked": 1, "answers": 2, "total": 4, "satisfied": 1},
        {"asked": 2, "answers": 2, "total": 11, "satisfied": 1},
        {"asked": 2, "answers": 2, "total": 1, "satisfied": 0},
        {"asked": 2, "answers": 1, "total": 4, "satisfied": 2},
    ],
)
def test_sums_that_cannot_be_are_refused(sums: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"there are not|do not give"):
        figure(**sums)


@given(st.lists(st.one_of(st.none(), st.integers(-5, 120), st.sampled_from(["", "4", "n/a"])), max_size=60))
def test_a_figure_is_that_of_its_answers_alone(raw: list[object]) -> None:
    found, answered = figure_of(raw), [one for one in raw if score_of(one) is not None]
    assert found == replace(figure_of(answered), asked=len(raw))
    assert found.answers <= found.asked
    assert found.mean is None or 1 <= found.mean <= 5
    assert 0 <= found.satisfied.low <= (found.satisfied.value or 0) <= found.satisfied.high <= 1


@given(st.integers(1, 300), st.data())
def test_more_answers_of_the_same_kind_leave_less_open(answers: int, data: Any) -> None:
    satisfied = data.draw(st.integers(0, answers))
    few = figure(asked=answers, answers=answers, total=answers * 3, satisfied=satisfied).satisfied
    many = figure(asked=answers * 4, answers=answers * 4, total=answers * 12, satisfied=satisfied * 4).satisfied
    assert many.high - many.low < few.high - few.low


def test_the_shipped_pack() -> None:
    found = parse_surveys(PACK, version=3)
    assert (found.version, found.delay, found.low_score) == (3, timedelta(hours=1), 2)
    assert [found.is_low(score) for score in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"delay_minutes": -1}, "csat.delay_minutes"),
        ({"delay_minutes": 99_999}, "csat.delay_minutes"),
        ({"open_days": 0}, "csat.open_days"),
        ({"quiet_days": "two"}, "csat.quiet_days"),
        ({"low_score": 4}, "csat.low_score"),
        ({"goal_mean": 5.5}, "csat.goal_mean"),
        ({"goal_percent": 101}, "csat.goal_percent"),
        ({"colour": 1}, "csat.colour"),
    ],
)
def test_a_pack_that_cannot_be_is_refused_at_its_place(change: dict[str, object], place: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        parse_surveys({"csat": PACK["csat"] | change}, version=1)
    assert refused.value.place == place
