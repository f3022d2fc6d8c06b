"""Forecasts: what they say for known histories, what never happens for any, and whether they keep their word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.choices import STAGES_BY_KIND
from partners.rules.calibration import Outcome, PastJourney, backtest, calibrate
from partners.rules.durations import LEAN, Durations, History, Passage
from partners.rules.forecast import FASTEST, SLOWEST, Forecast, Risk, Subject, forecast, risk_of

JOURNEY = [stage.value for stage in STAGES_BY_KIND["partner"]]
USUAL = dict(zip(JOURNEY, (30, 7, 84, 35, 21), strict=False))
TODAY = date(2026, 3, 2)
NOTHING = History.of([], fallback_days=USUAL)


def passages(stage: str, days: list[int], tier: str = "", gemstone: str = "") -> list[Passage]:
    return [Passage(kind="partner", stage=stage, days=one, tier=tier, gemstone=gemstone) for one in days]


def subject(stage: str = "gate_1", spent: int = 0, **given: object) -> Subject:
    known = Subject(kind="partner", stage=stage, entered_on=TODAY - timedelta(days=spent), tier="1", gemstone="pearl")
    return replace(known, **given)  # type: ignore[arg-type]


def asked(one: Subject, history: History = NOTHING, today: date = TODAY) -> Forecast:
    return forecast(one, history, journey=JOURNEY, today=today)


class TestDurations:
    def test_without_a_history_the_usual_days_speak(self) -> None:
        found = NOTHING.durations(kind="partner", stage="gate_1")
        assert found is not None
        assert found.median == pytest.approx(84, rel=0.01)
        assert found.quantile(0.8) == pytest.approx(84 * 1.4, rel=0.02)
        assert [(pool.level, pool.count, pool.weight) for pool in found.pools] == [
            ("like", 0, 0),
            ("same_tier", 0, 0),
            ("same_kind", 0, 0),
            ("fallback", 0, 1),
        ]

    def test_small_samples_lean_on_wider_ones(self) -> None:
        history = History.of(
            [
                *passages("gate_1", [100] * LEAN, "1", "pearl"),
                *passages("gate_1", [50] * LEAN, "1", "diamond"),
                *passages("gate_1", [20] * LEAN, "2"),
            ],
            fallback_days=USUAL,
        )
        found = history.durations(kind="partner", stage="gate_1", tier="1", gemstone="pearl")
        assert found is not None
        weights = {pool.level: (pool.count, round(pool.weight, 4)) for pool in found.pools}
        assert weights == {
            "like": (8, 0.5),
            "same_tier": (16, round(0.5 * 2 / 3, 4)),
            "same_kind": (24, round(0.5 / 3 * 0.75, 4)),
            "fallback": (0, round(0.5 / 3 * 0.25, 4)),
        }

    def test_a_stage_of_which_nothing_is_known_has_no_days(self) -> None:
        history = History.of(passages("gate_1", [10]), fallback_days={})
        assert history.durations(kind="partner", stage="gate_2") is None
        assert history.durations(kind="customer", stage="gate_1") is None

    def test_without_a_fallback_the_samples_share_the_whole(self) -> None:
        found = History.of(passages("gate_1", [10, 20, 30], "1"), fallback_days={}).durations(
            kind="partner", stage="gate_1", tier="1", gemstone="pearl"
        )
        assert found is not None
        assert sum(pool.weight for pool in found.pools) == pytest.approx(1)
        assert found.median == pytest.approx(20)

    def test_those_that_are_still_there_count(self) -> None:
        ended = passages("gate_1", [10] * 50 + [100] * 10)
        waiting = [replace(one, days=50, is_over=False) for one in passages("gate_1", [0] * 40)]
        done, all_of_them = (
            History.of(known, fallback_days={}).durations(kind="partner", stage="gate_1")
            for known in (ended, [*ended, *waiting])
        )
        assert done is not None
        assert all_of_them is not None
        # Of the hundred, fifty took 10 days; the others would take the 100 days of those that stayed on.
        assert (done.share_within(50), all_of_them.share_within(50)) == (
            pytest.approx(50 / 60, abs=0.02),
            pytest.approx(50 / 100, abs=0.02),
        )
        assert {pool.count for pool in all_of_them.pools} == {60}

    def test_a_stage_that_nobody_has_left_has_the_usual_days(self) -> None:
        waiting = [replace(one, is_over=False) for one in passages("gate_1", [200] * 40)]
        found = History.of(waiting, fallback_days=USUAL).durations(kind="partner", stage="gate_1")
        usual = NOTHING.durations(kind="partner", stage="gate_1")
        assert found == usual

    def test_a_stage_takes_a_day_at_least(self) -> None:
        found = History.of(passages("gate_1", [0, 0, -3]), fallback_days={}).durations(kind="partner", stage="gate_1")
        assert found is not None
        assert found.grid[0] == 1

    @given(days=st.lists(st.integers(0, 900), max_size=40), usual=st.integers(1, 400), spent=st.floats(0, 3_000))
    def test_a_distribution_is_one(self, days: list[int], usual: int, spent: float) -> None:
        found = History.of(passages("gate_1", days), fallback_days={"gate_1": usual}).durations(
            kind="partner", stage="gate_1"
        )
        assert found is not None
        assert list(found.grid) == sorted(found.grid)
        assert found.grid[0] > 0
        assert sum(pool.weight for pool in found.pools) == pytest.approx(1)
        assert 0 <= found.share_within(spent) < 1
        beyond = found.draws_beyond(spent)
        assert beyond == sorted(beyond)
        assert beyond[0] >= (spent if spent >= found.grid[0] else found.grid[0])

    @given(usual=st.integers(1, 400), share=st.floats(0.02, 0.9999))
    def test_shares_and_days_are_each_others_inverse_where_days_differ(self, usual: int, share: float) -> None:
        found = History.of([], fallback_days={"gate_1": usual}).durations(kind="partner", stage="gate_1")
        assert isinstance(found, Durations)
        days = found.quantile(share)
        assert found.share_within(days) == pytest.approx(share, abs=2e-3)


class TestForecast:
    def test_a_history_of_one_length_is_foreseen_to_the_day(self) -> None:
        history = History.of(
            [one for stage, days in USUAL.items() for one in passages(stage, [days] * 4_000, "1", "pearl")],
            fallback_days=USUAL,
        )
        found = asked(subject("pre_contract"), history)
        assert [gate.p50_on - TODAY for gate in found.gates] == [
            timedelta(days=days) for days in (30, 37, 121, 156, 177)
        ]
        assert found.launch is not None
        assert found.launch.stage == "gate_3"

    def test_without_a_history_the_launch_is_near_the_sum_of_the_usual_days(self) -> None:
        found = asked(subject("pre_contract"))
        assert found.launch is not None
        assert 170 <= (found.launch.p50_on - TODAY).days <= 200
        assert 200 <= (found.launch.p80_on - TODAY).days <= 245

    def test_the_last_stage_has_nothing_ahead(self) -> None:
        found = asked(subject("post_launch", target_on=TODAY))
        assert (found.gates, found.launch, found.buffer_days, found.risk) == ((), None, None, None)

    def test_a_foreign_stage_is_refused(self) -> None:
        with pytest.raises(ValueError, match="adopt"):
            asked(subject("adopt"))

    def test_where_nothing_is_known_the_forecast_ends(self) -> None:
        history = History.of([], fallback_days={"gate_1": 84, "gate_3": 21})
        found = asked(subject("gate_1", target_on=TODAY), history)
        assert [gate.stage for gate in found.gates] == ["gate_1"]
        assert (found.launch, found.risk) == (None, None)

    def test_the_launch_may_be_another_gate(self) -> None:
        found = forecast(subject("gate_1"), NOTHING, journey=JOURNEY, launch_stage="gate_2", today=TODAY)
        assert found.launch == found.gates[1]

    @pytest.mark.parametrize(
        ("passed", "pace"),
        [
            ({}, 1.0),
            ({"pre_contract": 30}, 1.0),
            ({"pre_contract": 60}, 2 ** (1 / 4)),  # one stage twice as long, beside three at the usual pace
            ({"pre_contract": 15, "gate_0": 14}, 1.0),
            ({"pre_contract": 120, "gate_0": 28, "gate_1": 336}, 2.0),
            ({"pre_contract": 3_000, "gate_0": 700, "gate_1": 8_400}, SLOWEST),
            ({"pre_contract": 1, "gate_0": 0, "gate_1": 1}, FASTEST),
        ],
    )
    def test_the_own_pace_counts_the_more_the_more_was_passed(self, passed: dict[str, int], pace: float) -> None:
        found = asked(subject("gate_2", passed=passed))
        assert found.receipt.pace == pytest.approx(pace, rel=0.01)
        assert found.receipt.pace_from == len(passed)

    def test_the_receipt_names_pools_days_and_seed(self) -> None:
        history = History.of(passages("gate_2", [30, 40], "1", "pearl"), fallback_days=USUAL)
        receipt = asked(subject("gate_1", spent=10), history).receipt
        assert receipt.days_in_stage == 10
        assert [basis.stage for basis in receipt.bases] == ["gate_1", "gate_2", "gate_3"]
        assert [basis.median_days for basis in receipt.bases] == [84, 35, 21]
        assert [pool.count for pool in receipt.bases[1].pools] == [2, 2, 2, 0]
        assert (receipt.draws, receipt.seed) == (512, 20_260_101)

    @pytest.mark.parametrize(
        ("buffer_days", "risk"),
        [
            (None, None),
            (-1, Risk.HIGH),
            (0, Risk.MEDIUM),
            (13, Risk.MEDIUM),
            (14, Risk.NONE),
        ],
    )
    def test_the_buffer_says_the_risk(self, buffer_days: int | None, risk: Risk | None) -> None:
        assert risk_of(buffer_days) is risk
        launch = asked(subject()).launch
        assert launch is not None
        target_on = launch.p80_on + timedelta(days=buffer_days) if buffer_days is not None else None
        found = asked(subject(target_on=target_on))
        assert (found.buffer_days, found.risk) == (buffer_days, risk)
        assert found.is_at_risk == (buffer_days is not None and buffer_days < 0)


SUBJECTS = st.builds(
    lambda position, spent, passed: subject(
        JOURNEY[position], spent, passed=dict(zip(JOURNEY[:position], passed, strict=False))
    ),
    st.integers(0, 4),
    st.integers(0, 1_000),
    st.lists(st.integers(0, 400), min_size=4, max_size=4),
)
HISTORIES = st.builds(
    lambda rows: History.of(
        [
            Passage(kind="partner", stage=JOURNEY[stage], days=days, tier=tier, gemstone=gemstone)
            for stage, days, tier, gemstone in rows
        ],
        fallback_days=USUAL,
    ),
    st.lists(
        st.tuples(
            st.integers(0, 4), st.integers(0, 500), st.sampled_from("012"), st.sampled_from(["pearl", "ruby", ""])
        ),
        max_size=60,
    ),
)


class TestProperties:
    @settings(max_examples=50)
    @given(one=SUBJECTS, history=HISTORIES)
    def test_days_are_in_order_and_never_past(self, one: Subject, history: History) -> None:
        found = asked(one, history)
        assert [gate.stage for gate in found.gates] == JOURNEY[JOURNEY.index(one.stage) : -1]
        assert all(TODAY <= gate.p50_on <= gate.p80_on for gate in found.gates)
        for earlier, later in pairwise(found.gates):
            assert earlier.p50_on <= later.p50_on
            assert earlier.p80_on <= later.p80_on

    @settings(max_examples=50)
    @given(one=SUBJECTS, history=HISTORIES)
    def test_the_same_facts_give_the_same_figures(self, one: Subject, history: History) -> None:
        again = History(samples=history.samples, fallback_days=history.fallback_days)
        assert asked(one, history) == asked(one, again)

    @settings(max_examples=50)
    @given(one=SUBJECTS, history=HISTORIES, later=st.integers(1, 400))
    def test_waiting_never_makes_a_date_earlier(self, one: Subject, history: History, later: int) -> None:
        before, after = asked(one, history), asked(one, history, TODAY + timedelta(days=later))
        for earlier_gate, later_gate in zip(before.gates, after.gates, strict=True):
            assert earlier_gate.p50_on <= later_gate.p50_on
            assert earlier_gate.p80_on <= later_gate.p80_on

    @settings(max_examples=50)
    @given(one=SUBJECTS, history=HISTORIES, longer=st.integers(1, 300))
    def test_having_been_slower_makes_no_stage_that_begins_now_earlier(
        self, one: Subject, history: History, longer: int
    ) -> None:
        begun = replace(one, entered_on=TODAY)
        slower = replace(begun, passed={stage: days + longer for stage, days in begun.passed.items()})
        for gate, slow_gate in zip(asked(begun, history).gates, asked(slower, history).gates, strict=True):
            assert gate.p50_on <= slow_gate.p50_on
            assert gate.p80_on <= slow_gate.p80_on


class TestCalibration:
    def test_the_day_itself_is_within(self) -> None:
        outcomes = [
            Outcome(p50_on=TODAY, p80_on=TODAY + timedelta(days=9), actual_on=TODAY + timedelta(days=late))
            for late in (-5, 0, 1, 9, 10)
        ]
        found = calibrate(outcomes)
        assert (found.within_p50.hits, found.within_p80.hits, found.within_p80.total) == (2, 4, 5)
        assert found.is_compatible

    def test_forecasts_that_are_always_missed_are_found_out(self) -> None:
        late = Outcome(p50_on=TODAY, p80_on=TODAY, actual_on=TODAY + timedelta(days=1))
        assert not calibrate([late] * 20).is_compatible

    def test_nothing_is_held_against_none(self) -> None:
        assert calibrate([]).is_compatible

    def test_in_a_world_like_the_past_forecasts_keep_their_word(self) -> None:
        past = world(Random(7), 500)
        found = backtest(past, journey=JOURNEY, launch_stage="gate_3", fallback_days=USUAL, least_known=200)
        assert list(found) == JOURNEY[:-1]
        for stage, calibration in found.items():
            assert calibration.within_p50.total > 300, stage
            assert 0.42 <= (calibration.within_p50.value or 0) <= 0.58, stage
            assert 0.74 <= (calibration.within_p80.value or 0) <= 0.86, stage

    def test_only_what_was_known_then_is_used(self) -> None:
        together = [journey_of([300] * 5, date(2024, 1, 1) + timedelta(days=one)) for one in range(50)]
        found = backtest(together, journey=JOURNEY, launch_stage="gate_3", fallback_days=USUAL)["pre_contract"]
        assert (found.within_p80.hits, found.within_p80.total) == (0, 50)
        before = [journey_of([300] * 5, date(2015, 1, 1) + timedelta(days=one)) for one in range(50)]
        found = backtest(
            [*together, *before], journey=JOURNEY, launch_stage="gate_3", fallback_days=USUAL, least_known=250
        )["pre_contract"]
        assert (found.within_p80.hits, found.within_p80.total) == (50, 50)


def journey_of(days: list[int], begins_on: date, tier: str = "1") -> PastJourney:
    entered, day = {}, begins_on
    for stage, length in zip(JOURNEY, days, strict=False):
        entered[stage] = day
        day += timedelta(days=length)
    return PastJourney(kind="partner", entered=entered, launched_on=day, tier=tier)


def world(random: Random, count: int) -> list[PastJourney]:
    """Organizations that start one after another; each has a pace of its own, each stage a length by chance."""
    found = []
    for number in range(count):
        pace = random.lognormvariate(0, 0.2)
        days = [round(usual * 1.3 * pace * random.lognormvariate(0, 0.45)) for usual in USUAL.values()]
        found.append(journey_of(days, date(2019, 1, 1) + timedelta(days=number * 3), random.choice("012")))
    return found
