"""The score card: what points add up to, and which tickets are looked at first."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.reading import MalformedInput
from tickets.rules.quality import Candidate, parse_quality, place_of, propose, verdict

PACK = yaml.safe_load((Path(__file__).resolve().parents[2] / "policies/default/quality.yaml").read_text())
CARD = parse_quality(PACK, version=1)
IDS = [criterion.id for criterion in CARD.criteria]
POINTS = st.fixed_dictionaries({key: st.integers(0, CARD.most_points) for key in IDS})
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        number=st.integers(1, 10_000),
        agent_id=st.integers(1, 4),
        is_low=st.booleans(),
        is_breached=st.booleans(),
        is_reopened=st.booleans(),
    ),
    unique_by=lambda one: one.number,
    max_size=40,
)


@pytest.mark.parametrize(
    ("points", "score", "is_passed"),
    [
        ((4, 4, 4, 4, 4), "100.00", True),
        ((0, 0, 0, 0, 0), "0.00", False),
        # 30 % of accuracy lost alone: below the mark, whatever else is right.
        ((0, 4, 4, 4, 4), "70.00", False),
        # Exactly the mark.
        ((4, 0, 4, 4, 4), "80.00", True),
        ((4, 4, 3, 3, 2), "83.75", True),
        ((3, 3, 3, 3, 4), "78.75", False),
    ],
)
def test_verdicts(points: tuple[int, ...], score: str, is_passed: bool) -> None:
    found = verdict(CARD, dict(zip(IDS, points, strict=True)))
    assert (found.score, found.is_passed) == (Decimal(score), is_passed)


@pytest.mark.parametrize(
    "points",
    [
        {},
        dict.fromkeys(IDS[1:], 4),
        dict.fromkeys([*IDS, "luck"], 4),
        dict.fromkeys(IDS, 5),
        dict.fromkeys(IDS, -1),
        dict.fromkeys(IDS, True),
    ],
)
def test_points_that_do_not_fit_are_refused(points: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="points"):
        verdict(CARD, points)


@given(POINTS, st.sampled_from(IDS))
def test_a_point_more_never_makes_it_worse(points: dict[str, int], key: str) -> None:
    better = points | {key: min(points[key] + 1, CARD.most_points)}
    assert verdict(CARD, points).score <= verdict(CARD, better).score
    assert verdict(CARD, better).is_passed >= verdict(CARD, points).is_passed


@given(CANDIDATES, st.integers(1, 5), st.dictionaries(st.integers(1, 4), st.integers(0, 7)))
def test_the_sample(candidates: list[Candidate], per_agent: int, reviewed: dict[int, int]) -> None:
    found = propose(candidates, per_agent=per_agent, reviewed=reviewed, seed="2026-03")
    assert found == propose(list(reversed(candidates)), per_agent=per_agent, reviewed=reviewed, seed="2026-03")
    for agent in {one.agent_id for one in candidates}:
        mine = [one for one in candidates if one.agent_id == agent]
        chosen = [one for one in found if one.agent_id == agent]
        assert len(chosen) == min(len(mine), max(per_agent - reviewed.get(agent, 0), 0))
        left = [one for one in mine if one not in chosen]
        assert all(place_of(a, "2026-03") < place_of(b, "2026-03") for a in chosen for b in left)


def test_trouble_comes_first_and_the_draw_follows_the_seed() -> None:
    def one(number: int, **flags: bool) -> Candidate:
        calm = {"is_low": False, "is_breached": False, "is_reopened": False}
        return Candidate(number=number, agent_id=1, **{**calm, **flags})

    calm = [one(number) for number in range(10, 40)]
    troubled = [one(3, is_reopened=True), one(2, is_breached=True), one(1, is_low=True)]
    found = propose([*calm, *troubled], per_agent=33, reviewed={}, seed="a")
    assert [row.number for row in found[:3]] == [1, 2, 3]
    assert found[3:] != propose([*calm, *troubled], per_agent=33, reviewed={}, seed="b")[3:]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"pass_percent": 0}, "pass_percent"),
        ({"most_points": 11}, "most_points"),
        ({"per_agent": "five"}, "per_agent"),
        ({"criteria": []}, "criteria"),
        ({"criteria": PACK["criteria"][1:]}, "criteria"),
        ({"criteria": [*PACK["criteria"], PACK["criteria"][0]]}, "criteria[5]"),
        ({"luck": 1}, "luck"),
    ],
)
def test_a_card_that_cannot_be_is_refused_at_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        parse_quality(PACK | change, version=1)
    assert refused.value.place == place
