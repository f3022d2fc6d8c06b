"""The columns that a list of organizations may show: how each is named, sorted, drawn and exported.

Cells are made in Python and not in a template: fifty rows of ten cells through template nodes cost more than all
their queries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.addresses import address
from common.markup import escaped, joined, markup
from common.templatetags.format import DASH, Clock, day, money, spell_number
from common.templatetags.ui import avatar, chip, icon_mark
from partners.choices import LAUNCHED_STAGES, HealthBand
from partners.selectors.listing import OrganizationRow, OwnerChip

GEMSTONE_TONES = {"diamond": "info", "pearl": "purple", "sapphire": "accent", "ruby": "danger", "quartz": "neutral"}
SHOWN_OWNERS = 3
HEALTH_TONES = {"green": "success", "yellow": "warning", "red": "danger", "grey": "neutral"}
HEALTH_ICONS = {"green": "circle-check", "yellow": "alert-triangle", "red": "alert-octagon", "grey": "circle-dashed"}


@dataclass(frozen=True, kw_only=True)
class CellContext:
    """What a cell needs beside its row: the page's clock, what to hang on the links of rows, and the marks that many
    rows share, made once."""

    clock: Clock
    list_suffix: str = ""
    marks: "Marks"


class Marks:
    """Words and chips that cells repeat, in the reader's language."""

    def __init__(self) -> None:
        self.summary = chip(_("Summary"), "neutral", "eye")
        self.archived = chip(_("Archived"), "neutral", "archive")
        self.passed = chip(_("Passed"), "danger", "alert-triangle")
        self.nobody = markup('<span class="muted">{}</span>', _("Nobody"))
        self.none_yet = markup('<span class="muted">{}</span>', _("None yet"))
        self.not_set = markup('<span class="muted">{}</span>', _("Not set"))
        self.rocket, self.pencil = icon_mark("rocket"), icon_mark("pencil")
        self.through = _("%(kind)s through %(partner)s")
        self.days = _("%(days)s d")
        self.change_launch = _("Change the target launch of %(name)s")


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

    def drawn(self) -> Cell:
        """The whole cell, with the name that it carries on a phone."""
        css = markup(' class="{}"', self.css) if self.css else ""
        head = markup('<td{} data-label="{}">', css, self.label)
        return lambda row, context: SafeString(f"{head}{escaped(self.cell(row, context))}</td>")


def row_url(row: OrganizationRow, suffix: str = "", page: str = "organization") -> str:
    """A page of a row; `suffix` remembers the list that one is working through."""
    return f"{address(f'partners:{page}', row.public_id)}{suffix}"


def check_cell(row: OrganizationRow) -> SafeString:
    """The box by which a row is chosen for what is done to many at once."""
    return markup(
        '<td class="check"><input class="form-check-input" type="checkbox" name="chosen"'
        ' value="{}" aria-label="{}"></td>',
        row.public_id,
        row.name,
    )


def name_cell(row: OrganizationRow, context: CellContext) -> SafeString:
    """The heading cell of a row: monogram, name, kind, and what is special about it."""
    special = "" if row.is_open else context.marks.summary
    if row.is_archived:
        special = context.marks.archived
    words = row.kind_label
    if row.via_partner_name:
        words = context.marks.through % {"kind": row.kind_label, "partner": row.via_partner_name}
    return SafeString(
        f'<th scope="row"><span class="name-cell">{avatar(row.name, shape="square")}<span>'
        f'<a href="{escaped(row_url(row, context.list_suffix))}" data-row-link>{escaped(row.name)}</a> {special}'
        f'<span class="name-hint">{escaped(words)}</span></span></span></th>'
    )


def stage_chip(row: OrganizationRow) -> SafeString:
    return _chip(row.stage_label, row.stage_tone)


def _stage(row: OrganizationRow, context: CellContext) -> SafeString:
    days = context.marks.days % {"days": row.days_in_stage}
    return markup('{} <span class="muted nowrap">{}</span>', stage_chip(row), days)


def _owners(row: OrganizationRow, context: CellContext) -> SafeString | str:
    people = _people(row.owners)
    if not people:
        return context.marks.nobody
    marks = "".join([_owner_mark(name, roles) for name, roles in people[:SHOWN_OWNERS]])
    first, roles = people[0]
    more = f" +{len(people) - 1}" if len(people) > 1 else ""
    return SafeString(
        f'<span class="person"><span class="monograms">{marks}</span><span class="person-text">'
        f'<span class="person-name">{escaped(first)}{more}</span><span class="person-hint">{escaped(roles)}</span>'
        "</span></span>"
    )


@lru_cache(maxsize=4_096)
def _owner_mark(name: str, roles: str) -> SafeString:
    """The monogram of a person with what they are; the same people stand in row after row."""
    return markup('<span title="{}: {}">{}</span>', roles, name, avatar(name, "sm"))


# Words of a closed list: the chips of all rows are a few dozen.
_chip = lru_cache(maxsize=512)(chip)


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
        marks.append(_chip(row.gemstone_label, GEMSTONE_TONES.get(row.gemstone, "neutral"), "diamond"))
    if row.kind == "partner" and row.partner_tier is not None:
        marks.append(_chip(_("Tier %(tier)s") % {"tier": row.partner_tier}))
    elif row.engagement_tier is not None and not row.gemstone:
        marks.append(_chip(_("Level %(tier)s") % {"tier": row.engagement_tier}))
    return markup('<span class="chips">{}</span>', joined(marks)) if marks else DASH


def _contact(row: OrganizationRow, context: CellContext) -> SafeString | str:
    if row.last_interaction_at is None:
        return context.marks.none_yet
    return context.clock.ago(row.last_interaction_at)


def launch_value(row: OrganizationRow, marks: Marks) -> SafeString | str:
    """Launched on, or planned for with a warning once that day has passed."""
    if row.stage in LAUNCHED_STAGES and row.launched_on:
        return markup('<span class="tone-success">{} {}</span>', marks.rocket, day(row.launched_on))
    if row.target_launch_on is None:
        return marks.not_set
    if row.is_late:
        return markup("{} {}", day(row.target_launch_on), marks.passed)
    return day(row.target_launch_on)


def launch_cell(row: OrganizationRow, context: CellContext) -> SafeString | str:
    """The planned launch; those who work on it change it in place."""
    value = launch_value(row, context.marks)
    if not row.may_work or row.is_archived or row.stage in LAUNCHED_STAGES:
        return value
    url = row_url(row, page="organization_launch")
    label = context.marks.change_launch % {"name": row.name}
    return markup(
        '{} <a class="cell-edit" href="{}" hx-get="{}" aria-label="{}">{}</a>',
        value,
        url,
        url,
        label,
        context.marks.pencil,
    )


def health_chip(band: str, score: Decimal | None) -> SafeString:
    """A band by color, icon and word, with its score where there is one."""
    words = str(HealthBand(band).label)
    if score is not None:
        words = f"{words} {spell_number(score, 0 if score == score.to_integral_value() else 2)}"
    return chip(words, HEALTH_TONES[band], HEALTH_ICONS[band])


def _health(row: OrganizationRow, context: CellContext) -> SafeString | str:
    if row.health_band not in HEALTH_TONES:
        return DASH
    return health_chip(row.health_band, row.health_score)


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
    _column("health", gettext_lazy("Health"), (_health, lambda row: row.health_band)),
    _column("score", gettext_lazy("Health score"), _number("health_score"), css="num"),
    _column("contact", gettext_lazy("Last contact"), (_contact, lambda row: row.last_interaction_at), sort="contact"),
    _column("launch", gettext_lazy("Target launch"), (launch_cell, lambda row: row.target_launch_on), sort="launch"),
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
DEFAULT_KEYS = ("stage", "owners", "health", "class", "contact", "launch")


def chosen(keys: str, *, with_commercial: bool) -> tuple[Column, ...]:
    """The columns named in a comma-separated list, in that order; the usual ones if it names none."""
    wanted = [BY_KEY[key] for key in dict.fromkeys(keys.split(",")) if key in BY_KEY]
    columns = wanted or [BY_KEY[key] for key in DEFAULT_KEYS]
    return tuple(column for column in columns if with_commercial or not column.is_commercial)
