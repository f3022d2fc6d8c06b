"""The page of those who run the house: exceptions first, with how far off and since when; few statements."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.scope import Scope, scoped
from reports.services import facts
from tests.cast import Cast
from tests.factories.partners import make_contact, make_customer
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
PAGE = "/reports/executive/?period=2026-06"


def ask(place: object, *scores: tuple[int, int]) -> None:
    for month, score in scores:
        make_survey(make_contact(place), score=score, at=datetime(2026, month, 10, tzinfo=UTC))  # type: ignore[arg-type]


def rows(page: str) -> list[list[str]]:
    """The words of each row of the first table."""
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    found = []
    for row in table.split("<tr>")[1:]:
        cells = re.split(r"</t[hd]>", re.sub(r"<svg.*?</svg>", "", row, flags=re.S))
        found.append([" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in cells[:6]])
    return found


def test_what_misses_its_target_comes_first_with_how_far_off_and_since_when(client: Client, cast: Cast) -> None:
    """Satisfaction fell in May and is still low; NPS of six people has been known since June alone."""
    with scoped(Scope.all()):
        ask(cast.birch, (4, 5), (5, 2), (6, 2))
        for score in (10, 10, 9, 9, 8, 0):
            make_survey(make_contact(cast.birch), kind="nps", score=score, at=datetime(2026, 6, 3, tzinfo=UTC))
        facts.refresh(now=datetime(2026, 7, 20, tzinfo=UTC))
    client.force_login(cast.max)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        page = client.get(PAGE).content.decode()
    missed = {row[0]: row[1:] for row in rows(page)}
    asked = ["Satisfied answers (CSAT)", "Satisfaction of 5", "Net promoter score"]
    assert [name for name in missed if name in asked] == asked
    assert missed["Satisfied answers (CSAT)"][2:] == ["at least 90.0%", "90.0 points", "May 2026"]
    assert missed["Satisfaction of 5"][1:] == ["2.00", "at least 4.50", "2.50", "May 2026"]
    assert missed["Net promoter score"][1:] == ["50", "at least 65", "15", "June 2026"]
    assert 'href="/reports/executive/figures/csat/?period=2026-06"' in page
    assert 'aria-label="01/26 –' in page
    with scoped(Scope.all()):
        for number in range(4):
            ask(make_customer("live", name=f"Place {number}"), (5, 1), (6, 1))
        facts.refresh(now=datetime(2026, 7, 20, tzinfo=UTC))
    with CaptureQueriesContext(connection) as many:
        assert client.get(PAGE).status_code == 200
    assert len(few) == len(many) <= 18, [query["sql"][:90] for query in many]


def test_every_figure_of_it_opens_and_nobody_else_reads_more(client: Client, cast: Cast) -> None:
    client.force_login(cast.max)
    figures = client.get("/api/v1/reports/executive/?period=2026-06").json()["figures"]
    assert len(figures) > 40
    for figure in figures[::6]:
        assert client.get(f"/reports/executive/figures/{figure['id']}/?period=2026-06").status_code == 200, figure["id"]
    # What belongs to no organization has no parts that a page could be narrowed to.
    parts = "/api/v1/reports/executive/figures/{}/parts/?period=2026-06"
    assert [client.get(parts.format(name)).status_code for name in ("csat", "quality_score")] == [200, 400]
    assert client.get("/reports/executive/figures/quality_score/?period=2026-06").context["parts"] is None
    for name, status in (("otto", 200), ("sara", 200), ("sue", 403), ("connie", 404)):
        client.force_login(getattr(cast, name))
        answer = client.get(PAGE)
        assert answer.status_code == status, name
        # Nothing is missed by who has nothing.
        assert status != 200 or "You open no organization" in answer.content.decode(), name
