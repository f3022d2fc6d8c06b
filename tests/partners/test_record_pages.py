"""The Record tab with its forms, and the list of who has gone quiet."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partners.cadence_policy import policy_in_force
from partners.models import OrganizationFacts, RecordFact, Stakeholder
from partners.selectors.quiet import allowed_days, own_quiet, quiet_page
from tests.cast import Cast
from tests.factories.partners import make_contact, make_customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_the_way_through_the_record(cast: Cast) -> None:
    client, here = Client(), f"/organizations/{cast.northwind.public_id}/"
    client.force_login(cast.tom)
    assert "Nobody who counts yet" in client.get(f"{here}record/").content.decode()
    ada = make_contact(cast.northwind, name="Ada <Sponsor>", role="executive")
    page = client.get(f"{here}record/").content.decode()
    assert "Ada &lt;Sponsor&gt;" in page
    assert "Nobody is marked as sponsor" in page
    bad = client.post(f"{here}people/{ada.public_id}/", {"influence": "huge", "sentiment": "positive"})
    assert bad.status_code == 422
    sent = {"influence": "decides", "sentiment": "positive", "is_sponsor": "on", "cares_about": "Cost", "version": "0"}
    assert client.post(f"{here}people/{ada.public_id}/", sent).status_code == 302
    assert client.post(f"{here}people/{ada.public_id}/", sent | {"cares_about": "Time"}).status_code == 422
    page = client.get(f"{here}record/").content.decode()
    assert "Map of people" in page
    assert "No talk with Ada &lt;Sponsor&gt; is on record" in page
    row, today = Stakeholder.objects.get(), timezone.localdate()
    there = f"{here}stakeholders/{row.public_id}/"
    assert client.post(f"{there}left/", {"left_on": "x"}).status_code == 302
    assert client.post(f"{there}left/", {"left_on": today.isoformat()}).status_code == 302
    page = client.get(f"{here}record/").content.decode()
    assert "1 person has left" in page
    assert "nobody has taken their place" in page
    assert "Sponsor left" in client.get(here).content.decode()
    assert client.post(f"{there}back/").status_code == 302
    assert Stakeholder.objects.get().left_on is None


def test_the_way_through_a_fact(cast: Cast) -> None:
    client, here = Client(), f"/organizations/{cast.northwind.public_id}/record/"
    client.force_login(cast.tom)
    assert client.get(f"{here}objectives/").status_code == 200
    assert client.get(f"{here}shoe_size/").status_code == 404
    assert client.post(f"{here}objectives/", {"value": "", "as_of": "", "version": "0"}).status_code == 422
    sent = {"value": "=1+1 launches", "source": "Kickoff", "as_of": "2024-01-02", "version": "0"}
    assert client.post(f"{here}objectives/", sent).status_code == 302
    assert "Stale" in client.get(here).content.decode()
    fact = RecordFact.objects.get()
    assert client.post(f"{here}facts/{fact.public_id}/confirm/").status_code == 302
    assert "Stale" not in client.get(here).content.decode()
    assert client.post(f"{here}objectives/", sent).status_code == 422
    assert client.post(f"{here}objectives/", sent | {"value": "Two", "version": "2"}).status_code == 302
    assert "=1+1 launches" in client.get(f"{here}objectives/").content.decode()
    assert ",Objectives,Two," in client.post(f"{here}file/export/").content.decode().replace('"', "")


@pytest.mark.parametrize(("name", "status"), [("max", 200), ("lena", 200), ("sam", 403), ("otto", 404), ("sue", 404)])
def test_who_reads_it(cast: Cast, name: str, status: int) -> None:
    client, here = Client(), f"/organizations/{cast.northwind.public_id}/record/"
    client.force_login(getattr(cast, name))
    assert client.get(here).status_code == status
    assert client.get(f"{here}objectives/").status_code == (404 if status == 404 else 403)


def test_who_has_gone_quiet(cast: Cast) -> None:
    now = timezone.now()
    OrganizationFacts.objects.filter(pk=cast.birch.pk).update(arr_segment="mid_market", last_two_way_at=now - DAY)
    make_customer("live", name="Elm", owners={"csm": cast.carl})
    executive = make_contact(cast.birch, role="executive")
    row = Stakeholder.objects.create(
        organization=cast.birch, contact=executive, last_two_way_at=now - 15 * DAY, influence="high"
    )
    Stakeholder.objects.create(
        organization=cast.birch, contact=make_contact(cast.birch, role="billing"), last_two_way_at=now
    )
    policy, carl = policy_in_force(), cast.actor("carl")
    (found,) = quiet_page(carl, policy, kind="", cursor="", now=now).rows
    assert (found.name, found.quiet_days, found.allowed_days, found.is_bad) == ("Birch", 15, 14, False)
    assert [row.name for row in own_quiet(carl, now=now)] == ["Birch"]
    assert own_quiet(cast.actor("otto"), now=now) == []
    assert not quiet_page(cast.actor("otto"), policy, kind="", cursor="", now=now).rows
    client = Client()
    client.force_login(cast.carl)
    assert "15 days of 14" in client.get("/quiet/?kind=customer&cursor=x").content.decode()
    assert "Nobody has gone quiet" in client.get("/quiet/?kind=partner").content.decode()
    assert "Birch" in client.post("/quiet/export/").content.decode()
    assert "Gone quiet" in client.get("/").content.decode()
    listed = client.get("/organizations/?gone_quiet=1").content.decode()
    assert ("Birch" in listed, "Elm" in listed) == (True, False)
    called = client.get("/api/v1/organizations/?gone_quiet=true").json()["results"]
    assert [row["name"] for row in called] == ["Birch"]
    Stakeholder.objects.filter(pk=row.pk).update(last_two_way_at=now - 14 * DAY)
    assert not quiet_page(carl, policy, kind="", cursor="", now=now).rows
    assert "Birch" not in client.get("/organizations/?gone_quiet=1").content.decode()


@pytest.mark.parametrize(
    ("kind", "stage", "segment", "gemstone", "days"),
    [
        ("partner", "post_launch", "", "", 31),
        ("partner", "gate_2", "", "diamond", 7),
        ("customer", "adopt", "enterprise", "diamond", 7),
        ("customer", "live", "enterprise", "diamond", 31),
        ("customer", "live", "small", "", None),
        ("partner", "gate_2", "", "quartz", None),
        ("partner", "pre_contract", "", "", None),
    ],
)
def test_what_the_cadence_allows_here_and_in_the_database(
    cast: Cast, kind: str, stage: str, segment: str, gemstone: str, days: int | None
) -> None:
    now, policy = timezone.now(), policy_in_force()
    assert allowed_days(policy, kind=kind, stage=stage, segment=segment, gemstone=gemstone) == days
    type(cast.birch).objects.filter(pk=cast.birch.pk).update(kind=kind, stage=stage, created_at=now - 400 * DAY)
    OrganizationFacts.objects.filter(pk=cast.birch.pk).update(arr_segment=segment, gemstone=gemstone)
    rows = quiet_page(cast.actor("adam"), policy, kind=kind, cursor="", now=now).rows
    assert [row.allowed_days for row in rows if row.name == "Birch"] == ([days] if days is not None else [])
