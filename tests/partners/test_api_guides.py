"""Guides through the API: found by gate, phase and role, read with their text, kept by those who may."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Activity
from partners import guide_policy
from partners.models import Guide
from tests.cast import Cast
from tests.hub.api_world import BASE, call

pytestmark = pytest.mark.django_db
KEY = "executive_sponsorship_validation"
URL = f"{BASE}/guides/"
ONE = f"{URL}{KEY}/"


def keys(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


class TestFinding:
    def test_all_of_them_in_the_order_of_the_pack_page_by_page(self, cast: Cast) -> None:
        found, url = [], f"{URL}?page_size=7"
        while url:
            answer = call(cast.tom, "get", url)
            found += keys(answer)
            url = answer.json()["next"]
        assert found == list(guide_policy.policy_in_force().guides)

    @pytest.mark.parametrize("query", ["stage=gate_2", "phase=1A", "role=tam", "q=SPONSOR", "stage=gate_1&role=pdm"])
    def test_narrowed(self, cast: Cast, query: str) -> None:
        rows = call(cast.tom, "get", f"{URL}?{query}&page_size=200").json()["results"]
        assert 0 < len(rows) < len(guide_policy.policy_in_force().guides)
        for row in rows:
            assert "gate_2" not in query or row["stage"] in ("", "gate_2")
            assert "1A" not in query or row["phase"] in ("", "1A")
            assert "tam" not in query or "tam" in row["roles"]

    def test_those_to_be_looked_over(self, cast: Cast) -> None:
        Guide.objects.filter(key=KEY).update(review_due_on=date(2020, 1, 1))
        late = call(cast.tom, "get", f"{URL}?overdue=true")
        assert keys(late) == [KEY]
        assert late.json()["results"][0]["is_overdue"] is True
        assert KEY not in keys(call(cast.tom, "get", f"{URL}?overdue=false&page_size=200"))

    @pytest.mark.parametrize("query", ["stage=gate_9", "role=nobody", "kind=moon"])
    def test_what_is_no_value_is_said(self, cast: Cast, query: str) -> None:
        assert call(cast.tom, "get", f"{URL}?{query}").status_code == 400

    def test_what_the_pack_has_no_more_is_gone(self, cast: Cast) -> None:
        Guide.objects.create(key="old_ways", review_due_on=date(2020, 1, 1))
        assert "old_ways" not in keys(call(cast.tom, "get", f"{URL}?page_size=200"))
        assert call(cast.tom, "get", f"{URL}old_ways/").status_code == 404


class TestKeeping:
    def test_reading_one(self, cast: Cast) -> None:
        answer = call(cast.tom, "get", ONE)
        found = answer.json()
        assert found["body"] == guide_policy.words(guide_policy.policy_in_force().guides[KEY].body)
        assert (found["owner_role"], found["owner_id"]) == ("pam", None)
        assert call(cast.tom, "get", ONE, **{"If-None-Match": answer["ETag"]}).status_code == 304

    def test_somebody_keeps_it(self, cast: Cast) -> None:
        tag = call(cast.ana, "get", ONE)["ETag"]
        answer = call(cast.ana, "patch", ONE, {"owner": str(cast.ana.public_id)}, **{"If-Match": tag})
        assert answer.status_code == 200
        assert (answer.json()["owner_name"], answer.json()["version"]) == (cast.ana.name, 2)
        assert call(cast.ana, "patch", ONE, {"owner": None}, **{"If-Match": tag}).status_code == 412
        answer = call(cast.ana, "patch", ONE, {"owner": None}, **{"If-Match": answer["ETag"]})
        assert answer.json()["owner_id"] is None

    def test_somebody_of_another_role_does_not(self, cast: Cast) -> None:
        tag = call(cast.ana, "get", ONE)["ETag"]
        answer = call(cast.ana, "patch", ONE, {"owner": str(cast.tom.public_id)}, **{"If-Match": tag})
        assert (answer.status_code, answer.json()["code"]) == (400, "role_not_held")
        assert answer.json()["errors"][0]["field"] == "owner"
        assert call(cast.ana, "patch", ONE, {"owner": None}).status_code == 428

    def test_it_was_looked_over(self, cast: Cast) -> None:
        Guide.objects.filter(key=KEY).update(review_due_on=date(2020, 1, 1))
        answer = call(cast.ana, "post", f"{ONE}reviewed/")
        assert answer.status_code == 200
        found = answer.json()
        due = date.fromisoformat(found["reviewed_on"]) + timedelta(days=found["review_days"])
        assert (found["reviewed_by"], found["review_due_on"], found["is_overdue"]) == (
            cast.ana.name,
            due.isoformat(),
            False,
        )
        assert Activity.objects.filter(verb="guide.reviewed", actor_id=cast.ana.pk).exists()

    @pytest.mark.parametrize(("who", "status"), [("tom", 403), ("connie", 404), ("adam", 200)])
    def test_who_may(self, cast: Cast, who: str, status: int) -> None:
        person = getattr(cast, who)
        tag = call(cast.ana, "get", ONE)["ETag"]
        assert call(person, "patch", ONE, {"owner": None}, **{"If-Match": tag}).status_code == status
        assert call(person, "post", f"{ONE}reviewed/").status_code == status
