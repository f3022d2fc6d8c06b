"""Tickets on the page of an organization: the tab, the mark in its head, the panel; and what a gate waits for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import User
from partners import gate_checks
from partners.models import GateReview
from partners.selectors.page import organization_page
from partners.services.gates import GateNotReady
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tests.partners.test_gates import partner_at, sign_all, submitted
from tickets.models import Queue, SlaClock, Ticket
from tickets.rules.compliance import decided
from tickets.selectors.organization import TicketsOf, read_short
from tickets.selectors.promises import Period, decided_in
from tickets.services.changes import change
from tickets.services.merging import merge
from tickets.services.messages import Letter, receive, reply

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue)


@pytest.fixture
def tickets(cast: Cast, desk: Queue) -> dict[str, Ticket]:
    """One of each: a critical one, one that waits for the partner, a solved one, one merged into another, a foreign."""
    sue = cast.actor("sue")
    made = {
        name: make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject=name.title(), now=at, **values)
        for name, at, values in (
            ("older", MONDAY - DAY, {}),
            ("low", MONDAY, {"urgency": "low", "impact": "low"}),
            ("critical", MONDAY + HOUR, {"urgency": "high", "impact": "high"}),
            ("paused", MONDAY, {}),
            ("solved", MONDAY, {}),
            ("twin", MONDAY, {}),
        )
    }
    made["foreign"] = make_ticket(desk, cast.birch, subject="Foreign")
    reply(by=sue, ticket=made["paused"], body="?", status="pending", now=MONDAY + HOUR)
    for name, at in (("older", MONDAY), ("solved", MONDAY + HOUR)):
        reply(by=sue, ticket=made[name], body="Done", status="solved", now=at)
    merge(by=sue, source=made["twin"], target=made["low"], now=MONDAY + HOUR)
    return made


def page(user: User, path: str) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(path)


def short(cast: Cast, now: datetime) -> TicketsOf:
    """The panel of the overview as Tom has it."""
    found = organization_page(cast.actor("tom"), cast.northwind.public_id, now=now, with_panels=True)
    assert found is not None
    return read_short(found.in_short["open_tickets"])


def shown(response: Any) -> list[str]:
    return [row["subject"] for row in response.context["shown"].page.rows]


def tab(cast: Cast, query: str = "") -> str:
    return f"/organizations/{cast.northwind.public_id}/tickets/{query}"


class TestTheTab:
    @pytest.mark.parametrize(
        ("query", "subjects"),
        [
            ("", ["Critical", "Low", "Paused", "Solved", "Older"]),
            ("?status=solved", ["Solved", "Older"]),
            ("?waiting=1", ["Critical", "Low"]),
            ("?priority=critical", ["Critical"]),
            ("?q=paus", ["Paused"]),
            ("?sort=oldest&status=any", ["Older", "Low", "Paused", "Solved", "Critical"]),
            ("?organization=00000000-0000-0000-0000-000000000000", ["Critical", "Low", "Paused", "Solved", "Older"]),
        ],
    )
    def test_open_ones_first_by_what_breaks_next_then_the_solved_ones(
        self, cast: Cast, tickets: dict[str, Ticket], query: str, subjects: list[str]
    ) -> None:
        assert shown(page(cast.tom, tab(cast, query))) == subjects

    def test_a_row_says_what_is_due_who_wrote_last_and_leads_on_within_the_list(
        self, cast: Cast, tickets: dict[str, Ticket]
    ) -> None:
        text = page(cast.tom, tab(cast)).content.decode()
        for words in ("Paused", "Broken", "Partner", "We"):
            assert words in text
        link = text.partition(f'href="/tickets/{tickets["paused"].number}/?list=')[2].partition('"')[0]
        neighbors = page(cast.tom, f"/tickets/{tickets['paused'].number}/?list={link}").context["neighbors"]
        assert (neighbors["next"].subject, neighbors["previous"].subject in ("Low", "Critical")) == ("Solved", True)

    @pytest.mark.parametrize(
        ("name", "status"),
        [("tom", 200), ("petra", 200), ("max", 200), ("lena", 200), ("sam", 403), ("otto", 404), ("sue", 404)],
    )
    def test_whoever_opens_the_organization_sees_its_tickets(
        self, cast: Cast, tickets: dict[str, Ticket], name: str, status: int
    ) -> None:
        assert page(getattr(cast, name), tab(cast)).status_code == status

    def test_contacts_have_no_such_page(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        assert page(cast.connie, tab(cast)).status_code in (403, 404)

    def test_pages_go_on_by_key(self, cast: Cast, desk: Queue, monkeypatch: Any) -> None:
        for number in range(7):
            made = make_ticket(desk, cast.northwind, subject=str(number), now=MONDAY + number * HOUR)
            if number % 2:
                reply(by=cast.actor("sue"), ticket=made, body="Done", status="solved", now=MONDAY + 9 * HOUR)
        monkeypatch.setattr("tickets.lists.PAGE_SIZE", 3)
        seen, path = [], tab(cast)
        while path:
            response = page(cast.tom, path)
            seen += shown(response)
            path = response.context["shown"].pager.next_url
        assert seen[4:] == ["5", "3", "1"]
        assert sorted(seen) == [str(number) for number in range(7)]

    def test_the_file_holds_what_the_list_shows(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        client = Client()
        client.force_login(cast.max)
        response = client.get(tab(cast, "?status=solved"))
        answer = client.post("/tickets/export/", {"query": response.context["shown"].state.encode()})
        lines = b"".join(answer).decode().splitlines()  # type: ignore[arg-type]
        assert ["Older" in line for line in lines[1:]] == [False, True]

    def test_an_index_gives_the_order(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        response = page(cast.max, tab(cast))
        found = response.context["shown"]
        plan = found.rows.order_by(*found.order.ordering())[:50].explain()
        assert "ticket_org_open_first" in plan
        assert "Sort" not in plan


class TestTheHeadAndThePanel:
    def test_in_short(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        now = MONDAY + 30 * DAY
        found = short(cast, now)
        assert found.by_priority == {"critical": 1, "high": 0, "medium": 1, "low": 1}
        assert (found.open, found.waiting, found.broken) == (3, 2, 2)
        assert (found.next_breach and found.next_breach.subject, found.oldest and found.oldest.at) == (
            "Critical",
            MONDAY,
        )
        # The answers to the paused, the solved and the older one came in time; the two that wait are late.
        assert (found.response.met, found.response.breached) == (3, 2)
        clocks = SlaClock.objects.filter(ticket__organization=cast.northwind)
        assert found.resolution.met == clocks.filter(metric="resolution", state="met").count() == 2

    def test_the_head_counts_what_is_open(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        found = organization_page(cast.actor("tom"), cast.northwind.public_id, now=MONDAY)
        assert found is not None
        (mark,) = (mark for mark in found.marks if mark.label == "Open tickets")
        assert (mark.words, mark.tone, mark.url) == ("3, 1 critical", "danger", tab(cast))
        summary = organization_page(cast.actor("sam"), cast.northwind.public_id, now=MONDAY)
        assert summary is not None
        assert summary.marks == []

    def test_the_panel_leads_to_its_rows(self, cast: Cast, tickets: dict[str, Ticket]) -> None:
        overview = f"/organizations/{cast.northwind.public_id}/"
        with time_machine.travel(MONDAY + 30 * DAY, tick=False):
            text = page(cast.tom, overview).content.decode()
            links = [part.partition('"')[0].replace("&amp;", "&") for part in text.split(f'href="{tab(cast)}')[1:]]
            assert {len(shown(page(cast.tom, tab(cast, link)))) for link in links if "priority" in link} == {1}
            found = short(cast, MONDAY + 30 * DAY)
            for kind, kept in (("response", found.response), ("resolution", found.resolution)):
                query = f"kind={kind}&days=90&organization={cast.northwind.public_id}"
                assert f'href="/tickets/promises/?{query.replace("&", "&amp;")}"' in text
                rows = page(cast.tom, f"/tickets/promises/?{query}").context["shown"].rows
                assert sum(row.is_met for row in rows) == kept.met
                assert len(rows) == kept.total
        assert "organization-tickets" not in page(cast.sam, overview).content.decode()


class TestDecided:
    """The statement says of each clock what the formula says."""

    def rows(self, cast: Cast, desk: Queue) -> Iterable[SlaClock]:
        ticket = make_ticket(desk, cast.northwind)
        SlaClock.objects.filter(ticket=ticket).delete()
        moments = [None, *(MONDAY + days * DAY for days in (-1, 0, 1, 2, 3))]
        cycle = 0
        for state in ("running", "paused", "met", "breached", "cancelled"):
            for at in moments[1:]:
                for broken in (None, at) if state in ("breached", "cancelled") else (None,):
                    cycle += 1
                    stopped = at if state in ("met", "cancelled") else None
                    if state == "breached" and broken is None:
                        continue
                    yield SlaClock.objects.create(
                        ticket=ticket,
                        metric="next_response",
                        cycle=cycle,
                        started_at=MONDAY - 2 * DAY,
                        state=state,
                        breach_at=None if state == "paused" else at,
                        breached_at=broken,
                        stopped_at=stopped,
                    )

    @pytest.mark.parametrize(("start", "end", "now"), [(0, 2, 9), (0, 2, 1), (-5, 5, 2), (1, 1, 9)])
    def test_by_table(self, cast: Cast, desk: Queue, start: int, end: int, now: int) -> None:
        period = Period(start=MONDAY + start * DAY, end=MONDAY + end * DAY, now=MONDAY + now * DAY)
        rows = list(self.rows(cast, desk))
        expected = {}
        for row in rows:
            found = decided(
                state=row.state,
                breach_at=row.breach_at,
                breached_at=row.breached_at,
                stopped_at=row.stopped_at,
                now=period.now,
            )
            if found is not None and period.start <= found.at < period.end:
                expected[row.pk] = found.at
        assert dict(decided_in(SlaClock.objects.all(), period).values_list("pk", "decided_at")) == expected


class TestTheGate:
    def test_a_critical_ticket_that_comes_in_meanwhile_holds_the_gate(self, cast: Cast, desk: Queue) -> None:
        partner = partner_at(cast, "gate_2")
        made = submitted(cast, partner)
        ticket = make_ticket(desk, partner, urgency="high", impact="high")
        with pytest.raises(GateNotReady) as caught:
            sign_all(cast, made)
        assert f"1 critical ticket is open: #{ticket.number}." in caught.value.message
        change(by=cast.actor("sara"), ticket=ticket, values={"status": "solved"}, now=MONDAY)
        sign_all(cast, made)
        partner.refresh_from_db()
        assert partner.stage == "gate_3"

    @pytest.mark.parametrize(
        ("values", "status", "is_met"),
        [
            ({"urgency": "high", "impact": "high"}, "", False),
            ({"urgency": "high", "impact": "high"}, "pending", False),
            ({"urgency": "high", "impact": "high"}, "solved", True),
            ({"urgency": "high"}, "", True),
        ],
    )
    def test_by_table(self, cast: Cast, desk: Queue, values: Any, status: str, is_met: bool) -> None:
        partner = partner_at(cast, "gate_2")
        ticket = make_ticket(desk, partner, **values)
        make_ticket(desk, cast.birch, urgency="high", impact="high")
        if status:
            change(by=cast.actor("sara"), ticket=ticket, values={"status": status}, now=MONDAY)
        (check,) = (one for one in gate_checks.known_checks() if one.name == "no_open_critical_ticket")
        review = GateReview.objects.get(organization=partner)
        asked = gate_checks.Asked(organization=partner, review=review, now=MONDAY)
        assert check.check(asked).is_met is is_met

    def test_the_gate_leads_to_the_tickets(self, cast: Cast, desk: Queue) -> None:
        partner = partner_at(cast, "gate_2")
        ticket = make_ticket(desk, partner, urgency="high", impact="high")
        text = page(cast.tina, f"/organizations/{partner.public_id}/gates/gate_2/").content.decode()
        assert f"#{ticket.number}" in text
        assert f'href="/organizations/{partner.public_id}/tickets/?priority=critical"' in text


def test_an_answer_of_a_contact_is_the_last_word(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind)
    sides = []
    for at, act in enumerate((reply, receive, reply)):
        more = {"by": cast.actor("sue")} if act is reply else {"by": None, "contact": None, "letter": Letter()}
        act(ticket=ticket, body="?", now=MONDAY + at * HOUR, **more)  # type: ignore[operator]
        response = page(cast.tom, tab(cast, "?columns=last_word"))
        text = response.content.decode()
        sides.append("Partner" in text.partition('data-label="Last word"')[2][:300])
    assert sides == [False, True, False]
