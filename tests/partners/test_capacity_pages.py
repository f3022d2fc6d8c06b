"""Weeks ahead: what they are made of, who sees whose, what a move would change, and what is missing or broken."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Activity, Team, User
from common.models import PolicyVersion
from partners.capacity_chart import weeks_chart
from partners.models import Forecast, Organization, Renewal, Touchpoint
from partners.selectors.capacity import PERSON, own_load, people_to_show
from partners.selectors.capacity_ahead import TEAM, WeeksRow, people_ahead, person_ahead, teams_ahead, teams_to_show
from partners.selectors.capacity_holdings import holdings, hours_apart, what_if
from tests.cast import Cast
from tests.factories.accounts import give_roles, make_user, take_role
from tests.factories.handoffs import make_calendar
from tests.factories.partners import make_assignment, make_customer, make_partner

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
MONDAY = TODAY - timedelta(days=TODAY.weekday())
HOUR = 60


def weeks_of(cast: Cast, person: User, by: str = "max") -> WeeksRow:
    people = people_to_show(cast.actor(by)).filter(pk=person.pk).values(*PERSON)
    (found,) = people_ahead(cast.actor(by), people, now=NOW)
    return found


def away(person: User, first_week: int, weeks: int = 1) -> None:
    first_on = MONDAY + timedelta(weeks=first_week)
    last_on = first_on + timedelta(days=7 * weeks - 1)
    Absence.objects.create(user=person, recorded_at=NOW, first_on=first_on, last_on=last_on)


def fill(person: User, count: int, role: str = "tam") -> list[Organization]:
    """So many live customers, two hours a week each for a TAM."""
    made = [make_customer("live", name=f"Customer {number}") for number in range(count)]
    for one in made:
        make_assignment(one, person, role)
    return made


def test_a_week_is_made_of_stages_touchpoints_reviews_risks_and_renewals(cast: Cast) -> None:
    partner = make_partner("gate_2", name="Ahead", owners={"tpm": cast.otto})
    assert weeks_of(cast, cast.otto).cells[0].minutes_wanted == 10 * HOUR
    # The gate is left in the third week: a TPM has nothing to do with it any longer.
    left_on = MONDAY + timedelta(weeks=2)
    gates = [{"stage": "gate_2", "p50": f"{left_on}", "p80": f"{left_on}"}]
    Forecast.objects.create(organization=partner, as_of=TODAY, journey_version=1, stages=gates, computed_at=NOW)
    assert [cell.minutes_wanted for cell in weeks_of(cast, cast.otto).cells] == [600, 600, 0, 0, 0, 0, 0, 0]

    customer = make_customer("live", name="Here", owners={"tam": cast.olga})
    customer.facts.risk = "high"
    customer.facts.save()
    for week, kind in ((1, "check_in"), (2, "business_review")):
        on = MONDAY + timedelta(weeks=week, days=1)
        Touchpoint.objects.create(organization=customer, kind=kind, planned_on=on, owner=cast.olga, owner_role="tam")
    Renewal.objects.create(organization=customer, amount=9, due_on=MONDAY + timedelta(weeks=7, days=3), owner=cast.olga)
    Renewal.objects.create(organization=customer, amount=9, due_on=TODAY + timedelta(days=9), owner=cast.carl)
    found = weeks_of(cast, cast.olga)
    assert [cell.minutes_wanted - 5 * HOUR for cell in found.cells] == [60, 120, 390, 60, 60, 60, 60, 60]
    person = people_to_show(cast.actor("max")).values(*PERSON).get(pk=cast.olga.pk)
    week = person_ahead(cast.actor("max"), person, week_on=MONDAY + timedelta(weeks=2), now=NOW)
    assert week is not None
    assert week.chosen == found.cells[2]
    assert dict(week.lines[0].parts) == {
        "Work of the stages": "2",
        "Reviews": "5.5",
        "Launches at risk": "3",
        "Renewals": "1",
    }
    # The present week of the page of loads is the first of these.
    own = own_load(cast.actor("olga"), now=NOW)
    assert own is None or own.minutes_wanted <= found.cells[0].minutes_wanted


def test_absences_holidays_and_calendars_that_never_open(cast: Cast) -> None:
    fill(cast.tom, 2)
    usual = weeks_of(cast, cast.tom).cells
    away(cast.tom, 1)
    found = weeks_of(cast, cast.tom).cells
    assert (found[1].minutes_there, found[1].band, found[1].share) == (0, "away", f"{found[1].hours_wanted} h")
    assert [cell.minutes_there for cell in found[2:]] == [cell.minutes_there for cell in usual[2:]]
    # A whole team away says so, and divides by nothing.
    away(cast.lena, 1)
    lena = cast.actor("lena")
    (team,) = teams_ahead(lena, teams_to_show(lena).values("id", "public_id", "name"), now=NOW)
    assert (team.cells[1].band, team.cells[1].percent, team.count) == ("away", None, 1)
    # Who is in two teams is one person in the chart of all.
    again = Team.objects.create(name="Again")
    again.memberships.create(user=cast.tom)
    both = teams_ahead(cast.actor("max"), Team.objects.filter(pk__in=[team.id, again.pk]).values(*TEAM), now=NOW)
    assert [row.count for row in both] == [1, 1]
    assert weeks_chart(both) == weeks_chart([row for row in both if row.id == team.id])
    closed = make_user("tam", calendar=make_calendar(weekly={}))
    fill(closed, 1)
    assert {(cell.minutes_there, cell.band) for cell in weeks_of(cast, closed).cells} == {(0, "away")}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("max", {"Tom Okafor", "Carl Lindqvist", "Petra Okafor"}),
        ("lena", {"Tom Okafor"}),
        ("tom", {"Tom Okafor"}),
        # Reads no commercial fields: no renewals, and the rest all the same.
        ("petra", {"Petra Okafor"}),
        ("otto", set()),
    ],
)
def test_everybody_sees_their_own_leads_their_team_managers_all(
    client: Client, cast: Cast, name: str, seen: set[str]
) -> None:
    client.force_login(getattr(cast, name))
    body = client.get(reverse("partners:capacity")).content.decode()
    everybody = ("Tom Okafor", "Carl Lindqvist", "Petra Okafor")
    assert {one for one in everybody if f"data-row-link>{one}<" in body} == seen
    status = client.get(reverse("partners:capacity_person", args=[cast.carl.public_id])).status_code
    assert status == (200 if "Carl Lindqvist" in seen else 404)


def test_who_leads_no_longer_sees_their_own_week_alone(cast: Cast) -> None:
    """The role is what leading needs: a membership that was left behind opens nothing."""
    take_role(cast.lena, "techlead")
    give_roles(cast.lena, "tam")
    make_assignment(make_customer("live"), cast.lena, "tam")
    assert set(people_to_show(cast.actor("lena"))) == {cast.lena}
    assert not teams_to_show(cast.actor("lena"))


def test_filters_teams_export_and_what_is_not_there(client: Client, cast: Cast) -> None:
    client.force_login(cast.max)
    url, team = reverse("partners:capacity"), Team.objects.get(name="Technical success")

    def names(**query: Any) -> set[str]:
        body = client.get(url, query).content.decode()
        return {one for one in ("Tom Okafor", "Carl Lindqvist", "Technical success") if f"data-row-link>{one}<" in body}

    assert names(role="csm") == {"Carl Lindqvist"}
    assert names(team=team.public_id) == {"Tom Okafor"}
    assert names(by="team") == {"Technical success"}
    assert client.get(url, {"team": "x"}).status_code == 404
    answer = client.post(f"{reverse('partners:capacity_export')}?role=csm")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 9
    assert "Carl Lindqvist" in lines[1]
    assert Activity.objects.filter(verb="list.exported", actor_id=cast.max.pk).exists()
    assert client.post(f"{reverse('partners:capacity_export')}?role=csm", {"as": "xlsx"}).content[:2] == b"PK"
    assert "Hours wanted and hours there are, of those on this page" in client.get(url).content.decode()
    person = reverse("partners:capacity_person", args=[cast.carl.public_id])
    for week, status in ((MONDAY, 200), (MONDAY + timedelta(weeks=8), 404), ("soon", 404)):
        assert client.get(person, {"week": f"{week}"}).status_code == status
    PolicyVersion.objects.filter(name="capacity").update(is_active=False)
    for path in (url, person, f"{url}?by=team"):
        assert client.get(path).status_code == 200
    assert "No capacity is laid down" in client.get(url).content.decode()


def test_what_if_says_both_weeks_and_what_speaks_against_it(client: Client, cast: Cast) -> None:
    place, *_rest = fill(cast.tom, 2)
    sent: dict[str, Any] = {"organization": place, "role": "tam", "giver": cast.tom, "receiver": cast.otto, "now": NOW}
    found = what_if(cast.actor("max"), **sent)
    assert found is not None
    before, after = found.receiver
    assert (before.cells[0].minutes_wanted, after.cells[0].minutes_wanted) == (0, 2 * HOUR)
    assert found.giver[0].cells[0].minutes_wanted - found.giver[1].cells[0].minutes_wanted == 2 * HOUR
    assert not found.is_guarded
    assert "has not been with it" in found.remarks[0].text
    make_assignment(place, cast.otto, "csm", is_primary=False, ended_at=NOW)
    away(cast.otto, 2, 2)
    Renewal.objects.create(organization=place, amount=9, due_on=TODAY + timedelta(days=60))
    again = what_if(cast.actor("max"), **sent)
    assert again is not None
    assert again.is_guarded
    words = " ".join(remark.text for remark in again.remarks)
    wanted = ("renews within 60 days", "knows it", "away for most of 2", "has room")
    assert [one for one in wanted if one not in words] == []
    assert what_if(cast.actor("max"), **sent | {"role": "csm"}) is None

    client.force_login(cast.lena)
    url = reverse("partners:capacity_what_if")
    query = {"person": str(cast.tom.public_id), "place": f"{place.public_id}:tam"}
    assert client.get(url).status_code == 200
    assert client.get(url, query).status_code == 200
    # Otto is none of hers, nor is Carl.
    assert client.get(url, query | {"receiver": str(cast.otto.public_id)}).status_code == 422
    assert client.get(url, {"person": str(cast.carl.public_id)}).status_code == 422
    client.force_login(cast.max)
    body = client.get(url, query | {"receiver": str(cast.otto.public_id)}).content.decode()
    assert "renews within 60 days" in body
    client.force_login(cast.tom)
    assert client.get(url).status_code == 403


def test_clocks_differ_the_short_way_around() -> None:
    assert hours_apart("Pacific/Auckland", "Pacific/Honolulu", NOW) in (1, 2, 3)
    assert hours_apart("Europe/Berlin", "Europe/Berlin", NOW) == 0


def test_statements_are_the_same_for_any_number(cast: Cast) -> None:
    by = cast.actor("max")

    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            assert holdings(by, "tam", now=NOW)
            assert people_ahead(by, people_to_show(by).values(*PERSON), now=NOW)
        return len(found)

    fill(cast.tom, 1)
    # What a process learns once, such as the hours of a calendar, it knows from here on.
    counted()
    few = counted()
    for _number in range(3):
        fill(make_user("tam"), 3)
    assert counted() == few <= 8
