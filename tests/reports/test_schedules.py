"""When a report is due by mail, by tables and laws; no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rules.periods import RELATIVE, parse_period, period_on, relative_of
from reports.rules.schedules import LAST_DAY, Schedule

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "day", "hour", "zone", "after", "following"),
    [
        # Monday at eight in Berlin, in winter and in summer; on the moment itself the next one counts.
        ("week", 1, 8, "Europe/Berlin", "2026-03-02T06:59", "2026-03-02T07:00"),
        ("week", 1, 8, "Europe/Berlin", "2026-03-02T07:00", "2026-03-09T07:00"),
        ("week", 1, 8, "Europe/Berlin", "2026-03-27T12:00", "2026-03-30T06:00"),
        ("week", 7, 0, "UTC", "2026-03-01T00:00", "2026-03-08T00:00"),
        # In New York Monday at eight is still to come when it is Monday noon in Berlin.
        ("week", 1, 8, "America/New_York", "2026-03-02T11:00", "2026-03-02T13:00"),
        # 2:00 does not exist on 29 March in Berlin, and is there twice on 25 October.
        ("week", 7, 2, "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00"),
        ("week", 7, 2, "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:00"),
        ("week", 7, 2, "Europe/Berlin", "2026-10-25T00:00", "2026-11-01T01:00"),
        # A day that a month lacks is its last.
        ("month", 31, 9, "UTC", "2026-01-31T09:00", "2026-02-28T09:00"),
        ("month", 31, 9, "UTC", "2026-02-28T09:00", "2026-03-31T09:00"),
        ("month", 30, 9, "UTC", "2028-02-01T00:00", "2028-02-29T09:00"),
        ("month", 1, 8, "UTC", "2026-12-31T23:00", "2027-01-01T08:00"),
        ("quarter", 1, 8, "UTC", "2026-01-01T08:00", "2026-04-01T08:00"),
        ("quarter", 32, 8, "UTC", "2026-01-31T08:00", "2026-02-01T08:00"),
        ("quarter", 92, 8, "UTC", "2026-02-01T00:00", "2026-03-31T08:00"),
        ("quarter", 92, 8, "UTC", "2026-09-30T08:00", "2026-12-31T08:00"),
    ],
)
def test_the_next_slot(every: str, day: int, hour: int, zone: str, after: str, following: str) -> None:
    found = Schedule(every=every, day=day, hour=hour, zone=zone)
    assert found.following(at(after)) == at(following)
    assert found.newest(at(following)) == at(following)
    assert found.newest(at(following) - timedelta(seconds=1)) <= at(after)


@given(
    every=st.sampled_from(sorted(LAST_DAY)),
    day=st.integers(1, 92),
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES),
    hours=st.integers(0, 28 * 366 * 24),
)
def test_slots_follow_each_other_and_none_is_left_out(every: str, day: int, hour: int, zone: str, hours: int) -> None:
    found = Schedule(every=every, day=min(day, LAST_DAY[every]), hour=hour, zone=zone)
    moment = at("2011-11-01T00:00") + timedelta(hours=hours)
    newest, following = found.newest(moment), found.following(moment)
    assert newest <= moment < following
    assert found.following(newest) == following
    assert found.newest(following) == following
    longest = {"week": 7, "month": 31, "quarter": 92}[every]
    assert following - newest <= timedelta(days=longest, hours=25)
    if zone != "Pacific/Apia" and every == "week":
        assert following.astimezone(ZoneInfo(zone)).isoweekday() == found.day


@pytest.mark.parametrize(
    ("pending", "was", "zone", "moved"),
    [
        # Monday 8:00 in Berlin becomes Monday 8:00 where the reader is now, earlier or later.
        ("2026-03-09T07:00", "Europe/Berlin", "Asia/Tokyo", "2026-03-08T23:00"),
        ("2026-03-09T07:00", "Europe/Berlin", "America/New_York", "2026-03-09T12:00"),
        ("2026-03-08T23:00", "Asia/Tokyo", "America/Los_Angeles", "2026-03-09T15:00"),
    ],
)
def test_who_moves_keeps_the_day(pending: str, was: str, zone: str, moved: str) -> None:
    assert Schedule(every="week", day=1, hour=8, zone=zone).moved(at(pending), was) == at(moved)


@pytest.mark.parametrize(
    ("key", "today", "period"),
    [
        ("this-quarter", (2026, 4, 1), "2026-Q2"),
        ("last-quarter", (2026, 3, 31), "2025-Q4"),
        ("last-quarter", (2026, 4, 1), "2026-Q1"),
        ("last-month", (2026, 1, 31), "2025-12"),
        ("this-month", (2028, 2, 29), "2028-02"),
        ("last-year", (2026, 1, 1), "2025"),
    ],
)
def test_a_relative_period_moves_with_the_day(key: str, today: tuple[int, int, int], period: str) -> None:
    day, found = date(*today), parse_period(period)
    assert period_on(key, day) == found
    assert found is not None
    assert relative_of(found, day) == key
    assert parse_period(key) is None


def test_other_periods_are_what_they_are() -> None:
    day = date(2026, 4, 1)
    assert period_on("2026-Q1", day) == parse_period("2026-Q1")
    assert period_on("next-quarter", day) is None
    assert relative_of(parse_period("2020") or period_on("2020", day), day) == ""  # type: ignore[arg-type]
    assert len(RELATIVE) == 6
