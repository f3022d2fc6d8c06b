"""Homes of the desk and of those who look after organizations: every number opens exactly its rows (sla.md R17)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import OnCallRota, OnCallShift, User
from tests.cast import Cast
from tests.factories.accounts import actor
from tests.factories.tickets import MONDAY, make_category, make_desk, make_ticket
from tickets.desk_figures import DeskFigures, desk_figures, lists_of
from tickets.lists import open_list
from tickets.models import Queue, Ticket, TicketEvent
from tickets.rules.figures import counts_for_first_contact, is_first_contact
from tickets.services.changes import change
from tickets.services.escalating import escalate
from tickets.services.messages import Letter, receive, reply

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + 28 * DAY
"""30 March: the month is nearly over."""


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven)


@pytest.fixture
def tickets(cast: Cast, desk: Queue) -> dict[str, Ticket]:
    """What may become of tickets in a month; `before` is of the month before, `recent` too fresh for a verdict."""
    sue, category = cast.actor("sue"), make_category(name="Access")
    more: dict[str, dict[str, Any]] = {
        "before": {"now": MONDAY - 10 * DAY},
        "mine": {"assignee": cast.sue},
        "escalated": {"assignee": cast.sven},
        "critical": {"urgency": "high", "impact": "high", "now": NOW - HOUR},
        "once": {"category": category},
        "twice": {},
        "again": {},
        "later": {},
        "recent": {"now": NOW - 2 * DAY},
        "waits": {"assignee": cast.sue},
    }
    made = {name: make_ticket(desk, cast.northwind, subject=name, **values) for name, values in more.items()}
    make_ticket(make_desk(cast.sara), subject="stranger", now=NOW - HOUR)
    reply(by=sue, ticket=made["waits"], body="?", status="pending", now=MONDAY + HOUR)
    reply(by=sue, ticket=made["twice"], body="?", now=MONDAY + HOUR)
    for name in ("once", "twice", "again", "later"):
        reply(by=sue, ticket=made[name], body="Done", status="solved", now=MONDAY + 2 * HOUR)
    reply(by=sue, ticket=made["recent"], body="Done", status="solved", now=NOW - 2 * DAY + 4 * HOUR)
    for name, days in (("again", 7), ("later", 8)):
        at = MONDAY + 2 * HOUR + days * DAY
        receive(by=None, ticket=made[name], contact=None, body="No", letter=Letter(), now=at)
        change(by=sue, ticket=made[name], values={"status": "solved"}, now=at + HOUR)
    escalate(by=sue, ticket=made["escalated"], reason="They lose orders", now=MONDAY + HOUR)
    change(by=sue, ticket=made["before"], values={"tier": 2}, now=MONDAY)
    return made


def figures(cast: Cast) -> DeskFigures:
    return desk_figures(cast.actor("sara"), now=NOW)


def home(user: User) -> Any:
    client = Client()
    client.force_login(user)
    response = client.get("/")
    assert response.status_code == 200
    return client, response


def panel(response: Any, key: str) -> dict[str, Any]:
    columns = response.context["columns"]
    return next(dict(one.context) for one in (*columns.before, *columns.main, *columns.after) if one.panel.key == key)


def rows_behind(client: Client, url: str) -> int:
    response = client.get(url)
    assert response.status_code == 200, url
    assert not response.context["shown"].query.get("lost")
    return len(response.context["shown"].page.rows)


class TestFigures:
    def test_counts(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        found = figures(cast)
        assert (found.month, found.created, found.escalated) == ("2026-03", 10, 1)
        assert (found.first_solves, found.first_contacts) == (4, 2)
        assert found.solved == 5
        # Solved after 2 h twice, 7 d 3 h, 8 d 3 h, 4 h.
        assert found.average == (2 * 2 * HOUR + 15 * DAY + 6 * HOUR + 4 * HOUR) / 5
        assert found.backlog == 6
        assert found.oldest is not None
        assert (found.oldest.subject, found.oldest.is_late) == ("before", True)

    def test_each_count_is_that_of_its_list(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        found = figures(cast)
        for key, query in lists_of(found.month).items():
            shown = open_list(cast.actor("sara"), query, path="", now=NOW)
            assert shown.lost == ()
            assert getattr(found, key) == shown.found.count() > 0, key

    def test_first_contact_is_what_the_formula_says(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        expected = set()
        for ticket in Ticket.objects.filter(first_solved_at__isnull=False):
            opened = TicketEvent.objects.filter(ticket=ticket, changes__status__0="solved").order_by("at").first()
            assert ticket.first_solved_at is not None
            if counts_for_first_contact(ticket.first_solved_at, now=NOW) and is_first_contact(
                first_solved_at=ticket.first_solved_at,
                replies=ticket.replies,
                escalated_at=ticket.escalated_at,
                reopened_at=opened.at if opened else None,
            ):
                expected.add(ticket.subject)
        shown = open_list(cast.actor("sara"), lists_of("2026-03")["first_contacts"], path="", now=NOW)
        assert {row.subject for row in shown.found} == expected == {"once", "later"}

    @pytest.mark.parametrize(("hours", "is_late"), [(0, False), (48, False), (48 + 1, True)])
    def test_the_oldest_is_late_after_two_business_days(
        self, cast: Cast, desk: Queue, hours: int, is_late: bool
    ) -> None:
        make_ticket(desk, cast.northwind)
        found = desk_figures(cast.actor("sara"), now=MONDAY + hours * HOUR)
        assert found.oldest is not None
        assert found.oldest.is_late is is_late

    def test_an_empty_desk_has_figures_too(self, cast: Cast) -> None:
        found = figures(cast)
        assert (found.backlog, found.oldest, found.average, found.escalation_rate) == (0, None, None, None)


class TestHomes:
    @pytest.fixture(autouse=True)
    def _at_the_end_of_the_month(self) -> Iterator[None]:
        with time_machine.travel(NOW, tick=False):
            yield

    def test_every_number_of_the_support_manager_opens_its_rows(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        client, response = home(cast.sara)
        data = panel(response, "desk_figures")
        found = data["found"]
        tiles = {tile.label: tile for tile in data["tiles"]}
        expected = {
            "Answers in time": found.response.total,
            "Solutions in time": found.resolution.total,
            "Average time to a solution": found.solved,
            "Solved at first contact": found.first_contacts,
            "Escalated": found.escalated,
            "Open tickets": found.backlog,
            "Opened this month": found.created,
        }
        assert {label: rows_behind(client, tiles[label].url) for label in expected} == expected
        assert min(expected.values()) > 0
        assert tiles["Solved at first contact"].hint == "Goal missed: at least 70% · 2 of 4"
        for one, url in (*data["queues"], *data["people"]):
            assert rows_behind(client, url) == one.open
            assert not one.broken or rows_behind(client, f"{url}&breached=1") == one.broken
            assert not one.unassigned or rows_behind(client, f"{url}&assignee=none") == one.unassigned
        assert sum(one.open for one, _url in data["queues"]) == found.backlog

    @pytest.mark.parametrize(
        ("name", "key", "values"),
        [
            ("sue", "desk", {"Mine": 2, "Nobody has them": 2, "Waiting for the partner": 1}),
            ("sven", "desk", {"Mine": 1, "Escalated to me": 1}),
            ("tom", "partner_tickets", {"Critical and open": 1, "Open": 5, "Waits for us": 4}),
        ],
    )
    def test_every_number_of_a_home_opens_its_rows(
        self, cast: Cast, tickets: dict[str, Ticket], name: str, key: str, values: dict[str, int]
    ) -> None:
        client, response = home(getattr(cast, name))
        data = panel(response, key)
        tiles = {str(tile.label): tile for tile in data["tiles"]}
        assert {label: tiles[label].value for label in values} == values
        for tile in tiles.values():
            assert rows_behind(client, tile.url) == tile.value
        first = next(group for group in data["groups"])
        assert first.lines.index("#") >= 0

    def test_those_who_see_no_ticket_have_no_panel_and_nobody_sees_a_foreign_one(
        self, cast: Cast, tickets: dict[str, Ticket]
    ) -> None:
        for name in ("otto", "sam"):
            _client, response = home(getattr(cast, name))
            assert "critical" not in response.content.decode()
        _client, response = home(cast.tom)
        assert "stranger" not in response.content.decode()

    def test_a_senior_sees_who_is_on_call(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        team = desk_team(cast.sven)
        rota = OnCallRota.objects.create(name="Nights", team=team, timezone="UTC")
        _client, response = home(cast.sven)
        assert [(row.rota, row.name) for row in panel(response, "on_call")["rows"]] == [("Nights", "")]
        OnCallShift.objects.create(rota=rota, user=cast.sven, starts_at=NOW - HOUR, ends_at=NOW + HOUR, made_at=NOW)
        _client, response = home(cast.sven)
        assert [row.name for row in panel(response, "on_call")["rows"]] == ["Sven Aalto"]

    def test_promises_by_verdict_priority_and_category(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        client, _response = home(cast.sara)
        shown = client.get("/tickets/promises/?kind=response&month=2026-03").context["shown"]
        assert [part.label for part in shown.by_category] == ["Access", "Without a category"]
        for part in (*shown.by_category, *shown.by_priority):
            assert len(client.get(part.url).context["shown"].rows) == part.kept.total
        assert sum(part.kept.total for part in shown.by_priority) == shown.whole.total == len(shown.rows)
        for verdict, count in (("kept", shown.whole.met), ("broken", shown.whole.breached)):
            page = client.get(f"/tickets/promises/?kind=response&verdict={verdict}").context["shown"]
            assert {row.is_met for row in page.rows} == {verdict == "kept"}
            assert len(page.rows) == count
        other = client.get("/tickets/promises/?days=nonsense&month=2020-13&organization=x&kind=?&cursor=%00")
        assert (other.status_code, other.context["shown"].month) == (200, "2026-03")
        assert client.get("/tickets/promises/?month=2020-01").context["shown"].rows == []

    def test_promises_of_others_are_not_told(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        client, _response = home(cast.otto)
        shown = client.get("/tickets/promises/").context["shown"]
        assert (shown.rows, shown.whole.total) == ([], 0)


def desk_team(user: User) -> Any:
    return user.memberships.get().team


def test_figures_of_those_who_see_a_part(cast: Cast, tickets: dict[str, Ticket]) -> None:
    assert desk_figures(actor(cast.otto), now=NOW).backlog == 0
    assert desk_figures(cast.actor("tom"), now=NOW).backlog == 5
