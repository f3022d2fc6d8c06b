"""Many tasks done at once: in which order, with what proof, what refuses, and what undoing takes back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import DomainError
from partners.models import Evidence, Task
from partners.services import task_bulk
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner
from tests.factories.tasks import make_note, make_task

pytestmark = pytest.mark.django_db
EDIT = "/tasks/edit/"


def done_by(cast: Cast, name: str, *found: Task, note: str = "", state: str = "done") -> task_bulk.BulkEdit:
    return task_bulk.edit_many(by=cast.actor(name), found=found, values={}, state=state, note=note, now=NOW)


def states(*found: Task) -> list[str]:
    by_id = dict(Task.objects.filter(pk__in=[task.pk for task in found]).values_list("pk", "state"))
    return [by_id[task.pk] for task in found]


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


class TestOrder:
    def test_a_chain_is_done_from_its_beginning(self, cast: Cast) -> None:
        """Whatever stands first in the database."""
        last, middle, first = (make_task(cast.northwind, owner=cast.tom) for _ in range(3))
        last.needs.add(middle, through_defaults={"organization": cast.northwind})
        middle.needs.add(first, through_defaults={"organization": cast.northwind})
        result = done_by(cast, "tom", last, first, middle)
        assert (len(result.changed), result.refusals) == (3, ())
        assert states(first, middle, last) == ["done"] * 3

    def test_what_waits_for_something_else_is_refused(self, cast: Cast) -> None:
        other = make_task(cast.northwind, title="Other", owner=cast.petra)
        waits = make_task(cast.northwind, owner=cast.tom, after=(other,))
        [refusal] = done_by(cast, "tom", waits).refusals
        assert (refusal.code, "Other" in refusal.message) == ("waiting", True)


class TestNote:
    def test_it_proves_each_of_them(self, cast: Cast) -> None:
        found = [make_task(cast.northwind, owner=cast.tom, needs_evidence=needed) for needed in (True, False)]
        assert done_by(cast, "tom", *found, note=" Minutes of Monday ").refusals == ()
        rows = Evidence.objects.values_list("task_id", "note", "added_by_id")
        assert sorted(rows) == [(task.pk, "Minutes of Monday", cast.tom.pk) for task in found]

    def test_what_is_done_already_or_refuses_gets_none(self, cast: Cast) -> None:
        done = make_task(cast.northwind, state="done", done_at=NOW, done_by=cast.petra)
        other = make_task(cast.northwind)
        waits = make_task(cast.northwind, after=(other,))
        result = done_by(cast, "tom", done, waits, note="See")
        assert (result.unchanged, len(result.refusals), Evidence.objects.count()) == (1, 1, 0)

    @pytest.mark.parametrize("state", ["", "started", "open"])
    def test_it_belongs_to_what_is_done(self, cast: Cast, state: str) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        with pytest.raises(DomainError) as caught:
            task_bulk.edit_many(
                by=cast.actor("tom"), found=[task], values={"court": "partner"}, state=state, note="See", now=NOW
            )
        assert caught.value.field == "note"


class TestUndo:
    def test_states_and_notes_go_back_and_older_proof_stays(self, cast: Cast) -> None:
        started = make_task(cast.northwind, owner=cast.tom, state="started", needs_evidence=True)
        older = make_note(started, "Older", added_by=cast.tom)
        fresh = make_task(cast.northwind, owner=cast.tom)
        result = done_by(cast, "tom", started, fresh, note="See")
        assert Evidence.objects.current().count() == 3
        assert task_bulk.undo_many(by=cast.actor("tom"), rows=result.changed, now=NOW) == 2
        assert states(started, fresh) == ["started", "open"]
        assert list(Evidence.objects.current()) == [older]

    @pytest.mark.parametrize("before", ["open", "started", "done", "skipped"])
    @pytest.mark.parametrize("after", ["open", "started", "done"])
    def test_every_state_comes_back(self, cast: Cast, before: str, after: str) -> None:
        fields = {"done": {"done_at": NOW, "done_by": cast.tom}, "skipped": {"skip_reason": "Not needed"}}
        task = make_task(cast.northwind, owner=cast.tom, state=before, **fields.get(before, {}))
        result = done_by(cast, "tom", task, state=after)
        if result.changed:
            assert states(task) == [after]
            task_bulk.undo_many(by=cast.actor("tom"), rows=result.changed, now=NOW)
        task.refresh_from_db()
        assert (task.state, task.skip_reason) == (before, "Not needed" if before == "skipped" else "")

    def test_what_somebody_took_up_since_keeps_its_note(self, cast: Cast) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        result = done_by(cast, "tom", task, note="See")
        done_by(cast, "petra", Task.objects.get(pk=task.pk), state="open")
        with pytest.raises(DomainError):
            task_bulk.undo_many(by=cast.actor("tom"), rows=result.changed, now=NOW)
        assert Evidence.objects.current().count() == 1


class TestPages:
    def tab(self, cast: Cast, name: str) -> str:
        url = reverse("partners:organization_tasks", args=[cast.northwind.public_id])
        return str(client_of(cast, name).get(url).content.decode())

    def test_who_may_do_them_ticks_them_by_phase(self, cast: Cast) -> None:
        mine = make_task(cast.northwind, phase="3A", owner=cast.tom)
        done = make_task(cast.northwind, phase="3B", owner=cast.tom, state="done", done_at=NOW)
        page = self.tab(cast, "tom")
        assert f'name="chosen" value="{mine.public_id}" form="bulk-form"' in page
        assert f'value="{done.public_id}"' not in page
        assert "Select all of Phase 3A" in page
        assert "Select all of Phase 3B" not in page

    def test_who_only_reads_ticks_nothing(self, cast: Cast) -> None:
        make_task(cast.northwind, phase="3A", owner=cast.tom)
        page = self.tab(cast, "max")
        for words in ('name="chosen"', "bulk-form", "data-check-all"):
            assert words not in page

    def test_the_button_does_that_and_nothing_else(self, cast: Cast) -> None:
        """Whatever stands in the fields of the other button."""
        found = [make_task(cast.northwind, owner=cast.tom) for _ in range(2)]
        client = client_of(cast, "tom")
        chosen = [str(task.public_id) for task in found]
        sent = {"chosen": chosen, "mark": "done", "each_note": "See", "court": "partner", "state": "started"}
        answer = client.post(EDIT, sent, follow=True)
        assert "2 tasks are done." in answer.content.decode()
        assert states(*found) == ["done", "done"]
        assert set(Task.objects.values_list("court", flat=True)) == {"us"}
        undo = f"{EDIT}undo/{client.session['task_undo']['token']}/"
        page = f"/organizations/{cast.northwind.public_id}/tasks/?whose=mine"
        assert client.post(undo, {"next": page})["Location"] == page
        assert (states(*found), Evidence.objects.current().count()) == (["open", "open"], 0)

    def test_what_wants_proof_is_done_from_the_page_that_says_so(self, cast: Cast) -> None:
        proof = make_task(cast.northwind, title="Proof", owner=cast.tom, needs_evidence=True)
        waits = make_task(cast.northwind, title="Waits", owner=cast.tom, after=(proof,))
        foreign = make_task(cast.birch, title="Elsewhere", owner=cast.tom, after=(make_task(cast.birch),))
        client, chosen = client_of(cast, "tom"), [str(task.public_id) for task in (waits, proof)]
        answer = client.post(EDIT, {"chosen": chosen, "mark": "done", "next": "/tasks/?due=week"})
        page = answer.content.decode()
        assert "Mark 2 tasks done" in page
        assert 'value="/tasks/?due=week"' in page
        answer = client.post(EDIT, {"chosen": chosen, "mark": "done", "each_note": "Here", "next": "/tasks/?due=week"})
        assert answer["Location"] == "/tasks/?due=week"
        assert states(proof, waits) == ["done", "done"]
        answer = client.post(EDIT, {"chosen": [str(foreign.public_id)], "mark": "done"})
        assert "each_note" not in answer.content.decode()

    def test_too_many_are_refused_and_not_cut(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(task_bulk, "MAX_ROWS", 2)
        found = [make_task(cast.northwind, owner=cast.tom) for _ in range(3)]
        sent: dict[str, Any] = {"chosen": [str(task.public_id) for task in found], "mark": "done"}
        answer = client_of(cast, "tom").post(EDIT, sent, follow=True)
        assert "Up to 2 tasks at once." in answer.content.decode()
        assert states(*found) == ["open"] * 3

    def test_foreign_ones_do_not_exist(self, cast: Cast) -> None:
        foreign = make_task(make_partner("gate_3"), owner=cast.petra, needs_evidence=True)
        sent = {"chosen": [str(foreign.public_id)], "mark": "done", "each_note": "x"}
        answer = client_of(cast, "tom").post(EDIT, sent, follow=True)
        assert "Tick some tasks first." in answer.content.decode()
        assert (states(foreign), Evidence.objects.count()) == (["open"], 0)
