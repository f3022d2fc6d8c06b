"""TAM Analytics: the same figures on the page, in the file and by the API, in the reader's scope; and their rows."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from common.listing import ListQuery
from common.scope import Scope, scoped
from partners.models import Opportunity, Organization, RevenueChange, StagePeriod, Touchpoint
from partners.selectors.growth import retention_in
from reports.policies import policy_in_force
from reports.rules.periods import parse_period
from reports.selectors.figures import Moment, figures
from reports.selectors.scope import ReportScope
from reports.services import facts
from tests.cast import Cast
from tests.factories.accounts import make_team
from tests.factories.health import make_health
from tests.factories.partners import make_contact, make_partner
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import SlaClock, Ticket

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
QUARTER = date(2026, 4, 1)
"""The first day of the quarter that is looked at; it is over."""
LAST = date(2026, 6, 30)
ADDRESS = "/reports/tam/?period=2026-Q2"
API = "/api/v1/reports/tam/?period=2026-Q2"


def launched(name: str, owner: Any) -> Organization:
    """A partner of this TAM, live for a year."""
    place = make_partner("post_launch", name=name, owners={"tam": owner})
    at = datetime(2025, 6, 1, tzinfo=UTC)
    Organization.objects.filter(pk=place.pk).update(launched_on=at.date(), stage_entered_at=at)
    StagePeriod.objects.filter(organization=place).delete()
    StagePeriod.objects.create(organization=place, stage="post_launch", entered_at=at)
    return place


@pytest.fixture
def places(cast: Cast) -> tuple[Organization, Organization]:
    """One partner of Tom and one of Otto, with tickets, answers, check-ins, health and money around a quarter."""
    with scoped(Scope.all()):
        mine, foreign = launched("=HYPERLINK(1)", cast.tom), launched("Foreign Freight", cast.otto)
        queue = make_desk(cast.sue)
        for place in (mine, foreign):
            fill(place, queue, cast)
        facts.refresh(now=datetime(2026, 7, 20, tzinfo=UTC))
    return mine, foreign


def fill(place: Organization, queue: Any, cast: Cast) -> None:
    contact = make_contact(place, name="Ito", email=f"ito{place.pk}@example.com")
    edges = [(2026, 3, 31, 23, 59), (2026, 4, 1, 0, 0), (2026, 5, 4, 9, 0), (2026, 6, 30, 23, 59), (2026, 7, 1, 0, 0)]
    for number, edge in enumerate(edges):
        at = datetime(*edge, tzinfo=UTC)
        ticket = make_ticket(queue, place, by=cast.sue, contact=contact, now=at, subject=f"Number {number}")
        solved = at + timedelta(hours=number + 1)
        Ticket.objects.filter(pk=ticket.pk).update(status="solved", solved_at=solved, first_solved_at=solved)
        make_survey(contact, score=(5, 4, 2, 5, 1)[number], at=at)
    for day, state in ((3, "done"), (10, "done"), (17, "skipped"), (24, "planned")):
        on = date(2026, 4, day)
        more = {"skip_reason": "Holiday"} if state == "skipped" else {}
        closed = datetime(2026, 4, day, tzinfo=UTC) if state != "planned" else None
        Touchpoint.objects.create(
            organization=place, kind="check_in", state=state, planned_on=on, overdue_from=on, closed_at=closed, **more
        )
    make_health(place, day=LAST)
    money = {"organization": place, "kind": "upsell", "title": "Second region", "amount": Decimal(50_000)}
    at = datetime(2026, 5, 2, tzinfo=UTC)
    Opportunity.objects.create(stage="won", closed_on=at.date(), closed_at=at, expected_on=at.date(), **money)
    for on, amount, kind in ((date(2025, 6, 1), 100_000, "new"), (date(2026, 5, 2), 50_000, "expansion")):
        RevenueChange.objects.create(
            organization=place, on=on, kind=kind, amount=Decimal(amount), recorded_at=timezone.now()
        )


EXPECTED = {
    "partners_live": 1, "tickets_created": 3, "tickets_solved": 3,
    # From the openings of 1 April 0:00 (2 h), 4 May (3 h) and 31 March 23:59 (1 h, solved on 1 April 0:59).
    "resolution_time": "2.00",
    # Answered an hour after the question: those of 31 March 23:59, 1 April and 4 May lie in the quarter.
    "csat": "66.67", "csat_score": "3.67", "csat_answered": "100.00",
    "check_ins_kept": "50.00", "expansion_won": "50000.00", "grr": "100.00", "nrr": "150.00", "logos_kept": "100.00",
}  # fmt: skip


def test_the_figures_are_those_counted_by_hand_wherever_they_are_read(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    """A day is one of the reporting zone: what was opened a minute before the quarter is not in it."""
    client.force_login(cast.tom)
    found = {row["id"]: row for row in client.get(API).json()["figures"]}
    assert {key: Decimal(found[key]["value"]) for key in EXPECTED} == {key: Decimal(EXPECTED[key]) for key in EXPECTED}
    assert (found["check_ins_kept"]["numerator"], found["check_ins_kept"]["denominator"]) == ("2.000000", "4.000000")
    assert found["csat"]["to_target"] == found["check_ins_kept"]["to_target"] == "bad"
    assert found["resolution_time"]["to_target"] == "good"
    assert found["csat"]["low"] < 0.6667 < found["csat"]["high"]
    page = client.get(ADDRESS).content.decode()
    for words in (
        "66.7%",
        "2.0 h",
        "50.0%",
        "$50,000",
        "150.0%",
        "Q2 2026",
        "Q1 2026",
        "UTC",
        "3 cases: somewhere from",
    ):
        assert words in page, words
    answer = client.post("/reports/tam/export/?period=2026-Q2")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    in_file = {row["Figure"]: row["Q2 2026"] for row in rows}
    assert in_file == {
        row["label"]: ""
        if row["value"] is None
        else str(row["value"]).removesuffix(".00")
        if row["unit"] == "count"
        else row["value"]
        for row in found.values()
    }


def test_each_figure_opens_as_many_rows_as_it_counts(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    """Of the reader's organizations alone, also when one pages through them."""
    mine, foreign = places
    client.force_login(cast.tom)
    for figure in client.get(API).json()["figures"]:
        rows = client.get(f"/api/v1/reports/tam/figures/{figure['id']}/rows/?period=2026-Q2").json()["results"]
        assert sum(Decimal(row["denominator"]) for row in rows) == Decimal(figure["denominator"]), figure["id"]
        assert sum(Decimal(row["numerator"]) for row in rows) == Decimal(figure["numerator"]), figure["id"]
        assert {row["organization"] for row in rows} <= {mine.name}
    book = client.post("/reports/tam/figures/tickets_solved/export/?period=2026-Q2", {"as": "xlsx"})
    assert book["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = _sheet_of(book.content)
    # A text that begins a formula stays a text, a day is a number with a format of its own.
    assert "<f>" not in sheet
    assert 'state="frozen"' in sheet
    assert "<autoFilter" in sheet
    assert re.search(r'<c r="A2" s="\d+"><v>461\d\d</v></c>', sheet)
    page = client.get("/reports/tam/figures/tickets_created/?period=2026-Q2").content.decode()
    assert [words for words in ("Number 0", "Number 1", "Number 2", "Number 3", "Number 4") if words in page] == [
        "Number 1", "Number 2", "Number 3",
    ]  # fmt: skip
    assert foreign.name not in page
    taken = client.post("/reports/tam/figures/tickets_created/export/?period=2026-Q2").content.decode("utf-8-sig")
    assert taken.count("'=HYPERLINK(1)") == 3


def _sheet_of(book: bytes) -> str:
    with ZipFile(io.BytesIO(book)) as parts:
        return parts.read("xl/worksheets/sheet1.xml").decode()


def test_an_amount_without_a_rate_is_left_out_and_said(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    mine, _foreign = places
    Opportunity.objects.filter(organization=mine).update(currency="XTS")
    client.force_login(cast.tom)
    [figure] = [row for row in client.get(API).json()["figures"] if row["id"] == "expansion_won"]
    assert (figure["value"], figure["without_rate"]) == ("0.00", 1)
    [row] = client.get("/api/v1/reports/tam/figures/expansion_won/rows/?period=2026-Q2").json()["results"]
    assert row["numerator"] is None
    for path in (ADDRESS, "/reports/tam/figures/expansion_won/?period=2026-Q2"):
        assert "1 amount has no rate and is left out" in client.get(path).content.decode()
    assert client.post("/reports/tam/figures/expansion_won/export/?period=2026-Q2").status_code == 200


def test_everybody_reads_their_own_scope(client: Client, cast: Cast, places: tuple[Organization, Organization]) -> None:
    counted = {}
    for name in ("tom", "otto", "max", "adam", "lena"):
        client.force_login(getattr(cast, name))
        figures = {row["id"]: row["value"] for row in client.get(API).json()["figures"]}
        counted[name] = Decimal(figures["tickets_created"])
    assert counted == {"tom": 3, "otto": 3, "max": 6, "adam": 6, "lena": 3}
    for name, status in (("sue", 403), ("connie", 404)):
        client.force_login(getattr(cast, name))
        for path in (ADDRESS, API, "/reports/", "/reports/tam/figures/csat/", "/api/v1/reports/tam/figures/csat/rows/"):
            assert client.get(path).status_code == status, (name, path)
        assert client.post("/reports/tam/export/").status_code in (status, 403), name


def test_a_report_is_narrowed_as_lists_are(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    mine, _foreign = places
    client.force_login(cast.max)
    for query, count in ((f"&owner={cast.tom.public_id}", 3), ("&stage=gate_1", 0), ("&q=Freight", 3), ("&mine=1", 0)):
        figures = {row["id"]: row for row in client.get(API + query).json()["figures"]}
        assert Decimal(figures["tickets_created"]["value"]) == count, query
        assert count or figures["csat"]["value"] is None
    Organization.objects.filter(pk=mine.pk).update(archived_at=datetime(2026, 7, 2, tzinfo=UTC))
    figures = {row["id"]: row["value"] for row in client.get(API).json()["figures"]}
    assert Decimal(figures["partners_live"]) == 2
    assert Decimal(figures["tickets_created"]) == 6
    # Health of two days before is none of who has gone since.
    day = client.get("/api/v1/reports/tam/?period=2026-07-02..2026-07-02").json()["figures"]
    assert [Decimal(row["denominator"]) for row in day if row["id"] in ("green", "health_score")] == [1, 1]


def test_the_parts_of_a_figure_are_those_that_the_page_is_narrowed_to(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    """Each part is the figure of the page that its link opens, whatever makes the figure: facts, states or rows."""
    mine, _foreign = places
    Organization.objects.filter(pk=mine.pk).update(market_segment="smb", country="JP")
    client.force_login(cast.max)
    for kpi in ("tickets_created", "csat", "partners_live", "expansion_won", "resolution_time", "nrr"):
        for by in ("owner", "market", "country", "stage"):
            parts = client.get(f"/api/v1/reports/tam/figures/{kpi}/parts/?period=2026-Q2&by={by}").json()
            assert parts, (kpi, by)
            for part in parts:
                if part["key"]:
                    narrowed = client.get(f"{API}&{by}={part['key']}").json()["figures"]
                    [whole] = [row for row in narrowed if row["id"] == kpi]
                    assert {key: whole[key] for key in ("value", "before", "denominator")} == {
                        key: part[key] for key in ("value", "before", "denominator")
                    }, (kpi, by, part)
    page = client.get("/reports/tam/figures/csat/?period=2026-Q2&by=owner").content.decode()
    # Rows of retention are amounts, not whole as most are.
    cents = {"on": date(2025, 6, 2), "kind": "expansion", "amount": Decimal("0.50"), "recorded_at": timezone.now()}
    RevenueChange.objects.create(organization=mine, **cents)
    assert "$100,001 / $100,001" in client.get("/reports/tam/figures/grr/?period=2026-Q2").content.decode()
    assert re.search(rf'href="[^"]*by=owner&amp;owner={cast.tom.public_id}">{cast.tom.name}<', page)
    assert f'<option value="{cast.otto.public_id}">{cast.otto.name}</option>' in page
    client.force_login(cast.tom)
    parts = client.get("/api/v1/reports/tam/figures/csat/parts/?period=2026-Q2&by=owner").json()
    assert [part["label"] for part in parts] == [cast.tom.name]
    assert cast.otto.name not in client.get("/reports/tam/?period=2026-Q2").content.decode()
    assert client.get("/api/v1/reports/tam/figures/csat/parts/?by=shoe_size").status_code == 400


def test_retention_is_that_of_the_page_of_growth(cast: Cast, places: tuple[Organization, Organization]) -> None:
    """What came, went, was taken back, in two currencies and one without a rate, around both ends of the period."""
    random = Random(7)
    kinds = ("new", "expansion", "contraction", "loss", "return", "correction")
    with scoped(Scope.all()):
        for _line in range(120):
            RevenueChange.objects.create(
                organization=random.choice(places),
                on=date(2026, 1, 1) + timedelta(days=random.randrange(240)),
                kind=random.choice(kinds),
                amount=Decimal(random.randrange(-40_000, 60_000)),
                currency=random.choice(("USD", "USD", "EUR", "XTS")),
                recorded_at=timezone.now(),
            )
        rates = {"USD": Decimal(1), "EUR": Decimal("1.1")}
        report = policy_in_force().reports["tam"]
        for key in ("2026-Q1", "2026-Q2", "2026-05", "2026-02-10..2026-04-20"):
            period = parse_period(key)
            assert period is not None
            actor = cast.actor("max")
            now = datetime(2026, 9, 20, tzinfo=UTC)
            scope = ReportScope(actor=actor, report=report, query=ListQuery(), now=now)
            moment = replace(Moment.of(now), rates=rates)
            found = {one.kpi.id: one.amount for one in figures(scope, report.kpis, period, moment)}
            kept = retention_in(actor, period.first, period.last, rates)
            assert (found["grr"].numerator, found["grr"].denominator) == (kept.kept, kept.begins_with), key
            assert found["nrr"].numerator == kept.cohort_ends_with, key
            assert (found["logos_kept"].numerator, found["logos_kept"].denominator) == (
                kept.organizations_kept, kept.organizations,
            ), key  # fmt: skip


def test_a_team_narrows_to_what_its_members_own(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    team = make_team(name="Northern desk", members=[cast.tom])
    team.memberships.create(user=cast.otto, ended_at=timezone.now())
    client.force_login(cast.max)
    for key, count in ((team.public_id, 3), (make_team(name="Nobody else").public_id, 0), ("", 6)):
        figures = {row["id"]: row for row in client.get(f"{API}&team={key}").json()["figures"]}
        assert Decimal(figures["tickets_created"]["value"]) == count, key
    page = client.get(f"{ADDRESS}&team={team.public_id}").content.decode()
    assert f'<option value="{team.public_id}" selected>Northern desk</option>' in page


@pytest.mark.parametrize("text", ["soon", "2999-Q1", "2026-Q9", "\x00", "2026-10-09..2026-10-01"])
def test_what_is_no_period_is_said(client: Client, cast: Cast, text: str) -> None:
    client.force_login(cast.tom)
    answer = client.get("/reports/tam/", {"period": text})
    assert answer.status_code == 200
    assert ("is no period" in answer.content.decode()) != ("has not begun" in answer.content.decode()) or text == "\x00"
    assert client.get("/api/v1/reports/tam/", {"period": text}).status_code in (400, 200)
    assert client.get("/reports/nothing/").status_code == client.get("/reports/tam/figures/nothing/").status_code == 404


def answer_twice(place: Organization) -> None:
    """Two promises of each ticket of May that were kept on one day."""
    at = datetime(2026, 5, 9, tzinfo=UTC)
    clocks = SlaClock.objects.filter(
        ticket__organization=place, metric="first_response", ticket__subject__startswith="More"
    )
    clocks.update(state="met", stopped_at=at, breach_at=None)
    for clock in clocks:
        clock.pk, clock.public_id, clock.metric = None, uuid4(), "next_response"
        clock.save(force_insert=True)
    facts.refresh(now=datetime(2026, 7, 20, tzinfo=UTC))


def pages_of(client: Client, path: str) -> list[Any]:
    rows, following = [], ""
    while page := client.get(f"{path}&cursor={following}").json():
        rows += page["results"]
        following = page["next"]
        if not following:
            break
    return rows


def test_pages_of_rows_go_on_where_they_ended(
    client: Client, cast: Cast, places: tuple[Organization, Organization]
) -> None:
    mine, _foreign = places
    with scoped(Scope.all()):
        queue = make_desk(cast.sven)
        for number in range(53):
            make_ticket(
                queue, mine, by=cast.sue, now=datetime(2026, 5, 5 + number % 3, tzinfo=UTC), subject=f"More {number}"
            )
        answer_twice(mine)
    client.force_login(cast.tom)
    kept = pages_of(client, "/api/v1/reports/tam/figures/responses_kept/rows/?period=2026-Q2")
    figures = {row["id"]: row for row in client.get(API).json()["figures"]}
    assert len(kept) == 106 == Decimal(figures["responses_kept"]["denominator"])
    path = "/api/v1/reports/tam/figures/tickets_created/rows/?period=2026-Q2"
    first = client.get(path).json()
    second = client.get(f"{path}&cursor={first['next']}").json()
    titles = [row["title"] for row in (*first["results"], *second["results"])]
    assert (len(titles), len(set(titles)), second["next"]) == (56, 56, "")
    assert client.get(f"{path}&cursor=2026-99-99.1").json() == first
    page = client.get("/reports/tam/figures/tickets_created/?period=2026-Q2").content.decode()
    assert re.search(r'href="[^"]*cursor=2026-05-05\.\d+', page)
