"""The API of success plans with their objectives, of beta programs and of campaigns."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.services import exports
from partners.models import SurveyCampaign, Task
from tests.cast import Cast
from tests.factories.partners import make_contact
from tests.factories.plans import make_objective, make_plan
from tests.factories.surveys import make_survey
from tests.hub.api_world import call

pytestmark = pytest.mark.django_db


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


def test_a_plan_from_its_draft_to_its_end(cast: Cast) -> None:
    base = f"/api/v1/organizations/{cast.northwind.public_id}/success-plans/"
    today = timezone.localdate()
    sent: dict[str, Any] = {"template": "upgrade", "starts_on": today.isoformat(), "owner": str(cast.ana.public_id)}
    assert call(cast.max, "post", base, sent).status_code == 403
    assert call(cast.otto, "post", base, sent).status_code == 404
    assert call(cast.tom, "post", base, sent | {"template": "lunch"}).status_code == 400
    made = call(cast.tom, "post", base, sent)
    plan = made.json()
    assert (made.status_code, plan["state"], plan["owner_id"]) == (201, "draft", str(cast.ana.public_id))
    assert [one["title"] for one in plan["objectives"]] == [
        "New version in production",
        "No critical incident afterwards",
    ]
    one = f"{base}{plan['id']}/"
    edited = call(cast.tom, "patch", one, {"title": "To version 9", "is_shared": True}, **version(1))
    assert (edited.status_code, edited.json()["title"], edited.json()["version"]) == (200, "To version 9", 2)
    assert call(cast.tom, "patch", one, {"title": "x"}, **version(1)).status_code in (409, 412)
    begun = call(cast.tom, "post", f"{one}begin/", {}).json()
    assert (begun["state"], begun["steps"], begun["steps_settled"]) == ("active", 3, 0)
    step = {"title": "Call them", "due_on": today.isoformat(), "owner": str(cast.ana.public_id)}
    assert call(cast.max, "post", f"{one}steps/", step).status_code == 403
    added = call(cast.tom, "post", f"{one}steps/", step).json()
    assert (added["title"], added["owner_id"], added["source"]) == ("Call them", str(cast.ana.public_id), "plan")
    assert call(cast.tom, "post", f"{one}complete/", {}).status_code == 400
    assert call(cast.tom, "post", f"{one}give-up/", {}).status_code == 400
    over = call(cast.tom, "post", f"{one}give-up/", {"note": "New goals"}).json()
    assert (over["state"], over["closing_note"], over["steps_settled"]) == ("abandoned", "New goals", 4)
    assert not Task.objects.filter(plan__public_id=plan["id"], state="open").exists()


def test_objectives_are_kept_and_what_they_are_worth_is_not_told_to_all(cast: Cast) -> None:
    plan = make_plan(cast.northwind)
    base = f"/api/v1/organizations/{cast.northwind.public_id}/objectives/"
    day = (plan.starts_on + timedelta(days=9)).isoformat()
    sent: dict[str, Any] = {"plan": str(plan.public_id), "title": "Faster", "target_on": day}
    foreign = make_plan(cast.birch)
    assert call(cast.tom, "post", base, sent | {"plan": str(foreign.public_id)}).status_code == 400
    assert call(cast.petra, "post", base, sent | {"gain": "5000"}).status_code == 403
    made = call(cast.tom, "post", base, sent | {"gain": "5000"}).json()
    assert (made["gain"], made["currency"], made["place"]) == ("5000.00", "USD", 0)
    one = f"{base}{made['id']}/"
    assert (call(cast.petra, "get", one).json()["gain"], call(cast.petra, "get", one).json()["currency"]) == (None, "")
    nested = f"/api/v1/organizations/{cast.northwind.public_id}/success-plans/{plan.public_id}/"
    assert call(cast.petra, "get", nested).json()["objectives"][0]["gain"] is None
    assert call(cast.tom, "get", nested).json()["objectives"][0]["gain"] == "5000.00"
    measured = call(cast.tom, "post", base, sent | {"metric": "uptime", "target": "99.9", "title": "Up"}).json()
    refused = call(cast.tom, "post", f"{base}{measured['id']}/achieve/", {})
    assert (refused.status_code, refused.json()["code"]) == (400, "measured")
    assert call(cast.tom, "post", f"{base}{measured['id']}/move/", {"place": 0}).json()["place"] == 0
    assert call(cast.tom, "patch", one, {"title": "Quicker"}, **version(1)).json()["title"] == "Quicker"
    assert call(cast.tom, "post", f"{one}miss/", {"note": "No time"}).json()["state"] == "missed"
    assert call(cast.tom, "post", f"{one}reopen/", {}).json()["state"] == "open"
    assert call(cast.tom, "post", f"{one}achieve/", {}).json()["achieved_on"] is not None
    assert call(cast.tom, "post", f"{base}{measured['id']}/drop/", {"note": "No more"}).json()["state"] == "dropped"


def test_all_plans_are_narrowed(cast: Cast) -> None:
    today = timezone.localdate()
    late = make_plan(cast.birch, owner=cast.carl, starts_on=today - timedelta(days=50), title="Late")
    make_objective(late, target_on=today - timedelta(days=2))
    make_plan(cast.northwind, title="In time")

    def titles(query: str, who: str = "max") -> list[str]:
        found = call(getattr(cast, who), "get", f"/api/v1/success-plans/?{query}").json()["results"]
        return sorted(row["title"] for row in found)

    assert titles("") == ["In time", "Late"]
    assert titles("behind=true") == titles("kind=customer") == titles(f"owner={cast.carl.public_id}") == ["Late"]
    assert titles("behind=false") == ["In time"]
    assert titles("state=draft") == []
    assert titles("", "petra") == ["In time"]
    assert titles("", "otto") == []


def test_what_plans_cover_and_have_brought_can_be_read(cast: Cast) -> None:
    today, base = timezone.localdate(), "/api/v1/success-plans"
    cast.birch.launched_on = today - timedelta(days=200)
    cast.birch.save(update_fields=["launched_on"])
    plan = make_plan(cast.birch, owner=cast.carl, starts_on=today - timedelta(days=190))
    for title, state in (("Reached", "achieved"), ("Missed", "missed"), ("Later", "open")):
        own = {"target_on": today + timedelta(days=9)} if state == "open" else {"target_on": today}
        reached = {"achieved_on": today} if state == "achieved" else {}
        make_objective(plan, title=title, state=state, **own, **reached)
    found = call(cast.carl, "get", f"{base}/coverage/").json()
    assert found["total"] == {"accounts": 1, "plans": 1, "reviews": 0}
    assert [(row["kind"], row["accounts"]) for row in found["groups"]] == [("customer", 1)]
    assert call(cast.otto, "get", f"{base}/coverage/").json()["total"]["accounts"] == 0

    def named(path: str, who: str = "tom") -> list[str]:
        return [row["name"] for row in call(getattr(cast, who), "get", f"{base}/{path}").json()["results"]]

    assert named("coverage/accounts/") == ["Birch", "Northwind"]
    assert named("coverage/accounts/?plan=true") == named("coverage/accounts/?kind=customer") == ["Birch"]
    assert named("coverage/accounts/?plan=false&review=false&quarter=last") == ["Northwind"]
    assert call(cast.tom, "get", f"{base}/coverage/accounts/?tier=7").status_code == 400
    assert named("coverage/accounts/", "otto") == named("value/accounts/", "otto") == []
    total = call(cast.tom, "get", f"{base}/value/").json()
    assert (total["value"]["reached"], total["value"]["objectives"], total["value"]["share"]) == (1, 2, 0.5)
    assert (total["accounts"], total["silent"], total["target"]) == (1, 0, 0.85)
    (row,) = call(cast.tom, "get", f"{base}/value/accounts/").json()["results"]
    assert (row["organization_id"], row["reached"], row["objectives"]) == (str(cast.birch.public_id), 1, 2)


def test_beta_programs_and_their_seats(cast: Cast) -> None:
    base, today = "/api/v1/betas/", timezone.localdate()
    sent = {"title": "PDF", "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=30)).isoformat()}
    assert call(cast.tom, "post", base, sent).status_code == 403
    assert call(cast.lena, "post", base, sent | {"ends_on": "2001-01-01"}).status_code == 400
    made = call(cast.lena, "post", base, sent).json()
    one = f"{base}{made['id']}/"
    assert call(cast.lena, "patch", one, {"state": "open"}, **version(1)).json()["state"] == "open"
    assert [row["title"] for row in call(cast.tom, "get", f"{base}?state=open").json()["results"]] == ["PDF"]
    assert call(cast.otto, "get", base).json()["results"] == []
    assert call(cast.otto, "get", one).status_code == 404
    seats = f"/api/v1/organizations/{cast.northwind.public_id}/beta-seats/"
    seat = call(cast.tom, "post", seats, {"program": made["id"]})
    assert (seat.status_code, seat.json()["state"]) == (201, "invited")
    assert call(cast.tom, "post", seats, {"program": made["id"]}).status_code in (400, 409)
    edited = call(cast.tom, "patch", f"{seats}{seat.json()['id']}/", {"sessions": 2, "feedback": "Good"}, **version(1))
    assert (edited.json()["sessions"], edited.json()["feedback"]) == (2, "Good")
    assert call(cast.otto, "get", seats).status_code == 404


def test_campaigns(cast: Cast) -> None:
    base, today = "/api/v1/campaigns/", timezone.localdate()
    make_contact(cast.birch, name="Bea", email="bea@birch.example")
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=30)).isoformat()}
    sent: dict[str, Any] = {"name": "Spring", "stages": ["live"], **days}
    for who, status in (("tom", 403), ("lena", 403), ("sue", 403)):
        assert call(getattr(cast, who), "post", base, sent).status_code == status
    made = call(cast.max, "post", base, sent).json()
    one = f"{base}{made['id']}/"
    assert call(cast.max, "patch", one, {"share": 0}, **version(1)).status_code == 400
    assert call(cast.max, "patch", one, {"name": "Spring 2026"}, **version(1)).json()["name"] == "Spring 2026"
    assert call(cast.sue, "get", base).status_code == 403
    assert [row["name"] for row in call(cast.tom, "get", base).json()["results"]] == ["Spring 2026"]
    started = call(cast.max, "post", f"{one}start/", {}).json()
    assert (started["state"], started["asked"]) == ("running", 1)
    # They count people of every organization, and Tom sees some.
    assert {call(cast.tom, "get", one).json()[name] for name in ("asked", "spared")} == {None}
    found = call(cast.tom, "get", f"{one}results/").json()
    assert (found["answers"], found["nps"], found["low"]) == (0, None, None)
    # Of four answers none of it is told to programs, of five all.
    campaign = SurveyCampaign.objects.get()
    asked = {"at": timezone.now(), "kind": "nps", "subject_type": "campaign", "subject_id": campaign.pk}
    for name, told in (("a", None), ("b", None), ("c", None), ("d", None), ("e", 5)):
        make_survey(make_contact(cast.birch, email=f"{name}@birch.example"), score=9, **asked)
        found = call(cast.tom, "get", f"{one}results/").json()
        assert [found[key] for key in ("promoters", "detractors", "nps")] == [told, told and 0, told and 100.0]
    # Who said what stands on the page, and in no file of a program.
    wanted = {"what": "campaign", "subject": made["id"], "format": "csv"}
    assert call(cast.tom, "post", "/api/v1/exports/", wanted).json()["code"] == "page_alone"
    of_page = exports.want(by=cast.actor("tom"), now=timezone.now(), **wanted)
    assert call(cast.tom, "get", f"/api/v1/exports/{of_page.public_id}/").status_code == 404
    assert call(cast.max, "post", f"{one}end/", {}).json()["state"] == "ended"
    assert call(cast.max, "post", f"{one}end/", {}).status_code == 400
