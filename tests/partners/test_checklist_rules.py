"""Due days, standings, progress and next actions of tasks, by tables and by properties over any plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.checklists import (
    Item,
    Progress,
    Task,
    TaskState,
    courts,
    missing_required,
    next_actions,
    plan,
    progress,
    standings,
)
from partners.rules.journeys import ChecklistItem

MONDAY = date(2026, 3, 2)
TODAY = date(2026, 3, 18)


@dataclass(frozen=True)
class Entry:
    id: str
    week: int | None = None
    due_day: int | None = None
    after: tuple[str, ...] = ()


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def due(*items: Item, begins_on: date = MONDAY, first_week: int = 1) -> dict[str, date | None]:
    planned = plan(items, begins_on=begins_on, first_week=first_week, is_working_day=weekdays)
    return {task.item_id: task.due_on for task in planned}


class TestDueDays:
    @pytest.mark.parametrize(
        ("entry", "begins_on", "first_week", "expected"),
        [
            (
                Entry("a", week=1),
                MONDAY,
                1,
                date(2026, 3, 6),
            ),  # the week ends on Sunday; Friday is its last working day
            (Entry("a", week=2), MONDAY, 1, date(2026, 3, 13)),
            (Entry("a", week=14), MONDAY, 13, date(2026, 3, 13)),
            (Entry("a", week=12), MONDAY, 13, date(2026, 3, 6)),
            (Entry("a", week=1), date(2026, 3, 5), 1, date(2026, 3, 11)),  # weeks count from the day the stage began
            (Entry("a", due_day=0), MONDAY, 1, MONDAY),
            (Entry("a", due_day=5), MONDAY, 1, date(2026, 3, 9)),  # a Saturday gives way to Monday
            (Entry("a"), MONDAY, 1, None),
        ],
    )
    def test_an_item_is_due_on_a_working_day(
        self, entry: Entry, begins_on: date, first_week: int, expected: date | None
    ) -> None:
        assert due(entry, begins_on=begins_on, first_week=first_week)["a"] == expected

    def test_nothing_is_due_before_what_it_waits_for(self) -> None:
        found = due(Entry("late", week=1, after=("early",)), Entry("early", week=3), Entry("dayless", after=("late",)))
        assert found == dict.fromkeys(("late", "early", "dayless"), date(2026, 3, 20))

    def test_a_circle_is_named(self) -> None:
        with pytest.raises(ValueError, match="a waits for c, c for b, b for a"):
            due(Entry("a", after=("c",)), Entry("b", after=("a",)), Entry("c", after=("b",)))

    def test_a_partner_that_never_works_keeps_the_plain_day(self) -> None:
        planned = plan(
            [Entry("week", week=1), Entry("day", due_day=4)], begins_on=MONDAY, is_working_day=lambda day: False
        )
        assert [task.due_on for task in planned] == [date(2026, 3, 8), date(2026, 3, 6)]

    def test_items_of_a_journey_fit(self) -> None:
        item = ChecklistItem(id="kickoff", label={"en": "Kickoff held"}, owner_role="pdm", court="us", week=1)
        assert due(item) == {"kickoff": date(2026, 3, 6)}

    @given(
        entries=st.lists(
            st.tuples(
                st.one_of(st.none(), st.integers(1, 8)),
                st.one_of(st.none(), st.integers(0, 60)),
                st.sets(st.integers(0, 9)),
            ),
            max_size=10,
        ),
        offset=st.integers(0, 6),
    )
    def test_order_and_working_days_hold_for_every_plan(
        self, entries: list[tuple[int | None, int | None, set[int]]], offset: int
    ) -> None:
        begins_on = MONDAY + timedelta(days=offset)
        items = [
            Entry(str(number), week, day, tuple(str(other) for other in sorted(after) if other < number))
            for number, (week, day, after) in enumerate(entries)
        ]
        found = due(*items, begins_on=begins_on)
        for item in items:
            day = found[item.id]
            assert (day is None) == (
                item.week is None and item.due_day is None and all(found[name] is None for name in item.after)
            )
            if day is not None:
                assert weekdays(day)
                assert day >= begins_on
                assert all(before is None or before <= day for before in (found[name] for name in item.after))


def tasks() -> list[Task]:
    return [
        Task(id="plan", is_done=True, order=1, due_on=date(2026, 3, 6)),
        Task(id="kickoff", after=("plan",), order=2, due_on=date(2026, 3, 17), court="partner"),
        Task(id="training", after=("kickoff",), order=3, due_on=date(2026, 3, 10)),
        Task(id="access", order=4, due_on=date(2026, 3, 18), court="third_party"),
        Task(id="video", order=5, is_required=False),
        Task(id="gift", order=6, is_skipped=True, due_on=date(2026, 3, 1)),
        Task(id="pitch", after=("training", "gift"), order=7),
    ]


class TestStandings:
    @pytest.mark.parametrize(
        ("task_id", "state", "days_overdue", "waits_for", "court", "holds_up"),
        [
            ("plan", TaskState.DONE, 0, (), "us", 0),
            ("kickoff", TaskState.OPEN, 1, (), "partner", 2),
            ("training", TaskState.WAITING, 8, ("kickoff",), "partner", 1),
            ("access", TaskState.OPEN, 0, (), "third_party", 0),  # due today is not overdue
            ("video", TaskState.OPEN, 0, (), "us", 0),
            ("gift", TaskState.SKIPPED, 0, (), "us", 0),
            ("pitch", TaskState.WAITING, 0, ("training",), "partner", 0),
        ],
    )
    def test_a_task_says_how_it_stands(
        self, task_id: str, state: TaskState, days_overdue: int, waits_for: tuple[str, ...], court: str, holds_up: int
    ) -> None:
        found = {standing.task.id: standing for standing in standings(tasks(), today=TODAY)}[task_id]
        assert (found.state, found.days_overdue, found.is_overdue) == (state, days_overdue, days_overdue > 0)
        assert (found.waits_for, found.court, found.holds_up) == (waits_for, court, holds_up)

    def test_a_circle_waits_and_is_nobodys(self) -> None:
        circle = [Task(id="a", after=("b",)), Task(id="b", after=("a",)), Task(id="c")]
        found = standings(circle, today=TODAY)
        assert [standing.state for standing in found] == [TaskState.WAITING, TaskState.WAITING, TaskState.OPEN]
        assert [standing.court for standing in found] == ["nobody", "nobody", "us"]

    def test_courts_count_what_is_not_settled(self) -> None:
        assert courts(standings(tasks(), today=TODAY)) == {"partner": 3, "third_party": 1, "us": 1}

    def test_the_gate_waits_for_required_tasks(self) -> None:
        assert [task.id for task in missing_required(tasks())] == ["kickoff", "training", "access", "pitch"]


class TestProgress:
    def test_skipped_and_voluntary_tasks_do_not_count(self) -> None:
        assert progress(tasks()) == Progress(done=1, total=5)
        assert progress(tasks()).percent == 20

    @pytest.mark.parametrize(
        ("done", "total", "percent"), [(0, 0, 100), (0, 3, 0), (2, 3, 66), (199, 200, 99), (3, 3, 100)]
    )
    def test_percent_is_rounded_down(self, done: int, total: int, percent: int) -> None:
        assert Progress(done=done, total=total).percent == percent


class TestNextActions:
    def test_what_is_due_first_comes_first(self) -> None:
        found = next_actions(standings(tasks(), today=TODAY))
        assert [standing.task.id for standing in found] == ["kickoff", "access", "video"]
        assert [standing.task.id for standing in next_actions(standings(tasks(), today=TODAY), limit=1)] == ["kickoff"]

    def test_on_one_day_what_holds_up_most_comes_first(self) -> None:
        listed = [
            Task(id="small", due_on=TODAY, order=1),
            Task(id="big", due_on=TODAY, order=2),
            Task(id="next", due_on=TODAY, order=3, after=("big",)),
            Task(id="voluntary", due_on=TODAY, order=0, is_required=False),
        ]
        found = next_actions(standings(listed, today=TODAY))
        assert [standing.task.id for standing in found] == ["big", "small", "voluntary"]


@given(
    rows=st.lists(st.tuples(st.sampled_from(["open", "done", "skipped"]), st.sets(st.integers(0, 9))), max_size=10),
)
def test_without_a_circle_somebody_can_always_go_on(rows: list[tuple[str, set[int]]]) -> None:
    listed = [
        Task(
            id=str(number),
            after=tuple(str(other) for other in sorted(after) if other < number),
            is_done=state == "done",
            is_skipped=state == "skipped",
            order=number,
        )
        for number, (state, after) in enumerate(rows)
    ]
    found = standings(listed, today=TODAY)
    actions = next_actions(found)
    assert bool(actions) == any(not task.is_settled for task in listed)
    assert all(not standing.waits_for for standing in actions)
    assert sum(courts(found).values()) == sum(not task.is_settled for task in listed)
    assert {standing.task.id for standing in found if standing.state is TaskState.WAITING} == {
        task.id
        for task in listed
        if not task.is_settled and any(not listed[int(name)].is_settled for name in task.after)
    }
