"""Enablement through the API: made once, changed at the version one knows, refused with the field named."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.hub.api_world import call

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate().isoformat()
NEW: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "trainings": ({"title": "Webhooks", "held_on": TODAY}, {"minutes": 90}),
    "recommendations": ({"practice": "single_sign_on"}, {"why": "Fewer resets"}),
    "integrations": ({"name": "Billing"}, {"calls_per_day": 1200}),
    "wins": ({"title": "Live in six weeks", "achieved_on": TODAY}, {"story": "Two teams, one room"}),
}


@pytest.mark.parametrize(
    ("part", "name"), [("trainings", "trainer"), ("recommendations", "owner"), ("integrations", "owner")]
)
def test_who_sees_to_it_can_be_said(cast: Cast, part: str, name: str) -> None:
    base = f"/api/v1/organizations/{cast.northwind.public_id}/{part}/"
    ines, foreign = str(cast.ines.public_id), str(cast.otto.public_id)
    made = call(cast.tom, "post", base, NEW[part][0] | {name: ines})
    assert (made.status_code, made.json()[f"{name}_id"]) == (201, ines)
    path = f"{base}{made.json()['id']}/"
    refused = call(cast.tom, "patch", path, {name: foreign}, **{"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, name)
    assert call(cast.tom, "patch", path, {name: None}, **{"If-Match": '"1"'}).json()[f"{name}_id"] is None


def test_from_nothing_to_a_reference(cast: Cast) -> None:
    base = f"/api/v1/organizations/{cast.northwind.public_id}"
    made: dict[str, str] = {}
    for part, (body, change) in NEW.items():
        key = {"Idempotency-Key": str(uuid4())}
        first, again = (call(cast.tom, "post", f"{base}/{part}/", body, **key) for _ in range(2))
        assert (first.status_code, again.json()["id"]) == (201, first.json()["id"]), part
        path = made[part] = f"{base}/{part}/{first.json()['id']}/"
        assert call(cast.tom, "patch", path, change, **{"If-Match": '"1"'}).status_code == 200, part
        assert call(cast.tom, "patch", path, change, **{"If-Match": '"1"'}).status_code == 412, part
        assert change.items() <= call(cast.tom, "get", path).json().items()
        assert len(call(cast.tom, "get", f"{base}/{part}/").json()["results"]) == 1
        assert call(cast.lena, "post", f"{base}/{part}/", body).status_code == 403, part

    def act(part: str, verb: str, body: Any = None) -> Any:
        return call(cast.tom, "post", f"{made[part]}{verb}/", body)

    assert act("trainings", "hold", {"held_on": TODAY}).json()["state"] == "held"
    learned = act("trainings", "attend", {"contact_id": str(cast.connie_contact.public_id), "result": "passed"})
    assert learned.json()["attendees"][0]["result"] == "passed"
    ours = {"user": str(cast.ines.public_id), "result": "attended"}
    assert act("trainings", "attend", ours).json()["attendees"][1]["user_id"] == ours["user"]
    assert act("trainings", "attend", {**ours, "contact_id": str(cast.connie_contact.public_id)}).status_code == 400
    assert act("trainings", "attend", {"user": str(cast.otto.public_id)}).json()["errors"][0]["field"] == "user"
    assert len(act("trainings", "leave-out", {"user": ours["user"]}).json()["attendees"]) == 1
    assert act("trainings", "leave-out", {"user": ours["user"]}).status_code == 404
    assert act("recommendations", "agree", {"due_on": TODAY}).json()["state"] == "agreed"
    assert act("recommendations", "finish", {"effect": "No resets"}).json()["closed_on"] == TODAY
    step = act("integrations", "step", {"stage": "requirements", "planned_on": TODAY, "done_on": TODAY})
    assert step.json()["steps"][0] == {
        "stage": "requirements", "first_planned_on": TODAY, "planned_on": TODAY, "done_on": TODAY, "note": "",
    }  # fmt: skip
    assert act("integrations", "state", {"state": "live"}).json()["state"] == "live"
    assert act("wins", "ask", {"wanted_for": "A bank"}).status_code == 400
    consent = {"consent": "given", "contact_id": str(cast.connie_contact.public_id), "is_reference": True}
    assert call(cast.tom, "patch", made["wins"], consent, **{"If-Match": '"2"'}).status_code == 200
    asked = act("wins", "ask", {"wanted_for": "A bank"}).json()["requests"][0]
    settled = call(cast.tom, "post", f"{base}/reference-requests/{asked['id']}/settle/", {"state": "served"})
    assert (settled.json()["state"], settled.json()["closed_on"]) == ("served", TODAY)
    assert [row["title"] for row in call(cast.ana, "get", "/api/v1/wins/?is_reference=true").json()["results"]] == [
        "Live in six weeks"
    ]
    days = {"service": "on_site", "delivered_on": TODAY, "days": "2.00"}
    delivered = call(cast.tom, "post", f"{base}/service-deliveries/", days).json()
    gone = call(cast.tom, "post", f"{base}/service-deliveries/{delivered['id']}/withdraw/").json()
    assert gone["withdrawn_at"] is not None
