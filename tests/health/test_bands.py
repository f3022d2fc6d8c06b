"""Bands: settled by days, capped by vetoes, grey where too little is known; never raised by lost evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.rules.bands import BandState, band_of, raw_band, settle
from health.rules.scorecard_packs import Scorecard
from health.rules.scoring import Evidence, FiredVeto, Scored, score
from tests.health.cards import AT, card, group, measure, worlds

CARD = card(group("g", measure("m")))
DAY = date(2026, 11, 2)
RANK = {"red": 0, "yellow": 1, "green": 2}


def scored(value: object, *, coverage: object = 100, vetoes: tuple[FiredVeto, ...] = ()) -> Scored:
    points = None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
    return Scored(score=points, coverage=Decimal(str(coverage)), parts=(), vetoes=vetoes)


def cap(color: str, *, is_stale: bool = False) -> FiredVeto:
    return FiredVeto(veto=f"to_{color}", metric="m", value=Decimal(0), cap=color, is_stale=is_stale, newest_at=AT)


def run(*scores: object, start: BandState | None = None) -> list[str]:
    """The bands of daily snapshots, one a day."""
    state, bands = start, []
    for index, value in enumerate(scores):
        found = value if isinstance(value, Scored) else scored(value)
        state = settle(state, found, CARD, DAY + timedelta(days=index))
        bands.append(state.band)
    return bands


@pytest.mark.parametrize(
    ("value", "band"),
    [(100, "green"), (75, "green"), ("74.99", "yellow"), (50, "yellow"), ("49.99", "red"), (0, "red"), (None, "grey")],
)
def test_a_score_has_a_band(value: object, band: str) -> None:
    assert band_of(scored(value).score, CARD) == band
    assert run(value) == [band]


G, Y, R = "green", "yellow", "red"


@pytest.mark.parametrize(
    ("scores", "bands"),
    [
        # by the margin at once, both ways
        ((80, "72.00"), [G, Y]),
        ((70, "78.00"), [Y, G]),
        ((80, 47), [G, R]),
        ((40, 78), [R, G]),
        # within the margin on the third day across
        ((80, "72.01", 74, "74.99"), [G, G, G, Y]),
        ((70, "77.99", 75, 75), [Y, Y, Y, G]),
        # a day back begins anew
        ((80, 74, 74, 75, 74, 74, 74), [G, G, G, G, G, G, Y]),
        # past one line by the margin, past the next one by the days
        ((40, 76, 76, 76), [R, Y, Y, G]),
        ((80, 49, 49, 49), [G, Y, Y, R]),
        # from one side of yellow to the other begins anew
        ((60, 76, 76, 49, 49, 49), [Y, Y, Y, Y, Y, R]),
        # evidence is lost for a while: the color goes on beneath
        ((80, scored(74, coverage=59), scored(74, coverage=59), 74), [G, "grey", "grey", Y]),
        ((80, scored(None, coverage=0), 74), [G, "grey", G]),
        # a veto for a while
        ((80, scored(80, vetoes=(cap(Y),)), 80), [G, Y, G]),
    ],
)
def test_bands_settle(scores: tuple[object, ...], bands: list[str]) -> None:
    assert run(*scores) == bands


@pytest.mark.parametrize(
    ("found", "band"),
    [
        (scored(90, vetoes=(cap(Y),)), Y),
        (scored(90, vetoes=(cap(Y), cap(R))), R),
        (scored(40, vetoes=(cap(Y),)), R),
        (scored(90, coverage=10, vetoes=(cap(R),)), R),
        (scored(90, coverage=10, vetoes=(cap(Y),)), Y),
        (scored(None, coverage=0, vetoes=(cap(R),)), R),
        (scored(90, coverage="59.99"), "grey"),
        (scored(90, coverage=60), G),
        # one that is stale neither caps nor lets the band rise
        (scored(90, vetoes=(cap(R, is_stale=True),)), "grey"),
        (scored(90, vetoes=(cap(Y), cap(R, is_stale=True))), "grey"),
        (scored(40, vetoes=(cap(Y, is_stale=True),)), R),
        (scored(90, vetoes=(cap(R), cap(Y, is_stale=True))), R),
    ],
)
def test_a_veto_outranks_grey_and_grey_the_score(found: Scored, band: str) -> None:
    assert settle(None, found, CARD, DAY).band == band
    assert raw_band(found, CARD) == band


def test_a_state_is_kept_between_days() -> None:
    waiting = settle(settle(None, scored(80), CARD, DAY), scored(74), CARD, DAY + timedelta(days=1))
    assert waiting == BandState(band=G, last_color=G, across_since=DAY + timedelta(days=1), across_to=Y)
    assert BandState.from_json(waiting.to_json()) == waiting
    assert BandState.from_json({}) is None
    assert settle(waiting, scored(74), CARD, DAY + timedelta(days=1)) == waiting, "the same day twice is one day"


STATES = st.builds(
    BandState,
    band=st.sampled_from([G, Y, R, "grey"]),
    last_color=st.sampled_from([G, Y, R, None]),
    across_since=st.none() | st.integers(0, 4).map(lambda days: DAY - timedelta(days=days)),
    across_to=st.sampled_from([G, Y, R, None]),
)


@given(worlds(), STATES, st.data())
def test_evidence_that_grows_old_never_raises_a_band(
    world: list[tuple[Scorecard, dict[str, Evidence]]], previous: BandState, data: st.DataObject
) -> None:
    """Whatever grows old, the score stays, and the band stays or turns grey; it does not rise."""
    [(found, evidence)] = world
    old = data.draw(st.sets(st.sampled_from(sorted(evidence)))) if evidence else set()
    aged = {name: _aged(one) if name in old else one for name, one in evidence.items()}
    known, less = (score(found, one, at=AT) for one in (evidence, aged))
    assert (less.score, less.coverage <= known.coverage) == (known.score, True)
    _assert_no_rise(settle(previous, known, found, DAY), settle(previous, less, found, DAY))


CAPS = st.lists(st.tuples(st.sampled_from([R, Y]), st.booleans(), st.booleans()), max_size=3)


@given(st.sampled_from([40, 48, 51, 60, 74, 76, 90]), st.sampled_from([30, 60, 90]), st.booleans(), CAPS, STATES)
def test_coverage_and_vetoes_that_are_lost_never_raise_a_band(
    value: int, coverage: int, is_covered_less: bool, caps: list[tuple[str, bool, bool]], previous: BandState
) -> None:
    fresh = tuple(cap(color, is_stale=is_stale) for color, is_stale, _ in caps)
    aged = tuple(cap(color, is_stale=is_stale or is_lost) for color, is_stale, is_lost in caps)
    before = settle(previous, scored(value, coverage=coverage, vetoes=fresh), CARD, DAY)
    after = settle(previous, scored(value, coverage=coverage - 30 * is_covered_less, vetoes=aged), CARD, DAY)
    _assert_no_rise(before, after)


def _assert_no_rise(before: BandState, after: BandState) -> None:
    assert after.band in (before.band, "grey") or RANK[after.band] < RANK.get(before.band, -1)
    assert after.last_color == before.last_color


@given(st.lists(st.integers(0, 10_000).map(lambda raw: Decimal(raw).scaleb(-2)), min_size=1, max_size=30))
def test_a_band_is_never_further_from_its_score_than_the_rules_allow(values: list[Decimal]) -> None:
    state: BandState | None = None
    for index, value in enumerate(values):
        state = settle(state, scored(value), CARD, DAY + timedelta(days=index))
        color = band_of(value, CARD)
        if state.band != color:
            margin = CARD.bands.margin
            assert band_of(value + margin, CARD) == state.band or band_of(value - margin, CARD) in (color, state.band)
            assert state.across_to is not None
            assert state.across_since is not None
            assert (DAY + timedelta(days=index) - state.across_since).days + 1 < CARD.bands.days


def _aged(one: Evidence) -> Evidence:
    return one if one.newest_at is None else replace(one, newest_at=one.newest_at - timedelta(days=200))
