"""The report of the desk: what its reader sees there, the same figures as on the page of the desk, and as by hand."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import TrainingModule, TrainingRecord
from common.listing import ListQuery
from common.scope import Scope, scoped
from reports.policies import policy_in_force
from reports.report_document import report_document
from reports.report_page import open_report
from reports.rules.periods import Period, Span, period_of
from reports.selectors.figures import Figure
from reports.selectors.volume import WAYS
from tests.cast import Cast
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tests.reports.reading import read_report
from tickets.desk_figures import desk_figures
from tickets.models import (
    Article,
    ArticleDay,
    ArticleFeedback,
    ArticleVersion,
    HelpSession,
    QualityReview,
    Queue,
    SlaClock,
    Ticket,
    TicketEvent,
)
from tickets.scope import scope_of
from tickets.selectors.article_gaps import deflection

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)
MARCH = period_of(NOW.date(), Span.MONTH)


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def queues(cast: Cast) -> tuple[Queue, Queue]:
    with scoped(Scope.all()):
        first, second = make_desk(cast.sue), make_desk(cast.sven)
        work(cast, first, second)
    return first, second


def work(cast: Cast, first: Queue, second: Queue) -> None:
    """Seven tickets of March and one of February, of two queues, one of a sender whom nobody knows."""
    connie = cast.connie_contact
    asked: list[Any] = [(first, 2), (first, 3), (first, 9), (second, 10), (second, 20), (None, 23), (first, 24)]
    made = [
        make_ticket(queue or first, cast.northwind if queue else None, by=cast.sue if queue else None, now=at(day))
        for queue, day in asked
    ]
    old = make_ticket(second, cast.birch, by=cast.sue, now=datetime(2026, 2, 20, 10, tzinfo=UTC))
    once, twice, again, raised, fresh, unknown, merged = made
    for ticket, took, fields in (
        (once, 3, {"replies": 1}),
        (twice, 30, {"replies": 2}),
        (again, 5, {"replies": 1, "reopened": 1}),
        (raised, 40, {"replies": 1, "escalated_at": at(10, 12), "is_technical_escalation": True}),
        (fresh, 8, {"replies": 1}),
    ):
        end = ticket.opened_at + timedelta(hours=took)
        Ticket.objects.filter(pk=ticket.pk).update(status="solved", solved_at=end, first_solved_at=end, **fields)
    TicketEvent.objects.create(
        ticket=again, organization=again.organization, at=at(12), kind="status", side="customer",
        changes={"status": ["solved", "open"]},
    )  # fmt: skip
    Ticket.objects.filter(pk=merged.pk).update(merged_into=old, status="closed", solved_at=at(25), closed_at=at(25))
    Ticket.objects.filter(pk=unknown.pk).update(escalated_at=at(24))
    SlaClock.objects.filter(ticket=once).update(state="met", stopped_at=at(2, 12), breach_at=None, due_at=None)
    # As the sweep of every minute says it.
    SlaClock.objects.filter(state="running", breach_at__lt=NOW).update(breached_at=F("breach_at"))
    make_survey(connie, score=5, at=at(4), subject_id=once.pk, subject_key=str(once.number))
    make_survey(connie, score=2, at=at(21), subject_id=fresh.pk, subject_key=str(fresh.number))
    knowledge(cast, once, twice)


def knowledge(cast: Cast, once: Ticket, twice: Ticket) -> None:
    """Two reviews, an article with two texts, visits with and without a ticket, and what there is to learn."""
    for ticket, agent, score in ((once, cast.sue, 90), (twice, cast.sven, 71)):
        QualityReview.objects.create(
            ticket=ticket, organization=ticket.organization, agent=agent, reviewer=cast.sara, policy_version=1,
            score=Decimal(score), is_passed=score > 80, solved_at=at(5), given_at=NOW,
        )  # fmt: skip
    article = Article.objects.create(slug="passwords", state="published", published_at=at(6))
    for number, day in ((1, 6), (2, 16)):
        read = ArticleVersion.objects.create(
            article=article, language="en", number=number, title="Passwords", body="Text", written_at=at(day),
            published_at=at(day), is_current=number == 2,
        )  # fmt: skip
    ArticleDay.objects.create(article=article, day=date(2026, 3, 7), staff_views=4, portal_views=3)
    for user, is_helpful in ((cast.connie, True), (cast.sue, False)):
        ArticleFeedback.objects.create(article=article, read_version=read, user=user, is_helpful=is_helpful, at=at(8))
    for place, day in ((cast.northwind, 8), (cast.northwind, 11), (cast.birch, 11)):
        HelpSession.objects.create(organization=place, user=cast.connie, started_at=at(day), seen_at=at(day))
    module = TrainingModule.objects.create(name="Tone", roles=["support", "senior", "tam"], since=date(2026, 1, 1))
    for user, month, result in ((cast.sue, 1, "attended"), (cast.sue, 2, "failed"), (cast.sven, 2, "passed")):
        TrainingRecord.objects.create(
            module=module, user=user, month=date(2026, month, 1), completed_at=NOW, result=result
        )


def read(cast: Cast, name: str, query: str = "", *, period: Period = MARCH) -> dict[str, Figure]:
    return read_report(cast, name, "support", period, now=NOW, query=query)


def test_the_report_agrees_with_the_page_of_the_desk(cast: Cast, queues: tuple[Queue, Queue]) -> None:
    """For who sees every ticket, also of organizations that they may not open and of none."""
    for name in ("sara", "adam"):
        found = read(cast, name)
        with scoped(scope_of(cast.actor(name))):
            page = desk_figures(cast.actor(name), now=NOW)
            alone = deflection(cast.actor(name), since=at(1, 0), until=datetime(2026, 4, 1, tzinfo=UTC))
        told = {key: (int(one.amount.numerator), int(one.amount.denominator)) for key, one in found.items()}
        assert told["responses_kept"] == (page.response.met, page.response.met + page.response.breached)
        assert told["resolutions_kept"] == (page.resolution.met, page.resolution.met + page.resolution.breached)
        assert told["first_contact"] == (page.first_contacts, page.first_solves) == (1, 4)
        assert told["tickets_escalated"] == (page.escalated, page.created) == (2, 6)
        assert told["tickets_solved"][1] == page.solved == 5
        assert told["tickets_open"][1] == page.backlog == 2
        assert page.average is not None
        assert (
            found["resolution_time"].value == round(Decimal(page.average.total_seconds()) / 3600, 2) == Decimal("17.20")
        )
        assert told["self_service"] == (alone.spared, alone.spared + alone.tickets)


def test_the_figures_of_the_desk_are_those_counted_by_hand(cast: Cast, queues: tuple[Queue, Queue]) -> None:
    found = {key: one.value for key, one in read(cast, "sara").items()}
    assert {key: found[key] for key in BY_HAND} == {key: Decimal(value) for key, value in BY_HAND.items()}
    # A mean of scores is no share of cases, however round it is.
    with scoped(Scope.all()):
        QualityReview.objects.update(score=100)
    round_ones = read(cast, "sara")
    assert (round_ones["quality_score"].value, round_ones["quality_score"].interval) == (100, None)
    assert round_ones["csat"].interval is not None
    february = read(cast, "sara", period=MARCH.previous())
    assert february["trainings_done"].value == 50
    assert read(cast, "sara")["trainings_done"].value is None
    narrowed = {key: one.value for key, one in read(cast, "sara", f"queue={queues[1].key}").items()}
    assert (narrowed["tickets_created"], narrowed["tickets_open"], narrowed["csat_score"]) == (2, 1, 2)
    assert (narrowed["self_service"], narrowed["articles_published"], narrowed["trainings_done"]) == (None, 0, None)


BY_HAND = {
    "tickets_created": "6", "first_contact": "25.00", "tickets_escalated": "33.33", "escalations_solved": "50.00",
    # Opened on Friday 20 February at 10; until Friday 27 March at 12 are 35 days less five weekends and two hours.
    "oldest_ticket": "25.08", "csat_score": "3.50", "csat": "50.00", "csat_answered": "100.00",
    # Northwind's visit of the 8th was followed by a ticket, two others were not; tickets are seven with the merged one.
    "self_service": "22.22", "quality_score": "80.50", "articles_published": "2", "articles_read": "7",
    "articles_helpful": "50.00",
}  # fmt: skip


def test_who_sees_what_at_the_desk(client: Client, cast: Cast, queues: tuple[Queue, Queue]) -> None:
    """Owners see the tickets of their organizations, and neither reviews nor training of others."""
    toms = {key: one.value for key, one in read(cast, "tom").items()}
    assert (toms["tickets_created"], toms["tickets_open"], toms["quality_score"]) == (5, 1, None)
    assert read(cast, "tom", period=MARCH.previous())["trainings_done"].amount.denominator == 0
    assert read(cast, "otto")["tickets_created"].value == 0
    client.force_login(cast.sara)
    page = client.get("/reports/support/figures/tickets_created/?period=2026-03").content.decode()
    assert "Northwind" in page
    assert str(cast.northwind.public_id) not in page
    taken = client.post("/reports/support/figures/tickets_created/export/?period=2026-03").content.decode("utf-8-sig")
    assert taken.count("It does not work") == 6
    assert taken.count("Northwind") == 5
    answer = client.get("/reports/support/?period=2026-Q1").content.decode()
    for queue, count in zip(queues, (4, 3), strict=True):
        found = re.search(rf'<a href="([^"]*)">{queue.name}</a>.*?<td class="num">(\d+)</td>', answer)
        assert found is not None
        listed = client.get(unescape(found[1])).content.decode()
        assert int(found[2]) == count == len(set(re.findall(r"/tickets/(\d+)/", listed))), queue.name
    by_organization = answer[answer.index("By organization") :]
    assert "Of nobody whom we know" in by_organization
    assert "organization=" + str(cast.northwind.public_id) in by_organization
    assert "10: 7" in by_organization
    told = client.get("/api/v1/reports/support/?period=2026-Q1").json()["volume"]
    ways = {way: {row["key"]: row["tickets"] for row in told if row["way"] == way} for way in WAYS}
    assert ways["queue"] == {queue.key: count for queue, count in zip(queues, (4, 3), strict=True)}
    assert (ways["organization"][str(cast.northwind.public_id)], ways["organization"][""]) == (5, 1)
    assert ways["hour"] == {"10": 7}
    query = ListQuery((("period", "2026-Q1"),))
    paper = report_document(open_report(cast.actor("sara"), policy_in_force().reports["support"], query, now=NOW))
    (volume,) = (part for part in paper.sections if part.key == "volume")
    assert [table.title for table in volume.tables] == [
        "By queue", "By category", "By organization", "By hour of the day"
    ]  # fmt: skip
    assert "Amounts" not in paper.sections[-1].note
    assert (
        client.get("/api/v1/reports/support/?period=2026-03&queue=x").json()["figures"][0]["denominator"] == "0.000000"
    )
    for name, status in (("sue", 403), ("connie", 404)):
        client.force_login(getattr(cast, name))
        assert client.get("/reports/support/").status_code == status
