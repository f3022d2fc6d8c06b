"""Reviews, tasks, commitments and runs of plays, written directly."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction

from common.scope import Scope, scoped
from partners.models import Commitment, Evidence, GateReview, Organization, PlayRun, Task, TaskDependency
from partners.rules.journeys import ChecklistItem, Journey, JourneyStage, Weeks
from tests.factories.partners import NOW

TODAY = date(2026, 3, 2)
_numbers = count(1)


def make_review(organization: Organization, **fields: Any) -> GateReview:
    values = {"stage": organization.stage, "journey_version": 1, "opened_at": NOW - timedelta(days=7), **fields}
    return GateReview.objects.create(organization=organization, **values)


def make_task(organization: Organization, *, title: str = "", after: tuple[Task, ...] = (), **fields: Any) -> Task:
    """An open task of the present stage; `after` are those it waits for."""
    values = {"stage": organization.stage, "due_on": TODAY + timedelta(days=3), **fields}
    task = Task.objects.create(organization=organization, title=title or f"Task {next(_numbers)}", **values)
    TaskDependency.objects.bulk_create(
        TaskDependency(organization=organization, task=task, needed=needed) for needed in after
    )
    return task


def make_note(task: Task, note: str = "It is done", **fields: Any) -> Evidence:
    values = {"kind": "note", "note": note, "added_at": NOW, **fields}
    return Evidence.objects.create(organization=task.organization, task=task, **values)


def make_commitment(organization: Organization, *, title: str = "", **fields: Any) -> Commitment:
    values = {"due_on": TODAY + timedelta(days=3), "made_at": NOW - timedelta(days=5), **fields}
    return Commitment.objects.create(organization=organization, title=title or f"Promise {next(_numbers)}", **values)


def make_run(organization: Organization, play: str = "quiet_partner", **fields: Any) -> PlayRun:
    values = {
        "title": "Quiet partner",
        "policy_version": 1,
        "reason": "Nothing heard for weeks",
        "started_at": NOW,
        "started_on": TODAY,
        **fields,
    }
    return PlayRun.objects.create(organization=organization, play=play, **values)


def make_journey(*items: ChecklistItem, stage: str = "gate_3", weeks: Weeks | None = None) -> Journey:
    """A journey of one stage with this checklist."""
    shown = JourneyStage(
        id=stage,
        label={"en": stage},
        purpose={"en": "To see"},
        lead_role="psm",
        fallback_days=21,
        checklist=items,
        weeks=weeks,
    )
    return Journey(version=1, kind="partner", stages=(shown,))


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    """Run works at once, each on a connection and in a transaction of its own; what they returned or raised."""
    outcomes: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            with transaction.atomic(), scoped(Scope.all()):
                outcomes[place] = work()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes
