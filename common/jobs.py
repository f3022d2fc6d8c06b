"""Background work: services queue it by name on commit, tasks run it as one scoped transaction.

Arguments are ids only; rights and rows are read again at the moment of use (security.md 5, 9).
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from celery import current_app, shared_task
from django.db import connection, transaction

from common.scope import Scope, scoped


def enqueue_on_commit(task_name: str, **ids: int | str) -> None:
    """Wake a worker for `task_name` once the current transaction has committed.

    Losing the message loses nothing: what must happen is an outbox row or a state in the database,
    and the periodic sweep finds it (ADR 0006). A transaction that asks a hundred times wakes it once.
    """
    waiting = (entry[1] for entry in connection.run_on_commit)
    if any(isinstance(wake, partial) and wake.func is _send and wake.args == (task_name, ids) for wake in waiting):
        return
    transaction.on_commit(partial(_send, task_name, ids), robust=True)


def _send(task_name: str, ids: dict[str, int | str]) -> None:
    current_app.send_task(task_name, kwargs=ids, retry=False)


def job(name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Declare a Celery task called `name` whose body is one transaction that sees all organizations.

    With a `time_limit` (seconds) of its own it is asked to stop a tenth earlier: Celery sends no task whose soft limit,
    that of the settings too, is not below its hard one.
    """
    if "time_limit" in options:
        options.setdefault("soft_time_limit", int(options["time_limit"] * 0.9))

    def decorate(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with scoped(Scope.all()):
                return function(*args, **kwargs)

        return shared_task(name=name, ignore_result=True, **options)(run)

    return decorate
