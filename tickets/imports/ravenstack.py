"""A flat list of tickets: one row each, with when it came in, was answered and was closed (RavenStack's export)."""

import csv
from datetime import UTC, datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.choices import Channel, TicketStatus, Tier
from tickets.imports.courses import MOST_KEY, Course, Happened, Progress, Read, Source, moment, without_text

_DAY, _TIME = "%d-%m-%Y", "%d-%m-%Y %H:%M"
_LEVELS = {
    "urgent": ("high", "high"),
    "high": ("medium", "high"),
    "medium": ("medium", "medium"),
    "low": ("low", "low"),
}
_NEEDED = ("ticket_id", "account_id", "submitted_at", "closed_at", "priority")
_MOST_MINUTES = 60 * 24 * 366


def read(file: TextIO, zone: ZoneInfo, progress: Progress) -> Read:
    """The tickets of the list. What is closed before it came in, or came in twice, is a fault."""
    found = Read()
    rows = csv.DictReader(file)
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


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    return moment(text or "", _TIME, zone) or moment(text or "", _DAY, zone)


def _course(key: str, number: int, row: dict[str, str], zone: ZoneInfo, found: Read) -> None:
    opened_at, closed_at = _moment(row["submitted_at"], zone), _moment(row["closed_at"], zone)
    priority = (row["priority"] or "").strip().lower()
    if opened_at is None:
        found.fault(number, "submitted_at", row["submitted_at"], _("a day such as 27-07-2023"))
    elif row["closed_at"] and closed_at is None:
        found.fault(number, "closed_at", row["closed_at"], _("a time such as 28-07-2023 03:00"))
    elif closed_at is not None and closed_at < opened_at:
        found.fault(number, "closed_at", row["closed_at"], _("a time not before it came in"))
    elif priority not in _LEVELS:
        found.fault(number, "priority", row["priority"], _("one of: %(limit)s") % {"limit": ", ".join(_LEVELS)})
    else:
        steps = _steps(number, row, opened_at, closed_at, found)
        if steps is not None:
            found.courses.append(_made(key, number, row, opened_at, priority, steps))


def _steps(
    number: int, row: dict[str, str], opened_at: datetime, closed_at: datetime | None, found: Read
) -> list[Happened] | None:
    steps = []
    text = (row.get("first_response_time_minutes") or "").strip()
    if text:
        minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else _MOST_MINUTES + 1
        answered_at = opened_at + timedelta(minutes=min(minutes, _MOST_MINUTES))
        if minutes > _MOST_MINUTES:
            found.fault(number, "first_response_time_minutes", text, _("whole minutes, of a year at most"))
            return None
        if closed_at is not None and answered_at > closed_at:
            expected = _("an answer before it was closed")
            found.fault(number, "first_response_time_minutes", text, expected)
            return None
        is_raised = (row.get("escalation_flag") or "").strip().lower() == "true"
        values = {"tier": Tier.SECOND} if is_raised else {}
        steps.append(Happened(at=answered_at, says=without_text(), values=values))
    if closed_at is not None:
        steps += [
            Happened(at=closed_at, values={"status": status}) for status in (TicketStatus.SOLVED, TicketStatus.CLOSED)
        ]
    return steps


def _made(
    key: str, number: int, row: dict[str, str], opened_at: datetime, priority: str, steps: list[Happened]
) -> Course:
    impact, urgency = _LEVELS[priority]
    score = (row.get("satisfaction_score") or "").strip().removesuffix(".0")
    return Course(
        key=key,
        row=number,
        opened_at=opened_at.astimezone(UTC),
        subject=_("Ticket %(key)s") % {"key": key},
        body=without_text(),
        channel=Channel.IMPORT,
        organization=(row["account_id"] or "").strip(),
        values={"impact": impact, "urgency": urgency, "tags": [f"csat-{score}"] if score else []},
        steps=steps,
        never_before_us=True,
    )


RAVENSTACK = Source(
    key="ravenstack",
    label=gettext_lazy("List of tickets (RavenStack)"),
    hint=gettext_lazy("CSV, one row for each ticket."),
    suffixes=(".csv",),
    read=read,
)
