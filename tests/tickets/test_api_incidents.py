"""Incidents through the API: who reads which, with whose names; posting updates once."""

from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.factories.incidents import make_incident
from tests.factories.tickets import make_desk, make_ticket
from tests.hub.api_world import call
from tickets.models import Incident, IncidentEntry

pytestmark = pytest.mark.django_db
URL = "/api/v1/incidents/"


@pytest.fixture
def incident(cast: Cast) -> Incident:
    desk = make_desk(cast.sue)
    ticket = make_ticket(desk, cast.northwind)
    return make_incident(cast.actor("sara"), desk, tickets=[ticket], organizations=[cast.birch], now=timezone.now())


NAMES: dict[str, Any] = {
    "tom": {"Northwind": True, "Birch": True},
    "carl": {"Birch": True},
    # At the desk an organization is a name.
    "sue": {"Northwind": False},
    "sara": {"Northwind": False, "Birch": False},
    "max": {"Northwind": True, "Birch": True},
    "otto": None,
    "sven": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_who_reads_it_and_whom_it_affects(cast: Cast, incident: Incident, name: str) -> None:
    user = getattr(cast, name)
    listed = call(user, "get", f"{URL}?is_open=true&severity=s2").json()["results"]
    one = call(user, "get", f"{URL}{incident.public_id}/")
    updates = call(user, "get", f"{URL}{incident.public_id}/updates/")
    if NAMES[name] is None:
        assert (listed, one.status_code, updates.status_code) == ([], 404, 404)
        return
    assert {row["name"]: row["id"] is not None for row in one.json()["organizations"]} == NAMES[name]
    assert listed == [one.json()]
    assert updates.json()["results"] == []
    assert call(user, "get", f"{URL}?is_open=false").json()["results"] == []


def test_an_update_is_posted_once(cast: Cast, incident: Incident) -> None:
    url, sent = (
        f"{URL}{incident.public_id}/updates/",
        {"body": "Found **it**.", "is_public": True, "state": "identified"},
    )
    seen = call(cast.sue, "get", f"{URL}{incident.public_id}/")["ETag"]
    assert call(cast.sue, "post", url, sent).status_code == 428
    for _try in range(2):
        answer = call(cast.sue, "post", url, sent, **{"Idempotency-Key": "one", "If-Match": seen})
        assert answer.status_code == 201
    moved = {**sent, "state": "monitoring"}
    assert call(cast.sue, "post", url, moved, **{"If-Match": seen}).status_code == 412
    assert (answer.json()["state"], answer.json()["author_name"]) == ("identified", "Sue Tanaka")
    assert IncidentEntry.objects.filter(kind="update").count() == 1
    seen = call(cast.sue, "get", f"{URL}{incident.public_id}/")["ETag"]
    assert call(cast.ana, "post", url, sent, **{"If-Match": seen}).status_code == 403
    assert call(cast.sue, "post", url, {**sent, "state": "closed"}, **{"If-Match": seen}).status_code == 400
    assert call(cast.sue, "post", url, {"body": "Still at it.", "is_public": True}).status_code == 201
    assert call(cast.sue, "post", url, sent, scope="read").status_code == 403
    assert call(cast.sue, "post", url, {"body": " ", "is_public": True}).status_code == 400
