"""Use cases of an import run as a person drives it: upload, mapping, check, apply, undo. Workers do the work.

Checking and applying are the same work (partners/imports/execution.py); checking rolls it back.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, Right, visibility_terms
from accounts.services import activity
from common.csvio import CsvError, CsvShape, read_known_shape, read_shape
from common.csvjoin import join_files
from common.errors import DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from common.models import ImportRun, ImportState, StoredFile
from common.models.imports import OPEN, WORKING
from partners.imports.kinds import KINDS
from partners.imports.reading import problem_with
from partners.rules.import_mapping import ColumnMapping, MappingError, parse_mapping, suggest

TASK = "partners.run_import"
_REMEMBERED_MAPPINGS = 20


def require_right(by: Actor) -> None:
    """Imports write any organization: the right to import, and to work on all of them. Raises NotAllowed."""
    if not by.has("import_data") or not visibility_terms(by, Right.WORK).everything:
        raise NotAllowed(_("Your roles do not include importing data."))


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A second file that says more of each row of the first; `on` as `common.csvjoin` takes it."""

    content: Any
    name: str
    on: str = ""


@transaction.atomic
def start(*, by: Actor, kind: str, content: Any, name: str, beside: Beside | None = None, now: datetime) -> ImportRun:
    """Store an uploaded file and find out its shape; with a file `beside` it, both as one.

    Raises NotAllowed, DomainError (`field` "file", "beside" or "kind").
    """
    require_right(by)
    if kind not in KINDS:
        raise DomainError(_("Choose what the file holds."), field="kind")
    path = default_storage.save(f"imports/{uuid4().hex}.csv", content)
    try:
        shape = read_shape(Path(default_storage.path(path)))
    except CsvError as error:
        default_storage.delete(path)
        raise DomainError(error.message, field="file") from error
    if beside is not None:
        path = _joined(path, beside)
        shape = read_shape(Path(default_storage.path(path)))
        name = f"{shown_name(name)} + {shown_name(beside.name)}"
    stored = StoredFile.objects.create(
        path=path,
        original_name=shown_name(name),
        content_type="text/csv",
        size=default_storage.size(path),
        sha256=_digest(path),
        owner_id=by.user_id,
    )
    run: ImportRun = ImportRun.objects.create(
        kind=kind,
        actor_id=by.user_id,
        file=stored,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        mapping=_suggested_mapping(kind, shape),
    )
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="import.started",
        target=run,
        target_name=stored.original_name,
        now=now,
    )
    return run


def _joined(path: str, beside: Beside) -> str:
    """Where the file of both is; the two themselves are not kept."""
    second = default_storage.save(f"imports/{uuid4().hex}.csv", beside.content)
    both = default_storage.save(f"imports/{uuid4().hex}.csv", ContentFile(b""))
    first, other, target = (Path(default_storage.path(one)) for one in (path, second, both))
    try:
        join_files(first, other, target, on=beside.on, most=2 * settings.IMPORT_MAX_BYTES)
    except CsvError as error:
        default_storage.delete(both)
        place = _("Row %(row)s: ") % {"row": error.row} if error.row and error.row > 1 else ""
        raise DomainError(f"{place}{error.message}", field="beside") from error
    finally:
        for one in (path, second):
            default_storage.delete(one)
    return both


def shown_name(name: str) -> str:
    """The last part of the name that a file was sent under, without what no name holds."""
    plain = "".join(letter for letter in Path(name.replace("\\", "/")).name if letter.isprintable())
    return plain[-200:] or "import.csv"


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(path) as file:
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()


def _suggested_mapping(kind: str, shape: CsvShape) -> dict[str, Any]:
    """The mapping that a file with these columns was last read by, or a guess by the names of the columns."""
    earlier = ImportRun.objects.filter(kind=kind, state__in=[ImportState.CHECKED, ImportState.DONE])
    for mapping in earlier.order_by("-created_at").values_list("mapping", flat=True)[:_REMEMBERED_MAPPINGS]:
        try:
            found = _parsed(kind, mapping, shape)
        except MappingError:
            continue
        # A file of other columns that share a few is another file.
        if len(found.columns) * 2 >= len(shape.columns):
            return found.as_data()
    return {"columns": suggest(shape.columns, KINDS[kind].aliases)}


def _parsed(kind: str, mapping: Mapping[str, Any], shape: CsvShape) -> ColumnMapping:
    found = parse_mapping(mapping, known=KINDS[kind].names, amounts=KINDS[kind].amounts, columns=shape.columns)
    for name, text in found.constants.items():
        if problem := problem_with(KINDS[kind].field(name), text, found.options):
            raise MappingError(f"constants.{name}", problem)
    return found


def shape_of(run: ImportRun) -> CsvShape:
    """Columns, encoding and delimiter of the run's file. Raises CsvError if it is gone."""
    return read_known_shape(path_of(run), encoding=run.encoding, delimiter=run.delimiter)


def path_of(run: ImportRun) -> Path:
    return Path(default_storage.path(run.file.path))


def mapping_of(run: ImportRun, data: Mapping[str, Any] | None = None) -> ColumnMapping:
    """The run's mapping (or `data`) checked against its file. Raises DomainError with `field` "mapping"."""
    try:
        return _parsed(run.kind, run.mapping if data is None else data, shape_of(run))
    except (MappingError, CsvError) as error:
        raise DomainError(str(error), field="mapping") from error


@transaction.atomic
def save_mapping(*, by: Actor, run: ImportRun, mapping: Mapping[str, Any], skip_bad_rows: bool) -> ImportRun:
    """Keep how the file is to be read, without reading it yet. Raises NotAllowed, DomainError "not_open", "mapping"."""
    require_right(by)
    locked = _locked(run)
    if locked.state not in OPEN:
        raise DomainError(_("This import cannot be changed now."), code="not_open")
    locked.mapping = mapping_of(locked, mapping).as_data()
    locked.skip_bad_rows = skip_bad_rows
    locked.save(update_fields=["mapping", "skip_bad_rows"])
    return locked


@transaction.atomic
def queue(
    *, by: Actor, run: ImportRun, mapping: Mapping[str, Any], skip_bad_rows: bool, apply: bool, now: datetime
) -> ImportRun:
    """Keep the mapping and let a worker check the file, or check and apply it.

    Raises NotAllowed, DomainError "working", "done" or with `field` "mapping".
    """
    require_right(by)
    locked = _locked(run)
    if locked.state in WORKING:
        raise DomainError(_("A worker is at this import. Wait until it is done."), code="working")
    if locked.state not in OPEN:
        raise DomainError(_("This import has run already. Upload the file again to import it once more."), code="done")
    locked.mapping = mapping_of(locked, mapping).as_data()
    locked.skip_bad_rows = skip_bad_rows
    locked.actor_id = by.user_id
    _hand_over(locked, ImportState.RUNNING if apply else ImportState.CHECKING, now=now)
    return locked


@transaction.atomic
def queue_undo(*, by: Actor, run: ImportRun, now: datetime) -> ImportRun:
    """Let a worker take an applied run back; what was edited since stays. Raises NotAllowed, DomainError "not_done"."""
    require_right(by)
    locked = _locked(run)
    if locked.state != ImportState.DONE:
        raise DomainError(_("Only an import that was applied can be undone."), code="not_done")
    locked.actor_id = by.user_id
    _hand_over(locked, ImportState.UNDOING, now=now)
    return locked


def _locked(run: ImportRun) -> ImportRun:
    try:
        locked: ImportRun = ImportRun.objects.select_for_update(of=("self",)).select_related("file").get(pk=run.pk)
    except ImportRun.DoesNotExist:
        raise Missing(_("There is no such import.")) from None
    return locked


def _hand_over(run: ImportRun, state: str, *, now: datetime) -> None:
    """Leave the run to the workers: its state says what is to be done, the message only wakes them."""
    run.state, run.started_at, run.attempts, run.message = state, now, 0, ""
    run.save(update_fields=["state", "started_at", "attempts", "message", "mapping", "skip_bad_rows", "actor_id"])
    enqueue_on_commit(TASK, run_id=run.pk)
