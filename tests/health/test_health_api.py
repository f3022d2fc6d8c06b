"""Health in the API: who reads it, what a receipt holds, pulses and bands set by hand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from health.models import BandOverride, Pulse
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import make_customer
from tests.hub.api_world import BASE, call

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def world(cast: Cast) -> None:
    make_health(cast.northwind, day=TODAY - timedelta(days=1))
    make_health(cast.northwind, day=TODAY, owner_pulse=0)
    make_health(cast.birch, day=TODAY)
    make_health(
        make_customer("live", name="Cedar"), day=TODAY, without=("active_use", "usage_trend", "feature_adoption")
    )


def read(cast: Cast, who: str, path: str, status: int = 200) -> Any:
    answer = call(getattr(cast, who), "get", f"{BASE}{path}")
    assert answer.status_code == status, (who, path, answer.content)
    return answer.json()


def test_states_come_worst_first_within_what_one_opens(cast: Cast) -> None:
    assert [row["name"] for row in read(cast, "max", "/health/")["results"]] == ["Northwind", "Cedar", "Birch"]
    assert [row["name"] for row in read(cast, "tom", "/health/")["results"]] == ["Northwind", "Birch"]
    assert read(cast, "otto", "/health/")["results"] == []
    first = read(cast, "tom", "/health/")["results"][0]
    assert (first["band"], first["reason"]["code"]) == ("red", "veto")
    assert first["reason"]["text"] == "The owner sees the organization at risk: no better than red."
    for query, names in (
        ("band=grey&band=green", ["Cedar", "Birch"]),
        ("scorecard=customer", ["Cedar", "Birch"]),
        ("kind=partner", ["Northwind"]),
        (f"changed_since={TODAY}", ["Northwind", "Cedar", "Birch"]),
        (f"changed_since={TODAY + timedelta(days=1)}", []),
    ):
        assert [row["name"] for row in read(cast, "max", f"/health/?{query}")["results"]] == names, query
    read(cast, "max", "/health/?band=purple", 400)


def test_a_receipt_adds_up(cast: Cast) -> None:
    path = f"/organizations/{cast.northwind.public_id}/health/"
    found = read(cast, "tom", path)
    assert sum(Decimal(part["contribution"]) for part in found["parts"]) == Decimal(found["score"])
    change = found["change"]
    assert sum(Decimal(change[cause]) for cause in ("behavior", "evidence", "version")) == Decimal(change["total"])
    assert [veto["veto"] for veto in found["vetoes"]] == ["pulse_red"]
    earlier = read(cast, "tom", f"{path}?day={TODAY - timedelta(days=1)}")
    assert (earlier["day"], earlier["band"]) == (str(TODAY - timedelta(days=1)), "green")
    read(cast, "tom", f"{path}?day=2020-01-01", 404)
    read(cast, "tom", f"{path}?day=yesterday", 400)
    read(cast, "otto", path, 404)
    read(cast, "sam", path, 403)


def test_snapshots_are_listed_without_receipts(cast: Cast) -> None:
    path = f"/organizations/{cast.northwind.public_id}/health/snapshots/"
    rows = read(cast, "tom", path)["results"]
    assert [row["day"] for row in rows] == [str(TODAY), str(TODAY - timedelta(days=1))]
    assert "receipt" not in rows[0]
    assert len(read(cast, "tom", f"{path}?since={TODAY}&daily=true")["results"]) == 1
    read(cast, "sam", path, 403)
    read(cast, "otto", path, 404)


def test_a_pulse_is_given_once(cast: Cast) -> None:
    url = f"{BASE}/organizations/{cast.northwind.public_id}/health/pulses/"
    sent = {"value": "red", "note": "Their sponsor left"}
    for _turn in range(2):
        answer = call(cast.tom, "post", url, sent, **{"Idempotency-Key": "one"})
        assert answer.status_code == 201, answer.content
    assert Pulse.objects.get().note == "Their sponsor left"
    assert call(cast.tom, "post", url, {"value": "red"}).json()["errors"][0]["field"] == "note"
    assert call(cast.tom, "post", url, {"value": "purple"}).status_code == 400
    assert call(cast.max, "post", url, sent).status_code == 403
    assert call(cast.otto, "post", url, sent).status_code == 404
    listed = read(cast, "max", f"/organizations/{cast.northwind.public_id}/health/pulses/")["results"]
    assert [row["given_by"] for row in listed] == ["Tom Okafor"]


def test_a_band_is_set_and_taken_back(cast: Cast) -> None:
    url = f"{BASE}/organizations/{cast.northwind.public_id}/health/override/"
    sent = {"band": "yellow", "reason": "Planned", "until": (timezone.now() + timedelta(days=9)).isoformat()}
    assert call(cast.tom, "get", url).status_code == 404
    assert call(cast.max, "put", url, sent).status_code == 200
    assert call(cast.tom, "get", url).json()["set_by"] == "Max Feld"
    late = sent | {"until": (timezone.now() + timedelta(days=31)).isoformat()}
    assert call(cast.tom, "put", url, late).json()["errors"][0]["field"] == "until"
    assert call(cast.tom, "put", url, sent | {"band": "grey"}).status_code == 400
    assert call(cast.lena, "put", url, sent).status_code == 403
    assert call(cast.otto, "put", url, sent).status_code == 404
    assert call(cast.tom, "delete", url).status_code == 200
    assert call(cast.tom, "delete", url).json()["code"] == "over"
    assert BandOverride.objects.get().ended_by == cast.tom
