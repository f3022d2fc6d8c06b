"""Pages of tasks as the cast sees them: lists, boards, the page of one, what is done from buttons."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.listing import ListQuery
from partners.models import Draft, Evidence, Task
from partners.services import evidence, tasks
from partners.task_list import open_tasks
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact, make_customer, make_grant, make_partner
from tests.factories.tasks import make_note, make_review, make_task

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date.today()  # noqa: DTZ011 - pages read the clock themselves; a day more or less changes nothing here
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def visit(cast: Cast) -> Any:
    """A client of somebody of the cast."""

    def client(name: str) -> Client:
        found = Client()
        found.force_login(getattr(cast, name))
        return found

    return client


def titles(response: Any) -> list[str]:
    return [line.row.title for line in response.context["shown"].lines()]


class TestList:
    def test_own_open_ones_first_what_is_due_first(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Later", owner=cast.tom, due_on=TODAY + 9 * DAY)
        make_task(cast.northwind, title="Some day", owner=cast.tom, due_on=None)
        make_task(cast.birch, title="Late", owner=cast.tom, due_on=TODAY - 9 * DAY)
        make_task(cast.northwind, title="Of Petra", owner=cast.petra)
        make_task(cast.northwind, title="Done", owner=cast.tom, state="done", done_at=NOW)
        make_task(cast.northwind, title="Gone", owner=cast.tom, archived_at=NOW)
        page = visit("tom").get("/tasks/")
        assert titles(page) == ["Late", "Later", "Some day"]
        assert "9 days overdue" in page.content.decode()

    def test_whose(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Of Tom", owner=cast.tom)
        make_task(cast.northwind, title="Of Petra", owner=cast.petra)
        make_task(make_partner("gate_1", owners={"pdm": cast.paul}), title="Foreign", owner=cast.paul)
        assert set(titles(visit("tom").get("/tasks/?whose=all"))) == {"Of Tom", "Of Petra"}
        assert titles(visit("lena").get("/tasks/?whose=team")) == ["Of Tom"]
        assert titles(visit("lena").get("/tasks/")) == []
        assert len(titles(visit("max").get("/tasks/?whose=all"))) == 3
        assert titles(visit("otto").get("/tasks/?whose=all")) == []

    def test_participants_see_what_is_theirs(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Of Sam", owner=cast.sam)
        make_task(cast.northwind, title="Of Petra", owner=cast.petra)
        assert titles(visit("sam").get("/tasks/?whose=all")) == ["Of Sam"]

    def test_what_one_may_no_longer_see_is_gone(self, cast: Cast, visit: Any) -> None:
        make_task(make_partner("gate_2", owners={"tam": cast.tom}), title="Too early", owner=cast.tom)
        assert titles(visit("tom").get("/tasks/")) == []

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("due=overdue", ["Late"]),
            ("due=week", ["Soon"]),
            ("due=none", ["No day"]),
            ("blocked=1", ["Blocked", "Waits"]),
            ("court=partner", ["Blocked"]),
            ("stage=live", ["Elsewhere"]),
            ("state=done", ["Done"]),
            ("state=skipped", []),
            ("due=nonsense&court=moon&stage=x&state=y&group=z&sort=w&whose=v", None),
        ],
    )
    def test_filters(self, cast: Cast, visit: Any, query: str, expected: list[str] | None) -> None:
        own: dict[str, Any] = {"owner": cast.tom}
        first = make_task(cast.northwind, title="Late", due_on=TODAY - 5 * DAY, **own)
        make_task(cast.northwind, title="Soon", due_on=TODAY + 4 * DAY, **own)
        make_task(cast.northwind, title="Blocked", due_on=TODAY + 20 * DAY, blocked_reason="x", court="partner", **own)
        make_task(cast.northwind, title="Waits", due_on=TODAY + 21 * DAY, after=(first,), **own)
        make_task(cast.birch, title="Elsewhere", due_on=TODAY + 22 * DAY, **own)
        make_task(cast.northwind, title="No day", due_on=None, **own)
        make_task(cast.northwind, title="Done", state="done", done_at=NOW, **own)
        found = titles(visit("tom").get(f"/tasks/?{query}"))
        assert found == (
            expected if expected is not None else ["Late", "Soon", "Blocked", "Waits", "Elsewhere", "No day"]
        )

    def test_one_organization(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Here", owner=cast.tom)
        make_task(cast.birch, title="There", owner=cast.tom)
        page = visit("tom").get(f"/tasks/?in={cast.northwind.public_id}")
        assert titles(page) == ["Here"]
        foreign = make_partner("gate_3", name="Foreign")
        assert "Foreign" not in visit("tom").get(f"/tasks/?in={foreign.public_id}").content.decode()

    def test_groups(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="B", owner=cast.tom)
        make_task(cast.birch, title="A", owner=cast.tom, due_on=TODAY + 50 * DAY)
        shown = visit("tom").get("/tasks/?group=organization").context["shown"]
        assert [(line.heading, line.row.title) for line in shown.lines()] == [("Birch", "A"), ("Northwind", "B")]

    @pytest.mark.parametrize("query", ["", "&group=organization", "&group=owner", "&sort=-due", "&group=court"])
    def test_pages_hold_every_task_once(self, cast: Cast, visit: Any, query: str) -> None:
        for number in range(120):
            day = None if number % 7 == 0 else TODAY + (number % 11) * DAY
            make_task(cast.northwind, title=f"T{number}", owner=cast.tom, due_on=day)
        client, seen, url = visit("tom"), [], f"/tasks/?whose={query}"
        while url:
            shown = client.get(url).context["shown"]
            seen += [line.row.title for line in shown.lines()]
            url = shown.pager.next_url
        assert sorted(seen) == sorted(f"T{number}" for number in range(120))
        assert len(seen) == 120

    def test_an_index_gives_the_order(self, cast: Cast) -> None:
        """However many there are, no page sorts them all: also not the ones further on."""
        who, query = "max", ListQuery((("whose", "all"),))
        for number in range(60):
            make_task(cast.northwind, owner=cast.tom, due_on=None if number % 5 else TODAY)
        place = open_tasks(cast.actor(who), query, path="", now=NOW).page.next
        for shown in (
            open_tasks(cast.actor(who), query, path="", now=NOW),
            open_tasks(cast.actor(who), query.at(place), path="", now=NOW),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert shown.page.rows
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_sort = off")
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "using task_open_by_day on partners_task" in plan
            assert "Sort Key: (COALESCE" not in plan

    def test_board(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="To do", owner=cast.tom)
        make_task(cast.northwind, title="Under way", owner=cast.tom, state="started")
        make_task(cast.northwind, title="Finished", owner=cast.tom, state="done", done_at=NOW)
        columns = visit("tom").get("/tasks/board/?whose=mine").context["columns"]
        assert {column.state: [row.title for row in column.rows] for column in columns} == {
            "open": ["To do"],
            "started": ["Under way"],
            "done": ["Finished"],
            "skipped": [],
        }

    def test_export(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="=cmd()", owner=cast.tom, due_on=date(2026, 3, 5))
        make_task(cast.northwind, title="Of Petra", owner=cast.petra)
        answer = visit("tom").post("/tasks/export/", {"query": "sort=due"})
        text = answer.content.decode()
        assert answer["Content-Type"].startswith("text/csv")
        assert "'=cmd()" in text
        assert "Northwind" in text
        assert "Of Petra" not in text

    def test_contacts_have_none_of_this(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, is_shared=True, court="partner")
        for path in ("/tasks/", "/tasks/board/", f"/tasks/{task.public_id}/", f"/tasks/{task.public_id}/edit/"):
            assert visit("connie").get(path).status_code == 404
        for act in ("complete", "skip", "archive", "reopen"):
            assert visit("connie").post(f"/tasks/{task.public_id}/{act}/", {"reason": "x"}).status_code == 404
        assert visit("connie").post("/tasks/edit/", {"chosen": task.public_id, "state": "done"}).status_code == 404


class TestBulk:
    def send(self, client: Client, *found: Task, **changes: str) -> Any:
        return client.post("/tasks/edit/", {"chosen": [str(task.public_id) for task in found], **changes})

    def test_changes_and_undo(self, cast: Cast, visit: Any) -> None:
        one, two = (make_task(cast.northwind, owner=cast.tom, due_on=TODAY) for _ in range(2))
        client = visit("petra")
        answer = self.send(client, one, two, owner=cast.ines.email, due_on="2026-04-01", court="partner")
        assert answer.status_code == 302
        for task in (one, two):
            task.refresh_from_db()
            assert (task.owner_id, task.due_on, task.court) == (cast.ines.pk, date(2026, 4, 1), "partner")
        token = client.session["task_undo"]["token"]
        assert visit("tom").post(f"/tasks/edit/undo/{token}/").status_code == 302
        one.refresh_from_db()
        assert one.owner_id == cast.ines.pk
        client.post(f"/tasks/edit/undo/{token}/")
        for task in (one, two):
            task.refresh_from_db()
            assert (task.owner_id, task.due_on, task.court) == (cast.tom.pk, TODAY, "us")

    def test_refusals_are_listed_by_row(self, cast: Cast, visit: Any) -> None:
        free = make_task(cast.northwind, title="Free", owner=cast.tom)
        waits = make_task(cast.northwind, title="Waits", owner=cast.tom, after=(free,))
        proof = make_task(cast.birch, title="Proof", owner=cast.tom, needs_evidence=True)
        client = visit("tom")
        answer = self.send(client, waits, proof, free, state="done")
        refusals = {refusal.title: refusal.message for refusal in answer.context["result"].refusals}
        assert refusals.keys() == {"Proof"} or refusals.keys() == {"Proof", "Waits"}
        assert "needs evidence" in refusals["Proof"]
        free.refresh_from_db()
        assert free.state == "done"
        client.post(answer.context["undo_url"])
        free.refresh_from_db()
        assert free.state == "open"

    def test_what_somebody_touched_since_is_left(self, cast: Cast, visit: Any) -> None:
        one, two = (make_task(cast.northwind, owner=cast.tom) for _ in range(2))
        client = visit("petra")
        self.send(client, one, two, court="partner")
        visit("tom").post(f"/tasks/{one.public_id}/start/")
        client.post(f"/tasks/edit/undo/{client.session['task_undo']['token']}/")
        one.refresh_from_db()
        two.refresh_from_db()
        assert (one.court, two.court) == ("partner", "us")

    def test_foreign_ones_do_not_exist(self, cast: Cast, visit: Any) -> None:
        foreign = make_task(make_partner("gate_3"), owner=cast.petra)
        self.send(visit("tom"), foreign, court="partner")
        client = visit("tom")
        client.post("/tasks/edit/", {"chosen": ["nonsense", str(uuid4()), str(foreign.public_id)], "state": "done"})
        foreign.refresh_from_db()
        assert (foreign.court, foreign.state) == ("us", "open")

    def test_seeing_is_not_arranging(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        answer = self.send(visit("max"), task, court="partner")
        assert len(answer.context["result"].refusals) == 1

    def test_an_owner_who_does_not_see_it(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        answer = self.send(visit("petra"), task, owner=cast.paul.email)
        assert "does not see Northwind" in answer.context["result"].refusals[0].message

    @pytest.mark.parametrize("changes", [{}, {"due_on": "yesterday"}, {"state": "skipped"}, {"owner": "a\0b"}])
    def test_bad_input_changes_nothing(self, cast: Cast, visit: Any, changes: dict[str, str]) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        assert self.send(visit("petra"), task, **changes).status_code == 302
        task.refresh_from_db()
        assert task.version == 1


class TestPage:
    def test_everything_on_it(self, cast: Cast, visit: Any) -> None:
        first = make_task(cast.northwind, title="First", owner=cast.petra)
        task = make_task(
            cast.northwind, title="Second", owner=cast.tom, after=(first,), description="See https://a.example/"
        )
        make_note(task, "They <b>agreed</b>", added_by=cast.tom)
        page = visit("tom").get(f"/tasks/{task.public_id}/").content.decode()
        for words in ("Second", "Waits for First", "They &lt;b&gt;agreed", "Tom Okafor", "comes first"):
            assert words in page

    @pytest.mark.parametrize(
        ("name", "status"),
        [("tom", 200), ("sam", 200), ("max", 200), ("lena", 200), ("otto", 404), ("tina", 404), ("sue", 404)],
    )
    def test_who_opens_it(self, cast: Cast, visit: Any, name: str, status: int) -> None:
        task = make_task(cast.northwind, owner=cast.sam)
        assert visit(name).get(f"/tasks/{task.public_id}/").status_code == status

    def test_a_participant_opens_no_other(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        assert visit("sam").get(f"/tasks/{task.public_id}/").status_code == 404
        own = make_task(cast.northwind, owner=cast.sam, after=(task,))
        client = visit("sam")
        client.post(f"/tasks/{own.public_id}/complete/")
        for path in (f"/tasks/{own.public_id}/", "/tasks/", "/tasks/board/"):
            page = client.get(path).content.decode()
            assert task.title not in page
            assert "other tasks" in page

    @pytest.mark.parametrize(
        ("act", "sent", "state"),
        [
            ("start", {}, "started"),
            ("complete", {"note": "Sent"}, "done"),
            ("skip", {"reason": "Agreed"}, "skipped"),
            ("block", {"reason": "Legal"}, "open"),
        ],
    )
    def test_acts_and_their_undo(self, cast: Cast, visit: Any, act: str, sent: dict[str, str], state: str) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        client = visit("tom")
        assert client.post(f"/tasks/{task.public_id}/{act}/", sent).status_code == 302
        task.refresh_from_db()
        assert task.state == state
        client.post(f"/tasks/{task.public_id}/{'unblock' if act == 'block' else 'reopen'}/")
        task.refresh_from_db()
        assert (task.state, task.blocked_reason) == ("open", "")

    @pytest.mark.parametrize("act", ["start", "complete", "reopen", "skip", "block", "unblock", "archive", "restore"])
    def test_who_may_not(self, cast: Cast, visit: Any, act: str) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        for name, status in (("max", 403), ("lena", 403), ("otto", 404), ("connie", 404), ("sam", 404)):
            assert visit(name).post(f"/tasks/{task.public_id}/{act}/", {"reason": "x"}).status_code == status
        assert visit("tom").get(f"/tasks/{task.public_id}/{act}/").status_code == 405

    def test_taking_away_and_back(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        client = visit("tom")
        client.post(f"/tasks/{task.public_id}/archive/")
        assert client.get(f"/tasks/{task.public_id}/").status_code == 404
        client.post(f"/tasks/{task.public_id}/restore/")
        assert client.get(f"/tasks/{task.public_id}/").status_code == 200


def test_the_story_tells_those_who_open_it_in_full_alone(cast: Cast, visit: Any) -> None:
    tasks.create(by=cast.actor("tom"), organization=cast.northwind, values={"title": "Quiet plan"}, now=NOW)
    url = f"/organizations/{cast.northwind.public_id}/timeline/"
    assert "Task added: Quiet plan" in visit("max").get(url).content.decode()
    for path in (url, f"/organizations/{cast.northwind.public_id}/", "/"):
        assert "Quiet plan" not in visit("sam").get(path).content.decode()
    assert "Quiet plan" not in visit("connie").get("/portal/").content.decode()


class TestForms:
    def test_adding(self, cast: Cast, visit: Any) -> None:
        first = make_task(cast.northwind)
        sent = {
            "title": "Call Kim",
            "owner": cast.sam.email,
            "court": "partner",
            "due_on": "2026-04-01",
            "contact": str(cast.connie_contact.public_id),
            "needs": [str(first.public_id)],
            "is_shared": "on",
        }
        answer = visit("petra").post(f"/organizations/{cast.northwind.public_id}/tasks/new/", sent)
        assert answer.status_code == 302
        task = Task.objects.get(title="Call Kim")
        assert (task.owner, task.contact, task.due_on) == (cast.sam, cast.connie_contact, date(2026, 4, 1))
        assert list(task.needs.all()) == [first]

    def test_what_does_not_fit(self, cast: Cast, visit: Any) -> None:
        url = f"/organizations/{cast.northwind.public_id}/tasks/new/"
        foreign = make_task(cast.birch)
        for sent in (
            {"title": ""},
            {"title": "a\0b"},
            {"title": "x", "owner": cast.paul.email},
            {"title": "x", "owner": "nobody"},
            {"title": "x", "contact": str(make_contact(cast.birch).public_id)},
            {"title": "x", "needs": [str(foreign.public_id)]},
            {"title": "x", "due_on": "0001-01-01"},
        ):
            answer = visit("petra").post(url, {"court": "us", **sent})
            assert answer.status_code == 422, sent
        assert Task.objects.filter(organization=cast.northwind).count() == 0

    def test_somebody_was_faster(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, title="Old")
        sent = {"title": "Mine", "court": "us", "version": "1"}
        assert visit("tom").post(f"/tasks/{task.public_id}/edit/", sent).status_code == 302
        answer = visit("petra").post(f"/tasks/{task.public_id}/edit/", {**sent, "title": "Yours"})
        assert answer.status_code == 422
        assert "while you were at it" in answer.content.decode()
        task.refresh_from_db()
        assert task.title == "Mine"

    @pytest.mark.parametrize(
        ("name", "status"), [("max", 403), ("lena", 403), ("sam", 403), ("otto", 404), ("sue", 404)]
    )
    def test_who_may_not_add(self, cast: Cast, visit: Any, name: str, status: int) -> None:
        assert visit(name).get(f"/organizations/{cast.northwind.public_id}/tasks/new/").status_code == status


class TestTab:
    def test_phases_next_actions_and_what_is_left_over(self, cast: Cast, visit: Any) -> None:
        own: dict[str, Any] = {"source": "checklist"}
        first = make_task(cast.northwind, title="First", phase="3A", source_key="a", **own)
        make_task(cast.northwind, title="Second", phase="3A", source_key="b", after=(first,), **own)
        make_task(cast.northwind, title="Done", phase="3B", source_key="c", state="done", done_at=NOW, **own)
        make_task(cast.northwind, title="Old one", stage="gate_2", source_key="d", due_on=TODAY - 900 * DAY, **own)
        make_task(cast.northwind, title="Blocked", phase="3B", source_key="e", blocked_reason="Legal", **own)
        found = visit("tom").get(f"/organizations/{cast.northwind.public_id}/tasks/").context["found"]
        assert [(group.key, group.done, group.total) for group in found.groups] == [("3A", 0, 2), ("3B", 1, 2)]
        assert [row.title for row in found.left_over] == ["Old one"]
        assert [row.title for row in found.next_actions] == ["First", "Old one"]
        assert (found.done, found.total, found.blocked) == (1, 4, 2)

    def test_numbers_and_marks_are_those_of_the_present_stage(self, cast: Cast, visit: Any) -> None:
        old: dict[str, Any] = {"stage": "gate_2", "source": "checklist", "is_required": True}
        make_task(cast.northwind, title="Old", due_on=TODAY - 9 * DAY, source_key="a", blocked_reason="Legal", **old)
        page = visit("tom").get(f"/organizations/{cast.northwind.public_id}/tasks/")
        assert (page.context["found"].overdue, page.context["found"].blocked) == (0, 0)
        assert "Left over from Gate 2" in page.content.decode()
        assert "For the gate" not in page.content.decode()

    @pytest.mark.parametrize(
        ("name", "status"), [("ana", 200), ("max", 200), ("sam", 403), ("otto", 404), ("tina", 404)]
    )
    def test_who_opens_it(self, cast: Cast, visit: Any, name: str, status: int) -> None:
        assert visit(name).get(f"/organizations/{cast.northwind.public_id}/tasks/").status_code == status


class TestEvidence:
    def test_adding_and_taking_away(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        client, url = visit("tom"), f"/tasks/{task.public_id}/evidence/"
        file = SimpleUploadedFile("proof.png", PNG)
        assert client.post(url, {"file": file, "note": "See", "url": "https://a.example/"}).status_code == 302
        assert sorted(Evidence.objects.values_list("kind", flat=True)) == ["file", "link", "note"]
        piece = Evidence.objects.get(kind="note")
        client.post(f"/evidence/{piece.public_id}/remove/")
        assert Evidence.objects.current().count() == 2
        for sent in ({}, {"url": "http://a.example/"}, {"file": SimpleUploadedFile("a.exe", b"MZ\0")}):
            assert client.post(url, sent).status_code == 422

    def test_files_leave_as_attachments(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        file = SimpleUploadedFile("Nachweis für “Kim”.txt", b"<script>alert(1)</script>")
        made = evidence.add_file(by=cast.actor("tom"), task=task, file=file, now=NOW)
        answer = visit("petra").get(f"/evidence/{made.public_id}/")
        assert answer.content == b"<script>alert(1)</script>"
        assert answer["Content-Type"] == "text/plain"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")

    def test_whose_files(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, owner=cast.sam)
        made = evidence.add_file(by=cast.actor("tom"), task=task, file=SimpleUploadedFile("a.png", PNG), now=NOW)
        url = f"/evidence/{made.public_id}/"
        for name, status in (("sam", 200), ("max", 200), ("otto", 404), ("connie", 404), ("sue", 404), ("nora", 404)):
            assert visit(name).get(url).status_code == status
        Task.objects.filter(pk=task.pk).update(is_shared=True)
        assert visit("connie").get(url).status_code == 200
        evidence.remove(by=cast.actor("tom"), evidence=made, now=NOW)
        assert visit("tom").get(url).status_code == 404
        assert Client().get(url).status_code == 302

    def test_files_of_earlier_answers_need_a_grant(self, cast: Cast, visit: Any) -> None:
        review = make_review(cast.northwind, stage="gate_3")
        draft = Draft.objects.create(organization=cast.northwind, review=review, questionnaire="gate-3")
        file = SimpleUploadedFile("a.png", PNG)
        made = evidence.add_file(by=cast.actor("petra"), draft=draft, field="beta", file=file, now=NOW)
        url = f"/evidence/{made.public_id}/"
        assert visit("tom").get(url).status_code == 200
        assert visit("connie").get(url).status_code == 404
        review.stage = "gate_2"
        review.save()
        assert visit("tom").get(url).status_code == 404
        until = timezone.now() + DAY
        make_grant(cast.northwind, cast.tom, state="given", expires_at=until, decided_at=NOW, decided_by=cast.max)
        assert visit("tom").get(url).status_code == 200


class TestPortal:
    def test_own_first_in_plain_words_and_nothing_internal(self, cast: Cast, visit: Any) -> None:
        shared: dict[str, Any] = {"is_shared": True, "blocked_reason": "Internal words"}
        make_task(cast.northwind, title="Send the logo", court="partner", owner=cast.tom, phase="3A", **shared)
        make_task(cast.northwind, title="Connect you", court="us", owner=cast.tom, **shared)
        make_task(cast.northwind, title="Secret plan")
        make_task(make_customer(), title="Of others", is_shared=True, court="partner")
        for path in ("/portal/", "/portal/tasks/"):
            page = visit("connie").get(path).content.decode()
            assert "Send the logo" in page
            hidden = ("Secret plan", "Of others", "Internal words", "3A", "/organizations/")
            assert [words for words in hidden if words in page] == []

    def test_ticking_off_with_a_note(self, cast: Cast, visit: Any) -> None:
        task = make_task(cast.northwind, is_shared=True, court="partner", owner=cast.tom, needs_evidence=True)
        client, url = visit("connie"), f"/portal/tasks/{task.public_id}/"
        assert client.get(url).status_code == 200
        assert client.post(url, {"done": "1"}).status_code == 422
        assert client.post(url, {"note": "Here it is"}).status_code == 302
        assert client.post(url, {"done": "1", "file": SimpleUploadedFile("a.exe", b"MZ\0")}).status_code == 422
        assert client.post(url, {"done": "1"}).status_code == 302
        task.refresh_from_db()
        assert (task.state, task.done_by_id) == ("done", cast.connie.pk)
        assert Evidence.objects.get(task=task).note == "Here it is"

    def test_attacks(self, cast: Cast, visit: Any) -> None:
        client = visit("connie")
        for task in (
            make_task(cast.northwind, court="partner"),
            make_task(cast.birch, is_shared=True, court="partner"),
            make_task(cast.northwind, is_shared=True, court="partner", archived_at=NOW),
        ):
            url = f"/portal/tasks/{task.public_id}/"
            assert client.get(url).status_code == 404
            assert client.post(url, {"done": "1", "note": "x"}).status_code == 404
        ours = make_task(cast.northwind, is_shared=True, court="us")
        assert client.post(f"/portal/tasks/{ours.public_id}/", {"done": "1"}).status_code == 403
        note = make_note(ours, added_by=cast.tom)
        assert client.post(f"/portal/evidence/{note.public_id}/remove/").status_code == 403
        assert visit("tom").get("/portal/tasks/").status_code == 404
