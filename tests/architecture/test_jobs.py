"""The schedule names tasks that exist, and every task has its name from its floor."""

import pytest

from hub.celery import app
from hub.schedule import SCHEDULE

FLOORS = {"common", "accounts", "partners", "tickets", "health", "reports", "hub"}


@pytest.fixture(scope="module")
def task_names() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


@pytest.mark.parametrize("entry", SCHEDULE)
def test_every_entry_names_a_registered_task(entry: str, task_names: set[str]) -> None:
    assert SCHEDULE[entry]["task"] in task_names


def test_tasks_are_named_by_floor(task_names: set[str]) -> None:
    assert task_names
    assert {name.split(".")[0] for name in task_names} <= FLOORS


def test_time_limits_stay_below_what_the_broker_waits() -> None:
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_every_task_can_be_sent(task_names: set[str]) -> None:
    """Celery refuses to send a task whose soft limit, that of the settings too, is not below its hard one."""
    for name in sorted(task_names):
        hard = app.tasks[name].time_limit or app.conf.task_time_limit
        soft = app.tasks[name].soft_time_limit or app.conf.task_soft_time_limit
        assert soft < hard, name
