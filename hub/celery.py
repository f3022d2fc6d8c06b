"""The Celery application; `hub.apps` imports it, so that web processes queue through it too."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from django_structlog.celery.steps import DjangoStructLogInitStep

app = Celery("hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_kwargs: object) -> None:
    """Keep the structured logging of the settings instead of Celery's own."""


_origins: dict[str, Any] = {}


@task_prerun.connect
def note_origin(task_id: str = "", **_kwargs: object) -> None:
    """What a task does is recorded as done by a task, under its id."""
    from accounts.services.activity import Origin, set_origin

    _origins[task_id] = set_origin(Origin(via="task", request_id=task_id))


@task_postrun.connect
def forget_origin(task_id: str = "", **_kwargs: object) -> None:
    """A worker process runs the next task without the origin of this one."""
    from accounts.services.activity import reset_origin

    if (token := _origins.pop(task_id, None)) is not None:
        reset_origin(token)
