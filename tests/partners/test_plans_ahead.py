"""Plans that do not add up, on the homes: what the page of plans says, in one statement, and no hole without one."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import CalendarVersion, Notification, WorkCalendar
from partners.models import Organization, TaskDependency
from partners.selectors.plan_checks import check_plan, plans_to_mend
from partners.selectors.plans_ahead import SHOWN, plans_ahead
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner
from tests.factories.tasks import make_task
from tests.partners.page_world import counting

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)
TITLE = "Plans that do not add up"


def home(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/").content.decode()


def flawed(cast: Cast, organization: Organization, *, launch_in: int = 30) -> Organization:
    """Out of order, with nobody, without a day, after the launch, and untouched."""
    Organization.objects.filter(pk=organization.pk).update(target_launch_on=TODAY + launch_in * DAY)
    first = make_task(organization, title="First", owner=cast.petra, due_on=TODAY + 20 * DAY)
    then = make_task(organization, title="Then", due_on=TODAY + 10 * DAY, is_required=True)
    settled = make_task(organization, title="Settled", state="done", done_at=NOW)
    for needed in (first, settled):
        TaskDependency.objects.create(organization=organization, task=then, needed=needed)
    make_task(organization, title="Late", owner=cast.petra, due_on=TODAY + 40 * DAY, is_required=True)
    vague = make_task(organization, title="Vague", owner=cast.petra, due_on=None)
    type(vague).objects.filter(pk=vague.pk).update(updated_at=NOW - 40 * DAY)
    return Organization.objects.get(pk=organization.pk)


def test_it_says_what_the_page_says(cast: Cast) -> None:
    organization = flawed(cast, cast.northwind)
    (found,) = plans_ahead(cast.actor("petra"), now=NOW)
    assert found.findings == check_plan(cast.actor("petra"), organization, now=NOW).findings
    assert {one.flaw for one in found.findings} == {
        "due_after_launch",
        "broken_order",
        "no_owner",
        "no_date",
        "untouched",
    }
    assert (found.summary, found.open_tasks) == (
        check_plan(cast.actor("petra"), organization, now=NOW).summary,
        4,
    )


@pytest.mark.parametrize("is_open_daily", [True, False])
def test_days_are_those_of_the_country(cast: Cast, is_open_daily: bool) -> None:
    """Ten steps one after the other from today on: on every day, or in office hours alone."""
    calendar = WorkCalendar.objects.create(name="Norway")
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun") if is_open_daily else ("mon",)
    weekly = {name: [["09:00", "17:00"]] for name in names}
    for number, hours in ((1, {"mon": [["09:00", "10:00"]]}), (2, weekly)):
        CalendarVersion.objects.create(
            calendar=calendar,
            number=number,
            effective_at=NOW - (9 - number) * DAY,
            timezone="Europe/Oslo",
            country="NO",
            weekly=hours,
        )
    Organization.objects.filter(pk=cast.northwind.pk).update(country="NO", target_launch_on=TODAY + 12 * DAY)
    steps = [make_task(cast.northwind, owner=cast.petra, due_on=TODAY, is_required=True) for _ in range(10)]
    for needed, task in pairwise(steps):
        TaskDependency.objects.create(organization=cast.northwind, task=task, needed=needed)
    organization = Organization.objects.get(pk=cast.northwind.pk)
    on_page = check_plan(cast.actor("petra"), organization, now=NOW).findings
    ahead = plans_ahead(cast.actor("petra"), now=NOW)
    assert tuple(one for plan in ahead for one in plan.findings) == on_page
    assert bool(on_page) is not is_open_daily


def test_whose(cast: Cast) -> None:
    flawed(cast, cast.northwind)
    foreign = flawed(cast, make_partner("gate_3", name="Foreign", owners={"psm": cast.ines}), launch_in=10)
    launched = make_partner("post_launch", owners={"tam": cast.tom})
    make_task(launched, owner=None)

    def names(who: str) -> list[str]:
        found = [plan.organization.name for plan in plans_ahead(cast.actor(who), now=NOW)]
        assert found == [plan.organization.name for plan in plans_to_mend(cast.actor(who), now=NOW)]
        return found

    assert names("petra") == names("tom") == names("lena") == ["Northwind"]
    assert names("max") == [foreign.name, "Northwind"]
    assert names("otto") == names("sam") == []


def test_six_are_enough_and_one_statement_asks_for_them(cast: Cast) -> None:
    now = timezone.now()
    for _number in range(SHOWN + 3):
        flawed(cast, make_partner("gate_3", owners={"psm": cast.petra}))
    asking = cast.actor("petra")
    plans_ahead(asking, now=now)
    with counting() as counted:
        assert len(plans_ahead(asking, now=now)) == SHOWN
    assert len(counted) == 1


def test_the_homes(cast: Cast) -> None:
    Organization.objects.update(target_launch_on=TODAY + 300 * DAY)
    assert TITLE not in home(cast.petra)
    flawed(cast, cast.northwind)
    for who in ("petra", "max"):
        page = home(getattr(cast, who))
        assert TITLE in page
        assert f"/organizations/{cast.northwind.public_id}/plan/check/" in page
        assert "Cannot hold" in page
    for who in ("otto", "sam", "sue"):
        assert TITLE not in home(getattr(cast, who))


def test_the_bell_counts_all_that_is_unread(cast: Cast) -> None:
    def bell() -> str:
        return home(cast.tom).split('id="bell"')[1].split(">")[0]

    assert "0 unread" in bell()
    for number in range(9):
        Notification.objects.create(user=cast.tom, kind="owners", title="Told", key=str(number), created_at=NOW)
    Notification.objects.create(user=cast.tom, kind="owners", title="Read", key="read", created_at=NOW, read_at=NOW)
    Notification.objects.create(user=cast.ana, kind="owners", title="Told", key="a", created_at=NOW)
    assert "9 unread" in bell()
