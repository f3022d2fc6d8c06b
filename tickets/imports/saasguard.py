"""A flat list of tickets with the hours that each took (SaaS Guard's export); it says nothing of what was answered."""

import csv
from datetime import UTC, datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.choices import Channel, TicketStatus
from tickets.imports.courses import MOST_KEY, Course, Happened, Progress, Read, Source, moment, without_text

_DAY = "%Y-%m-%d"
_LEVELS = {
    "critical": ("high", "high"),
    "high": ("medium", "high"),
    "medium": ("medium", "medium"),
    "low": ("low", "low"),
}
_NEEDED = ("ticket_id", "customer_id", "created_date", "priority", "resolution_time")
_MOST_HOURS = 24 * 366


def read(file: TextIO, zone: ZoneInfo, progress: Progress) -> Read:
    """The tickets of the list; what came in twice, or took no number of hours, is a fault."""
    found, rows = Read(), csv.DictReader(file)
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        found.fault(1, missing[0], "", _("a column of this name"))
        return found
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        found.total += 1
        key = (row["ticket_id"] or "").strip()
        if not key or len(key) > MOST_KEY:
            found.fault(number, "ticket_id", key, _("the key of the ticket"))
        elif key in seen:
            expected = _("a key once: row %(row)s has it already") % {"row": seen[key]}
            found.fault(number, "ticket_id", key, expected)
        else:
            seen[key] = number
            _course(key, number, row, zone, found)
        if found.total % 1_000 == 0:
            progress(found.total)
    return found


def _course(key: str, number: int, row: dict[str, str], zone: ZoneInfo, found: Read) -> None:
    opened_at = moment(row["created_date"] or "", _DAY, zone)
    priority, hours = (row["priority"] or "").strip().lower(), (row["resolution_time"] or "").strip()
    is_count = hours.isascii() and hours.isdecimal() and len(hours) < 6 and int(hours) <= _MOST_HOURS
    if opened_at is None:
        found.fault(number, "created_date", row["created_date"], _("a day such as 2024-07-27"))
    elif priority not in _LEVELS:
        found.fault(number, "priority", row["priority"], _("one of: %(limit)s") % {"limit": ", ".join(_LEVELS)})
    elif hours and not is_count:
        found.fault(number, "resolution_time", hours, _("whole hours, of a year at most"))
    else:
        closed_at = opened_at + timedelta(hours=int(hours)) if hours else None
        found.courses.append(_made(key, number, row, opened_at, closed_at, priority))


def _made(
    key: str, number: int, row: dict[str, str], opened_at: datetime, closed_at: datetime | None, priority: str
) -> Course:
    impact, urgency = _LEVELS[priority]
    ends = (TicketStatus.SOLVED, TicketStatus.CLOSED) if closed_at is not None else ()
    topic = (row.get("topic") or "").strip()
    return Course(
        key=key,
        row=number,
        opened_at=opened_at.astimezone(UTC),
        subject=topic.replace("_", " ").capitalize() or _("Ticket %(key)s") % {"key": key},
        body=without_text(),
        channel=Channel.IMPORT,
        organization=(row["customer_id"] or "").strip(),
        values={"impact": impact, "urgency": urgency, "tags": [topic.replace("_", "-")] if topic else []},
        steps=[Happened(at=closed_at, values={"status": status}) for status in ends if closed_at is not None],
        never_before_us=True,
    )


SAASGUARD = Source(
    key="saasguard",
    label=gettext_lazy("List of tickets (SaaS Guard)"),
    hint=gettext_lazy("CSV, one row for each ticket, with the hours it took."),
    suffixes=(".csv",),
    read=read,
)
