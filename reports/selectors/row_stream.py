"""All rows behind a figure as plain values, straight from the database: for files of any length.

The statement is that of the page behind the figure. What rows are about comes with them where there may be very many of
it, and is looked up by the thousand for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.rules.access import Actor
from common.export_sql import PARAMETERS, Lines, copy_csv, guarded_sql
from reports.rules.kpi_packs import Kpi
from reports.rules.measures import Unit
from reports.rules.periods import Period
from reports.selectors.figures import Moment, compiled, parameters_in, parameters_of, rows_of, with_scopes
from reports.selectors.rows import ORGANIZATION
from reports.selectors.scope import ReportScope
from reports.selectors.source import Thing
from reports.selectors.sources import FLOWS, STATES
from reports.selectors.titles import TITLES
from tickets.models import SlaClock, Ticket

CHUNK = 5_000
Values = tuple[date, str, str, Decimal, Decimal]
"""Day, organization, what it is about (empty for what the reader may not open), counted, of how many."""

_ROWS = """
{scopes} SELECT found.day, {organization} AS name, {title} AS title,
       trim_scale(round(found.numerator / {seconds}, 6)) AS counted, trim_scale(found.denominator) AS of_many
  FROM ({rows}) found LEFT JOIN partners_organization place ON place.id = found.organization_id {things}
 ORDER BY found.day DESC, found.object_id DESC
"""
# What is sorted is not taken apart again: each name is worked out once, however often it is looked at.
_COPIED = "SELECT {columns} FROM ({listed}) listed LIMIT {most:d}"
_NUMBERED = "coalesce('#' || thing.number || ' ' || thing.subject, '')"
_THINGS = "LEFT JOIN ({sql}) thing(id, number, subject) ON thing.id = found.object_id"


def all_rows(scope: ReportScope, kpi: Kpi, period: Period, moment: Moment, *, seconds: int = 1) -> Iterator[Values]:
    """The rows, newest first, with what is counted divided by `seconds`; within a transaction. A ledger has none.

    Read through a cursor of the server: some thousand at a time are here.
    """
    thing = (FLOWS.get(kpi.measure.id) or STATES[kpi.measure.id]).thing
    for rows in _chunks(*statement(scope, kpi, period, moment, seconds=seconds)):
        yield from rows if thing in _NUMBERED_THINGS else _named_rows(scope.actor, thing, rows)


def copied_rows(
    scope: ReportScope, kpi: Kpi, period: Period, moment: Moment, *, seconds: int = 1
) -> Callable[[Lines, int], None] | None:
    """The same as lines of guarded CSV, with as many columns as the figure's file has.

    None where it takes more than the database to say what a row is about.
    """
    thing = (FLOWS.get(kpi.measure.id) or STATES[kpi.measure.id]).thing
    if thing not in _NUMBERED_THINGS and thing is not Thing.ORGANIZATION:
        return None
    listed, values = statement(scope, kpi, period, moment, seconds=seconds)
    title = "NULL" if thing is Thing.ORGANIZATION else guarded_sql("title")
    counted = () if kpi.unit is Unit.COUNT else ("counted", "of_many")
    columns = ", ".join(("day", guarded_sql("name"), title, *counted))

    def copy(lines: Lines, most: int) -> None:
        copy_csv(_COPIED.format(columns=columns, listed=listed, most=most), {**values, **PARAMETERS}, lines)

    return copy


def statement(
    scope: ReportScope, kpi: Kpi, period: Period, moment: Moment, *, seconds: int = 1
) -> tuple[str, Mapping[str, Any]]:
    """The text that yields them; in the place of what a row is about stands its id where that is looked up later."""
    scopes, parameters = with_scopes(scope, [kpi.measure])
    parameters |= parameters_of(moment) | parameters_in(period, moment)
    source = FLOWS.get(kpi.measure.id) or STATES[kpi.measure.id]
    title, things = "found.object_id", ""
    if (numbered := _NUMBERED_THINGS.get(source.thing)) is not None:
        sql, places = compiled(numbered(scope.actor).order_by(), "thing", columns=3)
        parameters |= places
        title, things = _NUMBERED, _THINGS.format(sql=sql)
    rows = rows_of(kpi.measure, scoped=True, is_desk=scope.report.is_desk)
    return _ROWS.format(
        organization=ORGANIZATION, scopes=scopes, title=title, seconds=seconds, rows=rows, things=things
    ), parameters


def _chunks(sql: str, parameters: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _named_rows(actor: Actor, thing: Thing, rows: Sequence[Any]) -> Iterator[Values]:
    titles = TITLES[thing](actor, {row[2] for row in rows})
    for day, organization, object_id, numerator, denominator in rows:
        yield day, organization, titles.get(object_id, ("", ""))[0], numerator, denominator


def _tickets(actor: Actor) -> QuerySet[Any, Any]:
    return Ticket.objects.all().visible_to(actor).values_list("pk", "number", "subject")


def _promises(actor: Actor) -> QuerySet[Any, Any]:
    return SlaClock.objects.all().visible_to(actor).values_list("pk", "ticket__number", "ticket__subject")


_NUMBERED_THINGS: Mapping[Thing, Callable[[Actor], QuerySet[Any, Any]]] = {
    Thing.TICKET: _tickets,
    Thing.PROMISE: _promises,
}
"""Tickets and their promises, of which there may be a million; they are called by number and subject."""
