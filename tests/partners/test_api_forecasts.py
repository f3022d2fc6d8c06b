"""Forecasts, launches and load through the API: the same rights and figures as on the pages."""

from typing import Any

import pytest

from partners.models import Organization
from tests.cast import Cast
from tests.factories.partners import make_partner
from tests.hub.api_world import BASE, call
from tests.partners.test_forecast_pages import foreseen


def read(user: Any, path: str, status: int = 200) -> Any:
    answer = call(user, "get", f"{BASE}{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def of(organization: Organization) -> str:
    return f"/organizations/{organization.public_id}/forecast/"


class TestOne:
    def test_with_its_receipt(self, cast: Cast) -> None:
        row = foreseen(cast.northwind)
        found = read(cast.tom, of(cast.northwind))
        assert found["gates"] == row.stages
        assert (found["buffer_days"], found["risk"]) == (-20, "high")
        assert found["receipt"]["bases"][0]["pools"][0] == {"level": "like", "count": 12, "weight": 0.6}

    def test_nothing_foreseen_says_so(self, cast: Cast) -> None:
        found = read(cast.tom, of(cast.northwind))
        assert (found["gates"], found["as_of"], found["risk"]) == ([], None, None)

    def test_without_a_target_there_is_no_risk(self, cast: Cast) -> None:
        foreseen(cast.northwind, buffer=None, risk="none")
        assert read(cast.tom, of(cast.northwind))["risk"] is None

    @pytest.mark.parametrize(("person", "status"), [("otto", 404), ("sam", 403), ("connie", 404)])
    def test_for_those_who_open_it(self, cast: Cast, person: str, status: int) -> None:
        foreseen(cast.northwind)
        read(getattr(cast, person), of(cast.northwind), status)

    def test_who_has_it_is_not_sent_it_again(self, cast: Cast) -> None:
        foreseen(cast.northwind)
        path = f"{BASE}{of(cast.northwind)}"
        tag = call(cast.tom, "get", path)["ETag"]
        assert call(cast.tom, "get", path, **{"If-None-Match": tag}).status_code == 304


class TestLaunches:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["Worse", "Bad"]),
            ("?risk=high", ["Worse"]),
            ("?risk=any", ["Worse", "Bad", "Calm", "Untold"]),
            ("?risk=untold", ["Untold"]),
            ("?risk=any&stage=gate_2", ["Calm"]),
            ("?risk=any&kind=customer", []),
        ],
    )
    def test_least_time_to_spare_first(self, cast: Cast, query: str, names: list[str]) -> None:
        for name, stage, buffer, risk in (
            ("Untold", "gate_3", None, "none"),
            ("Bad", "gate_3", 3, "medium"),
            ("Calm", "gate_2", 99, "none"),
            ("Worse", "gate_3", -9, "high"),
        ):
            foreseen(make_partner(stage, name=name, owners={"psm": cast.petra}), buffer=buffer, risk=risk)
        found = read(cast.max, f"/launches/{query}")["results"]
        assert [row["name"] for row in found] == names

    def test_pages_are_followed_through_equal_buffers(self, cast: Cast) -> None:
        for number in range(7):
            foreseen(make_partner("gate_3", name=f"Launch {number}"), buffer=None if number > 4 else 3, risk="medium")
        seen, path = [], "/launches/?risk=any&page_size=2"
        while path:
            answer = read(cast.max, path)
            seen += [row["name"] for row in answer["results"]]
            path = (answer["next"] or "").partition(BASE)[2]
        assert seen == [f"Launch {number}" for number in range(7)]

    def test_strangers_and_summaries_get_none(self, cast: Cast) -> None:
        foreseen(cast.northwind)
        assert [row["carried_by"] for row in read(cast.tom, "/launches/")["results"]] == ["Petra Okafor"]
        for person in (cast.otto, cast.sam, cast.sue):
            assert read(person, "/launches/")["results"] == []

    def test_a_risk_that_is_none_is_refused(self, cast: Cast) -> None:
        assert read(cast.max, "/launches/?risk=terrible", 400)["errors"][0]["field"] == "risk"


class TestLoad:
    def test_a_week_in_minutes(self, cast: Cast) -> None:
        make_partner("gate_1", owners={"pdm": cast.paul})
        (found,) = read(cast.paul, "/load/")["results"]
        assert (found["minutes_wanted"], found["minutes_there"], found["percent"]) == (1_050, 2_400, 44)
        assert found["counts"] == [{"role": "pdm", "count": 1, "expected": "6–8"}]

    def test_everybody_for_a_manager_a_team_for_its_lead(self, cast: Cast) -> None:
        assert len(read(cast.max, "/load/")["results"]) > 5
        assert [row["name"] for row in read(cast.lena, "/load/")["results"]] == ["Tom Okafor"]
        assert read(cast.otto, "/load/")["results"] == []
        assert [row["name"] for row in read(cast.max, "/load/?role=psm")["results"]] == ["Petra Okafor"]
