"""The queue: what breaches next, who sees what, filters, views, counters, bulk edits and the way through a list."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, SavedView
from common.listing import ListQuery
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_category, make_desk, make_ticket
from tickets.lists import KEYS, open_list
from tickets.models import Queue, Ticket
from tickets.services.changes import change
from tickets.services.messages import reply

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven, leads=[cast.sara])


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def numbers(cast: Cast, name: str, query: str = "", **more: Any) -> list[int]:
    shown = open_list(cast.actor(name), ListQuery.parse(query, KEYS), path="/tickets/", now=more.get("now", MONDAY))
    return [row["number"] for row in shown.page.rows]


@pytest.fixture
def three(cast: Cast, desk: Queue) -> list[Ticket]:
    """Of the least, the most and a middling hurry."""
    urgent = {"impact": "high", "urgency": "high"}
    return [
        make_ticket(desk, cast.northwind, subject="Slow report", contact=cast.connie_contact, impact="low"),
        make_ticket(desk, cast.northwind, subject="All is down", contact=cast.connie_contact, **urgent),
        make_ticket(desk, cast.birch, subject="Wrong price", urgency="high", tags=["billing"]),
    ]


class TestOrder:
    def test_what_breaches_next_stands_first(self, cast: Cast, three: list[Ticket]) -> None:
        slow, down, price = (ticket.number for ticket in three)
        assert numbers(cast, "sue") == [down, price, slow]
        assert numbers(cast, "sue", "sort=newest") == [price, down, slow]
        assert numbers(cast, "sue", "sort=priority") == [down, price, slow]

    def test_who_waits_longest_for_us(self, cast: Cast, three: list[Ticket]) -> None:
        reply(by=cast.actor("sue"), ticket=three[0], body="On it.", now=MONDAY + HOUR)
        assert numbers(cast, "sue", "sort=waiting") == [three[1].number, three[2].number, three[0].number]

    def test_pages_go_on_where_the_last_one_ended(self, cast: Cast, desk: Queue) -> None:
        made = [make_ticket(desk, subject=f"No. {place}", now=MONDAY + place * HOUR / 60) for place in range(53)]
        first = open_list(cast.actor("sue"), ListQuery(), path="/tickets/", now=MONDAY)
        after = open_list(cast.actor("sue"), ListQuery().at(first.page.next), path="/tickets/", now=MONDAY)
        seen = [row["number"] for row in (*first.page.rows, *after.page.rows)]
        assert seen == [ticket.number for ticket in made]
        assert first.pager.summary == "53 in all"

    @pytest.mark.parametrize("sort", ["breaches", "waiting", "priority", "newest"])
    def test_it_is_read_from_an_index(self, cast: Cast, three: list[Ticket], sort: str) -> None:
        shown = open_list(cast.actor("max"), ListQuery((("sort", sort),)), path="", now=MONDAY)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = shown.rows.order_by(*shown.order.ordering())[:51].explain()
        assert "Sort" not in plan.replace("Sort Key", "")

    def test_what_an_index_is_found_by_stands_in_the_text(self, cast: Cast) -> None:
        for sort in ("waiting", "priority"):
            shown = open_list(cast.actor("max"), ListQuery((("sort", sort),)), path="", now=MONDAY)
            _sql, params = shown.rows.order_by(*shown.order.ordering()).query.sql_with_params()
            assert not any(isinstance(param, int | datetime) for param in params)


class TestSight:
    def test_each_sees_what_is_theirs(self, cast: Cast, three: list[Ticket]) -> None:
        everything = {ticket.number for ticket in three}
        of_northwind = {ticket.number for ticket in three[:2]}
        for name, expected in {
            "sue": everything,
            "sara": everything,
            "max": everything,
            "tom": everything,
            "ines": everything,
            "petra": of_northwind,
            "otto": set(),
            "sam": set(),
        }.items():
            assert set(numbers(cast, name)) == expected, name

    def test_the_desk_reads_names_of_organizations_that_it_may_not_open(self, cast: Cast, three: list[Ticket]) -> None:
        page = client_of(cast, "sue").get("/tickets/").content.decode()
        assert "Northwind" in page
        assert "Birch" in page

    def test_a_contact_and_strangers_find_no_desk(self, cast: Cast, three: list[Ticket]) -> None:
        assert client_of(cast, "connie").get("/tickets/").status_code == 404
        assert Client().get("/tickets/").status_code == 302
        page = client_of(cast, "otto").get("/tickets/").content.decode()
        assert "No open tickets" in page
        assert "Slow report" not in page


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("priority=critical", [1]),
            ("priority=critical&priority=low", [1, 0]),
            ("tag=billing", [2]),
            ("assignee=none", [1, 2, 0]),
            ("assignee=me", []),
            ("queue=mine", [1, 2, 0]),
            ("queue=elsewhere", []),
            ("kind=question", [1, 2, 0]),
            ("kind=problem", []),
            ("channel=mail", [1, 2, 0]),
            ("within=1", []),
            ("within=4", [1]),
            ("breached=1", []),
            ("waiting=1", [1, 2, 0]),
            ("q=price", [2]),
            ("status=solved", []),
            ("status=any", [1, 2, 0]),
            ("escalated=1", []),
        ],
    )
    def test_one_vocabulary(self, cast: Cast, three: list[Ticket], query: str, expected: list[int]) -> None:
        assert numbers(cast, "sue", query) == [three[place].number for place in expected]

    def test_by_number(self, cast: Cast, three: list[Ticket]) -> None:
        assert numbers(cast, "sue", f"q=%23{three[2].number}") == [three[2].number]

    def test_by_category_and_organization_for_the_desk_too(self, cast: Cast, desk: Queue) -> None:
        category = make_category()
        ticket = make_ticket(desk, cast.birch, category=category)
        make_ticket(desk, cast.northwind)
        assert numbers(cast, "sue", f"category={category.key}") == [ticket.number]
        assert numbers(cast, "sue", f"organization={cast.birch.public_id}") == [ticket.number]

    def test_an_organization_out_of_reach_is_no_filter_that_tells(self, cast: Cast, three: list[Ticket]) -> None:
        other = make_desk(cast.sven)
        make_ticket(other, cast.birch)
        Ticket.objects.filter(pk=three[2].pk).update(queue=other)
        assert numbers(cast, "sue", f"organization={cast.birch.public_id}") == []

    def test_what_means_nothing_is_said(self, cast: Cast, three: list[Ticket]) -> None:
        page = client_of(cast, "sue").get("/tickets/?priority=enormous&within=never").content.decode()
        assert "Not understood and left out: Priority, Breaches within hours." in page

    def test_the_form_gives_an_address(self, cast: Cast, three: list[Ticket]) -> None:
        sent = {"go": "1", "queue": ["mine"], "priority": ["high"], "assignee_is": "none", "sort": "priority"}
        answer = client_of(cast, "sue").get("/tickets/filters/", sent)
        assert answer["Location"] == "/tickets/?queue=mine&priority=high&assignee=none&sort=priority"

    def test_chosen_columns_and_density(self, cast: Cast, three: list[Ticket]) -> None:
        page = client_of(cast, "sue").get("/tickets/?columns=tags,organization&density=dense").content.decode()
        assert 'class="data list dense"' in page
        assert 'data-label="Tags"' in page
        assert 'data-label="Assignee"' not in page


class TestCounters:
    def test_presets_and_views_in_one_statement_and_nothing_while_nothing_changed(
        self, cast: Cast, three: list[Ticket]
    ) -> None:
        client = client_of(cast, "sue")
        url = "/tickets/counts/?q=tag%3Dbilling&q=priority%3Dnonsense"
        answer = client.get(url)
        page = answer.content.decode()
        assert '<span class="count" id="count-all" hx-swap-oob="true">3</span>' in page
        assert '<span class="count" id="count-view-0" hx-swap-oob="true">1</span>' in page
        again = client.get(url, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        change(by=cast.actor("sue"), ticket=three[0], values={"assignee": cast.sue}, now=MONDAY + HOUR)
        moved = client.get(url, headers={"if-none-match": answer["ETag"]})
        assert '<span class="count" id="count-mine" hx-swap-oob="true">1</span>' in moved.content.decode()

    def test_who_is_in_no_team_has_nothing_in_its_queues(self, cast: Cast, three: list[Ticket]) -> None:
        page = client_of(cast, "adam").get("/tickets/counts/").content.decode()
        assert '<span class="count" id="count-all" hx-swap-oob="true">3</span>' in page
        assert '<span class="count" id="count-unassigned" hx-swap-oob="true">0</span>' in page

    def test_a_saved_view_is_a_tab_with_a_counter(self, cast: Cast, three: list[Ticket]) -> None:
        client = client_of(cast, "sue")
        sent = {"name": "Money", "query": "tag=billing&sort=newest"}
        answer = client.post("/tickets/views/new/", sent, follow=True)
        page = answer.content.decode()
        assert SavedView.objects.get(page="tickets").query == "tag=billing&sort=newest"
        assert "/tickets/counts/?q=tag%3Dbilling%26sort%3Dnewest" in page
        assert "Wrong price" in page
        assert "Slow report" not in page


class TestBulk:
    def send(self, client: Client, found: list[Ticket], **sent: Any) -> Any:
        chosen = [str(ticket.number) for ticket in found]
        return client.post("/tickets/bulk/", {"chosen": chosen, "next": "/tickets/", **sent})

    def test_many_are_taken_and_given_back(self, cast: Cast, three: list[Ticket]) -> None:
        client = client_of(cast, "sue")
        self.send(client, three, act="mine")
        assert set(Ticket.objects.values_list("assignee_id", flat=True)) == {cast.sue.pk}
        token = client.session["ticket_undo"]["token"]
        client.post(f"/tickets/bulk/undo/{token}/")
        assert set(Ticket.objects.values_list("assignee_id", flat=True)) == {None}
        client.post(f"/tickets/bulk/undo/{token}/")
        assert set(Ticket.objects.values_list("assignee_id", flat=True)) == {None}

    def test_fields_of_many(self, cast: Cast, three: list[Ticket]) -> None:
        other = make_desk(cast.sue)
        sent = {"act": "change", "priority": "critical", "priority_reason": "Fair day", "add_tags": "Fair, vip"}
        answer = self.send(client_of(cast, "sue"), three[:1], queue=other.key, status="on_hold", **sent)
        assert answer.status_code == 302
        ticket = Ticket.objects.get(pk=three[0].pk)
        assert (ticket.priority, ticket.priority_reason, ticket.status) == ("critical", "Fair day", "on_hold")
        assert (ticket.queue_id, ticket.tags) == (other.pk, ["fair", "vip"])

    def test_a_priority_needs_its_reason(self, cast: Cast, three: list[Ticket]) -> None:
        answer = self.send(client_of(cast, "sue"), three, act="change", priority="critical")
        assert answer.status_code == 422
        assert "Say why this priority." in answer.content.decode()

    def test_refusals_are_listed_and_the_rest_is_done(self, cast: Cast, three: list[Ticket]) -> None:
        Ticket.objects.filter(pk=three[1].pk).update(is_technical_escalation=True)
        page = self.send(client_of(cast, "sue"), three, act="solved").content.decode()
        assert "Changed: 2. Already so: 0. Refused: 1." in page
        assert f"#{three[1].number} All is down" in page
        assert Ticket.objects.filter(status="solved").count() == 2

    def test_undo_passes_over_what_somebody_touched_since(self, cast: Cast, three: list[Ticket]) -> None:
        client = client_of(cast, "sue")
        self.send(client, three, act="mine")
        touched = Ticket.objects.get(pk=three[0].pk)
        change(by=cast.actor("sven"), ticket=touched, values={"tags": ["x"]}, now=timezone.now())
        client.post(f"/tickets/bulk/undo/{client.session['ticket_undo']['token']}/")
        assert Ticket.objects.get(pk=three[0].pk).assignee_id == cast.sue.pk
        assert Ticket.objects.filter(assignee__isnull=True).count() == 2

    def test_nobody_is_given_what_they_do_not_see(self, cast: Cast, three: list[Ticket]) -> None:
        page = self.send(client_of(cast, "sue"), three[:1], act="change", assignee="otto@vendor.example")
        assert "Otto Brandt does not see this ticket or works on none." in page.content.decode()

    def test_tickets_out_of_sight_are_not_touched(self, cast: Cast, three: list[Ticket]) -> None:
        foreign = make_ticket(make_desk(cast.sven))
        self.send(client_of(cast, "sue"), [foreign], act="mine")
        assert Ticket.objects.get(pk=foreign.pk).assignee_id is None

    def test_who_only_reads_changes_nothing(self, cast: Cast, three: list[Ticket]) -> None:
        assert self.send(client_of(cast, "petra"), three, act="solved").status_code == 403
        assert "bulk-bar" not in client_of(cast, "petra").get("/tickets/").content.decode()


class TestExport:
    def test_what_is_shown_goes_into_the_file_and_the_trail(self, cast: Cast, three: list[Ticket]) -> None:
        answer = client_of(cast, "sara").post("/tickets/export/", {"query": "tag=billing&columns=priority"})
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert lines == ["Number,Subject,Priority", f"{three[2].number},Wrong price,High"]
        assert Activity.objects.filter(verb="list.exported", target_name="tickets").count() == 1

    def test_not_for_everybody(self, cast: Cast, three: list[Ticket]) -> None:
        assert client_of(cast, "sue").post("/tickets/export/", {"query": ""}).status_code == 403


def test_neighbors_in_the_list_it_was_opened_from(cast: Cast, three: list[Ticket]) -> None:
    slow, down, price = three
    for sort in ("breaches", "priority"):
        shown = open_list(cast.actor("sue"), ListQuery((("sort", sort),)), path="", now=MONDAY)
        found = shown.neighbors(Ticket.objects.get(pk=price.pk))
        assert {side: one.number for side, one in found.items()} == {"previous": down.number, "next": slow.number}
        assert list(shown.neighbors(Ticket.objects.get(pk=down.pk))) == ["next"]


def test_a_broken_promise_is_said_in_words(cast: Cast, three: list[Ticket]) -> None:
    for hours, expected in ((0, 0), (1, 1), (8, 2)):
        shown = open_list(cast.actor("sue"), ListQuery(), path="", now=MONDAY + hours * HOUR + HOUR / 60)
        assert shown.lines(with_check=False).count("Broken") == expected
