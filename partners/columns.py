"""The columns that a list of organizations may show: how each is named, sorted, drawn and exported.

Cells are made in Python and not in a template: fifty rows of ten cells through template nodes cost more than all
their queries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.markup import joined, markup
from common.templatetags.format import DASH, ago, day, money
from common.templatetags.ui import avatar, chip, icon_mark
from partners.choices import LAUNCHED_STAGES
from partners.selectors.listing import OrganizationRow, OwnerChip

GEMSTONE_TONES = {"diamond": "info", "pearl": "purple", "sapphire": "accent", "ruby": "danger", "quartz": "neutral"}
SHOWN_OWNERS = 3


@dataclass(frozen=True, kw_only=True)
class CellContext:
    """What a cell needs beside its row: the page's clock, and what to hang on the links of rows."""

    now: datetime
    list_suffix: str = ""
    is_editable: bool = False


Cell = Callable[[OrganizationRow, CellContext], SafeString | str]
Text = Callable[[OrganizationRow], Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """`sort` names the sort order it offers, if any; `css` is for numbers; `text` is the value in an export."""

    key: str
    label: str | Promise
    cell: Cell
    text: Text
    sort: str = ""
    css: str = ""
    is_commercial: bool = False

    def html(self, row: OrganizationRow, context: CellContext) -> SafeString:
        """The whole cell, with the name that it carries on a phone."""
        css = markup(' class="{}"', self.css) if self.css else ""
        return markup('<td{} data-label="{}">{}</td>', css, self.label, self.cell(row, context))


def row_url(row: OrganizationRow, suffix: str = "") -> str:
    """The page of a row; `suffix` remembers the list that one is working through."""
    return reverse("partners:organization", args=[row.public_id]) + suffix


def name_cell(row: OrganizationRow, context: CellContext) -> SafeString:
    """The heading cell of a row: monogram, name, kind, and what is special about it."""
    marks = ""
    if not row.is_open:
        marks = chip(_("Summary"), "neutral", "eye")
    elif row.is_archived:
        marks = chip(_("Archived"), "neutral", "archive")
    hint = _("%(kind)s through %(partner)s") if row.via_partner_name else "%(kind)s"
    words = hint % {"kind": row.kind_label, "partner": row.via_partner_name}
    return markup(
        '<th scope="row"><span class="name-cell">{}<span><a href="{}" data-row-link>{}</a> {}'
        '<span class="name-hint">{}</span></span></span></th>',
        avatar(row.name, shape="square"),
        row_url(row, context.list_suffix),
        row.name,
        marks,
        words,
    )


def stage_chip(row: OrganizationRow) -> SafeString:
    return chip(row.stage_label, row.stage_tone)


def _stage(row: OrganizationRow, context: CellContext) -> SafeString:
    return markup('{} <span class="muted nowrap">{}</span>', stage_chip(row), _days(row.days_in_stage))


def _days(days: int) -> str:
    return _("%(days)s d") % {"days": days}


def _owners(row: OrganizationRow, context: CellContext) -> SafeString | str:
    people = _people(row.owners)
    if not people:
        return markup('<span class="muted">{}</span>', _("Nobody"))
    shown = people[:SHOWN_OWNERS]
    marks = joined(markup('<span title="{}: {}">{}</span>', roles, name, avatar(name, "sm")) for name, roles in shown)
    first, roles = shown[0]
    more = f" +{len(people) - 1}" if len(people) > 1 else ""
    return markup(
        '<span class="person"><span class="monograms">{}</span><span class="person-text">'
        '<span class="person-name">{}{}</span><span class="person-hint">{}</span></span></span>',
        marks,
        first,
        more,
        roles,
    )


def _people(owners: tuple[OwnerChip, ...]) -> list[tuple[str, str]]:
    """Each person once with all roles, primary owners first."""
    roles: dict[int, list[str]] = {}
    names = {owner.user_id: owner.name for owner in owners}
    for owner in sorted(owners, key=lambda owner: not owner.is_primary):
        roles.setdefault(owner.user_id, []).append(owner.role_label)
    return [(names[user_id], ", ".join(labels)) for user_id, labels in roles.items()]


def class_chips(row: OrganizationRow) -> SafeString | str:
    """Gemstone, and tier or level: whatever the kind has."""
    marks = []
    if row.gemstone:
        marks.append(chip(row.gemstone_label, GEMSTONE_TONES.get(row.gemstone, "neutral"), "diamond"))
    if row.kind == "partner" and row.partner_tier is not None:
        marks.append(chip(_("Tier %(tier)s") % {"tier": row.partner_tier}))
    elif row.engagement_tier is not None and not row.gemstone:
        marks.append(chip(_("Level %(tier)s") % {"tier": row.engagement_tier}))
    return markup('<span class="chips">{}</span>', joined(marks)) if marks else DASH


def _contact(row: OrganizationRow, context: CellContext) -> SafeString | str:
    if row.last_interaction_at is None:
        return markup('<span class="muted">{}</span>', _("None yet"))
    return ago(row.last_interaction_at, context.now)


def launch_value(row: OrganizationRow) -> SafeString | str:
    """Launched on, or planned for with a warning once that day has passed."""
    if row.stage in LAUNCHED_STAGES and row.launched_on:
        return markup('<span class="tone-success">{} {}</span>', icon_mark("rocket"), day(row.launched_on))
    if row.target_launch_on is None:
        return markup('<span class="muted">{}</span>', _("Not set"))
    if row.is_late:
        return markup("{} {}", day(row.target_launch_on), chip(_("Passed"), "danger", "alert-triangle"))
    return day(row.target_launch_on)


def launch_cell(row: OrganizationRow, *, is_editable: bool) -> SafeString | str:
    """The planned launch; those who work on it change it in place."""
    value = launch_value(row)
    if not is_editable or row.is_archived or row.stage in LAUNCHED_STAGES:
        return value
    url = reverse("partners:organization_launch", args=[row.public_id])
    label = _("Change the target launch of %(name)s") % {"name": row.name}
    return markup(
        '{} <a class="cell-edit" href="{}" hx-get="{}" aria-label="{}">{}</a>',
        value,
        url,
        url,
        label,
        icon_mark("pencil"),
    )


def _launch(row: OrganizationRow, context: CellContext) -> SafeString | str:
    return launch_cell(row, is_editable=context.is_editable and row.may_work)


def _plain(name: str) -> tuple[Cell, Text]:
    return (lambda row, context: getattr(row, name) or DASH), (lambda row: getattr(row, name))


def _number(name: str) -> tuple[Cell, Text]:
    def cell(row: OrganizationRow, context: CellContext) -> str:
        value = getattr(row, name)
        return DASH if value is None else str(value)

    return cell, lambda row: getattr(row, name)


def _column(key: str, label: Promise, drawn: tuple[Cell, Text], **options: Any) -> Column:
    cell, text = drawn
    return Column(key=key, label=label, cell=cell, text=text, **options)


COLUMNS: tuple[Column, ...] = (
    _column("stage", gettext_lazy("Stage"), (_stage, lambda row: row.stage_label), sort="stage"),
    _column(
        "owners",
        gettext_lazy("Owners"),
        (_owners, lambda row: "; ".join(f"{owner.role_label}: {owner.name}" for owner in row.owners)),
    ),
    _column(
        "class",
        gettext_lazy("Class"),
        (lambda row, context: class_chips(row), lambda row: row.gemstone_label),
        sort="class",
    ),
    _column("contact", gettext_lazy("Last contact"), (_contact, lambda row: row.last_interaction_at), sort="contact"),
    _column("launch", gettext_lazy("Target launch"), (_launch, lambda row: row.target_launch_on), sort="launch"),
    _column("kind", gettext_lazy("Kind"), _plain("kind_label")),
    _column(
        "age",
        gettext_lazy("In stage since"),
        (lambda row, context: day(row.stage_entered_at), lambda row: row.stage_entered_at),
        sort="age",
    ),
    _column("country", gettext_lazy("Country"), _plain("country")),
    _column("industry", gettext_lazy("Industry"), _plain("industry")),
    _column("market", gettext_lazy("Market segment"), _plain("market_segment")),
    _column("tier", gettext_lazy("Partner tier"), _number("partner_tier"), sort="tier", css="num"),
    _column("engagement", gettext_lazy("Engagement tier"), _number("engagement_tier"), css="num"),
    _column("segment", gettext_lazy("ARR segment"), _plain("arr_segment")),
    _column("partner", gettext_lazy("Through"), _plain("via_partner_name")),
    _column(
        "launched",
        gettext_lazy("Launched"),
        (lambda row, context: day(row.launched_on), lambda row: row.launched_on),
    ),
    _column(
        "arr",
        gettext_lazy("ARR"),
        (lambda row, context: money(row.arr, row.currency), lambda row: row.arr),
        sort="arr",
        css="num",
        is_commercial=True,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_KEYS = ("stage", "owners", "class", "contact", "launch")


def chosen(keys: str, *, with_commercial: bool) -> tuple[Column, ...]:
    """The columns named in a comma-separated list, in that order; the usual ones if it names none."""
    wanted = [BY_KEY[key] for key in dict.fromkeys(keys.split(",")) if key in BY_KEY]
    columns = wanted or [BY_KEY[key] for key in DEFAULT_KEYS]
    return tuple(column for column in columns if with_commercial or not column.is_commercial)
