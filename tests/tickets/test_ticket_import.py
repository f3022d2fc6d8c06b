"""Tickets of other tools: what becomes of them, what is refused at which row and column, once, and taken back."""

import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Notification
from common.errors import DomainError, NotAllowed
from common.models import ImportRun, ImportState, Outbox
from partners.models import Organization, TimelineEntry
from tests.cast import Cast
from tests.factories.partners import make_customer
from tests.factories.tickets import make_desk
from tests.partners.page_world import signed_in
from tickets.imports import execution, runs
from tickets.imports.options import Options, options_of, read_mapping
from tickets.imports.servicenow import read as read_servicenow
from tickets.imports.sources import SOURCES
from tickets.imports.zendesk import merged
from tickets.models import Message, Queue, SlaClock, Ticket, TicketEvent
from tickets.selectors.sla_states import states
from tickets.services.messages import note

DATA = Path(__file__).parents[3] / "shared" / "data"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
COLUMNS = (
    "number,incident_state,reopen_count,sys_mod_count,opened_at,sys_updated_at,sys_updated_by,contact_type,location,"
    "category,impact,urgency,priority,assignment_group,assigned_to,resolved_at"
)
EVERYTHING = frozenset({"organizations", "queues", "categories", "agents"})


def line(state: str, place: int, at: str, *, number: str = "INC1", agent: str = "?", **more: str) -> str:
    opened = more.get("opened", "1/3/2016 10:00")
    levels = more.get("levels", "2 - Medium,2 - Medium,3 - Moderate")
    where = more.get("where", "Location 1")
    reopened, resolved = more.get("reopened", "0"), more.get("resolved", "?")
    what = f"Phone,{where},Category 4,{levels},Group 7,{agent},{resolved}"
    return f"{number},{state},{reopened},{place},{opened},{at},By 9,{what}"


def log(*lines: str) -> str:
    return "\n".join((COLUMNS, *lines))


def told(text: str, zone: str = "UTC") -> Any:
    return read_servicenow(io.StringIO(text), ZoneInfo(zone), lambda rows: None)


@pytest.mark.parametrize(
    ("lines", "row", "column"),
    [
        ([line("-100", 1, "1/3/2016 11:00")], 3, "incident_state"),
        ([line("Active", 1, "1/3/2016 09:00")], 3, "sys_updated_at"),
        ([line("Active", 1, "31/2/2016 11:00")], 3, "sys_updated_at"),
        ([line("Active", 0, "1/3/2016 11:00")], 3, "sys_mod_count"),
        ([line("Active", 1, "1/3/2016 11:00", opened="1/3/2016 10:30")], 3, "opened_at"),
        ([line("Active", 1, "1/3/2016 11:00", levels="2,x,3")], 3, "urgency"),
        ([line("Active", 1, "1/3/2016 11:00", levels="2,2,9")], 3, "priority"),
        ([line("Active", 1, "1/3/2016 11:00"), line("New", 2, "1/3/2016 12:00")], 4, "incident_state"),
        ([line("Active", 1, "1/3/2016 11:00", number="?")], 3, "number"),
        ([line("Closed", 1, "1/3/2016 11:00"), line("Closed", 2, "1/3/2016 12:00", agent="R 2")], 4, "assignee"),
    ],
)
def test_a_row_that_cannot_be_is_named_and_the_others_stay(lines: list[str], row: int, column: str) -> None:
    found = told(log(line("New", 0, "1/3/2016 10:00"), *lines))
    assert [(fault.row, fault.column) for fault in found.faults] == [(row, column)]
    assert [course.key for course in found.courses] == ["INC1"]


def test_a_log_is_lived_through() -> None:
    found = told(
        log(
            line("New", 0, "1/3/2016 10:00", levels="1 - High,2 - Medium,1 - Critical"),
            line("Awaiting User Info", 1, "1/3/2016 11:00", agent="R 1"),
            line("Closed", 3, "3/3/2016 12:00", resolved="1/3/2016 13:00"),
            line("Active", 4, "4/3/2016 12:00", where="Location 2", reopened="2"),
            line("Closed", 5, "9/3/2016 12:00", resolved="5/3/2016 12:00", where="Location 2"),
        ),
        "Europe/Berlin",
    )
    (course,) = found.courses
    assert (course.opened_at.hour, course.organization, course.reopened, found.faults) == (9, "Location 2", 2, [])
    steps = [(f"{step.at:%d %H}", step.values.get("status", ""), step.priority) for step in course.steps]
    assert steps == [
        ("01 09", "", "critical"),
        ("01 10", "pending", ""),
        ("03 11", "solved", ""),
        ("04 11", "open", ""),
        ("05 11", "solved", ""),
        ("09 11", "closed", ""),
    ]
    assert course.steps[1].values["assignee"] == "R 1"


def test_an_hour_that_comes_twice_goes_on() -> None:
    """02:50 and then 02:10 in the night in which clocks go back."""
    lines = [line("New", 0, "30/10/2016 02:50", opened="30/10/2016 02:50")]
    lines += [line("Active", 1, "30/10/2016 02:10", opened="30/10/2016 02:50")]
    assert told(log(*lines), "Europe/Berlin").faults == []


@pytest.mark.django_db
class TestRuns:
    @pytest.fixture(autouse=True)
    def desk(self, cast: Cast) -> Queue:
        return make_desk(cast.sue, key="first", is_default=True)

    def run(self, cast: Cast, text: str, *, source: str = "servicenow", apply: bool = True, **more: Any) -> ImportRun:
        options = Options(create=more.get("create", EVERYTHING), known=more.get("known", {}))
        who = cast.actor(more.get("who", "adam"))
        content = ContentFile(text.encode())
        run = runs.start(by=who, source=source, content=content, name="log.csv", options=options, now=NOW)
        runs.queue(by=who, run=run, apply=apply, skip_bad_rows=more.get("skip", False), now=NOW)
        execution.run_queued(run_id=run.pk, now=NOW)
        run.refresh_from_db()
        return run

    def test_once_with_all_that_belongs_to_it(self, cast: Cast) -> None:
        make_customer(name="Birch Site", external_key="B-1")
        text = log(
            line("New", 0, "1/3/2016 10:00", agent="R 1"),
            line("Active", 1, "1/3/2016 11:00", agent="Sue", levels="1 - High,2 - Medium,2 - High"),
            line("Resolved", 2, "2/3/2016 11:00", agent="Sue", reopened="1", levels="1 - High,2 - Medium,2 - High"),
            line("New", 0, "1/3/2016 10:00", number="INC2", where="Site"),
        )
        notices, letters = Notification.objects.count(), Outbox.objects.count()
        known = {"agents": {"Sue": cast.sue.email}, "organizations": {"Site": "Birch Site"}}
        checked = self.run(cast, text, apply=False, known=known)
        assert (checked.state, checked.rows_created, Ticket.objects.count()) == (ImportState.CHECKED, 2, 0)
        run = self.run(cast, text, known=known)
        assert (run.state, run.rows_created, run.errors) == (ImportState.DONE, 2, [])
        first, second = Ticket.objects.order_by("external_key")
        assert (first.status, first.priority, first.queue.key, first.reopened) == ("solved", "high", "group-7", 1)
        assert (first.assignee, first.channel, first.category.name) == (cast.sue, "phone", "Category 4")
        assert first.organization.name == "Location 1"
        assert second.organization.name == "Birch Site"
        assert SlaClock.objects.filter(ticket=first, metric="resolution").exists()
        # Who asked for it is told once for each run, and nobody of a ticket.
        told_of = Notification.objects.order_by("pk")[notices:]
        assert {notice.kind for notice in told_of} == {"imports"}
        assert Outbox.objects.count() - letters <= len(told_of) + 1
        before = (Ticket.objects.count(), TicketEvent.objects.count(), Organization.objects.count())
        again = self.run(cast, text, known=known)
        assert (again.rows_created, again.rows_unchanged) == (0, 2)
        assert (Ticket.objects.count(), TicketEvent.objects.count(), Organization.objects.count()) == before

    def test_all_or_nothing_or_without_the_bad(self, cast: Cast) -> None:
        text = log(line("New", 0, "1/3/2016 10:00"), line("-100", 1, "1/3/2016 11:00"))
        refused = self.run(cast, text)
        assert (refused.state, refused.rows_rejected, Ticket.objects.count()) == (ImportState.CHECKED, 1, 0)
        assert refused.errors[0] | {"expected": ""} == {
            "row": 3,
            "column": "incident_state",
            "field": "",
            "found": "-100",
            "expected": "",
        }
        skipped = self.run(cast, text, skip=True)
        assert (skipped.state, skipped.rows_created, Ticket.objects.count()) == (ImportState.DONE, 1, 1)

    def test_taken_back_but_for_what_was_worked_on(self, cast: Cast) -> None:
        lines = [
            line("Active", 0, "1/3/2016 10:00", number=f"INC{place}", where=f"Location {place}") for place in "123"
        ]
        run = self.run(cast, log(*lines))
        kept = Ticket.objects.get(external_key="INC2")
        note(by=cast.actor("sara"), ticket=kept, body="Mine.", now=NOW)
        runs.queue_undo(by=cast.actor("adam"), run=run, now=NOW)
        execution.run_queued(run_id=run.pk, now=NOW)
        run.refresh_from_db()
        assert (run.state, run.message[:29]) == (ImportState.UNDONE, "2 taken back, 1 left alone be")
        assert list(Ticket.objects.values_list("external_key", flat=True)) == ["INC2"]
        assert not Message.objects.exclude(ticket=kept).exists()
        archived = Organization.objects.filter(source="servicenow", archived_at__isnull=False)
        assert set(archived.values_list("name", flat=True)) == {"Location 1", "Location 3"}

    def test_only_for_who_may(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            self.run(cast, log(), who="sue")
        run = self.run(cast, log(line("New", 0, "1/3/2016 10:00")), who="sara")
        assert (run.state, Organization.objects.filter(source="servicenow").count()) == (ImportState.FAILED, 0)
        run = self.run(cast, log(line("New", 0, "1/3/2016 10:00")), who="sara", create=frozenset())
        ticket = Ticket.objects.get()
        assert (run.state, ticket.organization, ticket.queue.key) == (ImportState.DONE, None, "first")
        assert ticket.requester_name == "Location 1"

    def test_a_list_is_held_against_what_the_hub_knows(self, cast: Cast) -> None:
        make_customer(name="A", source="ravenstack", external_key="A-1")
        head = "ticket_id,account_id,submitted_at,closed_at,priority,first_response_time_minutes,satisfaction_score"
        rows = [
            "T-1,A-1,01-02-2026,01-02-2026 05:00,urgent,30,4.0",
            "T-2,A-1,01-02-2020,01-02-2020 05:00,low,30,",
            "T-1,A-1,01-02-2026,01-02-2026 05:00,low,30,",
            "T-3,A-1,02-02-2026,01-02-2026 05:00,low,30,",
            "T-4,A-1,01-02-2026,01-02-2026 05:00,low,301,",
        ]
        Organization.objects.get(external_key="A-1").stage_periods.update(entered_at=datetime(2025, 1, 1, tzinfo=UTC))
        run = self.run(cast, "\n".join((head, *rows)), source="ravenstack", skip=True, create=frozenset())
        assert [(fault["row"], fault["column"]) for fault in run.errors] == [
            (3, "when it happened"),
            (4, "ticket_id"),
            (5, "closed_at"),
            (6, "first_response_time_minutes"),
        ]
        ticket = Ticket.objects.get()
        assert (ticket.priority, ticket.tags, ticket.status, ticket.replies) == ("critical", ["csat-4"], "closed", 1)
        assert SlaClock.objects.get(ticket=ticket, metric="first_response").state == "met"

    def test_another_script_another_spelling_and_halves_of_characters(self, cast: Cast) -> None:
        names = ("Support", "support", "Grüße", "東京", "大阪")
        text = {"created_at": "2026-01-01T00:00:00Z", "status": "open", "description": "東" * 20_000}
        more = {"subject": "Cut \ud83d", "requester_id": 9}
        tickets = [{**text, **more, "id": id_, "group_id": id_, "assignee_id": id_} for id_ in range(1, 6)]
        people = [{"id": id_, "name": name, "email": "a\nBcc: b@c.example"} for id_, name in enumerate(names, 1)]
        groups = [{"id": id_, "name": name} for id_, name in enumerate(names, 1)]
        bad = [{**text, "id": "\0"}, {**text, "id": "\ud800"}, {**text, "id": 10**200}]
        odd = [{**text, "id": 10, "via": "email"}, {**text, "id": 11, "tags": 5}, {**text, "id": [1]}]
        export = {"tickets": [*tickets, *bad, *odd], "groups": groups, "users": [*people, {**people[0], "id": 9}]}
        run = self.run(cast, json.dumps(export), source="zendesk", skip=True)
        assert (run.state, run.rows_created, run.rows_rejected) == (ImportState.DONE, 5, 6)
        found = Ticket.objects.order_by("external_key")
        assert [row.queue.name for row in found] == ["Support", "Support", *names[2:]]
        assert [row.assignee.name for row in found] == ["Support", "Support", *names[2:]]
        assert {row.requester_email for row in found} == {""}

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ("servicenow", log("INC2,New,0,1")),
            ("servicenow", log(line("New", 0, "1/3/2016 10:00", where="x" * 200_000))),
            ("servicenow", log(line("New", 0, "1/3/2016 10:00", number="9" * 300))),
            ("servicenow", log(f"INC2,New,0,{'9' * 5000}")),
            ("ravenstack", f"ticket_id,account_id,submitted_at,closed_at,priority\n{'9' * 300},A,27-07-2023,,low"),
        ],
    )
    def test_rows_cut_short_and_endless_cells_are_refused(self, cast: Cast, source: str, text: str) -> None:
        run = self.run(cast, text, source=source)
        assert run.state in (ImportState.CHECKED, ImportState.FAILED)
        assert run.message

    def test_what_was_taken_back_leaves_no_story_and_may_come_again(self, cast: Cast) -> None:
        steps = (line("New", 0, "1/3/2016 10:00"), line("Resolved", 1, "9/3/2016 10:00"))
        text, told_before = log(*steps), TimelineEntry.objects.filter(kind="ticket").count()
        run = self.run(cast, text)
        made = (Organization.objects.count(), Queue.objects.count())
        assert TimelineEntry.objects.filter(kind="ticket").count() == told_before + 2
        runs.queue_undo(by=cast.actor("adam"), run=run, now=NOW)
        execution.run_queued(run_id=run.pk, now=NOW)
        assert TimelineEntry.objects.filter(kind="ticket").count() == told_before
        assert self.run(cast, text).state == ImportState.DONE
        assert (Organization.objects.count(), Queue.objects.count()) == made
        ticket = Ticket.objects.get()
        assert (ticket.organization.archived_at, ticket.queue.archived_at) == (None, None)

    def test_pages_name_things_and_number_them_as_one_would(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(execution, "PAGE", 2)
        days = ("5", "3", "4", "1", "2")
        lines = [
            line("New", 0, f"{day}/3/2016 10:00", number=f"INC{day}", opened=f"{day}/3/2016 10:00", where=where)
            for day, where in zip(days, ("North", "NORTH", "South", "north", "North"), strict=True)
        ]
        run = self.run(cast, log(*lines))
        assert (run.state, run.rows_created) == (ImportState.DONE, 5)
        assert list(Ticket.objects.order_by("number").values_list("external_key", flat=True)) == [
            f"INC{day}" for day in sorted(days)
        ]
        assert Organization.objects.filter(source="servicenow").count() == 2
        again = self.run(cast, log(*lines, line("New", 0, "9/3/2016 10:00", number="INC9", opened="9/3/2016 10:00")))
        assert (again.rows_created, again.rows_unchanged) == (1, 5)

    def test_an_export_of_zendesk(self, cast: Cast) -> None:
        people = [
            {"id": 1, "name": "Zoe", "email": "zoe@x.example", "role": "end-user"},
            {"id": 2, "name": "Al", "role": "agent"},
        ]
        at = "2026-02-02T10:0{}:00Z"
        ticket = {"created_at": at.format(0), "updated_at": at.format(9), "requester_id": 1, "description": "Help"}
        audits = [
            {
                "id": 1,
                "ticket_id": 7,
                "created_at": at.format(0),
                "author_id": 1,
                "events": [
                    {"type": "Comment", "body": "Help", "public": True},
                    {"type": "Create", "field_name": "priority", "value": "urgent"},
                ],
            },
            {
                "id": 2,
                "ticket_id": 7,
                "created_at": at.format(1),
                "author_id": 2,
                "events": [
                    {"type": "Comment", "body": "Which?", "public": True},
                    {"type": "Change", "field_name": "status", "value": "pending"},
                ],
            },
            {
                "id": 3,
                "ticket_id": 7,
                "created_at": at.format(2),
                "author_id": 1,
                "events": [{"type": "Comment", "body": "This", "public": True}],
            },
        ]
        comments = [
            {"id": 4, "ticket_id": 8, "created_at": at.format(3), "author_id": 2, "public": False, "body": "Psst"},
            {
                "id": 5,
                "ticket_id": 8,
                "created_at": "2020-01-01T00:00:00Z",
                "author_id": 1,
                "public": True,
                "body": "Old",
            },
            {"id": 6, "ticket_id": 9, "created_at": at.format(3), "author_id": 1, "public": True, "body": "Whose?"},
        ]
        tickets = [
            {**ticket, "id": 7, "status": "closed", "subject": "One", "organization_id": 5, "group_id": 3},
            {**ticket, "id": 8, "status": "new", "subject": "Two", "satisfaction_rating": {"score": "good"}},
            {**ticket, "id": 10, "status": "deleted"},
        ]
        export = {
            "tickets": tickets,
            "audits": audits,
            "comments": comments,
            "users": people,
            "organizations": [{"id": 5, "name": "Acme"}],
            "groups": [{"id": 3, "name": "Second line"}],
        }
        run = self.run(cast, json.dumps(export), source="zendesk", skip=True)
        assert {(fault["row"], fault["column"]) for fault in run.errors} == {
            (0, "comments 6, ticket_id"),
            (2, "comments 5, created_at"),
            (3, "status"),
        }
        one, two = Ticket.objects.order_by("pk")
        assert (one.priority, one.status, one.organization.name, one.queue.name) == (
            "critical",
            "closed",
            "Acme",
            "Second line",
        )
        said = [(row.body, row.side, row.kind) for row in one.messages.order_by("pk")]
        assert said == [("Help", "customer", "reply"), ("Which?", "agent", "reply"), ("This", "customer", "reply")]
        assert [row.kind for row in two.messages.order_by("pk")] == ["reply", "note"]
        assert (two.tags, two.requester_email) == (["csat-good"], "zoe@x.example")

    @pytest.mark.parametrize(
        "text", ["", "a,b\n1,2", "\0", "[]", "{}", '{"tickets": [1, null, {"id": "x"}]}', "[" * 100_000]
    )
    @pytest.mark.parametrize("source", sorted(SOURCES))
    def test_what_is_no_file_of_the_tool_writes_nothing(self, cast: Cast, source: str, text: str) -> None:
        if text.strip("\0"):
            run = self.run(cast, text, source=source, skip=True)
            assert (run.rows_created, run.rows_rejected > 0) == (0, True)
        else:
            with pytest.raises(DomainError):
                self.run(cast, text, source=source, skip=True)
        assert not Ticket.objects.exists()


@pytest.mark.django_db
class TestPages:
    def upload(self, cast: Cast, client: Client, **more: str) -> Any:
        make_desk(cast.sue, is_default=True)
        text = log(line("New", 0, "1/3/2016 10:00", agent="R 1"), line("-100", 1, "1/3/2016 11:00"))
        sent = {"source": "servicenow", "zone": "Europe/Lisbon", "create": ["queues"], "mapping": "", **more}
        return client.post(
            "/tickets/imports/new/", {**sent, "file": ContentFile(gzip.compress(text.encode()), "log.gz")}
        )

    def test_from_the_file_to_the_undo(self, cast: Cast) -> None:
        client = signed_in(cast.sara)
        assert "Nothing was imported yet" in client.get("/tickets/imports/").content.decode()
        refused = self.upload(cast, client, mapping="- x")
        assert refused.status_code == 400
        Queue.objects.update(is_default=False)
        url = self.upload(cast, client, mapping=f"agents: {{R 1: {cast.sue.email}}}").url
        run = ImportRun.objects.get()
        for sent, state, words in (
            ({"check": ""}, "checked", "one of: New"),
            ({"apply": ""}, "checked", "Nothing was written"),
            ({"apply": "", "skip_bad_rows": "on"}, "done", "Undo this import"),
        ):
            client.post(url, sent)
            assert "worker" in client.get(url).content.decode()
            execution.run_queued(run_id=run.pk, now=NOW)
            run.refresh_from_db()
            page = client.get(url).content.decode()
            assert (run.state, words if words in page else page) == (state, words)
            assert "-100" in page
        assert Ticket.objects.get().assignee == cast.sue
        assert b"incident_state" in client.get(f"{url}rejected/").content
        assert "log.gz" in client.get("/tickets/imports/").content.decode()
        client.post(f"{url}undo/")
        execution.run_queued(run_id=run.pk, now=NOW)
        assert not Ticket.objects.exists()
        assert "1 taken back" in client.get(url, headers={"HX-Request": "true"}).content.decode()

    def test_those_of_organizations_are_others(self, cast: Cast) -> None:
        run = ImportRun.objects.get(public_id=self.upload(cast, signed_in(cast.sara)).url.split("/")[-2])
        admin = signed_in(cast.adam)
        assert admin.get(f"/imports/{run.public_id}/").status_code == 404
        assert b"log.gz" not in admin.get("/imports/").content
        for name, status in (("sue", 403), ("tom", 403), ("connie", 404)):
            for tail in ("", "new/", f"runs/{run.public_id}/", f"runs/{run.public_id}/rejected/"):
                assert signed_in(getattr(cast, name)).get(f"/tickets/imports/{tail}").status_code == status

    def test_a_lost_worker_is_replaced(self, cast: Cast) -> None:
        url = self.upload(cast, signed_in(cast.sara)).url
        signed_in(cast.sara).post(url, {"apply": ""})
        run = ImportRun.objects.get()
        later = run.started_at + timedelta(minutes=4)
        assert execution.requeue_stuck(now=later) == 1
        ImportRun.objects.update(attempts=6)
        execution.run_queued(run_id=run.pk, now=later)
        run.refresh_from_db()
        assert (run.state, Ticket.objects.count()) == (ImportState.FAILED, 0)


@pytest.mark.parametrize(
    "text",
    [
        *("a: [", "- a", "martians: {}", "queues: [1]", "queues: {a: [b]}", "queues: {a: }", "queues: {<<: {a: b}}"),
        *(r'queues: {a: "b\0"}', r'queues: {"\ud800": b}'),
    ],
)
def test_a_mapping_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        read_mapping(text)


def test_a_mapping_holds_texts_alone() -> None:
    found = read_mapping(f"agents: {{a: 2024-13-45, b: !!int x, c: !!bool y, 7: {'9' * 200}}}")
    assert found == {"agents": {"a": "2024-13-45", "b": "x", "c": "y", "7": "9" * 200}}


def test_options_are_checked() -> None:
    for wrong in ({"zone": "Mars/Base"}, {"create": ["martians"]}):
        with pytest.raises(DomainError):
            options_of(wrong)


def test_a_long_export_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    """Tickets before their comments, people last: nothing of it is held but on disk."""

    def peak(count: int) -> int:
        at = "2026-02-02T10:00:00Z"
        with (tmp_path / "export.json").open("w+") as file:
            file.write('{"tickets": [')
            for id_ in range(count):
                row = {"id": id_ + 1, "created_at": at, "status": "open", "description": "d" * 2_000}
                file.write(("," if id_ else "") + json.dumps(row))
            file.write('], "comments": [')
            for id_ in range(count):
                row = {"id": id_ + 1, "ticket_id": id_ + 1, "created_at": at, "author_id": 1, "body": "c" * 2_000}
                file.write(("," if id_ else "") + json.dumps(row))
            file.write('], "users": [{"id": 1, "name": "Al", "role": "agent"}]}')
            file.seek(0)
            tracemalloc.start()
            found = SOURCES["zendesk"].read(file, ZoneInfo("UTC"), lambda rows: None)
            assert sum(1 for course in found.courses if course.steps[-1].who == "Al") == found.total == count
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    short, long = peak(300), peak(2_400)
    assert long < short * 1.5


def _file(*parts: str) -> Path:
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip("the data to work with is not here")
    return path


@pytest.mark.django_db
class TestRealData:
    def test_the_log_of_an_it_company(self, cast: Cast) -> None:
        make_desk(cast.sue, is_default=True)
        path = _file("incidents_uci", "incident_event_log_dev3000.csv.gz")
        with pytest.raises(CommandError):
            call_command(
                "import_tickets", "servicenow", str(path), "--as", cast.adam.email, "--dry-run", stdout=io.StringIO()
            )
        sent = ("--as", cast.adam.email, "--zone", "Europe/Lisbon", "--skip-bad-rows")
        create = ("--create", ",".join(EVERYTHING))
        call_command("import_tickets", "servicenow", str(path), *sent, *create, stdout=io.StringIO())
        assert Ticket.objects.filter(source="servicenow").count() == 3_000
        run = ImportRun.objects.latest("pk")
        assert (run.rows_total, run.rows_rejected) == (17_102, 1)
        for ticket in Ticket.objects.order_by("pk")[::150]:
            events = list(TicketEvent.objects.filter(ticket=ticket).order_by("at", "pk"))
            assert all(before.at <= after.at for before, after in pairwise(events))
            seen = states(ticket, events, now=run.started_at)
            kept = [(row.metric, row.cycle, row.state, row.stopped_at) for row in ticket.clocks.order_by("pk")]
            assert kept == [(one.metric, one.cycle, one.state, one.stopped_at) for one in seen]

    def test_answers_of_zendesk(self, cast: Cast) -> None:
        folder = _file("api_fixtures", "zendesk_go-zendesk_MIT", "GET")
        export = merged(json.loads(path.read_text()) for path in sorted(folder.glob("*.json")))
        comments = json.loads((folder / "ticket_comments.json").read_text())["comments"]
        next(row for row in export["tickets"] if row["id"] == 2)["comments"] = comments
        export["comments"] = []
        found = SOURCES["zendesk"].read(io.StringIO(json.dumps(export)), ZoneInfo("UTC"), lambda rows: None)
        # A comment that is an hour older than its ticket, and an audit of a ticket that is not there.
        assert [fault.column for fault in found.faults] == ["comments 2, created_at", "audits 2127301143, ticket_id"]
        assert len(found.courses) == 3
