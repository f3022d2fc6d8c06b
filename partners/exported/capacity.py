"""Weeks ahead as a file: a line for each week of each person or team."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from accounts.rules.access import Actor
from common.errors import Missing
from common.export import ExportColumn
from common.listing import ListQuery
from common.pouring import in_batches, poured
from partners.selectors.capacity import PERSON, people_to_show
from partners.selectors.capacity_ahead import TEAM, WeeksRow, of_team, people_ahead, teams_ahead, teams_to_show

ROLE, TEAM_KEY, BY = "role", "team", "by"
KEYS = (ROLE, TEAM_KEY, BY)
BY_TEAM = "team"
_AT_ONCE = 200
"""What is known of the weeks of so many is held in memory at a time."""


def capacity(asked: Asked) -> OpenedList:
    """People, or teams."""
    query = capacity_query(ListQuery.parse(asked.query, KEYS))
    by_team = query.get(BY) == BY_TEAM

    def lines(batch: list[Any]) -> Iterator[tuple[WeeksRow, Any]]:
        rows = capacity_rows(asked.actor, query, batch, asked.now)
        return ((row, cell) for row in rows for cell in row.cells)

    def rows() -> Iterator[tuple[WeeksRow, Any]]:
        chosen = chosen_for(asked.actor, by_team, query.get(ROLE), query.get(TEAM_KEY))
        return in_batches(poured(chosen.order_by("name" if by_team else "name_sort", "pk")), lines, size=_AT_ONCE)

    return OpenedList(
        title=_("Weeks ahead"), stem="capacity", query=query.encode(), columns=_columns(by_team), rows=rows
    )


def capacity_query(query: ListQuery) -> ListQuery:
    """The query, if it can be read. Raises Missing for a team that is none."""
    if query.get(TEAM_KEY):
        try:
            UUID(query.get(TEAM_KEY))
        except ValueError as error:
            raise Missing(_("There is no such team.")) from error
    return query


def chosen_for(actor: Actor, by_team: bool, role: str, team: str) -> QuerySet[Any]:
    """Who is shown, as dictionaries."""
    if by_team:
        return teams_to_show(actor, team=team).values(*TEAM)
    people = people_to_show(actor, role=role)
    return (of_team(people, team) if team else people).values(*PERSON)


def capacity_rows(actor: Actor, query: ListQuery, chosen: Iterable[Any], now: datetime) -> list[WeeksRow]:
    """The weeks of `chosen`."""
    if query.get(BY) == BY_TEAM:
        return teams_ahead(actor, chosen, role=query.get(ROLE), now=now)
    return people_ahead(actor, chosen, now=now)


def _columns(by_team: bool) -> list[ExportColumn]:
    def of_cell(name: str) -> Callable[[Any], Any]:
        return lambda line: getattr(line[1], name)

    def hours(name: str) -> Callable[[Any], Any]:
        return lambda line: round(getattr(line[1], name) / 60, 2)

    return [
        ExportColumn(label=_("Id"), value=lambda line: line[0].public_id),
        ExportColumn(label=_("Team") if by_team else _("Person"), value=lambda line: line[0].name),
        ExportColumn(label=_("Week of"), value=of_cell("week_on")),
        ExportColumn(label=_("Hours wanted"), value=hours("minutes_wanted")),
        ExportColumn(label=_("Hours there are"), value=hours("minutes_there")),
        ExportColumn(label=_("Percent"), value=of_cell("percent")),
        ExportColumn(label=_("State"), value=of_cell("label")),
    ]
