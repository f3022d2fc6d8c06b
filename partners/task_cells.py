"""The cells of a list of tasks, drawn in Python as those of organizations are (partners/columns.py)."""

from collections.abc import Iterable
from functools import cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.choices import ASSIGNMENT_ROLES
from accounts.labels import role_short_label
from common.addresses import address
from common.markup import escaped, joined, markup
from common.templatetags.format import day
from common.templatetags.ui import avatar, chip, icon, icon_mark
from partners.selectors.task_rows import TaskRow
from partners.selectors.to_do import ToDo
from partners.task_list import Line
from partners.work_choices import Court, TaskState

WIDTH = 6
_STATE_ICONS = {"open": "circle", "started": "progress", "done": "circle-check", "skipped": "circle-minus"}


def task_lines(lines: Iterable[Line], *, with_check: bool, with_organization: bool = True) -> SafeString:
    """The rows of a table body, with headings of groups."""
    words = _words()
    width = WIDTH + with_organization
    parts = []
    for line in lines:
        row = line.row
        if line.heading:
            parts.append(f'<tr class="group"><th scope="colgroup" colspan="{width}">{escaped(line.heading)}</th></tr>')
        parts.append(
            f'<tr data-row tabindex="-1">{_check(row) if with_check else ""}{_title(row)}'
            f"{_organization(row, words) if with_organization else ''}{_owner(row, words)}{_court(row, words)}"
            f"{_due(row, words)}{_state(row, words)}</tr>"
        )
    return SafeString("".join(parts))


class _Words:
    """The words that cells repeat, as they stand in markup."""

    def __init__(self) -> None:
        self.organization, self.owner, self.court = (
            escaped(_("Organization")),
            escaped(_("Owner")),
            escaped(_("Whose move")),
        )
        self.due, self.state, self.done = escaped(_("Due")), escaped(_("State")), escaped(_("Done"))
        self.nobody, self.no_day = escaped(_("Nobody")), escaped(_("No day"))
        self.due_when = escaped(_("due %(when)s"))
        self.blocked, self.waits = _("Blocked: %(reason)s"), _("Waits for %(titles)s")
        self.left = _("Left over from %(stage)s")
        self.for_gate = chip(_("For the gate"), "accent", "route")
        self.in_portal = chip(_("In the portal"), "teal", "share")
        self.states = {state.value: str(state.label) for state in TaskState}
        self.courts = {court.value: str(court.label) for court in Court}
        self.roles = {role: role_short_label(role) for role in ASSIGNMENT_ROLES}
        self.check = icon_mark("check")

    def role(self, row: TaskRow) -> str:
        return self.roles.get(row.owner_role) or row.owner_role_label


def _words() -> _Words:
    return _words_in(get_language() or "en")


@cache
def _words_in(language: str) -> _Words:
    """Those of the language in force; looked up once in a process."""
    return _Words()


def _check(row: TaskRow) -> str:
    if not row.may_do:
        return '<td class="check"></td>'
    return (
        f'<td class="check"><input class="form-check-input" type="checkbox" name="chosen" value="{row.public_id}"'
        f' aria-label="{escaped(row.title)}"></td>'
    )


def marks_of(row: TaskRow) -> SafeString:
    """What is special about a task: overdue, blocked and by what, left over, shared, needed by the gate."""
    words = _words()
    marks: list[SafeString] = []
    if row.is_overdue:
        marks.append(_late(row.days_overdue))
    if row.blocked_reason and row.is_open:
        marks.append(chip(words.blocked % {"reason": row.blocked_reason[:80]}, "warning", "hand-stop"))
    if row.waits_for:
        marks.append(chip(words.waits % {"titles": ", ".join(row.waits_for)[:80]}, "warning", "lock"))
    if row.is_left_over:
        marks.append(chip(words.left % {"stage": row.stage_label}, "neutral", "history"))
    if row.is_required and row.is_open and not row.is_left_over:
        marks.append(words.for_gate)
    if row.is_shared:
        marks.append(words.in_portal)
    return SafeString("".join(marks))


def _title(row: TaskRow) -> str:
    return (
        f'<th scope="row"><span class="task-cell"><a href="{address("partners:task", row.public_id)}" data-row-link>'
        f'{escaped(row.title)}</a><span class="task-marks">{marks_of(row)}</span></span></th>'
    )


def _organization(row: TaskRow, words: _Words) -> str:
    hint = " · ".join([part for part in (row.stage_label if row.stage else "", row.phase) if part])
    return (
        f'<td data-label="{words.organization}">'
        f'<a href="{address("partners:organization_tasks", row.organization_id)}">{escaped(row.organization_name)}</a>'
        f'<span class="name-hint">{escaped(hint)}</span></td>'
    )


def _owner(row: TaskRow, words: _Words) -> str:
    if not row.owner_name:
        role = f" ({escaped(words.role(row))})" if row.owner_role else ""
        return f'<td data-label="{words.owner}"><span class="muted">{words.nobody}{role}</span></td>'
    return (
        f'<td data-label="{words.owner}"><span class="person">{avatar(row.owner_name, size="sm")}'
        f'<span class="person-text"><span class="person-name">{escaped(row.owner_name)}</span>'
        f'<span class="person-hint">{escaped(words.role(row))}</span></span></span></td>'
    )


def _court(row: TaskRow, words: _Words) -> str:
    return f'<td data-label="{words.court}">{escaped(row.contact_name or words.courts[row.court])}</td>'


def _due(row: TaskRow, words: _Words) -> str:
    shown = day(row.due_on) if row.due_on else f'<span class="muted">{words.no_day}</span>'
    return f'<td class="nowrap" data-label="{words.due}">{shown}</td>'


def _state(row: TaskRow, words: _Words) -> str:
    shown = chip(words.states[row.state], row.state_tone)
    if not (row.is_open and row.may_do) or row.is_blocked:
        return f'<td class="nowrap" data-label="{words.state}">{shown}</td>'
    return (
        f'<td class="nowrap" data-label="{words.state}">{shown} <button class="tool" type="submit"'
        f' formaction="{address("partners:task_complete", row.public_id)}" title="{words.done}">{words.check}'
        f'<span class="visually-hidden">{words.done}: {escaped(row.title)}</span></button></td>'
    )


def task_items(rows: Iterable[TaskRow], *, token: SafeString, back: str, with_check: bool = False) -> SafeString:
    """The same as items of a list, each with its button.

    `token` is the hidden field against forged requests, `back` the address that the buttons come back to.
    """
    words = _words()
    sent = f'{token}<input type="hidden" name="next" value="{escaped(back)}">'
    return SafeString("".join([_item(row, words, sent, with_check=with_check) for row in rows]))


def _item(row: TaskRow, words: _Words, sent: str, *, with_check: bool) -> str:
    title = escaped(row.title)
    box = ""
    if with_check and row.may_tick:
        box = (
            f'<input class="form-check-input" type="checkbox" name="chosen" value="{row.public_id}" form="bulk-form"'
            f' aria-label="{title}">'
        )
    check = f'<span class="check">{box}</span>' if with_check else ""
    settled = "" if row.is_open else " task-settled"
    form = ""
    if row.may_tick and not row.is_blocked:
        form = (
            f'<form class="row-end" method="post" action="{address("partners:task_complete", row.public_id)}">{sent}'
            f'<button class="btn btn-sm" type="submit">{icon("check")}{words.done}'
            f'<span class="visually-hidden">: {title}</span></button></form>'
        )
    return (
        f'<li data-row tabindex="-1">{check}<span class="row-main"><a class="row-title row-wrap{settled}"'
        f' href="{address("partners:task", row.public_id)}" data-row-link>{icon_mark(_STATE_ICONS[row.state])} {title}'
        f'</a> <span class="row-hint row-wrap">{_about(row, words)}</span> <span class="chips">{marks_of(row)}</span>'
        f"</span>{form}</li>"
    )


def _about(row: TaskRow, words: _Words) -> str:
    """Its state, whose it is, whose move, and when it is due."""
    owner = escaped(row.owner_name) or words.nobody
    if not row.owner_name and row.owner_role:
        owner = f"{owner} ({escaped(words.role(row))})"
    due = f" · {words.due_when % {'when': day(row.due_on)}}" if row.due_on else ""
    return f"{words.states[row.state]} · {owner} · {escaped(row.contact_name or words.courts[row.court])}{due}"


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
