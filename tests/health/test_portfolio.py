"""The portfolio by health: the heat map, what is at risk, what moved, a day of the past; homes and lists with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.listing import ListQuery
from health.lists import open_portfolio
from health.models import HealthState
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import make_customer, make_partner

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NOW = timezone.now()


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, who))
    return client


def page(cast: Cast, who: str, path: str, *, status: int = 200) -> Any:
    answer = client_of(cast, who).get(f"/health/{path}")
    assert answer.status_code == status, (who, path)
    return answer


def names(answer: Any) -> list[str]:
    return [row.name for row in answer.context["shown"].rows]


@pytest.fixture(autouse=True)
def world(cast: Cast) -> None:
    """Northwind fell to red today, Birch is green, Cedar (nobody's) is yellow, Alder of Tom has no evidence."""
    long_ago = TODAY - timedelta(days=20)
    make_health(cast.northwind, day=long_ago)
    make_health(cast.northwind, day=TODAY, owner_pulse=0, gate_progress=10)
    make_health(cast.birch, day=long_ago)
    make_health(cast.birch, day=TODAY)
    cedar = make_partner("post_launch", name="Cedar", arr=900, currency="EUR")
    make_health(cedar, day=long_ago, open_criticals=1)
    alder = make_customer("live", name="Alder", owners={"tam": cast.tom})
    make_health(alder, day=long_ago, without=("active_use", "usage_trend", "feature_adoption"))


def test_the_worst_come_first_and_each_sees_their_own(cast: Cast) -> None:
    assert names(page(cast, "max", "")) == ["Northwind", "Cedar", "Alder", "Birch"]
    assert names(page(cast, "tom", "")) == ["Northwind", "Alder", "Birch"]
    assert names(page(cast, "otto", "")) == []
    page(cast, "connie", "", status=404)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("health=red", ["Northwind"]),
        ("health=red&health=grey", ["Northwind", "Alder"]),
        ("card=customer", ["Alder", "Birch"]),
        ("kind=partner", ["Northwind", "Cedar"]),
        ("stage=post_launch", ["Cedar"]),
        ("moved=week", ["Northwind"]),
        ("moved=down", ["Northwind"]),
        ("moved=up", []),
        ("owner=none", ["Cedar"]),
        ("q=birch", ["Birch"]),
        ("sort=best", ["Birch", "Alder", "Cedar", "Northwind"]),
        ("sort=name", ["Alder", "Birch", "Cedar", "Northwind"]),
        ("health=purple", ["Northwind", "Cedar", "Alder", "Birch"]),
        ("cursor=broken", ["Northwind", "Cedar", "Alder", "Birch"]),
    ],
)
def test_it_is_narrowed_and_sorted(cast: Cast, query: str, found: list[str]) -> None:
    assert names(page(cast, "max", f"?{query}")) == found


def test_pages_go_on_where_they_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("health.lists.PAGE_SIZE", 3)
    first = page(cast, "max", "?all=1")
    cursor = first.context["shown"].page.next
    assert names(first) == ["Northwind", "Cedar", "Alder"]
    assert names(page(cast, "max", f"?cursor={cursor}")) == ["Birch"]


def test_cells_say_points_by_color_and_figure(cast: Cast) -> None:
    (row,) = [row for row in page(cast, "max", "").context["shown"].rows if row.name == "Northwind"]
    assert {cell.group: cell.band for cell in row.cells}["relationship"] == "yellow"
    text = page(cast, "max", "?card=customer").content.decode()
    assert "Product use" in text
    assert "heat-none" in text


def test_what_is_at_risk_says_why_and_what_is_at_stake(cast: Cast) -> None:
    answer = page(cast, "max", "at-risk/")
    assert names(answer) == ["Northwind", "Cedar"]
    text = answer.content.decode()
    assert "The owner sees the organization at risk: no better than red." in text
    assert "A critical incident or ticket is open: no better than yellow." in text
    assert "€900" in text
    assert names(page(cast, "max", "at-risk/?health=grey")) == ["Alder"]


def test_commercial_figures_are_for_those_who_read_them(cast: Cast) -> None:
    cast.northwind.arr = 700
    cast.northwind.currency = "EUR"
    cast.northwind.save(update_fields=["arr", "currency"])
    assert "€700" in page(cast, "tom", "at-risk/").content.decode()
    assert "€700" not in page(cast, "petra", "at-risk/").content.decode()


def test_moves_of_the_week(cast: Cast) -> None:
    answer = page(cast, "max", "moves/")
    (row,) = answer.context["shown"].rows
    assert (row.name, row.band_before, row.band) == ("Northwind", "green", "red")


def test_a_day_of_the_past_is_shown_by_the_rights_of_today(cast: Cast) -> None:
    day = TODAY - timedelta(days=20)
    answer = page(cast, "tom", f"?day={day}")
    assert sorted(row.name for row in answer.context["shown"].rows) == ["Alder", "Birch", "Northwind"]
    assert {row.name: row.band for row in answer.context["shown"].rows}["Northwind"] == "green"
    assert "As of" in answer.content.decode()
    assert names(page(cast, "max", f"?day={day}&health=yellow")) == ["Cedar"]
    for early, words in (
        (day - timedelta(days=1), "Nothing had been computed by then"),
        (day + timedelta(days=1), "No snapshots of that day"),
    ):
        assert words in page(cast, "max", f"?day={early}").content.decode()
    for wrong in ("never", str(TODAY + timedelta(days=1)), "2026-02-31"):
        assert "There is no health of that day" in page(cast, "max", f"?day={wrong}").content.decode()


def test_empty_lists_differ_by_why_they_are_empty(cast: Cast) -> None:
    assert "No health has been computed yet" in page(cast, "otto", "").content.decode()
    assert "No organization fits these filters" in page(cast, "max", "?q=zzzz").content.decode()
    assert "Nothing is at risk" in page(cast, "otto", "at-risk/").content.decode()
    assert "No band changed this week" in page(cast, "otto", "moves/").content.decode()


def test_lists_are_taken_out_as_files(cast: Cast) -> None:
    for mode, lines in (("heat", 5), ("risk", 3), ("moves", 2)):
        answer = client_of(cast, "max").post(f"/health/export/{mode}/", {"query": ""})
        assert answer.status_code == 200, mode
        assert len(answer.content.decode().strip().splitlines()) == lines
    assert client_of(cast, "sam").post("/health/export/heat/").status_code == 403


def test_homes_count_what_their_lists_show(cast: Cast) -> None:
    for who in ("tom", "carl", "max", "lena"):
        actor = cast.actor(who)
        panels = client_of(cast, who).get("/").context["columns"]
        loaded = [*panels.before, *panels.main, *panels.after]
        (panel,) = [one for one in loaded if one.panel.key in ("health", "health_bands")]
        for tile in panel.context["tiles"]:
            if "/health/?" not in tile.url:
                continue
            query = ListQuery(tuple(pair.split("=") for pair in tile.url.partition("?")[2].split("&")))  # type: ignore[misc]
            assert open_portfolio(actor, query, path="", now=NOW).found.count() == tile.value, (who, tile.url)


def test_the_home_of_a_tam_says_bands_with_their_reasons(cast: Cast) -> None:
    text = client_of(cast, "tom").get("/").content.decode()
    assert "Health of my organizations" in text
    assert "The owner sees the organization at risk: no better than red." in text
    assert f"/organizations/{cast.northwind.public_id}/health/" in text


def test_a_band_set_by_hand_shows_the_computed_one_beside(cast: Cast) -> None:
    HealthState.objects.all().delete()
    make_health(cast.northwind, day=TODAY, occasion="override:1", override="yellow")
    text = page(cast, "max", "").content.decode()
    assert "By hand; computed: Green" in text
