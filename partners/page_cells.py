"""What every tab of an organization begins with, drawn in Python as the cells of lists are (partners/columns.py)."""

from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.markup import escaped
from common.templatetags.format import ago, day
from common.templatetags.ui import avatar, chip
from partners.columns import class_chips
from partners.selectors.page import OrganizationPage


def headline(page: OrganizationPage) -> SafeString:
    """Stage, class, owners, launch, last contact, and the marks of other floors."""
    facts = "".join([f"<div><dt>{escaped(name)}</dt><dd>{words}</dd></div>" for name, words in _facts(page)])
    return SafeString(f'<dl class="headline">{facts}</dl>')


def _facts(page: OrganizationPage) -> Iterator[tuple[str, str]]:
    row = page.row
    days = ngettext("%(days)s day", "%(days)s days", row.days_in_stage) % {"days": row.days_in_stage}
    yield _("Stage"), f'{chip(row.stage_label, row.stage_tone)} <span class="muted small">{escaped(days)}</span>'
    if page.is_open:
        yield _("Class"), escaped(class_chips(row))
    yield _("Owners"), _owners(page) or _muted(_("Nobody"))
    yield _launch(page)
    last = row.last_interaction_at
    yield _("Last contact"), ago(last, page.now) if last else _muted(_("None yet"))
    for mark in page.marks:
        yield mark.label, f'<a href="{escaped(mark.url)}">{chip(mark.words, mark.tone, mark.icon)}</a>'


def _owners(page: OrganizationPage) -> str:
    owners = "".join(
        [
            f'<span class="owner" title="{escaped(owner.role_label)}: {escaped(owner.name)}">{avatar(owner.name, "sm")}'
            f'<span>{escaped(owner.name)} <span class="muted">{escaped(owner.role_label)}</span></span></span>'
            for owner in page.row.lead_owners
        ]
    )
    return f'<span class="owner-line">{owners}</span>' if owners else ""


def _launch(page: OrganizationPage) -> tuple[str, str]:
    """The launch that is planned, or the day on which it was."""
    planned = page.next_date
    if planned is not None:
        passed = f" {chip(_('Passed'), 'danger', 'alert-triangle')}" if planned.is_late else ""
        return planned.label, f"{day(planned.on)}{passed}"
    if page.row.launched_on:
        return _("Launched"), day(page.row.launched_on)
    return _("Target launch"), _muted(_("Not set"))


def _muted(words: str) -> str:
    return f'<span class="muted">{escaped(words)}</span>'
