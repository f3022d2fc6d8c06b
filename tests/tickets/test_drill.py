"""The escalation drill says beforehand whom the sweep will tell; nobody hears of it, and what it found is kept."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Absence, Notification, OnCallRota, OnCallShift
from common.scope import scoped
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_queue, make_ticket
from tickets.models import EscalationDrill, Queue, QueueTeam, SlaTimer, Ticket
from tickets.scope import scope_of
from tickets.selectors import drill
from tickets.selectors.drill import Drill, DrillResult
from tickets.selectors.sla_book import pack_in_force
from tickets.services.sweeping import fire_due

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, leads=[cast.sven])


def play(queue: Queue, policy: str = "technical_account", priority: str = "high", **more: Any) -> DrillResult:
    found = pack_in_force()
    assert found is not None
    version_id, pack = found
    chosen = pack.policy(policy)
    assert chosen is not None
    values = {"start": MONDAY, **more}
    return drill.run(Drill(policy=chosen, version_id=version_id, priority=priority, queue=queue, **values))


def told(result: DrillResult) -> set[tuple[Any, ...]]:
    return {
        (row.at, row.metric, row.step, tuple(hearer.name for hearer in row.people), row.fell_from)
        for row in result.rows
        if row.kind == "escalation"
    }


def test_it_says_what_the_sweep_does(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind, urgency="high", assignee=cast.sue)
    expected = play(desk, assignee_id=cast.sue.pk, organization_id=cast.northwind.pk)
    names = {user.pk: user.name for user in (cast.sue, cast.sven, cast.sara, cast.tom)}
    happened = set()
    for at in sorted({row.at for row in expected.rows}):
        fire_due(now=at + timedelta(seconds=1))
        for event in ticket.events.filter(kind="escalated", at=at + timedelta(seconds=1)):
            people = tuple(sorted(names[pk] for pk in event.data["told"]))
            happened.add((at, event.data["metric"], event.data["id"], people, event.data.get("fell_from", "")))
    assert told(expected) == happened
    assert len(happened) == 6
    assert {hearer.name for row in expected.rows for hearer in row.owners} == {"Tom Okafor"}


def test_holes_are_listed_with_what_happens_instead(cast: Cast, desk: Queue) -> None:
    result = play(desk)
    first = {row.step: row for row in result.rows if row.metric == "first_response" and row.kind == "escalation"}
    assert first["assignee"].is_hole
    assert (first["leads"].fell_from, first["leads"].at) == ("assignee", first["assignee"].at)
    # Of both promises.
    assert [row.step for row in result.holes] == ["assignee", "assignee"]


def test_a_queue_without_a_team_has_no_leads(cast: Cast) -> None:
    result = play(make_queue())
    assert not result.has_teams
    assert [hearer.name for row in result.rows for hearer in row.people] == ["Sara Haddad"] * 2


def test_who_is_on_call_at_that_hour_and_who_is_away_then(cast: Cast, desk: Queue) -> None:
    team = QueueTeam.objects.get(queue=desk).team
    rota = OnCallRota.objects.create(name="Nights", team=team)
    day = timedelta(days=1)
    for user, start, end in ((cast.sue, MONDAY - day, MONDAY + HOUR), (cast.sven, MONDAY + HOUR, MONDAY + 2 * day)):
        OnCallShift.objects.create(rota=rota, user=user, starts_at=start, ends_at=end, made_at=MONDAY)

    def called() -> dict[str, tuple[str, ...]]:
        rows = play(desk, "technical_escalation").rows
        return {row.metric: tuple(one.name for one in row.people) for row in rows if row.step == "on_call"}

    # Half of four hours, and half of two days.
    assert called() == {"first_response": ("Sven Aalto",), "resolution": ("Sven Aalto",)}
    tuesday = (MONDAY + day).date()
    Absence.objects.create(user=cast.sven, first_on=tuesday, last_on=tuesday, recorded_at=MONDAY)
    assert called() == {"first_response": ("Sven Aalto",), "resolution": ()}


class TestPage:
    def asked(self, desk: Queue, **more: Any) -> dict[str, Any]:
        start = {"start_on": "2026-03-02", "start_time": "10:00"}
        return {"policy": "technical_account", "priority": "high", "queue": desk.pk, **start, **more}

    def test_the_support_manager_plays_it(self, cast: Cast, client: Client, desk: Queue) -> None:
        cast.sven.timezone = "Asia/Tokyo"
        cast.sven.save(update_fields=["timezone"])
        ticket = make_ticket(desk, cast.northwind, urgency="high", assignee=cast.sue)
        client.force_login(cast.sara)
        assert client.get("/tickets/drill/").status_code == 200
        before = (SlaTimer.objects.count(), Notification.objects.count(), Ticket.objects.count())
        sent = self.asked(desk, ticket=ticket.number, sent_key=str(uuid4()))
        page = client.post("/tickets/drill/", sent, follow=True)
        text = page.content.decode()
        # The lead hears of it at two o'clock in the afternoon, which is eleven at night in Tokyo.
        assert "Sven Aalto (Mon 23:00 JST)" in text
        assert "Tom Okafor" in text
        assert (SlaTimer.objects.count(), Notification.objects.count(), Ticket.objects.count()) == before
        made = EscalationDrill.objects.get()
        found = (made.played_by, made.policy, made.policy_version, made.queue, made.ticket_number, made.holes)
        assert found == (cast.sara, "technical_account", 1, desk.name, ticket.number, 0)
        # Sent twice it is one; played again, with nobody who has the ticket, it is another.
        client.post("/tickets/drill/", sent)
        client.post("/tickets/drill/", self.asked(desk))
        assert list(EscalationDrill.objects.values_list("holes", flat=True)) == [2, 0]
        assert "2 holes" in client.get("/tickets/drill/?priority=low").content.decode()
        # What was found stays, whoever comes and goes; it is nobody's who does not see every ticket.
        QueueTeam.objects.all().delete()
        cast.sven.name = "Erased"
        cast.sven.save(update_fields=["name"])
        for name, status in (("max", 200), ("adam", 200), ("sue", 403), ("tom", 403), ("connie", 404)):
            client.force_login(getattr(cast, name))
            kept = client.get(f"/tickets/drill/{made.public_id}/")
            assert ((kept.status_code, name)) == (status, name)
            assert ("Erased (Mon 23:00 JST)" in kept.content.decode()) is (status == 200)
        assert client.get(f"/tickets/drill/{uuid4()}/").status_code == 404

    def test_it_is_added_to_only_and_behind_the_wall_of_the_desk(self, cast: Cast, client: Client, desk: Queue) -> None:
        client.force_login(cast.sara)
        client.post("/tickets/drill/", self.asked(desk))
        for attempt in (lambda: EscalationDrill.objects.update(holes=0), EscalationDrill.objects.all().delete):
            with pytest.raises(ProgrammingError), transaction.atomic():
                attempt()
        for name, many in (("sara", 1), ("max", 1), ("sue", 0), ("tom", 0), ("connie", 0)):
            actor = cast.actor(name)
            with scoped(scope_of(actor)):
                counts = (EscalationDrill.objects.count(), EscalationDrill.objects.visible_to(actor).count())
            assert (counts, name) == ((many, many), name)

    @pytest.mark.parametrize(
        "more", [{"ticket": 999_999}, {"policy": "nonsense"}, {"start_on": "tomorrow"}, {"queue": 0}], ids=str
    )
    def test_what_cannot_be_played(self, cast: Cast, client: Client, desk: Queue, more: dict[str, Any]) -> None:
        client.force_login(cast.sara)
        assert client.post("/tickets/drill/", self.asked(desk, **more)).status_code == 422
        assert not EscalationDrill.objects.exists()

    @pytest.mark.parametrize(("name", "status"), [("sue", 403), ("tom", 403), ("connie", 404), ("adam", 200)])
    def test_who_may(self, cast: Cast, client: Client, name: str, status: int) -> None:
        client.force_login(getattr(cast, name))
        assert client.get("/tickets/drill/").status_code == status


def test_the_statements_follow_no_steps(cast: Cast, desk: Queue) -> None:
    def statements(policy: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            play(desk, policy)
        return len(counted)

    play(desk)
    assert statements("technical_escalation") == statements("standard") <= 14


def test_a_notice_opens_the_ticket_for_whoever_sees_it(cast: Cast, client: Client, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind, urgency="high", assignee=cast.sue)
    fire_due(now=MONDAY + 3 * HOUR + timedelta(seconds=1))
    notice = Notification.objects.get(kind="sla_warnings", user=cast.sue)
    client.force_login(cast.sue)
    found = client.get(f"/notifications/{notice.public_id}/", follow=True)
    assert found.request["PATH_INFO"] == f"/tickets/{ticket.number}/"
