"""The cells of a list of tasks, drawn in Python as those of organizations are (partners/columns.py)."""

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.addresses import address
from common.markup import escaped, joined, markup
from common.templatetags.format import day
from common.templatetags.ui import avatar, chip, icon_mark
from partners.selectors.task_rows import TaskRow
from partners.selectors.to_do import ToDo
from partners.task_list import Line

WIDTH = 6


def task_lines(lines: Iterable[Line], *, with_check: bool, with_organization: bool = True) -> SafeString:
    """The rows of a table body, with headings of groups."""
    head = _Words()
    width = WIDTH + with_organization
    parts = []
    for line in lines:
        if line.heading:
            parts.append(
                markup('<tr class="group"><th scope="colgroup" colspan="{}">{}</th></tr>', width, line.heading)
            )
        cells = [
            _check(line.row) if with_check else "",
            _title(line.row),
            _organization(line.row, head) if with_organization else "",
            _owner(line.row, head),
            _court(line.row, head),
            _due(line.row, head),
            _state(line.row, head),
        ]
        parts.append(markup('<tr data-row tabindex="-1">{}</tr>', joined(cells)))
    return joined(parts)


class _Words:
    """The words that cells repeat, looked up once a page."""

    def __init__(self) -> None:
        self.organization, self.owner, self.court = _("Organization"), _("Owner"), _("Whose move")
        self.due, self.state, self.done = _("Due"), _("State"), _("Done")
        self.nobody, self.no_day = _("Nobody"), _("No day")


def _check(row: TaskRow) -> SafeString:
    if not row.may_do:
        return SafeString('<td class="check"></td>')
    return markup(
        '<td class="check"><input class="form-check-input" type="checkbox" name="chosen" value="{}"'
        ' aria-label="{}"></td>',
        row.public_id,
        row.title,
    )


def marks_of(row: TaskRow) -> SafeString:
    """What is special about a task: overdue, blocked and by what, left over, shared, needed by the gate."""
    marks: list[SafeString] = []
    if row.is_overdue:
        marks.append(_late(row.days_overdue))
    if row.blocked_reason and row.is_open:
        marks.append(chip(_("Blocked: %(reason)s") % {"reason": row.blocked_reason[:80]}, "warning", "hand-stop"))
    if row.waits_for:
        marks.append(chip(_("Waits for %(titles)s") % {"titles": ", ".join(row.waits_for)[:80]}, "warning", "lock"))
    if row.is_left_over:
        marks.append(chip(_("Left over from %(stage)s") % {"stage": row.stage_label}, "neutral", "history"))
    if row.is_required and row.is_open and not row.is_left_over:
        marks.append(chip(_("For the gate"), "accent", "route"))
    if row.is_shared:
        marks.append(chip(_("In the portal"), "teal", "share"))
    return joined(marks)


def _title(row: TaskRow) -> SafeString:
    return markup(
        '<th scope="row"><span class="task-cell"><a href="{}" data-row-link>{}</a>'
        '<span class="task-marks">{}</span></span></th>',
        address("partners:task", row.public_id),
        row.title,
        marks_of(row),
    )


def _organization(row: TaskRow, words: _Words) -> SafeString:
    return markup(
        '<td data-label="{}"><a href="{}">{}</a><span class="name-hint">{}</span></td>',
        words.organization,
        address("partners:organization_tasks", row.organization_id),
        row.organization_name,
        " · ".join(part for part in (row.stage_label if row.stage else "", row.phase) if part),
    )


def _owner(row: TaskRow, words: _Words) -> SafeString:
    if not row.owner_name:
        role = f" ({escaped(row.owner_role_label)})" if row.owner_role else ""
        return SafeString(
            f'<td data-label="{escaped(words.owner)}"><span class="muted">{escaped(words.nobody)}{role}</span></td>'
        )
    return markup(
        '<td data-label="{}"><span class="person">{}<span class="person-text"><span class="person-name">{}</span>'
        '<span class="person-hint">{}</span></span></span></td>',
        words.owner,
        avatar(row.owner_name, size="sm"),
        row.owner_name,
        row.owner_role_label,
    )


def _court(row: TaskRow, words: _Words) -> SafeString:
    return markup('<td data-label="{}">{}</td>', words.court, row.contact_name or row.court_label)


def _due(row: TaskRow, words: _Words) -> SafeString:
    shown = day(row.due_on) if row.due_on else markup('<span class="muted">{}</span>', words.no_day)
    return markup('<td class="nowrap" data-label="{}">{}</td>', words.due, shown)


def _state(row: TaskRow, words: _Words) -> SafeString:
    shown = chip(row.state_label, row.state_tone)
    if not (row.is_open and row.may_do) or row.is_blocked:
        return markup('<td class="nowrap" data-label="{}">{}</td>', words.state, shown)
    return markup(
        '<td class="nowrap" data-label="{}">{} <button class="tool" type="submit" formaction="{}" title="{}">{}'
        '<span class="visually-hidden">{}: {}</span></button></td>',
        words.state,
        shown,
        address("partners:task_complete", row.public_id),
        words.done,
        icon_mark("check"),
        words.done,
        row.title,
    )


def panel_rows(rows: Iterable[ToDo], user_id: int | None) -> SafeString:
    """Rows of the home's panel: what, where, whose if not the reader's own; promises are marked."""
    promise = icon_mark("heart-handshake")
    return joined(
        markup(
            '<li><span class="row-main"><a class="row-title row-wrap" href="{}">{} {}</a>'
            '<span class="row-hint">{}</span></span><span class="row-end">{}</span></li>',
            address("partners:task", row.public_id)
            if row.is_task
            else f"{address('partners:organization_commitments', row.organization_id)}#c-{row.public_id}",
            "" if row.is_task else promise,
            row.title,
            row.organization_name if row.owner_id == user_id else f"{row.organization_name} · {row.owner_name}",
            _late(row.days_overdue) or day(row.due_on),
        )
        for row in rows
    )


def _late(days: int) -> SafeString:
    if not days:
        return SafeString("")
    words = ngettext("%(count)d day overdue", "%(count)d days overdue", days) % {"count": days}
    return chip(words, "danger", "alert-triangle")
