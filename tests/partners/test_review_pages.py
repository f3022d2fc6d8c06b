"""Pages of business reviews: the way through them, their edition, the portal, and foreign ids."""

from datetime import date

import pytest
from django.test import Client

from partners.models import BusinessReview, ReviewDocument, ReviewSection
from partners.services import reviews
from tests.cast import Cast
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db


def test_the_way_through_the_pages(cast: Cast) -> None:
    made = BusinessReview.objects.create(
        organization=cast.northwind,
        title="Review Q4",
        period_from=date(2025, 10, 1),
        period_to=date(2026, 1, 1),
        owner=cast.tom,
    )
    client, here = Client(), f"/reviews/{made.public_id}/"
    client.force_login(cast.tom)
    assert "Review Q4" in client.get("/reviews/").content.decode()
    assert client.get("/reviews/?state=%00&cursor=x").status_code in (200, 400)
    assert client.post(f"{here}rebuild/").status_code == 302
    ReviewSection.objects.filter(review=made, key="health").update(note="Only for us")
    assert "Only for us" in client.get(here).content.decode()
    theirs = client.get(f"{here}?edition=shared").content.decode()
    assert "Only for us" not in theirs
    assert "Expansion" not in theirs
    assert "Review Q4" in client.get(f"/organizations/{cast.northwind.public_id}/reviews/").content.decode()
    sent = {"title": "Review Q4", "summary": "Well done", "agenda": "", "follow_up": "", "version": "1"}
    assert client.post(f"{here}edit/", sent).status_code == 302
    assert client.post(f"{here}edit/", sent | {"title": "Other"}).status_code == 422
    assert client.get(f"{here}sections/health/").status_code == 200
    assert client.post(f"{here}documents/", {"edition": "shared", "format": "pdf"}).status_code == 302
    assert ReviewDocument.objects.get().state == "waiting"
    assert "Is being made" in client.get(f"{here}documents/state/").content.decode()
    assert client.get(f"/reviews/documents/{ReviewDocument.objects.get().public_id}/").status_code == 404
    assert client.post(f"{here}present/", {"version": "1"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "building"
    client.post(f"{here}present/", {"version": "2"})
    made.refresh_from_db()
    assert made.state == "presented"
    action = {"title": "Send the plan", "side": "us", "due_on": "2027-01-10"}
    client.post(f"{here}actions/", action)
    assert "Send the plan" in client.get(here).content.decode()


def test_the_portal_shows_what_was_presented_to_its_own(cast: Cast) -> None:
    made = BusinessReview.objects.create(
        organization=cast.northwind, title="Review Q4", period_from=date(2025, 10, 1), period_to=date(2026, 1, 1)
    )
    by, client = cast.actor("tom"), Client()
    client.force_login(cast.connie)
    reviews.rebuild(by=by, review=made, now=NOW)
    assert "Review Q4" not in client.get("/portal/reviews/").content.decode()
    assert client.get(f"/portal/reviews/{made.public_id}/").status_code == 404
    ReviewSection.objects.filter(review=made, key="health").update(note="Only for us")
    reviews.present(by=by, review=made, now=NOW)
    assert "Review Q4" in client.get("/portal/reviews/").content.decode()
    page = client.get(f"/portal/reviews/{made.public_id}/").content.decode()
    assert "Commitments" in page
    assert not any(word in page for word in ("Only for us", "Expansion", "Colleagues only", "Follow-up"))
    assert client.get(f"/reviews/{made.public_id}/").status_code in (403, 404)
    foreign = BusinessReview.objects.create(
        organization=cast.birch,
        title="Review Q4",
        period_from=date(2025, 10, 1),
        period_to=date(2026, 1, 1),
        state="presented",
        presented_at=NOW,
    )
    assert client.get(f"/portal/reviews/{foreign.public_id}/").status_code == 404


@pytest.mark.parametrize("name", ["carl", "sue"])
def test_strangers_find_nothing(cast: Cast, name: str) -> None:
    made = BusinessReview.objects.create(
        organization=cast.northwind, title="Review Q4", period_from=date(2025, 10, 1), period_to=date(2026, 1, 1)
    )
    client = Client()
    client.force_login(getattr(cast, name))
    for path in ("", "edit/", "documents/state/"):
        assert client.get(f"/reviews/{made.public_id}/{path}").status_code == 404
    assert client.post(f"/reviews/{made.public_id}/present/").status_code == 404


def test_money_is_for_those_who_read_commercial_fields(cast: Cast) -> None:
    made = BusinessReview.objects.create(
        organization=cast.northwind, title="Review Q4", period_from=date(2025, 10, 1), period_to=date(2026, 1, 1)
    )
    reviews.rebuild(by=cast.actor("tom"), review=made, now=NOW)
    seen = {}
    for name in ("tom", "ines"):
        client = Client()
        client.force_login(getattr(cast, name))
        seen[name] = "Expansion" in client.get(f"/reviews/{made.public_id}/").content.decode()
    assert seen == {"tom": True, "ines": False}
