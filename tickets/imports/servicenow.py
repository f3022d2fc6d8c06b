"""The audit log of ServiceNow: a row for each change of an incident, in `sys_mod_count` the order; `?` is unknown.

A state that is left again was not the end: `Closed` in the middle of a log is solved to the hub, where closed is final.
The log has no messages, so none are made up: a first response is owed until the ticket is solved.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.choices import Channel, TicketKind, TicketStatus
from tickets.imports.courses import MOST_KEY, Course, Happened, Progress, Read, Source, kept, moment
from tickets.rules import workflow
from tickets.rules.priority import priority_of

_PATTERN = "%d/%m/%Y %H:%M"
_STATES: Mapping[str, str] = {
    "New": TicketStatus.NEW,
    "Active": TicketStatus.OPEN,
    "Awaiting User Info": TicketStatus.PENDING,
    "Awaiting Vendor": TicketStatus.ON_HOLD,
    "Awaiting Problem": TicketStatus.ON_HOLD,
    "Awaiting Evidence": TicketStatus.ON_HOLD,
    "Resolved": TicketStatus.SOLVED,
    "Closed": TicketStatus.CLOSED,
}
_LEVELS = {"1": "high", "2": "medium", "3": "low"}
_PRIORITIES = {"1": "critical", "2": "high", "3": "medium", "4": "low", "5": "low"}
_CHANNELS = {"Phone": Channel.PHONE, "Email": Channel.MAIL, "Self service": Channel.PORTAL}
_NEEDED = ("number", "incident_state", "sys_mod_count", "opened_at", "sys_updated_at")
_MOST_DIGITS = 4
_TOLD = ("u_symptom", "cmdb_ci", "opened_by", "problem_id", "rfc", "vendor", "caused_by", "closed_code")

Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class _Change:
    """A row that can be: its place in the file and in the log, when, to which status, and what it says."""

    row: int
    place: int
    opened_at: datetime
    at: datetime
    cells: Row
    status: str
    impact: str
    urgency: str
    priority: str


def read(file: TextIO, zone: ZoneInfo, progress: Progress) -> Read:
    """The incidents of a log, rows of one incident anywhere in it."""
    found = Read()
    rows = csv.DictReader(file)
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        found.fault(1, missing[0], "", _("a column of this name"))
        return found
    incidents: dict[str, list[tuple[int, int, Row]]] = {}
    for number, row in enumerate(rows, start=2):
        found.total += 1
        place = (row["sys_mod_count"] or "").strip()
        if not _known(row["number"]) or len(row["number"]) > MOST_KEY:
            found.fault(number, "number", row["number"], _("the number of the incident"))
        elif not _is_count(place):
            found.fault(number, "sys_mod_count", place, _("a whole number"))
        else:
            incidents.setdefault(row["number"], []).append((int(place), number, row))
        if found.total % 1_000 == 0:
            progress(found.total)
    for key, course in incidents.items():
        changes = list(_changes(sorted(course, key=itemgetter(0, 1)), zone, found))
        if changes:
            found.courses.append(_course(key, changes, zone, found))
    return found


def _known(text: str | None) -> str:
    found = (text or "").strip()
    return "" if found == "?" else found


def _changes(course: Sequence[tuple[int, int, Row]], zone: ZoneInfo, found: Read) -> Iterator[_Change]:
    """The rows of an incident that can be, in their order; the others become faults."""
    last: _Change | None = None
    for place, number, row in course:
        change = _change(place, number, row, zone, last, found)
        if change is not None:
            last = change
            yield change


def _change(place: int, number: int, row: Row, zone: ZoneInfo, last: _Change | None, found: Read) -> _Change | None:
    opened_at = moment(row["opened_at"], _PATTERN, zone)
    at = moment(row["sys_updated_at"], _PATTERN, zone, not_before=last.at if last else opened_at)
    levels = {name: _level(row.get(name)) for name in ("impact", "urgency")}
    priority = _PRIORITIES.get(_known(row.get("priority"))[:1], "")
    earliest = last.at if last else opened_at
    expected = ""
    column = ""
    if opened_at is None or (last is not None and opened_at != last.opened_at):
        column, expected = "opened_at", _("when it was opened, the same in all rows of the incident")
    elif at is None:
        column, expected = "sys_updated_at", _("a time such as 29/2/2016 08:58")
    elif last is not None and place == last.place:
        column, expected = "sys_mod_count", _("a number once: row %(row)s has it already") % {"row": last.row}
    elif earliest is not None and at < earliest:
        column, expected = (
            "sys_updated_at",
            _("a time not before that of the row before, %(at)s UTC") % {"at": f"{earliest:%Y-%m-%d %H:%M}"},
        )
    elif row["incident_state"] not in _STATES:
        column, expected = "incident_state", _("one of: %(limit)s") % {"limit": ", ".join(_STATES)}
    else:
        column = next((name for name, level in levels.items() if not level), "" if priority else "priority")
        expected = _("a level such as 2 - Medium") if column else ""
    if expected or opened_at is None or at is None:
        found.fault(number, column, row.get(column, ""), expected)
        return None
    return _Change(
        row=number,
        place=place,
        opened_at=opened_at,
        at=at,
        cells=row,
        status=_STATES[row["incident_state"]],
        priority=priority,
        **levels,
    )


def _level(text: str | None) -> str:
    return _LEVELS.get(_known(text)[:1], "")


class _Log:
    """Lets an incident live through its changes."""

    def __init__(self, changes: Sequence[_Change], zone: ZoneInfo, found: Read) -> None:
        self.changes, self.zone, self.found = changes, zone, found
        self.status: str = TicketStatus.NEW
        self.steps: list[Happened] = []
        first = changes[0]
        self.opening = _fields(first)
        self.levels = (first.impact, first.urgency, first.priority)
        self.end = len(changes)
        while self.end > 0 and changes[self.end - 1].status == TicketStatus.CLOSED:
            self.end -= 1

    def tell(self) -> None:
        first = self.changes[0]
        if first.priority != priority_of(first.impact, first.urgency):
            self.steps.append(Happened(at=first.opened_at, priority=first.priority))
        before = self.opening
        for place, change in enumerate(self.changes):
            fields = _fields(change)
            values = {name: value for name, value in fields.items() if value != before[name]}
            if self._take(change, values, is_end=place >= self.end):
                before = fields

    def _take(self, change: _Change, values: dict[str, Any], *, is_end: bool) -> bool:
        who = _known(change.cells.get("sys_updated_by"))
        wanted = TicketStatus.SOLVED if change.status == TicketStatus.CLOSED else change.status
        priority = self._priority(change, values)
        if self.status == TicketStatus.CLOSED:
            if values or priority:
                self.found.fault(change.row, next(iter(values), "priority"), "", _("no change after closing"))
            return False
        if wanted != self.status:
            if not workflow.may_move(self.status, wanted):
                words = {"state": TicketStatus(self.status).label}
                expected = _("a state that may follow %(state)s") % words
                self.found.fault(change.row, "incident_state", change.cells["incident_state"], expected)
                return False
            values["status"] = self.status = wanted
        solved_at = self._solved_at(change) if is_end and "status" in values else change.at
        if values or priority:
            self.steps.append(Happened(at=solved_at, who=who, values=values, priority=priority))
        self.levels = (change.impact, change.urgency, change.priority)
        if is_end:
            self.status = TicketStatus.CLOSED
            self.steps.append(Happened(at=change.at, who=who, values={"status": TicketStatus.CLOSED}))
        return True

    def _priority(self, change: _Change, values: dict[str, Any]) -> str:
        """The priority set by hand with this change, if it is; impact and urgency say it else."""
        now = (change.impact, change.urgency, change.priority)
        if now == self.levels:
            return ""
        if change.priority != priority_of(change.impact, change.urgency):
            return change.priority
        values["impact"] = change.impact
        return ""

    def _solved_at(self, change: _Change) -> datetime:
        """When what was closed without a row of its solving was solved, as the log says elsewhere."""
        last = self.steps[-1].at if self.steps else change.opened_at
        said = moment(_known(change.cells.get("resolved_at")), _PATTERN, self.zone, not_before=last)
        return said if said is not None and last <= said <= change.at else change.at


def _fields(change: _Change) -> dict[str, Any]:
    cells = change.cells
    return {
        "impact": change.impact,
        "urgency": change.urgency,
        "queue": _known(cells.get("assignment_group")),
        "assignee": _known(cells.get("assigned_to")),
        "category": _known(cells.get("category")),
    }


def _course(key: str, changes: Sequence[_Change], zone: ZoneInfo, found: Read) -> Course:
    log = _Log(changes, zone, found)
    log.tell()
    first, last = changes[0], changes[-1]
    opening = dict(log.opening)
    counts = [_known(change.cells.get("reopen_count")) for change in changes]
    return Course(
        key=key,
        row=first.row,
        opened_at=first.opened_at,
        subject=_subject(key, first.cells),
        body=_body(key, last.cells),
        channel=_CHANNELS.get(_known(first.cells.get("contact_type")), Channel.IMPORT),
        organization=_known(last.cells.get("location")),
        requester=_known(first.cells.get("caller_id")),
        queue=opening.pop("queue"),
        values={"kind": TicketKind.INCIDENT, **opening},
        steps=log.steps,
        reopened=max((int(text) for text in counts if _is_count(text)), default=0),
    )


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def _subject(key: str, cells: Row) -> str:
    parts = [_known(cells.get(name)) for name in ("category", "subcategory")]
    return f"{', '.join(part for part in parts if part) or _('Incident')} ({key})"[:250]


def _body(key: str, cells: Row) -> str:
    told = [f"- {name}: {_known(cells.get(name))}" for name in _TOLD if _known(cells.get(name))]
    return kept("\n".join([f"ServiceNow {key}", "", *told]))


SERVICENOW = Source(
    key="servicenow",
    label=gettext_lazy("ServiceNow: log of incidents"),
    hint=gettext_lazy("CSV, one row for each change of an incident."),
    suffixes=(".csv",),
    read=read,
)
