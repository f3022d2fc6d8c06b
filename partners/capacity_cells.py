"""The rows of the page of weeks ahead, drawn in Python as those of lists are (partners/columns.py)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.markup import escaped
from common.templatetags.ui import avatar, icon
from partners.selectors.capacity_ahead import WeekCell, WeeksRow


def person_url(row: WeeksRow, cell: WeekCell | None = None) -> str:
    """What a week of a person is made of."""
    url = reverse("partners:capacity_person", args=[row.public_id])
    return f"{url}?week={cell.week_on.isoformat()}" if cell else url


def week_heads(mondays: Sequence[date]) -> list[str]:
    """The columns: the Mondays."""
    return [date_format(monday, "j M") for monday in mondays]


def week_rows(rows: Iterable[WeeksRow], *, of_teams: bool, team_url: str = "") -> SafeString:
    """A row for each person or team: the name, and a cell for each week that opens what it is made of."""
    words = _("%(name)s, week of %(day)s: %(wanted)s of %(there)s hours, %(word)s")

    def url(row: WeeksRow, cell: WeekCell | None) -> str:
        return f"{team_url}?team={row.public_id}" if of_teams else person_url(row, cell)

    shown = list(rows)
    days = _days(shown[0].cells) if shown else {}
    return SafeString("".join([_row(row, url, words, days) for row in shown]))


def _days(cells: Iterable[WeekCell]) -> dict[date, str]:
    """How the Mondays read; looked up once a page."""
    return {cell.week_on: date_format(cell.week_on, "j M") for cell in cells}


def week_strip(row: WeeksRow, chosen: WeekCell | None = None) -> SafeString:
    """The weeks of one person, one after the other, each a way to what it is made of."""
    words = _("%(name)s, week of %(day)s: %(wanted)s of %(there)s hours, %(word)s")
    days = _days(row.cells)
    items = [
        f'<li><span class="week-day" aria-hidden="true">{escaped(days[cell.week_on])}</span>'
        f"{_cell(row, cell, person_url(row, cell), words, days, is_chosen=cell == chosen)}</li>"
        for cell in row.cells
    ]
    return SafeString(f'<ul class="week-strip">{"".join(items)}</ul>')


def _row(row: WeeksRow, url: Callable[[WeeksRow, WeekCell | None], str], words: str, days: Mapping[date, str]) -> str:
    cells = [
        f'<td data-label="{escaped(days[cell.week_on])}">{_cell(row, cell, url(row, cell), words, days)}</td>'
        for cell in row.cells
    ]
    return (
        f'<tr data-row tabindex="-1"><th scope="row"><span class="name-cell">{avatar(row.name, "sm")}'
        f'<a href="{escaped(url(row, None))}" data-row-link>{escaped(row.name)}</a></span></th>{"".join(cells)}</tr>'
    )


def _cell(
    row: WeeksRow, cell: WeekCell, url: str, words: str, days: Mapping[date, str], *, is_chosen: bool = False
) -> str:
    told = words % {
        "name": row.name,
        "day": days[cell.week_on],
        "wanted": cell.hours_wanted,
        "there": cell.hours_there,
        "word": cell.label,
    }
    current = ' aria-current="true"' if is_chosen else ""
    return (
        f'<a class="week-cell week-{cell.tone}" href="{escaped(url)}" aria-label="{escaped(told)}"{current}>'
        f"<span>{icon(cell.icon)} {escaped(cell.share)}</span><small>{escaped(cell.label)}</small></a>"
    )
