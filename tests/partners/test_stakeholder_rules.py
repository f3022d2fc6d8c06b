"""What the map of people warns of, circles, and the chart: rules without a database."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.choices import ContactRole
from partners.rules.record_packs import PeoplePolicy
from partners.rules.stakeholders import COUNTING_ROLES, Person, chart, counts, healed, makes_circle, warnings_of
from partners.stakeholder_choices import Influence

TODAY = date(2026, 3, 2)
POLICY = PeoplePolicy(contact_days=90, sponsor_quiet_days=45)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def person(number: int, name: str, role: str = "technical", **more: Any) -> Person:
    return Person(id=number, name=name, role=role, **more)


SPONSOR = person(1, "Ada", "executive", is_sponsor=True, last_two_way_on=ago(45))
TALKING = person(2, "Ben", last_two_way_on=ago(90))
SILENT = person(3, "Cleo", last_two_way_on=ago(91))
FRIEND = person(4, "Dana", "champion", influence="high", sentiment="promoter", last_two_way_on=ago(3))
GONE = person(5, "Eve", "executive", is_sponsor=True, left_on=ago(10), last_two_way_on=ago(2))


@pytest.mark.parametrize(
    ("people", "wanted", "found"),
    [
        ([], 0, [("no_sponsor", (), None)]),
        ([SPONSOR, TALKING], 0, []),
        ([SPONSOR, SILENT], 0, [("single_thread", ("Ada",), 90)]),
        ([TALKING, FRIEND], 0, [("no_sponsor", (), None), ("one_supporter", ("Dana",), None)]),
        ([GONE, TALKING, SPONSOR], 0, []),
        ([GONE, TALKING, FRIEND], 0, [("sponsor_left", ("Eve",), 10), ("one_supporter", ("Dana",), None)]),
        ([GONE], 3, [("sponsor_left", ("Eve",), 10)]),
        ([SPONSOR, TALKING], 3, [("too_few_executives", (), None)]),
        (
            [person(1, "Ada", "executive", is_sponsor=True, last_two_way_on=ago(46)), TALKING],
            1,
            [("sponsor_quiet", ("Ada",), 46)],
        ),
        ([person(1, "Ada", is_sponsor=True)], 0, [("sponsor_quiet", ("Ada",), None)]),
    ],
)
def test_warnings(people: list[Person], wanted: int, found: list[Any]) -> None:
    warned = warnings_of(people, today=TODAY, policy=POLICY, executives_wanted=wanted)
    assert [(str(one.kind), one.names, one.days) for one in warned] == found


def test_too_few_executives_says_how_many() -> None:
    (warned,) = warnings_of([SPONSOR, TALKING], today=TODAY, policy=POLICY, executives_wanted=3)
    assert (warned.count, warned.wanted) == (1, 3)


def test_who_counts() -> None:
    assert set(ContactRole.values) - COUNTING_ROLES == {"other"}
    assert counts("billing", "unknown")
    assert not counts("other", "unknown")
    assert all(counts("other", influence) for influence in Influence.values if influence != "unknown")


CHAIN: dict[int, int | None] = {1: None, 2: 1, 3: 2, 4: 2}


@pytest.mark.parametrize(
    ("who", "boss", "is_circle"), [(1, 3, True), (1, 1, True), (3, 4, False), (2, None, False), (4, 1, False)]
)
def test_circles(who: int, boss: int | None, is_circle: bool) -> None:
    assert makes_circle(CHAIN, who, boss) == is_circle


def test_a_chain_heals_and_a_chart_shows_everybody() -> None:
    assert healed(CHAIN, 2) == {3: 1, 4: 1}
    assert healed(CHAIN, 1) == {2: None}
    assert [(one.id, one.depth) for one in chart(CHAIN, [1, 2, 3, 4])] == [(1, 0), (2, 1), (3, 2), (4, 2)]
    assert [(one.id, one.depth) for one in chart(CHAIN, [4, 3, 1])] == [(1, 0), (4, 1), (3, 1)]
    assert [one.depth for one in chart({7: 99}, [7])] == [0]


@given(st.lists(st.integers(0, 8), min_size=1, max_size=9))
def test_no_sequence_of_allowed_moves_loses_anybody(bosses: list[int]) -> None:
    reports: dict[int, int | None] = dict.fromkeys(range(len(bosses)))
    for number, boss in enumerate(bosses):
        if boss in reports and not makes_circle(reports, number, boss):
            reports[number] = boss
    assert sorted(one.id for one in chart(reports, list(reports))) == sorted(reports)
