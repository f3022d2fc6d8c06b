"""Surveys and policy quality like any other report: saved, shared, mailed, on paper, as files, as of a past day."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client

from accounts.exportables import Asked, known
from accounts.models import Export, RoleGrant
from accounts.services import export_runs, exports
from common import outbox
from common.document import Document
from common.errors import DomainError, Missing
from common.listing import ListQuery
from common.models import Outbox
from common.scope import Scope, scoped
from reports.answers_page import AskedAnswers, answers_asked
from reports.models import ReportSubscription, SavedReport
from reports.own_reports import SURVEYS
from reports.report_page import open_report
from reports.services import report_mails, subscriptions
from tests.cast import Cast
from tests.hub.api_world import call
from tests.reports.test_policy_quality import cases
from tests.reports.test_survey_report import answers

__all__ = ["answers", "cases"]
pytestmark = pytest.mark.django_db
QUARTER = "period=2026-Q2"
NOW = datetime(2026, 7, 20, 6, tzinfo=UTC)
MAIL = {"every": "week", "weekday": "1", "day": "", "hour": "6", "attachment": "pdf"}
OWN_WORDS = {
    "surveys": ("by=team", "Surveys", "66.7%", "Over the surveys that you may read today."),
    "policies": ("subject=pauses&group=pending", "Policy quality", "33.3%", "Over what you see today."),
}


def document_of(cast: Cast, who: str, subject: str, query: str) -> Document:
    asked = Asked(actor=cast.actor(who), subject=subject, query=query, now=NOW)
    build = known()["report"].open(asked).document
    assert build is not None
    return build()


def written(cast: Cast, what: str, subject: str, query: str, format: str) -> bytes:
    """The file of Tom's as a worker writes it."""
    by = cast.actor("tom")
    export = exports.want(by=by, what=what, subject=subject, query=query, format=format, now=NOW)
    assert export_runs.run(export_id=export.pk, clock=lambda: NOW), Export.objects.get(pk=export.pk).failure
    with default_storage.open(exports.fetch(by=by, export=export, now=NOW).path) as file:
        content: bytes = file.read()
    return content


@pytest.mark.parametrize("report", OWN_WORDS)
def test_it_is_saved_opened_shared_and_comes_by_mail(
    client: Client, cast: Cast, answers: None, cases: None, report: str
) -> None:
    own, name, value, over = OWN_WORDS[report]
    client.force_login(cast.max)
    page = client.get(f"/reports/{report}/?{QUARTER}&{own}").content.decode()
    for path in ("save", "mail"):
        assert f'href="/reports/{report}/{path}/?{QUARTER}' in page
    sent = {"name": "Monday", "period": "last-quarter", "sharing": "everybody"}
    answer = client.post(f"/reports/{report}/save/?{QUARTER}&{own}&as_of=2026-05-31&queue=x&cursor=y", sent)
    row = SavedReport.objects.get()
    # The day looked back to is left out, and so is what the report does not know.
    assert (row.report, row.query) == (report, f"period=last-quarter&{own}")
    opened = client.get(answer["Location"], follow=True)
    assert opened.redirect_chain[-1][0].startswith(f"/reports/{report}/?")
    assert "Saved as “Monday”." in opened.content.decode()
    assert name in client.get(f"/reports/saved/{row.public_id}/edit/").content.decode()
    client.force_login(cast.tom)
    client.post(f"/reports/saved/{row.public_id}/mail/", MAIL)
    made = call(cast.tom, "post", "/api/v1/report-subscriptions/", {"report": report, "query": own})
    assert made.status_code == 201, made.content
    ReportSubscription.objects.exclude(saved=None).update(next_at=NOW)
    ReportSubscription.objects.filter(saved=None).update(next_at=NOW + timedelta(days=9))
    report_mails.queue_due(now=NOW)
    for effect in Outbox.objects.filter(topic=subscriptions.TOPIC):
        assert outbox.deliver(outbox_id=effect.pk, now=NOW), Outbox.objects.get(pk=effect.pk).last_error
    (letter,) = mail.outbox
    assert letter.subject.startswith("Monday, Q2 2026")
    body = str(letter.body)
    for words in (name, over, value, f"/reports/{report}/", "Q1 2026"):
        assert words in body, words
    assert "commercial fields" not in body
    assert "Foreign" not in body
    ((_name, content, _type),) = letter.attachments
    assert bytes(content).startswith(b"%PDF")


def test_on_paper_it_says_what_its_page_says(cast: Cast, answers: None, cases: None) -> None:
    found = document_of(cast, "tom", "surveys", f"{QUARTER}&by=kind")
    figures, months, parts = found.sections
    assert (found.title, found.period) == ("Surveys", "Q2 2026, days of UTC")
    assert found.organization == f"All surveys that {cast.tom.name} may read"
    rows = {row[0]: row for row in figures.tables[0].rows}
    assert rows["Satisfied, 4 and 5"][1:3] == ("66.7% (3 answers)", "20.8% to 93.9%")
    # So few have answered that it would tell who said what: on paper neither.
    assert rows["NPS"][1] == "– (fewer than five answers: not shown)"
    assert [row[5] for row in parts.tables[0].rows] == ["too few to show"]
    assert len(months.tables[0].rows) == 12
    quality = document_of(cast, "tom", "policies", f"{QUARTER}&subject=overrides&group=band")
    every, groups, of_band = quality.sections
    assert {row[0]: row[1] for row in every.tables[0].rows} == {
        "Alarms: Precision": "66.7%",
        "Overrides": "4",
        "Waivers: Waivers granted": "1",
        "Asked waivers: Waivers asked for": "3",
        "Pauses: Unearned pauses": "33.3%",
        "Escalations: Steps that reached nobody": "50.0%",
        "Drills: Drills with holes": "–",
    }
    assert {row[0] for row in groups.tables[0].rows} >= {"Health bands", "Priorities"}
    assert [(row[1], row[2], row[5]) for row in of_band.tables[0].rows] == [
        ("Northwind", "Health bands", "They called")
    ]
    with pytest.raises(Missing):
        document_of(cast, "tom", "none", QUARTER)
    with pytest.raises(DomainError):
        document_of(cast, "tom", "surveys", f"{QUARTER}&as_of=soon")


def test_cases_and_answers_of_any_length_are_files(
    client: Client, cast: Cast, answers: None, cases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(cast.tom)
    for what, address, query, count in (
        ("policy_cases", "/reports/policies/export/", f"{QUARTER}&subject=overrides", 4),
        ("survey_answers", "/reports/surveys/answers/export/", f"{QUARTER}&show=low", 1),
        # Of recommending, four answers are not listed.
        ("survey_answers", "/reports/surveys/answers/export/", f"{QUARTER}&of=nps", 0),
    ):
        content = written(cast, what, "", query, "csv")
        assert len(list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))) == count
        assert client.post(f"{address}?{query}").content == content
        assert b"Foreign" not in content
        assert b"Secret" not in content
    found = next(AskedAnswers.rows(answers_of_tom(cast)))
    monkeypatch.setattr(AskedAnswers, "rows", lambda self: iter([found] * 10_001))
    assert client.post(f"/reports/surveys/answers/export/?{QUARTER}", {"as": "xlsx"})["Location"] == "/me/exports/"
    wanted = Export.objects.latest("pk")
    assert (wanted.what, wanted.format, wanted.query) == ("survey_answers", "xlsx", QUARTER)


def answers_of_tom(cast: Cast) -> AskedAnswers:
    query = ListQuery((("period", "2026-Q2"),))
    return answers_asked(open_report(cast.actor("tom"), SURVEYS.report, query, now=NOW))


def test_surveys_as_of_a_past_day_know_what_had_been_answered(client: Client, cast: Cast, answers: None) -> None:
    client.force_login(cast.tom)
    api = "/api/v1/reports/surveys/"
    told = {day: call(cast.tom, "get", f"{api}?{QUARTER}{day}").json() for day in ("", "&as_of=2026-05-01")}
    figures = {day: {row["id"]: row for row in body["figures"]} for day, body in told.items()}
    # Answered on 2 April (5), 1 April (4) and 2 May (2); asked three and four times.
    assert [(found["csat"]["of"], found["response"]["of"]) for found in figures.values()] == [
        ("3 answers", "3 of 4"),
        ("2 answers", "1 of 1"),
    ]
    assert [body["as_of"] for body in told.values()] == [None, "2026-05-01"]
    assert figures[""]["csat"]["to_target"] == "Missed"
    assert [part["csat_answers"] for part in told["&as_of=2026-05-01"]["parts"]] == [2]
    page = client.get(f"/reports/surveys/?{QUARTER}&as_of=2026-05-01").content.decode()
    for words in (
        "As of May 1, 2026, at the end of the day in UTC.",
        "changed since is counted as it is now",
        "2 answers",
    ):
        assert words in page, words
    assert f'href="/reports/surveys/?{QUARTER}">Back to today</a>' in page
    listed = client.get(f"/reports/surveys/answers/?{QUARTER}&as_of=2026-05-01")
    assert [row.score for row in listed.context["page"].rows] == [5, 4]
    assert "As of May 1, 2026" in listed.content.decode()
    file = client.post(f"/reports/surveys/export/?{QUARTER}&as_of=2026-05-01").content.decode("utf-8-sig")
    assert "Q2 2026 as of May 1, 2026" in file
    paper = document_of(cast, "tom", "surveys", f"{QUARTER}&as_of=2026-05-01")
    assert (paper.generated_on, paper.sections[-1].title) == (date(2026, 5, 1), "As of May 1, 2026")
    assert "has not come yet" in client.get("/reports/surveys/?as_of=2999-01-01").content.decode()
    assert call(cast.tom, "get", f"{api}?as_of=2999-01-01").status_code == 400


def test_policy_quality_as_of_a_past_day_knows_what_had_happened(client: Client, cast: Cast, cases: None) -> None:
    def figure(subject: str, day: str = "") -> tuple[str, int]:
        found = client.get(f"/reports/policies/?{QUARTER}&subject={subject}{day}").context
        return found["figure"]["value"], len(found["cases"])

    client.force_login(cast.tom)
    # All of it happened on 4 May at nine; pauses ended a day later, and so ran a waiver out.
    day, before = "&as_of=2026-05-04", "&as_of=2026-05-03"
    assert [figure("alarms", one) for one in ("", day, before)] == [("66.7%", 3), ("66.7%", 3), ("–", 0)]
    assert [figure("pauses", one) for one in ("", day)] == [("33.3%", 3), ("–", 0)]
    assert [figure("waivers", one) for one in ("", day)] == [("1", 2), ("1", 1)]
    with scoped(Scope.all()):
        RoleGrant.objects.filter(user=cast.max).update(started_at=NOW)
        RoleGrant.objects.create(
            user=cast.max, role="sales", started_at=datetime(2026, 1, 1, tzinfo=UTC), ended_at=NOW, source="admin"
        )
    page = client.get(f"/reports/policies/?{QUARTER}&subject=overrides{day}")
    assert dict(page.context["by_role"]).keys() >= {"Sales"}
    content = page.content.decode()
    for words in ("As of May 4, 2026", "Role on that day", "opened again since is missing"):
        assert words in content, words
    told = call(cast.tom, "get", f"/api/v1/reports/policies/cases/?{QUARTER}&subject=overrides{day}").json()
    assert (told["next"], len(told["results"])) == ("", 4)
    assert {row["group"]: row["role"] for row in told["results"]}["class"] == "Sales"
    only = call(cast.tom, "get", f"/api/v1/reports/policies/cases/?{QUARTER}&subject=overrides&group=band").json()
    assert [row["what"] for row in only["results"]] == ["Green"]
    for wrong in ("cursor=x", "subject=none", "as_of=soon"):
        assert call(cast.tom, "get", f"/api/v1/reports/policies/cases/?{wrong}").status_code == 400
