"""Weeks ahead as they are kept: digit for digit what is worked out anew, for whoever asks, whatever has changed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Absence
from common.models import PolicyVersion
from partners.models import (
    Assignment,
    Forecast,
    KeptWeeks,
    Organization,
    OrganizationFacts,
    Renewal,
    Touchpoint,
    WeeksMark,
)
from partners.selectors.capacity import PERSON, people_to_show
from partners.selectors.capacity_ahead import TEAM, WeeksRow, people_ahead, teams_ahead, teams_to_show
from partners.services import capacity_keeping
from tests.cast import Cast
from tests.factories.handoffs import make_calendar
from tests.factories.partners import make_assignment, make_customer, make_partner

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
MONDAY = TODAY - timedelta(days=TODAY.weekday())
READERS = ("max", "lena", "tom", "petra")


def read(cast: Cast) -> tuple[dict[str, list[WeeksRow]], int]:
    """The weeks of everybody whom each reader sees, and in how many statements for their sums."""
    found, statements = {}, 0
    for name in READERS:
        by = cast.actor(name)
        people = list(people_to_show(by).order_by("pk").values(*PERSON))
        with CaptureQueriesContext(connection) as asked:
            rows = people_ahead(by, people, now=NOW)
        statements += len(asked)
        teams = teams_to_show(by).order_by("pk").values(*TEAM)
        found[name] = [*rows, *teams_ahead(by, teams, now=NOW)]
    return found, statements


def worked_out(cast: Cast) -> dict[str, list[WeeksRow]]:
    """The same without anything that is kept."""
    with transaction.atomic():
        KeptWeeks.objects.all().delete()
        found, _statements = read(cast)
        transaction.set_rollback(True)
    return found


@pytest.fixture
def place(cast: Cast) -> Organization:
    """A partner and a customer of several owners with all that weeks are made of."""
    partner = make_partner("gate_2", name="Ahead", owners={"tam": cast.tom, "pam": cast.petra})
    make_assignment(partner, cast.otto, "tam", is_primary=False)
    gates = [{"stage": "gate_2", "p50": f"{MONDAY + timedelta(weeks=3)}", "p80": f"{MONDAY}"}]
    Forecast.objects.create(organization=partner, as_of=TODAY, journey_version=1, stages=gates, computed_at=NOW)
    customer = make_customer("live", name="Here", owners={"tam": cast.tom, "csm": cast.carl})
    OrganizationFacts.objects.filter(organization=customer).update(risk="high")
    for week, owner, role in ((0, cast.tom, "tam"), (2, cast.tom, ""), (5, cast.carl, "csm")):
        on = MONDAY + timedelta(weeks=week, days=1)
        Touchpoint.objects.create(
            organization=customer, kind="business_review", planned_on=on, owner=owner, owner_role=role
        )
    Renewal.objects.create(organization=customer, amount=9, due_on=MONDAY + timedelta(weeks=6), owner=cast.tom)
    Renewal.objects.create(organization=partner, amount=9, due_on=MONDAY - timedelta(weeks=3), owner=cast.petra)
    while capacity_keeping.keep(now=NOW):
        pass
    return customer


def changes(cast: Cast, place: Organization) -> Iterator[Callable[[], Any]]:
    """Every kind of change that weeks stand on, as bulk statements and one by one."""
    here: dict[str, Any] = {"organization": place}
    other = Organization.objects.exclude(pk=place.pk).get(name="Ahead")
    later = MONDAY + timedelta(weeks=4)
    yield lambda: Touchpoint.objects.create(kind="check_in", planned_on=later, owner=cast.tom, owner_role="tam", **here)
    yield lambda: Touchpoint.objects.filter(planned_on=later).update(planned_on=later + timedelta(weeks=1))
    yield lambda: Touchpoint.objects.filter(owner_role="csm").update(organization=other)
    yield lambda: Touchpoint.objects.filter(owner_role="").delete()
    yield lambda: Renewal.objects.filter(**here).update(due_on=TODAY)
    yield lambda: Renewal.objects.create(amount=1, due_on=later, owner=cast.carl, **here)
    yield lambda: Renewal.objects.filter(organization=other).update(state="renewed", closed_on=TODAY)
    yield lambda: OrganizationFacts.objects.filter(organization=other).update(risk="medium")
    yield lambda: Forecast.objects.filter(organization=other).update(
        stages=[{"stage": "gate_2", "p50": f"{later}", "p80": f"{later}"}]
    )
    yield lambda: Forecast.objects.filter(organization=other).delete()
    yield lambda: Organization.objects.filter(pk=place.pk).update(stage="adopt")
    yield lambda: make_assignment(other, cast.lena, "tam", is_primary=False)
    yield lambda: Assignment.objects.filter(user=cast.otto).update(ended_at=NOW)
    yield lambda: Organization.objects.filter(pk=other.pk).update(archived_at=NOW)


def test_whatever_changes_lists_show_what_is_worked_out_anew(cast: Cast, place: Organization) -> None:
    """At once, by the mark that each change leaves; and after the job again from what is kept alone."""
    before, statements = read(cast)
    assert before == worked_out(cast)
    assert statements == len(READERS), "everything is kept: a statement for each reader"
    for number, change in enumerate(changes(cast, place)):
        change()
        at_once, _statements = read(cast)
        assert at_once == worked_out(cast), number
        assert at_once != before, number
        assert WeeksMark.objects.exists(), number
        while capacity_keeping.keep(now=NOW):
            pass
        before, statements = read(cast)
        assert (before, statements) == (at_once, len(READERS)), number


def test_what_weeks_do_not_stand_on_leaves_no_mark(cast: Cast, place: Organization) -> None:
    Organization.objects.filter(pk=place.pk).update(summary="New words")
    OrganizationFacts.objects.filter(organization=place).update(last_interaction_at=NOW)
    Touchpoint.objects.filter(organization=place).update(topic="Prices")
    assert not WeeksMark.objects.exists()


def test_absences_calendars_policies_and_the_next_week_hold_at_once(cast: Cast, place: Organization) -> None:
    """None of them is kept: they are read along, or make what is kept hold no longer."""
    usual, _statements = read(cast)
    Absence.objects.create(user=cast.tom, recorded_at=NOW, first_on=MONDAY, last_on=MONDAY + timedelta(days=3))
    cast.carl.calendar = make_calendar(weekly={})
    cast.carl.save()
    # Hours that a process meets for the first time take it a statement.
    read(cast)
    found, statements = read(cast)
    assert statements == len(READERS)
    assert found == worked_out(cast)
    assert found["max"] != usual["max"]
    body = PolicyVersion.objects.get(name="capacity", is_active=True)
    PolicyVersion.objects.filter(name="capacity").update(is_active=False)
    assert read(cast)[0] == {name: [] for name in READERS}
    assert capacity_keeping.keep(now=NOW) == 0
    body.pk, body.version, body.is_active = None, body.version + 1, True
    usual_body, body.checksum = body.body, "another"
    body.body = {**usual_body, "renewals": {"weeks_before": 8, "hours": 10}}
    body.save()
    found, statements = read(cast)
    assert statements > len(READERS)
    assert found == worked_out(cast)
    while capacity_keeping.keep(now=NOW):
        pass
    assert read(cast) == (found, len(READERS))
    # One that this release cannot read is as none: nothing is shown, and the job does not go on about it.
    PolicyVersion.objects.filter(pk=body.pk).update(is_active=False)
    body.pk, body.version, body.checksum, body.body = None, body.version + 1, "broken", {"roles": "many"}
    body.save()
    assert capacity_keeping.keep(now=NOW) == 0
    assert read(cast)[0] == {name: [] for name in READERS}
    PolicyVersion.objects.filter(pk=body.pk).delete()
    PolicyVersion.objects.filter(name="capacity", checksum="another").update(is_active=True)
    # A week later nothing that is kept holds, until the job has been there.
    later, first = NOW + timedelta(weeks=1), next(iter(people_to_show(cast.actor("max")).values(*PERSON)))
    (shifted,) = people_ahead(cast.actor("max"), [first], now=later)
    assert shifted.cells[0].week_on == MONDAY + timedelta(weeks=1)
    assert capacity_keeping.keep(now=later)
    assert people_ahead(cast.actor("max"), [first], now=later) == [shifted]
