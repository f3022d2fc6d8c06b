"""Hours as people type them, and the business hours that a version stands for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.holiday_names import countries, holiday_names
from accounts.rules.hours_text import HoursProblem, read_days, read_hours, read_named_days, write_days, write_hours
from accounts.rules.workcalendar import DayKind, VersionBody, changed_days, day_of, work_hours
from common import worktime
from common.reading import MalformedInput

WEEK: dict[str, Any] = {key: [["09:00", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")}
BERLIN = VersionBody(timezone="Europe/Berlin", country="DE", subdivision="BE", weekly=WEEK)


def body(**changes: Any) -> VersionBody:
    return VersionBody(**{**BERLIN.__dict__, **changes})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-17:00", [["09:00", "17:00"]]),
        ("9-12:30, 13:00 - 17:00", [["09:00", "12:30"], ["13:00", "17:00"]]),
        ("09:00–17:00; 18:00–24:00", [["09:00", "17:00"], ["18:00", "24:00"]]),
        ("closed", []),
        ("  ", []),
        ("Closed", []),
        ("0-24", [["00:00", "24:00"]]),
    ],
)
def test_hours_are_read_as_typed(text: str, expected: list[list[str]]) -> None:
    assert read_hours(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nine to five", "interval"),
        ("09:00", "interval"),
        ("09:00-10:00-11:00", "interval"),
        ("09:00-25:00", "clock"),
        ("09:60-10:00", "clock"),
        ("24:30-24:40", "clock"),
        ("22:00-06:00", "order"),
        ("09:00-09:00", "order"),
    ],
)
def test_hours_that_cannot_be_are_named(text: str, code: str) -> None:
    with pytest.raises(HoursProblem) as caught:
        read_hours(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("2026-12-24 09:00-12:00\n2026-02-30 closed", 2, "day"),
        ("2026-12-24 closed\n\n2026-12-24 09:00-10:00", 3, "twice"),
        ("tomorrow closed", 1, "day"),
        ("2026-12-24 9 to 5", 1, "interval"),
    ],
)
def test_days_that_cannot_be_are_named_by_line(text: str, line: int, code: str) -> None:
    with pytest.raises(HoursProblem) as caught:
        read_days(text)
    assert (caught.value.line, caught.value.code) == (line, code)


def test_days_read_back_as_written() -> None:
    days = read_days("2026-12-31: closed\n2026-12-24 09:00-12:00")
    assert days == {"2026-12-31": [], "2026-12-24": [["09:00", "12:00"]]}
    assert read_days(write_days(days)) == days
    assert write_hours(days["2026-12-31"]) == "closed"


def test_named_days_are_sorted_and_once() -> None:
    assert read_named_days("2026-12-31 Company day\n2026-01-02") == ("2026-01-02", "2026-12-31 Company day")
    with pytest.raises(HoursProblem):
        read_named_days("2026-12-31\n2026-12-31 again")


@pytest.mark.parametrize(
    ("on", "changes", "kind", "hours"),
    [
        (date(2026, 3, 2), {}, DayKind.OPEN, (("09:00", "17:00"),)),
        (date(2026, 3, 7), {}, DayKind.CLOSED, ()),
        (date(2026, 12, 25), {}, DayKind.HOLIDAY, ()),
        # A holiday of the city-state alone; the country at large works.
        (date(2027, 3, 8), {}, DayKind.HOLIDAY, ()),
        (date(2027, 3, 8), {"subdivision": ""}, DayKind.OPEN, (("09:00", "17:00"),)),
        (date(2027, 3, 8), {"removed_holidays": ("2027-03-08",)}, DayKind.OPEN, (("09:00", "17:00"),)),
        (date(2026, 3, 2), {"extra_holidays": ("2026-03-02 Company day",)}, DayKind.HOLIDAY, ()),
        # A holiday beats a special day; a break cuts both (sla.md R7).
        (date(2026, 12, 25), {"special_days": {"2026-12-25": [["09:00", "12:00"]]}}, DayKind.HOLIDAY, ()),
        (
            date(2026, 12, 24),
            {"special_days": {"2026-12-24": [["09:00", "12:00"]]}},
            DayKind.SPECIAL,
            (("09:00", "12:00"),),
        ),
        (
            date(2026, 3, 2),
            {"breaks": {"2026-03-02": [["12:00", "13:00"]]}},
            DayKind.SPECIAL,
            (("09:00", "12:00"), ("13:00", "17:00")),
        ),
        (date(2026, 3, 2), {"weekly": {"mon": [["18:00", "24:00"]]}}, DayKind.OPEN, (("18:00", "24:00"),)),
    ],
)
def test_what_a_day_is(on: date, changes: dict[str, Any], kind: DayKind, hours: tuple[tuple[str, str], ...]) -> None:
    day = day_of(work_hours(body(**changes), holiday_names), on)
    assert (day.kind, day.hours) == (kind, hours)


def test_holidays_reach_as_far_as_anybody_asks() -> None:
    hours = work_hours(BERLIN, holiday_names)
    assert day_of(hours, date(2049, 12, 25)).holiday == "Christmas Day"
    friday = datetime(2048, 12, 24, 15, 0, tzinfo=UTC)
    due = worktime.add(hours, friday, timedelta(hours=2)).due_at
    assert due == datetime(2048, 12, 28, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"timezone": "Europe/Berlim"}, "timezone"),
        ({"weekly": {"monday": []}}, "weekly.monday"),
        ({"weekly": {"mon": [["17:00", "09:00"]]}}, "weekly.mon[0]"),
        ({"special_days": {"24.12.2026": []}}, "special_days.24.12.2026"),
        ({"breaks": {"2026-12-24": [["9", "10:00"]]}}, "breaks.2026-12-24[0][0]"),
        ({"extra_holidays": ("soon",)}, "extra_holidays[0]"),
        ({"removed_holidays": ("2026-13-01",)}, "removed_holidays[0]"),
        ({"breaks": {f"2{year:03d}-01-01": [] for year in range(401)}}, "breaks"),
    ],
)
def test_a_version_that_cannot_be_names_its_field(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        work_hours(body(**changes), holiday_names)
    assert caught.value.place == place


def test_changed_days_are_those_and_no_others() -> None:
    before, after = (
        work_hours(BERLIN, holiday_names),
        work_hours(body(special_days={"2026-03-04": []}, removed_holidays=("2026-04-03",)), holiday_names),
    )
    found = list(changed_days(lambda on: before, after, start=date(2026, 3, 1), days=60))
    assert [change.after.on for change in found] == [date(2026, 3, 4), date(2026, 4, 3)]
    assert [change.before.is_open for change in found] == [True, False]


def test_a_first_version_changes_every_open_day() -> None:
    after = work_hours(BERLIN, holiday_names)
    found = list(changed_days(lambda on: None, after, start=date(2026, 3, 2), days=6))
    assert [change.after.on.day for change in found] == [2, 3, 4, 5, 6]


def test_the_library_knows_places_by_their_codes() -> None:
    assert "BE" in countries()["DE"]
    assert all(len(code) == 2 for code in countries())
    assert holiday_names("DE", "nowhere", 2026) == {}
    assert holiday_names("ZZ", "", 2026) == {}
