"""Comparing real values, and the answers that are worked out: tables with the boundaries of journey.md."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.classification import ClassificationPolicy
from partners.rules.computed import COMPUTATIONS, Circumstances, ComputedAnswer, compute
from partners.rules.conditions import Answer, Operator, days_later, holds, months_later
from partners.rules.journeys import Computed, RuleValue
from tests.partners.journey_world import POLICY, TODAY, around

D = Decimal


@pytest.mark.parametrize(
    ("operator", "found", "wanted", "expected"),
    [
        ("equals", "yes", "yes", True),
        ("equals", "no", "yes", False),
        ("equals", " Kind  Words ", "kind words", True),
        ("equals", D("5.0"), D(5), True),
        ("equals", date(2025, 1, 1), date(2025, 1, 1), True),
        ("not_equals", "no", "yes", True),
        ("not_equals", D(5), D("5.00"), False),
        ("greater_than", D("10.01"), D(10), True),
        ("greater_than", D(10), D(10), False),
        ("greater_than", D(9), D(10), False),
        ("greater_than", D(100), D(20), True),
        ("less_than", D("9.99"), D(10), True),
        ("less_than", D(10), D(10), False),
        ("at_least", D(10), D("10.0"), True),
        ("at_least", D("9.999999999999999999"), D(10), False),
        ("greater_than", date(2025, 1, 2), date(2025, 1, 1), True),
        ("greater_than", date(2025, 1, 1), date(2025, 1, 1), False),
        ("less_than", date(2024, 12, 31), date(2025, 1, 1), True),
        ("at_least", date(2025, 1, 1), date(2025, 1, 1), True),
        ("contains", "We use Grafana here", "grafana", True),
        ("contains", "We use Zabbix", "grafana", False),
        ("not_contains", "We use Zabbix", "grafana", True),
        ("not_contains", "GRAFANA", "grafana", False),
        ("in", "medium", ("high", "medium"), True),
        ("in", "low", ("high", "medium"), False),
        ("in", D("2.0"), (D(1), D(2)), True),
        # Closing within [today, today + 60 days]; today is 2 June 2025.
        ("within_days", date(2025, 6, 1), 60, False),
        ("within_days", date(2025, 6, 2), 60, True),
        ("within_days", date(2025, 8, 1), 60, True),
        ("within_days", date(2025, 8, 2), 60, False),
        ("within_days", date(2025, 6, 2), 0, True),
        # Launch up to the same day next year.
        ("within_months", date(2025, 6, 1), 12, False),
        ("within_months", date(2025, 6, 2), 12, True),
        ("within_months", date(2026, 6, 2), 12, True),
        ("within_months", date(2026, 6, 3), 12, False),
    ],
)
def test_operators(operator: str, found: Answer, wanted: RuleValue, expected: bool) -> None:
    assert date(2025, 6, 2) == TODAY
    assert holds(operator, found, wanted, today=TODAY) is expected


@pytest.mark.parametrize("operator", Operator)
def test_no_answer_satisfies_nothing(operator: Operator) -> None:
    assert holds(operator, None, ("yes",), today=TODAY) is False


@pytest.mark.parametrize(
    ("operator", "found", "wanted"),
    [
        ("greater_than", "11", D(10)),
        ("less_than", D(1), date(2025, 1, 1)),
        ("in", "yes", "yes"),
        ("within_days", "2025-06-02", 60),
        ("within_days", date(2025, 6, 2), D(60)),
    ],
)
def test_what_cannot_be_compared_is_no_answer_but_an_error(operator: str, found: Answer, wanted: RuleValue) -> None:
    with pytest.raises(TypeError):
        holds(operator, found, wanted, today=TODAY)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
        (date(2025, 6, 2), 0, date(2025, 6, 2)),
        (date(9999, 6, 2), 12, date.max),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(st.dates(), st.integers(0, 40_000))
def test_days_later_is_a_day_whatever_is_asked(day: date, days: int) -> None:
    found = days_later(day, days)
    assert found == date.max or found == day + timedelta(days=days)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2100, 12, 31)), st.integers(0, 120), st.integers(0, 120))
def test_more_months_never_end_earlier(day: date, months: int, more: int) -> None:
    assert day <= months_later(day, months) <= months_later(day, months + more)


def worked_out(
    name: str, ccv: str | None, lrp: str | None, circumstances: Circumstances | None = None
) -> ComputedAnswer:
    answers: dict[str, Answer | None] = {
        "ccv": D(ccv) if ccv is not None else None,
        "lrp": D(lrp) if lrp is not None else None,
    }
    return compute(Computed(name=name, arguments={"ccv": "ccv", "lrp": "lrp"}), answers, circumstances or around())


@pytest.mark.parametrize(
    ("ccv", "lrp", "tier", "share", "is_strategic", "is_tier_0"),
    [
        # CCV exactly 50 million is tier 0, whatever the plan.
        ("50000000", "0", "tier_0", "0.00", "yes", "yes"),
        ("50000000.00", "9999999999", "tier_0", "0.50", "yes", "yes"),
        ("49999999.99", "0", "tier_2", "0.00", "no", "no"),
        # Exactly 10 percent is tier 1.
        ("10000000", "100000000", "tier_1", "10.00", "yes", "no"),
        ("9999999.99", "100000000", "tier_2", "10.00", "no", "no"),
        ("49999999.99", "499999999.90", "tier_1", "10.00", "yes", "no"),
        ("49999999.99", "499999999.91", "tier_2", "10.00", "no", "no"),
        ("33.33", "333.30", "tier_1", "10.00", "yes", "no"),
        ("33.33", "333.31", "tier_2", "10.00", "no", "no"),
        ("2", "3", "tier_1", "66.67", "yes", "no"),
        ("0", "100", "tier_2", "0.00", "no", "no"),
        ("0", "0", "tier_2", "0.00", "no", "no"),
        ("100", "50", "tier_1", "200.00", "yes", "no"),
    ],
)
def test_tier_and_share(ccv: str, lrp: str, tier: str, share: str, is_strategic: str, is_tier_0: str) -> None:
    assert worked_out("partner_tier", ccv, lrp).value == tier
    assert worked_out("ccv_share_of_lrp_percent", ccv, lrp).text == share
    assert worked_out("meets_tier_threshold", ccv, lrp).value == is_strategic
    assert worked_out("meets_financial_bar", ccv, lrp).value == is_strategic
    assert worked_out("meets_tier_0", ccv, lrp).value == is_tier_0


def test_the_share_is_compared_unrounded_and_shown_with_two_decimals() -> None:
    share = worked_out("ccv_share_of_lrp_percent", "9999999.99", "100000000")
    assert share.text == "10.00"
    assert holds("at_least", share.value, D(10), today=TODAY) is False


@pytest.mark.parametrize(
    ("ccv", "lrp", "missing"),
    [(None, "100", ["ccv"]), ("49999999.99", None, ["country_lrp"]), (None, None, ["ccv", "country_lrp"])],
)
def test_a_missing_amount_gives_no_tier(ccv: str | None, lrp: str | None, missing: list[str]) -> None:
    for name in ("partner_tier", "meets_tier_threshold", "meets_financial_bar", "meets_tier_0"):
        answer = worked_out(name, ccv, lrp)
        assert (answer.value, answer.text) == (None, "")
        assert answer.receipt["params"] == {"facts": missing}
    assert worked_out("ccv_share_of_lrp_percent", ccv, lrp).value is None


def test_fifty_million_is_tier_0_before_the_plan_is_known() -> None:
    assert worked_out("partner_tier", "50000000", None).value == "tier_0"
    assert worked_out("meets_financial_bar", "50000000", None).value == "yes"


def test_another_currency_is_converted_by_the_rate_of_the_day() -> None:
    assert POLICY.rates is not None
    rate = POLICY.rates.rate("EUR", TODAY)
    assert rate is not None
    at_threshold = D(50_000_000) / rate.rate
    above, below = f"{at_threshold + 1:.2f}", f"{at_threshold - 1:.2f}"
    assert worked_out("partner_tier", above, "999999999999", around(currency="EUR")).value == "tier_0"
    assert worked_out("partner_tier", below, "999999999999", around(currency="EUR")).value == "tier_2"


def test_without_a_policy_or_a_rate_nothing_is_guessed() -> None:
    unknown = around(policy=ClassificationPolicy())
    assert worked_out("partner_tier", "50000000", "1", unknown).value is None
    assert worked_out("meets_tier_threshold", "50000000", "1", around(currency="XTS")).value is None


@pytest.mark.parametrize(
    ("name", "limit", "day", "today", "expected"),
    [
        ("is_within_days", {"days": 60}, date(2025, 8, 1), TODAY, "yes"),
        ("is_within_days", {"days": 60}, date(2025, 8, 2), TODAY, "no"),
        ("is_within_days", {"days": 60}, date(2025, 6, 1), TODAY, "no"),
        ("is_within_days", {"days": 60}, None, TODAY, None),
        ("is_within_months", {"months": 12}, date(2026, 6, 2), TODAY, "yes"),
        ("is_within_months", {"months": 12}, date(2026, 6, 3), TODAY, "no"),
        ("is_within_months", {"months": 12}, date(2029, 2, 28), date(2028, 2, 29), "yes"),
        ("is_within_months", {"months": 12}, date(2029, 3, 1), date(2028, 2, 29), "no"),
        ("is_within_months", {"months": 12}, date(2028, 2, 28), date(2027, 2, 28), "yes"),
        ("is_within_months", {"months": 12}, date(2028, 2, 29), date(2027, 2, 28), "no"),
    ],
)
def test_days_are_counted_from_the_local_date(
    name: str, limit: dict[str, int], day: date | None, today: date, expected: str | None
) -> None:
    computed = Computed(name=name, arguments={"date": "day", **limit})
    assert compute(computed, {"day": day}, around(today=today)).value == expected


def test_a_receipt_says_between_which_days_it_had_to_lie() -> None:
    computed = Computed(name="is_within_days", arguments={"date": "day", "days": 60})
    assert compute(computed, {"day": date(2025, 9, 1)}, around()).receipt == {
        "rule": "between",
        "date": "2025-09-01",
        "from": "2025-06-02",
        "to": "2025-08-01",
    }


@given(
    st.decimals(0, 10**13, places=2, allow_nan=False),
    st.decimals(0, 10**13, places=2, allow_nan=False),
)
def test_the_worked_out_answers_agree_with_each_other(ccv: Decimal, lrp: Decimal) -> None:
    given_amounts = {"ccv": ccv, "lrp": lrp}
    found = {
        name: compute(Computed(name=name, arguments={"ccv": "ccv", "lrp": "lrp"}), given_amounts, around())
        for name, computation in COMPUTATIONS.items()
        if "ccv" in computation.takes
    }
    if ccv >= 50_000_000:
        tier = "tier_0"
    else:
        tier = "tier_1" if lrp > 0 and ccv / lrp * 100 >= 10 and ccv * 10 >= lrp else "tier_2"
    assert found["partner_tier"].value == tier
    assert found["meets_tier_0"].value == ("yes" if tier == "tier_0" else "no")
    assert found["meets_financial_bar"].value == found["meets_tier_threshold"].value
    assert found["meets_tier_threshold"].value == ("no" if tier == "tier_2" else "yes")
