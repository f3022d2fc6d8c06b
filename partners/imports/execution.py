"""What a worker does with an import run: read, stage, match, write; or roll it back; or undo it.

All or nothing is one transaction; with `skip_bad_rows` the rows with faults are left out, and a file of them can be
downloaded, mended and imported again. A worker that dies leaves the run as it was queued: `requeue_stuck` finds it.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.models import User
from accounts.rules.access import Actor
from common.csvio import CsvError
from common.errors import DomainError
from common.jobs import enqueue_on_commit
from common.models import ImportRun, ImportState
from common.models.imports import WORKING
from common.scope import Scope, scoped
from partners.imports import assignments, contacts, interactions, news, opportunities, organizations, renewals
from partners.imports.fields import ImportKind
from partners.imports.kinds import KINDS
from partners.imports.reading import RowError, read_values
from partners.imports.rejected import rejected_file
from partners.imports.runs import TASK, mapping_of, path_of, require_right, shape_of
from partners.imports.staging import Counts, copy_rows, create_stage, drop_rows, execute
from partners.rules.import_mapping import ColumnMapping

SHOWN_ERRORS = 500
# More rows with faults than this are a wrong mapping or another file, and nobody reads them one by one.
MAX_BAD_ROWS = 20_000
# A run that a worker has begun so often without an end is given up.
MAX_ATTEMPTS = 6
# A run that was queued so long ago and that no worker has locked is queued again.
STUCK_AFTER = timedelta(minutes=3)
# Statements over a large file take longer than those of a page.
_STATEMENT_TIMEOUT = "600s"
_TRIES = 3
_STEPS: Mapping[str, ModuleType] = {
    "organizations": organizations,
    "contacts": contacts,
    "assignments": assignments,
    "opportunities": opportunities,
    "renewals": renewals,
    "interactions": interactions,
}


class _OnlyChecked(Exception):
    """Rolls the work of a check back."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run did or would do."""

    total: int
    created: int
    updated: int
    unchanged: int
    errors: tuple[RowError, ...]
    rejected: int


def run_queued(*, run_id: int, now: datetime) -> None:
    """A worker's turn at a queued run, with the rights that its person has now. Running it twice changes nothing."""
    if not _begin(run_id=run_id, now=now):
        return
    with scoped(Scope.all()):
        person = (
            User.objects.active().filter(pk=ImportRun.objects.values("actor_id").get(pk=run_id)["actor_id"]).first()
        )
        if person is None:
            _failed(_locked(run_id), message=_("Who asked for this import is no longer here."), now=now)
            return
        with translation.override(person.language):
            execute_run(run_id=run_id, by=actor_for(person), now=now)


def _begin(*, run_id: int, now: datetime) -> bool:
    """Count the attempt in a transaction of its own, which outlives a worker that dies. False: nothing to do."""
    with transaction.atomic():
        rows = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, state__in=WORKING)
        run = rows.first()
        if run is None:
            return False
        if run.attempts >= MAX_ATTEMPTS:
            _failed(run, message=_("The import did not get to its end. Nothing was written."), now=now)
            return False
        run.attempts, run.started_at = run.attempts + 1, now
        run.save(update_fields=["attempts", "started_at"])
        return True


@transaction.atomic
def requeue_stuck(*, now: datetime, limit: int = 50) -> int:
    """Wake workers for runs that were queued a while ago and that nobody is at; returns how many."""
    stuck = ImportRun.objects.filter(kind__in=KINDS, state__in=WORKING, started_at__lte=now - STUCK_AFTER)
    stuck = stuck.order_by("started_at")
    rows = list(stuck.select_for_update(skip_locked=True)[:limit])
    for run in rows:
        run.started_at = now
        run.save(update_fields=["started_at"])
        enqueue_on_commit(TASK, run_id=run.pk)
    return len(rows)


def execute_run(*, run_id: int, by: Actor, now: datetime) -> ImportRun:
    """Do what a queued run asks for. Running it twice changes nothing; a fault leaves nothing half-written."""
    with scoped(Scope.all()):
        run = _locked(run_id)
        if run.state not in WORKING:
            return run
        execute("SELECT set_config('statement_timeout', %s, true)", [_STATEMENT_TIMEOUT])
        # The history's trigger ends a subtransaction for each row, which goes through all checks that are deferred:
        # with a hundred thousand rows that takes minutes. Checked at the end of each statement they take none.
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        try:
            require_right(by)
            if run.state == ImportState.UNDOING:
                return _undo(run, by=by, now=now)
            return _read_and_write(run, by=by, now=now)
        except CsvError as error:
            place = _("Row %(row)s: ") % {"row": error.row} if error.row else ""
            return _failed(run, message=f"{place}{error.message}", now=now)
        except DomainError as error:
            return _failed(run, message=error.message, now=now)


def _locked(run_id: int) -> ImportRun:
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",)).select_related("file").get(pk=run_id)
    return run


def _read_and_write(run: ImportRun, *, by: Actor, now: datetime) -> ImportRun:
    is_real = run.state == ImportState.RUNNING
    if is_real:
        # Two files with the same keys, one after the other: the second one finds what the first one made.
        execute("SELECT pg_advisory_xact_lock(hashtext('hub_import'))")
    outcome = _outcome(run, by=by, now=now, is_real=is_real)
    _note(run, outcome, is_real=is_real, now=now)
    if run.state == ImportState.DONE:
        news.tell_applied(run, by=by, now=now)
    return run


def _outcome(run: ImportRun, *, by: Actor, now: datetime, is_real: bool) -> Outcome:
    """The work, begun anew if somebody made the same thing on a page meanwhile. Raises CsvError, DomainError."""
    for _try in range(_TRIES):
        with suppress(IntegrityError):
            return _work(run, by=by, now=now, is_real=is_real)
    raise DomainError(_("The same rows were changed on the pages meanwhile. Nothing was written; try again."))


def _work(run: ImportRun, *, by: Actor, now: datetime, is_real: bool) -> Outcome:
    """Read, stage, match and write inside a savepoint; a check, or a fault without leave to skip it, rolls it back."""
    kind, mapping, step = KINDS[run.kind], mapping_of(run), _STEPS[run.kind]
    outcome: Outcome | None = None
    try:
        with transaction.atomic():
            reader = _Reader(run, kind, mapping)
            create_stage(kind)
            copy_rows(kind, reader.good_rows())
            faults = [*reader.errors, *_placed(step.match(now=now), mapping)]
            bad = {fault.row for fault in faults}
            drop_rows(bad)
            counts = step.apply(run_id=run.pk, mapped=mapping.fields, by=by, now=now)
            outcome = _summed(reader, counts, faults, bad)
            if not is_real or (bad and not run.skip_bad_rows):
                raise _OnlyChecked
            step.finish(run_id=run.pk, by=by, now=now)
    except _OnlyChecked:
        pass
    assert outcome is not None  # noqa: S101 - set before the only way to here
    return outcome


def _placed(faults: list[RowError], mapping: ColumnMapping) -> list[RowError]:
    """Faults that were found by set know their field; the reader of the file knows its columns."""
    columns = {name: column for column, name in mapping.columns.items()}
    return [replace(fault, column=columns.get(fault.field, "")) for fault in faults]


def _summed(reader: "_Reader", counts: Counts, faults: list[RowError], bad: set[int]) -> Outcome:
    return Outcome(
        total=reader.total,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        errors=tuple(sorted(faults, key=lambda fault: (fault.row, fault.column))),
        rejected=len(bad),
    )


class _Reader:
    """Reads a run's file once: hands on the good rows, keeps the faults, says how far it is."""

    def __init__(self, run: ImportRun, kind: ImportKind, mapping: ColumnMapping) -> None:
        self.run, self.kind, self.mapping = run, kind, mapping
        self.errors: list[RowError] = []
        self.total = self.bad = 0

    def good_rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """(row number, values) of the rows without a fault. Raises CsvError where too many have one."""
        for row in read_values(path_of(self.run), shape_of(self.run), self.kind, self.mapping):
            self.total += 1
            if self.total % 1000 == 0:
                note_progress(self.run, self.total)
            if not row.errors:
                yield row.number, row.values
                continue
            self.errors.extend(row.errors)
            self.bad += 1
            if self.bad > MAX_BAD_ROWS:
                raise CsvError(_too_many(row.errors[0]), row=row.number)


def _too_many(fault: RowError) -> str:
    words = {"limit": MAX_BAD_ROWS, "column": fault.column or fault.field, "expected": fault.expected}
    return _("More than %(limit)s rows have faults, such as %(column)s: %(expected)s. Mend the mapping first.") % words


def note_progress(run: ImportRun, rows: int) -> None:
    """The run's row is locked by its own transaction; its page reads progress from the cache, and can do without."""
    with suppress(Exception):
        cache.set(f"import:{run.pk}", rows, 600)


def progress_of(run: ImportRun) -> int:
    """How many rows a running run has read."""
    with suppress(Exception):
        return int(cache.get(f"import:{run.pk}", 0))
    return 0


def _note(run: ImportRun, outcome: Outcome, *, is_real: bool, now: datetime) -> None:
    """Write the outcome on the run, with a file of the rejected rows."""
    refused = is_real and outcome.rejected and not run.skip_bad_rows
    run.state = ImportState.DONE if is_real and not refused else ImportState.CHECKED
    run.rows_total, run.rows_rejected = outcome.total, outcome.rejected
    run.rows_created, run.rows_updated, run.rows_unchanged = outcome.created, outcome.updated, outcome.unchanged
    run.errors = [error.as_data() for error in outcome.errors[:SHOWN_ERRORS]]
    run.rejected_file = rejected_file(run, outcome.errors) if outcome.rejected else None
    run.message = _("Nothing was written: the file has faults.") if refused else ""
    run.finished_at = now
    run.save()


def _failed(run: ImportRun, *, message: str, now: datetime) -> ImportRun:
    """An undo that fails leaves the import applied, as it was."""
    run.state = ImportState.DONE if run.state == ImportState.UNDOING else ImportState.FAILED
    run.message, run.finished_at = message[:500], now
    run.save(update_fields=["state", "message", "finished_at"])
    return run


def _undo(run: ImportRun, *, by: Actor, now: datetime) -> ImportRun:
    taken_back, left_alone = _STEPS[run.kind].undo(run_id=run.pk, by=by, now=now)
    run.state, run.finished_at = ImportState.UNDONE, now
    run.message = _("%(taken)s taken back, %(left)s left alone because they were used or edited since.") % {
        "taken": taken_back,
        "left": left_alone,
    }
    run.save(update_fields=["state", "message", "finished_at"])
    news.tell_undone(run, by=by, taken_back=taken_back, left_alone=left_alone, now=now)
    return run
