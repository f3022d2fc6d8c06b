"""Rules of growth without a database: pipeline, retention, verdicts on renewals, autopsies; and the pack `renewals`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pack_files import read_pack
from partners.growth_choices import OpportunityStage, Verdict
from partners.rules import autopsy, pipeline, renewals, revenue
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "renewals.yaml").body
POLICY = renewals.parse_renewals(BODY, version=4)
RATES = {"USD": Decimal(1), "EUR": Decimal("1.1")}
TODAY = date(2026, 3, 2)


def part(stage: str, amount: int, probability: int, currency: str = "USD", count: int = 1) -> pipeline.Part:
    return pipeline.Part(stage=stage, currency=currency, amount=Decimal(amount), probability=probability, count=count)


def test_the_pipeline_is_summed_as_it_is_and_weighted() -> None:
    parts = [part("qualified", 1000, 25), part("qualified", 100, 50, "EUR", 2), part("proposed", 400, 50)]
    sums = pipeline.by_stage([*parts, part("proposed", 5, 50, "XXX")], RATES)
    found = {stage: (row.count, row.amount, row.weighted, row.unconverted) for stage, row in sums.items()}
    assert found == {
        "qualified": (3, Decimal("1110.00"), Decimal("305.00"), 0),
        "proposed": (2, Decimal("400.00"), Decimal("200.00"), 1),
    }
    assert [(currency, row.amount) for currency, row in pipeline.by_currency(parts).items()] == [
        ("EUR", Decimal("100.00")),
        ("USD", Decimal("1400.00")),
    ]
    assert set(pipeline.PROBABILITIES) == set(OpportunityStage.values)


def balance(number: int, before: int, after: int, currency: str = "USD", expanded: int = 0) -> revenue.Balance:
    return revenue.Balance(
        organization_id=number,
        currency=currency,
        before=Decimal(before),
        after=Decimal(after),
        expanded=Decimal(expanded),
    )


@pytest.mark.parametrize(
    ("balances", "grr", "nrr", "logos", "expansion"),
    [
        ([], None, None, None, "0"),
        # Who came inside the period is no part of the cohort.
        ([balance(1, 0, 100)], None, None, None, "0"),
        ([balance(1, 100, 150, expanded=50), balance(2, 100, 50)], "0.75", "1", "1", "50"),
        ([balance(1, 100, 0), balance(2, 300, 300)], "0.75", "0.75", "0.5", "0"),
        # Two currencies of one organization are one logo, and a balance below zero keeps nothing.
        ([balance(1, 100, 0), balance(1, 100, 210, "EUR")], "1", "1.1", "1", "0"),
        ([balance(1, 100, -50)], "0", "0", "0", "0"),
        ([balance(1, 100, 100, "XXX")], None, None, None, "0"),
    ],
)
def test_retention(
    balances: list[revenue.Balance], grr: str | None, nrr: str | None, logos: str | None, expansion: str
) -> None:
    found = revenue.retention(balances, RATES)
    wanted = [None if value is None else Decimal(value) for value in (grr, nrr, logos)]
    assert [found.grr, found.nrr, found.logos] == wanted or pytest.approx(wanted) == [found.grr, found.nrr, found.logos]
    assert found.expansion == Decimal(expansion)
    assert found.unconverted == sum(row.currency == "XXX" for row in balances)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 1000), st.integers(-100, 2000)), max_size=12))
def test_gross_is_never_more_than_net_nor_than_all(rows: list[tuple[int, int, int]]) -> None:
    found = revenue.retention([balance(*row) for row in rows], RATES)
    assert (found.grr is None) == (found.nrr is None) == (found.logos is None)
    if found.grr is not None and found.nrr is not None:
        assert 0 <= found.grr <= min(found.nrr, Decimal(1))


@pytest.mark.parametrize(
    ("band", "figures", "days_left", "verdict", "codes"),
    [
        ("green", {}, 30, "renew", []),
        ("yellow", {}, 200, "monitor", ["band_yellow"]),
        ("yellow", {}, 90, "at_risk", ["band_yellow", "near"]),
        ("", {}, 91, "monitor", ["band_grey"]),
        ("red", {"quiet_days": 60}, 200, "at_risk", ["band_red", "quiet"]),
        ("red", {"quiet_days": 60, "open_criticals": 1}, 200, "leave", ["band_red", "criticals", "quiet"]),
        ("green", {"score": 25}, 200, "leave", ["score_lowest"]),
        ("green", {"adoption": 41, "overdue_commitments": 1, "single_thread": 0}, 10, "renew", []),
        ("green", {"adoption": 40}, 300, "at_risk", ["adoption_low"]),
    ],
)
def test_what_the_machine_says(
    band: str, figures: dict[str, int], days_left: int, verdict: str, codes: list[str]
) -> None:
    facts = renewals.Facts(band=band, figures={key: Decimal(value) for key, value in figures.items()})
    found = renewals.machine_verdict(POLICY, facts, days_left=days_left)
    assert (found.verdict, [reason.code for reason in found.reasons]) == (verdict, codes)


def test_owners_are_asked_near_the_day_once_a_week() -> None:
    due = {days: TODAY + timedelta(days=days) for days in (90, 91, -5)}
    wanted = {
        (verdict, days): renewals.wants_verdict(verdict, due_on=day, today=TODAY, policy=POLICY)
        for verdict in ("", "monitor", "renew", "leave")
        for days, day in due.items()
    }
    assert {key for key, value in wanted.items() if value} == {("", 90), ("monitor", 90), ("", -5), ("monitor", -5)}
    again = [
        renewals.is_asked_again(asked, today=TODAY, policy=POLICY)
        for asked in (None, TODAY - timedelta(days=6), TODAY - timedelta(days=7))
    ]
    assert again == [True, False, True]


def test_the_shipped_pack() -> None:
    assert (POLICY.version, POLICY.verdict_before_days, POLICY.ask_every_days) == (4, 90, 7)
    assert list(renewals.VERDICTS) == Verdict.values
    assert {signal.fact for signal in POLICY.signals} == {"band", *renewals.FACTS}


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("colour", "red", "colour", "unknown entry"),
        ("verdict_before_days", 0, "verdict_before_days", "must be 1 or more"),
        ("signals", [], "signals", "must not be empty"),
        ("signals[0].fact", "weather", "signals[0].fact", "one of band"),
        ("signals[0].is", ["blue"], "signals[0].is[0]", "one of green"),
        ("signals[0].is", GONE, "signals[0]", '"is" alone'),
        ("signals[3].at_most", GONE, "signals[3]", 'one of "at_least" and "at_most"'),
        ("signals[3].at_least", 3, "signals[3]", 'one of "at_least" and "at_most"'),
        ("signals[1].id", "band_red", "signals[1].id", "is there already"),
        ("signals[0].verdict", "renew", "signals[0].verdict", "one of monitor"),
        ("signals[0].label", {"de": "Rot"}, "signals[0].label", '"en" is missing'),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(renewals.parse_renewals, changed(BODY, place, value), at=at, words=words)


def test_an_autopsy_begins_with_the_first_weak_signal() -> None:
    def event(kind: autopsy.Part, days: int, who: str = "") -> autopsy.Event:
        at = datetime(2026, 3, 2, 12, tzinfo=UTC) - timedelta(days=days)
        return autopsy.Event(part=kind, at=at, code="x", words="y" * 400, who=who)

    done, signal, seen = autopsy.Part.DONE, autopsy.Part.SIGNAL, autopsy.Part.SEEN
    events = [event(done, 70, "Tom"), event(seen, 40, "Tom"), event(signal, 60), event(done, -1, "Tom")]
    found = autopsy.draft(events, lost_on=TODAY)
    assert [(row.part, row.days_before) for row in found.findings] == [("signal", 60), ("seen", 40)]
    assert (found.days_known, found.days_until_seen, len(found.findings[0].words)) == (60, 20, 300)
    quiet = autopsy.draft([event(done, 3, "Tom")], lost_on=TODAY)
    assert ([row.part for row in quiet.findings], quiet.days_known, quiet.days_until_seen) == (["done"], None, None)
    many = autopsy.draft([event(signal, 60)] * (autopsy.MOST + 5), lost_on=TODAY)
    assert len(many.findings) == autopsy.MOST
    assert autopsy.first_of([row.stored() for row in found.findings], "seen") == found.findings[1].stored()
