"""Success plans in the portal: the shared part, with the reader's own tasks; nothing of others and nothing internal."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from partners.models import Objective, SuccessPlan, Task
from partners.selectors.portal import portal_home
from partners.selectors.portal_plans import PlanInShort, shared_plans
from partners.services import objectives, success_plans
from tests.cast import Cast
from tests.factories.partners import make_partner
from tests.factories.tasks import make_task

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def in_short(cast: Cast) -> tuple[PlanInShort, ...]:
    """What stands on the first page of the portal."""
    home = portal_home(cast.actor("connie"))
    return home.plans if home else ()


@pytest.fixture
def plan(cast: Cast) -> SuccessPlan:
    """A shared plan that has begun, with one objective of each sort."""
    now, by = timezone.now(), cast.actor("tom")
    sent: dict[str, Any] = {"template": "upgrade", "starts_on": timezone.localdate(), "is_shared": True, "now": now}
    made = success_plans.create(by=by, organization=cast.northwind, title="To version 9", **sent)
    success_plans.activate(by=by, plan=made, now=now)
    days = {"target_on": timezone.localdate() + timedelta(days=9)}
    for title, more in (
        ("Saves money", {"gain": Decimal(7_777)}),
        ("Ours alone", {"is_shared": False}),
        ("Not any more", {}),
        ("Never came", {}),
    ):
        one = objectives.add(by=by, plan=made, values={"title": title, **days, **more}, now=now)
        if title == "Not any more":
            objectives.drop(by=by, objective=one, note="Dropped quietly", now=now)
        if title == "Never came":
            objectives.miss(by=by, objective=one, note="They did nothing", now=now)
    return made


def test_what_is_shared_of_a_plan_and_nothing_else(cast: Cast, plan: SuccessPlan) -> None:
    made = {"plan": plan, "source": "plan", "is_shared": True}
    own = make_task(cast.northwind, title="Open the firewall", court="partner", **made)
    make_task(cast.northwind, title="Secret step", plan=plan, source="plan")
    foreign = make_partner(name="Foreign")
    SuccessPlan.objects.create(
        organization=foreign, title="Foreign plan", template="x", starts_on=plan.starts_on, ends_on=plan.ends_on,
        state="active", is_shared=True,
    )  # fmt: skip
    page = reverse("partners:portal_plans")
    connie = signed_in(cast.connie)
    text = connie.get(page).content.decode()
    for words in ("To version 9", "New version in production", "Saves money", "Never came", "Open the firewall"):
        assert words in text
    internal = ("Ours alone", "Not any more", "They did nothing", "quietly", "7,777", "Secret step", "Foreign", "ehind")
    assert [words for words in internal if words in text] == []
    assert reverse("partners:portal_task", args=[own.public_id]) in text
    shown = shared_plans(cast.actor("connie"), now=timezone.now())[0]
    assert shown.tasks[0].title == "Open the firewall"
    assert {row.title for row in shown.tasks if row.is_yours} == {"Open the firewall"}
    assert [(one.title, one.reached, one.agreed) for one in in_short(cast)] == [("To version 9", 0, 4)]
    first = connie.get(reverse("partners:portal")).content.decode()
    assert "To version 9" in first
    assert "Foreign plan" not in first
    assert signed_in(cast.tom).get(page).status_code in (302, 403, 404)


@pytest.mark.parametrize("change", ["unshared", "given up", "draft", "archived"])
def test_a_plan_that_is_not_shown(cast: Cast, plan: SuccessPlan, change: str) -> None:
    by, now = cast.actor("tom"), timezone.now()
    if change == "unshared":
        success_plans.edit(by=by, plan=plan, values={"is_shared": False}, now=now)
    elif change == "given up":
        success_plans.abandon(by=by, plan=plan, note="Over", now=now)
    elif change == "draft":
        SuccessPlan.objects.filter(pk=plan.pk).update(state="draft")
    else:
        cast.northwind.archived_at = now
        cast.northwind.save()
    actor = cast.actor("connie")
    assert (shared_plans(actor, now=now), in_short(cast)) == ([], ())
    assert shared_plans(by, now=now) == []
    if change == "unshared":
        assert "No plan yet" in signed_in(cast.connie).get(reverse("partners:portal_plans")).content.decode()
        assert not Task.objects.filter(plan=plan, is_shared=True).exists()


def test_a_completed_plan_stays_to_be_read(cast: Cast, plan: SuccessPlan) -> None:
    by, now = cast.actor("tom"), timezone.now()
    for one in Objective.objects.filter(plan=plan, state="open"):
        objectives.drop(by=by, objective=one, note="Over", now=now)
    success_plans.complete(by=by, plan=plan, note="Kept to ourselves", now=now)
    text = signed_in(cast.connie).get(reverse("partners:portal_plans")).content.decode()
    assert "Completed" in text
    assert "Kept to ourselves" not in text
    assert in_short(cast) == ()
