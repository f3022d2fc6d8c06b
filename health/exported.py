"""The lists of this app that can be had as files of any length: the portfolio, alerts, predictions."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from accounts.rules.access import Actor
from common.errors import Missing
from common.listing import ListQuery
from common.pouring import in_batches, poured
from health import lists
from health.alert_choices import EpisodeState
from health.alert_exports import triage_columns
from health.exports import columns_of
from health.lists import HEAT, MOVES, RISK, open_portfolio
from health.policies import policies_in_force
from health.prediction_page import export_columns, kind_of
from health.selectors import triage as reading
from health.selectors.portfolio import HealthRow, health_rows
from health.selectors.predictions import prediction_rows
from health.selectors.triage import ALL, COLUMNS, MINE, TEAM, TriageFilter
from partners.scope import scope_of

TRIAGE_KEYS = ("whose", "show", "cause", "severity", "q")
_SHOWS = (*COLUMNS, "held", "late", EpisodeState.CLOSED.value)
_MAX_TEXT = 100


def _portfolio(asked: Asked) -> OpenedList:
    """`subject` is which of its pages: the heat map, what is at risk, what moved."""
    titles = {HEAT: _("Health"), RISK: _("At risk"), MOVES: _("Moved")}
    if asked.subject not in titles:
        raise Missing(_("There is no such list."))
    query = ListQuery.parse(asked.query, lists.STATE_KEYS)
    shown = open_portfolio(asked.actor, query, path="", now=asked.now, mode=asked.subject)
    policies = policies_in_force()

    def rows() -> Iterator[HealthRow]:
        found: Iterator[Mapping[str, Any]] = poured(shown.rows_asked.order_by(*shown.order.ordering()))
        return in_batches(found, partial(health_rows, policies=policies))

    return OpenedList(
        title=titles[asked.subject],
        stem=f"health-{asked.subject}",
        subject=asked.subject,
        query=query.encode(),
        columns=columns_of(asked.subject, policies),
        rows=rows,
    )


def _alerts(asked: Asked) -> OpenedList:
    wanted = triage_filter(asked.actor, ListQuery.parse(asked.query, TRIAGE_KEYS))
    rows = partial(reading.export_rows, asked.actor, wanted, now=asked.now)
    query = query_of(wanted, with_show=True)
    return OpenedList(title=_("Alerts"), stem="alerts", query=query, columns=triage_columns(), rows=rows)


def _predictions(asked: Asked) -> OpenedList:
    kind = kind_of(ListQuery.parse(asked.query, ("kind",)).get("kind"))
    columns, rows = export_columns(policies_in_force()), partial(prediction_rows, asked.actor, kind)
    return OpenedList(title=_("Predictions"), stem="predictions", query=f"kind={kind}", columns=columns, rows=rows)


def triage_filter(actor: Actor, query: ListQuery) -> TriageFilter:
    """The filters of the address, or of a form; what means nothing narrows nothing."""
    whose, show, severity = query.get("whose"), query.get("show"), query.get("severity")
    choices = (MINE, TEAM, ALL) if actor.led_user_ids else (MINE, ALL)
    usual = TEAM if actor.led_user_ids else MINE if actor.organization_roles - actor.policy.see_all else ALL
    return TriageFilter(
        whose=whose if whose in choices else usual,
        show=show if show in _SHOWS else "",
        cause=query.get("cause")[:60],
        severity=int(severity) if severity in ("1", "2", "3") else 0,
        text=query.get("q").strip()[:_MAX_TEXT],
    )


def query_of(wanted: TriageFilter, *, with_show: bool = False) -> str:
    """The filters as an address, without the column unless it is asked for."""
    pairs: list[tuple[str, Any]] = [("whose", wanted.whose), ("cause", wanted.cause)]
    pairs += [("severity", wanted.severity), ("q", wanted.text)]
    pairs += [("show", wanted.show)] if with_show else []
    return urlencode([(name, value) for name, value in pairs if value])


def offer() -> None:
    """Called once, when the app is ready."""
    for what, open_list in (("health", _portfolio), ("alerts", _alerts), ("predictions", _predictions)):
        register(Exportable(what=what, formats=TABLES, open=open_list, scope=scope_of))
