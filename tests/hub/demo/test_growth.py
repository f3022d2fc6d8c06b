"""What grows, what is planned and what was looked back on in the demo world."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from partners.growth_choices import OpportunityStage
from partners.models import (
    BusinessReview,
    Loss,
    LossAutopsy,
    Objective,
    Opportunity,
    Organization,
    Renewal,
    RevenueChange,
    ReviewSection,
    SuccessPlan,
)
from partners.selectors.growth import retention_in
from partners.selectors.opportunities import rates_on


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
    assert Counter(SuccessPlan.objects.values_list("state", flat=True)) == {"active": 5, "draft": 1}
    assert Objective.objects.filter(measured_at__isnull=False).exists()
    assert Counter(BusinessReview.objects.values_list("state", flat=True)) == {
        "presented": 3, "ready": 2, "building": 1,
    }  # fmt: skip
    assert ReviewSection.objects.filter(review__state="presented").count() > 15
