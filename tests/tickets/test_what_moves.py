"""What other hours and other policies move: said before, and written by the jobs afterwards (sla.md R12, last part)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import CalendarVersion, WorkCalendar
from accounts.rules.workcalendar import VersionBody
from accounts.services import calendars
from accounts.services.calendar_impacts import CalendarChange
from common.errors import DomainError, NotAllowed
from common.pack_impacts import impacts_of_pack
from tests.cast import Cast
from tests.factories.service_levels import load_tighter, tighter_body
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets import impacts
from tickets.models import Queue, SlaClock, SlaTimer, Ticket
from tickets.rules.sla_packs import SlaPack, parse_sla
from tickets.selectors.back_test import back_test
from tickets.selectors.sla_book import pack_in_force
from tickets.selectors.what_moves import moved_by_hours, moved_by_pack
from tickets.services import rewriting
from tickets.services.messages import reply

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = (MONDAY + DAY).date()
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def desk(cast: Cast) -> Queue:
    """Its hours are known for a year: rows are stamped by the clock on the wall."""
    with time_machine.travel(MONDAY - 400 * DAY, tick=False):
        return make_desk(cast.sue, leads=[cast.sven])


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    """High with a TAM, at half past three on Monday: due at half past eleven on Tuesday, solved on Wednesday."""
    return make_ticket(desk, cast.northwind, urgency="high", assignee=cast.sue, now=MONDAY + timedelta(hours=5.5))


def body(**more: Any) -> VersionBody:
    return VersionBody(timezone="UTC", weekly=WEEK, **more)


def holiday() -> VersionBody:
    return body(extra_holidays=(TUESDAY.isoformat(),))


def add(queue: Queue, said: VersionBody, now: datetime) -> CalendarVersion:
    """A version announced at `now`."""
    with time_machine.travel(now, tick=False):
        return CalendarVersion.objects.create(
            calendar=queue.calendar,
            number=2,
            effective_at=now,
            timezone=said.timezone,
            weekly=said.weekly,
            extra_holidays=list(said.extra_holidays),
        )


def first(ticket: Ticket) -> SlaClock:
    return SlaClock.objects.get(ticket=ticket, metric="first_response")


class TestHours:
    NOW = MONDAY + 6 * HOUR

    def moved(self, desk: Queue, said: VersionBody, now: datetime = NOW) -> Any:
        assert desk.calendar_id is not None
        return moved_by_hours(calendar_id=desk.calendar_id, hours=calendars.read_body(said), effective_at=now, now=now)

    def test_a_holiday_moves_what_it_lies_before(self, desk: Queue, ticket: Ticket) -> None:
        found = self.moved(desk, holiday())
        assert (found.tickets, found.looked_at) == (1, 1)
        assert [(move.metric, move.by) for move in found.moves] == [("first_response", DAY), ("resolution", DAY)]
        assert (found.breaching, found.saved) == (0, 0)
        # Nothing is written.
        assert first(ticket).due_at == MONDAY + DAY + timedelta(hours=1.5)

    def test_the_same_hours_move_nothing(self, desk: Queue, ticket: Ticket) -> None:
        assert self.moved(desk, body()).moves == ()

    def test_another_calendar_is_not_concerned(self, cast: Cast, desk: Queue, ticket: Ticket) -> None:
        assert self.moved(make_desk(cast.sven), holiday()).tickets == 0

    def test_longer_hours_come_sooner_and_the_page_says_so(self, desk: Queue, ticket: Ticket) -> None:
        longer = {day: [["09:00", "20:00"]] for day in WEEK}
        hours = calendars.read_body(VersionBody(timezone="UTC", weekly=longer))
        change = CalendarChange(calendar_id=desk.calendar_id, effective_at=self.NOW, hours=hours, now=self.NOW)
        texts = [str(impact.text).replace("\xa0", " ") for impact in impacts.of_hours(change)]
        assert texts[0] == "2 running deadlines move (of 1 tickets)."
        # Due at half past seven this evening instead of half past eleven tomorrow.
        assert f"#{ticket.number} First response: 16 h earlier" in texts

    def test_a_calendar_without_hours_is_said_and_not_broken(self, desk: Queue, ticket: Ticket) -> None:
        closed = VersionBody(timezone="UTC", weekly={}, special_days={"2026-03-02": [["09:00", "17:00"]]})
        assert self.moved(desk, closed).problem

    def test_the_job_writes_clocks_timers_and_tickets_anew(self, desk: Queue, ticket: Ticket) -> None:
        add(desk, holiday(), self.NOW)
        assert desk.calendar_id is not None
        assert rewriting.rewrite_next(calendar_id=desk.calendar_id, after=0, now=self.NOW) == 0
        due = MONDAY + 2 * DAY + timedelta(hours=1.5)
        assert first(ticket).due_at == due
        ticket.refresh_from_db()
        assert (ticket.due_at, ticket.breaches_at, ticket.version) == (due, due, 1)
        assert SlaTimer.objects.get(clock=first(ticket), kind="breach").fire_at == due

    def test_adding_a_version_wakes_the_job(self, cast: Cast, desk: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
        woken: list[int] = []
        monkeypatch.setattr("accounts.services.calendar_impacts._listeners", [woken.append])
        calendar = WorkCalendar.objects.get(pk=desk.calendar_id)
        now = timezone.now()
        calendars.add_version(calendar=calendar, body=holiday(), effective_at=now + DAY, by=cast.actor("sara"), now=now)
        assert woken == [desk.calendar_id]


def tighter(hours: int = 1) -> SlaPack:
    return parse_sla(tighter_body(hours), version=9)


class TestPolicies:
    NOW = MONDAY + 6 * HOUR

    def test_what_would_move_is_said_and_a_new_version_moves_nothing(self, ticket: Ticket) -> None:
        found = moved_by_pack(pack=tighter(), now=self.NOW)
        (move,) = found.moves
        # One hour from the change on is five o'clock, which is closing time: nine on Tuesday (R10).
        assert (move.metric, move.after) == ("first_response", MONDAY + 23 * HOUR)
        load_tighter(MONDAY + 6 * HOUR)
        assert first(ticket).due_at == MONDAY + DAY + timedelta(hours=1.5)

    def test_the_edit_page_is_told(self, ticket: Ticket) -> None:
        said = [str(impact.text) for impact in impacts_of_pack("sla", tighter_body(), now=self.NOW)]
        assert said[1].startswith("1 running deadline moves")
        assert any(f"#{ticket.number} First response" in text for text in said)

    def test_an_administrator_applies_it(self, cast: Cast, ticket: Ticket) -> None:
        version = load_tighter(MONDAY + 6 * HOUR)
        rewriting.apply_policies(by=cast.actor("adam"), version=version.version, now=self.NOW)
        assert rewriting.apply_next(version_id=version.pk, after=0, now=self.NOW) == 0
        ticket.refresh_from_db()
        assert (ticket.sla_version_id, ticket.breaches_at) == (version.pk, MONDAY + 23 * HOUR)
        (event,) = ticket.events.filter(kind="policy")
        assert event.changes["sla"][1].startswith(f"{version.pk}:technical_account:")
        # A second run finds nothing to do.
        rewriting.apply_next(version_id=version.pk, after=0, now=self.NOW)
        assert ticket.events.filter(kind="policy").count() == 1

    def test_who_may_not_and_what_was_not_seen(self, cast: Cast, ticket: Ticket) -> None:
        version = load_tighter(MONDAY + 6 * HOUR)
        with pytest.raises(NotAllowed):
            rewriting.apply_policies(by=cast.actor("sara"), version=version.version, now=self.NOW)
        with pytest.raises(DomainError) as refused:
            rewriting.apply_policies(by=cast.actor("adam"), version=version.version - 1, now=self.NOW)
        assert refused.value.code == "changed"
        assert rewriting.apply_next(version_id=version.pk + 1, after=0, now=self.NOW) == 0
        assert not ticket.events.filter(kind="policy").exists()


class TestBackTest:
    def test_another_version_is_held_against_what_happened(self, cast: Cast, ticket: Ticket) -> None:
        # Answered within two open hours: in time for four, too late for one.
        reply(by=cast.actor("sue"), ticket=ticket, body="Hello", now=MONDAY + DAY)
        now = MONDAY + DAY + HOUR
        found = back_test(cast.actor("sara"), pack=tighter(), now=now)
        overall, high = found.response[0], found.response[2]
        assert (overall.was.met, overall.was.breached, overall.would_be.met, overall.would_be.breached) == (1, 0, 0, 1)
        assert (overall, high.change) == (high.__class__(label="", was=high.was, would_be=high.would_be), -1.0)
        assert found.resolution[0].was.share is None
        same = pack_in_force()
        assert same is not None
        again = back_test(cast.actor("sara"), pack=same[1], now=now)
        assert [row.was for row in again.response] == [row.would_be for row in again.response]

    def test_old_tickets_and_those_of_others_are_not_looked_at(self, cast: Cast, ticket: Ticket) -> None:
        assert back_test(cast.actor("sara"), pack=tighter(), now=MONDAY + 91 * DAY).tickets == 0
        assert back_test(cast.actor("otto"), pack=tighter(), now=MONDAY + DAY).tickets == 0


class TestPages:
    def test_the_support_manager_looks_and_the_administrator_applies(
        self, cast: Cast, client: Client, desk: Queue
    ) -> None:
        ticket = make_ticket(desk, cast.northwind, urgency="high", now=timezone.now() - timedelta(minutes=5))
        client.force_login(cast.sara)
        assert "Every running ticket is under" in client.get("/tickets/service-levels/").content.decode()
        version = load_tighter(MONDAY + 6 * HOUR)
        seen = client.get("/tickets/service-levels/").content.decode()
        assert f"#{ticket.number} First response" in seen
        assert "Apply to running tickets" not in seen
        assert client.post("/tickets/service-levels/apply/", {"version": version.version}).status_code == 403
        tried = client.get("/tickets/service-levels/try/", {"version": version.version})
        assert "Responses kept" in tried.content.decode()
        assert client.get("/tickets/service-levels/try/", {"version": "77"}).status_code == 404
        client.force_login(cast.adam)
        assert "Apply to running tickets" in client.get("/tickets/service-levels/").content.decode()
        assert client.post("/tickets/service-levels/apply/", {"version": version.version}).status_code == 302

    @pytest.mark.parametrize("path", ["/tickets/service-levels/", "/tickets/service-levels/try/"])
    @pytest.mark.parametrize(("name", "status"), [("sue", 403), ("tom", 403), ("connie", 404)])
    def test_who_may_not(self, cast: Cast, client: Client, path: str, name: str, status: int) -> None:
        client.force_login(getattr(cast, name))
        assert client.get(path).status_code == status
