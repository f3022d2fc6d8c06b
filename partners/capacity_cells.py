"""The rows of the page of weeks ahead, drawn in Python as those of lists are (partners/columns.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.addresses import address
from common.markup import escaped
from common.templatetags.ui import avatar, icon
from partners.selectors.capacity_ahead import WeekCell, WeeksRow


@dataclass(frozen=True, kw_only=True)
class _Page:
    """What all cells of a page share: words and days in the reader's language, as they stand in markup."""

    words: str
    days: Mapping[date, str]

    @classmethod
    def of(cls, cells: Iterable[WeekCell]) -> "_Page":
        words = _("%(name)s, week of %(day)s: %(wanted)s of %(there)s hours, %(word)s")
        days = {cell.week_on: escaped(date_format(cell.week_on, "j M")) for cell in cells}
        return cls(words=escaped(words), days=days)


def _person_url(row: WeeksRow) -> str:
    """What a week of a person is made of: the present one, or the one that the address names."""
    return address("partners:capacity_person", row.public_id)


def week_heads(mondays: Sequence[date]) -> list[str]:
    """The columns: the Mondays."""
    return [date_format(monday, "j M") for monday in mondays]


def week_rows(rows: Iterable[WeeksRow], *, of_teams: bool, team_url: str = "") -> SafeString:
    """A row for each person or team: the name, and a cell for each week that opens what it is made of."""
    shown = list(rows)
    page = _Page.of(shown[0].cells if shown else ())
    if of_teams:
        return SafeString("".join([_row(row, f"{team_url}?team={row.public_id}", page, of_weeks="") for row in shown]))
    return SafeString("".join([_row(row, _person_url(row), page, of_weeks="?week=") for row in shown]))


def week_strip(row: WeeksRow, chosen: WeekCell | None = None) -> SafeString:
    """The weeks of one person, one after the other, each a way to what it is made of."""
    page, url, name = _Page.of(row.cells), f"{_person_url(row)}?week=", escaped(row.name)
    items = [
        f'<li><span class="week-day" aria-hidden="true">{page.days[cell.week_on]}</span>'
        f"{_cell(name, cell, f'{url}{cell.week_on.isoformat()}', page, is_chosen=cell == chosen)}</li>"
        for cell in row.cells
    ]
    return SafeString(f'<ul class="week-strip">{"".join(items)}</ul>')


def _row(row: WeeksRow, url: str, page: _Page, *, of_weeks: str) -> str:
    """`of_weeks`: what leads from the address of the row to that of a week; empty where the row has but one."""
    name, url = escaped(row.name), escaped(url)
    cells = [
        f'<td data-label="{page.days[cell.week_on]}">'
        f"{_cell(name, cell, f'{url}{of_weeks}{cell.week_on.isoformat()}' if of_weeks else url, page)}</td>"
        for cell in row.cells
    ]
    return (
        f'<tr data-row tabindex="-1"><th scope="row"><span class="name-cell">{avatar(row.name, "sm")}'
        f'<a href="{url}" data-row-link>{name}</a></span></th>{"".join(cells)}</tr>'
    )


def _cell(name: str, cell: WeekCell, url: str, page: _Page, *, is_chosen: bool = False) -> str:
    """`name` and `url` as they stand in markup."""
    label = escaped(cell.label)
    told = page.words % {
        "name": name,
        "day": page.days[cell.week_on],
        "wanted": cell.hours_wanted,
        "there": cell.hours_there,
        "word": label,
    }
    current = ' aria-current="true"' if is_chosen else ""
    return (
        f'<a class="week-cell week-{cell.tone}" href="{url}" aria-label="{told}"{current}>'
        f"<span>{icon(cell.icon)} {escaped(cell.share)}</span><small>{label}</small></a>"
    )
