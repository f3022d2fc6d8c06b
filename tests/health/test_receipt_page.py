"""The page of an organization's health: the receipt, the history, a replay, and who may look."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from health.models import Snapshot
from tests.cast import Cast
from tests.factories.health import TODAY, make_health

pytestmark = pytest.mark.django_db


def page(cast: Cast, who: str, path: str = "", *, status: int = 200) -> Any:
    client = Client()
    client.force_login(getattr(cast, who))
    answer = client.get(f"/organizations/{cast.northwind.public_id}/health/{path}")
    assert answer.status_code == status, (who, path, answer.status_code)
    return answer


@pytest.fixture(autouse=True)
def world(cast: Cast) -> None:
    make_health(cast.northwind, day=TODAY - timedelta(days=2))
    make_health(cast.northwind, day=TODAY - timedelta(days=1), gate_progress=40)
    make_health(cast.northwind, gate_progress=10, plan_progress=20, commitments_kept=50, csat=3, stale=("owner_pulse",))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("tom", 200), ("ana", 200), ("max", 200), ("adam", 200), ("lena", 200)),
        *(("otto", 404), ("sam", 403), ("connie", 404), ("sue", 404), ("tina", 404)),
    ],
)
def test_who_opens_the_organization_opens_its_receipt(cast: Cast, who: str, status: int) -> None:
    page(cast, who, status=status)
    page(cast, who, "replay/", status=status)


def test_the_receipt_adds_up(cast: Cast) -> None:
    context = page(cast, "tom").context
    shown, groups = context["shown"], context["groups"]
    assert shown.day == TODAY
    assert sum((line.contribution for group in groups for line in group.lines), Decimal()) == shown.score
    assert sum((group.contribution for group in groups), Decimal()) == shown.score
    assert sum((one.by for one in context["causes"]), Decimal()) == context["change"].total
    assert sum((one.by for one in context["movers"]), Decimal()) == context["change"].total
    assert context["found"].before.day == TODAY - timedelta(days=1)


def test_every_part_is_said(cast: Cast) -> None:
    text = page(cast, "tom").content.decode()
    for words in ("What the score consists of", "Score: the sum", "What changed", "Missing or returned evidence"):
        assert words in text
    for words in ("Stale", "The way to", "History", "<svg", "As a table", "Version"):
        assert words.lower() in text.lower()


def test_a_day_of_the_history_opens_its_receipt(cast: Cast) -> None:
    first = TODAY - timedelta(days=2)
    context = page(cast, "tom", f"?day={first}").context
    assert context["shown"].day == first
    assert context["found"].before is None
    assert context["found"].after.day == TODAY - timedelta(days=1)
    for nothing in ("2020-01-01", "yesterday"):
        answer = page(cast, "tom", f"?day={nothing}")
        assert "There is no snapshot of that day" in answer.content.decode()
    page(cast, "tom", "replay/?day=2020-01-01", status=404)


def test_a_replay_says_whether_it_is_the_same(cast: Cast) -> None:
    assert page(cast, "tom", "replay/").context["is_same"]
    snapshot = Snapshot.objects.on(TODAY).get()
    forged = {**snapshot.receipt, "score": "99.99"}
    day = TODAY - timedelta(days=9)
    Snapshot(
        **{field.attname: getattr(snapshot, field.attname) for field in Snapshot._meta.concrete_fields}
        | {"day": day, "receipt": forged}
    ).save(force_insert=True)
    assert not page(cast, "tom", f"replay/?day={day}").context["is_same"]


def test_technical_health_stands_beside(cast: Cast) -> None:
    make_health(cast.northwind, card="technical")
    answer = page(cast, "tom")
    assert [one.state.card for one in answer.context["beside"]] == ["technical"]
    assert answer.context["state"].card == "partner_launch"
    other = page(cast, "tom", f"?day={TODAY}&occasion=daily&card=technical")
    assert other.context["shown"].receipt.card_key == "technical"


def test_nothing_computed_says_so(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.carl)
    text = client.get(f"/organizations/{cast.birch.public_id}/health/").content.decode()
    assert "No health has been computed yet" in text
    assert "The history begins with the first score." in text


def test_the_head_and_the_overview_say_the_band(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tom)
    answer = client.get(f"/organizations/{cast.northwind.public_id}/")
    assert {mark.label: mark.words for mark in answer.context["page"].marks}["Health"].startswith("Yellow")
    assert "panel-organization-health" in answer.content.decode()


def test_the_history_is_taken_out_as_a_file(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.max)
    answer = client.post(f"/organizations/{cast.northwind.public_id}/health/history/export/")
    assert answer.status_code == 200
    assert len(answer.content.decode().strip().splitlines()) == 4


def test_the_explainer_says_why_the_band_is_what_it_is(cast: Cast) -> None:
    make_health(cast.birch, day=TODAY, without=("active_use", "usage_trend", "feature_adoption"))
    for who, query, is_told in (("tom", "Birch", True), ("sam", "Northwind", False), ("otto", "Birch", False)):
        client = Client()
        client.force_login(getattr(cast, who))
        text = client.get(f"/why/?q={query}").content.decode()
        assert ("Too little is known" in text) == is_told, who
        assert ("Its health is" in text) == is_told, who
