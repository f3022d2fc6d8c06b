"""The rows of the portfolio, drawn in Python as those of other lists are (partners/columns.py)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.addresses import address
from common.markup import joined, markup
from common.templatetags.format import DASH, day, money
from common.templatetags.ui import icon_mark
from health.rules.scorecard_packs import Scorecard
from health.selectors.portfolio import GroupCell, HealthRow
from health.words import band_chip, band_label, spell_score, trend_words

PAGE = "health:organization"


def heat_head(card: Scorecard | None, words: list[str]) -> SafeString:
    """The heads of the columns; with one scorecard its groups have a column each."""
    groups = words if card is not None else [_("Groups")]
    heads = [_("Organization"), _("Health"), *groups, _("Coverage"), _("Moved")]
    numbers = {_("Coverage"), _("Moved")}
    return joined(
        markup('<th scope="col"{}>{}</th>', SafeString(' class="num"') if head in numbers else "", head)
        for head in heads
    )


def heat_lines(rows: Iterable[HealthRow], card: Scorecard | None, *, suffix: str = "") -> SafeString:
    """The heat map: points of each group by color and figure, coverage, how the score moved."""
    health, coverage, moved, groups = _("Health"), _("Coverage"), _("Moved"), _("Groups")
    return joined(
        markup(
            '<tr data-row tabindex="-1">{}<td data-label="{}">{}</td>{}<td class="num" data-label="{}">{}</td>'
            '<td class="num" data-label="{}">{}</td></tr>',
            _name(row, suffix),
            health,
            _health(row),
            _groups(row, groups, is_columns=card is not None),
            coverage,
            _percent(row.coverage),
            moved,
            moved_mark(row.moved),
        )
        for row in rows
    )


def risk_lines(rows: Iterable[HealthRow], *, suffix: str = "") -> SafeString:
    """What is at risk: why in words, what is at stake, whose it is, since when."""
    words = _("Health"), _("Why"), _("ARR at stake"), _("Owner"), _("Next step"), _("Since")
    health, why, arr, owner, step, since = words
    nobody = markup('<span class="muted">{}</span>', _("Nobody"))
    return joined(
        markup(
            '<tr data-row tabindex="-1">{}<td data-label="{}">{} {}</td><td class="health-why" data-label="{}">{}</td>'
            '<td class="num nowrap" data-label="{}">{}</td><td data-label="{}">{}</td>'
            '<td data-label="{}">{}</td><td class="nowrap" data-label="{}">{}</td></tr>',
            _name(row, suffix),
            health,
            _health(row),
            moved_mark(row.moved),
            why,
            row.reason,
            arr,
            money(row.arr, row.currency) if row.arr is not None else DASH,
            owner,
            markup('{} <span class="name-hint">{}</span>', row.owner, row.owner_role) if row.owner else nobody,
            step,
            _step(row),
            since,
            day(row.band_since),
        )
        for row in rows
    )


def _step(row: HealthRow) -> SafeString | str:
    """What is done next about it: the episode that is open, with its next step."""
    if not row.episode_id:
        return DASH
    url = address("health:episode", row.episode_id)
    hint = markup('<span class="name-hint">{}</span>', row.episode_state) if row.next_step else ""
    return markup('<span><a href="{}">{}</a>{}</span>', url, row.next_step or row.episode_state, hint)


def move_lines(rows: Iterable[HealthRow], *, suffix: str = "") -> SafeString:
    """Whose band changed: from what to what, when, why."""
    change, why, on, moved = _("Change"), _("Why"), _("On"), _("Moved")
    first = markup('<span class="muted">{}</span>', _("first time"))
    return joined(
        markup(
            '<tr data-row tabindex="-1">{}<td class="nowrap" data-label="{}">{} {} {}</td>'
            '<td class="health-why" data-label="{}">{}</td><td class="num" data-label="{}">{}</td>'
            '<td class="nowrap" data-label="{}">{}</td></tr>',
            _name(row, suffix),
            change,
            band_chip(row.band_before) if row.band_before else first,
            icon_mark("arrow-right"),
            band_chip(row.band, row.score),
            why,
            row.reason,
            moved,
            moved_mark(row.moved),
            on,
            day(row.band_since),
        )
        for row in rows
    )


def moved_mark(moved: Decimal | None) -> SafeString:
    """An arrow with how many points a score moved since the snapshot before."""
    icon, words, tone = trend_words(moved)
    if not moved:
        return markup('<span class="muted" title="{}">{}</span>', words, "\u2192" if moved is not None else DASH)
    return markup('<span class="nowrap tone-{}">{}{}</span>', tone, icon_mark(icon), words)


def _name(row: HealthRow, suffix: str) -> SafeString:
    return markup(
        '<th scope="row"><a href="{}{}" data-row-link>{}</a><span class="name-hint">{} · {}</span></th>',
        address(PAGE, row.public_id),
        suffix,
        row.name,
        row.kind_label,
        row.stage_label,
    )


def _health(row: HealthRow) -> SafeString:
    mark = band_chip(row.band, row.score)
    if not row.is_set_by_hand:
        return mark
    words = _("By hand; computed: %(band)s") % {"band": band_label(row.computed_band)}
    return markup('{} <span class="name-hint">{}</span>', mark, words)


def _groups(row: HealthRow, label: str, *, is_columns: bool) -> SafeString:
    if is_columns:
        return joined(
            markup('<td class="heat-cell" data-label="{}">{}</td>', one.label, heat_mark(one)) for one in row.cells
        )
    marks = joined(
        markup('<span class="heat-named"><span class="heat-name">{}</span>{}</span>', one.label, heat_mark(one))
        for one in row.cells
    )
    return markup('<td data-label="{}"><span class="heat-strip">{}</span></td>', label, marks)


def heat_mark(cell: GroupCell) -> SafeString:
    """Points by color and figure; what is stale in part is hatched, and says how much is fresh."""
    if cell.points is None:
        return markup('<span class="heat heat-none" title="{}">{}</span>', _("No evidence yet"), DASH)
    figures = {"points": spell_score(cell.points), "coverage": _percent(cell.coverage)}
    words = _("%(points)s of 100; fresh evidence for %(coverage)s") % figures
    partly = " heat-stale" if cell.coverage < 100 else ""
    whole = spell_score(cell.points.quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    return markup('<span class="heat heat-{}{}" title="{}">{}</span>', cell.band, partly, words, whole)


def _percent(value: Decimal) -> str:
    return f"{spell_score(value.quantize(Decimal(1), rounding='ROUND_HALF_UP'))}\u202f%"
