"""A report of whatever make as mails and files take it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from common.document import Document
from common.export import ExportColumn
from reports.report_page import Block, Line, OpenReport


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Its figures by section, those that miss their target, its table and its document; each is read when asked for.

    `over` says to its reader over what it is, in a sentence. `is_empty`: that is nothing. `has_amounts`: money is in
    it, from organizations whose commercial fields the reader reads.
    """

    opened: OpenReport
    over: str
    blocks: tuple[Block, ...]
    missed: tuple[Line, ...]
    columns: Sequence[ExportColumn]
    rows: Callable[[], Iterable[Any]]
    document: Callable[[], Document]
    is_empty: bool = False
    has_amounts: bool = False
