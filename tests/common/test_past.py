"""Which past day an address means, and the moments at its end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.past import NoSuchDay, PastDay, asked_day

TODAY, FIRST = date(2026, 11, 28), date(2025, 3, 1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "first", "found"),
    [
        ("", FIRST, None),
        ("2026-11-28", FIRST, None),
        ("2026-11-28", None, None),
        ("2026-11-29", FIRST, NoSuchDay.AHEAD),
        ("2026-11-27", FIRST, date(2026, 11, 27)),
        ("2025-03-01", FIRST, FIRST),
        ("2025-02-28", FIRST, NoSuchDay.TOO_EARLY),
        ("2026-06-30", None, date(2026, 6, 30)),
        ("1990-01-01", None, date(1990, 1, 1)),
        ("1989-12-31", None, NoSuchDay.TOO_EARLY),
        ("0001-01-01", FIRST, NoSuchDay.TOO_EARLY),
        ("9999-12-31", FIRST, NoSuchDay.AHEAD),
        ("yesterday", FIRST, NoSuchDay.UNREADABLE),
        ("2026-02-30", FIRST, NoSuchDay.UNREADABLE),
        ("20260630", FIRST, NoSuchDay.UNREADABLE),
        ("2026-W26-2", FIRST, NoSuchDay.UNREADABLE),
    ],
)
def test_which_day_is_asked_for(text: str, first: date | None, found: object) -> None:
    past = asked_day(text, today=TODAY, first=first, zone=BERLIN)
    assert (past.day if isinstance(past, PastDay) else past) == found


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 6, 30), datetime(2026, 6, 30, 22, tzinfo=UTC)),
        # The clocks go forward during this day, and back during that one.
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_the_midnight_of_its_zone(day: date, until: datetime) -> None:
    past = PastDay(day=day, zone=BERLIN)
    assert past.until == until
    assert past.last.astimezone(UTC) == until - timedelta(microseconds=1)
    assert past.last.date() == day
