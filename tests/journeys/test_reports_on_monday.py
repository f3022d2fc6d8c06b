"""TAM Analytics on a Monday: read, opened down to its rows, compared with file and API, saved, and there by mail at 8.

With a real worker and a real browser; the figures are counted a second time here, row by row.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from common.scope import Scope, scoped
from partners.models import Organization, StagePeriod, SurveyResponse, Touchpoint
from reports.models import ReportSubscription
from reports.rules.periods import Period, Span, period_of
from reports.services import facts
from tests.browser import chromium
from tests.cast import Cast
from tests.factories.partners import make_contact, make_partner
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tests.journeys.test_house_pages import signed_in
from tests.office import Office, text_of
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
JOBS = ("reports.refresh_facts", "reports.queue_mails", "common.deliver_outbox")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def office(transactional_db: None, tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path, jobs=JOBS)
    try:
        yield opened
    finally:
        opened.close()


def last_quarter() -> Period:
    return period_of(timezone.localdate(), Span.QUARTER).previous()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def furnish(cast: Cast) -> None:
    """Two TAMs with a partner each, and tickets, answers and check-ins inside and outside of the quarter."""
    quarter, desk = last_quarter(), make_desk(cast.sue)
    for owner, name, days in (
        (cast.tom, "Northern Lights", (-1, 0, 20, 40, quarter.days)),
        (cast.otto, "Foreign Freight", (-9, 1, 60)),
    ):
        place = make_partner("post_launch", name=name, owners={"tam": owner})
        live_since = noon(quarter.first - timedelta(days=300))
        Organization.objects.filter(pk=place.pk).update(launched_on=live_since.date(), stage_entered_at=live_since)
        StagePeriod.objects.filter(organization=place).update(entered_at=live_since)
        contact = make_contact(place, email=f"kim{place.pk}@example.com")
        for number, day in enumerate(days):
            at = noon(quarter.first + timedelta(days=day))
            ticket = make_ticket(desk, place, by=cast.sue, contact=contact, now=at, subject=f"{name} {number}")
            solved = {"solved_at": at + timedelta(hours=number + 1)}
            Ticket.objects.filter(pk=ticket.pk).update(status="solved", first_solved_at=solved["solved_at"], **solved)
            make_survey(contact, score=(5, 3, 4, 5, 1)[number], at=at)
            held = {"state": "done", "closed_at": at} if number % 2 else {"state": "planned"}
            Touchpoint.objects.create(
                organization=place, kind="check_in", planned_on=at.date(), overdue_from=at.date(), **held
            )
    facts.refresh(now=timezone.now())


def counted() -> dict[str, str]:
    """The figures of the quarter as one counts them by hand, as the page spells them."""
    quarter = last_quarter()

    def is_in(moment: datetime | date) -> bool:
        day = timezone.localdate(moment) if isinstance(moment, datetime) else moment
        return quarter.first <= day <= quarter.last

    tickets = list(Ticket.objects.all())
    opened = [ticket for ticket in tickets if is_in(ticket.opened_at)]
    hours = [(one.solved_at - one.opened_at).total_seconds() / 3600 for one in tickets if is_in(one.solved_at)]  # type: ignore[operator,arg-type]
    scores = [answer.score for answer in SurveyResponse.objects.all() if is_in(answer.answered_at)]
    check_ins = [point for point in Touchpoint.objects.filter(kind="check_in") if is_in(point.planned_on)]
    kept = [point for point in check_ins if point.state == "done"]
    return {
        "Tickets opened": str(len(opened)),
        "Tickets solved": str(len(hours)),
        "Time to resolution": f"{sum(hours) / len(hours):.1f} h",
        "Satisfied answers (CSAT)": f"{100 * sum(score >= 4 for score in scores) / len(scores):.1f}%",
        "Check-ins kept": f"{100 * len(kept) / len(check_ins):.1f}%",
    }


def test_a_manager_reads_it_saves_it_and_has_it_on_monday(
    browser: Browser, live_server: Any, cast: Cast, office: Office
) -> None:
    User.objects.filter(pk=cast.max.pk).update(timezone="Europe/Berlin")
    with scoped(Scope.all()):
        furnish(cast)
        expected = counted()
    page = signed_in(browser, live_server.url, cast, "max").new_page()
    reads(page, expected)
    opens_rows(page, int(expected["Tickets opened"]))
    compares(page, expected)
    saves(page)
    row = has_it_by_mail(page)
    assert row.next_at is not None
    at = timezone.localtime(row.next_at, ZoneInfo("Europe/Berlin"))
    assert (at.isoweekday(), at.hour) == (1, 8)

    ReportSubscription.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    mail = office.until(lambda: office.mail("Partners on Monday"))
    assert mail["To"] == cast.max.email
    text = text_of(mail)
    for label, value in expected.items():
        assert f"{label}: {value}" in text
    assert f"/reports/tam/?period={last_quarter().key}" in text
    row.refresh_from_db()
    assert row.next_at is not None
    assert row.next_at > timezone.now()


def reads(page: Page, expected: dict[str, str]) -> None:
    page.goto("/reports/")
    page.get_by_role("link", name="TAM Analytics").click()
    page.get_by_label("Period").select_option("last-quarter")
    page.get_by_role("button", name="Show").click()
    for label, value in expected.items():
        expect(page.get_by_role("row").filter(has=page.get_by_role("link", name=label, exact=True))).to_contain_text(
            value
        )


def opens_rows(page: Page, count: int) -> None:
    page.get_by_role("link", name="Tickets opened", exact=True).click()
    expect(page.get_by_role("heading", name="Tickets opened", level=1)).to_be_visible()
    rows = page.get_by_role("link", name="Northern Lights ").or_(page.get_by_role("link", name="Foreign Freight "))
    expect(rows.filter(has_text="#")).to_have_count(count)
    page.go_back()


def compares(page: Page, expected: dict[str, str]) -> None:
    """The file and the API say what the page says."""
    page.locator("summary").filter(has_text="Export").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="CSV").click()
    file = list(csv.reader(io.StringIO(Path(waited.value.path()).read_text("utf-8-sig"))))
    in_file = {row[0]: row[2] for row in file[1:]}
    answer = page.request.get(f"/api/v1/reports/tam/?period={last_quarter().key}").json()
    in_api = {row["label"]: row["value"] for row in answer["figures"]}
    for label, value in expected.items():
        number = Decimal(value.rstrip(" h%"))
        assert round(Decimal(in_file[label]), 1) == round(Decimal(in_api[label]), 1) == number, label


def saves(page: Page) -> None:
    page.get_by_role("link", name="Save", exact=True).click()
    page.get_by_label("Name").fill("Partners on Monday")
    page.get_by_label("Roles", exact=True).check()
    page.get_by_label("Technical Account Manager").check()
    expect(page.get_by_label("Period")).to_have_value("last-quarter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as “Partners on Monday”.")).to_be_visible()


def has_it_by_mail(page: Page) -> ReportSubscription:
    page.get_by_role("link", name="By mail", exact=True).click()
    page.get_by_label("How often").select_option("week")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="Every Monday at 8:00")).to_be_visible()
    found: ReportSubscription = ReportSubscription.objects.get()
    return found
