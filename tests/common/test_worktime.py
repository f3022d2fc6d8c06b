"""Business time by tables: the examples of sla.md R5 to R7, and what clock changes do to opening hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common import worktime
from common.worktime import LocalInterval, NeverOpens, Span, TooFar, WorkHours, WorktimeError
from common.worktime_parse import parse_intervals

HOUR = timedelta(hours=1)
CLOSED: tuple[LocalInterval, ...] = ()


def stretch(*pairs: tuple[str, str]) -> tuple[LocalInterval, ...]:
    return parse_intervals([list(pair) for pair in pairs], "hours")


NINE_TO_FIVE = stretch(("09:00", "17:00"))
ALL_DAY = stretch(("00:00", "24:00"))


def office(timezone: str = "Europe/Berlin", **changes: object) -> WorkHours:
    """Monday to Friday, nine to five."""
    return WorkHours(timezone=timezone, weekly=(NINE_TO_FIVE,) * 5 + (CLOSED,) * 2, **changes)  # type: ignore[arg-type]


def daily(timezone: str, *pairs: tuple[str, str], **changes: object) -> WorkHours:
    """The same hours on all seven days."""
    return WorkHours(timezone=timezone, weekly=(stretch(*pairs),) * 7, **changes)  # type: ignore[arg-type]


def berlin(text: str) -> datetime:
    return local("Europe/Berlin", text)


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


# June 2025 has neither clock change nor, in these calendars, a holiday; 2 June is a Monday.


@pytest.mark.parametrize(
    ("start", "hours", "due", "breach"),
    [
        ("2025-06-02 10:00", 2, "2025-06-02 12:00", "2025-06-02 12:00"),
        ("2025-06-02 15:00", 2, "2025-06-02 17:00", "2025-06-03 09:00"),
        ("2025-06-06 15:00", 2, "2025-06-06 17:00", "2025-06-09 09:00"),
        ("2025-06-02 16:00", 2, "2025-06-03 10:00", "2025-06-03 10:00"),
        ("2025-06-07 12:00", 1, "2025-06-09 10:00", "2025-06-09 10:00"),
        ("2025-06-02 20:00", 0, "2025-06-02 20:00", "2025-06-03 09:00"),
        ("2025-06-02 09:00", 0, "2025-06-02 09:00", "2025-06-02 09:00"),
        ("2025-06-02 17:00", 0, "2025-06-02 17:00", "2025-06-03 09:00"),
        ("2025-06-02 09:00", 40, "2025-06-06 17:00", "2025-06-09 09:00"),
        ("2025-06-02 09:00", 800, "2025-10-17 17:00", "2025-10-20 09:00"),
    ],
)
def test_a_budget_is_due_when_used_up_and_breached_from_the_next_opening(
    start: str, hours: int, due: str, breach: str
) -> None:
    deadline = worktime.add(office(), berlin(start), hours * HOUR)
    assert (deadline.due_at, deadline.breach_at) == (berlin(due), berlin(breach))


def test_answers_come_in_utc() -> None:
    deadline = worktime.add(office(), berlin("2025-06-02 10:00"), HOUR)
    assert deadline.due_at.tzinfo is UTC
    assert worktime.next_opening(office(), berlin("2025-06-02 10:00")).tzinfo is UTC
    assert worktime.subtract(office(), berlin("2025-06-02 10:00"), timedelta(0)).tzinfo is UTC


def test_fractions_of_a_second_are_kept() -> None:
    start = berlin("2025-06-02 16:59:59.250000")
    deadline = worktime.add(office(), start, timedelta(seconds=1))
    assert deadline.due_at == berlin("2025-06-03 09:00:00.250000")
    assert worktime.between(office(), start, deadline.due_at) == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("start", "days", "due", "breach"),
    [
        ("2025-06-02 10:00", 1, "2025-06-03 10:00", "2025-06-03 10:00"),
        ("2025-06-06 16:00", 1, "2025-06-09 16:00", "2025-06-09 16:00"),
        ("2025-06-06 18:00", 1, "2025-06-09 17:00", "2025-06-10 09:00"),
        ("2025-06-07 08:00", 1, "2025-06-09 17:00", "2025-06-10 09:00"),
        ("2025-06-08 23:59", 1, "2025-06-09 17:00", "2025-06-10 09:00"),
        ("2025-06-02 10:00", 5, "2025-06-09 10:00", "2025-06-09 10:00"),
        ("2025-06-02 10:00", 0, "2025-06-02 10:00", "2025-06-02 10:00"),
        ("2025-06-01 10:00", 0, "2025-06-02 09:00", "2025-06-02 09:00"),
    ],
)
def test_business_days_end_at_the_same_clock_time(start: str, days: int, due: str, breach: str) -> None:
    answer = worktime.due_business_days(office(), berlin(start), days)
    assert (answer.due_at, answer.breach_at) == (berlin(due), berlin(breach))


def test_a_business_day_before_a_holiday_ends_on_the_day_after_it() -> None:
    hours = office(holidays=frozenset({date(2025, 6, 9)}))
    answer = worktime.due_business_days(hours, berlin("2025-06-06 11:15:30"), 1)
    assert answer.due_at == answer.breach_at == berlin("2025-06-10 11:15:30")
    assert answer.budget == 8 * HOUR


def test_a_business_day_is_never_24_business_hours() -> None:
    answer = worktime.due_business_days(office(), berlin("2025-06-02 10:00"), 1)
    assert answer.budget == 8 * HOUR


def test_a_business_day_that_ends_in_a_closed_hour_is_due_at_the_closing_before() -> None:
    weekly = (NINE_TO_FIVE, stretch(("09:00", "12:00")), NINE_TO_FIVE, CLOSED, CLOSED, CLOSED, CLOSED)
    hours = WorkHours(timezone="Europe/Berlin", weekly=weekly)
    answer = worktime.due_business_days(hours, berlin("2025-06-02 15:00"), 1)
    assert answer.due_at == berlin("2025-06-03 12:00")
    assert answer.breach_at == berlin("2025-06-04 09:00")
    assert answer.budget == 5 * HOUR


def test_business_days_over_a_clock_change_keep_the_clock_time() -> None:
    round_the_clock = daily("Europe/Berlin", ("00:00", "24:00"))
    answer = worktime.due_business_days(round_the_clock, berlin("2025-03-29 10:00"), 1)
    assert answer.due_at == berlin("2025-03-30 10:00")
    assert answer.budget == 23 * HOUR


@pytest.mark.parametrize(
    ("at", "budget", "expected"),
    [
        ("2025-06-02 12:00", 2, "2025-06-02 10:00"),
        ("2025-06-02 17:00", 8, "2025-06-02 09:00"),
        ("2025-06-03 09:00", 8, "2025-06-02 09:00"),
        ("2025-06-03 10:00", 9, "2025-06-02 09:00"),
        ("2025-06-03 10:00", 1, "2025-06-03 09:00"),
        ("2025-06-03 10:00", 2, "2025-06-02 16:00"),
        ("2025-06-02 12:00", 0, "2025-06-02 12:00"),
        ("2025-06-02 20:00", 0, "2025-06-02 17:00"),
        ("2025-06-02 09:00", 0, "2025-06-02 09:00"),
        ("2025-06-02 08:59", 0, "2025-05-30 17:00"),
        ("2025-10-17 17:00", 800, "2025-06-02 09:00"),
    ],
)
def test_subtracting_finds_the_latest_instant(at: str, budget: int, expected: str) -> None:
    assert worktime.subtract(office(), berlin(at), budget * HOUR) == berlin(expected)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2025-06-02 00:00", "2025-06-09 00:00", 40),
        ("2025-06-02 10:00", "2025-06-02 11:00", 1),
        ("2025-06-02 16:00", "2025-06-03 10:00", 2),
        ("2025-06-07 00:00", "2025-06-09 09:00", 0),
        ("2025-06-03 10:00", "2025-06-02 10:00", 0),
        ("2025-06-02 10:00", "2025-06-02 10:00", 0),
        ("2024-01-01 00:00", "2025-01-01 00:00", 262 * 8),
    ],
)
def test_business_time_between_two_instants(start: str, end: str, hours: int) -> None:
    assert worktime.between(office(), berlin(start), berlin(end)) == hours * HOUR


def test_a_start_is_open_and_an_end_is_not() -> None:
    answers = [
        worktime.is_open(office(), berlin(f"2025-06-02 {clock}"))
        for clock in ("08:59:59", "09:00:00", "16:59:59.999999", "17:00:00")
    ]
    assert answers == [False, True, True, False]


def test_a_holiday_is_a_local_date() -> None:
    hours = office("Pacific/Auckland", holidays=frozenset({date(2025, 6, 3)}))
    assert worktime.is_holiday(hours, datetime(2025, 6, 2, 12, tzinfo=UTC))
    assert not worktime.is_holiday(hours, datetime(2025, 6, 3, 12, tzinfo=UTC))


class TestWhatBeatsWhat:
    day = date(2025, 6, 3)

    def opening_hours(self, **changes: object) -> list[tuple[str, str]]:
        spans = office(**changes).spans_of_date(self.day)
        zone = ZoneInfo("Europe/Berlin")
        return [(f"{start.astimezone(zone):%H:%M}", f"{end.astimezone(zone):%H:%M}") for start, end in spans]

    def test_special_hours_replace_the_weekly_ones(self) -> None:
        assert self.opening_hours(shifts={self.day: stretch(("18:00", "20:00"))}) == [("18:00", "20:00")]

    def test_empty_special_hours_close_the_day(self) -> None:
        assert self.opening_hours(shifts={self.day: CLOSED}) == []

    def test_a_holiday_beats_special_hours(self) -> None:
        shifts = {self.day: stretch(("18:00", "20:00"))}
        assert self.opening_hours(shifts=shifts, holidays=frozenset({self.day})) == []

    def test_a_break_cuts_the_weekly_hours(self) -> None:
        breaks = {self.day: stretch(("08:00", "09:30"), ("12:00", "13:00"))}
        assert self.opening_hours(breaks=breaks) == [("09:30", "12:00"), ("13:00", "17:00")]

    def test_a_break_cuts_special_hours(self) -> None:
        changes = {"breaks": {self.day: stretch(("19:00", "24:00"))}, "shifts": {self.day: stretch(("18:00", "20:00"))}}
        assert self.opening_hours(**changes) == [("18:00", "19:00")]

    def test_a_break_can_close_the_day(self) -> None:
        assert self.opening_hours(breaks={self.day: ALL_DAY}) == []

    def test_overlapping_hours_count_once(self) -> None:
        shifts = {self.day: stretch(("10:00", "14:00"), ("09:00", "12:00"), ("13:00", "13:30"), ("14:00", "15:00"))}
        assert self.opening_hours(shifts=shifts) == [("09:00", "15:00")]


def test_a_holiday_cuts_only_its_own_half_of_a_night_shift() -> None:
    nights = daily("Europe/Berlin", ("22:00", "24:00"), ("00:00", "06:00"), holidays=frozenset({date(2025, 6, 4)}))
    stretches = list(worktime.open_stretches(nights, berlin("2025-06-03 12:00"), berlin("2025-06-05 12:00")))
    assert stretches == [
        Span(berlin("2025-06-03 22:00"), berlin("2025-06-04 00:00")),
        Span(berlin("2025-06-05 00:00"), berlin("2025-06-05 06:00")),
    ]


def test_stretches_run_over_midnight_in_one_piece() -> None:
    nights = daily("Asia/Tokyo", ("22:00", "24:00"), ("00:00", "06:00"))
    start, end = local("Asia/Tokyo", "2025-06-03 23:00"), local("Asia/Tokyo", "2025-06-04 23:00")
    assert list(worktime.open_stretches(nights, start, end)) == [
        Span(start, local("Asia/Tokyo", "2025-06-04 06:00")),
        Span(local("Asia/Tokyo", "2025-06-04 22:00"), end),
    ]


# Clock changes: (zone, hours of the day, day, the instants that they stand for)


@pytest.mark.parametrize(
    ("zone", "pair", "day", "spans"),
    [
        pytest.param(
            "Europe/Berlin",
            ("00:00", "24:00"),
            date(2025, 3, 30),
            [("2025-03-29T23:00Z", "2025-03-30T22:00Z")],
            id="spring: a day of 23 hours",
        ),
        pytest.param(
            "Europe/Berlin",
            ("00:00", "24:00"),
            date(2025, 10, 26),
            [("2025-10-25T22:00Z", "2025-10-26T23:00Z")],
            id="autumn: a day of 25 hours",
        ),
        pytest.param(
            "Europe/Berlin",
            ("02:30", "06:00"),
            date(2025, 3, 30),
            [("2025-03-30T01:30Z", "2025-03-30T04:00Z")],
            id="a skipped start moves forward by the gap",
        ),
        pytest.param(
            "Europe/Berlin",
            ("00:00", "02:30"),
            date(2025, 3, 30),
            [("2025-03-29T23:00Z", "2025-03-30T01:30Z")],
            id="a skipped end moves forward by the gap",
        ),
        pytest.param("Europe/Berlin", ("02:00", "03:00"), date(2025, 3, 30), [], id="the skipped hour vanishes"),
        pytest.param("Europe/Berlin", ("02:45", "03:15"), date(2025, 3, 30), [], id="turned around by the gap"),
        pytest.param(
            "Europe/Berlin",
            ("02:15", "02:45"),
            date(2025, 3, 30),
            [("2025-03-30T01:15Z", "2025-03-30T01:45Z")],
            id="hours within the gap move as a whole",
        ),
        pytest.param(
            "Europe/Berlin",
            ("02:30", "04:00"),
            date(2025, 10, 26),
            [("2025-10-26T00:30Z", "2025-10-26T03:00Z")],
            id="a repeated start means the first",
        ),
        pytest.param(
            "Europe/Berlin",
            ("00:00", "02:30"),
            date(2025, 10, 26),
            [("2025-10-25T22:00Z", "2025-10-26T00:30Z")],
            id="a repeated end means the first",
        ),
        pytest.param(
            "America/Sao_Paulo",
            ("00:00", "09:00"),
            date(2018, 11, 4),
            [("2018-11-04T03:00Z", "2018-11-04T11:00Z")],
            id="midnight itself is skipped",
        ),
        pytest.param(
            "America/Sao_Paulo",
            ("22:00", "24:00"),
            date(2018, 11, 3),
            [("2018-11-04T01:00Z", "2018-11-04T03:00Z")],
            id="24:00 before a skipped midnight",
        ),
        pytest.param(
            "America/Sao_Paulo",
            ("00:00", "24:00"),
            date(2018, 2, 17),
            [("2018-02-17T02:00Z", "2018-02-18T03:00Z")],
            id="the last hour of the day occurs twice",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            ("00:00", "24:00"),
            date(2025, 4, 6),
            [("2025-04-05T13:00Z", "2025-04-06T13:30Z")],
            id="a change by half an hour",
        ),
        pytest.param(
            "Africa/Cairo",
            ("00:30", "08:00"),
            date(2025, 4, 25),
            [("2025-04-24T22:30Z", "2025-04-25T05:00Z")],
            id="a start within the hour skipped at midnight",
        ),
        pytest.param("Pacific/Apia", ("00:00", "24:00"), date(2011, 12, 30), [], id="a day that never was"),
        pytest.param(
            "Pacific/Apia",
            ("09:00", "17:00"),
            date(2011, 12, 30),
            [("2011-12-30T19:00Z", "2011-12-31T03:00Z")],
            id="hours of a skipped day move forward by the day",
        ),
    ],
)
def test_opening_hours_around_a_clock_change(
    zone: str, pair: tuple[str, str], day: date, spans: list[tuple[str, str]]
) -> None:
    expected = tuple(Span(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in spans)
    assert daily(zone, pair).spans_of_date(day) == expected


def test_hours_moved_onto_each_other_by_a_gap_count_once() -> None:
    hours = daily("Europe/Berlin", ("02:15", "02:45"), ("03:30", "04:00"))
    start, end = berlin("2025-03-30 00:00"), berlin("2025-03-31 00:00")
    assert worktime.between(hours, start, end) == 45 * timedelta(minutes=1)


def test_hours_in_two_touching_pieces_are_one_also_where_the_seam_is_skipped() -> None:
    whole = daily("Europe/Berlin", ("01:00", "03:10"))
    pieces = daily("Europe/Berlin", ("01:00", "02:30"), ("02:30", "03:10"))
    assert pieces.spans_of_date(date(2025, 3, 30)) == whole.spans_of_date(date(2025, 3, 30))


def test_24x7_counts_absolute_seconds() -> None:
    start = berlin("2025-03-30 01:30")
    assert worktime.add(worktime.ALWAYS_OPEN, start, 24 * HOUR).breach_at == start.astimezone(UTC) + 24 * HOUR


def test_budgets_of_whole_days_end_with_the_day_wherever_they_start() -> None:
    """Long budgets pass over whole blocks of days; no start and no length may be off by one of them."""
    hours = daily("UTC", ("09:00", "17:00"))
    for offset in range(35):
        opening = datetime(2025, 1, 1, 9, tzinfo=UTC) + timedelta(days=offset)
        for days in range(1, 80, 3):
            closing = opening + timedelta(days=days - 1, hours=8)
            assert worktime.add(hours, opening, days * 8 * HOUR).due_at == closing
            assert worktime.add(hours, opening + HOUR, days * 8 * HOUR).due_at == closing + 17 * HOUR
            assert worktime.subtract(hours, closing, days * 8 * HOUR) == opening
            assert worktime.subtract(hours, closing - HOUR, days * 8 * HOUR) == opening - 17 * HOUR


class TestNoAnswer:
    shut = WorkHours(timezone="UTC", weekly=(CLOSED,) * 7)
    once = WorkHours(timezone="UTC", weekly=(CLOSED,) * 7, shifts={date(2025, 6, 3): NINE_TO_FIVE})
    noon = datetime(2025, 6, 3, 12, tzinfo=UTC)

    def test_a_calendar_without_hours_never_opens(self) -> None:
        with pytest.raises(NeverOpens):
            worktime.next_opening(self.shut, self.noon)
        with pytest.raises(NeverOpens):
            worktime.add(self.shut, self.noon, HOUR)
        with pytest.raises(NeverOpens):
            worktime.subtract(self.shut, self.noon, HOUR)
        with pytest.raises(NeverOpens):
            worktime.due_business_days(self.shut, self.noon, 1)
        assert worktime.between(self.shut, self.noon, self.noon + 1000 * HOUR) == timedelta(0)

    def test_hours_of_one_day_can_be_used_up(self) -> None:
        assert worktime.add(self.once, self.noon, 4 * HOUR).due_at == self.noon + 4 * HOUR
        with pytest.raises(NeverOpens):
            worktime.add(self.once, self.noon, 5 * HOUR)
        with pytest.raises(NeverOpens):
            worktime.subtract(self.once, self.noon, 4 * HOUR)
        with pytest.raises(NeverOpens):
            worktime.due_business_days(self.once, self.noon, 1)

    def test_a_holiday_on_the_only_open_day_leaves_nothing(self) -> None:
        hours = WorkHours(
            timezone="UTC",
            weekly=(CLOSED,) * 7,
            shifts={date(2025, 6, 3): NINE_TO_FIVE},
            holidays=frozenset({date(2025, 6, 3)}),
        )
        with pytest.raises(NeverOpens):
            worktime.next_opening(hours, self.noon)

    def test_the_deadline_of_a_budget_that_ends_with_the_last_opening_has_no_breach(self) -> None:
        with pytest.raises(NeverOpens):
            worktime.add(self.once, datetime(2025, 6, 3, 9, tzinfo=UTC), 8 * HOUR)

    @pytest.mark.parametrize("budget", [timedelta(days=80_000), timedelta(days=40_000)])
    def test_centuries_are_out_of_reach(self, budget: timedelta) -> None:
        with pytest.raises(TooFar):
            worktime.add(office("UTC"), self.noon, budget)
        with pytest.raises(TooFar):
            worktime.subtract(office("UTC"), self.noon, budget)

    def test_too_many_business_days_are_out_of_reach(self) -> None:
        with pytest.raises(TooFar):
            worktime.due_business_days(office("UTC"), self.noon, 60_000)

    @pytest.mark.parametrize("year", [1, 9999])
    def test_the_ends_of_time_are_out_of_reach(self, year: int) -> None:
        with pytest.raises(TooFar):
            worktime.is_open(office("UTC"), datetime(year, 1, 1, tzinfo=UTC))

    def test_a_span_of_centuries_is_not_counted(self) -> None:
        with pytest.raises(TooFar):
            worktime.between(office("UTC"), datetime(1000, 1, 1, tzinfo=UTC), self.noon)

    def test_the_last_years_are_not_overstepped(self) -> None:
        with pytest.raises(TooFar):
            worktime.add(office("UTC"), datetime(9997, 6, 1, tzinfo=UTC), 10_000 * HOUR)

    def test_an_instant_without_offset_is_refused(self) -> None:
        with pytest.raises(WorktimeError, match="offset"):
            worktime.is_open(office(), datetime.fromisoformat("2025-06-02 10:00"))

    def test_negative_amounts_are_refused(self) -> None:
        with pytest.raises(WorktimeError, match="negative"):
            worktime.add(office(), self.noon, -HOUR)
        with pytest.raises(WorktimeError, match="negative"):
            worktime.subtract(office(), self.noon, -HOUR)
        with pytest.raises(WorktimeError, match="negative"):
            worktime.due_business_days(office(), self.noon, -1)


@pytest.mark.parametrize(("start", "end"), [(3600, 3600), (7200, 3600), (-1, 10), (0, 86_401)])
def test_an_interval_lies_within_one_day(start: int, end: int) -> None:
    with pytest.raises(WorktimeError):
        LocalInterval(start=start, end=end)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(WorktimeError, match="seven"):
        WorkHours(timezone="UTC", weekly=(NINE_TO_FIVE,) * 5)


def test_equal_calendars_are_equal_however_their_hours_are_written() -> None:
    pieces = WorkHours(
        timezone="Europe/Berlin", weekly=(stretch(("12:00", "17:00"), ("09:00", "12:00")),) * 5 + (CLOSED,) * 2
    )
    assert pieces == office()
    assert hash(pieces) == hash(office())
