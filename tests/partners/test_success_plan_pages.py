"""Pages of success plans: the tab of an organization, drafting, beginning, settling; strangers find nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from partners import gate_checks
from partners.enablement_checks import _success_plan_active, _trainings_passed
from partners.gate_checks import Asked
from partners.models import GateReview, Objective, OrganizationFacts, SuccessPlan, Task, TrainingAttendee
from partners.services import erasure, objectives, success_plans, trainings, wins
from partners.services.person_records import find_person
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact
from tests.partners.journey_world import CUSTOMER

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    """A browser of theirs."""
    client = Client()
    client.force_login(user)
    return client


def test_a_plan_from_the_empty_tab_to_its_end(cast: Cast) -> None:
    tom, tab = signed_in(cast.tom), reverse("partners:organization_success_plans", args=[cast.northwind.public_id])
    assert "No success plan yet" in tom.get(tab).content.decode()
    add = reverse("partners:success_plan_add", args=[cast.northwind.public_id])
    assert "onboarding_30_60_90" in tom.get(add).content.decode()
    today = timezone.localdate()
    broken = {"template": "technical", "starts_on": today.isoformat(), "ends_on": "2001-01-01"}
    assert tom.post(add, broken).status_code == 422
    answer = tom.post(add, {"template": "onboarding_30_60_90", "starts_on": today.isoformat(), "is_shared": "on"})
    assert answer.status_code == 302
    plan = SuccessPlan.objects.get()
    assert tom.post(reverse("partners:success_plan_begin", args=[plan.public_id])).status_code == 302
    by_hand = plan.objectives.get(metric="")
    priced = {"gain": 5000}
    objectives.edit(by=cast.actor("tom"), objective=by_hand, values=priced, now=NOW)
    page = tom.get(tab).content.decode()
    assert "not measured yet" in page
    assert "5,000" in page
    assert "5,000" not in signed_in(cast.petra).get(tab).content.decode()
    tom.post(reverse("partners:objective_achieve", args=[by_hand.public_id]), {"note": "Said so"})
    by_hand.refresh_from_db()
    assert by_hand.state == "achieved"
    edit = reverse("partners:success_plan_edit", args=[plan.public_id])
    assert (
        tom.post(edit, {"title": "Ours", "starts_on": "2026-01-01", "ends_on": "2026-09-01", "version": 1}).status_code
        == 422
    )
    tom.post(reverse("partners:success_plan_abandon", args=[plan.public_id]), {"note": "New management"})
    plan.refresh_from_db()
    assert (plan.state, plan.closing_note) == ("abandoned", "New management")
    assert signed_in(cast.otto).get(edit).status_code == 404
    assert signed_in(cast.otto).post(reverse("partners:success_plan_begin", args=[plan.public_id])).status_code == 404


def test_objectives_and_steps_through_their_forms(cast: Cast) -> None:
    tom, tab = signed_in(cast.tom), reverse("partners:organization_success_plans", args=[cast.northwind.public_id])
    today, by = timezone.localdate(), cast.actor("tom")
    sent: dict[str, Any] = {"template": "upgrade", "starts_on": today, "now": timezone.now()}
    plan = success_plans.create(by=by, organization=cast.northwind, **sent)
    add = reverse("partners:objective_add", args=[plan.public_id])
    assert 'name="gain"' in tom.get(add).content.decode()
    assert 'name="gain"' not in signed_in(cast.petra).get(add).content.decode()
    values = {"title": "Faster reports", "target_on": today.isoformat(), "metric": "uptime"}
    answer = tom.post(add, values)
    assert answer.status_code == 422
    assert "Give the value to reach" in answer.content.decode()
    assert tom.post(add, values | {"target": "99.9", "gain": "1200"}).status_code == 302
    made = Objective.objects.get(title="Faster reports")
    assert (made.metric, made.direction, made.place, made.is_shared) == ("uptime", "more", 2, False)
    edit = reverse("partners:objective_edit", args=[made.public_id])
    changed = values | {"title": "Quick reports", "target": "99.5", "gain": "1200"}
    assert 'value="99.9"' in tom.get(edit).content.decode()
    assert tom.post(edit, changed | {"version": "7"}).status_code == 422
    assert tom.post(edit, changed | {"version": "1"}).status_code == 302
    assert tom.post(reverse("partners:objective_move", args=[made.public_id]), {"way": "up"}).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.place) == ("Quick reports", 1)
    step = reverse("partners:plan_step_add", args=[plan.public_id])
    wanted = {"title": "Call them", "due_on": today.isoformat(), "court": "us", "owner": cast.ana.email}
    assert "has begun and has not ended" in tom.post(step, wanted).content.decode()
    success_plans.activate(by=by, plan=plan, now=timezone.now())
    assert tom.post(step, wanted).status_code == 302
    page = tom.get(tab).content.decode()
    assert "Call them" in page
    assert reverse("partners:task", args=[Task.objects.get(title="Call them").public_id]) in page
    for address in (add, edit, step):
        assert signed_in(cast.otto).get(address).status_code == 404
        assert signed_in(cast.max).get(address).status_code == 403


def test_gates_ask_for_an_active_plan_and_passed_training(cast: Cast) -> None:
    organization = cast.northwind
    asked = Asked(organization=organization, review=GateReview(organization=organization), now=NOW)
    assert (_success_plan_active(asked).is_met, _trainings_passed(asked).is_met) == (False, False)
    day = timezone.localdate(NOW)
    SuccessPlan.objects.create(
        organization=organization, template="technical", title="Plan", starts_on=day, ends_on=day, state="active"
    )
    by, contact = cast.actor("tom"), make_contact(organization)
    training = trainings.add(by=by, organization=organization, values={"title": "API"}, now=NOW)
    trainings.hold(by=by, training=training, held_on=day, now=NOW)
    for result, is_met in (("failed", False), ("passed", True)):
        trainings.attend(by=by, training=training, contact=contact, result=result, now=NOW)
        assert _trainings_passed(asked).is_met is is_met
    assert _success_plan_active(asked).is_met
    # The criteria of the customer journey ask the same, but not of those whose onboarding is automated.
    stage, review = CUSTOMER.stage("adopt"), GateReview(organization=cast.birch)
    for gemstone, is_met in (("ruby", False), ("quartz", True)):
        OrganizationFacts.objects.filter(organization=cast.birch).update(gemstone=gemstone)
        facts = gate_checks.facts_of(stage, organization=cast.birch, review=review, now=NOW)
        assert facts["training_passed"].is_met is is_met
    assert gate_checks.place_of("trainings_passed", cast.birch.public_id).endswith("/enablement/")
    assert TrainingAttendee.objects.count() == 1


def test_erasure_reaches_what_is_told_of_people(cast: Cast) -> None:
    contact = make_contact(cast.northwind, name="Zebulon Quill", email="zebulon@quill.example")
    values = {"title": "A win", "story": "Zebulon Quill said yes", "achieved_on": timezone.localdate(NOW)}
    made = wins.add(by=cast.actor("tom"), organization=cast.northwind, values=values, now=NOW)
    erasure.erase_person(person=find_person(contact.email), reason="Asked for", now=NOW)
    made.refresh_from_db()
    assert "Quill" not in made.story
