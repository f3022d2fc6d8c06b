"""Imports and their workers with real transactions: two at once, and one that is killed in the middle."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Activity
from common.models import ImportChange, ImportRun
from common.scope import Scope, scoped
from partners.imports import execution, runs
from partners.models import Organization, TimelineEntry
from tests.cast import Cast
from tests.partners.import_world import CUSTOMERS, table, uploaded

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

# Writes everything that a run writes, and dies before the commit.
DYING_WORKER = """
import os, signal, sys
import django
django.setup()
from django.utils import timezone
from partners.imports import execution, organizations
apply = organizations.apply
def apply_and_die(**arguments):
    counts = apply(**arguments)
    assert counts.created == 50
    os.kill(os.getpid(), signal.SIGKILL)
organizations.apply = apply_and_die
execution.run_queued(run_id=int(sys.argv[1]), now=timezone.now())
"""


def queued(cast: Cast, rows: int = 50) -> ImportRun:
    content = table(("id", "name"), *((f"k{number}", f"Name {number}") for number in range(rows)))
    run = uploaded(cast.actor("adam"), "organizations", content)
    mapping = {**run.mapping, "constants": CUSTOMERS}
    return runs.queue(
        by=cast.actor("adam"), run=run, mapping=mapping, skip_bad_rows=False, apply=True, now=timezone.now()
    )


def work(run_id: int) -> None:
    try:
        execution.run_queued(run_id=run_id, now=timezone.now())
    finally:
        connections.close_all()


def test_two_runs_at_once_on_the_same_keys(cast: Cast) -> None:
    found = [queued(cast), queued(cast)]
    workers = [threading.Thread(target=work, args=[run.pk]) for run in found for _twice in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    for run in found:
        run.refresh_from_db()
    assert [run.state for run in found] == ["done", "done"]
    assert sorted((run.rows_created, run.rows_unchanged) for run in found) == [(0, 50), (50, 0)]
    with scoped(Scope.all()):
        assert Organization.objects.filter(source="crm").count() == 50
        assert Activity.objects.filter(verb="organization.created", via="import").count() == 50


def test_a_worker_killed_midway_leaves_nothing_half_written(cast: Cast) -> None:
    run = queued(cast)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "hub.settings.test"}
    killed = subprocess.run(
        [sys.executable, "-c", DYING_WORKER, str(run.pk)], cwd=ROOT, env=environment, timeout=120, check=False
    )
    assert killed.returncode == -9
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("running", 1)
    with scoped(Scope.all()):
        assert not Organization.objects.filter(source="crm").exists()
        assert not TimelineEntry.objects.filter(target_type="importrun").exists()
    assert not ImportChange.objects.exists()
    # The sweep hands it to the next worker.
    later = timezone.now() + timedelta(minutes=5)
    assert execution.requeue_stuck(now=later) == 1
    work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.rows_created, run.attempts) == ("done", 50, 2)


def test_the_sweep_leaves_a_run_alone_that_a_worker_is_at(cast: Cast) -> None:
    run = queued(cast)
    later = timezone.now() + timedelta(minutes=5)
    swept: list[int] = []

    def sweep() -> None:
        swept.append(execution.requeue_stuck(now=later))
        connections.close_all()

    with scoped(Scope.all()):
        ImportRun.objects.select_for_update().get(pk=run.pk)
        sweeper = threading.Thread(target=sweep)
        sweeper.start()
        sweeper.join(timeout=30)
    assert swept == [0]
