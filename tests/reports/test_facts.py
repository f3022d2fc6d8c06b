"""Daily facts: what changes leave is taken up, what comes out is what one adds up by hand, and what is made anew."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.utils import timezone

from common.scope import Scope, scoped
from partners.models import Organization, SurveyRequest, SurveyResponse, Touchpoint
from reports.models import DailyFact, FactMark
from reports.services import facts
from tests.cast import Cast
from tests.factories.partners import make_contact, make_partner
from tests.factories.surveys import make_survey
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import SlaClock, Ticket

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
NOW = MONDAY + timedelta(days=40)


@pytest.fixture(autouse=True)
def everything() -> Any:
    """As a job sees it, in an installation whose days are Tokyo's."""
    with scoped(Scope.all()), override_settings(TIME_ZONE="Asia/Tokyo"):
        yield


Facts = dict[tuple[int, str, date], tuple[Decimal, Decimal]]


def held() -> Facts:
    return {
        (row.organization_id, row.measure, row.day): (row.numerator, row.denominator) for row in DailyFact.objects.all()
    }


class Book:
    """What one adds up by hand, row by row."""

    def __init__(self) -> None:
        self.sums: defaultdict[tuple[int, str, date], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])

    def add(self, place: int, measure: str, at: datetime | date, counted: Any) -> None:
        day = at.astimezone(TOKYO).date() if isinstance(at, datetime) else at
        cell = self.sums[place, measure, day]
        cell[0] += Decimal(str(counted))
        cell[1] += 1

    def facts(self) -> Facts:
        return {key: (counted, total) for key, (counted, total) in self.sums.items()}


def by_hand(today: date) -> Facts:
    book = Book()
    for ticket in Ticket.objects.filter(merged_into=None, organization__isnull=False):
        place = ticket.organization_id or 0
        book.add(place, "tickets_created", ticket.opened_at, 1)
        book.add(place, "tickets_escalated", ticket.opened_at, int(ticket.escalated_at is not None))
        if ticket.solved_at and ticket.status in ("solved", "closed"):
            book.add(place, "tickets_solved", ticket.solved_at, (ticket.solved_at - ticket.opened_at).total_seconds())
    for clock in SlaClock.objects.select_related("ticket").filter(organization__isnull=False):
        at = clock.breached_at or (clock.stopped_at if clock.state == "met" else None)
        if at is not None:
            for measure in measures_of(clock):
                book.add(clock.organization_id or 0, measure, at, int(clock.breached_at is None))
    surveys(book)
    for point in Touchpoint.objects.filter(kind="check_in"):
        is_missed = point.state == "planned" and point.overdue_from is not None and point.overdue_from <= today
        if point.state in ("done", "skipped") or is_missed:
            book.add(point.organization_id, "check_ins_kept", point.planned_on, int(point.state == "done"))
    return book.facts()


def measures_of(clock: SlaClock) -> list[str]:
    if clock.metric == "resolution":
        return ["resolutions_kept"]
    is_first = clock.metric == "first_response"
    own = ["first_responses_kept", f"responses_kept_{clock.ticket.priority}"] if is_first else ["next_responses_kept"]
    return ["responses_kept", *own]


def surveys(book: Book) -> None:
    for asked in SurveyRequest.objects.filter(kind="csat", sent_at__isnull=False).select_related("response"):
        book.add(asked.organization_id, "csat_answered", asked.sent_at, int(hasattr(asked, "response")))
    for answer in SurveyResponse.objects.select_related("request"):
        place, at, score = answer.organization_id, answer.answered_at, answer.score
        if answer.request.kind == "nps":
            book.add(place, "nps", at, int(score >= 9) - int(score <= 6))
        else:
            book.add(place, "csat_satisfied", at, int(score >= 4))
            book.add(place, "csat_score", at, score)


def make_world(cast: Cast) -> list[Organization]:
    """Two partners with tickets, surveys and check-ins around the midnights of Tokyo."""
    queue = make_desk(cast.sue)
    places = [cast.northwind, make_partner("post_launch", name="Lindgren")]
    for number, place in enumerate(places):
        contact = make_contact(place, name=f"Contact {number}", email=f"c{number}@example.com")
        for hour in range(6):
            at = MONDAY + timedelta(hours=5 * hour, days=hour)
            impact, urgency = (("high", "high"), ("high", "medium"), ("medium", "medium"), ("low", "low"))[hour % 4]
            make_ticket(queue, place, by=cast.sue, contact=contact, now=at, impact=impact, urgency=urgency)
            make_survey(contact, score=(5, 4, 2, 1, None, 3)[hour], at=at)
        make_survey(contact, score=10 - 4 * number, at=MONDAY, kind="nps")
        for day, state in enumerate(("done", "skipped", "planned", "cancelled", "planned")):
            on = (MONDAY + timedelta(days=9 * day)).date()
            values = {"closed_at": MONDAY} if state in ("done", "skipped", "cancelled") else {}
            reason = {"skip_reason": "They are on holiday"} if state == "skipped" else {}
            overdue = on + timedelta(days=3)
            Touchpoint.objects.create(
                organization=place,
                kind="check_in",
                state=state,
                planned_on=on,
                overdue_from=overdue,
                **values,
                **reason,
            )
    return places


CHANGES: list[Callable[[], Any]] = [
    lambda: Ticket.objects.filter(priority="high").update(
        status="solved", solved_at=MONDAY + timedelta(days=9), first_solved_at=MONDAY + timedelta(days=8)
    ),
    lambda: Ticket.objects.filter(priority="high").update(status="open", solved_at=None),
    lambda: Ticket.objects.filter(priority="medium").update(escalated_at=MONDAY + timedelta(days=2)),
    lambda: Ticket.objects.filter(priority="low").update(merged_into=Ticket.objects.filter(priority="high").first()),
    lambda: SlaClock.objects.filter(ticket__priority="medium").update(
        state="met", stopped_at=MONDAY + timedelta(hours=15, minutes=1), breach_at=None
    ),
    lambda: SlaClock.objects.filter(ticket__priority="high").update(
        state="breached", breached_at=MONDAY + timedelta(hours=14, minutes=59)
    ),
    lambda: SlaClock.objects.filter(ticket__priority="medium").delete(),
    lambda: SurveyResponse.objects.filter(score=2).update(score=4),
    lambda: SurveyResponse.objects.filter(score=1).delete(),
    lambda: Touchpoint.objects.filter(state="planned").update(planned_on=MONDAY.date() + timedelta(days=2)),
]


def test_what_is_kept_up_is_what_one_adds_up_by_hand_and_what_is_made_anew(cast: Cast) -> None:
    """After each change, also one that takes a row away from its day or moves it to another."""
    make_world(cast)
    today = timezone.localdate(NOW, TOKYO)
    facts.refresh(now=NOW)
    assert held() == by_hand(today)
    assert len(held()) > 30
    for number, change in enumerate(CHANGES):
        before = held()
        change()
        assert FactMark.objects.exists(), number
        facts.refresh(now=NOW)
        assert held() == by_hand(today), number
        assert held() != before, number
    kept = held()
    DailyFact.objects.all().delete()
    after = 0
    while after := facts.rebuild_next(after=after, now=NOW):
        pass
    assert held() == kept


def test_a_mark_is_taken_once_and_what_did_not_change_is_not_written_again(cast: Cast) -> None:
    places = make_world(cast)
    assert facts.refresh(now=NOW) >= len(places)
    assert facts.refresh(now=NOW) == 0
    FactMark.objects.create(organization=places[0])
    FactMark.objects.create(organization=places[0])
    written = _versions()
    assert facts.refresh(now=NOW) == 2
    assert _versions() == written


def _versions() -> list[Any]:
    """Which transaction wrote each row."""
    return list(
        DailyFact.objects.extra(select={"by": "xmin::text"}).values_list("organization_id", "measure", "day", "by")
    )


def test_what_time_alone_decides_is_marked_once_a_day(cast: Cast) -> None:
    """A check-in that nobody touched is missed once it is overdue, in the days of the reporting zone."""
    place = make_partner("post_launch", name="Lindgren")
    on = date(2026, 5, 4)
    Touchpoint.objects.create(organization=place, kind="check_in", planned_on=on, overdue_from=date(2026, 5, 8))
    before, after = (
        datetime(2026, 5, 7, 14, minute, tzinfo=ZoneInfo("UTC")) + timedelta(hours=1) for minute in (59, 0)
    )
    before -= timedelta(hours=1)
    facts.refresh(now=before)
    assert (place.pk, "check_ins_kept", on) not in held()
    facts.mark_overdue(now=after)
    facts.mark_overdue(now=after + timedelta(hours=1))
    assert FactMark.objects.count() == 1
    facts.refresh(now=after)
    assert held()[place.pk, "check_ins_kept", on] == (0, 1)


def test_marks_and_facts_are_behind_the_second_wall(cast: Cast) -> None:
    """A change leaves its mark whatever the scope of who makes it; who reads facts reads those of the scope."""
    make_world(cast)
    facts.refresh(now=NOW)
    with scoped(Scope.of([cast.northwind.pk])):
        assert {key[0] for key in held()} == {cast.northwind.pk}
        Touchpoint.objects.filter(organization=cast.northwind).update(planned_on=MONDAY.date())
    assert set(FactMark.objects.values_list("organization_id", flat=True)) == {cast.northwind.pk}
