"""The rows of the homes' panels as they are drawn; made in Python like the cells of lists (partners/columns.py).

The words that rows repeat are looked up once for a panel.
"""

from collections.abc import Callable, Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.addresses import address
from common.markup import joined, markup
from common.templatetags.format import Clock, day, spell_number
from common.templatetags.ui import avatar, chip, icon_mark, progress
from partners.selectors.portfolio import NewsItem, PortfolioRow, StageCount, Unowned

_ORGANIZATION = "partners:organization"


def portfolio_rows(rows: Iterable[PortfolioRow], clock: Clock) -> SafeString:
    """Rows of the table of own organizations: name, stage, last conversation, launch."""
    heads = (_("Stage"), _("Last conversation"), _("Launch"))
    stage, contact, launch = _stage_cell(), _contact_cell(clock), _launch_cell()
    return joined(
        markup(
            '<tr data-row tabindex="-1"><th scope="row"><span class="name-cell">{}<a href="{}" data-row-link>{}</a>'
            '</span></th><td data-label="{}">{}</td><td data-label="{}">{}</td><td data-label="{}">{}</td></tr>',
            avatar(row.name, "sm", "square"),
            address(_ORGANIZATION, row.public_id),
            row.name,
            heads[0],
            stage(row),
            heads[1],
            contact(row),
            heads[2],
            launch(row),
        )
        for row in rows
    )


Cell = Callable[[PortfolioRow], SafeString]


def _stage_cell() -> Cell:
    days = _("%(days)s d")
    pattern = '<span class="nowrap">{} <span class="muted">{}</span></span>'
    return lambda row: markup(pattern, chip(row.stage_label, row.stage_tone), days % {"days": row.days_in_stage})


def _contact_cell(clock: Clock) -> Cell:
    none_yet = markup('<span class="muted">{}</span>', _("None yet"))

    def cell(row: PortfolioRow) -> SafeString:
        if row.quiet_days is not None:
            words = ngettext("Quiet for %(days)s day", "Quiet for %(days)s days", row.quiet_days)
            return chip(words % {"days": row.quiet_days}, "warning", "clock-exclamation")
        return clock.ago(row.last_two_way_at) if row.last_two_way_at else none_yet

    return cell


def _launch_cell() -> Cell:
    passed = chip(_("Passed"), "danger", "alert-triangle")
    not_set = markup('<span class="muted">{}</span>', _("Not set"))
    rocket = icon_mark("rocket")

    def cell(row: PortfolioRow) -> SafeString:
        if row.launched_on:
            return markup('<span class="tone-success nowrap">{} {}</span>', rocket, day(row.launched_on))
        if row.target_launch_on is None:
            return not_set
        if row.is_late:
            return markup('<span class="nowrap">{}</span> {}', day(row.target_launch_on), passed)
        return markup("{}", day(row.target_launch_on))

    return cell


def stage_rows(counts: Iterable[StageCount], list_url: str, top: int) -> SafeString:
    """Rows of the table of stages; `top` is the total of the fullest one."""
    kind, organizations, share, longest = (
        _("Kind"),
        _("Organizations"),
        _("Share of the fullest stage"),
        _("Longest there"),
    )
    days = _("%(days)s d")
    return joined(
        markup(
            '<tr data-row tabindex="-1"><th scope="row"><a href="{}?kind={}&amp;stage={}" data-row-link>{}</a></th>'
            '<td data-label="{}">{}</td><td class="num" data-label="{}">{}</td><td data-label="{}">{}</td>'
            '<td class="num" data-label="{}">{}</td></tr>',
            list_url,
            count.kind,
            count.stage,
            count.label,
            kind,
            count.kind_label,
            organizations,
            spell_number(count.total),
            share,
            progress(count.total, top, count.label, show=False),
            longest,
            days % {"days": count.oldest_days},
        )
        for count in counts
    )


def news_rows(items: Iterable[NewsItem], clock: Clock) -> SafeString:
    """What happened of late: the organization, what and by whom, when."""
    return joined(
        _line(
            address(_ORGANIZATION, item.organization_id),
            item.organization_name,
            f"{item.title} · {item.actor_name}" if item.actor_name else item.title,
            clock.ago(item.at),
        )
        for item in items
    )


def unowned_rows(rows: Iterable[Unowned]) -> SafeString:
    """Organizations that nobody carries, with the role that is empty."""
    missing = _("No %(role)s")
    return joined(
        _line(
            address(_ORGANIZATION, row.public_id),
            row.name,
            row.stage_label,
            chip(missing % {"role": row.missing_role.upper()}, "warning"),
        )
        for row in rows
    )


def _line(url: str, title: str, hint: str, end: SafeString) -> SafeString:
    return markup(
        '<li><span class="row-main"><a class="row-title" href="{}">{}</a><span class="row-hint">{}</span></span>'
        '<span class="row-end">{}</span></li>',
        url,
        title,
        hint,
        end,
    )
