"""The rows of a file that were rejected, as they were, with their faults beside them: to be mended and sent again."""

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from common.csvio import read_rows
from common.export import BOM, guarded
from common.models import ImportRun, StoredFile
from partners.imports.reading import RowError
from partners.imports.runs import path_of, shape_of, shown_name

FAULTS = "import_errors"


def rejected_file(run: ImportRun, errors: Iterable[RowError]) -> StoredFile:
    """Write the rejected rows into a stored file; the faults stand in a last column that no import reads."""
    reasons: dict[int, list[str]] = {}
    for error in errors:
        place = error.column or error.field
        reasons.setdefault(error.row, []).append(f"{place}: {error.expected}" if place else error.expected)
    with tempfile.TemporaryFile() as content:
        text = io.TextIOWrapper(content, encoding="utf-8", newline="")
        _write(text, run, reasons)
        text.flush()
        text.detach()
        return _stored(run, content)


def _write(file: IO[str], run: ImportRun, reasons: dict[int, list[str]]) -> None:
    shape = shape_of(run)
    # A file that came out of here before has the column already.
    kept = [place for place, column in enumerate(shape.columns) if column != FAULTS]
    file.write(BOM)
    writer = csv.writer(file)
    writer.writerow([*_picked(shape.columns, kept), FAULTS])
    for row in read_rows(path_of(run), shape):
        if row.number in reasons:
            cells = _picked(row.cells, kept) if len(row.cells) == len(shape.columns) else list(row.cells)
            writer.writerow([*(guarded(cell) for cell in cells), guarded("; ".join(reasons[row.number]))])


def _picked(cells: Sequence[str], places: Sequence[int]) -> list[str]:
    return [cells[place] for place in places]


def _stored(run: ImportRun, content: IO[bytes]) -> StoredFile:
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256")  # type: ignore[arg-type]
    size = content.tell()
    content.seek(0)
    stored: StoredFile = StoredFile.objects.create(
        path=default_storage.save(f"imports/{run.public_id}-rejected.csv", File(content)),
        original_name=shown_name(f"rejected-{run.file.original_name}"),
        content_type="text/csv",
        size=size,
        sha256=digest.hexdigest(),
        owner_id=run.actor_id,
    )
    return stored
