"""Circles and orders, by cases and against every plan that Hypothesis finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.dependencies import find_circle, in_order, spell_circle

NAMES = st.sampled_from("abcdef")
PLANS = st.dictionaries(NAMES, st.lists(NAMES, max_size=4), max_size=6)


@pytest.mark.parametrize(
    ("after", "circle"),
    [
        ({}, ()),
        ({"a": []}, ()),
        ({"a": ["b"], "b": []}, ()),
        ({"a": ["a"]}, ("a",)),
        ({"a": ["b"], "b": ["a"]}, ("a", "b")),
        ({"a": [], "b": ["c"], "c": ["d"], "d": ["b", "a"]}, ("b", "c", "d")),
        ({"d": ["b"], "b": ["c"], "c": ["d"]}, ("d", "b", "c")),
        ({"a": ["unknown"]}, ()),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, ()),
    ],
)
def test_a_circle_is_named_from_its_first_id_on(after: dict[str, list[str]], circle: tuple[str, ...]) -> None:
    assert find_circle(after) == circle


def test_a_circle_is_spelled() -> None:
    assert spell_circle(("a",)) == "a waits for a"
    assert spell_circle(("a", "b", "c")) == "a waits for b, b for c, c for a"


def test_ids_keep_their_order_where_nothing_is_waited_for() -> None:
    assert in_order({"c": ["a"], "b": [], "a": []}) == ("b", "a", "c")


def test_there_is_no_order_in_a_circle() -> None:
    with pytest.raises(ValueError, match="a waits for b, b for a"):
        in_order({"a": ["b"], "b": ["a"]})


def test_a_long_chain_is_no_matter_of_depth() -> None:
    chain = {str(number): [str(number + 1)] for number in range(5_000)}
    assert find_circle(chain) == ()
    assert in_order(chain)[0] == "4999"


@given(after=PLANS)
def test_either_there_is_a_circle_or_an_order(after: dict[str, list[str]]) -> None:
    circle = find_circle(after)
    if circle:
        assert all(following in after[name] for name, following in zip(circle, (*circle[1:], circle[0]), strict=True))
        assert len(set(circle)) == len(circle)
        return
    ordered = in_order(after)
    assert sorted(ordered) == sorted(after)
    for name, waited in after.items():
        assert all(ordered.index(other) < ordered.index(name) for other in waited if other in after)
