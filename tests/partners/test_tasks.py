"""Tasks by their use cases: who arranges them, who does them, and what two people at once can not do."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Notification
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners.models import Evidence, OrganizationFacts, Task, TaskDependency, TimelineEntry
from partners.services import task_progress, tasks
from tests.cast import Cast, make_cast
from tests.factories.accounts import make_user
from tests.factories.partners import NOW, make_contact, make_customer, make_partner
from tests.factories.tasks import TODAY, in_threads, make_note, make_task

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def create(cast: Cast, by: str = "petra", **values: Any) -> Task:
    needs = values.pop("needs", ())
    return tasks.create(
        by=cast.actor(by), organization=cast.northwind, values={"title": "Call Kim", **values}, needs=needs, now=NOW
    )


def facts(cast: Cast) -> tuple[int, int, date | None]:
    row = OrganizationFacts.objects.get(organization=cast.northwind)
    return row.tasks_total, row.tasks_done, row.next_task_due_on


def lines(cast: Cast) -> list[str]:
    rows = TimelineEntry.objects.filter(organization=cast.northwind, kind="task").order_by("pk")
    return list(rows.values_list("title", flat=True))


class TestCreating:
    def test_a_line_facts_a_notice(self, cast: Cast) -> None:
        task = create(cast, owner=cast.tom, due_on=TODAY, contact=cast.connie_contact)
        assert (task.stage, task.source, task.owner_role, task.state) == ("gate_3", "manual", "tam", "open")
        assert facts(cast) == (1, 0, TODAY)
        assert lines(cast) == ["Task added: Call Kim"]
        told = Notification.objects.get(kind="tasks")
        assert (told.user_id, told.title, told.target_id) == (cast.tom.pk, "A task for you: Call Kim", task.pk)

    def test_the_trail_holds_no_words(self, cast: Cast) -> None:
        task = create(cast)
        tasks.edit(by=cast.actor("petra"), task=task, values={"title": "Call Eve"}, version=1, now=NOW)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT verb, target_name, changes::text FROM accounts_activity WHERE verb LIKE 'task.%' ORDER BY id"
            )
            assert cursor.fetchall() == [
                ("task.created", "Task of Northwind", "{}"),
                ("task.edited", "Task of Northwind", '{"title": ["*", "*"]}'),
            ]

    @pytest.mark.parametrize("name", ["ana", "petra", "tom", "ines", "adam"])
    def test_whoever_works_on_it_may(self, cast: Cast, name: str) -> None:
        assert create(cast, name).created_by_id == cast.actor(name).user_id

    @pytest.mark.parametrize(
        "name", ["paul", "tina", "carl", "sam", "otto", "sue", "lena", "lou", "max", "nora", "connie"]
    )
    def test_others_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            create(cast, name)
        assert not Task.objects.exists()

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title": "   "}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"title": "a\0b"}, "title"),
            ({"description": "x" * 40_000}, "description"),
            ({"description": "a\0b"}, "description"),
            ({"court": "moon"}, "court"),
            ({"due_on": date(1, 1, 1)}, "due_on"),
            ({"due_on": date(9999, 12, 31)}, "due_on"),
        ],
    )
    def test_what_does_not_fit_names_its_field(self, cast: Cast, values: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            create(cast, **values)
        assert caught.value.field == field

    @pytest.mark.parametrize("field", ["state", "done_at", "stage", "organization", "version", "source"])
    def test_other_fields_are_nobody_s_to_write(self, cast: Cast, field: str) -> None:
        with pytest.raises(DomainError):
            create(cast, **{field: "done"})

    @pytest.mark.parametrize("name", ["paul", "otto", "sue", "nora", "connie"])
    def test_owners_have_to_see_it_then(self, cast: Cast, name: str) -> None:
        with pytest.raises(DomainError) as caught:
            create(cast, owner=getattr(cast, name))
        assert (caught.value.field, caught.value.code) == ("owner", "owner_does_not_see")

    @pytest.mark.parametrize("name", ["sam", "lena", "max"])
    def test_a_summary_is_enough_to_be_given_one(self, cast: Cast, name: str) -> None:
        assert create(cast, owner=getattr(cast, name)).owner_id == getattr(cast, name).pk

    def test_who_left_gets_nothing(self, cast: Cast) -> None:
        cast.tom.is_active = False
        cast.tom.save(update_fields=["is_active"])
        with pytest.raises(DomainError):
            create(cast, owner=cast.tom)

    def test_contacts_and_tasks_of_others_are_refused(self, cast: Cast) -> None:
        for values in ({"contact": make_contact(cast.birch)}, {"needs": [make_task(cast.birch)]}):
            with pytest.raises(DomainError):
                create(cast, **values)
        assert not Task.objects.filter(organization=cast.northwind).exists()

    def test_nothing_is_added_to_an_archive(self, cast: Cast) -> None:
        cast.northwind.archived_at = NOW
        cast.northwind.save(update_fields=["archived_at"])
        with pytest.raises(DomainError) as caught:
            create(cast)
        assert caught.value.code == "archived"


class TestEditing:
    def test_fields_and_version(self, cast: Cast) -> None:
        task = create(cast, owner=cast.tom)
        values = {"title": " Call Eve ", "due_on": TODAY, "owner": cast.sam, "court": "partner"}
        edited = tasks.edit(by=cast.actor("tom"), task=task, values=values, version=1, now=NOW)
        assert (edited.title, edited.version, edited.owner_role) == ("Call Eve", 2, "sales")
        assert Notification.objects.filter(user=cast.sam, kind="tasks").count() == 1
        assert facts(cast)[2] == TODAY

    def test_the_same_again_makes_no_version(self, cast: Cast) -> None:
        task = create(cast)
        assert (
            tasks.edit(by=cast.actor("tom"), task=task, values={"title": "Call Kim"}, version=1, now=NOW).version == 1
        )

    def test_somebody_was_faster(self, cast: Cast) -> None:
        task = create(cast)
        tasks.edit(by=cast.actor("tom"), task=task, values={"title": "One"}, version=1, now=NOW)
        with pytest.raises(Conflict) as caught:
            tasks.edit(by=cast.actor("ana"), task=task, values={"title": "Two"}, version=1, now=NOW)
        assert (caught.value.version, caught.value.current) == (2, {"title": "One"})

    @pytest.mark.parametrize("name", ["sam", "otto", "lena", "max", "connie"])
    def test_having_it_is_not_arranging_it(self, cast: Cast, name: str) -> None:
        task = make_task(cast.northwind, owner=getattr(cast, name), is_shared=True)
        with pytest.raises(NotAllowed):
            tasks.edit(by=cast.actor(name), task=task, values={"title": "Mine"}, version=1, now=NOW)

    @pytest.mark.parametrize("field", ["is_required", "needs_evidence"])
    def test_a_checklist_is_not_argued_away(self, cast: Cast, field: str) -> None:
        task = make_task(cast.northwind, source="checklist", source_key="a", is_required=True, needs_evidence=True)
        with pytest.raises(DomainError) as caught:
            tasks.edit(by=cast.actor("petra"), task=task, values={field: False}, version=1, now=NOW)
        assert (caught.value.field, caught.value.code) == (field, "of_the_checklist")
        with pytest.raises(DomainError):
            tasks.archive(by=cast.actor("petra"), task=task, now=NOW)

    def test_taking_away_and_bringing_back(self, cast: Cast) -> None:
        task = create(cast)
        tasks.archive(by=cast.actor("petra"), task=task, now=NOW)
        assert facts(cast) == (0, 0, None)
        with pytest.raises(Missing):
            tasks.edit(by=cast.actor("petra"), task=task, values={"title": "Gone"}, version=None, now=NOW)
        tasks.restore(by=cast.actor("petra"), task=task, now=NOW)
        assert facts(cast)[0] == 1


class TestOrder:
    def test_a_circle_is_refused_and_named(self, cast: Cast) -> None:
        first = create(cast, title="One")
        second = create(cast, title="Two", needs=[first])
        third = create(cast, title="Three", needs=[second])
        for needed in (third, second, first):
            with pytest.raises(DomainError) as caught:
                tasks.edit(by=cast.actor("petra"), task=first, values={}, needs=[needed], version=None, now=NOW)
            assert (caught.value.field, caught.value.code) == ("needs", "circle")
        assert "“One” → “One”" in caught.value.message
        assert TaskDependency.objects.count() == 2

    def test_the_circle_has_all_its_names(self, cast: Cast) -> None:
        first = create(cast, title="One")
        second = create(cast, title="Two", needs=[first])
        with pytest.raises(DomainError, match="“One” → “Two” → “One”"):
            tasks.edit(by=cast.actor("petra"), task=first, values={}, needs=[second], version=None, now=NOW)

    def test_an_order_can_be_changed(self, cast: Cast) -> None:
        first, second = create(cast, title="One"), create(cast, title="Two")
        tasks.edit(by=cast.actor("petra"), task=second, values={}, needs=[first], version=1, now=NOW)
        changed = tasks.edit(by=cast.actor("petra"), task=second, values={}, needs=[], version=2, now=NOW)
        assert (changed.version, TaskDependency.objects.count()) == (3, 0)

    def test_what_waits_says_for_what(self, cast: Cast) -> None:
        first = create(cast, title="One")
        second = create(cast, title="Two", needs=[first])
        with pytest.raises(DomainError, match="This waits for “One”") as caught:
            task_progress.complete(by=cast.actor("petra"), task=second, now=NOW)
        assert caught.value.code == "waiting"
        task_progress.skip(by=cast.actor("petra"), task=first, reason="Not needed", now=NOW)
        assert task_progress.complete(by=cast.actor("petra"), task=second, now=NOW).state == "done"


class TestDoing:
    def test_done(self, cast: Cast) -> None:
        task = create(cast, owner=cast.tom, due_on=TODAY)
        task_progress.start(by=cast.actor("tom"), task=task, now=NOW)
        task_progress.block(by=cast.actor("tom"), task=task, reason="No answer", now=NOW)
        done = task_progress.complete(by=cast.actor("tom"), task=task, note="She agreed", now=NOW + DAY)
        assert (done.state, done.done_at, done.done_by_id) == ("done", NOW + DAY, cast.tom.pk)
        assert done.blocked_reason == ""
        assert facts(cast) == (1, 1, None)
        assert Evidence.objects.get(task=task).note == "She agreed"
        assert lines(cast) == ["Task added: Call Kim", "Blocked: Call Kim", "Done: Call Kim"]
        assert Notification.objects.filter(user=cast.petra, title="Done: Call Kim").exists()

    def test_evidence_is_needed_first(self, cast: Cast) -> None:
        task = create(cast, needs_evidence=True)
        with pytest.raises(DomainError) as caught:
            task_progress.complete(by=cast.actor("petra"), task=task, now=NOW)
        assert (caught.value.field, caught.value.code) == ("note", "evidence")
        note = make_note(task, removed_at=NOW)
        with pytest.raises(DomainError):
            task_progress.complete(by=cast.actor("petra"), task=task, note="  ", now=NOW)
        Evidence.objects.filter(pk=note.pk).update(removed_at=None)
        assert task_progress.complete(by=cast.actor("petra"), task=task, now=NOW).state == "done"

    @pytest.mark.parametrize("name", ["sam", "lena", "max"])
    def test_own_ones_are_done_by_people_who_do_not_work_there(self, cast: Cast, name: str) -> None:
        task = make_task(cast.northwind, owner=getattr(cast, name))
        by = cast.actor(name)
        task_progress.start(by=by, task=task, now=NOW)
        assert task_progress.complete(by=by, task=task, now=NOW).state == "done"
        assert task_progress.reopen(by=by, task=task, now=NOW).state == "open"
        with pytest.raises(NotAllowed):
            task_progress.skip(by=by, task=task, reason="No", now=NOW)

    @pytest.mark.parametrize("name", ["sam", "lena", "max", "otto", "tina", "carl", "nora", "sue"])
    def test_others_do_not_do_them(self, cast: Cast, name: str) -> None:
        task = make_task(cast.northwind, owner=cast.tom, is_shared=True, court="partner")
        for use_case in (task_progress.complete, task_progress.start, task_progress.reopen, task_progress.unblock):
            with pytest.raises(NotAllowed):
                use_case(by=cast.actor(name), task=task, now=NOW)

    def test_who_no_longer_sees_it_no_longer_does_it(self, cast: Cast) -> None:
        task = make_task(cast.northwind, owner=cast.otto)
        with pytest.raises(NotAllowed):
            task_progress.complete(by=cast.actor("otto"), task=task, now=NOW)

    def test_settled_ones_are_reopened_first(self, cast: Cast) -> None:
        task = create(cast)
        by = cast.actor("petra")
        task_progress.skip(by=by, task=task, reason="Agreed with Kim", now=NOW)
        for use_case in (task_progress.complete, task_progress.start):
            with pytest.raises(DomainError) as caught:
                use_case(by=by, task=task, now=NOW)
            assert caught.value.code == "settled"
        assert facts(cast) == (0, 0, None)
        reopened = task_progress.reopen(by=by, task=task, now=NOW)
        assert (reopened.state, reopened.skip_reason, facts(cast)[0]) == ("open", "", 1)

    @pytest.mark.parametrize("reason", ["", "  ", "\0", "x" * 301])
    def test_reasons_are_needed(self, cast: Cast, reason: str) -> None:
        task = create(cast)
        for use_case in (task_progress.skip, task_progress.block):
            with pytest.raises(DomainError) as caught:
                use_case(by=cast.actor("petra"), task=task, reason=reason, now=NOW)
            assert caught.value.field == "reason"

    def test_blocking_and_unblocking(self, cast: Cast) -> None:
        task = create(cast)
        task_progress.block(by=cast.actor("petra"), task=task, reason="Waits for legal", now=NOW)
        assert list(Task.objects.all().blocked()) == [task]
        task_progress.unblock(by=cast.actor("petra"), task=task, now=NOW)
        assert not Task.objects.all().blocked().exists()

    def test_an_old_version_is_told(self, cast: Cast) -> None:
        task = create(cast)
        task_progress.start(by=cast.actor("petra"), task=task, version=1, now=NOW)
        with pytest.raises(Conflict):
            task_progress.complete(by=cast.actor("petra"), task=task, version=1, now=NOW)

    def test_facts_know_the_present_stage_alone(self, cast: Cast) -> None:
        make_task(cast.northwind, stage="gate_2", source="checklist", source_key="old", due_on=TODAY - 9 * DAY)
        make_task(cast.northwind, stage="gate_2", due_on=TODAY + 9 * DAY)
        create(cast, due_on=TODAY + 20 * DAY)
        assert facts(cast) == (1, 0, TODAY + 9 * DAY)


class TestInThePortal:
    def shared(self, cast: Cast, **fields: Any) -> Task:
        return make_task(cast.northwind, **{"is_shared": True, "court": "partner", "owner": cast.tom, **fields})

    def test_a_contact_does_what_is_theirs(self, cast: Cast) -> None:
        for contact in (None, cast.connie_contact):
            task = self.shared(cast, contact=contact)
            done = task_progress.complete(by=cast.actor("connie"), task=task, note="Sent", now=NOW)
            assert (done.state, done.done_by_id) == ("done", cast.connie.pk)
        assert Notification.objects.filter(user=cast.tom, kind="tasks").count() == 2

    @pytest.mark.parametrize(
        "fields", [{"is_shared": False}, {"court": "us"}, {"court": "third_party"}], ids=["unshared", "ours", "others"]
    )
    def test_and_nothing_else(self, cast: Cast, fields: dict[str, Any]) -> None:
        with pytest.raises(NotAllowed):
            task_progress.complete(by=cast.actor("connie"), task=self.shared(cast, **fields), now=NOW)

    def test_nor_what_a_colleague_was_given(self, cast: Cast) -> None:
        task = self.shared(cast, contact=make_contact(cast.northwind))
        with pytest.raises(NotAllowed):
            task_progress.complete(by=cast.actor("connie"), task=task, now=NOW)

    def test_nor_what_is_of_another_organization(self, cast: Cast) -> None:
        for organization in (make_partner("gate_3"), make_customer()):
            task = make_task(organization, is_shared=True, court="partner")
            with pytest.raises(NotAllowed):
                task_progress.complete(by=cast.actor("connie"), task=task, now=NOW)

    def test_skipping_is_ours(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            task_progress.skip(by=cast.actor("connie"), task=self.shared(cast), reason="No", now=NOW)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_people_complete_one_task(self) -> None:
        cast = make_cast()
        task = make_task(cast.northwind, owner=cast.tom)
        tom, petra = cast.actor("tom"), cast.actor("petra")
        outcomes = in_threads(
            lambda: task_progress.complete(by=tom, task=task, now=NOW),
            lambda: task_progress.complete(by=petra, task=task, now=NOW),
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
        assert [error.code for error in refused] == ["settled"]
        assert TimelineEntry.objects.filter(kind="task").count() == 1

    def test_two_concurrent_orders_close_no_circle(self) -> None:
        cast = make_cast()
        one, two = make_task(cast.northwind, title="One"), make_task(cast.northwind, title="Two")
        ana, tom = cast.actor("ana"), cast.actor("tom")
        outcomes = in_threads(
            lambda: tasks.edit(by=ana, task=one, values={}, needs=[two], version=None, now=NOW),
            lambda: tasks.edit(by=tom, task=two, values={}, needs=[one], version=None, now=NOW),
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
        assert [error.code for error in refused] == ["circle"], outcomes
        assert TaskDependency.objects.count() == 1


def test_a_task_of_somebody_unknown_is_missing(cast: Cast) -> None:
    task = make_task(cast.northwind, owner=make_user("tam"))
    Task.objects.filter(pk=task.pk).delete()
    with pytest.raises(Missing):
        tasks.edit(by=cast.actor("petra"), task=task, values={"title": "x"}, version=None, now=NOW)
