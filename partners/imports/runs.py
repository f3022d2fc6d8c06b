"""Use cases of an import run: start, check, apply, undo. Checking and applying are the same work; checking rolls back.

All or nothing is one transaction; with `skip_bad_rows` the rows with faults are left out, and a file of them can be
downloaded, mended and imported again.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.csvio import CsvError, CsvShape, read_shape
from common.errors import DomainError, NotAllowed
from common.jobs import enqueue_on_commit
from common.models import ImportRun, ImportState, StoredFile
from common.scope import Scope, scoped
from partners import notices
from partners.imports import assignments, contacts, organizations
from partners.imports.kinds import KINDS, ImportKind
from partners.imports.reading import RowError, read_values
from partners.imports.references import duplicates
from partners.imports.staging import copy_rows, create_stage, drop_rows, fetch
from partners.models import Organization
from partners.rules.import_mapping import ColumnMapping, MappingError, parse_mapping
from partners.services import classification

SHOWN_ERRORS = 500
_STEPS: Mapping[str, ModuleType] = {
    "organizations": organizations,
    "contacts": contacts,
    "assignments": assignments,
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


@transaction.atomic
def start(*, by: Actor, kind: str, content: Any, name: str, now: datetime) -> ImportRun:
    """Store an uploaded file and find out its shape. Raises NotAllowed, DomainError (`field` "file" or "kind")."""
    if not by.has("import_data"):
        raise NotAllowed(_("Your roles do not include importing data."))
    if kind not in KINDS:
        raise DomainError(_("Choose what the file holds."), field="kind")
    path = default_storage.save(f"imports/{hashlib.sha256(name.encode()).hexdigest()[:12]}.csv", content)
    try:
        shape = read_shape(Path(default_storage.path(path)))
    except CsvError as error:
        default_storage.delete(path)
        raise DomainError(error.message, field="file") from error
    stored = StoredFile.objects.create(
        path=path,
        original_name=Path(name).name[:200],
        content_type="text/csv",
        size=default_storage.size(path),
        sha256=_digest(path),
        owner_id=by.user_id,
    )
    run = ImportRun.objects.create(
        kind=kind, actor_id=by.user_id, file=stored, encoding=shape.encoding, delimiter=shape.delimiter
    )
    activity.record(
        actor_id=by.user_id, actor_name=by.name, verb="import.started", target=run, target_name=name, now=now
    )
    return run


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(path) as file:
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()


def shape_of(run: ImportRun) -> CsvShape:
    """Columns, encoding and delimiter of the run's file."""
    return read_shape(path_of(run))


def path_of(run: ImportRun) -> Path:
    return Path(default_storage.path(run.file.path))


def mapping_of(run: ImportRun, data: Mapping[str, Any] | None = None) -> ColumnMapping:
    """The run's mapping (or `data`) checked against its file. Raises DomainError with `field` "mapping"."""
    try:
        return parse_mapping(
            run.mapping if data is None else data, known=KINDS[run.kind].names, columns=shape_of(run).columns
        )
    except MappingError as error:
        raise DomainError(str(error), field="mapping") from error


@transaction.atomic
def queue(*, by: Actor, run: ImportRun, mapping: Mapping[str, Any], skip_bad_rows: bool, apply: bool) -> ImportRun:
    """Keep the mapping and let a worker check the file, or check and apply it. Raises NotAllowed, DomainError."""
    if not by.has("import_data"):
        raise NotAllowed(_("Your roles do not include importing data."))
    locked: ImportRun = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.state in (ImportState.RUNNING, ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE):
        raise DomainError(_("This import has run already. Upload the file again to import it once more."))
    locked.mapping = mapping_of(locked, mapping).as_data()
    locked.skip_bad_rows = skip_bad_rows
    locked.state = ImportState.RUNNING if apply else ImportState.CHECKING
    locked.save(update_fields=["mapping", "skip_bad_rows", "state"])
    enqueue_on_commit("partners.run_import", run_id=locked.pk)
    return locked


def execute_run(*, run_id: int, by: Actor, now: datetime) -> ImportRun:
    """Do what a queued run asks for. Running it twice changes nothing; a fault leaves nothing half-written."""
    with scoped(Scope.all()):
        run = ImportRun.objects.select_for_update().select_related("file").get(pk=run_id)
        if run.state not in (ImportState.CHECKING, ImportState.RUNNING):
            return run
        is_real = run.state == ImportState.RUNNING
        try:
            outcome = _work(run, by=by, now=now, is_real=is_real)
        except CsvError as error:
            place = _("Row %(row)s: ") % {"row": error.row} if error.row else ""
            return _failed(run, message=f"{place}{error.message}", now=now)
        _note(run, outcome, is_real=is_real, now=now)
        if run.state == ImportState.DONE:
            _tell(run, outcome, by=by, now=now)
    return run


def _work(run: ImportRun, *, by: Actor, now: datetime, is_real: bool) -> Outcome:
    """Read, stage, match and write inside a savepoint; a check, or a fault without leave to skip it, rolls it back."""
    kind, mapping = KINDS[run.kind], mapping_of(run)
    outcome: Outcome | None = None
    try:
        with transaction.atomic():
            reader = _Reader(run, kind, mapping)
            create_stage(kind)
            copy_rows(kind, reader.good_rows())
            faults = [*reader.errors, *_match(kind)]
            bad = {fault.row for fault in faults}
            drop_rows(bad)
            counts = _STEPS[kind.key].apply(
                run_id=run.pk, mapped=mapping.fields, by_id=by.user_id, by_name=by.name, now=now
            )
            outcome = Outcome(
                total=reader.total,
                created=counts.created,
                updated=counts.updated,
                unchanged=counts.unchanged,
                errors=tuple(sorted(faults, key=lambda fault: (fault.row, fault.column))),
                rejected=len(bad),
            )
            if not is_real or (bad and not run.skip_bad_rows):
                raise _OnlyChecked
            _reclassify(run, now=now)
    except _OnlyChecked:
        pass
    assert outcome is not None  # noqa: S101 - set before the only way to here
    return outcome


def _match(kind: ImportKind) -> list[RowError]:
    found: list[RowError] = []
    if kind.key == "organizations":
        found += duplicates("source, external_key", "external_key")
        found += duplicates("kind, lower(name), external_key IS NULL", "name") if _has_keyless() else []
    return found + list(_STEPS[kind.key].match())


def _has_keyless() -> bool:
    return bool(fetch("SELECT EXISTS (SELECT 1 FROM import_stage WHERE external_key IS NULL)")[0][0])


class _Reader:
    """Reads a run's file once: hands on the good rows, keeps the faults, says how far it is."""

    def __init__(self, run: ImportRun, kind: ImportKind, mapping: ColumnMapping) -> None:
        self.run, self.kind, self.mapping = run, kind, mapping
        self.errors: list[RowError] = []
        self.total = 0

    def good_rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        path = path_of(self.run)
        for row in read_values(path, read_shape(path), self.kind, self.mapping):
            self.total += 1
            if self.total % 1000 == 0:
                # The run's row is locked by its own transaction; the page reads progress from here.
                cache.set(f"import:{self.run.pk}", self.total, 600)
            if row.errors:
                self.errors.extend(row.errors)
            else:
                yield row.number, row.values


def progress_of(run: ImportRun) -> int:
    """How many rows a running run has read."""
    return int(cache.get(f"import:{run.pk}", 0))


def _reclassify(run: ImportRun, *, now: datetime) -> None:
    if run.kind != "organizations":
        return
    ids = [row[0] for row in fetch("SELECT target_id FROM import_stage ORDER BY target_id")]
    for start_at in range(0, len(ids), 1000):
        classification.recompute(Organization.objects.filter(pk__in=ids[start_at : start_at + 1000]), now=now)


def _note(run: ImportRun, outcome: Outcome, *, is_real: bool, now: datetime) -> None:
    """Write the outcome on the run, with a file of the rejected rows."""
    refused = is_real and outcome.rejected and not run.skip_bad_rows
    run.state = ImportState.DONE if is_real and not refused else ImportState.CHECKED
    run.rows_total, run.rows_rejected = outcome.total, outcome.rejected
    run.rows_created, run.rows_updated, run.rows_unchanged = outcome.created, outcome.updated, outcome.unchanged
    run.errors = [error.as_data() for error in outcome.errors[:SHOWN_ERRORS]]
    run.rejected_file = _rejected_file(run, outcome) if outcome.rejected else None
    run.message = _("Nothing was written: the file has faults.") if refused else ""
    run.finished_at = now
    run.save()


def _failed(run: ImportRun, *, message: str, now: datetime) -> ImportRun:
    run.state, run.message, run.finished_at = ImportState.FAILED, message[:500], now
    run.save(update_fields=["state", "message", "finished_at"])
    return run


def _rejected_file(run: ImportRun, outcome: Outcome) -> StoredFile:
    """The rejected rows as they were, with the faults in a last column, ready to be mended and imported again."""
    reasons: dict[int, list[str]] = {}
    for error in outcome.errors:
        reasons.setdefault(error.row, []).append(f"{error.column or error.field}: {error.expected}")
    path = path_of(run)
    shape = read_shape(path)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([*shape.columns, "import_errors"])
    for row in read_values(path, shape, KINDS[run.kind], mapping_of(run)):
        if row.number in reasons:
            writer.writerow([*(_guarded(cell) for cell in row.cells), "; ".join(reasons[row.number])])
    content = buffer.getvalue().encode()
    name = default_storage.save(f"imports/{run.public_id}-rejected.csv", ContentFile(content))
    return StoredFile.objects.create(
        path=name,
        original_name=f"rejected-{run.file.original_name}"[:200],
        content_type="text/csv",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        owner_id=run.actor_id,
    )


def _guarded(cell: str) -> str:
    """Keep a spreadsheet from computing what it opens (security.md 15)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _tell(run: ImportRun, outcome: Outcome, *, by: Actor, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="import.applied",
        target=run,
        changes={"created": [None, outcome.created], "updated": [None, outcome.updated]},
        now=now,
    )
    if by.user_id is not None:
        notify(
            user_ids=[by.user_id],
            kind=notices.IMPORTS,
            title=_("Import finished: %(created)s new, %(updated)s changed, %(rejected)s rejected")
            % {"created": outcome.created, "updated": outcome.updated, "rejected": outcome.rejected},
            target_type="importrun",
            target_id=run.pk,
            key=f"import:{run.pk}",
            now=now,
        )
    if run.kind == "assignments":
        for user_id, total in assignments.people_concerned(run_id=run.pk):
            title = ngettext(
                "You were assigned to %(n)s organization", "You were assigned to %(n)s organizations", total
            )
            notify(
                user_ids=[user_id],
                kind=notices.OWNERS,
                title=title % {"n": total},
                key=f"import-owner:{run.pk}",
                now=now,
            )


@transaction.atomic
def undo(*, by: Actor, run: ImportRun, now: datetime) -> tuple[int, int]:
    """Take an applied run back; what was edited since stays. Returns (taken back, left alone). Raises DomainError."""
    if not by.has("import_data"):
        raise NotAllowed(_("Your roles do not include importing data."))
    locked: ImportRun = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != ImportState.DONE:
        raise DomainError(_("Only an import that was applied can be undone."))
    with scoped(Scope.all()):
        taken_back, left_alone = _STEPS[locked.kind].undo(run_id=locked.pk, now=now)
    locked.state = ImportState.UNDONE
    locked.message = _("Undone: %(taken)s taken back, %(left)s left alone because they were edited since.") % {
        "taken": taken_back,
        "left": left_alone,
    }
    locked.save(update_fields=["state", "message"])
    activity.record(actor_id=by.user_id, actor_name=by.name, verb="import.undone", target=locked, now=now)
    return taken_back, left_alone
