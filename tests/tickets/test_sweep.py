"""The sweep of clocks: what fires when, once, whom it reaches, and nobody in vain (sla.md R5, R15, R16)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Absence, Notification, OnCallRota, OnCallShift
from common.models import Occurrence, Outbox
from common.scope import Scope, scoped
from tests.cast import Cast, make_cast
from tests.factories.accounts import take_role
from tests.factories.tasks import in_threads
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Queue, QueueTeam, SlaClock, SlaTimer, Ticket
from tickets.services import sweeping
from tickets.services.acknowledging import acknowledge
from tickets.services.changes import change
from tickets.services.escalating import escalate
from tickets.services.messages import Letter, receive, reply
from tickets.services.sweeping import fire_due

pytestmark = pytest.mark.django_db
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
# High with a TAM: four hours of the office, from ten to two.
DUE = MONDAY + 4 * HOUR


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, leads=[cast.sven])


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, urgency="high", assignee=cast.sue)


def first(ticket: Ticket) -> SlaClock:
    return SlaClock.objects.get(ticket=ticket, metric="first_response")


def told(kind: str = "sla_escalations") -> set[str]:
    rows = Notification.objects.filter(kind=kind)
    return {email.partition("@")[0] for email in rows.values_list("user__email", flat=True)}


def test_a_clock_is_breached_strictly_after_its_breach_instant(ticket: Ticket) -> None:
    fire_due(now=DUE)
    assert first(ticket).state == "running"
    fire_due(now=DUE + timedelta(microseconds=1))
    clock = first(ticket)
    assert (clock.state, clock.breached_at) == ("breached", DUE)
    assert SlaTimer.objects.get(clock=clock, kind="breach").fired_at == DUE + timedelta(microseconds=1)


def test_the_assignee_is_warned_at_three_quarters(ticket: Ticket) -> None:
    fire_due(now=MONDAY + 3 * HOUR)
    assert told("sla_warnings") == set()
    fire_due(now=MONDAY + 3 * HOUR + SECOND)
    assert told("sla_warnings") == {"sue"}
    notice = Notification.objects.get(kind="sla_warnings")
    assert notice.title == f"#{ticket.number}: First response due Mon 2 Mar, 14:00"
    assert (notice.target_type, notice.target_id, notice.body) == ("ticket", ticket.pk, ticket.subject)
    assert Outbox.objects.filter(topic="accounts.notification_mail", payload__user_id=notice.user_id).count() == 1


def test_a_warning_reaches_the_leads_while_nobody_has_the_ticket(cast: Cast, desk: Queue) -> None:
    make_ticket(desk, cast.northwind, urgency="high")
    fire_due(now=MONDAY + 3 * HOUR + SECOND)
    assert told("sla_warnings") == {"sven"}


def test_steps_reach_whom_they_name_and_the_owners_hear_of_each(cast: Cast, ticket: Ticket) -> None:
    fire_due(now=MONDAY + timedelta(hours=3, minutes=36, seconds=1))
    # At 90 percent the assignee; Tom is the TAM. Both are told once.
    assert told() == {"sue", "tom"}
    fire_due(now=DUE + SECOND)
    assert told() == {"sue", "tom", "sven"}
    fire_due(now=DUE + HOUR + SECOND)
    assert told() == {"sue", "tom", "sven", "sara"}
    said = [event.data for event in ticket.events.filter(kind="escalated")]
    assert [(data["id"], data["metric"], data["told"]) for data in said] == [
        ("assignee", "first_response", [cast.sue.pk]),
        ("leads", "first_response", [cast.sven.pk]),
        ("managers", "first_response", [cast.sara.pk]),
    ]
    assert {tuple(data["owners"]) for data in said} == {(cast.tom.pk,)}
    assert not told("sla_holes")
    # Steps of clocks are no escalation by hand, which the escalation rate counts (R17).
    ticket.refresh_from_db()
    assert ticket.escalated_at is None


def test_running_it_again_changes_nothing(ticket: Ticket) -> None:
    at = DUE + 2 * HOUR
    assert fire_due(now=at) > 0
    before = _everything(ticket)
    assert fire_due(now=at) == 0
    assert fire_due(now=at + SECOND) == 0
    assert _everything(ticket) == before


def _everything(ticket: Ticket) -> Any:
    return (
        list(SlaTimer.objects.order_by("pk").values()),
        list(SlaClock.objects.order_by("pk").values()),
        list(Notification.objects.order_by("pk").values("user", "key", "title")),
        list(ticket.events.values_list("pk", flat=True)),
    )


def test_what_has_fired_stays_when_the_ticket_goes_on(cast: Cast, ticket: Ticket) -> None:
    fire_due(now=DUE + SECOND)
    change(by=cast.actor("sue"), ticket=ticket, values={"tags": ["late"]}, now=DUE + MINUTE)
    assert fire_due(now=DUE + 2 * MINUTE) == 0
    assert first(ticket).state == "breached"


def test_an_answer_in_time_lets_nothing_fire(cast: Cast, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY + HOUR)
    fire_due(now=MONDAY + 5 * HOUR)
    assert (first(ticket).state, told(), told("sla_warnings")) == ("met", set(), set())


def test_acknowledged_the_managers_are_left_alone(cast: Cast, ticket: Ticket) -> None:
    acknowledge(by=cast.actor("sue"), ticket=ticket, now=DUE + MINUTE)
    fire_due(now=DUE + 2 * HOUR)
    assert "sven" in told()
    assert "sara" not in told()
    ticket.refresh_from_db()
    assert (ticket.acknowledged_at, ticket.acknowledged_by_id) == (DUE + MINUTE, cast.sue.pk)


def test_an_empty_target_falls_to_the_next_step_at_once_and_is_reported(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind, urgency="high")
    at = MONDAY + timedelta(hours=3, minutes=36, seconds=1)
    fire_due(now=at)
    # Nobody has the ticket: the leads hear of it at 90 percent, and the support manager and the administrator of why.
    assert told() == {"sven", "tom"}
    assert told("sla_holes") == {"sara", "adam"}
    data = [event.data for event in ticket.events.filter(kind="escalated")]
    assert [(one["id"], one["told"], one.get("fell_from")) for one in data] == [
        ("assignee", [], None),
        ("leads", [cast.sven.pk], "assignee"),
    ]
    fire_due(now=DUE + SECOND)
    assert ticket.events.filter(kind="escalated").count() == 2


def test_whoever_may_not_see_the_ticket_any_more_is_no_target(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    take_role(cast.sue, "support")
    take_role(cast.sven, "senior")
    fire_due(now=DUE + SECOND)
    # Assignee and leads are empty: the step of the managers fires instead.
    assert told() == {"sara", "tom"}
    assert told("sla_holes") == {"sara", "adam"}


def test_whoever_is_away_is_no_target_by_the_date_of_their_own_zone(cast: Cast, ticket: Ticket) -> None:
    cast.sue.timezone = "Pacific/Auckland"
    cast.sue.save(update_fields=["timezone"])
    day = (MONDAY + timedelta(days=1)).date()
    # At 13:36 UTC on Monday it is Tuesday in Auckland.
    Absence.objects.create(user=cast.sue, first_on=day, last_on=day, recorded_at=MONDAY)
    fire_due(now=MONDAY + timedelta(hours=3, minutes=36, seconds=1))
    assert told() == {"sven", "tom"}


@pytest.fixture
def rota(cast: Cast, desk: Queue) -> OnCallRota:
    team = QueueTeam.objects.get(queue=desk).team
    made: OnCallRota = OnCallRota.objects.create(name="Nights", team=team)
    week = {"starts_at": MONDAY - timedelta(days=1), "ends_at": MONDAY + timedelta(days=6)}
    OnCallShift.objects.create(rota=made, user=cast.sue, made_at=MONDAY, **week)
    return made


def _asked_again(cast: Cast, desk: Queue, at: datetime) -> Ticket:
    """A technical escalation whose contact has written again: steps are those in force when a clock starts."""
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=at)
    change(by=cast.actor("sara"), ticket=ticket, values={"is_technical_escalation": True}, now=at)
    reply(by=cast.actor("sara"), ticket=ticket, body="We are on it.", now=at)
    receive(by=None, ticket=ticket, contact=cast.connie_contact, body="And now?", letter=Letter(), now=at)
    return ticket


def test_who_is_on_call_is_told_of_a_technical_escalation(cast: Cast, desk: Queue, rota: OnCallRota) -> None:
    usual = _asked_again(cast, desk, MONDAY)
    # Half of four hours, around the clock.
    fire_due(now=MONDAY + 2 * HOUR + SECOND)
    assert _told_of_answers(usual) == [("on_call", [cast.sue.pk])]
    # An override holds before the usual shift.
    OnCallShift.objects.create(
        rota=rota,
        user=cast.sven,
        starts_at=MONDAY + 3 * HOUR,
        ends_at=MONDAY + 6 * HOUR,
        is_override=True,
        made_at=MONDAY,
    )
    overridden = _asked_again(cast, desk, MONDAY + 2 * HOUR)
    fire_due(now=MONDAY + 4 * HOUR + SECOND)
    assert _told_of_answers(overridden) == [("on_call", [cast.sven.pk])]


def _told_of_answers(ticket: Ticket) -> list[tuple[str, list[int]]]:
    events = ticket.events.filter(kind="escalated", data__metric="next_response")
    return [(event.data["id"], event.data["told"]) for event in events]


def test_owners_hear_of_a_higher_tier_and_of_an_escalation_by_hand(cast: Cast, ticket: Ticket) -> None:
    change(by=cast.actor("sue"), ticket=ticket, values={"tier": 2}, now=MONDAY)
    assert told() == {"tom"}
    escalate(by=cast.actor("sue"), ticket=ticket, reason="Their launch is tomorrow", now=MONDAY + MINUTE)
    # Not who did it.
    assert told() == {"tom", "sven", "sara"}
    ticket.refresh_from_db()
    assert ticket.escalated_at == MONDAY
    assert Notification.objects.filter(user=cast.sara).get().body == "Their launch is tomorrow"


def test_the_statements_do_not_grow_with_the_tickets(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    at = DUE + 2 * HOUR
    few = _statements(at)
    for _number in range(5):
        make_ticket(desk, cast.northwind, urgency="high", assignee=cast.sue)
    # Looked up for the first of them: everybody's rights are read once a batch.
    assert _statements(at) <= few


def _statements(at: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert fire_due(now=at) > 0
    return len(counted)


@pytest.fixture
def committed_ticket(transactional_db: None) -> Iterator[Ticket]:
    with scoped(Scope.all()):
        cast = make_cast()
        desk = make_desk(cast.sue, leads=[cast.sven])
        return make_ticket(desk, cast.northwind, urgency="high", assignee=cast.sue)


@pytest.mark.django_db(transaction=True)
class TestSeveralAtOnce:
    def test_two_at_once_fire_each_timer_once(self, committed_ticket: Ticket) -> None:
        def run() -> int:
            with scoped(Scope.all()):
                return fire_due(now=DUE + 2 * HOUR)

        counts = in_threads(run, run)
        with scoped(Scope.all()):
            fired = SlaTimer.objects.filter(fired_at__isnull=False)
            assert sum(counts) > 0
            # Every step has its one event.
            steps = fired.filter(kind="escalation").count()
            assert committed_ticket.events.filter(kind="escalated").count() == steps == 3

    def test_one_that_is_killed_has_done_nothing(
        self, committed_ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(*_args: Any, **_kwargs: Any) -> None:
            raise SystemExit

        with monkeypatch.context() as patched:
            patched.setattr(sweeping, "tell", die)
            with pytest.raises(SystemExit):
                sweeping.sweep(holder="one", now=DUE + 2 * HOUR)
        with scoped(Scope.all()):
            assert not SlaTimer.objects.filter(fired_at__isnull=False).exists()
            assert first(committed_ticket).state == "running"
        assert sweeping.sweep(holder="two", now=DUE + 2 * HOUR) > 0
        with scoped(Scope.all()):
            assert first(committed_ticket).state == "breached"
            assert Occurrence.objects.filter(job=sweeping.JOB).count() == 1
        assert sweeping.sweep(holder="two", now=DUE + 2 * HOUR) == 0

    def test_a_ticket_that_is_being_changed_is_passed_over(self, committed_ticket: Ticket) -> None:
        def run() -> int:
            with scoped(Scope.all()):
                return fire_due(now=DUE + 2 * HOUR)

        with scoped(Scope.all()):
            Ticket.objects.select_for_update(no_key=True).get(pk=committed_ticket.pk)
            assert in_threads(run) == [0]
        assert in_threads(run)[0] > 0
