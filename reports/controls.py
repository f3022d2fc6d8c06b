"""What stands above a report to narrow it by, drawn in Python: lists to choose from, and a day.

Nothing is sent to be checked here: what an address asks for is read by the vocabulary of the lists, and what it does
not know means nothing. Lists that are the same for everybody are drawn once in a process; a form of Django took as long
as all figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.listing import ListQuery
from common.markup import escaped
from partners import filters
from partners.selectors.past import AS_OF
from reports.choices import DESK_CRITERIA
from reports.forms.reports import PERIOD, period_choices
from reports.rules.periods import Period
from reports.selectors.scope import Whose
from tickets import filters as ticket_filters
from tickets.models import Category, Queue

_NARROWING = ("stage", "segment", "tier", "engagement", "gemstone", "health")
# The others of the lists hold as well in an address.
_CRITERIA: Mapping[str, Any] = {
    **{key: filters.BY_KEY[key] for key in _NARROWING},
    **{key: ticket_filters.BY_KEY[key] for key in DESK_CRITERIA},
}


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The controls as they stand above a report, their keys in an address, and the names of what is known by a key."""

    drawn: SafeString
    keys: tuple[str, ...]
    names: Mapping[Any, str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of a report asks for: `period_key` as it is spelled there, `period` as it is meant.

    `today` is the day that it is of, `last_day` the latest one that it may be of.
    """

    query: ListQuery
    period: Period
    period_key: str
    today: date
    last_day: date


def report_controls(asked: Asked, narrowing: Whose) -> Controls:
    """Those of a report about organizations, and the day that it is looked back to."""
    query = asked.query
    everybody = [("", _("Everybody")), (filters.ME, _("Me")), (filters.NOBODY, _("Nobody")), *narrowing.people]
    drawn = {
        PERIOD: _period(asked),
        **{key: _closed(key, query.get(key)) for key in _NARROWING},
        filters.OWNER: _select(filters.OWNER, _("Owner"), everybody, query.get(filters.OWNER)),
        filters.TEAM: _select(filters.TEAM, _("Team"), [("", _("All")), *narrowing.teams], query.get(filters.TEAM)),
        AS_OF: _day(query.get(AS_OF), asked.last_day),
    }
    return _controls(drawn, narrowing.names)


def desk_controls(asked: Asked, *, actor: Actor) -> Controls:
    """Those of a report of the desk. Two statements, for the names of queues and categories."""
    names: dict[tuple[str, str], str] = {}
    drawn = {PERIOD: _period(asked)}
    for key in DESK_CRITERIA:
        chosen = asked.query.get(key)
        if key not in _NAMED:
            drawn[key] = _closed(key, chosen)
            continue
        criterion, named = _CRITERIA[key], _named(actor, key)
        names |= {(key, value): name for value, name in named}
        drawn[key] = _select(key, str(criterion.label), [("", _("All")), *criterion.choices, *named], chosen)
    return _controls(drawn, names)


_NAMED: Mapping[str, Any] = {"queue": Queue, "category": Category}


def _named(actor: Actor, key: str) -> list[tuple[str, str]]:
    rows = _NAMED[key].objects.visible_to(actor).filter(archived_at__isnull=True)
    return list(rows.values_list("key", "name"))


def _controls(drawn: Mapping[str, str], names: Mapping[Any, str]) -> Controls:
    return Controls(drawn=SafeString("".join(drawn.values())), keys=tuple(drawn), names=names)


def _period(asked: Asked) -> str:
    return _periods(get_language() or "", asked.today, asked.period, asked.period_key)


@lru_cache(maxsize=256)
def _periods(_language: str, today: date, chosen: Period, key: str) -> str:
    drawn = []
    for label, found in period_choices(today, chosen):
        if isinstance(found, str):
            drawn.append(_options([(label, found)], key))
        else:
            drawn.append(f'<optgroup label="{escaped(label)}">{_options(found, key)}</optgroup>')
    return _named_select(PERIOD, _("Period"), "".join(drawn))


def _closed(key: str, chosen: str) -> str:
    """A list that is the same for everybody; a value that is not in it chooses nothing."""
    return _of_criterion(get_language() or "", key, _CRITERIA[key].read(chosen) or "" if chosen else "")


@lru_cache(maxsize=1_024)
def _of_criterion(_language: str, key: str, chosen: str) -> str:
    criterion = _CRITERIA[key]
    return _select(key, str(criterion.label), [("", _("All")), *criterion.choices], chosen)


def _select(key: str, label: str, choices: Sequence[tuple[str, Any]], chosen: str) -> str:
    return _named_select(key, label, _options(choices, chosen))


def _named_select(key: str, label: str, options: str) -> str:
    return _labeled(key, label, f'<select name="{key}" class="form-select" id="id_{key}">{options}</select>')


def _options(choices: Iterable[tuple[str, Any]], chosen: str) -> str:
    return "".join(
        [
            f'<option value="{escaped(value)}"{" selected" if value == chosen else ""}>{escaped(name)}</option>'
            for value, name in choices
        ]
    )


def _day(chosen: str, last_day: date) -> str:
    value = f' value="{escaped(chosen)}"' if chosen else ""
    most = last_day.isoformat()
    field = f'<input type="date" name="{AS_OF}"{value} max="{most}" class="form-control" id="id_{AS_OF}">'
    return _labeled(AS_OF, _("As of"), field)


def _labeled(key: str, label: str, control: str) -> str:
    return f'<span class="report-filter"><label for="id_{key}">{escaped(label)}</label>{control}</span>'
