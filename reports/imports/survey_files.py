"""Files of surveys that another house has asked: read by a mapping, checked whole, kept once."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.csvio import CsvError, CsvShape, read_rows, read_shape
from common.errors import DomainError
from common.reading import MalformedInput
from reports.models import ExternalSurvey
from reports.rules.survey_files import CellFault, Counted, SurveyMapping, count, parse_mapping
from reports.services import external_surveys

MOST_MAPPING = 200_000
_PIECE = 1024 * 1024


class BadRows(DomainError):
    """Rows that cannot be read; nothing was written."""

    code = "bad_rows"

    def __init__(self, faults: list[CellFault]) -> None:
        super().__init__(_("Rows of the file have faults; nothing was written."), field="file")
        self.faults = faults


def import_file(
    path: Path, *, name: str, mapping_text: str, by: Actor, now: datetime, replace: bool = False
) -> tuple[ExternalSurvey, bool]:
    """The survey of a CSV file by a mapping in YAML, and whether it is new. The same file again changes nothing.

    Raises BadRows; DomainError with `field` "mapping" or "file"; what the service raises.
    """
    mapping = read_mapping(mapping_text)
    found = _counted(path, mapping)
    if found.faults:
        raise BadRows(found.faults)
    return external_surveys.keep(
        mapping=mapping,
        counted=found,
        file_name=name,
        file_hash=_hash_of(path),
        mapping_hash=hashlib.sha256(mapping_text.encode()).hexdigest(),
        by=by,
        now=now,
        replace=replace,
    )


def read_mapping(text: str) -> SurveyMapping:
    """What somebody wrote in YAML. Raises DomainError with `field` "mapping"."""
    if len(text) > MOST_MAPPING:
        raise DomainError(_("The mapping is too long."), field="mapping")
    try:
        # Texts alone: no dates or numbers that could be none.
        return parse_mapping(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise DomainError(_("This is no YAML: %(error)s") % {"error": error}, field="mapping") from error
    except MalformedInput as error:
        raise DomainError(str(error), field="mapping") from error


def _counted(path: Path, mapping: SurveyMapping) -> Counted:
    try:
        shape = read_shape(path)
        for column in (*mapping.columns, *((mapping.weight,) if mapping.weight else ())):
            if column not in shape.columns:
                raise DomainError(_("The file has no column %(name)s.") % {"name": column}, field="file")
        found = count(_cells(path, shape, mapping), mapping)
    except CsvError as error:
        place = _("Row %(row)s: ") % {"row": error.row} if error.row else ""
        raise DomainError(place + error.message, field="file") from error
    if not found.rows:
        raise DomainError(_("The file has no rows."), field="file")
    return found


def _cells(path: Path, shape: CsvShape, mapping: SurveyMapping) -> Iterator[tuple[int, Mapping[str, str]]]:
    places = {column: shape.columns.index(column) for column in mapping.columns}
    for row in read_rows(path, shape):
        if row.problem:
            raise CsvError(row.problem, row=row.number)
        yield row.number, {column: row.cells[place] for column, place in places.items()}


def _hash_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
