"""Business reviews through the API: begun, read, edited, presented, as files; money and strangers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import Activity
from common.models import StoredFile
from partners.models import BusinessReview, Opportunity, Organization, OrganizationFacts, ReviewDocument
from tests.cast import Cast
from tests.hub.api_world import call

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_a_review_through_the_api(cast: Cast) -> None:
    base = f"/api/v1/organizations/{cast.northwind.public_id}/reviews/"
    sent: dict[str, Any] = {"kind": "business_review", "on": str(TODAY)}
    Opportunity.objects.create(organization=cast.northwind, title="Second region", amount=9, expected_on=TODAY)
    assert call(cast.max, "post", base, sent).status_code == 403
    assert call(cast.otto, "post", base, sent).status_code == 404
    assert call(cast.tom, "post", base, sent | {"kind": "digest"}).json()["code"] == "kind"
    made = call(cast.tom, "post", base, sent)
    assert (made.status_code, made.json()["state"], made.json()["version"]) == (201, "building", 1)
    one, keys = f"{base}{made.json()['id']}/", [row["key"] for row in made.json()["sections"]]
    assert {"health", "tickets", "expansion", "renewal"} <= set(keys)
    money = call(cast.ines, "get", one).json()
    assert {row["key"] for row in money["sections"]} == set(keys) - {"expansion", "renewal"}
    assert "Second region" not in str(money)
    assert call(cast.ines, "patch", f"{one}sections/expansion/", {"note": "x"}, **{"If-Match": '"1"'}).status_code in (
        403,
        404,
    )
    edited = call(cast.tom, "patch", one, {"summary": "Well done"}, **{"If-Match": '"1"'})
    assert (edited.json()["summary"], edited.json()["version"]) == ("Well done", 2)
    assert call(cast.tom, "patch", one, {"summary": "x"}, **{"If-Match": '"1"'}).status_code in (409, 412)
    assert call(cast.tom, "patch", one, {"summary": "x"}).status_code == 428
    note = {"note": "Only for us", "audience": "internal"}
    section = call(cast.tom, "patch", f"{one}sections/tickets/", note, **{"If-Match": '"1"'})
    assert (section.json()["audience"], section.json()["version"]) == ("internal", 2)
    assert call(cast.tom, "patch", f"{one}sections/nothing/", note, **{"If-Match": '"1"'}).status_code == 404
    assert call(cast.tom, "post", f"{one}build/").json()["built_at"]
    assert call(cast.tom, "post", f"{one}ready/").json()["state"] == "ready"
    assert call(cast.tom, "post", f"{one}ready/", {"ready": False}, **{"If-Match": '"1"'}).status_code == 412
    assert call(cast.tom, "post", f"{one}ready/", {"ready": False}, **{"If-Match": '"3"'}).json()["state"] == "building"
    assert call(cast.tom, "post", f"{one}present/", **{"If-Match": '"3"'}).status_code == 412
    shown = call(cast.tom, "post", f"{one}present/").json()
    assert {(row["edition"], row["format"]) for row in shown["documents"]} == {("shared", "pdf"), ("shared", "pptx")}
    agreed = {"title": "Send the plan", "side": "us", "due_on": str(TODAY + timedelta(days=9))}
    assert call(cast.max, "post", f"{one}actions/", agreed).status_code == 403
    promise = call(cast.tom, "post", f"{one}actions/", agreed | {"owner": str(cast.ana.public_id)}).json()
    assert (promise["title"], promise["owner_id"]) == ("Send the plan", str(cast.ana.public_id))
    assert (shown["state"], len(shown["content_hash"]), shown["kept_hash"]) == ("presented", 64, "")
    for path, body in (("build", None), ("present", None), ("cancel", {"reason": "x"})):
        assert call(cast.tom, "post", f"{one}{path}/", body).json()["code"] == "frozen"
    other = call(cast.tom, "post", base, sent | {"kind": "technical_review"}).json()
    gone = call(cast.tom, "post", f"{base}{other['id']}/cancel/", {"reason": "They merge"}).json()
    assert (gone["state"], gone["cancel_reason"]) == ("cancelled", "They merge")
    assert len(call(cast.tom, "get", base).json()["results"]) == 2
    listed = call(cast.tom, "get", f"/api/v1/reviews/?state=presented&since={TODAY}&until={TODAY}").json()
    assert [row["id"] for row in listed["results"]] == [made.json()["id"]]
    assert call(cast.otto, "get", "/api/v1/reviews/").json()["results"] == []
    assert call(cast.tom, "get", f"/api/v1/reviews/?owner={cast.ana.public_id}").json()["results"] == []
    assert call(cast.tom, "get", "/api/v1/reviews/?state=lost").status_code == 400


def test_documents_through_the_api(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    base = f"/api/v1/organizations/{cast.northwind.public_id}/reviews/"
    made = call(cast.tom, "post", base, {"kind": "business_review", "on": str(TODAY)}).json()
    one, wanted = f"{base}{made['id']}/", {"edition": "internal", "format": "pdf"}
    assert call(cast.tom, "post", f"{one}documents/", wanted | {"format": "doc"}).status_code == 400
    asked = [call(cast.tom, "post", f"{one}documents/", wanted).json() for _again in range(2)]
    assert (asked[0]["id"], asked[0]["state"], asked[0]["with_commercial"]) == (asked[1]["id"], "waiting", True)
    file = f"{one}documents/{asked[0]['id']}/"
    assert call(cast.tom, "get", file).status_code == 404
    path = default_storage.save("r.pdf", ContentFile(b"%PDF-1.7"))
    stored = StoredFile.objects.create(path=path, original_name="r.pdf", content_type="c", size=8, sha256="0")
    ReviewDocument.objects.update(state="done", file=stored, made_at=timezone.now())
    got = call(cast.tom, "get", file)
    assert (got.getvalue(), "attachment" in got["Content-Disposition"]) == (b"%PDF-1.7", True)
    # With money in it, it is not for a reader of none; nor through another review.
    assert call(cast.ines, "get", file).status_code == 404
    assert call(cast.ines, "get", one).json()["documents"] == []
    other = BusinessReview.objects.create(
        organization=cast.northwind, title="x", period_from=TODAY, period_to=TODAY + timedelta(days=9)
    )
    assert call(cast.tom, "get", f"{base}{other.public_id}/documents/{asked[0]['id']}/").status_code == 404
    assert call(cast.otto, "get", file).status_code == 404
    page = Client()
    page.force_login(cast.max)
    assert page.get(f"/reviews/documents/{asked[0]['id']}/").getvalue() == b"%PDF-1.7"
    taken = Activity.objects.filter(verb="review.document_fetched")
    assert list(taken.order_by("pk").values_list("actor_id", "organization_id", "changes__document__1")) == [
        (cast.tom.pk, cast.northwind.pk, "internal pdf"), (cast.max.pk, cast.northwind.pk, "internal pdf"),
    ]  # fmt: skip


def test_who_has_had_none_and_packs_together(cast: Cast) -> None:
    launched = TODAY - timedelta(days=400)
    Organization.objects.filter(pk=cast.birch.pk).update(stage="live", launched_on=launched, arr=500_000)
    OrganizationFacts.objects.filter(organization=cast.birch).update(arr_segment="enterprise")
    covered = call(cast.carl, "get", "/api/v1/reviews/coverage/").json()
    assert (covered["due"], covered["had"], covered["missing"]) == (1, 0, 1)
    assert call(cast.otto, "get", "/api/v1/reviews/coverage/?quarter=x").json()["due"] == 0
    (row,) = call(cast.carl, "get", "/api/v1/reviews/missing/?kind=customer").json()["results"]
    assert (row["organization_id"], row["planned_on"], row["review_id"]) == (str(cast.birch.public_id), None, None)
    assert call(cast.carl, "get", "/api/v1/reviews/missing/?kind=partner").json()["results"] == []
    batch, nothing = "/api/v1/reviews/batch/", call(cast.carl, "get", "/api/v1/reviews/batch/").json()
    assert (nothing["asked_at"], nothing["total"], nothing["is_done"]) == (None, 0, True)
    assert call(cast.carl, "post", batch, {"mine": True}).json()["code"] == "nothing"
    base = f"/api/v1/organizations/{cast.birch.public_id}/reviews/"
    call(cast.carl, "post", base, {"kind": "business_review", "on": str(TODAY)})
    begun = call(cast.carl, "post", batch, {"mine": True})
    assert (begun.status_code, begun.json()["total"], begun.json()["is_done"]) == (202, 1, False)
    assert call(cast.tom, "get", batch).json()["total"] == 0
