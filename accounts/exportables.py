"""What can be had as a file that a worker writes: each list says how it is opened anew from a person and an address.

Apps register theirs when they are ready. Nothing is carried over from the page: a worker opens the list with the rights
that the person has when it runs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.export_choices import ExportFormat
from accounts.rules.access import Actor
from common.document import Document
from common.errors import DomainError
from common.export import ExportColumn
from common.export_files import Copy
from common.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for what: `subject` names one of several lists of a kind, `query` is as an address has it."""

    actor: Actor
    subject: str
    query: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class OpenedList:
    """A list in the hands of `Asked.actor`; `rows` are read once, within the transaction that opened it.

    `title` is how people call it, `stem` the first part of the file's name, `subject` and `query` what was understood
    of those that were asked for; `organization_id` says whose rows they all are, if they are one organization's: its
    trail tells of it. `copy` gives the same rows as lines of CSV, where the database can write them itself.
    `document` is what a PDF shows, built within that transaction and rendered after it.
    """

    title: str
    stem: str
    query: str
    subject: str = ""
    organization_id: int | None = None
    columns: Sequence[ExportColumn] = ()
    rows: Callable[[], Iterable[Any]] = tuple
    copy: Copy | None = None
    document: Callable[[], Document] | None = None


@dataclass(frozen=True, kw_only=True)
class Exportable:
    """A kind of list. `open` raises Missing for what there is not, or not for this person; it reads no rows yet.

    `scope` is what the database shows to a person while the rows are read. `is_for_programs`: whether the API gives it
    too; not what single people said, which is read on a page alone (ADR 0041).
    """

    what: str
    formats: frozenset[ExportFormat]
    open: Callable[[Asked], OpenedList]
    scope: Callable[[Actor], Scope]
    is_for_programs: bool = True


TABLES = frozenset({ExportFormat.CSV, ExportFormat.XLSX})
_known: dict[str, Exportable] = {}


def register(exportable: Exportable) -> None:
    """Make a list known; called in AppConfig.ready() of its app."""
    _known[exportable.what] = exportable


def known() -> Mapping[str, Exportable]:
    """All of them by name."""
    return _known


def closed_to_programs() -> frozenset[str]:
    """Those that the API neither has written nor gives."""
    return frozenset(one.what for one in _known.values() if not one.is_for_programs)


def exportable_of(what: str, format: str) -> Exportable:
    """Raises DomainError (`what`, `format`) for a list that cannot be had, or not so."""
    found = _known.get(what)
    if found is None:
        raise DomainError(_("There is no such list."), field="what", code="unknown_list")
    if format not in found.formats:
        raise DomainError(_("This list cannot be had in this format."), field="format", code="unknown_format")
    return found
