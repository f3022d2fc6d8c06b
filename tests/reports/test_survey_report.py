"""The survey report: figures by hand, what few answers hide, who reads which answers, and surveys from outside."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.scope import Scope, scoped
from partners.models import SurveyResponse
from reports.models import ExternalSurvey
from reports.rules.periods import parse_period
from reports.rules.survey_figures import Answers, is_told, shown_parts
from reports.rules.survey_files import Scale
from reports.survey_page import exact, interval_words
from tests.cast import Cast
from tests.factories.partners import make_contact, make_partner
from tests.factories.surveys import make_survey
from tests.reports.test_survey_files import YAML

PAGE = "/reports/surveys/?period=2026-Q2"
ANSWERS = "/reports/surveys/answers/?period=2026-Q2"


@pytest.mark.parametrize(
    ("totals", "shown"),
    [
        ([], []),
        ([5, 9], [True, True]),
        ([0, 9], [True, True]),
        # Hidden alone, the whole less the others would tell it.
        ([4, 9, 7], [False, True, False]),
        ([4, 3, 7], [False, False, True]),
        # Hidden together they would come to four.
        ([1, 3, 7, 6], [False, False, True, False]),
        ([4], [False]),
        ([4, 0], [False, True]),
    ],
)
def test_small_parts_are_hidden_and_cannot_be_worked_out(totals: list[int], shown: list[bool]) -> None:
    assert shown_parts(totals) == shown


@pytest.mark.parametrize(
    ("by_month", "told"),
    [
        ({1: 5}, {"2026-01", "2026-Q1", "2026"}),
        ({1: 4}, set()),
        # The quarter and two months would tell the third; the quarter is what targets are about.
        ({1: 9, 2: 7, 3: 2}, {"2026-01", "2026-Q1", "2026"}),
        ({1: 9, 2: 2}, {"2026-Q1", "2026"}),
        ({1: 3, 2: 2, 3: 7}, {"2026-03", "2026-Q1", "2026"}),
        # The year less its quarters would tell the second one.
        ({1: 9, 4: 2}, {"2026-01", "2026-Q1"}),
        ({1: 9, 4: 2, 7: 3}, {"2026-01", "2026-Q1", "2026"}),
        ({1: 4, 4: 4}, {"2026"}),
    ],
)
def test_no_sum_less_others_tells_what_few_said(by_month: dict[int, int], told: set[str]) -> None:
    months = {date(2026, month, 1): many for month, many in by_month.items()}
    keys = [f"2026-{month:02}" for month in by_month] + [f"2026-Q{(month + 2) // 3}" for month in by_month] + ["2026"]
    found = {key: parse_period(key) for key in (*keys, "2026-01-01..2026-03-31")}
    assert {key for key, period in found.items() if period is not None and is_told(period, months)} == told
    # Every sum of what is told, and of differences of what lies within each other, is of five or of none.
    sums = {
        key: {day for day in months if period.first <= day <= period.last} for key, period in found.items() if period
    }
    for whole in told:
        for number in range(len(told)):
            for inner in combinations([key for key in told if sums[key] < sums[whole]], number):
                rest = sums[whole].difference(*(sums[key] for key in inner))
                assert not 0 < sum(months[day] for day in rest) < 5, (whole, inner)


def test_figures_of_answers_by_hand() -> None:
    csat = Answers(scale=Scale.CSAT, found={5: 6, 4: 2, 3: 1, 1: 1, 0: 4, 9: 1, 99: 1}, asked=20, asked_answered=10)
    assert (csat.total, csat.left_out, csat.mean) == (10, 6, Decimal("4.2"))
    nps = Answers(scale=Scale.NPS, found={10: 2, 9: 1, 7: 1, 6: 1, 11: 3})
    found = {Scale.CSAT: csat, Scale.NPS: nps}
    assert [exact(key, found) for key in ("csat", "response", "nps")] == [80, 50, 40]
    assert interval_words("csat", found) == "49.0% to 94.3%"
    few = {Scale.CSAT: csat, Scale.NPS: Answers(scale=Scale.NPS, found={10: 4})}
    nothing = {scale: Answers(scale=scale) for scale in Scale}
    assert exact("nps", few) is exact("nps", nothing) is exact("csat", nothing) is exact("mean", nothing) is None
    assert interval_words("nps", few) == interval_words("csat", nothing) == ""


@pytest.fixture
def answers(cast: Cast) -> None:
    """At a partner of Tom's, and at a foreign one: answers around the ends of a quarter."""
    with scoped(Scope.all()):
        foreign = make_partner("gate_3", name="Foreign", owners={"tam": cast.otto})
        for place, comment in ((cast.northwind, "Well done"), (foreign, "Secret words")):
            contact = make_contact(place, name="Ito", email=f"ito{place.pk}@example.com")
            edges = [(2026, 3, 31, 23, 30, 4), (2026, 4, 2, 9, 0, 5), (2026, 5, 2, 9, 0, 2), (2026, 6, 30, 23, 30, 1)]
            for year, month, day, hour, minute, score in edges:
                at = datetime(year, month, day, hour, minute, tzinfo=UTC)
                make_survey(contact, score=score, at=at, comment=comment)
            make_survey(contact, at=datetime(2026, 5, 5, tzinfo=UTC))
            for score in (10, 9, 3, 8):
                make_survey(contact, score=score, at=datetime(2026, 5, 6, tzinfo=UTC), kind="nps", comment="Of four")


@pytest.mark.django_db
def test_figures_of_the_page_are_those_of_the_reader(client: Client, cast: Cast, answers: None) -> None:
    """Asked at 23:30 and answered at half past midnight: of the day, and the quarter, of the answer."""
    client.force_login(cast.tom)
    response = client.get(PAGE)
    lines = {line.key: line for line in response.context["lines"]}
    assert (lines["csat"].value, lines["csat"].hint, lines["mean"].value) == ("66.7%", "3 answers", "3.67")
    assert lines["csat"].interval == "20.8% to 93.9%"
    assert (lines["csat"].target_word, lines["response"].hint) == ("Missed", "3 of 4")
    assert (lines["nps"].value, lines["nps"].hint) == ("–", "fewer than five answers: not shown")
    spread = response.context["spreads"][0]["rows"]
    assert [(row["score"], row["now"]) for row in spread] == [(1, 0), (2, 1), (3, 0), (4, 1), (5, 1)]
    assert [part.csat_answers for part in response.context["parts"]] == [3]
    # Who sees all has eight answers on recommending, four at each place.
    client.force_login(cast.max)
    lines = {line.key: line for line in client.get(PAGE).context["lines"]}
    assert (lines["nps"].value, lines["nps"].hint, lines["csat"].hint) == ("25.0", "8 answers", "6 answers")
    api = client.get("/api/v1/reports/surveys/?period=2026-Q2").json()
    assert {row["id"]: row["value"] for row in api["figures"]}["nps"] == "25.0000"
    assert api["spreads"][0]["scores"] == {"1": 0, "2": 2, "3": 0, "4": 2, "5": 2}
    narrowed = client.get(f"{PAGE}&stage=gate_1").context
    assert {line.key: line.value for line in narrowed["lines"]}["csat"] == "–"


@pytest.mark.django_db
def test_answers_and_comments_are_read_by_those_who_may(client: Client, cast: Cast, answers: None) -> None:
    client.force_login(cast.tom)
    page = client.get(ANSWERS).content.decode()
    assert "Well done" in page
    assert "Northwind" in page
    assert "Secret words" not in page
    assert len(client.get(f"{ANSWERS}&show=low").context["page"].rows) == 1
    assert [row.score for row in client.get(f"{ANSWERS}&score=4").context["page"].rows] == [4]
    few = client.get(f"{ANSWERS}&of=nps").content.decode()
    assert "Too few answers" in few
    assert "Of four" not in few
    assert b"Of four" not in client.post("/reports/surveys/answers/export/?period=2026-Q2&of=nps").content
    client.force_login(cast.max)
    rows = client.get(f"{ANSWERS}&of=nps&show=detractors").context["page"].rows
    assert [(row.score, row.organization, row.answered_on) for row in rows] == [(3, "", None), (3, "", None)]
    days = "/reports/surveys/?period=2026-05-01..2026-05-31"
    assert {line.key: line.value for line in client.get(days).context["lines"]}["nps"] == "–"
    file = client.post("/reports/surveys/export/?period=2026-Q2").content.decode("utf-8-sig")
    assert "NPS,25" in file
    client.force_login(cast.nora)
    assert client.get(PAGE).url == "/no-role/"


@pytest.mark.django_db
def test_a_score_off_the_scale_is_left_out_and_said(client: Client, cast: Cast, answers: None) -> None:
    with scoped(Scope.all()):
        SurveyResponse.objects.filter(organization=cast.northwind, score=5).update(score=9)
    client.force_login(cast.tom)
    lines = {line.key: line for line in client.get(PAGE).context["lines"]}
    assert (lines["csat"].value, lines["csat"].hint) == ("50.0%", "2 answers, 1 off the scale left out")
    for show, scores in (("satisfied", [4]), ("low", [2])):
        assert [row.score for row in client.get(f"{ANSWERS}&show={show}").context["page"].rows] == scores


@pytest.mark.django_db
def test_a_survey_from_outside_comes_in_by_the_page(client: Client, cast: Cast) -> None:
    address = "/reports/surveys/outside/new/"

    def send(text: str) -> Any:
        return client.post(address, {"file": SimpleUploadedFile("may.csv", text.encode()), "mapping": YAML})

    client.force_login(cast.tom)
    assert client.get(address).status_code == 403
    client.force_login(cast.adam)
    refused = send("ALL,NET,WEIGHT\n5,1,1\n8,1,1\n").content.decode()
    assert "Row 3, ALL: found “8”, expected 1 to 5, 0, 6." in refused
    assert not ExternalSurvey.objects.exists()
    taken = send("ALL,NET,WEIGHT\n5,10,1\n4,11,1\n0,1,1\n")
    survey = ExternalSurvey.objects.get()
    assert taken.url == f"/reports/surveys/outside/{survey.public_id}/"
    client.force_login(cast.tom)
    page = client.get(f"{taken.url}?question=ALL").content.decode()
    for words in ("100.00%", "34.2% to 100.0%", "Left out: Blank", "column WEIGHT"):
        assert words in page, words
    assert "Visitors, May" in client.get("/reports/surveys/outside/").content.decode()
    (api,) = client.get("/api/v1/reports/surveys/outside/").json()
    assert api["questions"][0]["left_out"] == {"Blank": 1}
    client.force_login(cast.nora)
    assert client.get(taken.url).url == "/no-role/"
