"""Success plans over all: narrowed by pace as the rule has it, coverage with the rows behind it, value realized."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from partners.models import BusinessReview, Organization, OrganizationFacts, SuccessPlan, Task, Touchpoint
from partners.rules.objectives import Pace
from partners.rules.success_plan_packs import Expected, SuccessPlanPolicy
from partners.selectors import plan_coverage, plan_lists, plan_value
from partners.selectors.plan_coverage import AccountFilter
from partners.selectors.plan_lists import PlanFilter
from partners.selectors.plan_reviews import quarter_of
from partners.selectors.success_plans import PACE_WORDS
from partners.services import losses
from tests.cast import Cast
from tests.factories.partners import NOW, make_customer, make_partner
from tests.factories.plans import make_objective, make_plan

pytestmark = pytest.mark.django_db
TODAY, DAY = timezone.localdate(NOW), timedelta(days=1)
POLICY = SuccessPlanPolicy(
    version=1, templates={}, expected_of=(Expected(kinds=("customer",), stages=None, arr_segments=("enterprise",)),)
)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def running(organization: Organization, **more: Any) -> SuccessPlan:
    """A plan that began 50 days ago and ends in 50."""
    return make_plan(organization, **{"starts_on": TODAY - 50 * DAY, "ends_on": TODAY + 50 * DAY, **more})


def test_the_database_and_the_rule_agree_on_what_is_behind(cast: Cast) -> None:
    number = Decimal
    values = (None, number(10), number(30), number(45), number(100), number(120))
    ways = [
        {
            "direction": direction,
            "baseline": baseline,
            "target": target,
            "value": value,
            "target_on": TODAY + days * DAY,
        }
        for direction, baseline, target, value, days in product(
            ("more", "less"), (None, number(0), number(100)), (None, number(100)), values, (-1, 0, 50)
        )
    ]
    plans = [running(cast.northwind) for _way in ways]
    for plan, way in zip(plans, ways, strict=True):
        make_objective(plan, metric="uptime" if way["target"] else "", **way)
    for settled in range(6):
        plan = running(cast.northwind)
        done = {"state": "skipped", "skip_reason": "x"}
        made = [Task(organization=cast.northwind, plan=plan, title="x") for _task in range(5)]
        for task in made[:settled]:
            task.state, task.skip_reason = done["state"], done["skip_reason"]
        Task.objects.bulk_create(made)
    running(cast.northwind, starts_on=TODAY, ends_on=TODAY)
    running(cast.northwind, state="draft", starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY)
    actor, label = cast.actor("tom"), str(PACE_WORDS[Pace.BEHIND][0])
    everything = list(plan_lists.plans_as_file(actor, PlanFilter(), now=NOW))
    by_rule = {row.plan.public_id for row in everything if row.plan.is_active and row.plan.pace_label == label}
    found = list(plan_lists.plans_as_file(actor, PlanFilter(behind=True), now=NOW))
    assert {row.plan.public_id for row in found} == by_rule
    assert 20 < len(by_rule) < len(everything) - 20


def test_the_list_is_narrowed_and_taken_along(cast: Cast) -> None:
    today = timezone.localdate()
    own = {"starts_on": today - 10 * DAY, "ends_on": today + 40 * DAY}
    running(cast.northwind, title="Ours", owner=cast.tom, **own)
    running(cast.birch, title="Theirs", owner=cast.carl, starts_on=today - 90 * DAY, ends_on=today - DAY)
    running(cast.birch, title="Long gone", state="completed", **own)
    running(cast.birch, title="Nobody's", state="draft", **own)
    running(make_partner(name="Foreign"), title="Foreign", **own)
    Touchpoint.objects.create(organization=cast.birch, kind="business_review", planned_on=today, state="done")
    page, tom = reverse("partners:success_plans"), signed_in(cast.tom)

    def shown(query: str) -> set[str]:
        text = tom.get(f"{page}?{query}").content.decode()
        titles = ("Ours", "Theirs", "Long gone", "Nobody&#x27;s", "Foreign")
        return {title[:6] for title in titles if f"· {title}</a>" in text}

    assert shown("") == {"Ours", "Theirs", "Nobody"}
    assert shown("state=every&kind=customer") == {"Theirs", "Long g", "Nobody"}
    assert shown("owner=me") == {"Ours"}
    assert shown(f"owner={cast.carl.public_id}") == {"Theirs"}
    assert shown("owner=nobody") == {"Nobody"}
    assert shown("review=due") == {"Ours"}
    assert shown("state=completed&pace=behind") == set()
    assert shown("owner=%00&state=x&cursor=x") == {"Ours", "Theirs", "Nobody"}
    file = signed_in(cast.max).post(f"{reverse('partners:success_plan_export')}?kind=customer").content.decode()
    assert file.count("\n") == 3
    assert "Theirs" in file
    assert signed_in(cast.sue).get(page).content.decode().count("Ours") == 0


def test_coverage_counts_what_its_links_show(cast: Cast) -> None:
    quarter, actor = quarter_of(NOW), cast.actor("max")
    accounts = [make_customer(name=f"Big {number}", owners={"csm": cast.carl}) for number in range(4)]
    for account in accounts:
        OrganizationFacts.objects.filter(organization=account).update(arr_segment="enterprise")
    big, planned, lost, unsigned = accounts
    running(planned)
    running(big, state="draft")
    Organization.objects.filter(pk=unsigned.pk).update(stage="pre_sales")
    losses.record(by=cast.actor("adam"), organization=lost, values={"lost_on": TODAY - DAY, "reason": "price"}, now=NOW)
    period = {"period_from": quarter.first - 90 * DAY, "period_to": quarter.first, "title": "Review"}
    shown = {"state": "presented", "content_hash": "x" * 64, "presented_at": NOW}
    BusinessReview.objects.create(organization=planned, **period, **shown)
    last = quarter_of(NOW, back=1)
    Touchpoint.objects.create(organization=big, kind="business_review", planned_on=last.first, state="done")
    found = plan_coverage.coverage(actor, POLICY, quarter)
    one = found.enterprise
    assert (one.accounts, one.plans, one.reviews, one.without_plan) == (2, 1, 1, 1)
    assert (found.expected.accounts, found.expected.plans) == (2, 1)
    assert plan_coverage.coverage(actor, POLICY, last).enterprise.reviews == 1
    assert found.total.accounts == sum(group.accounts for group in found.groups) == 4

    def names(**narrowed: Any) -> list[str]:
        page = plan_coverage.account_page(actor, POLICY, quarter, AccountFilter(**narrowed), cursor="")
        return [row.name for row in page.rows]

    assert names(kind="customer", segment="enterprise") == ["Big 0", "Big 1"]
    assert names(segment="enterprise", plan="no") == names(is_expected=True, plan="no") == ["Big 0"]
    assert names(segment="enterprise", review="yes") == ["Big 1"]
    assert names(kind="customer", segment="none") == ["Birch"]
    assert names(kind="partner", tier="none", plan="no", review="no") == ["Northwind"]
    # Carl opens his own alone, Otto nothing.
    assert plan_coverage.coverage(cast.actor("carl"), POLICY, quarter).total.accounts == 3
    assert plan_coverage.coverage(cast.actor("otto"), POLICY, quarter).total.accounts == 0


@pytest.mark.parametrize(
    ("objective", "counted", "reached"),
    [
        ({"state": "achieved", "achieved_on": date(2026, 2, 1)}, 1, 1),
        ({"state": "achieved", "achieved_on": date(2027, 2, 28)}, 0, 0),
        ({"state": "missed"}, 1, 0),
        ({"state": "open"}, 1, 0),
        ({"state": "open", "target_on": TODAY}, 0, 0),
        ({"state": "dropped"}, 0, 0),
        ({"state": "missed", "target_on": TODAY + 400 * DAY}, 0, 0),
    ],
)
def test_value_is_what_was_reached_in_the_first_year(
    cast: Cast, objective: dict[str, Any], counted: int, reached: int
) -> None:
    launched = TODAY - 200 * DAY
    cast.birch.launched_on = launched
    cast.birch.save()
    plan = running(cast.birch, starts_on=launched, ends_on=TODAY + 500 * DAY)
    if objective.get("achieved_on") == date(2027, 2, 28):
        objective = objective | {"target_on": date(2027, 2, 27)}
    make_objective(plan, **{"target_on": TODAY - DAY, **objective})
    make_objective(running(cast.birch, state="draft"), target_on=TODAY - DAY)
    total = plan_value.value_total(cast.actor("max"), now=NOW)
    assert (total.reached.total, total.reached.hits) == (counted, reached)
    assert (total.accounts, total.silent) == ((1, 0) if counted else (0, 1))
    rows = plan_value.value_page(cast.actor("max"), cursor="", now=NOW).rows
    assert [(row.name, row.reached.hits) for row in rows] == ([("Birch", reached)] if counted else [])


def test_a_late_success_does_not_count_as_value(cast: Cast) -> None:
    cast.birch.launched_on = TODAY - 500 * DAY
    cast.birch.save()
    plan = running(cast.birch, starts_on=TODAY - 500 * DAY)
    late = {"state": "achieved", "target_on": TODAY - 300 * DAY}
    for days in (400, 100):
        make_objective(plan, achieved_on=TODAY - days * DAY, **late)
    total = plan_value.value_total(cast.actor("tom"), now=NOW)
    assert (total.reached.total, total.reached.hits, total.tone) == (2, 1, "warning")


def test_the_pages_of_coverage_and_value(cast: Cast) -> None:
    today = timezone.localdate()
    cast.birch.launched_on = today - 200 * DAY
    cast.birch.save()
    plan = running(cast.birch, starts_on=today - 100 * DAY, ends_on=today - DAY)
    make_objective(plan, state="achieved", achieved_on=today - 5 * DAY)
    max_ = signed_in(cast.max)
    coverage, rows = (reverse(f"partners:plan_{name}") for name in ("coverage", "accounts"))
    text = max_.get(coverage).content.decode()
    assert f'href="{rows}?kind=customer&amp;segment=none&amp;plan=yes"' in text
    assert "quarter=last" in max_.get(f"{coverage}?quarter=last").content.decode()
    assert "Birch" in max_.get(f"{rows}?plan=yes").content.decode()
    assert "No account fits" in max_.get(f"{rows}?plan=no&review=yes&segment=small").content.decode()
    assert "Birch" in max_.post(f"{reverse('partners:plan_account_export')}?plan=yes").content.decode()
    value = max_.get(reverse("partners:plan_value")).content.decode()
    assert "1 of 1 objectives; the goal is 85%" in value
    assert "Birch" in max_.post(reverse("partners:plan_value_export")).content.decode()
    assert "No accounts" in signed_in(cast.otto).get(coverage).content.decode()
    assert "Nothing to tell yet" in signed_in(cast.otto).get(reverse("partners:plan_value")).content.decode()
