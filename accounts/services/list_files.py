"""Taking a list out of the house: who took which rows is recorded."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from common.export import MAX_ROWS, ExportColumn, ExportFile, write_csv
from common.xlsx import write_xlsx


class TooLong(DomainError):
    """The list has more rows than a file that is written at once holds; a worker can write it (accounts)."""

    code = "list_too_long"


@transaction.atomic
def export_list(
    *,
    by: Actor,
    what: str,
    columns: Sequence[ExportColumn],
    rows: Iterable[Any],
    query: str,
    now: datetime,
    organization_id: int | None = None,
    max_rows: int = MAX_ROWS,
    as_workbook: bool = False,
    is_whole: bool = False,
) -> ExportFile:
    """Write `rows`, which `by` sees, as a file called after `what` and the day, and record that it was taken.

    `organization_id` says whose rows they all are, if they are one organization's: its trail tells of it.
    CSV, or a workbook if asked. Raises NotAllowed for those who may not export; TooLong if `is_whole` asks for all rows
    and there are more than `max_rows`.
    """
    if not by.has("export_data"):
        raise NotAllowed(_("Your roles do not include taking data out of the hub."))
    write, ending = (write_xlsx, "xlsx") if as_workbook else (write_csv, "csv")
    file = write(f"{what}-{now:%Y-%m-%d}.{ending}", columns, rows, max_rows=max_rows)
    if is_whole and file.is_cut:
        raise TooLong(_("The list has more than %(count)s rows.") % {"count": max_rows})
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="list.exported",
        target=None,
        target_type="list",
        target_name=what,
        organization_id=organization_id,
        changes={"rows": [None, file.rows], "columns": [None, [column.label for column in columns]]},
        reason=query,
        now=now,
    )
    return file
