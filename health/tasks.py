"""Background work of health; each run is safe to repeat."""

from django.utils import timezone

from common.jobs import enqueue_on_commit, job
from health.imports import runs as sample_runs
from health.services import overrides, runs


@job("health.compute_daily", time_limit=60)
def compute_daily() -> None:
    """Begin the computation of the day, or go on with what lost its workers; once a minute."""
    runs.keep_going(now=timezone.now())


@job("health.compute_part", time_limit=300)
def compute_part(run_id: int, worker: int = 0) -> None:
    """One part of a computation of all organizations; wakes the next one."""
    runs.go_on(run_id=run_id, now=timezone.now(), worker=worker)


@job("health.recompute_marked", time_limit=120)
def recompute_marked() -> None:
    """Compute organizations whose inputs have changed; once a minute, and when somebody waits for it."""
    if runs.compute_marked(now=timezone.now()) == runs.MARKS:
        enqueue_on_commit("health.recompute_marked")


@job("health.end_overrides", time_limit=60)
def end_overrides() -> None:
    """End bands set by hand whose time is over."""
    overrides.end_overdue(now=timezone.now())


@job("health.ensure_partitions", time_limit=60)
def ensure_partitions() -> None:
    """Have the months of samples and snapshots ready."""
    runs.ensure_months(now=timezone.now())


@job("health.run_sample_import", time_limit=900)
def run_sample_import(run_id: int) -> None:
    """Check or apply a file of samples."""
    sample_runs.run_queued(run_id=run_id, now=timezone.now())


@job("health.requeue_sample_imports", time_limit=60)
def requeue_sample_imports() -> None:
    """Wake workers for files of samples that nobody is at; once a minute."""
    sample_runs.requeue_stuck(now=timezone.now())
