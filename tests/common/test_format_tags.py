"""Dates, numbers, money and lengths of time in the reader's language."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import dateformat, timezone, translation

from common.templatetags import format as formats

NOON = datetime(2026, 3, 14, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Mar 14, 2026"), ("en-gb", "14 Mar 2026"), ("de", "14. Mär 2026"), ("es", "14 de Mar de 2026")],
)
def test_day_follows_the_language(language: str, words: str) -> None:
    with translation.override(language):
        assert formats.spell_day(date(2026, 3, 14)) == words


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt-br", "nl", "ja", "pl", "sv"])
def test_parts_of_a_day_stand_where_django_puts_them(language: str) -> None:
    """Day and year come in the same order as in Django's own long date."""
    with translation.override(language):
        ours = formats.spell_day(date(2026, 11, 23))
        theirs = dateformat.format(date(2026, 11, 23), formats.get_format("DATE_FORMAT"))
        assert (ours.index("23") < ours.index("2026")) == (theirs.index("23") < theirs.index("2026"))


@pytest.mark.parametrize(
    ("language", "hour", "words"),
    [
        ("en", 0, "12:05\u00a0AM"),
        ("en", 12, "12:05\u00a0PM"),
        ("en", 14, "2:05\u00a0PM"),
        ("de", 0, "00:05"),
        ("de", 14, "14:05"),
    ],
)
def test_clock_follows_the_language(language: str, hour: int, words: str) -> None:
    with translation.override(language):
        assert formats.spell_time(NOON.replace(hour=hour)) == words


def test_local_datetime_is_told_in_the_zone_asked_for() -> None:
    with translation.override("de"):
        html = formats.local_datetime(NOON, "Asia/Kolkata")
    assert ">14. Mär 2026, 17:35<" in html
    assert 'datetime="2026-03-14T17:35:00+05:30"' in html
    assert "Asia/Kolkata" in html


def test_local_datetime_is_told_in_the_readers_zone_unless_another_is_named() -> None:
    with translation.override("de"), timezone.override(ZoneInfo("America/New_York")):
        assert ">14. Mär 2026, 08:05<" in formats.local_datetime(NOON)
        assert ">08:05<" in formats.local_time(NOON)


def test_day_of_a_moment_is_the_day_where_the_reader_is() -> None:
    late = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    with translation.override("en"), timezone.override(ZoneInfo("Europe/Berlin")):
        assert ">Mar 15, 2026<" in formats.day(late)
        assert ">Mar 14, 2026<" in formats.day(date(2026, 3, 14))


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=3, hours=2), "3 days ago"),
        (timedelta(days=90), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-90), "in 1 h"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_ago_names_the_distance_in_one_unit(distance: timedelta, words: str) -> None:
    with translation.override("en"):
        assert formats.spell_ago(NOON - distance, NOON) == words
        assert f">{words}<" in formats.ago(NOON - distance, NOON)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "—"),
        (0, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (12000, "3 h 20 min"),
        (7200, "2 h"),
        (timedelta(days=2, hours=3, minutes=4), "2 d 3 h"),
        (86400 + 240, "1 d"),
        (-5400, "-1 h 30 min"),
    ],
)
def test_duration_names_its_two_largest_units(value: float | timedelta | None, words: str) -> None:
    with translation.override("en"):
        assert formats.spell_duration(value).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("language", "amount", "currency", "words"),
    [
        ("en", Decimal("1240000"), "EUR", "€1,240,000"),
        ("en", Decimal("12.5"), "USD", "$12.50"),
        ("en", Decimal("-12.5"), "USD", "-$12.50"),
        ("en", Decimal("99.999"), "USD", "$100"),
        ("en", 1200, "CHF", "1,200 CHF"),
        ("de", Decimal("1240000.10"), "EUR", "1.240.000,10 €"),
        ("en", None, "EUR", "—"),
        ("en", 0, "", "0"),
    ],
)
def test_money_follows_language_and_currency(language: str, amount: Decimal | None, currency: str, words: str) -> None:
    with translation.override(language):
        assert formats.money(amount, currency).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("language", "share", "words"),
    [("en", 0.125, "12%"), ("en", Decimal("0.126"), "13%"), ("de", 0.5, "50\u202f%"), ("en", None, "—")],
)
def test_percent_of_a_share(language: str, share: float | None, words: str) -> None:
    with translation.override(language):
        assert formats.percent(share) == words


@pytest.mark.parametrize(
    "show", [formats.local_datetime, formats.local_time, formats.day, formats.ago, formats.number, formats.percent]
)
def test_nothing_is_a_dash(show: object) -> None:
    assert callable(show)
    assert show(None) == "—"


@pytest.mark.parametrize(("label", "words"), [("Target day", "Target day:"), ("Is it signed?", "Is it signed?")])
def test_a_question_needs_no_colon_before_its_answer(label: str, words: str) -> None:
    assert formats.before_answer(label) == words
