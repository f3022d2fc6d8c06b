"""Absences through the API: said and taken back by the person, read by all, the reason by who keeps it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Absence
from tests.cast import Cast
from tests.hub.api_world import call

pytestmark = pytest.mark.django_db
BASE = "/api/v1/absences/"


def test_absences_through_the_api(cast: Cast) -> None:
    today = timezone.localdate()
    sent = {"first_on": str(today + timedelta(days=7)), "last_on": str(today + timedelta(days=9)), "reason": "A fair"}
    assert call(cast.tom, "post", BASE, sent | {"last_on": str(today)}).status_code == 400
    assert call(cast.tom, "post", BASE, sent | {"user_id": str(cast.otto.public_id)}).status_code == 403
    assert call(cast.tom, "post", BASE, sent | {"user_id": str(cast.connie.public_id)}).status_code == 404
    made = call(cast.tom, "post", BASE, sent)
    assert (made.status_code, made.json()["user_id"], made.json()["reason"]) == (
        201,
        str(cast.tom.public_id),
        "A fair",
    )
    one = f"{BASE}{made.json()['id']}/"
    assert call(cast.otto, "get", one).json()["reason"] == ""
    query = f"?user={cast.tom.public_id}&since={today + timedelta(days=9)}&until={today + timedelta(days=30)}"
    assert [row["id"] for row in call(cast.otto, "get", BASE + query).json()["results"]] == [made.json()["id"]]
    assert call(cast.otto, "get", f"{BASE}?since={today + timedelta(days=10)}").json()["results"] == []
    assert call(cast.otto, "delete", one).status_code == 403
    assert call(cast.tom, "delete", one).status_code == 204
    assert call(cast.tom, "get", one).status_code == 404
    assert Absence.objects.get().cancelled_at is not None
