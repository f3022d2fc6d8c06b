"""What a stage brings with it: tasks from its checklist, once, to those who may see the organization then."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from partners.models import GateReview, OrganizationFacts, Task
from partners.rules.journeys import ChecklistItem, Journey, Weeks
from partners.services import assignments, checklists
from tests.cast import Cast
from tests.factories.accounts import take_role
from tests.factories.partners import NOW, make_partner
from tests.factories.tasks import make_journey, make_review, make_task

pytestmark = pytest.mark.django_db


def item(name: str, role: str = "psm", **fields: Any) -> ChecklistItem:
    values = {"label": {"en": f"Do {name}", "de": f"{name} tun"}, "court": "us", "due_day": 2, **fields}
    return ChecklistItem(id=name, owner_role=role, **values)


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch) -> Journey:
    """Three items: prepare (PSM), then test (TAM), then sign off (TPM, to whom Gate 3 is closed)."""
    found = make_journey(
        item("prepare", is_shared=True, court="partner", hint={"en": "Ask Kim"}),
        item("test", "tam", after=("prepare",), due_day=5, needs_evidence=True, phase="3A"),
        item("sign", "tpm", after=("test",), due_day=0, is_required=False),
    )
    monkeypatch.setattr(checklists, "journey_of_version", lambda kind, version: found)
    return found


def bring(cast: Cast) -> dict[str, Task]:
    """The tasks by their item."""
    review = GateReview.objects.filter(organization=cast.northwind).first() or make_review(cast.northwind)
    checklists.bring(review=review, now=NOW)
    return {task.source_key: task for task in Task.objects.filter(review=review)}


class TestBringing:
    def test_owners_days_order_and_words(self, cast: Cast, journey: Journey) -> None:
        found = bring(cast)
        assert {key: (task.owner_id, task.owner_role, task.due_on) for key, task in found.items()} == {
            # The stage began on Monday, February 23; nothing is due before what it waits for.
            "prepare": (cast.petra.pk, "psm", date(2026, 2, 25)),
            "test": (cast.tom.pk, "tam", date(2026, 3, 2)),
            "sign": (None, "tpm", date(2026, 3, 2)),
        }
        prepare, test = found["prepare"], found["test"]
        assert (prepare.title, prepare.description, prepare.court) == ("Do prepare", "Ask Kim", "partner")
        assert (prepare.is_shared, prepare.is_required, prepare.stage) == (True, True, "gate_3")
        assert (test.needs_evidence, test.phase, list(test.needs.all())) == (True, "3A", [prepare])
        assert list(found["sign"].needs.all()) == [test]

    def test_the_organization_s_language(self, cast: Cast, journey: Journey) -> None:
        cast.northwind.language = "de-at"
        cast.northwind.save(update_fields=["language"])
        assert bring(cast)["prepare"].title == "prepare tun"

    def test_twice_brings_nothing_new(self, cast: Cast, journey: Journey) -> None:
        first = bring(cast)
        Task.objects.filter(pk=first["test"].pk).update(title="Renamed", due_on=date(2026, 5, 1))
        second = bring(cast)
        assert {task.pk for task in first.values()} == {task.pk for task in second.values()}
        assert second["test"].title == "Renamed"

    def test_facts_and_notices(self, cast: Cast, journey: Journey) -> None:
        bring(cast)
        facts = OrganizationFacts.objects.get(organization=cast.northwind)
        assert (facts.tasks_total, facts.tasks_done, facts.next_task_due_on) == (3, 0, date(2026, 2, 25))
        told = Notification.objects.filter(kind="tasks").values_list("user_id", "title")
        assert set(told) == {(cast.petra.pk, "1 task is yours now"), (cast.tom.pk, "1 task is yours now")}

    def test_weeks_count_from_the_stage_s_first(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        weeks = Weeks(first=18, last=20)
        found = make_journey(item("late", week=19, due_day=None), weeks=weeks)
        monkeypatch.setattr(checklists, "journey_of_version", lambda kind, version: found)
        assert bring(cast)["late"].due_on == date(2026, 3, 6)

    def test_a_stage_that_the_version_lacks_brings_nothing(self, cast: Cast, journey: Journey) -> None:
        organization = make_partner("gate_2")
        assert checklists.bring(review=make_review(organization), now=NOW) == []

    def test_a_lost_role_gets_no_tasks(self, cast: Cast, journey: Journey) -> None:
        take_role(cast.petra, "psm")
        assert bring(cast)["prepare"].owner_id is None

    def test_many_cost_as_few_statements_as_one(self, cast: Cast, journey: Journey) -> None:
        def statements(count: int) -> int:
            owners = {"psm": cast.petra, "tam": cast.tom}
            reviews = [make_review(make_partner("gate_3", owners=owners)) for _ in range(count)]
            with CaptureQueriesContext(connection) as queries:
                assert len(checklists.bring_all(reviews=reviews, now=NOW)) == 3 * count
            return len(queries)

        assert statements(30) == statements(2)


class TestFollowing:
    """Unfinished tasks go with the role."""

    def test_who_takes_over_gets_what_is_open(self, cast: Cast, journey: Journey) -> None:
        found = bring(cast)
        done = make_task(cast.northwind, owner=cast.tom, owner_role="tam", state="done", done_at=NOW, done_by=cast.tom)
        row = cast.northwind.assignments.get(role="tam", ended_at__isnull=True)
        assignments.replace_owner(by=cast.actor("ana"), assignment=row, user=cast.otto, now=NOW)
        test = Task.objects.get(pk=found["test"].pk)
        assert (test.owner_id, test.version) == (cast.otto.pk, 2)
        assert Task.objects.get(pk=done.pk).owner_id == cast.tom.pk
        assert Notification.objects.filter(user=cast.otto, kind="tasks").count() == 1

    def test_what_somebody_else_was_given_stays(self, cast: Cast, journey: Journey) -> None:
        found = bring(cast)
        Task.objects.filter(pk=found["test"].pk).update(owner=cast.ines)
        row = cast.northwind.assignments.get(role="tam", ended_at__isnull=True)
        assignments.replace_owner(by=cast.actor("ana"), assignment=row, user=cast.otto, now=NOW)
        assert Task.objects.get(pk=found["test"].pk).owner_id == cast.ines.pk

    def test_nobody_left_leaves_it_to_nobody_and_the_next_takes_it(self, cast: Cast, journey: Journey) -> None:
        found = bring(cast)
        row = cast.northwind.assignments.get(role="tam", ended_at__isnull=True)
        assignments.end_assignment(by=cast.actor("ana"), assignment=row, confirm_last=True, now=NOW)
        task = Task.objects.get(pk=found["test"].pk)
        assert (task.owner_id, task.owner_role) == (None, "tam")
        later = NOW + timedelta(days=1)
        assignments.bulk_assign(
            by=cast.actor("ana"), organizations=[cast.northwind], user=cast.otto, role="tam", now=later
        )
        assert Task.objects.get(pk=task.pk).owner_id == cast.otto.pk

    def test_a_role_that_does_not_see_the_stage_takes_nothing(self, cast: Cast, journey: Journey) -> None:
        found = bring(cast)
        row = cast.northwind.assignments.get(role="tpm", ended_at__isnull=True)
        assignments.make_primary(by=cast.actor("ana"), assignment=row, now=NOW)
        assert Task.objects.get(pk=found["sign"].pk).owner_id is None
