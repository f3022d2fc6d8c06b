"""What a worker does with an import of tickets: read, find what the names mean, write; or roll it back; or undo it.

A ticket that is here already, by its source and key, is left alone: the second run of a file changes nothing. Nobody is
told of a ticket that comes so, and nothing leaves the house.
"""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError
from common.export import BOM, guarded
from common.jobs import enqueue_on_commit
from common.models import ImportRun, ImportState, StoredFile
from common.models.imports import TICKETS, WORKING
from common.scope import Scope, scoped
from partners import notices
from partners.imports.execution import MAX_ATTEMPTS, SHOWN_ERRORS, STUCK_AFTER, note_progress
from partners.imports.runs import shown_name
from tickets.imports.courses import Fault, Read
from tickets.imports.names import Naming
from tickets.imports.options import options_of
from tickets.imports.runs import TASK, locked, opened, require_right
from tickets.imports.sources import SOURCES
from tickets.imports.undoing import take_back
from tickets.imports.writing import impossible, keep_made, known_keys, write_courses

PAGE = 1_000
_STATEMENT_TIMEOUT = "600s"


class _OnlyChecked(Exception):
    """Rolls the work of a check back."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run did or would do: rows of the file, tickets, faults."""

    total: int
    created: int
    unchanged: int
    faults: Sequence[Fault]


def run_queued(*, run_id: int, now: datetime) -> None:
    """A worker's turn at a queued run, with the rights that its person has now. Running it twice changes nothing."""
    if not _begin(run_id=run_id, now=now):
        return
    with scoped(Scope.all()):
        run = locked(run_id)
        person = User.objects.active().filter(pk=run.actor_id or 0).first()
        if person is None:
            _failed(run, _("Who asked for this import is no longer here."), now)
            return
        with translation.override(person.language):
            execute_run(run_id=run_id, by=actor_for(person), now=now)


def _begin(*, run_id: int, now: datetime) -> bool:
    """Count the attempt in a transaction of its own, which outlives a worker that dies. False: nothing to do."""
    with transaction.atomic():
        rows = ImportRun.objects.select_for_update(skip_locked=True).filter(kind__startswith=TICKETS)
        run = rows.filter(pk=run_id, state__in=WORKING).first()
        if run is None:
            return False
        if run.attempts >= MAX_ATTEMPTS:
            _failed(run, _("The import did not get to its end. Nothing was written."), now)
            return False
        run.attempts, run.started_at = run.attempts + 1, now
        run.save(update_fields=["attempts", "started_at"])
        return True


@transaction.atomic
def requeue_stuck(*, now: datetime, limit: int = 50) -> int:
    """Wake workers for runs that were queued a while ago and that nobody is at; returns how many."""
    stuck = ImportRun.objects.filter(kind__startswith=TICKETS, state__in=WORKING, started_at__lte=now - STUCK_AFTER)
    rows = list(stuck.order_by("started_at").select_for_update(skip_locked=True)[:limit])
    for run in rows:
        run.started_at = now
        run.save(update_fields=["started_at"])
        enqueue_on_commit(TASK, run_id=run.pk)
    return len(rows)


@transaction.atomic
def execute_run(*, run_id: int, by: Actor, now: datetime) -> ImportRun:
    """Do what a queued run asks for. Running it twice changes nothing; a fault leaves nothing half-written."""
    with scoped(Scope.all()):
        run = locked(run_id)
        if run.state not in WORKING:
            return run
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_STATEMENT_TIMEOUT])
            # Two files of one tool, one after the other: the second one finds what the first one made.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('hub_import'))")
        try:
            require_right(by)
            if run.state == ImportState.UNDOING:
                return _undo(run, by, now)
            outcome = _work(run, by, now)
        except DomainError as error:
            return _failed(run, error.message, now)
        return _noted(run, outcome, by, now)


def _work(run: ImportRun, by: Actor, now: datetime) -> Outcome:
    """Read and write inside a savepoint; a check, or a fault without leave to skip it, rolls it back."""
    source, options = SOURCES[run.kind.removeprefix(TICKETS)], options_of(run.mapping)
    with opened(run) as file:
        try:
            found = source.read(file, options.zone, lambda rows: note_progress(run, rows))
        except csv.Error as error:
            raise DomainError(_("This CSV cannot be read: %(error)s") % {"error": error}) from error
    outcome: Outcome | None = None
    try:
        with transaction.atomic():
            outcome = _written(run, found, Naming(options=options, source=source.key, by=by, now=now), now)
            if run.state != ImportState.RUNNING or _is_refused(run, outcome.faults):
                raise _OnlyChecked
    except _OnlyChecked:
        pass
    assert outcome is not None  # noqa: S101 - set before the only way to here
    return outcome


def _written(run: ImportRun, found: Read, naming: Naming, now: datetime) -> Outcome:
    """Write some tickets after the other, the oldest first, until there is a fault that refuses them all.

    A check writes as well, so that it finds what writing finds.
    """
    faults, created, unchanged, done = list(found.faults), 0, 0, 0
    courses = iter(found.courses)
    while some := list(islice(courses, PAGE)):
        known = known_keys(naming.source, some)
        new = [course for course in some if course.key not in known]
        names = naming.learn(new)
        late = impossible(new, names, now)
        bad = {fault.row for fault in late}
        good = [course for course in new if course.row not in bad]
        faults += late
        is_refused = _is_refused(run, faults)
        if not is_refused:
            write_courses(good, names, run=run, source=naming.source, now=now)
        created, unchanged, done = created + len(good), unchanged + len(some) - len(new), done + len(some)
        if run.state == ImportState.RUNNING and not is_refused:
            note_progress(run, done)
    keep_made(naming.names, run=run)
    faults.sort(key=lambda fault: (fault.row, fault.column))
    return Outcome(total=found.total, created=created, unchanged=unchanged, faults=faults)


def _is_refused(run: ImportRun, faults: Sequence[Fault]) -> bool:
    return bool(faults) and not run.skip_bad_rows


def _noted(run: ImportRun, outcome: Outcome, by: Actor, now: datetime) -> ImportRun:
    is_real = run.state == ImportState.RUNNING
    rejected = len({(fault.row, fault.column if fault.row == 0 else "") for fault in outcome.faults})
    refused = is_real and rejected > 0 and not run.skip_bad_rows
    run.state = ImportState.DONE if is_real and not refused else ImportState.CHECKED
    run.rows_total, run.rows_rejected = outcome.total, rejected
    run.rows_created, run.rows_unchanged = outcome.created, outcome.unchanged
    run.errors = [fault.as_data() | {"field": ""} for fault in outcome.faults[:SHOWN_ERRORS]]
    run.rejected_file = _faults_file(run, outcome.faults) if outcome.faults else None
    run.message = _("Nothing was written: the file has faults.") if refused else ""
    run.finished_at = now
    run.save()
    if run.state == ImportState.DONE:
        _record(run, "import.applied", by, {"created": [None, run.rows_created]}, now)
        words = {"created": run.rows_created, "rejected": run.rows_rejected}
        _tell(run, _("Import finished: %(created)s new tickets, %(rejected)s rows rejected") % words, "import", now)
    return run


def _undo(run: ImportRun, by: Actor, now: datetime) -> ImportRun:
    taken, left = take_back(run, now=now)
    run.state, run.finished_at = ImportState.UNDONE, now
    run.message = _("%(taken)s taken back, %(left)s left alone because they were used or edited since.") % {
        "taken": taken,
        "left": left,
    }
    run.save(update_fields=["state", "message", "finished_at"])
    _record(run, "import.undone", by, {"taken_back": [None, taken], "left_alone": [None, left]}, now)
    _tell(run, _("Import undone: %(text)s") % {"text": run.message}, "import-undone", now)
    return run


def _failed(run: ImportRun, message: str, now: datetime) -> ImportRun:
    """An undo that fails leaves the import applied, as it was."""
    run.state = ImportState.DONE if run.state == ImportState.UNDOING else ImportState.FAILED
    run.message, run.finished_at = message[:500], now
    run.save(update_fields=["state", "message", "finished_at"])
    return run


def _faults_file(run: ImportRun, faults: Sequence[Fault]) -> StoredFile:
    """All faults as a file: row, column, what was found, what was expected."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "column", "found", "expected"])
    writer.writerows([fault.row, fault.column, guarded(fault.found), fault.expected] for fault in faults)
    data = (BOM + text.getvalue()).encode()
    stored: StoredFile = StoredFile.objects.create(
        path=default_storage.save(f"imports/{run.public_id}-rejected.csv", ContentFile(data)),
        original_name=shown_name(f"rejected-{run.file.original_name}.csv"),
        content_type="text/csv",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        owner_id=run.actor_id,
    )
    return stored


def _record(run: ImportRun, verb: str, by: Actor, changes: dict[str, Any], now: datetime) -> None:
    activity.record(
        verb=verb,
        target=run,
        target_name=run.file.original_name,
        changes=changes,
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
    )


def _tell(run: ImportRun, title: str, key: str, now: datetime) -> None:
    if run.actor_id is None:
        return
    notify(user_ids=[run.actor_id], kind=notices.IMPORTS, title=title, key=f"{key}:{run.pk}", now=now)
