"""The API of people who count and of the customer record; and the gate checks that read them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from partners import gate_checks
from partners.gate_checks import Asked
from partners.models import RecordFact, Stakeholder
from tests.cast import Cast
from tests.factories.partners import make_contact
from tests.hub.api_world import call

pytestmark = pytest.mark.django_db


def test_people_through_the_api(cast: Cast) -> None:
    base = f"/api/v1/organizations/{cast.northwind.public_id}/stakeholders/"
    foreign = make_contact(cast.birch)
    sent: dict[str, Any] = {"contact_id": str(cast.connie_contact.public_id), "influence": "high", "is_sponsor": True}
    assert call(cast.tom, "post", base, sent | {"contact_id": str(foreign.public_id)}).status_code == 400
    assert call(cast.max, "post", base, sent).status_code == 403
    made = call(cast.tom, "post", base, sent)
    assert (made.status_code, made.json()["is_sponsor"], made.json()["version"]) == (201, True, 1)
    one = f"{base}{made.json()['id']}/"
    edited = call(cast.tom, "patch", one, {"sentiment": "critical"}, **{"If-Match": '"1"'})
    assert (edited.status_code, edited.json()["sentiment"], edited.json()["influence"]) == (200, "critical", "high")
    assert call(cast.tom, "post", base, sent).status_code == 400
    circle = {"reports_to_id": made.json()["id"]}
    assert call(cast.tom, "patch", one, circle, **{"If-Match": '"2"'}).status_code == 400
    assert call(cast.tom, "patch", one, {"sentiment": "neutral"}, **{"If-Match": '"1"'}).status_code in (409, 412)
    left = call(cast.tom, "post", f"{one}leave/", {"left_on": "2026-01-02"})
    assert left.json()["left_on"] == "2026-01-02"
    assert call(cast.tom, "post", f"{one}come-back/", {}).json()["left_on"] is None
    assert [row["contact_name"] for row in call(cast.max, "get", base).json()["results"]] == ["Connie Contact"]


def test_the_record_through_the_api(cast: Cast) -> None:
    base = f"/api/v1/organizations/{cast.northwind.public_id}/record/"
    sent = {"key": "objectives", "value": "Launch", "as_of": "2026-01-02"}
    assert call(cast.tom, "post", base, sent | {"key": "shoe_size"}).status_code == 400
    made = call(cast.tom, "post", base, sent)
    assert (made.status_code, made.json()["profile"], made.json()["as_of"]) == (201, "business", "2026-01-02")
    assert call(cast.tom, "post", base, sent).status_code == 409
    one = f"{base}{made.json()['id']}/"
    edited = call(cast.tom, "patch", one, {"source": "Call"}, **{"If-Match": '"1"'})
    assert (edited.json()["value"], edited.json()["source"]) == ("Launch", "Call")
    RecordFact.objects.update(as_of="2026-01-02")
    assert call(cast.tom, "post", f"{one}confirm/", {}).json()["as_of"] > "2026-01-02"


def test_what_gates_may_wait_for(cast: Cast) -> None:
    now = timezone.now()
    asked: Any = Asked(organization=cast.northwind, review=None, now=now)  # type: ignore[arg-type]
    checks = {check.name: check for check in gate_checks.known_checks()}

    def met() -> list[bool]:
        return [checks[name].check(asked).is_met for name in ("executive_sponsor_known", "no_single_thread")]

    assert met() == [False, False]
    for number, role in enumerate(("executive", "technical")):
        contact = make_contact(cast.northwind, role=role)
        Stakeholder.objects.create(
            organization=cast.northwind,
            contact=contact,
            is_sponsor=True,
            last_two_way_at=now - timedelta(days=90),
        )
        assert met() == [True, number == 1]
    Stakeholder.objects.filter(contact__role="executive").update(left_on=now.date())
    assert met() == [False, False]
    assert "record" in gate_checks.place_of("no_single_thread", cast.northwind.public_id)
