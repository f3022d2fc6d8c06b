"""Success plans and their objectives: drafted, begun, measured, ended; who may; what the other side reads."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Notification, User
from common.errors import Conflict, DomainError, NotAllowed
from partners import objective_metrics
from partners.models import Assignment, Objective, SuccessPlan, Task, TimelineEntry
from partners.services import assignments, objectives, plan_steps, success_plans
from partners.services import tasks as task_services
from tests.cast import Cast
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)
VALUES: dict[objective_metrics.Pair, Decimal] = {}


@pytest.fixture(autouse=True)
def measured() -> Iterator[None]:
    """A source of values that the test sets."""
    known = [
        objective_metrics.ObjectiveMetric(key=key, label=key, unit="percent", direction="more")
        for key in ("active_users", "feature_adoption", "uptime")
    ]
    source = objective_metrics.register(
        objective_metrics.Source(
            metrics=lambda: known, values=lambda pairs: {p: VALUES[p] for p in pairs if p in VALUES}
        )
    )
    VALUES.clear()
    yield
    objective_metrics.unregister(source)


def draft(cast: Cast, by: str = "tom", **values: Any) -> SuccessPlan:
    sent = {"template": "onboarding_30_60_90", "starts_on": TODAY, **values}
    return success_plans.create(by=cast.actor(by), organization=cast.northwind, now=NOW, **sent)


def test_a_plan_comes_with_objectives_and_begins_with_tasks(cast: Cast) -> None:
    plan, by = draft(cast, is_shared=True), cast.actor("tom")
    assert (plan.state, plan.owner, plan.ends_on, plan.version) == ("draft", cast.tom, TODAY + 90 * DAY, 1)
    first, *_rest = plan.objectives.all()
    assert (first.metric, first.target, first.target_on) == ("active_users", 10, TODAY + 30 * DAY)
    assert not Task.objects.filter(plan=plan).exists()
    with pytest.raises(Conflict):
        success_plans.activate(by=by, plan=plan, version=7, now=NOW)
    success_plans.activate(by=by, plan=plan, version=1, now=NOW)
    tasks = {task.source_key: task for task in Task.objects.filter(plan=plan)}
    assert {task.source for task in tasks.values()} == {"plan"}
    assert (tasks["train_users"].owner, tasks["train_users"].due_on) == (cast.tom, TODAY + 25 * DAY)
    assert (tasks["kick_off"].is_shared, tasks["look_back_60"].is_shared) == (True, False)
    # One is taken from the portal by hand: it stays away when the plan leaves and comes back.
    training = task_services.edit(by=by, task=tasks["train_users"], values={"is_shared": False}, version=1, now=NOW)
    shown = set(Task.objects.filter(plan=plan, is_shared=True).values_list("source_key", flat=True))
    success_plans.edit(by=by, plan=plan, values={"is_shared": False}, now=NOW)
    assert not Task.objects.filter(plan=plan, is_shared=True).exists()
    success_plans.edit(by=by, plan=plan, values={"is_shared": True}, now=NOW)
    assert set(Task.objects.filter(plan=plan, is_shared=True).values_list("source_key", flat=True)) == shown
    assert training.source_key not in shown
    with pytest.raises(DomainError) as caught:
        success_plans.activate(by=by, plan=plan, now=NOW)
    assert caught.value.code == "not_draft"


def test_a_plan_that_is_shared_later_shows_what_its_template_means_for_them(cast: Cast) -> None:
    plan, by = draft(cast), cast.actor("tom")
    success_plans.activate(by=by, plan=plan, now=NOW)
    assert not Task.objects.filter(plan=plan, is_shared=True).exists()
    success_plans.edit(by=by, plan=plan, values={"is_shared": True}, now=NOW)
    shown = set(Task.objects.filter(plan=plan, is_shared=True).values_list("source_key", flat=True))
    assert shown == {"kick_off", "train_users", "review_90"}


def test_a_plan_does_not_begin_for_an_owner_who_has_left(cast: Cast) -> None:
    plan = draft(cast, owner=cast.petra)
    assignments.end_assignment(
        by=cast.actor("ana"), assignment=_assignment(cast, cast.petra), confirm_last=True, now=NOW
    )
    with pytest.raises(DomainError) as caught:
        success_plans.activate(by=cast.actor("tom"), plan=plan, now=NOW)
    assert (caught.value.field, caught.value.code) == ("owner", "unseen")


def _assignment(cast: Cast, user: User) -> Assignment:
    return Assignment.objects.active().get(organization=cast.northwind, user=user)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"template": "lunch"}, "template"),
        ({"ends_on": TODAY - DAY}, "ends_on"),
        ({"ends_on": TODAY + 2_000 * DAY}, "ends_on"),
        ({"title": "x" * 201}, "title"),
        ({"starts_on": date.max}, "starts_on"),
    ],
)
def test_what_does_not_fit_names_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        draft(cast, **values)
    assert caught.value.field == field
    assert not SuccessPlan.objects.exists()


@pytest.mark.parametrize("name", ["sam", "sue", "otto", "connie", "nora"])
def test_who_may_not(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        draft(cast, name)


def test_what_is_measured_is_not_ticked(cast: Cast) -> None:
    plan, by = draft(cast, owner=cast.ana), cast.actor("tom")
    success_plans.activate(by=by, plan=plan, now=NOW)
    users, features, by_hand = plan.objectives.all()
    with pytest.raises(DomainError) as caught:
        objectives.achieve(by=by, objective=users, now=NOW)
    assert caught.value.code == "measured"
    VALUES[cast.northwind.pk, "active_users"] = Decimal(4)
    assert objectives.measure_next(after=0, now=NOW) == 0
    users.refresh_from_db()
    assert (users.value, users.baseline, users.state) == (4, 4, "open")
    VALUES[cast.northwind.pk, "active_users"] = Decimal(12)
    later = NOW + 9 * DAY
    objectives.measure_next(after=0, now=later)
    objectives.measure_next(after=0, now=later)
    users.refresh_from_db()
    assert (users.value, users.state, users.achieved_on) == (12, "achieved", TODAY + 9 * DAY)
    assert TimelineEntry.objects.filter(kind="plan", title__startswith="Objective achieved").count() == 1
    told = Notification.objects.filter(user=cast.ana, kind="success_plans")
    assert told.filter(title__contains="achieved").count() == 1
    # Once the organization is closed to its owner, nobody tells them what is in the plan.
    SuccessPlan.objects.update(owner=cast.sam)
    objectives.measure_next(after=0, now=NOW + 61 * DAY)
    features.refresh_from_db()
    by_hand.refresh_from_db()
    assert (features.state, by_hand.state) == ("missed", "open")
    with pytest.raises(DomainError) as caught:
        success_plans.complete(by=by, plan=plan, now=NOW)
    assert caught.value.code == "objectives_open"
    objectives.achieve(by=by, objective=by_hand, note="Said so in the review", now=NOW)
    done = success_plans.complete(by=by, plan=plan, note="Good start", now=NOW)
    assert not Notification.objects.filter(user=cast.sam, kind="success_plans").exists()
    assert (done.state, done.closed_at) == ("completed", NOW)
    assert set(Task.objects.filter(plan=plan).values_list("state", flat=True)) == {"skipped"}
    with pytest.raises(DomainError) as caught:
        objectives.reopen(by=by, objective=by_hand, now=NOW)
    assert caught.value.code == "closed"


def test_objectives_are_added_and_priced(cast: Cast) -> None:
    plan, by = draft(cast), cast.actor("tom")
    values = {"title": "Fewer calls", "target_on": TODAY + 20 * DAY, "gain": Decimal(5000)}
    made = objectives.add(by=by, plan=plan, values=values, now=NOW)
    assert (made.currency, made.place, made.state) == ("USD", 3, "open")
    for broken, field in (
        ({"metric": "moods", "target": 3}, "metric"),
        ({"metric": "uptime"}, "target"),
        ({"target_on": TODAY - DAY}, "target_on"),
        ({"gain": Decimal(-1)}, "gain"),
        ({"title": " "}, "title"),
    ):
        with pytest.raises(DomainError) as caught:
            objectives.edit(by=by, objective=made, values=broken, now=NOW)
        assert caught.value.field == field
    with pytest.raises(DomainError) as caught:
        objectives.miss(by=by, objective=made, note=" ", now=NOW)
    assert caught.value.field == "note"
    objectives.miss(by=by, objective=made, note="Nobody had time", now=NOW)
    assert objectives.reopen(by=by, objective=made, now=NOW).state == "open"


def test_objectives_are_put_in_order(cast: Cast) -> None:
    plan, by = draft(cast), cast.actor("tom")
    first, second, third = plan.objectives.all()

    def order() -> list[int]:
        return list(plan.objectives.order_by("place", "pk").values_list("pk", flat=True))

    objectives.move(by=by, objective=third, place=0, now=NOW)
    assert order() == [third.pk, first.pk, second.pk]
    objectives.move(by=by, objective=third, place=99, now=NOW)
    assert order() == [first.pk, second.pk, third.pk]
    objectives.move(by=by, objective=first, place=-1, now=NOW)
    # Who edits another one meanwhile is not disturbed, and staying in place is no change.
    assert list(plan.objectives.order_by("place").values_list("version", flat=True)) == [1, 1, 3]
    with pytest.raises(NotAllowed):
        objectives.move(by=cast.actor("otto"), objective=first, place=1, now=NOW)


def test_steps_are_added_to_a_plan_that_has_begun(cast: Cast) -> None:
    plan, by = draft(cast), cast.actor("tom")
    values = {"title": "Visit them", "owner": cast.ana, "due_on": TODAY + 9 * DAY}
    with pytest.raises(DomainError) as caught:
        plan_steps.add(by=by, plan=plan, values=values, now=NOW)
    assert caught.value.code == "not_active"
    success_plans.activate(by=by, plan=plan, now=NOW)
    for _time in range(2):
        plan_steps.add(by=by, plan=plan, values=values, now=NOW)
    made = Task.objects.filter(plan=plan, title="Visit them")
    assert {(one.source, one.owner, one.state) for one in made} == {("plan", cast.ana, "open")}
    with pytest.raises(DomainError) as caught:
        plan_steps.add(by=by, plan=plan, values=values | {"owner": cast.otto}, now=NOW)
    assert caught.value.field == "owner"
    success_plans.abandon(by=by, plan=plan, note="Over", now=NOW)
    assert set(made.values_list("state", flat=True)) == {"skipped"}


def test_a_plan_that_is_given_up_leaves_nothing_open(cast: Cast) -> None:
    plan, by = draft(cast), cast.actor("tom")
    success_plans.activate(by=by, plan=plan, now=NOW)
    with pytest.raises(DomainError):
        success_plans.abandon(by=by, plan=plan, note="", now=NOW)
    success_plans.abandon(by=by, plan=plan, note="New management", now=NOW)
    assert set(Objective.objects.filter(plan=plan).values_list("state", flat=True)) == {"dropped"}
    assert set(Task.objects.filter(plan=plan).values_list("state", flat=True)) == {"skipped"}
    with pytest.raises(DomainError) as caught:
        success_plans.edit(by=by, plan=plan, values={"title": "Other"}, now=NOW)
    assert caught.value.code == "closed"
