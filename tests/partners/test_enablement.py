"""Training, recommendations, integrations, services and wins: what is kept, refused and told."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common.errors import DomainError, NotAllowed
from partners.models import IntegrationStep, ServiceDelivery, TimelineEntry, Win
from partners.services import deliveries, integrations, recommendations, trainings, wins
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact, make_customer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)


def refused(field: str, use_case: Any, **sent: Any) -> None:
    """The use case refuses, at the field or with the code."""
    with pytest.raises(DomainError) as caught:
        use_case(**sent)
    assert field in (caught.value.field, caught.value.code)


def test_a_training_from_need_to_result(cast: Cast) -> None:
    by, organization = cast.actor("tom"), cast.northwind
    made = trainings.add(by=by, organization=organization, values={"title": "Webhooks"}, now=NOW)
    assert made.state == "needed"
    refused("minutes", trainings.edit, by=by, training=made, values={"minutes": 0}, now=NOW)
    made = trainings.edit(by=by, training=made, values={"held_on": TODAY + DAY, "minutes": 90}, version=1, now=NOW)
    assert (made.state, made.version) == ("planned", 2)
    theirs, stranger = make_contact(organization), make_contact(make_customer())
    refused("contact", trainings.attend, by=by, training=made, now=NOW)
    refused("contact", trainings.attend, by=by, training=made, contact=theirs, user=cast.tom, now=NOW)
    refused("contact", trainings.attend, by=by, training=made, contact=stranger, now=NOW)
    refused("result", trainings.attend, by=by, training=made, contact=theirs, result="passed", now=NOW)
    trainings.attend(by=by, training=made, contact=theirs, now=NOW)
    refused("held_on", trainings.hold, by=by, training=made, held_on=TODAY + DAY, now=NOW)
    trainings.hold(by=by, training=made, held_on=TODAY, now=NOW)
    one = trainings.attend(by=by, training=made, contact=theirs, result="passed", now=NOW)
    trainings.attend(by=by, training=made, user=cast.tom, result="attended", now=NOW)
    assert (one.result, made.attendees.count()) == ("passed", 2)
    trainings.leave_out(by=by, attendee=one, now=NOW)
    assert made.attendees.count() == 1
    refused("closed", trainings.cancel, by=by, training=made, note="Ill", now=NOW)
    with pytest.raises(NotAllowed):
        trainings.add(by=cast.actor("sue"), organization=organization, values={"title": "No"}, now=NOW)


def test_a_recommendation_from_proposal_to_effect(cast: Cast) -> None:
    by, organization = cast.actor("tom"), cast.northwind
    sent = {"by": by, "organization": organization, "now": NOW}
    made = recommendations.propose_practice(practice="single_sign_on", **sent)
    assert (made.kind, made.title, made.proposed_on) == ("best_practice", "Sign in through single sign-on", TODAY)
    refused("proposed", recommendations.propose_practice, practice="single_sign_on", **sent)
    refused("practice", recommendations.propose_practice, practice="quarterly_access_review", **sent)
    own = recommendations.propose(values={"title": "Batch the calls"}, **sent)
    assert own.kind == "optimization"
    recommendations.agree(by=by, recommendation=made, due_on=TODAY + 9 * DAY, now=NOW)
    refused("effect", recommendations.finish, by=by, recommendation=made, effect="", now=NOW)
    done = recommendations.finish(by=by, recommendation=made, effect="No resets any more", now=NOW)
    assert (done.state, done.closed_on, done.due_on) == ("done", TODAY, TODAY + 9 * DAY)
    refused("closed", recommendations.decline, by=by, recommendation=made, note="No", now=NOW)
    again = recommendations.reopen(by=by, recommendation=made, now=NOW)
    assert (again.state, again.closed_on, again.effect) == ("proposed", None, "")
    refused("note", recommendations.decline, by=by, recommendation=own, note="", now=NOW)


def test_an_integration_keeps_the_day_first_planned(cast: Cast) -> None:
    by = cast.actor("tom")
    made = integrations.add(by=by, organization=cast.northwind, values={"name": "Billing"}, now=NOW)
    assert IntegrationStep.objects.filter(integration=made).count() == 6
    sent: dict[str, Any] = {"by": by, "integration": made, "stage": "design", "now": NOW}
    integrations.set_step(planned_on=TODAY - DAY, **sent)
    refused("done_on", integrations.set_step, planned_on=TODAY, done_on=TODAY + DAY, **sent)
    step = integrations.set_step(planned_on=TODAY, done_on=TODAY, **sent)
    assert (step.first_planned_on, step.planned_on, step.done_on) == (TODAY - DAY, TODAY, TODAY)
    assert TimelineEntry.objects.filter(kind="integration").count() == 2
    refused("stage", integrations.set_step, planned_on=TODAY, **{**sent, "stage": "party"})
    refused("state", integrations.set_state, by=by, integration=made, state="open", now=NOW)
    assert integrations.set_state(by=by, integration=made, state="live", now=NOW).state == "live"
    url = {"documentation_url": "javascript:alert(1)"}
    refused("documentation_url", integrations.edit, by=by, integration=made, values=url, now=NOW)


def test_services_are_recorded_and_withdrawn(cast: Cast) -> None:
    by = cast.actor("tom")
    sent: dict[str, Any] = {
        "by": by, "organization": cast.northwind, "service": "on_site", "delivered_on": TODAY, "days": Decimal(2),
        "now": NOW,
    }  # fmt: skip
    made = deliveries.record(**sent)
    refused("service", deliveries.record, **{**sent, "service": "lunch"})
    refused("delivered_on", deliveries.record, **{**sent, "delivered_on": TODAY + DAY})
    for days in ("0", "-1", "61", "NaN"):
        refused("days", deliveries.record, **{**sent, "days": Decimal(days)})
    deliveries.withdraw(by=by, delivery=made, now=NOW)
    refused("withdrawn", deliveries.withdraw, by=by, delivery=made, now=NOW)
    assert ServiceDelivery.objects.get().withdrawn_at == NOW


def test_a_win_is_told_with_consent_only(cast: Cast) -> None:
    by, contact = cast.actor("tom"), make_contact(cast.northwind)
    values: dict[str, Any] = {"title": "Live in six weeks", "achieved_on": TODAY}
    made = wins.add(by=by, organization=cast.northwind, values=values, now=NOW)
    for broken, field in (
        ({"is_reference": True}, "consent"),
        ({"audience": "public"}, "consent"),
        ({"consent": "given"}, "contact"),
        ({"achieved_on": TODAY + DAY}, "achieved_on"),
        ({"contact": make_contact(make_customer())}, "contact"),
    ):
        refused(field, wins.edit, by=by, win=made, values=broken, now=NOW)
    told = {"consent": "given", "contact": contact, "is_reference": True, "audience": "customers"}
    assert wins.edit(by=by, win=made, values=told, version=1, now=NOW).version == 2
    wins.archive(by=by, win=made, now=NOW)
    refused("archived", wins.edit, by=by, win=made, values={"title": "Other"}, now=NOW)
    assert wins.restore(by=by, win=made, now=NOW).archived_at is None
    assert Win.objects.get().audience == "customers"
