"""Customer success and technical success: the figures of a quarter that is over, counted by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from common.scope import Scope, scoped
from partners.models import (
    BusinessReview,
    IntegrationStep,
    Loss,
    Opportunity,
    Organization,
    OrganizationFacts,
    Recommendation,
    Stakeholder,
    SuccessPlan,
    TechnicalIntegration,
    Touchpoint,
    Training,
    TrainingAttendee,
)
from partners.selectors.plan_coverage import coverage
from partners.selectors.plan_reviews import quarter_of
from partners.selectors.plan_value import value_total
from reports.rules.kpis import Standing
from reports.rules.periods import Span, period_of
from reports.services import facts
from tests.cast import Cast
from tests.factories.alerts import make_episode
from tests.factories.partners import make_contact, make_customer
from tests.factories.plans import make_objective, make_plan
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tests.reports.reading import read_report
from tickets.models import Ticket, TicketEvent
from tickets.scope import scope_of

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
LAST = date(2026, 6, 30)
NOW = datetime(2026, 7, 20, tzinfo=UTC)
QUARTER = period_of(LAST, Span.QUARTER)
Places = dict[str, Organization]


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def places(cast: Cast) -> Places:
    """Carl has Birch, Cedar, Dune and Fir; Elm is nobody's. Dune is small and left on the last day."""
    with scoped(Scope.all()):
        since = datetime(2025, 6, 1, tzinfo=UTC)
        found = {
            name: make_customer("live", name=name, owners={"csm": cast.carl}, at=since)
            for name in ("Cedar", "Dune", "Fir")
        }
        found |= {"Birch": cast.birch, "Elm": make_customer("live", name="Elm", at=since)}
        OrganizationFacts.objects.filter(organization__kind="customer").update(arr_segment="enterprise")
        OrganizationFacts.objects.filter(organization=found["Dune"]).update(arr_segment="small")
        Organization.objects.filter(pk=found["Fir"].pk).update(archived_at=at(7, 5))
        Loss.objects.create(organization=found["Dune"], lost_on=LAST, reason="price", recorded_at=at(7, 1))
        accounts(found)
        value(found["Birch"])
    return found


def accounts(found: Places) -> None:
    """Birch has a plan, and its review on the first day; Cedar's plan ended on the last day, its review came too early.

    Three executives of each, one of Birch's gone by the last day, one of Cedar's the day after.
    """
    birch, cedar = found["Birch"], found["Cedar"]
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 9, 1)}
    make_plan(birch, **days)
    make_plan(cedar, state="completed", closed_at=at(6, 30, 23), **days)
    make_plan(found["Fir"], state="draft", **days)
    review = {"organization": birch, "period_from": date(2026, 1, 1), "period_to": date(2026, 4, 1)}
    BusinessReview.objects.create(title="Q1", state="presented", presented_at=at(4, 1), **review)
    held = {"kind": "business_review", "state": "done", "closed_at": at(4, 1), "overdue_from": date(2026, 5, 1)}
    Touchpoint.objects.create(organization=cedar, planned_on=date(2026, 3, 31), **held)
    for place in (birch, cedar):
        people = [make_contact(place, role="executive") for _ in range(3)]
        type(people[0]).objects.filter(pk__in=[one.pk for one in people]).update(created_at=at(1, 1))
        if place is birch:
            Stakeholder.objects.create(organization=place, contact=people[0], left_on=LAST)
        else:
            type(people[0]).objects.filter(pk=people[0].pk).update(archived_at=at(7, 1))
    money = [
        ("qualified", "100", None),
        ("won", "50", date(2026, 7, 2)),
        ("won", "7", date(2026, 5, 2)),
        ("identified", "9", None),
    ]
    for stage, amount, closed in money:
        values = {"closed_on": closed, "closed_at": at(7, 2) if closed else None, "expected_on": LAST}
        made = Opportunity.objects.create(
            organization=birch, kind="upsell", title=stage, stage=stage, amount=Decimal(amount), **values
        )
        Opportunity.objects.filter(pk=made.pk).update(created_at=at(4, 20))
    alerts(found)


def alerts(found: Places) -> None:
    """One answered in time, one late, one not at all by the last day, one due the day after, one of a contract."""
    for place, cause, due, answered in (
        ("Birch", "service", at(5, 10), at(5, 9)),
        ("Birch", "sentiment", at(5, 15), at(5, 20)),
        ("Birch", "growth", at(6, 30, 23), None),
        ("Cedar", "growth", at(7, 1), None),
        ("Cedar", "renewal", at(5, 10), None),
    ):
        state = {"state": "acknowledged", "answered_at": answered} if answered else {}
        make_episode(found[place], now=at(4, 20), cause=cause, due_at=due, **state)


def value(birch: Organization) -> None:
    """Launched on 1 September 2025: reached, missed; and what does not count by the last day."""
    Organization.objects.filter(pk=birch.pk).update(launched_on=date(2025, 9, 1))
    plan = make_plan(birch, starts_on=date(2025, 9, 1), ends_on=date(2026, 12, 1))
    SuccessPlan.objects.filter(pk=plan.pk).update(created_at=at(1, 1))
    for target, fields in (
        ((4, 1), {"state": "achieved", "achieved_on": date(2026, 3, 1)}),
        ((6, 29), {}),
        ((6, 30), {}),
        ((10, 1), {"state": "achieved", "achieved_on": date(2026, 5, 1)}),
        ((5, 1), {"state": "dropped"}),
        ((8, 1), {"state": "achieved", "achieved_on": date(2026, 7, 1)}),
    ):
        make_objective(plan, target_on=date(2026, *target), **fields)


def amounts(cast: Cast, name: str, report: str, *names: str, period: Any = QUARTER) -> dict[str, tuple[int, int]]:
    found = read_report(cast, name, report, period, now=NOW)
    return {key: (int(found[key].amount.numerator), int(found[key].amount.denominator)) for key in names}


def test_the_accounts_of_a_quarter_that_is_over_are_those_of_its_last_day(cast: Cast, places: Places) -> None:
    names = (
        "accounts_here",
        "plans_in_place",
        "reviews_in_quarter",
        "executives_known",
        "value_reached",
        "alerts_answered",
    )
    assert amounts(cast, "carl", "csm", *names) == dict(
        zip(names, ((3, 3), (1, 3), (1, 3), (1, 3), (1, 2), (1, 3)), strict=True)
    )
    assert amounts(cast, "max", "csm", *names[:2]) == {"accounts_here": (4, 4), "plans_in_place": (1, 4)}
    assert amounts(cast, "otto", "csm", *names[:2]) == {"accounts_here": (0, 0), "plans_in_place": (0, 0)}
    found = read_report(cast, "carl", "csm", QUARTER, now=NOW)
    assert (found["pipeline_qualified"].value, found["expansion_won"].value) == (150, 7)
    assert found["expansion_won"].to_target is found["pipeline_qualified"].to_target is Standing.BAD
    in_june = read_report(cast, "carl", "csm", period_of(LAST, Span.MONTH), now=NOW)
    assert in_june["expansion_won"].target is None
    running = read_report(cast, "carl", "csm", period_of(NOW.date(), Span.QUARTER), now=NOW)
    assert running["expansion_won"].to_target is Standing.UNKNOWN


def test_today_plans_and_value_are_those_of_the_pages_of_plans(cast: Cast, places: Places) -> None:
    now = amounts(cast, "carl", "csm", "plans_in_place", "value_reached", period=period_of(NOW.date(), Span.QUARTER))
    with scoped(scope_of(cast.actor("carl"))):
        page = coverage(cast.actor("carl"), None, quarter_of(NOW)).enterprise
        reached = value_total(cast.actor("carl"), now=NOW).reached
    assert now == {"plans_in_place": (page.plans, page.accounts), "value_reached": (reached.hits, reached.total)}
    assert (page.accounts, reached.total) == (2, 4)


def test_few_answers_stay_hidden_in_figures_and_rows(cast: Cast, places: Places) -> None:
    """Four answers would tell who said what; five do not, and their rows never do."""
    with scoped(Scope.all()):
        for place, score in (("Birch", 10), ("Birch", 9), ("Cedar", 9), ("Cedar", 6), ("Elm", 8)):
            make_survey(make_contact(places[place]), kind="nps", score=score, at=at(5, 4))
        facts.refresh(now=NOW)
    carls = read_report(cast, "carl", "csm", QUARTER, now=NOW)["nps"]
    assert (carls.is_hidden, carls.value, carls.amount.denominator) == (True, None, 0)
    whole = read_report(cast, "max", "csm", QUARTER, now=NOW)["nps"]
    assert (whole.is_hidden, whole.value, whole.to_target) == (False, 40, Standing.BAD)


def test_a_part_of_few_answers_is_not_what_the_others_leave(client: Client, cast: Cast, places: Places) -> None:
    with scoped(Scope.all()):
        for place, many in (("Birch", 5), ("Cedar", 6), ("Dune", 2)):
            for _number in range(many):
                make_survey(make_contact(places[place]), kind="nps", score=9, at=at(5, 4))
        for place, country in (("Birch", "JP"), ("Cedar", "DE"), ("Dune", "AT")):
            Organization.objects.filter(pk=places[place].pk).update(country=country)
        facts.refresh(now=NOW)
    client.force_login(cast.max)
    parts = client.get("/api/v1/reports/csm/figures/nps/parts/?period=2026-Q2&by=country").json()
    told = {part["key"]: (part["value"], Decimal(part["denominator"])) for part in parts}
    assert {key: told[key] for key in ("DE", "JP", "AT")} == {"DE": ("100.00", 6), "JP": (None, 0), "AT": (None, 0)}


def test_technical_success_is_counted_by_hand(cast: Cast, places: Places) -> None:
    with scoped(Scope.all()):
        build(cast, places)
        advise(cast, places)
        escalate(cast)
        facts.refresh(now=NOW)
    found = read_report(cast, "max", "technical", QUARTER, now=NOW)
    assert {key: str(found[key].value) for key in TECHNICAL} == TECHNICAL
    assert found["csat_score"].target is not None
    assert found["csat_score"].target.value == Decimal("4.8")
    assert found["escalation_time"].to_target is Standing.BAD


TECHNICAL = {
    "integrations_documented": "50.00", "integrations_called": "50.00", "milestones_reached": "33.33",
    "practices_adopted": "50.00", "optimizations_done": "50.00", "people_competent": "66.67",
    "escalation_response": "2.00", "escalation_time": "48.00", "critical_response": "1.00", "technical_time": "6.00",
    "developers_satisfied": "4.00", "csat_score": "3.00",
}  # fmt: skip


def build(cast: Cast, places: Places) -> None:
    """Birch deploys one in time and one a day after the quarter; Northwind came late, Elm in time, one was stopped."""
    for place, fields, planned, done in (
        (cast.birch, {"is_documented": True, "calls_per_day": 10}, LAST, LAST),
        (cast.birch, {}, date(2026, 6, 20), date(2026, 7, 1)),
        (cast.birch, {"state": "stopped"}, date(2026, 5, 1), date(2026, 5, 1)),
        (cast.northwind, {}, date(2026, 1, 31), date(2026, 2, 1)),
    ):
        one = TechnicalIntegration.objects.create(organization=place, name="API", **fields)
        step = {"integration": one, "organization": place, "first_planned_on": planned, "done_on": done}
        IntegrationStep.objects.create(stage="deploy", **step)
    one = TechnicalIntegration.objects.create(organization=places["Elm"], name="API")
    days = {"first_planned_on": date(2026, 5, 1), "done_on": date(2026, 5, 1)}
    IntegrationStep.objects.create(organization=places["Elm"], integration=one, stage="test", **days)


def advise(cast: Cast, places: Places) -> None:
    for place, kind, state, proposed, closed in (
        (cast.birch, "best_practice", "done", date(2026, 4, 1), LAST),
        (cast.northwind, "best_practice", "declined", date(2026, 4, 1), LAST),
        (places["Elm"], "best_practice", "proposed", date(2026, 7, 1), None),
        (cast.birch, "optimization", "done", date(2026, 4, 1), LAST),
        (cast.birch, "optimization", "proposed", date(2026, 4, 1), None),
        (cast.northwind, "optimization", "done", date(2026, 4, 1), date(2026, 7, 1)),
    ):
        Recommendation.objects.create(
            organization=place, kind=kind, state=state, title="Do it", proposed_on=proposed, closed_on=closed
        )
    people = [make_contact(cast.birch) for _ in range(4)]
    for day, results in ((date(2026, 5, 1), "fap-"), (date(2026, 6, 15), "p-f?")):
        held = Training.objects.create(organization=cast.birch, title="Basics", state="held", held_on=day)
        words = {"f": "failed", "a": "attended", "p": "passed", "?": "absent"}
        for person, mark in zip(people, results, strict=True):
            if mark in words:
                TrainingAttendee.objects.create(
                    organization=cast.birch, training=held, contact=person, result=words[mark]
                )


def escalate(cast: Cast) -> None:
    """A technical escalation answered after two hours and solved after two days, an incident that was critical.

    And one that was solved before it was escalated, and an answer that is off the scale.
    """
    queue, builder = make_desk(cast.sue), make_contact(cast.birch, role="technical")
    raised = make_ticket(queue, cast.birch, by=cast.sue, contact=builder, now=at(5, 4, 9))
    moments = {"escalated_at": at(5, 4, 10), "solved_at": at(5, 6, 10), "first_solved_at": at(5, 6, 10)}
    Ticket.objects.filter(pk=raised.pk).update(is_technical_escalation=True, status="solved", **moments)
    for hour, side in ((9, "agent"), (11, "customer"), (12, "agent"), (14, "agent")):
        TicketEvent.objects.create(
            ticket=raised, organization=cast.birch, at=at(5, 4, hour, 30 if hour == 9 else 0), kind="reply", side=side
        )
    urgent = make_ticket(
        queue, cast.birch, by=cast.sue, contact=builder, now=at(5, 5, 9), impact="high", urgency="high", kind="incident"
    )
    solved = at(5, 5, 15)
    Ticket.objects.filter(pk=urgent.pk).update(
        first_replied_at=at(5, 5, 10), status="solved", solved_at=solved, first_solved_at=solved
    )
    late = make_ticket(queue, cast.birch, by=cast.sue, now=at(5, 4, 9))
    solved_first = {"solved_at": at(5, 4, 11), "first_solved_at": at(5, 4, 11), "escalated_at": at(5, 5)}
    Ticket.objects.filter(pk=late.pk).update(is_technical_escalation=True, status="solved", **solved_first)
    make_survey(builder, score=4, at=at(5, 7))
    make_survey(builder, score=9, at=at(5, 7))
    make_survey(make_contact(cast.birch), score=2, at=at(5, 7))
    assert urgent.opened_at + timedelta(hours=6) == solved
