"""What the lab makes of courses and losses, and how a scorecard is rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from health.rules import scorecard_edits as edits
from health.rules.lab import Confusion, Course, Judgment, Lost, days_early, judge
from tests.health.cards import body, group, measure, veto

FIRST = date(2026, 1, 5)
DAYS = [FIRST + timedelta(weeks=week) for week in range(27)]


def confusion(line: str, *counts: int) -> Confusion:
    return Confusion(
        line=line, lost_warned=counts[0], kept_warned=counts[1], lost_quiet=counts[2], kept_quiet=counts[3]
    )


@pytest.mark.parametrize(
    ("letters", "lost_week", "days"),
    [
        ("gggyyrrr", 8, 35),
        ("gggyyrrr", 5, 14),
        ("gyggyrrr", 8, 28),
        ("gy-yyrrr", 8, 49),
        ("ggggggg-", 8, None),
        ("rrrrrrrg", 8, None),
        ("gggg----", 8, None),
        ("rrr     ", 4, 28),
        ("gggg", 0, None),
    ],
)
def test_a_loss_was_seen_coming_since_the_band_is_at_risk_without_a_break(
    letters: str, lost_week: int, days: int | None
) -> None:
    known = DAYS[: len(letters)]
    assert days_early(known, letters, FIRST + timedelta(weeks=lost_week)) == days


def test_two_scorecards_are_compared_by_quarters() -> None:
    """27 weekly days are two quarters: 1 and 2 are lost in the first and in the second, 3 and 4 stay."""
    courses = {
        1: Course(old="g" * 10 + " " * 17, new="r" * 10 + " " * 17),
        2: Course(old="g" * 20 + "y" * 6 + " ", new="g" * 13 + "y" * 13 + " "),
        3: Course(old="g" * 27, new="g" * 27),
        4: Course(old="rg" * 13 + "r", new="-" * 27),
    }
    losses = [
        Lost(organization_id=1, lost_on=DAYS[9] + timedelta(days=2), reason="price"),
        Lost(organization_id=2, lost_on=DAYS[26], reason="product"),
        Lost(organization_id=3, lost_on=DAYS[0], reason="before the first day"),
        Lost(organization_id=9, lost_on=DAYS[5], reason="not of this scorecard"),
    ]
    found = judge(DAYS, courses, losses)
    assert [(one.organization_id, one.old, one.new) for one in found.warned] == [(1, None, 65), (2, 42, 91)]
    assert (found.falls_old, found.falls_new) == (1 + 13, 1)
    assert found.old == (confusion("red", 0, 1, 2, 4), confusion("yellow", 0, 1, 2, 4))
    assert found.new == (confusion("red", 1, 0, 1, 5), confusion("yellow", 2, 0, 0, 5))
    assert (found.new[1].recall.hits, found.new[1].recall.total) == (2, 2)
    assert found.new[1].recall.low < 0.5, "two of two say little"
    assert Judgment.from_json(found.to_json()) == found


def test_a_short_past_is_one_span() -> None:
    found = judge(
        DAYS[:5], {1: Course(old="ggggg", new="ryyyy")}, [Lost(organization_id=1, lost_on=DAYS[3], reason="")]
    )
    assert found.new[0] == confusion("red", 1, 0, 0, 0)
    alone = judge(DAYS[:1], {1: Course(old="g", new="g")}, [])
    assert alone.old[0] == confusion("red", 0, 0, 0, 0)


CARD = body(group("g", measure("x"), measure("y")), group("h", measure("z")), vetoes=[veto("v", "x", at_most=0)])


def test_parts_are_rewritten_and_nothing_given_is_changed() -> None:
    before = repr(CARD)
    weighed = edits.with_weights(CARD, weights={"h": Decimal("2.50")}, shares={"y": Decimal("3")})
    assert (weighed["groups"][1]["weight"], weighed["groups"][0]["measures"][1]["share"]) == (2.5, 3)
    other = edits.with_measure(CARD, {**measure("y"), "share": 7})
    assert edits.measure_in(other, "y") == ("g", {**measure("y"), "share": 7})
    more = edits.with_measure(CARD, measure("new"), group_id="h")
    assert [entry["id"] for entry in more["groups"][1]["measures"]] == ["z", "new"]
    assert [entry["id"] for entry in edits.without_measure(CARD, "z")["groups"]] == ["g"], "an empty group goes too"
    assert edits.with_veto(CARD, {**veto("v", "x", at_most=5)}, is_new=False)["vetoes"][0]["at_most"] == 5
    assert not edits.without_veto(CARD, "v")["vetoes"]
    assert edits.new_name("x", edits.names_in(CARD)) == "x_2"
    assert repr(CARD) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda: edits.with_measure(CARD, measure("nothing")),
        lambda: edits.with_measure(CARD, measure("n"), group_id="nothing"),
        lambda: edits.without_measure(CARD, "nothing"),
        lambda: edits.without_veto(CARD, "nothing"),
        lambda: edits.with_veto(CARD, veto("nothing", "x", at_most=0), is_new=False),
    ],
)
def test_a_part_that_is_gone_is_not_written(change: Any) -> None:
    with pytest.raises(edits.NoSuchEntry):
        change()


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("0: 0\n 99.5 = 85 \n\n100:100", {"points": [[0, 0], [99.5, 85], [100, 100]]}),
        ("-5: 0\n5: 10", {"points": [[-5, 0], [5, 10]]}),
        (
            "..10: 100\n10..20: 40\n20..: 0",
            {"steps": [{"to": 10, "points": 100}, {"from": 10, "to": 20, "points": 40}, {"from": 20, "points": 0}]},
        ),
    ],
)
def test_thresholds_are_lines(text: str, entry: dict[str, Any]) -> None:
    assert edits.read_thresholds(text) == entry
    assert edits.read_thresholds(edits.thresholds_text(entry)) == entry


@pytest.mark.parametrize("text", ["a lot: 3", "5", "5: NaN", "5: 1e3", "1..: 3\n5: 4"])
def test_a_line_that_says_nothing_is_named(text: str) -> None:
    with pytest.raises(edits.Unreadable) as refused:
        edits.read_thresholds(text)
    assert refused.value.line in text
