"""The laws of business time (sla.md, end) on random calendars, and agreement with a second statement of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common import worktime
from common.worktime import LocalInterval, WorkHours
from tests.common.business_clock import BusinessClock

# Zones with a day near which their clocks change; and some whose clocks stand still.
PLACES = [
    ("Europe/Berlin", date(2025, 3, 30)),
    ("Europe/Berlin", date(2025, 10, 26)),
    ("Europe/London", date(2025, 3, 30)),
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/St_Johns", date(2009, 11, 1)),
    ("America/St_Johns", date(2010, 3, 14)),
    ("America/Toronto", date(1919, 3, 31)),
    ("America/Havana", date(2025, 11, 2)),
    ("America/Nuuk", date(2023, 3, 26)),
    ("Africa/Cairo", date(2025, 4, 25)),
    ("Africa/Cairo", date(2025, 10, 31)),
    ("Africa/Casablanca", date(2025, 2, 23)),
    ("Asia/Tehran", date(2021, 3, 22)),
    ("Asia/Kolkata", date(2025, 6, 3)),
    ("Asia/Kathmandu", date(2025, 6, 3)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("Pacific/Apia", date(2011, 12, 31)),
    ("Pacific/Kiritimati", date(1995, 1, 1)),
    ("Pacific/Auckland", date(2025, 9, 28)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Etc/UTC", date(2025, 6, 3)),
]
WINDOW_DAYS = 24

steps = st.integers(min_value=0, max_value=96)
intervals = st.tuples(steps, steps).filter(lambda pair: pair[0] < pair[1])
night_intervals = st.sampled_from([(0, 24), (88, 96), (0, 96), (4, 8), (5, 9), (8, 12), (9, 10), (10, 13), (92, 96)])
stretches = st.lists(intervals | night_intervals, max_size=4).map(
    lambda pairs: tuple(LocalInterval(start=900 * start, end=900 * end) for start, end in pairs)
)
budgets = st.builds(timedelta, seconds=st.sampled_from([0, 1, 59, 900, 3_600]) | st.integers(0, 400_000))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkHours, date]:
    """A random calendar, with the day around which its exceptions lie."""
    zone, day = draw(st.sampled_from(PLACES))
    near = st.integers(-4, 6).map(lambda offset: day + timedelta(days=offset))
    same_every_day = draw(st.booleans())
    weekly = (draw(stretches),) * 7 if same_every_day else tuple(draw(stretches) for _ in range(7))
    hours = WorkHours(
        timezone=zone,
        weekly=weekly,
        holidays=frozenset(draw(st.lists(near, max_size=3))),
        breaks=draw(st.dictionaries(near, stretches, max_size=3)),
        shifts=draw(st.dictionaries(near, stretches, max_size=3)),
    )
    return hours, day


def instants(day: date) -> st.SearchStrategy[datetime]:
    """Seconds, and often quarters of an hour, of some days around a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    seconds = st.integers(-4 * 86_400, 4 * 86_400)
    quarters = st.integers(-4 * 96, 4 * 96).map(lambda count: 900 * count)
    return (quarters | seconds).map(lambda offset: noon + timedelta(seconds=offset))


def within(answer: Callable[[], object]) -> object:
    """The answer of the slow clock; cases that run out of its window are set aside."""
    try:
        return answer()
    except IndexError:
        assume(False)
        raise


def has_hours(hours: WorkHours) -> bool:
    return any(hours.weekly)


class TestAgreementWithTheSlowClock:
    @settings(max_examples=100, deadline=None)
    @given(data=st.data(), drawn=calendars(), budget=budgets)
    def test_every_question(self, data: st.DataObject, drawn: tuple[WorkHours, date], budget: timedelta) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        clock = BusinessClock(hours, day - timedelta(days=WINDOW_DAYS // 2), WINDOW_DAYS)
        start, end = data.draw(instants(day)), data.draw(instants(day))
        assert worktime.is_open(hours, start) == clock.is_open(start)
        assert worktime.between(hours, start, end) == clock.between(start, end)
        due, breach = within(lambda: clock.add(start, budget))  # type: ignore[misc]
        assert worktime.add(hours, start, budget) == worktime.Deadline(due_at=due, breach_at=breach)
        assert worktime.next_opening(hours, start) == clock.next_opening(start)
        assert worktime.subtract(hours, start, budget) == within(lambda: clock.subtract(start, budget))

    @settings(max_examples=50, deadline=None)
    @given(data=st.data(), drawn=calendars(), days=st.integers(0, 6))
    def test_business_days(self, data: st.DataObject, drawn: tuple[WorkHours, date], days: int) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        clock = BusinessClock(hours, day - timedelta(days=WINDOW_DAYS // 2), WINDOW_DAYS)
        at = data.draw(instants(day))
        start, budget, due, breach = within(lambda: clock.due_business_days(at, days))  # type: ignore[misc]
        assert worktime.due_business_days(hours, at, days) == worktime.BusinessDaysDue(
            start=start, budget=budget, due_at=due, breach_at=breach
        )

    @pytest.mark.parametrize(("zone", "day"), PLACES)
    def test_hours_of_each_day_around_each_clock_change(self, zone: str, day: date) -> None:
        """Parts of the clock open one by one, so that no place of a clock change is left to chance."""
        first = day - timedelta(days=WINDOW_DAYS // 2)
        for half_hour in range(0, 48, 3):
            part = LocalInterval(start=1_800 * half_hour, end=min(1_800 * half_hour + 4_500, 86_400))
            hours = WorkHours(timezone=zone, weekly=((part,),) * 7)
            clock = BusinessClock(hours, first, WINDOW_DAYS)
            start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
            for quarter in range(0, 6 * 96, 5):
                at = start + quarter * timedelta(minutes=15)
                assert worktime.is_open(hours, at) == clock.is_open(at)


class TestLaws:
    @given(data=st.data(), drawn=calendars())
    def test_between_is_additive(self, data: st.DataObject, drawn: tuple[WorkHours, date]) -> None:
        hours, day = drawn
        first, middle, last = sorted(data.draw(instants(day)) for _ in range(3))
        parts = worktime.between(hours, first, middle) + worktime.between(hours, middle, last)
        assert worktime.between(hours, first, last) == parts

    @given(data=st.data(), drawn=calendars(), budget=budgets)
    def test_a_budget_is_used_up_exactly_at_its_due_and_its_breach(
        self, data: st.DataObject, drawn: tuple[WorkHours, date], budget: timedelta
    ) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        start = data.draw(instants(day))
        deadline = worktime.add(hours, start, budget)
        assert worktime.between(hours, start, deadline.due_at) == budget
        assert worktime.between(hours, start, deadline.breach_at) == budget
        assert worktime.is_open(hours, deadline.breach_at)
        assert start <= deadline.due_at <= deadline.breach_at

    @given(data=st.data(), drawn=calendars(), budget=budgets)
    def test_subtracting_leads_back(
        self, data: st.DataObject, drawn: tuple[WorkHours, date], budget: timedelta
    ) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        at = data.draw(instants(day))
        origin = worktime.subtract(hours, at, budget)
        assert worktime.between(hours, origin, at) == budget
        if budget:
            assert worktime.between(hours, origin + timedelta(microseconds=1), at) < budget

    @given(data=st.data(), drawn=calendars(), budget=budgets, more=budgets)
    def test_later_starts_and_larger_budgets_end_later(
        self, data: st.DataObject, drawn: tuple[WorkHours, date], budget: timedelta, more: timedelta
    ) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        first, second = sorted([data.draw(instants(day)), data.draw(instants(day))])
        deadline = worktime.add(hours, first, budget)
        for later in (worktime.add(hours, second, budget), worktime.add(hours, first, budget + more)):
            assert deadline.due_at <= later.due_at
            assert deadline.breach_at <= later.breach_at

    @given(data=st.data(), drawn=calendars(), budget=budgets, offset=st.integers(-1_439, 1_439))
    def test_the_offset_of_the_input_does_not_matter(
        self, data: st.DataObject, drawn: tuple[WorkHours, date], budget: timedelta, offset: int
    ) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        at = data.draw(instants(day))
        elsewhere = at.astimezone(timezone(timedelta(minutes=offset)))
        at_home = at.astimezone(ZoneInfo(hours.timezone))
        for same in (elsewhere, at_home):
            assert worktime.add(hours, same, budget) == worktime.add(hours, at, budget)
            assert worktime.subtract(hours, same, budget) == worktime.subtract(hours, at, budget)
            assert worktime.is_holiday(hours, same) == worktime.is_holiday(hours, at)
            assert worktime.due_business_days(hours, same, 2) == worktime.due_business_days(hours, at, 2)

    @given(data=st.data(), drawn=calendars(), budget=budgets, closed=stretches)
    def test_a_holiday_or_a_break_never_makes_a_deadline_earlier(
        self, data: st.DataObject, drawn: tuple[WorkHours, date], budget: timedelta, closed: tuple[LocalInterval, ...]
    ) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        start = data.draw(instants(day))
        on = day + timedelta(days=data.draw(st.integers(-3, 5)))
        deadline = worktime.add(hours, start, budget)
        unbroken = replace(hours, breaks={when: parts for when, parts in hours.breaks.items() if when != on})
        broken = replace(hours, breaks={**hours.breaks, on: closed})
        before = worktime.add(unbroken, start, budget)
        after = worktime.add(broken, start, budget)
        on_holiday = worktime.add(replace(hours, holidays=hours.holidays | {on}), start, budget)
        assert before.due_at <= after.due_at
        assert before.breach_at <= after.breach_at
        assert deadline.due_at <= on_holiday.due_at
        assert deadline.breach_at <= on_holiday.breach_at

    @given(data=st.data(), drawn=calendars(), budget=budgets, cut=st.integers(1, 86_399))
    def test_splitting_or_doubling_an_interval_changes_nothing(
        self, data: st.DataObject, drawn: tuple[WorkHours, date], budget: timedelta, cut: int
    ) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        start = data.draw(instants(day))

        def in_pieces(parts: tuple[LocalInterval, ...]) -> tuple[LocalInterval, ...]:
            pieces = [
                LocalInterval(start=first, end=last)
                for part in parts
                for first, last in ((part.start, min(part.end, cut)), (max(part.start, cut), part.end))
                if first < last
            ]
            return (*pieces, *parts, *parts)

        pieces = replace(
            hours,
            weekly=tuple(in_pieces(parts) for parts in hours.weekly),
            breaks={when: in_pieces(parts) for when, parts in hours.breaks.items()},
            shifts={when: in_pieces(parts) for when, parts in hours.shifts.items()},
        )
        assert worktime.add(pieces, start, budget) == worktime.add(hours, start, budget)

    @given(data=st.data(), drawn=calendars())
    def test_stretches_add_up_and_lie_apart(self, data: st.DataObject, drawn: tuple[WorkHours, date]) -> None:
        hours, day = drawn
        start, end = sorted([data.draw(instants(day)), data.draw(instants(day))])
        found = list(worktime.open_stretches(hours, start, end))
        assert sum((span.end - span.start for span in found), timedelta(0)) == worktime.between(hours, start, end)
        assert all(earlier.end < later.start for earlier, later in pairwise(found))

    @settings(max_examples=40, deadline=None)
    @given(drawn=calendars(), years=st.integers(1, 20), budget=budgets)
    def test_sums_over_years_equal_sums_over_days(
        self, drawn: tuple[WorkHours, date], years: int, budget: timedelta
    ) -> None:
        hours, day = drawn
        assume(has_hours(hours))
        start = datetime(day.year - years, day.month, 1, 7, 30, tzinfo=UTC)
        end = datetime(day.year + 1, 5, 17, 13, 45, tzinfo=UTC)
        days = [start + timedelta(days=offset) for offset in range((end - start).days + 1)] + [end]
        total = sum((worktime.between(hours, one, two) for one, two in pairwise(days)), timedelta(0))
        assert worktime.between(hours, start, end) == total
        assume(total > budget)
        assert worktime.between(hours, start, worktime.add(hours, start, total - budget).due_at) == total - budget
        assert worktime.between(hours, worktime.subtract(hours, end, total - budget), end) == total - budget
