"""Periods, figures and the pack `kpis`, by tables; no database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pack_files import read_pack
from reports.rules import kpis
from reports.rules.kpi_packs import merged, parse_kpis
from reports.rules.kpis import Amount, Direction, Standing, Target
from reports.rules.measures import MEASURES, Unit
from reports.rules.periods import Period, Span, months_until, parse_period, period_of
from reports.selectors.sources import FLOWS, STATES
from tests.partners.pack_cases import GONE, assert_refused, changed

FILES = sorted((Path(__file__).parents[2] / "policies" / "default").glob("kpis.*.yaml"))
BODIES = {file.name: read_pack(file).body for file in FILES}
BODY = BODIES["kpis.tam.yaml"]
PACKS = [parse_kpis(body, version=1) for body in BODIES.values()]
POLICY = merged(PACKS)
DAYS = st.dates(min_value=date(1995, 1, 1), max_value=date(2150, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", (2026, 2, 1), (2026, 2, 28)),
        ("2028-02", (2028, 2, 1), (2028, 2, 29)),
        ("2026-Q4", (2026, 10, 1), (2026, 12, 31)),
        ("2026", (2026, 1, 1), (2026, 12, 31)),
        ("2026-10-09..2026-10-09", (2026, 10, 9), (2026, 10, 9)),
    ],
)
def test_a_period_is_spelled_and_read(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    found = parse_period(text)
    assert found is not None
    assert (found.first, found.last, found.key) == (date(*first), date(*last), text)


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-13", "2026-00", "2026-Q5", "26", "0001", "9999", "2026-10-09", "2026-10-09..2026-10-08", "a..b",
        "2026-10-09..", "2020-01-01..2026-01-01", "２０２６", "2026-02-30..2026-03-01", "2026-Q4 ", "2026-1",
    ],
)  # fmt: skip
def test_what_is_no_period_is_none(text: str) -> None:
    assert parse_period(text) is None


@given(day=DAYS, span=st.sampled_from([Span.MONTH, Span.QUARTER, Span.YEAR]))
def test_periods_follow_each_other_without_gap(day: date, span: Span) -> None:
    period = period_of(day, span)
    assert period.first <= day <= period.last
    assert period.previous().last + timedelta(days=1) == period.first
    assert period.following().first - timedelta(days=1) == period.last
    assert period.previous().following() == period
    assert parse_period(period.key) == period


@given(first=DAYS, days=st.integers(min_value=1, max_value=700))
def test_a_span_of_days_has_as_many_before(first: date, days: int) -> None:
    period = Period(span=Span.DAYS, first=first, last=first + timedelta(days=days - 1))
    assert period.days == period.previous().days == days
    assert period.previous().last + timedelta(days=1) == period.first


def test_twelve_months_end_with_that_of_the_day() -> None:
    months = months_until(date(2026, 2, 28), 12)
    assert [months[0].key, months[-1].key, len(months)] == ["2025-03", "2026-02", 12]


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit", "expected"),
    [
        (2, 3, Unit.PERCENT, "66.67"),
        (0, 0, Unit.PERCENT, None),
        (0, 0, Unit.HOURS, None),
        (0, 0, Unit.COUNT, "0"),
        (0, 0, Unit.MONEY, "0.00"),
        (7200, 4, Unit.HOURS, "0.50"),
        (14, 3, Unit.SCORE, "4.67"),
        (-2, 6, Unit.NPS, "-33.33"),
        # Of so few answers one could tell who said what.
        (-1, 4, Unit.NPS, None),
        (1, 8, Unit.PERCENT, "12.50"),
        (99, 7, Unit.COUNT, "7"),
        (129_600, 3, Unit.MEDIAN_DAYS, "1.50"),
        (0, 0, Unit.P80_DAYS, None),
        (86_400, 3, Unit.MOST_DAYS, "1.00"),
    ],
)
def test_a_figure_of_its_rows(numerator: int, denominator: int, unit: Unit, expected: str | None) -> None:
    amount = Amount(numerator=Decimal(numerator), denominator=Decimal(denominator))
    found = kpis.value(amount, unit)
    assert (found if found is None else str(found)) == expected


@given(parts=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_rows_may_be_added_up_in_any_parts(parts: list[tuple[int, int]]) -> None:
    amounts = [Amount(numerator=Decimal(one), denominator=Decimal(one + more)) for one, more in parts]
    whole = sum(amounts, Amount())
    assert whole == sum(reversed(amounts), Amount())
    found = kpis.value(whole, Unit.PERCENT)
    assert found is None or 0 <= found <= 100


def test_a_small_sample_says_what_it_leaves_open() -> None:
    few, many = (
        Amount(numerator=Decimal(8), denominator=Decimal(10)),
        Amount(numerator=Decimal(80), denominator=Decimal(100)),
    )
    found = kpis.interval(few, Unit.PERCENT)
    assert found is not None
    assert (round(found.low, 3), round(found.high, 3)) == (0.490, 0.943)
    assert kpis.interval(many, Unit.PERCENT) is None
    assert kpis.interval(few, Unit.SCORE) is None
    assert kpis.interval(Amount(), Unit.PERCENT) is None


def test_a_target_of_a_span_holds_for_such_periods_and_what_grows_has_not_missed_it() -> None:
    of_quarters = Target(value=Decimal(100), since=date(2025, 1, 1), scope={}, span=Span.QUARTER)
    found = {span: kpis.target_for([of_quarters], on=date(2026, 6, 30), scope={}, span=span) for span in Span}
    assert found == dict.fromkeys(Span) | {Span.QUARTER: of_quarters}
    cases = [
        (kpis.may_grow(unit, is_over=is_over), kpis.against_target(Decimal(99), of_quarters, direction, may_grow=grows))
        for unit, is_over, direction, grows in (
            (Unit.MONEY, False, Direction.MORE, True),
            (Unit.MONEY, True, Direction.MORE, False),
            (Unit.PERCENT, False, Direction.LESS, True),
        )
    ]
    assert cases == [(True, Standing.UNKNOWN), (False, Standing.BAD), (False, Standing.GOOD)]


def test_months_missed_in_a_row_are_those_up_to_the_last() -> None:
    bad, good, unknown = Standing.BAD, Standing.GOOD, Standing.UNKNOWN
    rows = [([], 0), ([bad, good], 0), ([bad, good, bad, bad], 2), ([bad, unknown, bad], 1)]
    assert [kpis.missed_in_a_row(standings) for standings, _count in rows] == [count for _standings, count in rows]


def target(value: int, since: date = date(2025, 1, 1), **scope: str) -> Target:
    return Target(value=Decimal(value), since=since, scope=scope)


TARGETS = [
    target(80),
    target(85, date(2026, 7, 1)),
    target(95, segment="enterprise"),
    target(97, segment="enterprise", tier="0"),
]


@pytest.mark.parametrize(
    ("on", "scope", "expected"),
    [
        (date(2024, 12, 31), {}, None),
        (date(2026, 6, 30), {}, 80),
        (date(2026, 7, 1), {}, 85),
        (date(2026, 7, 1), {"segment": "enterprise"}, 95),
        (date(2026, 7, 1), {"segment": "enterprise", "tier": "0"}, 97),
        (date(2026, 7, 1), {"segment": "growth", "tier": "0"}, 85),
    ],
)
def test_the_target_that_says_most_holds(on: date, scope: dict[str, str], expected: int | None) -> None:
    found = kpis.target_for(TARGETS, on=on, scope=scope, span=Span.MONTH)
    assert (found.value if found else None) == expected


@pytest.mark.parametrize(
    ("found", "direction", "standing"),
    [
        (80, Direction.MORE, Standing.GOOD),
        (79, Direction.MORE, Standing.BAD),
        (80, Direction.LESS, Standing.GOOD),
        (81, Direction.LESS, Standing.BAD),
        (81, Direction.NEITHER, Standing.UNKNOWN),
        (None, Direction.MORE, Standing.UNKNOWN),
    ],
)
def test_a_target_is_met_or_missed(found: int | None, direction: Direction, standing: Standing) -> None:
    value = None if found is None else Decimal(found)
    assert kpis.against_target(value, target(80), direction) is standing
    assert kpis.against_target(value, None, direction) is Standing.UNKNOWN


@pytest.mark.parametrize(("found", "standing"), [(5, "bad"), (6, "good"), (7, "good"), (8, "good"), (9, "bad")])
@pytest.mark.parametrize("direction", list(Direction))
def test_a_range_is_met_within_both_ends_whatever_the_direction(
    found: int, standing: str, direction: Direction
) -> None:
    span = Target(value=Decimal(6), at_most=Decimal(8), since=date(2025, 1, 1), scope={})
    assert kpis.against_target(Decimal(found), span, direction) == standing


def test_sums_of_a_period_that_is_not_over_are_not_judged() -> None:
    now, before = Decimal(10), Decimal(20)
    assert kpis.against_before(now, before, Direction.MORE, Unit.COUNT, is_over=False) is Standing.UNKNOWN
    assert kpis.against_before(now, before, Direction.MORE, Unit.COUNT, is_over=True) is Standing.BAD
    assert kpis.against_before(now, before, Direction.LESS, Unit.PERCENT, is_over=False) is Standing.GOOD
    assert kpis.against_before(now, now, Direction.LESS, Unit.PERCENT, is_over=True) is Standing.LEVEL
    assert kpis.against_before(now, None, Direction.LESS, Unit.PERCENT, is_over=True) is Standing.UNKNOWN


def test_every_measure_has_a_statement_and_every_statement_a_measure() -> None:
    assert FLOWS.keys() | STATES.keys() == MEASURES.keys()
    assert {MEASURES[name].way.value for name in FLOWS} == {"flow"}
    assert {MEASURES[name].way.value for name in STATES} == {"state"}


def test_figures_and_reports_of_shipped_packs_are_laid_down_once() -> None:
    assert sum(len(pack.kpis) for pack in PACKS) == len(POLICY.kpis)
    assert sum(len(pack.reports) for pack in PACKS) == len(POLICY.reports)
    assert {name: report.unknown for name, report in POLICY.reports.items() if report.unknown} == {}
    for kpi in POLICY.kpis.values():
        assert {*kpi.label, *kpi.formula, *kpi.denominator, *kpi.anchor} == {"en", "de"}, kpi.id
        assert kpi.numerator or kpi.unit is Unit.COUNT, kpi.id


def test_packs_together_fill_each_others_reports_and_the_first_holds() -> None:
    own = changed(changed(BODY, "kpis[0].owner", "pam"), "reports[0].sections[0].kpis", ["partners_live", "gone"])
    together = merged([parse_kpis(own, version=1), *PACKS])
    assert together.kpis["partners_live"].owner == "pam"
    assert together.reports["tam"].unknown == ("gone",)
    assert [kpi.id for kpi in together.reports["tam"].sections[0].kpis] == ["partners_live"]


def test_the_shipped_report_shows_what_the_guide_of_the_tam_lists() -> None:
    tam = POLICY.reports["tam"]
    assert (tam.kind, tam.is_launched) == ("partner", True)
    assert {kpi.id for kpi in tam.kpis} >= {
        "partners_live", "health_score", "at_risk", "tickets_created", "resolution_time", "features_adopted", "csat",
        "expansion_open", "expansion_won", "grr", "logos_kept", "check_ins_kept", "responses_kept_critical",
        "responses_kept_high", "responses_kept_medium", "responses_kept_low",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("report", "shown"),
    [
        (
            "onboarding",
            "partners_in_gate_0 gate_time_gate_1 gate_p80_gate_1 gate_passed_gate_0 gate_failed_gate_0 criteria_failed"
            " launches launch_at_risk waivers_granted waivers_open waivers_expired",
        ),
        ("pdm", "pdm_partners pdm_hours pdm_utilization qualification_accuracy gate_1_completed gate_time_gate_1"),
        ("tpm", "integrations_live test_transactions gate_time_gate_2 uptime integrations_on_time"),
        (
            "psm",
            "beta_succeeded performance_targets_met support_ready launches_gone_well csat_at_launch"
            " handoffs_accepted_psm handoffs_returned_psm",
        ),
    ],
)
def test_the_reports_of_the_journey_show_what_the_table_of_reports_lists(report: str, shown: str) -> None:
    found = POLICY.reports[report]
    assert {kpi.id for kpi in found.kpis} >= set(shown.split())
    assert (found.kind, found.is_launched) == ("partner", False)


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("kpis[0].measure", "magic", "kpis[0].measure", "one of"),
        ("kpis[0].unit", "percent", "kpis[0].unit", "one of count"),
        ("kpis[0].direction", "up", "kpis[0].direction", "one of"),
        ("kpis[0].owner", "boss", "kpis[0].owner", "one of"),
        ("kpis[0].anchor", GONE, "kpis[0]", "missing"),
        ("kpis[1].id", "partners_live", "kpis[1].id", "there already"),
        ("kpis[2].targets[0].value", "many", "kpis[2].targets[0].value", "a number"),
        ("kpis[2].targets[0].since", "soon", "kpis[2].targets[0].since", "a date"),
        ("kpis[2].targets[0].span", "week", "kpis[2].targets[0].span", "one of"),
        ("kpis[2].targets[0].team", "blue", "kpis[2].targets[0].team", "unknown entry"),
        ("kpis[2].targets[0].at_most", 1, "kpis[2].targets[0].at_most", "more than value"),
        ("reports[0].kind", "alien", "reports[0].kind", "one of"),
        ("reports[0].tables", ["magic"], "reports[0].tables[0]", "one of failed_criteria"),
        ("reports[0].sections[0].kpis", [7], "reports[0].sections[0].kpis[0]", "a text"),
        ("reports[0].sections[0].kpis", [], "reports[0].sections[0].kpis", "empty"),
        ("reports[0].sections[1].kpis", ["partners_live"], "reports[0].sections[1].kpis", "another section"),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_kpis, changed(BODY, place, value), at=at, words=words)
