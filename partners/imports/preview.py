"""What the mapping page shows of a file: samples of each column, the first rows as they would be read, the faults."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common.csvio import CsvError, read_rows
from common.errors import DomainError
from common.models import ImportRun
from partners.imports.kinds import KINDS
from partners.imports.reading import ReadRow, read_values
from partners.imports.runs import mapping_of, path_of, shape_of

_ROWS = 8
_SAMPLED_ROWS = 100
_SAMPLES = 3
_SAMPLE_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`rows` hold a text for each of `labels`, the row's number and its faults in words."""

    labels: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]

    @property
    def has_faults(self) -> bool:
        return any(row["faults"] for row in self.rows)


def samples_of(run: ImportRun) -> list[list[str]]:
    """For each column a few different values from the first rows. Empty lists where the file cannot be read."""
    shape = shape_of(run)
    found: list[list[str]] = [[] for _column in shape.columns]
    try:
        for row in itertools.islice(read_rows(path_of(run), shape), _SAMPLED_ROWS):
            for values, cell in zip(found, row.cells, strict=False):
                text = _shortened(cell)
                if text and len(values) < _SAMPLES and text not in values:
                    values.append(text)
    except CsvError:
        return found
    return found


def _shortened(cell: str) -> str:
    text = " ".join(cell.split())
    return f"{text[:_SAMPLE_LENGTH]}…" if len(text) > _SAMPLE_LENGTH else text


def preview_of(run: ImportRun) -> Preview | None:
    """The first rows as they would be read; nothing while the mapping does not fit yet."""
    kind = KINDS[run.kind]
    try:
        mapping = mapping_of(run)
        rows = list(itertools.islice(read_values(path_of(run), shape_of(run), kind, mapping), _ROWS))
    except (DomainError, CsvError):
        return None
    fields = [field for field in kind.fields if field.name in mapping.fields]
    return Preview(
        labels=tuple(str(field.label) for field in fields),
        rows=tuple(_shown(row, {field.name: str(field.label) for field in fields}) for row in rows),
    )


def _shown(row: ReadRow, labels: Mapping[str, str]) -> dict[str, Any]:
    values = [row.values.get(name) for name in labels]
    texts = ["" if value is None else _shortened(str(value)) for value in values]
    # What no column was chosen for is a matter of the form, not of eight rows.
    faults = [
        f"{error.column or labels.get(error.field, '')}: {error.expected}".removeprefix(": ")
        for error in row.errors
        if not error.field or error.field in labels
    ]
    return {"number": row.number, "texts": texts, "faults": faults}


def faults_in_words(run: ImportRun) -> list[dict[str, Any]]:
    """The faults that the run keeps, each with its place: the column as the file calls it, or the field's label."""
    labels = {field.name: str(field.label) for field in KINDS[run.kind].fields}
    return [
        {**error, "place": error["column"] or labels.get(error["field"], "") or _("the row")} for error in run.errors
    ]
