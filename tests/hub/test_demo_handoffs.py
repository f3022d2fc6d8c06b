"""Handoffs, meetings and guides of the demo world: every state is there, and its people find work."""

from collections import Counter

import pytest
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.scope import Scope, set_scope
from partners.models import Guide, Handoff, OrganizationFacts, Touchpoint
from partners.selectors.coming_up import coming_up
from tests.hub.test_demo import told  # noqa: F401 - the world, built once


@pytest.fixture(autouse=True)
def see_everything(told: str) -> None:  # noqa: F811
    set_scope(Scope.all())


def test_handoffs_stand_in_every_state() -> None:
    states = Counter(Handoff.objects.values_list("state", flat=True))
    assert set(states) == {"prepared", "offered", "returned", "accepted", "withdrawn"}
    assert Handoff.objects.filter(results_confirmed_at__isnull=False).exists()
    assert Handoff.objects.filter(state="offered", due_at__lt=timezone.now()).exists()


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
