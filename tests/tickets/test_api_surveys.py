"""Answers to surveys through the API: those of what one sees, with their names."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.factories.partners import make_contact
from tests.factories.surveys import make_survey


@pytest.mark.django_db
def test_answers_of_what_one_sees(cast: Cast) -> None:
    now = timezone.now() - timedelta(days=1)
    make_survey(cast.connie_contact, score=2, at=now, agent=cast.sue, comment="Slow", topics=["a"])
    make_survey(cast.connie_contact, at=now)
    make_survey(make_contact(cast.birch), score=5, at=now)
    for who, scores in {"tom": {2, 5}, "ana": {2}, "sara": {2, 5}, "otto": set(), "sue": set(), "sam": set()}.items():
        client = Client()
        client.force_login(getattr(cast, who))
        found = client.get("/api/v1/survey-responses/").json()["results"]
        assert {row["score"] for row in found} == scores, who
    client.force_login(cast.sara)
    (low,) = client.get("/api/v1/survey-responses/?score_below=4").json()["results"]
    assert low["organization"] == {"id": str(cast.northwind.public_id), "name": "Northwind"}
    assert (low["agent"], low["team"], low["comment"], low["articles"]) == ("Sue Tanaka", "", "Slow", ["a"])
    assert client.get("/api/v1/survey-responses/?score=x").status_code == 400
    # Of recommending no single answer is told, nor found by its score.
    make_survey(cast.connie_contact, score=0, at=now, kind="nps", comment="Never again")
    (single,) = client.get("/api/v1/survey-responses/?kind=nps").json()["results"]
    assert (single["score"], single["comment"], single["organization"]["name"]) == (None, "", "Northwind")
    for query in ("score=0", "score_below=1"):
        assert client.get(f"/api/v1/survey-responses/?{query}").json()["results"] == []
    client.force_login(cast.connie)
    assert client.get("/api/v1/survey-responses/").status_code == 404


@pytest.mark.django_db
def test_moments_with_any_offset(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.adam)
    # PostgreSQL knows no offset of sixteen hours and more; ISO 8601 does.
    for moment, status in (
        ("2026-01-01T00:00:00%2B23:59", 200),
        ("2026-01-01T00:00:00-23:59", 200),
        ("0001-01-01T00:00:00%2B14:00", 400),
        ("9999-12-31T23:59:59-12:00", 400),
        ("yesterday", 400),
    ):
        for path in ("survey-responses/?since", "audit/?until", "organizations/?updated_since"):
            assert client.get(f"/api/v1/{path}={moment}").status_code == status, (path, moment)
