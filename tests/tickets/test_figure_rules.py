"""The figures of the desk by tables (sla.md R17)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tickets.rules import figures
from tickets.rules.figures import Goal, Way

SOLVED = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("goal", "figure", "is_met"),
    [
        (figures.RESPONSE, 0.95, True),
        (figures.RESPONSE, 0.9499, False),
        (figures.RESOLUTION, 0.85, True),
        (figures.AVERAGE_RESOLUTION, 24 * 3600, False),
        (figures.AVERAGE_RESOLUTION, 24 * 3600 - 1, True),
        (figures.FIRST_CONTACT, 0.70, True),
        (figures.ESCALATION, 0.15, False),
        (figures.ESCALATION, 0.149, True),
        (figures.BACKLOG, 50, False),
        (figures.BACKLOG, 49, True),
        (Goal(way=Way.AT_MOST, value=2), 2, True),
        (figures.RESPONSE, None, None),
    ],
)
def test_goals(goal: Goal, figure: float | None, is_met: bool | None) -> None:
    assert goal.is_met(figure) is is_met


@pytest.mark.parametrize(("part", "whole", "share"), [(0, 0, None), (0, 4, 0.0), (3, 4, 0.75), (4, 4, 1.0)])
def test_shares(part: int, whole: int, share: float | None) -> None:
    assert figures.share(part, whole) == share


@pytest.mark.parametrize(
    ("age", "is_counted"), [(WEEK, False), (WEEK + SECOND, True), (timedelta(), False), (-WEEK, False)]
)
def test_a_first_solve_counts_once_it_is_older_than_a_week(age: timedelta, is_counted: bool) -> None:
    assert figures.counts_for_first_contact(SOLVED, now=SOLVED + age) is is_counted
    assert not figures.counts_for_first_contact(None, now=SOLVED)


@pytest.mark.parametrize(
    ("replies", "escalated", "reopened_after", "is_it"),
    [
        (1, False, None, True),
        (0, False, None, False),
        (2, False, None, False),
        (1, True, None, False),
        (1, False, timedelta(days=1), False),
        (1, False, WEEK, False),
        (1, False, WEEK + SECOND, True),
    ],
)
def test_first_contact(replies: int, escalated: bool, reopened_after: timedelta | None, is_it: bool) -> None:
    found = figures.is_first_contact(
        first_solved_at=SOLVED,
        replies=replies,
        escalated_at=SOLVED if escalated else None,
        reopened_at=None if reopened_after is None else SOLVED + reopened_after,
    )
    assert found is is_it


@pytest.mark.parametrize(
    ("name", "zone", "start", "end"),
    [
        ("2026-03", "UTC", "2026-03-01T00:00+00:00", "2026-04-01T00:00+00:00"),
        ("2026-12", "UTC", "2026-12-01T00:00+00:00", "2027-01-01T00:00+00:00"),
        ("2026-10", "Europe/Zagreb", "2026-09-30T22:00+00:00", "2026-10-31T23:00+00:00"),
    ],
)
def test_months_last_from_midnight_to_midnight_of_their_zone(name: str, zone: str, start: str, end: str) -> None:
    bounds = figures.month_bounds(name, ZoneInfo(zone))
    assert bounds == (datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert figures.month_name(datetime.fromisoformat(start), ZoneInfo(zone)) == name
    assert figures.month_name(datetime.fromisoformat(end) - SECOND, ZoneInfo(zone)) == name


@pytest.mark.parametrize("name", ["", "2026", "2026-13", "2026-00", "26-03", "2026-3", "0001-01", "9999-12", "²026-03"])
def test_what_is_no_month(name: str) -> None:
    assert figures.month_bounds(name, UTC) is None
