"""The API of handoffs and touchpoints: the same use cases, the same refusals, as JSON."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from partners.models import Handoff, HandoffItem, Touchpoint
from partners.services import touchpoints
from tests.cast import Cast
from tests.factories.handoffs import do_everything, offered, settle_all
from tests.factories.partners import make_contact, make_partner
from tests.hub.api_world import BASE, call

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def at(cast: Cast, tail: str) -> str:
    return f"{BASE}/organizations/{cast.northwind.public_id}/{tail}"


def one(handoff: Handoff, tail: str = "") -> str:
    return f"{BASE}/organizations/{handoff.organization.public_id}/handoffs/{handoff.public_id}/{tail}"


class TestHandoffs:
    def test_from_preparation_to_acceptance(self, cast: Cast) -> None:
        sent = {"kind": "psm_to_tam", "receiver": str(cast.tom.public_id), "summary": "Careful people"}
        made = call(cast.petra, "post", at(cast, "handoffs/"), sent)
        assert (made.status_code, made.json()["state"], made.json()["to_role"]) == (201, "prepared", "tam")
        handoff = Handoff.objects.get()
        refused = call(cast.petra, "post", one(handoff, "offer/"))
        assert (refused.status_code, refused.json()["code"]) == (400, "item_unchecked")
        item = {"key": "beta_insights", "note": "Twelve took part", "is_settled": True}
        assert call(cast.petra, "post", one(handoff, "settle/"), item).status_code == 200
        settle_all(handoff)
        assert call(cast.petra, "post", one(handoff, "offer/")).json()["due_at"]
        assert [row["id"] for row in call(cast.tom, "get", f"{BASE}/handoffs/").json()["results"]] == [
            str(handoff.public_id)
        ]
        back = {"reasons": "Who answers at night?", "items": ["support_processes"]}
        assert call(cast.tom, "post", one(handoff, "return/"), back).json()["state"] == "returned"
        settle_all(handoff)
        call(cast.petra, "post", one(handoff, "offer/"))
        do_everything(handoff, now=timezone.now())
        done = call(cast.tom, "post", one(handoff, "accept/"))
        assert (done.status_code, done.json()["state"]) == (200, "accepted")

    def test_days_reading_and_withdrawal(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        day = {"meeting": "handoff_meeting", "on": str(TODAY - timedelta(days=1))}
        assert call(cast.tom, "post", one(handoff, "meet/"), day).json()["meeting_on"] == day["on"]
        assert call(cast.tom, "post", one(handoff, "meet/"), {**day, "on": None}).json()["meeting_on"] is None
        assert call(cast.tom, "post", one(handoff, "shadow/"), {"on": str(TODAY)}).json()["shadow_from"] == str(TODAY)
        read = call(cast.tom, "post", one(handoff, "read/"), {"key": "people"}).json()
        assert [item["key"] for item in read["items"] if item["read_at"]] == ["people"]
        moved = call(cast.petra, "post", one(handoff, "readdress/"), {"receiver": str(cast.otto.public_id)})
        assert moved.json()["receiver_name"] == "Otto Brandt"
        assert call(cast.petra, "post", one(handoff, "withdraw/"), {}).json()["state"] == "withdrawn"

    def test_who_reads_what(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        line = {"label": "Runbooks", "value": "Forty", "url": "", "field_class": "answers"}
        HandoffItem.objects.filter(handoff=handoff, key="operations").update(gathered=[line])
        shown = {
            name: "Forty" in call(getattr(cast, name), "get", one(handoff)).content.decode()
            for name in ("petra", "tom", "ana", "ines")
        }
        assert shown == {"petra": True, "tom": True, "ana": True, "ines": False}
        for name in ("sam", "otto", "sue"):
            assert call(getattr(cast, name), "get", one(handoff)).status_code == 404, name

    def test_an_acceptance_that_closes_the_page_still_answers(self, cast: Cast) -> None:
        early = make_partner("gate_2", owners={"tpm": cast.tina})
        handoff = offered(early, cast.tina, cast.petra, "tpm_to_psm")
        do_everything(handoff)
        done = call(cast.petra, "post", one(handoff, "accept/"))
        assert (done.status_code, done.json()["state"]) == (200, "accepted")
        assert call(cast.petra, "get", one(handoff)).status_code == 404

    @pytest.mark.parametrize("name", ["ana", "lena", "max", "adam"])
    def test_nobody_answers_for_the_receiver(self, cast: Cast, name: str) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        for tail, body in (("accept/", None), ("return/", {"reasons": "No"}), ("read/", {"key": "people"})):
            assert call(getattr(cast, name), "post", one(handoff, tail), body).status_code == 403, tail

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"kind": "psm_to_tam"},
            {"kind": "psm_to_tam", "receiver": "nobody"},
            {"kind": "psm_to_tam", "receiver": "00000000-0000-7000-8000-000000000000"},
            {"kind": "x" * 31, "receiver": None},
            {"kind": "a\0b", "receiver": None},
        ],
    )
    def test_bad_bodies(self, cast: Cast, sent: dict[str, Any]) -> None:
        assert call(cast.petra, "post", at(cast, "handoffs/"), sent).status_code == 400
        assert not Handoff.objects.exists()

    def test_launch_results(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        assert call(cast.petra, "post", one(handoff, "results/"), {"results": "x"}).json()["code"] == "wrong_state"
        assert call(cast.tom, "post", one(handoff, "confirm/")).status_code == 400

    def test_with_a_token_to_read_nothing_is_done(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        assert call(cast.tom, "post", one(handoff, "accept/"), scope="read").status_code == 403


class TestTouchpoints:
    @pytest.fixture
    def first(self, cast: Cast) -> Touchpoint:
        launched_on = TODAY - timedelta(days=7)
        partner = make_partner("post_launch", launched_on=launched_on, owners={"tam": cast.tom, "pam": cast.ana})
        touchpoints.generate(organization=partner, now=timezone.now())
        found: Touchpoint = Touchpoint.objects.filter(kind="check_in").earliest("planned_on")
        return found

    def url(self, touchpoint: Touchpoint, tail: str = "") -> str:
        return f"{BASE}/organizations/{touchpoint.organization.public_id}/touchpoints/{tail}"

    def test_listed_held_and_planned_again(self, cast: Cast, first: Touchpoint) -> None:
        rows = call(cast.ana, "get", self.url(first)).json()["results"]
        assert rows[0]["id"] == str(first.public_id)
        contact = make_contact(first.organization)
        sent = {
            "kind": "call",
            "happened_at": timezone.now().isoformat(),
            "summary": "Well",
            "contact_ids": [str(contact.public_id)],
        }
        done = call(cast.tom, "post", self.url(first, f"{first.public_id}/hold/"), sent).json()
        assert (done["state"], bool(done["interaction_id"])) == ("done", True)
        assert call(cast.tom, "post", self.url(first, f"{first.public_id}/hold/"), sent).status_code == 400
        assert call(cast.tom, "post", self.url(first, f"{first.public_id}/reopen/")).json()["state"] == "planned"
        assert call(cast.tom, "post", self.url(first, f"{first.public_id}/complete/")).json()["state"] == "done"

    def test_left_out_moved_arranged_cancelled(self, cast: Cast, first: Touchpoint) -> None:
        address = self.url(first, f"{first.public_id}/")
        later = str(TODAY + timedelta(days=2))
        assert call(cast.tom, "post", f"{address}move/", {"on": later}).json()["planned_on"] == later
        assert call(cast.tom, "post", f"{address}move/", {"on": "2000-01-01"}).json()["code"] == "past"
        assert call(cast.tom, "post", f"{address}skip/", {"reason": ""}).status_code == 400
        assert call(cast.tom, "post", f"{address}skip/", {"reason": "Fair"}).json()["state"] == "skipped"
        made = call(cast.tom, "post", self.url(first), {"kind": "workshop", "on": later}).json()
        assert made["owner_name"] == "Tom Okafor"
        cancelled = call(cast.tom, "post", self.url(first, f"{made['id']}/cancel/")).json()
        assert cancelled["state"] == "cancelled"

    def test_who_only_sees_them(self, cast: Cast, first: Touchpoint) -> None:
        address = self.url(first, f"{first.public_id}/skip/")
        for name, status in (("ana", 403), ("max", 403), ("otto", 404)):
            assert call(getattr(cast, name), "post", address, {"reason": "No"}).status_code == status, name
