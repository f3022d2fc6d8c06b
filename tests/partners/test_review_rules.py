"""The pack `reviews`, its periods, and what an edition holds: rules without a database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from common.document import Chart, Column, Series, Table
from common.pack_files import read_pack
from partners.rules.review_content import (
    Figure,
    Kept,
    SectionContent,
    Source,
    as_data,
    content_hash,
    edition,
    section_of,
)
from partners.rules.review_packs import fill, parse_reviews
from partners.rules.review_periods import period_of, quarter_of
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "reviews.yaml").body
POLICY = parse_reviews(BODY, version=2)


def test_a_shipped_review_opens_with_last_times_promises_and_keeps_money_inside() -> None:
    for kind in POLICY.kinds.values():
        assert kind.sections[0].section == "opening_commitments"
        assert {row.audience for row in kind.sections if row.section in ("health", "expansion")} <= {"internal"}
        assert set(kind.label) == set(kind.agenda) == set(kind.follow_up) == {"en", "de"}


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("color", "red", "color", "unknown entry"),
        ("ahead_days", 0, "ahead_days", "1 or more"),
        ("ahead_days", 500, "ahead_days", "120 or less"),
        ("ahead_days", 5, "kinds[0].ready_days_before", "less than ahead_days"),
        ("kinds", [], "kinds", "must not be empty"),
        ("kinds[1].id", "business_review", "kinds[1].id", "there already"),
        ("kinds[0].sections[1].section", "opening_commitments", "kinds[0].sections[1].section", "there already"),
        ("kinds[0].sections[0].audience", "everybody", "kinds[0].sections[0].audience", "everybody"),
        ("kinds[0].agenda", GONE, "kinds[0]", "agenda"),
        ("kinds[0].follow_up.en", GONE, "kinds[0].follow_up", "en"),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_reviews, changed(BODY, place, value), at=at, words=words)


@pytest.mark.parametrize(
    ("slot", "label"),
    [
        (date(2026, 1, 1), "Q4 2025"),
        (date(2026, 1, 31), "Q4 2025"),
        (date(2026, 2, 1), "Q1 2026"),
        (date(2026, 3, 31), "Q1 2026"),
        (date(2026, 10, 2), "Q3 2026"),
        (date(2026, 12, 31), "Q4 2026"),
    ],
)
def test_a_review_in_the_first_month_looks_back(slot: date, label: str) -> None:
    assert period_of(slot).label == label


def test_quarters_meet_without_a_gap() -> None:
    day = date(2023, 12, 30)
    for step in range(800):
        here = quarter_of(day + timedelta(days=step))
        assert here.start <= day + timedelta(days=step) < here.end
        assert quarter_of(here.end).start == here.end
        assert here.last == here.end - timedelta(days=1)


def test_drafts_keep_what_they_do_not_know() -> None:
    assert fill("{organization}: {period} {oops} {day}", {"organization": "Ä{day}", "period": "Q1"}) == (
        "Ä{day}: Q1 {oops} {day}"
    )


def kept(key: str, **values: object) -> Kept:
    fields = {"title": key, "audience": "shared", "field_class": "general", "is_left_out": False, "note": ""}
    return Kept(key=key, **({"content": {"lead": "x"}} | fields | values))  # type: ignore[arg-type]


ROWS = (
    kept("a"),
    kept("b", audience="internal"),
    kept("c", field_class="commercial"),
    kept("d", audience="internal", field_class="commercial"),
    kept("e", is_left_out=True),
)


@pytest.mark.parametrize(
    ("name", "with_commercial", "keys"),
    [
        ("shared", False, "a"),
        ("shared", True, "a"),
        ("internal", False, "ab"),
        ("internal", True, "abcd"),
    ],
)
def test_an_edition_holds_what_is_released(name: str, with_commercial: bool, keys: str) -> None:
    assert "".join(row.key for row in edition(ROWS, name=name, with_commercial=with_commercial)) == keys


def test_content_comes_back_as_it_was() -> None:
    figure = Figure(label="Solved", value="38", unit="tickets", change="+3", tone="good", source=Source(words="All"))
    series = Series(name="s", values=(Decimal("1.5"), None), tone="warn")
    chart = Chart(kind="line", title="T", labels=("a", "b"), series=(series,), unit="h", empty="none")
    table = Table(title="R", columns=(Column(title="x", align="end"),), rows=(("1",),), empty="none")
    content = SectionContent(lead="L", figures=(figure,), charts=(chart,), tables=(table,), paragraphs=("p",))
    found = section_of(kept("a", note="n", content=as_data(content)))
    assert (found.charts, found.tables, found.paragraphs, found.note) == ((chart,), (table,), ("p",), "n")
    assert (found.figures[0].value, found.figures[0].source) == ("38 tickets", "All")


def test_every_word_shown_is_in_the_hash() -> None:
    head = {"title": "t", "summary": "s"}
    variants = [
        ROWS, ROWS[::-1], ROWS[:4], (kept("a", note="n"), *ROWS[1:]), (kept("a", audience="internal"), *ROWS[1:]),
        (kept("a", content={"lead": "y"}), *ROWS[1:]), (kept("a", is_left_out=True), *ROWS[1:]),
    ]  # fmt: skip
    hashes = {content_hash(head, rows) for rows in variants} | {content_hash(head | {"summary": "z"}, ROWS)}
    assert len(hashes) == len(variants) + 1
    assert content_hash(dict(reversed(head.items())), ROWS) == content_hash(head, ROWS)
