"""Samples through the API: in bulk, with the faults by row, and read back page by page."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from health.models import Sample
from tests.cast import Cast
from tests.factories.health_metrics import load_metrics, metric
from tests.hub.api_world import call, token_of

URL = "/api/v1/health/samples/"


@pytest.fixture
def world(cast: Cast) -> Cast:
    load_metrics(
        metric("uptime", unit="percent", minimum=0, maximum=100),
        metric("seats_sold", **{"class": "commercial"}),
        now=timezone.now(),
    )
    for organization in (cast.northwind, cast.birch):
        organization.stage_periods.update(entered_at=datetime(2026, 1, 1, tzinfo=UTC))
    return cast


def sample(cast: Cast, day: int, value: Any = 99.5, **more: Any) -> dict[str, Any]:
    at = f"2026-02-{day:02}T00:00:00Z"
    said = {"organization_id": str(cast.northwind.public_id), "metric": "uptime", "at": at, "value": value}
    return said | more


def test_a_batch_is_taken_once_and_read_back_page_by_page(world: Cast) -> None:
    rows = [sample(world, day) for day in range(1, 6)] + [sample(world, 1, 40, metric="seats_sold")]
    body = {"source": "monitoring", "samples": rows}
    assert call(world.tom, "post", URL, body).json() == {"accepted": 6, "unchanged": 0, "rejected": []}
    assert call(world.adam, "post", URL, body).json() == {"accepted": 0, "unchanged": 6, "rejected": []}
    address = f"/api/v1/organizations/{world.northwind.public_id}/samples/?metric=uptime&page_size=2"
    days = []
    while address:
        page = call(world.tom, "get", address).json()
        days += [(row["at"][8:10], row["value"], row["source"]) for row in page["results"]]
        address = page["next"]
    assert days == [(f"{day:02}", "99.500000", "monitoring") for day in range(5, 0, -1)]
    narrowed = (
        f"/api/v1/organizations/{world.northwind.public_id}/samples/?since=2026-02-04T00:00:00Z&source=monitoring"
    )
    assert len(call(world.tom, "get", narrowed).json()["results"]) == 2
    everything = f"/api/v1/organizations/{world.northwind.public_id}/samples/"
    seen = {name: call(getattr(world, name), "get", everything) for name in ("adam", "ines", "sam", "otto")}
    assert {name: answer.status_code for name, answer in seen.items()} == {
        "adam": 200,
        "ines": 200,
        "sam": 200,
        "otto": 404,
    }
    metrics = {name: {row["metric"] for row in seen[name].json()["results"]} for name in ("adam", "ines", "sam")}
    assert metrics == {"adam": {"uptime", "seats_sold"}, "ines": {"uptime"}, "sam": set()}


def test_faults_are_told_by_row_and_nothing_or_the_rest_is_taken(world: Cast) -> None:
    text = (
        '{"samples": [{"organization_id": "%s", "metric": "uptime", "at": "2026-02-01T00:00:00Z", "value": %s},'
        ' {"organization_id": "%s", "metric": "uptime", "at": "2026-02-02T00:00:00Z", "value": 0.1234567}]%s}'
    )
    name = world.northwind.public_id
    headers = {"Authorization": f"Bearer {token_of(world.tom)}"}

    def send(value: str, more: str = "") -> Any:
        body = text % (name, value, name, more)
        return Client().post(URL, body.encode(), content_type="application/json", headers=headers)

    for value in ("NaN", "Infinity", "-Infinity", '"99"', "true", "null", "1e400", "-0.01", "101"):
        answer = send(value)
        assert (answer.status_code, answer.json()["code"]) == (400, "rows_rejected"), value
        assert [fault["field"] for fault in answer.json()["errors"]] == ["1.value"], value
        assert answer["Content-Type"] == "application/problem+json"
    assert not Sample.objects.exists()
    rest = send("NaN", ', "skip_bad": true').json()
    assert (rest["accepted"], [(row["row"], row["found"]) for row in rest["rejected"]]) == (1, [(1, "NaN")])
    assert str(Sample.objects.get().value) == "0.123457"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"samples": []},
        {"samples": {}},
        {"samples": [{}] * 10_001},
        {"samples": [{}], "source": "No Good"},
        {"samples": [{}], "source": "hub"},
        {"samples": [{}], "skip_bad": "perhaps"},
        {"samples": [{"metric": "\ud800"}]},
    ],
)
def test_what_is_no_batch_is_refused(world: Cast, body: Any) -> None:
    assert call(world.tom, "post", URL, body).status_code == 400


def test_metrics_say_what_may_be_sent(world: Cast) -> None:
    found = {row["key"]: row for row in call(world.tom, "get", "/api/v1/health/metrics/").json()}
    assert list(found) == ["uptime", "seats_sold"]
    assert (found["uptime"]["unit"], found["uptime"]["maximum"]) == ("percent", "100.000000")
