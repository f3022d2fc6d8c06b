"""What grows, what is planned and what was looked back on in the demo world."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from partners.enablement_policy import plans_in_force
from partners.growth_choices import OpportunityStage
from partners.models import (
    BusinessReview,
    Contact,
    Loss,
    LossAutopsy,
    Objective,
    Opportunity,
    Organization,
    Renewal,
    RevenueChange,
    ReviewSection,
    SuccessPlan,
    Task,
)
from partners.selectors import plan_coverage, plan_value
from partners.selectors.growth import retention_in
from partners.selectors.opportunities import rates_on
from partners.selectors.plan_reviews import quarter_of


def test_the_ledger_adds_up_to_what_a_year_brings() -> None:
    gone = set(Loss.objects.values_list("organization_id", flat=True))
    sums = dict(RevenueChange.objects.order_by().values_list("organization_id").annotate(total=Sum("amount")))
    known = Organization.objects.filter(pk__in=sums).exclude(pk__in=gone)
    assert {one.pk: one.arr for one in known} == {pk: total for pk, total in sums.items() if pk not in gone}
    assert len(gone) == 2
    assert all(sums[pk] == 0 for pk in gone)
    assert LossAutopsy.objects.filter(loss__organization_id__in=gone).count() == 2
    today = timezone.localdate()
    _currency, rates = rates_on(today)
    manager = actor_for(User.objects.get(email="manager@demo.example"))
    year = retention_in(manager, today - timedelta(days=364), today, rates)
    assert year.grr is not None
    assert year.nrr is not None
    assert Decimal("0.8") < year.grr < 1
    assert year.grr < year.nrr


def test_chances_and_renewals_in_every_state() -> None:
    assert set(Opportunity.objects.values_list("stage", flat=True)) == set(OpportunityStage.values)
    near = Renewal.objects.open().filter(due_on__lte=timezone.localdate() + timedelta(days=90))
    assert near.filter(owner_verdict="").exists()
    assert {"renew", "at_risk", "leave"} <= set(near.values_list("owner_verdict", flat=True))
    assert near.exclude(partner_verdict="").exists()
    assert not Renewal.objects.open().filter(machine_verdict="").exists()
    assert set(Renewal.objects.values_list("state", flat=True)) == {"open", "renewed", "lost"}


def test_plans_run_and_reviews_were_presented() -> None:
    now, manager = timezone.now(), actor_for(User.objects.get(email="manager@demo.example"))
    assert set(SuccessPlan.objects.values_list("state", flat=True)) == {"active", "completed", "draft"}
    found = plan_coverage.coverage(manager, plans_in_force(), quarter_of(now))
    assert 0.6 < (found.expected.with_plan.value or 0) < 0.95
    assert 0.3 < (found.total.with_plan.value or 0) < 0.7
    value = plan_value.value_total(manager, now=now)
    assert 0.65 < (value.reached.value or 0) < 0.95
    assert value.accounts > 20
    guest = Contact.objects.get(user__email="contact@demo.example")
    assert SuccessPlan.objects.filter(organization=guest.organization, is_shared=True, state="active").exists()
    assert not Task.objects.filter(plan__isnull=False, done_at__gt=now).exists()
    assert Objective.objects.filter(measured_at__isnull=False).exists()
    assert Counter(BusinessReview.objects.values_list("state", flat=True)) == {
        "presented": 3, "ready": 2, "building": 1,
    }  # fmt: skip
    assert ReviewSection.objects.filter(review__state="presented").count() > 15
