"""From the checklist of a stage to tasks: each stay in a stage brings its own, once (journey.md, Tasks).

Items come from the version of the journey that the review began with. Set-based, so that an import's thousand reviews
cost as few statements as one.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from partners.journey_policy import journey_of_version
from partners.models import GateReview, Organization, Task, TaskDependency
from partners.rules.checklists import plan
from partners.rules.classification import label_in
from partners.rules.journeys import ChecklistItem, JourneyStage
from partners.services import task_facts, task_owners
from partners.services.task_owners import Place
from partners.work_choices import TaskSource

_BATCH = 500
_TITLE = 200


def bring(*, review: GateReview, now: datetime) -> list[Task]:
    """Make the tasks of the checklist of a review's stage; those there already stay as they are. Returns the new ones.

    The owner of an item is today's primary owner of its role, if the organization is open to them.
    """
    return bring_all(reviews=[review], now=now)


@transaction.atomic
def bring_all(*, reviews: Sequence[GateReview], now: datetime, are_new: bool = False) -> list[Task]:
    """The same for many reviews, each with its `organization` read. The caller has locked the organizations.

    `are_new` says that the reviews have just been made, so that none of their tasks can be there.
    """
    organizations = {review.organization_id: review.organization for review in reviews}
    owners = task_owners.primary_owners(list(organizations.values()))
    there = {(review_id, key): pk for pk, review_id, key in (() if are_new else _brought(reviews))}
    made: list[Task] = []
    after: dict[int, tuple[str, ...]] = {}
    stage_of = cache(_stage)
    for review in reviews:
        stage = stage_of(review.organization.kind, review.journey_version, review.stage)
        for item, task in _tasks(review, stage, owners) if stage else ():
            if (review.pk, item.id) not in there:
                after[len(made)] = item.after
                made.append(task)
    Task.objects.bulk_create(made, batch_size=_BATCH)
    there |= {(task.review_id, task.source_key): task.pk for task in made}
    rows = [
        TaskDependency(organization_id=task.organization_id, task=task, needed_id=there[task.review_id, key])
        for number, task in enumerate(made)
        for key in after[number]
    ]
    TaskDependency.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    task_facts.refresh(organizations)
    _tell(made, now)
    return made


def _stage(kind: str, version: int, stage: str) -> JourneyStage | None:
    try:
        return journey_of_version(kind, version).stage(stage)
    except KeyError:
        return None


def local_day(organization: Organization, moment: datetime) -> date:
    """The day of a moment where the organization is."""
    return timezone.localdate(moment, ZoneInfo(organization.timezone))


def is_weekday(day: date) -> bool:
    """A working day as far as nothing else is known of the place: closed days of people are theirs to plan."""
    return day.weekday() < 5


def _brought(reviews: Sequence[GateReview]) -> Iterable[tuple[int, int | None, str]]:
    rows = Task.objects.filter(review__in=reviews, source=TaskSource.CHECKLIST)
    return rows.values_list("pk", "review_id", "source_key")


def _tasks(review: GateReview, stage: JourneyStage, owners: dict[Place, int]) -> Iterable[tuple[ChecklistItem, Task]]:
    organization = review.organization
    planned = plan(
        stage.checklist,
        begins_on=local_day(organization, review.opened_at),
        first_week=stage.weeks.first if stage.weeks else 1,
        is_working_day=is_weekday,
    )
    for item, day in zip(stage.checklist, planned, strict=True):
        task = Task(
            organization=organization,
            review=review,
            stage=review.stage,
            phase=item.phase,
            source=TaskSource.CHECKLIST,
            source_key=item.id,
            title=label_in(item.label, organization.language)[:_TITLE],
            description=label_in(item.hint, organization.language) if item.hint else "",
            owner_id=owners.get((organization.pk, item.owner_role)),
            owner_role=item.owner_role,
            court=item.court,
            due_on=day.due_on,
            is_required=item.is_required,
            is_shared=item.is_shared,
            needs_evidence=item.needs_evidence,
        )
        yield item, task


def _tell(made: Sequence[Task], now: datetime) -> None:
    """Everybody who got tasks hears of it once."""
    by_owner: dict[int, list[int]] = {}
    for task in made:
        if task.owner_id is not None:
            by_owner.setdefault(task.owner_id, []).append(task.pk)
    for owner_id, ids in by_owner.items():
        task_owners.tell_of_many(owner_id, ids, now=now)
