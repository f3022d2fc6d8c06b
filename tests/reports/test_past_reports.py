"""Reports as of a past day: what had happened by its end, by the rights of today."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity
from partners.models import Organization, StagePeriod, Touchpoint
from reports.services import facts, saved
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import make_partner

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")


@pytest.fixture
def place(cast: Cast) -> Organization:
    """Launched in February 2026; held check-ins on 5 May and 5 June, green in May and red in June."""
    found = make_partner("post_launch", name="Harbor", owners={"tam": cast.tom})
    StagePeriod.objects.filter(organization=found).delete()
    at = datetime(2026, 2, 3, tzinfo=UTC)
    StagePeriod.objects.create(organization=found, stage="gate_3", entered_at=at - timedelta(days=30), left_at=at)
    StagePeriod.objects.create(organization=found, stage="post_launch", entered_at=at)
    Organization.objects.filter(pk=found.pk).update(launched_on=at.date(), stage_entered_at=at)
    for month in (5, 6):
        on = datetime(2026, month, 5, tzinfo=UTC)
        Touchpoint.objects.create(
            organization=found,
            kind="check_in",
            state="done",
            planned_on=on.date(),
            overdue_from=on.date(),
            closed_at=on,
        )
    make_health(found, day=date(2026, 5, 31))
    make_health(found, day=date(2026, 6, 30), sentiment=0)
    facts.refresh(now=timezone.now())
    return found


def figures(client: Client, query: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/reports/tam/?{query}")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return {row["id"]: row["value"] for row in body["figures"]} | {"as_of": body["as_of"], "is_over": body["is_over"]}


def test_a_report_of_a_past_day_counts_what_had_happened_by_then(client: Client, cast: Cast, place: Any) -> None:
    client.force_login(cast.tom)
    quarter = figures(client, "period=2026-Q2")
    may = figures(client, "period=2026-Q2&as_of=2026-05-31")
    assert (quarter["as_of"], quarter["is_over"]) == (None, True)
    assert (may["as_of"], may["is_over"]) == ("2026-05-31", False)
    rows = {
        text: client.get(f"/api/v1/reports/tam/figures/check_ins_kept/rows/?period=2026-Q2{text}").json()["results"]
        for text in ("", "&as_of=2026-05-31", "&as_of=2026-05-05", "&as_of=2026-05-04")
    }
    assert [len(found) for found in rows.values()] == [2, 1, 1, 0]
    assert figures(client, "as_of=2026-02-02")["partners_live"] == "0.00"
    assert figures(client, "as_of=2026-02-03")["partners_live"] == "1.00"
    # Rights are those of today: it has another TAM now.
    client.force_login(cast.otto)
    assert figures(client, "as_of=2026-05-31&period=2026-Q2")["partners_live"] == "0.00"


def test_the_page_says_so_keeps_the_day_in_its_links_and_leads_back(client: Client, cast: Cast, place: Any) -> None:
    client.force_login(cast.tom)
    page = client.get("/reports/tam/?period=2026-Q2&as_of=2026-05-31").content.decode()
    assert "As of May 31, 2026, at the end of the day in UTC." in page
    assert 'href="/reports/tam/?period=2026-Q2">Back to today</a>' in page
    assert "/reports/tam/figures/check_ins_kept/?period=2026-Q2&amp;as_of=2026-05-31" in page
    figure = client.get("/reports/tam/figures/check_ins_kept/?period=2026-Q2&as_of=2026-05-31").content.decode()
    assert "As of May 31, 2026" in figure
    file = client.post("/reports/tam/export/?period=2026-Q2&as_of=2026-05-31")
    assert file.status_code == 200
    # A file says of which day it is, as the page does.
    assert b"Q2 2026 as of May 31, 2026" in file.content
    wanted = {
        "what": "figure",
        "subject": "tam/check_ins_kept",
        "format": "csv",
        "query": "period=2026-Q2&as_of=2026-05-31",
    }
    assert "as of May 31, 2026" in client.post("/me/exports/new/", wanted, follow=True).content.decode()
    # What was taken, and when, is said of today.
    assert Activity.objects.filter(verb="list.exported").latest("pk").at > timezone.now() - timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2999-01-01", "has not come yet"),
        ("1999-01-01", "Nothing is kept of days before Jan 4, 2026."),
        ("soon", "is no day. A day is like 2026-06-30."),
    ],
)
def test_a_day_that_cannot_be_read_is_explained(client: Client, cast: Cast, place: Any, text: str, words: str) -> None:
    # Tom is at Northwind too; of it less is kept.
    client.force_login(cast.tom)
    page = client.get(f"/reports/tam/?as_of={text}").content.decode()
    assert words in page
    assert "Back to today" not in page
    answer = client.get(f"/api/v1/reports/tam/?as_of={text}")
    assert answer.status_code == 400
    assert words.split(" Jan")[0] in answer.content.decode()


def test_what_is_saved_goes_on_with_the_days(cast: Cast) -> None:
    values = {"name": "Monday", "query": "period=last-quarter&as_of=2026-05-31&stage=post_launch"}
    kept = saved.save_report(by=cast.actor("tom"), report="tam", values=values, now=timezone.now())
    assert kept.query == "period=last-quarter&stage=post_launch"


def test_who_opens_no_organization_reads_no_day_before_all_time(client: Client, cast: Cast) -> None:
    """The desk has past days as well, but periods have no year before the first one."""
    client.force_login(cast.sara)
    assert "As of Jan 5, 2026" in client.get("/reports/support/?as_of=2026-01-05").content.decode()
    page = client.get("/reports/support/?as_of=0001-02-01")
    assert (page.status_code, "Nothing is kept of days before Jan 1, 1990." in page.content.decode()) == (200, True)
    answer = client.get("/api/v1/reports/support/?as_of=0001-02-01")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "as_of")
