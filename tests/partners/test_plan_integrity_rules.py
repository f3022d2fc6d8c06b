"""What is wrong with plans: each flaw by a table with its boundaries, and by properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.plan_integrity import CriticalPath, Finding, Plan, PlanFlaw, PlanTask, critical_path, findings

TODAY = date(2026, 3, 2)  # a Monday


def on(day: int) -> date:
    return date(2026, 3, day)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def task(name: str, **given: Any) -> PlanTask:
    return replace(PlanTask(id=name, owner_id=1, due_on=on(20), touched_on=TODAY), **given)


def plan(*tasks: PlanTask, **given: Any) -> Plan:
    return replace(Plan(tasks=tasks, is_working_day=weekdays, launch_on=on(31)), **given)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (task("a"), []),
        (task("a", owner_id=None), [Finding(flaw=PlanFlaw.NO_OWNER, place="a")]),
        (task("a", due_on=None), [Finding(flaw=PlanFlaw.NO_DATE, place="a")]),
        (task("a", touched_on=TODAY - timedelta(days=14)), []),
        (
            task("a", touched_on=TODAY - timedelta(days=15)),
            [Finding(flaw=PlanFlaw.UNTOUCHED, place="a", params={"since": date(2026, 2, 15), "days": 15})],
        ),
        (task("a", touched_on=None), []),
        (task("a", owner_id=None, due_on=None, is_settled=True), []),
        (task("a", due_on=on(31)), []),
        (
            task("a", due_on=date(2026, 4, 1)),
            [
                Finding(
                    flaw=PlanFlaw.DUE_AFTER_LAUNCH,
                    place="a",
                    params={"due_on": date(2026, 4, 1), "launch_on": on(31)},
                )
            ],
        ),
        (task("a", due_on=date(2026, 4, 1), is_required=False), []),
        (
            task("a", after=("ghost",)),
            [Finding(flaw=PlanFlaw.UNKNOWN_PREDECESSOR, place="a", params={"before": "ghost"})],
        ),
    ],
)
def test_flaws_of_one_task(one: PlanTask, expected: list[Finding]) -> None:
    assert list(findings(plan(one), today=TODAY)) == expected


@pytest.mark.parametrize(
    ("first", "second", "is_broken"),
    [
        ({"due_on": on(10)}, {"due_on": on(9)}, True),
        ({"due_on": on(10)}, {"due_on": on(10)}, False),
        ({"due_on": on(10), "is_settled": True}, {"due_on": on(9)}, False),
        ({"due_on": on(10)}, {"due_on": on(9), "is_settled": True}, False),
    ],
)
def test_nothing_is_due_before_what_it_waits_for(
    first: dict[str, Any], second: dict[str, Any], is_broken: bool
) -> None:
    found = findings(plan(task("a", **first), task("b", after=("a",), **second)), today=TODAY)
    expected = Finding(
        flaw=PlanFlaw.BROKEN_ORDER, place="b", params={"before": "a", "due_on": on(9), "before_due_on": on(10)}
    )
    assert list(found) == ([expected] if is_broken else [])


def test_a_circle_is_found_once_and_named() -> None:
    found = findings(plan(task("a"), task("b", after=("c",)), task("c", after=("b",))), today=TODAY)
    assert list(found) == [Finding(flaw=PlanFlaw.CIRCLE, place="b", params={"tasks": ("b", "c")})]


def test_a_plan_without_a_launch_day_says_so_until_it_is_launched() -> None:
    assert [one.flaw for one in findings(plan(launch_on=None), today=TODAY)] == [PlanFlaw.NO_LAUNCH_DATE]
    assert findings(plan(launch_on=None, is_launched=True), today=TODAY) == ()


class TestCriticalPath:
    tasks = (
        task("a", days=3),
        task("b", days=4, after=("a",)),
        task("c", days=2, after=("a",)),
        task("d", days=1, after=("b", "c")),
        task("e", days=6),
    )

    def test_it_is_the_longest_chain_in_working_days(self) -> None:
        # Eight working days from Monday the 2nd on: the last is Wednesday the 11th.
        assert critical_path(plan(*self.tasks), today=TODAY) == CriticalPath(tasks=("a", "b", "d"), ends_on=on(11))

    @pytest.mark.parametrize(("launch_on", "is_too_early"), [(on(10), True), (on(11), False)])
    def test_a_launch_before_its_end_is_found(self, launch_on: date, is_too_early: bool) -> None:
        tasks = [replace(one, due_on=on(5)) for one in self.tasks]
        found = list(findings(plan(*tasks, launch_on=launch_on), today=TODAY))
        expected = Finding(
            flaw=PlanFlaw.LAUNCH_BEFORE_CRITICAL_PATH,
            params={"launch_on": launch_on, "ends_on": on(11), "tasks": ("a", "b", "d")},
        )
        assert found == ([expected] if is_too_early else [])

    def test_what_is_done_takes_no_time(self) -> None:
        done = [replace(one, is_settled=one.id in "ab") for one in self.tasks]
        assert critical_path(plan(*done), today=TODAY) == CriticalPath(tasks=("e",), ends_on=on(9))

    def test_voluntary_tasks_count_only_on_the_way_to_required_ones(self) -> None:
        voluntary = task("long", days=30, is_required=False)
        assert critical_path(plan(*self.tasks, voluntary), today=TODAY) == critical_path(plan(*self.tasks), today=TODAY)
        last = task("end", after=("long",))
        path = critical_path(plan(*self.tasks, voluntary, last), today=TODAY)
        assert path is not None
        assert path.tasks == ("long", "end")

    def test_there_is_none_without_open_tasks_or_in_a_circle(self) -> None:
        assert critical_path(plan(task("a", is_settled=True)), today=TODAY) is None
        assert critical_path(plan(task("a", after=("b",)), task("b", after=("a",))), today=TODAY) is None

    def test_without_working_days_plain_days_count(self) -> None:
        never = plan(task("a", days=3), is_working_day=lambda day: False)
        assert critical_path(never, today=TODAY) == CriticalPath(tasks=("a",), ends_on=on(4))


def test_the_worst_comes_first() -> None:
    tasks = [
        task("lazy", touched_on=date(2026, 1, 1)),
        task("lost", owner_id=None, due_on=None),
        task("x", after=("y",)),
        task("y", after=("x",)),
    ]
    assert [(one.flaw.value, one.place) for one in findings(plan(*tasks, launch_on=None), today=TODAY)] == [
        ("circle", "x"),
        ("no_owner", "lost"),
        ("no_date", "lost"),
        ("no_launch_date", ""),
        ("untouched", "lazy"),
    ]


PLANS = st.lists(
    st.tuples(st.sets(st.integers(0, 7)), st.integers(1, 9), st.booleans(), st.booleans()), max_size=8
).map(
    lambda rows: [
        task(
            str(number),
            after=tuple(str(other) for other in sorted(after) if other < number),
            days=days,
            is_settled=is_settled,
            is_required=is_required,
        )
        for number, (after, days, is_settled, is_required) in enumerate(rows)
    ]
)


@given(tasks=PLANS)
def test_the_critical_path_is_as_long_as_the_longest_way_by_hand(tasks: list[PlanTask]) -> None:
    by_id = {one.id: one for one in tasks}

    def length(one: PlanTask) -> int:
        before = [by_id[name] for name in one.after if not by_id[name].is_settled]
        return one.days + max((length(other) for other in before), default=0)

    lengths = [length(one) for one in tasks if one.is_required and not one.is_settled]
    path = critical_path(plan(*tasks, is_working_day=lambda day: True), today=TODAY)
    if path is None:
        assert not lengths
    else:
        assert (path.ends_on - TODAY).days + 1 == max(lengths)
        assert sum(by_id[name].days for name in path.tasks) == max(lengths)


@given(tasks=PLANS)
def test_a_settled_plan_has_no_flaws(tasks: list[PlanTask]) -> None:
    settled = [replace(one, is_settled=True, owner_id=None, due_on=None) for one in tasks]
    assert findings(plan(*settled), today=TODAY) == ()
