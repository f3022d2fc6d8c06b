"""The columns that a list of tickets may show: how each is named, sorted, drawn and exported.

Cells are made in Python and not in a template, as those of organizations are (partners/columns.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.markup import escaped, joined, markup
from common.templatetags.format import DASH, Clock
from common.templatetags.ui import avatar, chip
from tickets.choices import FAR, Priority
from tickets.selectors.rows import PRIORITY_ICONS, PRIORITY_TONES, STATUS_TONES, TicketRow

__all__ = ["BY_KEY", "COLUMNS", "DEFAULT_KEYS", "FAR", "PRIORITIES", "CellContext", "Column", "chosen"]
PRIORITIES = list(Priority.values)


@dataclass(frozen=True, kw_only=True)
class CellContext:
    """What a cell needs beside its row: the page's clock, and what to hang on the links of rows."""

    clock: Clock
    list_suffix: str = ""


Cell = Callable[[TicketRow, CellContext], SafeString | str]
Text = Callable[[TicketRow], Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """`sort` names the order it offers, if any; `text` is the value in a file."""

    key: str
    label: str | Promise
    cell: Cell
    text: Text
    sort: str = ""
    css: str = ""

    def drawn(self) -> Cell:
        """The whole cell, with the name that it carries on a phone."""
        css = markup(' class="{}"', self.css) if self.css else ""
        head = markup('<td{} data-label="{}">', css, self.label)
        return lambda row, context: SafeString(f"{head}{escaped(self.cell(row, context))}</td>")


_chip = lru_cache(maxsize=512)(chip)


def ticket_url(number: int) -> str:
    """The page of a ticket."""
    return f"{_tickets_url()}{number}/"


@lru_cache(maxsize=1)
def _tickets_url() -> str:
    return reverse("tickets:tickets")


def status_chip(row: TicketRow) -> SafeString:
    return _chip(row.status_label, STATUS_TONES[row.status], "", "", True)


def priority_chip(row: TicketRow) -> SafeString:
    return _chip(row.priority_label, PRIORITY_TONES[row.priority], PRIORITY_ICONS[row.priority])


def breach_cell(row: TicketRow, clock: Clock) -> SafeString | str:
    """When the promise breaks that breaks next; broken and soon in color, with an icon and a word."""
    if row.breaches_at is None:
        return DASH
    when = clock.ago(row.breaches_at)
    if row.is_breached:
        return markup('<span class="breach tone-danger">{} {}</span>', _chip(_("Broken"), "danger", "alarm"), when)
    return markup('<span class="breach tone-warning">{}</span>', when) if row.is_due_soon else when


def promise_cell(row: TicketRow, clock: Clock) -> SafeString | str:
    """What is due next, with the state of it: running, broken, or paused while others have to move."""
    if row.is_paused:
        return markup('<span class="breach">{}</span>', _chip(_("Paused"), "neutral", "clock-pause"))
    if row.breaches_at is None or row.due_at is None or row.is_breached:
        return breach_cell(row, clock)
    when = clock.ago(row.due_at)
    is_close = row.is_due_soon or row.due_at < clock.now
    return markup('<span class="breach tone-warning">{}</span>', when) if is_close else when


def last_word_cell(row: TicketRow, clock: Clock) -> SafeString | str:
    """Who wrote last, and when."""
    if row.last_word_at is None:
        return DASH
    look = (_("We"), "arrow-back-up") if row.last_word_is_ours else (_("Partner"), "message")
    return markup('<span class="breach">{} {}</span>', _chip(look[0], "neutral", look[1]), clock.ago(row.last_word_at))


def check_cell(row: TicketRow) -> SafeString:
    """The box by which a ticket is chosen for what is done to many at once."""
    return markup(
        '<td class="check"><input class="form-check-input" type="checkbox" name="chosen" value="{}"'
        ' aria-label="#{} {}"></td>',
        row.number,
        row.number,
        row.subject,
    )


def subject_cell(row: TicketRow, context: CellContext) -> SafeString:
    """The heading cell: number and subject, whose it is, and what is special about it."""
    marks = []
    if row.is_internal:
        marks.append(_chip(_("Not for the partner"), "warning", "lock"))
    if row.is_escalation:
        marks.append(_chip(_("Technical escalation"), "danger", "stairs-up"))
    if row.reopened:
        marks.append(_chip(_("Reopened"), "warning", "repeat"))
    who = " · ".join(part for part in (row.organization_name, row.requester) if part)
    return markup(
        '<th scope="row"><span class="ticket-cell"><a href="{}{}" data-row-link><span class="ticket-number">#{}</span>'
        ' {}</a><span class="name-hint">{}</span><span class="task-marks">{}</span></span></th>',
        ticket_url(row.number),
        context.list_suffix,
        row.number,
        row.subject,
        who,
        joined(marks),
    )


def _assignee(row: TicketRow, context: CellContext) -> SafeString:
    if not row.assignee_name:
        return markup('<span class="muted">{}</span>', _("Nobody"))
    return markup(
        '<span class="person">{}<span class="person-text"><span class="person-name">{}</span></span></span>',
        avatar(row.assignee_name, "sm"),
        row.assignee_name,
    )


def _tags(row: TicketRow, context: CellContext) -> SafeString | str:
    return markup('<span class="chips">{}</span>', joined(_chip(tag, "neutral", "tag") for tag in row.tags)) or DASH


def _moment(name: str) -> tuple[Cell, Text]:
    def cell(row: TicketRow, context: CellContext) -> SafeString | str:
        value = getattr(row, name)
        return context.clock.ago(value) if value else DASH

    return cell, lambda row: getattr(row, name)


def _plain(name: str) -> tuple[Cell, Text]:
    return (lambda row, context: getattr(row, name) or DASH), (lambda row: getattr(row, name))


def _column(key: str, label: Promise, drawn: tuple[Cell, Text], **options: Any) -> Column:
    cell, text = drawn
    return Column(key=key, label=label, cell=cell, text=text, **options)


COLUMNS: tuple[Column, ...] = (
    _column(
        "breaches",
        gettext_lazy("Breaches"),
        (lambda row, context: breach_cell(row, context.clock), lambda row: row.breaches_at),
        sort="breaches",
        css="nowrap",
    ),
    _column("status", gettext_lazy("Status"), (lambda row, context: status_chip(row), lambda row: row.status_label)),
    _column(
        "priority",
        gettext_lazy("Priority"),
        (lambda row, context: priority_chip(row), lambda row: row.priority_label),
        sort="priority",
    ),
    _column("assignee", gettext_lazy("Assignee"), (_assignee, lambda row: row.assignee_name)),
    _column("queue", gettext_lazy("Queue"), _plain("queue_name")),
    _column("waiting", gettext_lazy("Waits for us since"), _moment("waits_since"), sort="waiting", css="nowrap"),
    _column("organization", gettext_lazy("Organization"), _plain("organization_name")),
    _column("requester", gettext_lazy("Asked by"), _plain("requester")),
    _column("category", gettext_lazy("Category"), _plain("category_name")),
    _column("kind", gettext_lazy("Kind"), _plain("kind_label")),
    _column("channel", gettext_lazy("Channel"), _plain("channel_label")),
    _column("tags", gettext_lazy("Tags"), (_tags, lambda row: ", ".join(row.tags))),
    _column("opened", gettext_lazy("Opened"), _moment("opened_at"), sort="newest", css="nowrap"),
    _column("moved", gettext_lazy("Last event"), _moment("moved_at"), css="nowrap"),
    _column("due", gettext_lazy("Due"), _moment("due_at"), css="nowrap"),
    _column("solved", gettext_lazy("Solved"), _moment("solved_at"), css="nowrap"),
    _column(
        "promise",
        gettext_lazy("Next due"),
        (lambda row, context: promise_cell(row, context.clock), lambda row: row.due_at),
        css="nowrap",
    ),
    _column(
        "last_word",
        gettext_lazy("Last word"),
        (lambda row, context: last_word_cell(row, context.clock), lambda row: row.last_word_at),
        css="nowrap",
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_KEYS = ("breaches", "status", "priority", "assignee", "queue", "waiting")


def chosen(keys: str, usual: Sequence[str] = DEFAULT_KEYS) -> tuple[Column, ...]:
    """The columns named in a comma-separated list, in that order; the `usual` ones if it names none."""
    wanted = [BY_KEY[key] for key in dict.fromkeys(keys.split(",")) if key in BY_KEY]
    return tuple(wanted or (BY_KEY[key] for key in usual))
