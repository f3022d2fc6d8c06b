"""What health hears of enablement: each figure by hand, nothing where nothing is known."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from health.collectors import enablement
from partners.models import (
    IntegrationStep,
    Organization,
    Recommendation,
    TechnicalIntegration,
    Training,
    TrainingAttendee,
)
from tests.cast import Cast
from tests.factories.partners import make_contact
from tests.factories.tickets import MONDAY

AT = MONDAY + timedelta(hours=3)

pytestmark = pytest.mark.django_db


def day(days_ago: int) -> date:
    return AT.date() - timedelta(days=days_ago)


def trained(organization: Organization, days_ago: int, **results: str) -> None:
    """A training that was held, with the results of contacts by name."""
    training = Training.objects.create(organization=organization, title="API", state="held", held_on=day(days_ago))
    for name, result in results.items():
        contact = organization.contacts.filter(name=name).first() or make_contact(organization, name=name)
        TrainingAttendee.objects.create(organization=organization, training=training, contact=contact, result=result)


def test_every_figure_by_hand(cast: Cast) -> None:
    one = {"organization": cast.northwind}
    live = TechnicalIntegration.objects.create(**one, name="Billing", state="live")
    stopped = TechnicalIntegration.objects.create(**one, name="Old", state="stopped")
    TechnicalIntegration.objects.create(**one, name="Sign-on")
    for integration, stage, planned, done in (
        (live, "requirements", 50, 50),
        (live, "design", 40, 30),
        (live, "implement", 10, None),
        (live, "test", -5, None),
        (live, "deploy", -5, 1),
        (live, "optimize", 300, 290),
        (stopped, "design", 20, None),
    ):
        days = {"first_planned_on": day(planned), "done_on": None if done is None else day(done)}
        IntegrationStep.objects.create(**one, integration=integration, stage=stage, **days)
    for model in (TechnicalIntegration, IntegrationStep):
        model.objects.update(created_at=AT - timedelta(days=300))
    trained(cast.northwind, 90, Kim="failed", Lou="passed", Mia="absent")
    trained(cast.northwind, 20, Kim="passed", Noa="failed")
    trained(cast.northwind, 400, Pia="failed")
    for state, closed in (("done", 5), ("proposed", None), ("declined", 9), ("done", -2)):
        on = None if closed is None else day(closed)
        Recommendation.objects.create(**one, title="x", state=state, proposed_on=day(60), closed_on=on)
    ids = [cast.northwind.pk, cast.birch.pk]
    found = [
        row
        for collector in (enablement.integrations, enablement.trainings, enablement.advice)
        for row in collector.collect(ids, at=AT)
    ]
    assert {pk for pk, _metric, _value in found} == {cast.northwind.pk}
    assert {metric: round(value, 2) for _pk, metric, value in found} == {
        "milestones_reached": Decimal(50),
        "integrations_live": Decimal(50),
        "trainings_passed": Decimal("66.67"),
        "practices_adopted": Decimal(25),
    }
