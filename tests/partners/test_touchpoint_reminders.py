"""Owners hear of the meetings of their day in the morning of their own zone: once, and all of them in one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notification, User
from partners.models import Assignment, Organization, Touchpoint
from partners.services.touchpoint_reminders import remind_of_the_day
from tests.cast import Cast
from tests.factories.partners import make_partner

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 7:30 in Los Angeles


@pytest.fixture
def partner(cast: Cast) -> Organization:
    User.objects.filter(pk=cast.tom.pk).update(timezone="America/Los_Angeles", language="en")
    return make_partner("post_launch", name="Live One", owners={"tam": cast.tom})


def plan(partner: Organization, cast: Cast, on: date, **more: object) -> Touchpoint:
    values = {"kind": "check_in", "owner": cast.tom, **more}
    made: Touchpoint = Touchpoint.objects.create(organization=partner, planned_on=on, **values)
    return made


def told(cast: Cast) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(user=cast.tom, kind="touchpoints_today").order_by("pk")
    return list(rows.values_list("title", "body"))


def test_once_a_day_in_one_notice(client: Client, cast: Cast, partner: Organization) -> None:
    plan(partner, cast, date(2026, 3, 2), starts_at=datetime(2026, 3, 2, 18, tzinfo=UTC))
    late = plan(partner, cast, date(2026, 2, 27), kind="workshop")
    ahead = plan(partner, cast, date(2026, 3, 3))
    assert remind_of_the_day(now=MORNING - timedelta(hours=1)) == 0
    assert remind_of_the_day(now=MORNING) == 1
    assert remind_of_the_day(now=MORNING + timedelta(hours=3)) == 0
    assert told(cast) == [
        ("1 touchpoint today, 1 from before", "2026-02-27 Workshop: Live One\n10:00 Check-in: Live One")
    ]
    notice = Notification.objects.get(kind="touchpoints_today")
    client.force_login(cast.tom)
    assert client.get(reverse("accounts:notification", args=[notice.public_id]))["Location"] == "/calendar/"
    # Moved to today, it is told of again; what is to come waits for its morning.
    Touchpoint.objects.filter(pk=late.pk).update(planned_on=date(2026, 3, 2))
    assert remind_of_the_day(now=MORNING + timedelta(hours=4)) == 1
    assert remind_of_the_day(now=MORNING + timedelta(days=1)) == 1
    ahead.refresh_from_db()
    assert ahead.reminded_on == ahead.planned_on


def test_not_of_what_is_closed_to_them_or_done(cast: Cast, partner: Organization) -> None:
    plan(partner, cast, date(2026, 3, 2), state="done")
    plan(partner, cast, date(2026, 3, 2), kind="workshop")
    Assignment.objects.filter(organization=partner).update(ended_at=MORNING)
    assert remind_of_the_day(now=MORNING) == 0
    Assignment.objects.filter(organization=partner).update(ended_at=None)
    Organization.objects.filter(pk=partner.pk).update(archived_at=MORNING)
    assert remind_of_the_day(now=MORNING) == 0
    assert told(cast) == []


def test_many_take_no_more_statements_and_fit_the_notice(cast: Cast, partner: Organization) -> None:
    def cost(day: int, count: int) -> int:
        for _number in range(count):
            plan(partner, cast, date(2026, 3, day), topic="x" * 200)
        with CaptureQueriesContext(connection) as found:
            assert remind_of_the_day(now=MORNING.replace(day=day)) == 1
        return len(found)

    cost(2, 1)
    assert cost(3, 1) == cost(4, 30)
    assert "and 22 more" in told(cast)[-1][1]
