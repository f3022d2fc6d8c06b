"""Predictions: features as of a day, a model of plain numbers, its calibration, and when it speaks."""

from math import exp, log
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.rules.calibration import LEAST_AUC, Told, auc, bins, bounds, figures, verdict
from health.rules.features_asof import Asked, Heard, feature_names, features
from health.rules.prediction import Curve, Model, from_json, probability_of, reasons, to_json

METRICS = {"events": "rate", "adoption": "mean", "headroom": "last"}


def heard(**values: float) -> Heard:
    start = {"recent_count": 4, "recent_sum": 28, "before_count": 12, "before_sum": 168, "last": 7, "quiet_days": 1}
    return Heard(**{**start, **values})  # type: ignore[arg-type]


class TestFeatures:
    def row(self, found: dict[str, Heard], asked: Asked | None = None, age: float = 400) -> dict[str, float | None]:
        values = features(METRICS, found, asked or Asked(), age_days=age)
        return dict(zip(feature_names(METRICS), values, strict=True))

    @pytest.mark.parametrize(
        ("found", "age", "level", "trend"),
        [
            (heard(), 400, 1.0, -1 / 3),  # one a day after two a day
            (heard(recent_count=0, recent_sum=0), 400, 0.0, -1.0),  # it stopped: that is none, and not unknown
            (heard(before_sum=0), 400, 1.0, 1.0),
            (heard(recent_sum=0, before_sum=0), 400, 0.0, 0.0),
            (heard(recent_sum=14), 14, 1.0, None),  # two weeks with us: nothing to compare with
            (heard(recent_sum=28, before_sum=28), 56, 1.0, 0.0),
        ],
    )
    def test_rates(self, found: Heard, age: float, level: float, trend: float | None) -> None:
        row = self.row({"events": found}, age=age)
        assert row["events.level"] == pytest.approx(level)
        assert row["events.trend"] == (None if trend is None else pytest.approx(trend))

    def test_means_and_last_ones(self) -> None:
        row = self.row({"adoption": heard(), "headroom": heard(last=3, quiet_days=40)})
        assert (row["adoption.level"], row["adoption.trend"]) == (7, -7)
        assert (row["headroom.level"], row["headroom.quiet"]) == (3, 40)
        stale = self.row({"adoption": heard(recent_count=0, recent_sum=0, last=9)})
        assert stale["adoption.level"] == 9
        assert {row["events.level"], row["events.trend"], row["events.quiet"]} == {None}

    def test_tickets(self) -> None:
        row = self.row({}, Asked(opened=9, urgent=3, recent=9))
        assert (row["tickets.opened"], row["tickets.urgent"], row["tickets.trend"]) == (3, 1, 1)
        assert self.row({}, age=20)["tickets.trend"] is None
        assert self.row({})["tickets.trend"] == 0


MODEL = Model(
    intercept=-2.0,
    curves=(
        Curve(feature="events.level", points=((0.0, 2.0), (10.0, -1.0)), missing=0.5, mean=-0.4),
        Curve(feature="tickets.urgent", points=((0.0, 0.0), (1.0, 0.3), (4.0, 1.5)), missing=0.0, mean=0.1),
    ),
    slope=0.8,
    shift=-0.1,
)


class TestModel:
    @pytest.mark.parametrize(
        ("values", "raw"),
        [([0, 0], 0.0), ([-5, 9], 1.5), ([5, 1], -1.2), ([10, 2.5], -2.1), ([None, None], -1.5), ([99, 4], -1.5)],
    )
    def test_it_adds_up_by_hand(self, values: list[float | None], raw: float) -> None:
        assert MODEL.raw(values) == pytest.approx(raw)
        assert MODEL.probability(values) == pytest.approx(1 / (1 + exp(-(0.8 * raw - 0.1))))

    def test_reasons_tell_what_moves_it_from_its_kind(self) -> None:
        found = reasons(MODEL, [0, 4])
        assert [(one.feature, round(one.push, 2)) for one in found] == [
            ("events.level", 1.92),
            ("tickets.urgent", 1.12),
        ]
        # From the mean of its kind the pushes lead to the very odds.
        mean = MODEL.slope * (MODEL.intercept - 0.4 + 0.1) + MODEL.shift
        odds = log(MODEL.probability([0, 4]) / (1 - MODEL.probability([0, 4])))
        assert sum(one.push for one in found) == pytest.approx(odds - mean)
        assert reasons(MODEL, [8, 0.3]) == []

    def test_it_is_kept_as_numbers(self) -> None:
        assert from_json(to_json(MODEL)) == MODEL

    @pytest.mark.parametrize(
        "change",
        [
            {"form": "pickle"},
            {"intercept": float("nan")},
            {"slope": "1"},
            {"shift": True},
            {"curves": {}},
            {"curves": [{"feature": "x", "points": [], "missing": 0, "mean": 0}]},
            {"curves": [{"feature": "x", "points": [[1, 0], [1, 2]], "missing": 0, "mean": 0}]},
        ],
    )
    def test_other_numbers_are_refused(self, change: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"."):
            from_json({**to_json(MODEL), **change})

    @given(st.floats(allow_nan=False))
    def test_nothing_is_certain(self, odds: float) -> None:
        assert 0.001 <= probability_of(odds) <= 0.999


def world(*, signal: float, base: float = 0.1, cutoffs: int = 8, people: int = 400, seed: int = 1) -> list[Told]:
    """Predictions that are right as far as `signal` goes (0: drawn apart from what happens)."""
    random, told = Random(seed), []
    for cutoff in range(cutoffs):
        for person in range(people):
            real = min(0.99, base * (0.1 if random.random() < 0.8 else 4.6))
            said = real if random.random() < signal else min(0.99, base * (0.1 if random.random() < 0.8 else 4.6))
            told.append(Told(person, cutoff, max(0.001, said), random.random() < real))
    return told


class TestVerdict:
    def test_brier_and_base_rate_by_hand(self) -> None:
        told = [Told(1, 1, 0.8, True), Told(2, 1, 0.4, False), Told(1, 2, 0.1, False), Told(2, 2, 0.1, False)]
        found = figures(told)
        assert (found.n, found.losses, found.auc) == (4, 1, 1.0)
        assert found.brier == pytest.approx((0.04 + 0.16 + 0.01 + 0.01) / 4)
        # Half at the first cut-off, none at the second: an oracle of shares errs at the first alone.
        assert found.base_brier == pytest.approx(0.5 / 4)

    @pytest.mark.parametrize(
        ("pairs", "expected"),
        [
            ([(0.1, False), (0.9, True)], 1.0),
            ([(0.9, False), (0.1, True)], 0.0),
            ([(0.5, False), (0.5, True)], 0.5),
            ([(0.1, False), (0.5, False), (0.5, True), (0.7, False)], 0.5),
            ([(0.1, False)], None),
            ([], None),
        ],
    )
    def test_auc(self, pairs: list[tuple[float, bool]], expected: float | None) -> None:
        assert auc(pairs) == expected

    @settings(max_examples=30)
    @given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
    def test_auc_counts_pairs(self, rows: list[tuple[int, bool]]) -> None:
        pairs = [(score / 10, lost) for score, lost in rows]
        lost, kept = [p for p, was in pairs if was], [p for p, was in pairs if not was]
        won = sum((p > q) + (p == q) / 2 for p in lost for q in kept)
        assert auc(pairs) == (pytest.approx(won / (len(lost) * len(kept))) if lost and kept else None)

    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            (world(signal=1.0), "speaks"),
            (world(signal=0.0), "no_signal"),
            (world(signal=1.0, people=15), "too_few"),
            (world(signal=1.0, cutoffs=3), "too_few"),
            ([], "too_few"),
        ],
    )
    def test_when_it_speaks(self, told: list[Told], expected: str) -> None:
        found = bounds(told, draws=60) if told else None
        assert verdict(told, found) == expected
        if expected == "no_signal":
            assert found is not None
            assert found.auc_low <= LEAST_AUC

    def test_ranking_alone_is_not_enough(self) -> None:
        """Right in order and wrong in size: worse than the base rate, so silent."""
        told = [
            Told(one.organization_id, one.cutoff, min(0.99, one.probability * 2.1), one.lost)
            for one in world(signal=1.0)
        ]
        found = bounds(told, draws=60)
        assert found.auc_low > LEAST_AUC
        assert verdict(told, found) == "no_signal"

    def test_a_season_is_no_signal(self) -> None:
        """All that is known is when many are lost: within a cut-off everybody is given the same."""
        told = [
            Told(person, cutoff, share, person % 100 < share * 100)
            for cutoff, share in enumerate((0.05, 0.2, 0.4, 0.6))
            for person in range(200)
        ]
        assert figures(told).auc == 0.5
        assert verdict(told, bounds(told, draws=60)) == "no_signal"

    def test_intervals_are_the_same_each_time(self) -> None:
        told = world(signal=0.5, people=80)
        assert bounds(told, draws=30) == bounds(told, draws=30)

    def test_bins_hold_everybody_once(self) -> None:
        told = world(signal=1.0)
        found = bins(told)
        assert sum(one.n for one in found) == len(told)
        assert sum(one.losses for one in found) == sum(one.lost for one in told)
        assert all(one.low <= one.mean < one.high for one in found)
