"""Hours wanted against hours there are: the figures of journey.md, the bands, and broken packs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pack_files import read_pack
from partners.rules.cadence_packs import parse_cadence
from partners.rules.capacity import Band, Fit, Load, Owned, Source, band_of, load, percent_of
from partners.rules.capacity_packs import MinuteRange, parse_capacity
from tests.partners.pack_cases import GONE, assert_refused, changed

DEFAULT = Path(__file__).parents[2] / "policies" / "default"
BODY = read_pack(DEFAULT / "capacity.yaml").body
POLICY = parse_capacity(BODY, version=1)
TOUCHPOINTS = parse_cadence(read_pack(DEFAULT / "cadence.yaml").body, version=1).touchpoints
HOUR = 60


def of(role: str, *owned: Owned, there: int | None = None, roles: tuple[str, ...] = ()) -> Load:
    return load(POLICY, role, owned, touchpoints=TOUCHPOINTS, minutes_there=there, roles=roles)


def hours(found: Load, source: Source) -> tuple[float, float, int]:
    line = next(line for line in found.lines if line.source is source)
    return line.minutes.least / HOUR, line.minutes.most / HOUR, line.count


@pytest.mark.parametrize(
    ("stages", "wanted", "percent", "band"),
    [
        ([], (0, 0), 0, Band.FREE),
        (["pre_contract"], (10, 15), 31, Band.FREE),
        (["pre_contract"] * 2, (20, 30), 63, Band.FREE),
        (["gate_1", "gate_0"], (30, 40), 88, Band.HEALTHY),
        (["pre_contract"] * 3, (30, 45), 94, Band.FULL),
        (["gate_1"] * 3, (45, 60), 131, Band.OVER),
        (["gate_2", "gate_3"], (0, 0), 0, Band.FREE),
        (["pre_contract"] * 6, (60, 90), 188, Band.OVER),
    ],
)
def test_the_hours_of_a_pdm(stages: list[str], wanted: tuple[int, int], percent: int, band: Band) -> None:
    found = of("pdm", *(Owned(stage=stage) for stage in stages))
    assert found.wanted == MinuteRange(least=wanted[0] * HOUR, most=wanted[1] * HOUR)
    assert (found.percent, found.band, found.minutes_there) == (percent, band, 40 * HOUR)
    assert found.minutes_left == 40 * HOUR - sum(wanted) * HOUR // 2


@pytest.mark.parametrize(("count", "fit"), [(5, Fit.BELOW), (6, Fit.WITHIN), (8, Fit.WITHIN), (9, Fit.ABOVE)])
def test_the_count_of_partners_stands_beside_the_hours(count: int, fit: Fit) -> None:
    found = of("pdm", *[Owned(stage="gate_1")] * count)
    assert found.portfolio is not None
    assert (found.portfolio.count, found.portfolio.count_fit, found.portfolio.arr_fit) == (count, fit, None)
    assert found.band is Band.OVER


@pytest.mark.parametrize(
    ("roles", "segment", "count", "arr", "portfolio", "count_fit", "arr_fit"),
    [
        (("csm", "csmlead"), "enterprise", 25, 320_000, "senior", Fit.WITHIN, Fit.WITHIN),
        (("csm", "csmlead"), "enterprise", 24, 320_000, "senior", Fit.BELOW, Fit.BELOW),
        (("csm",), "enterprise", 20, 250_000, "enterprise", Fit.WITHIN, Fit.WITHIN),
        (("csm",), "enterprise", 21, 250_000, "enterprise", Fit.ABOVE, Fit.ABOVE),
        (("csm",), "mid_market", 30, 60_000, "mid_market", Fit.BELOW, Fit.WITHIN),
        (("csm",), "small", 90, 1_000, None, None, None),
    ],
)
def test_what_is_expected_of_a_csm(
    roles: tuple[str, ...],
    segment: str,
    count: int,
    arr: int,
    portfolio: str | None,
    count_fit: Fit | None,
    arr_fit: Fit | None,
) -> None:
    owned = [Owned(stage="live", arr=Decimal(arr), arr_segment=segment)] * count
    found = of("csm", *owned, roles=roles).portfolio
    assert (found and found.portfolio.id) == portfolio
    if found:
        assert (found.count_fit, found.arr_fit) == (count_fit, arr_fit)


def test_every_source_has_its_line() -> None:
    found = of(
        "tam",
        Owned(stage="post_launch", touchpoints=("check_in", "business_review"), risk="high"),
        Owned(stage="gate_3", touchpoints=("check_in", "check_in"), risk="medium", renewals=2),
        Owned(stage="post_launch", touchpoints=("unknown",), risk="none"),
    )
    assert hours(found, Source.GATE_WORK) == (4, 10, 3)
    assert hours(found, Source.CADENCE) == (3, 3, 3)
    assert hours(found, Source.REVIEWS) == (5.5, 5.5, 1)
    assert hours(found, Source.RISKS) == (4, 4, 2)
    assert hours(found, Source.RENEWALS) == (2, 2, 2)
    assert found.minutes_wanted == round((7 + 3 + 5.5 + 4 + 2) * HOUR)


def test_a_pack_without_renewals_counts_nothing_for_them() -> None:
    silent = parse_capacity({key: value for key, value in BODY.items() if key != "renewals"}, version=1)
    assert (silent.renewal_weeks, silent.renewal_minutes) == (0, 0)
    assert (POLICY.renewal_weeks, POLICY.renewal_minutes) == (8, HOUR)


def test_owners_share_gate_work_and_risks_but_not_their_own_meetings() -> None:
    found = of("tpm", Owned(stage="gate_2", owners=2, risk="high", touchpoints=("check_in",)))
    assert hours(found, Source.GATE_WORK) == (4, 6, 1)
    assert hours(found, Source.RISKS) == (1.5, 1.5, 1)
    assert hours(found, Source.CADENCE) == (1, 1, 1)


@pytest.mark.parametrize(
    ("wanted", "there", "percent", "band"),
    [
        (0, 0, None, Band.FREE),
        (1, 0, None, Band.AWAY),
        (0, 600, 0, Band.FREE),
        (479, 600, 80, Band.FREE),
        (480, 600, 80, Band.HEALTHY),
        (540, 600, 90, Band.HEALTHY),
        (541, 600, 90, Band.FULL),
        (600, 600, 100, Band.FULL),
        (601, 600, 100, Band.OVER),
        (603, 600, 101, Band.OVER),
    ],
)
def test_bands_have_sharp_edges(wanted: int, there: int, percent: int | None, band: Band) -> None:
    assert (percent_of(wanted, there), band_of(POLICY, wanted, there)) == (percent, band)


def test_the_calendar_of_the_person_rules_over_the_policy() -> None:
    found = of("pdm", Owned(stage="gate_1"), there=20 * HOUR)
    assert (found.minutes_there, found.percent, found.band) == (20 * HOUR, 88, Band.HEALTHY)


def test_a_role_without_a_line_in_the_policy_has_touchpoints_and_risks_only() -> None:
    found = of("sales", Owned(stage="gate_1", touchpoints=("check_in",), risk="medium"))
    assert (found.minutes_wanted, found.minutes_there, found.band) == (120, 0, Band.AWAY)


OWNED = st.builds(
    Owned,
    stage=st.sampled_from(["pre_contract", "gate_1", "gate_3", "post_launch", "live"]),
    arr=st.one_of(st.none(), st.integers(0, 10**7).map(Decimal)),
    arr_segment=st.sampled_from(["", "enterprise", "mid_market", "small"]),
    risk=st.sampled_from(["", "none", "medium", "high"]),
    touchpoints=st.lists(st.sampled_from(list(TOUCHPOINTS)), max_size=4).map(tuple),
    owners=st.integers(1, 3),
)


@given(role=st.sampled_from(list(POLICY.roles)), owned=st.lists(OWNED, max_size=8), more=OWNED)
def test_more_organizations_never_make_less_work(role: str, owned: list[Owned], more: Owned) -> None:
    before, after = of(role, *owned), of(role, *owned, more)
    assert before.wanted.least <= after.wanted.least
    assert before.wanted.most <= after.wanted.most
    assert before.wanted.least <= before.minutes_wanted <= before.wanted.most
    order = list(Band)
    assert order.index(before.band) <= order.index(after.band)
    assert after.count == before.count + 1


ROLE = "roles[1]"


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("speed", 1, "speed", "unknown entry"),
        ("healthy_percent", {"from": 90, "to": 80}, "healthy_percent", "up to 100"),
        ("healthy_percent", {"from": 80, "to": 101}, "healthy_percent", "up to 100"),
        ("healthy_percent.from", GONE, "healthy_percent", '"from" is missing'),
        ("risk_hours.low", 1, "risk_hours.low", "unknown entry"),
        ("risk_hours.high", GONE, "risk_hours", '"high" is missing'),
        ("risk_hours.high", -1, "risk_hours.high", "must not be negative"),
        ("renewals.days", 1, "renewals.days", "unknown entry"),
        ("renewals.hours", GONE, "renewals", '"hours" is missing'),
        ("renewals.weeks_before", 53, "renewals.weeks_before", "must not be more than 52"),
        ("roles", [], "roles", "must not be empty"),
        (f"{ROLE}.role", "pam", f"{ROLE}.role", "is there already"),
        (f"{ROLE}.role", "boss", f"{ROLE}.role", "one of pam"),
        (f"{ROLE}.hours_per_week", 0, f"{ROLE}.hours_per_week", "more than zero"),
        (f"{ROLE}.hours_per_week", 169, f"{ROLE}.hours_per_week", "a week has 168 hours"),
        (f"{ROLE}.gate_work_hours.gate_9", {}, f"{ROLE}.gate_work_hours.gate_9", "unknown entry"),
        (f"{ROLE}.gate_work_hours.gate_1.to", 3, f"{ROLE}.gate_work_hours.gate_1.to", "not be below from"),
        (f"{ROLE}.gate_work_hours.gate_1.to", GONE, f"{ROLE}.gate_work_hours.gate_1", '"to" is missing'),
        (f"{ROLE}.portfolios", [], f"{ROLE}.portfolios", "must not be empty"),
        (f"{ROLE}.portfolios[0].count.to", 5, f"{ROLE}.portfolios[0].count.to", "not be below from"),
        (f"{ROLE}.portfolios[0].arr", {"from": 2, "to": 1}, f"{ROLE}.portfolios[0].arr.to", "not be below from"),
        (f"{ROLE}.portfolios[0].needs_role", "king", f"{ROLE}.portfolios[0].needs_role", "one of csmlead"),
        (f"{ROLE}.portfolios[0].arr_segment", "huge", f"{ROLE}.portfolios[0].arr_segment", "one of enterprise"),
        ("roles[5].portfolios[1].id", "senior", "roles[5].portfolios[1].id", "is there already"),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_capacity, changed(BODY, place, value), at=at, words=words)


def test_reviews_are_touchpoints_of_the_cadence() -> None:
    assert POLICY.review_touchpoints <= set(TOUCHPOINTS)
