"""Background work of the scorecard lab; each run is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from common.jobs import job
from common.scope import Scope, scoped
from health.services import lab_replay, lab_shadow


# Not a `job`: each day of a replay commits on its own.
@shared_task(name=lab_replay.TASK, ignore_result=True, time_limit=300, soft_time_limit=270)
def replay(replay_id: int) -> None:
    """The next day of a replay; wakes the one after it."""
    with scoped(Scope.all()):
        lab_replay.go_on(replay_id=replay_id, now=timezone.now())


@job("health.watch_lab", time_limit=300)
def watch_lab() -> None:
    """Take up replays that rest, and compute shadow runs after the day's real one."""
    lab_replay.keep_going(now=timezone.now())
    lab_shadow.keep_up(now=timezone.now())
