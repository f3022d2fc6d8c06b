"""Declaring background work."""

from celery import current_app
from django.conf import settings

from common.jobs import job


@job("tests.short", time_limit=60)
def short() -> None:
    """Ends early."""


def test_a_short_job_is_asked_to_stop_before_it_is_stopped() -> None:
    assert (short.soft_time_limit, short.time_limit) == (54, 60)


def test_every_job_can_be_sent() -> None:
    """Celery refuses to send a task whose soft limit is above its hard one."""
    for task in current_app.tasks.values():
        hard = task.time_limit or settings.CELERY_TASK_TIME_LIMIT
        soft = task.soft_time_limit or settings.CELERY_TASK_SOFT_TIME_LIMIT
        assert soft <= hard, task.name
