"""Handoffs, meetings and guides of the demo world: every state is there, and its people find work."""

from collections import Counter

import pytest
from django.db.models import F, Q
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from partners import gate_checks
from partners.handoff_policy import contract_of
from partners.journey_policy import journey_in_force
from partners.models import GateReview, Guide, Handoff, OrganizationFacts, Touchpoint
from partners.rules.journeys import JourneyStage
from partners.selectors.coming_up import coming_up


def test_handoffs_stand_in_every_state() -> None:
    states = Counter(Handoff.objects.values_list("state", flat=True))
    assert set(states) == {"prepared", "offered", "returned", "accepted", "withdrawn"}
    assert Handoff.objects.filter(results_confirmed_at__isnull=False).exists()
    assert Handoff.objects.filter(state="offered", due_at__lt=timezone.now()).exists()


def test_no_partner_was_launched_without_a_tam_who_had_accepted() -> None:
    launched = GateReview.objects.filter(stage="gate_3", decided_at__isnull=False).order_by("pk")
    assert launched.count() >= 12
    for review in launched:
        rows = Handoff.objects.filter(organization=review.organization_id, kind="psm_to_tam", state="accepted")
        [handoff] = rows.filter(accepted_at__range=(review.opened_at, review.decided_at))
        items = list(handoff.items.all())
        assert set(contract_of(handoff).required_items) <= {item.key for item in items}
        assert all(item.is_settled and item.read_at for item in items)
        assert handoff.offered_at is not None
        assert handoff.offered_at <= handoff.accepted_at
        facts = gate_checks.facts_of(
            _stage("partner", "gate_3"), organization=review.organization, review=review, now=timezone.now()
        )
        assert facts["handed_over_to_tam"].is_met


def test_most_of_what_is_behind_was_handed_on() -> None:
    kinds = Counter(Handoff.objects.filter(state="accepted").values_list("kind", flat=True))
    assert kinds["pdm_to_tpm"] > 25
    assert kinds["tpm_to_psm"] > 15
    assert kinds["sales_to_csm"] > 50
    assert not Handoff.objects.filter(offered_at__lt=F("organization__created_at")).exists()
    assert not Handoff.objects.filter(
        Q(accepted_at__gt=timezone.now()) | Q(results_added_at__gt=timezone.now())
    ).exists()


def _stage(kind: str, stage: str) -> JourneyStage:
    journey = journey_in_force(kind)
    assert journey is not None
    return journey.stage(stage)


@pytest.mark.parametrize("key", ["tam", "psm"])
def test_handoffs_wait_on_homes(key: str) -> None:
    person = User.objects.get(email=f"{key}@demo.example")
    assert coming_up(actor_for(person), now=timezone.now()).handoffs


def test_meetings_are_behind_and_ahead() -> None:
    states = Counter(Touchpoint.objects.values_list("state", flat=True))
    assert states["done"] > states["skipped"] > 0
    assert states["planned"] > states["done"]
    late = Touchpoint.objects.filter(state="planned", planned_on__lt=timezone.localdate()).count()
    assert 0 < late < states["done"] / 4
    assert OrganizationFacts.objects.filter(next_touchpoint_on__isnull=False).count() > 50
    tam = User.objects.get(email="tam@demo.example")
    assert coming_up(actor_for(tam), now=timezone.now()).meetings


def test_every_guide_has_a_keeper_of_its_role() -> None:
    assert not Guide.objects.filter(owner__isnull=True).exists()
    late = Guide.objects.filter(review_due_on__lt=timezone.localdate()).count()
    assert 0 < late < Guide.objects.count() / 2
