"""What the pages about satisfaction show: the figures with their interval and their rows, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules.access import Actor
from common.export import ExportColumn
from common.listing import ListQuery
from common.templatetags.format import spell_number, spell_percent
from partners.rules.surveys import CsatFigure, CsatPolicy
from partners.selectors.surveys import CsatRow, Narrowed, csat
from partners.survey_choices import By

DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days of the installation's zone, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        return _midnight(self.last + timedelta(days=1))


def period_of(first: date | None, last: date | None, *, today: date) -> Period:
    """The days asked for; without any the last ninety."""
    end = last or max(today, first or today)
    return Period(first=first or end - timedelta(days=DAYS - 1), last=end)


def today_here(now: datetime) -> date:
    """Today in the installation's zone: figures are of its days."""
    return timezone.localdate(now, timezone.get_default_timezone())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure in words. `tone` says how it stands to the goals; hints have none: they could be anything."""

    asked: int
    answers: int
    satisfied: int
    mean: str
    percent: str
    interval: str
    rate: str
    tone: str
    is_hint: bool


def figure_words(figure: CsatFigure, policy: CsatPolicy | None) -> Figure:
    """A figure as a page shows it."""
    share = figure.satisfied
    tone = ""
    if policy is not None and share.value is not None and not figure.is_hint:
        tone = "success" if share.value * 100 >= policy.goal_percent else "warning"
        # Surely below the goal: the whole interval is.
        tone = "danger" if share.high * 100 < policy.goal_percent else tone
    return Figure(
        asked=figure.asked,
        answers=figure.answers,
        satisfied=share.hits,
        mean=spell_number(figure.mean, 2) if figure.mean is not None else "",
        percent=spell_percent(share.value) if share.value is not None else "",
        interval=_("%(low)s to %(high)s") % {"low": spell_percent(share.low), "high": spell_percent(share.high)}
        if figure.answers
        else "",
        rate=spell_percent(figure.response_rate) if figure.response_rate is not None else "",
        tone=tone,
        is_hint=figure.is_hint,
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the table; each figure leads to its surveys."""

    label: str
    words: Figure
    asked_url: str
    answers_url: str
    satisfied_url: str


@dataclass(frozen=True, kw_only=True)
class Tile:
    label: str
    value: str
    hint: str
    url: str
    tone: str
    icon: str


def tiles(figure: CsatFigure, policy: CsatPolicy | None, query: ListQuery) -> list[Tile]:
    """The figures on top of the page."""
    words = figure_words(figure, policy)
    goal = _("goal %(percent)s") % {"percent": spell_percent(policy.goal_percent / 100)} if policy else ""
    mean_goal = _("goal %(mean)s") % {"mean": spell_number(policy.goal_mean, 1)} if policy else ""
    interval = _("95 %% sure: %(interval)s") % {"interval": words.interval} if words.interval else ""
    few = _("too few to tell much") if words.is_hint and words.answers else ""
    of = ngettext("of %(count)s asked", "of %(count)s asked", words.asked) % {"count": words.asked}
    return [
        _tile(_("Satisfied"), words.percent, [goal, interval, few], _rows(query, "satisfied"), words.tone, "heart"),
        _tile(_("Mean"), words.mean, [mean_goal, _("of 5")], _rows(query, "answered"), "", "chart-dots"),
        _tile(_("Answers"), str(words.answers), [of, words.rate], _rows(query, "answered"), "", "messages"),
        _tile(_("3 and less"), str(words.answers - words.satisfied), [], _rows(query, "low"), "", "alert-circle"),
    ]


def _tile(label: str, value: str, hints: Sequence[str], url: str, tone: str, icon: str) -> Tile:
    hint = " · ".join(filter(None, hints))
    return Tile(label=label, value=value or "—", hint=hint, url=url, tone=tone, icon=icon)


def lines(rows: Sequence[CsatRow], by: By, policy: CsatPolicy | None, query: ListQuery) -> list[Line]:
    """The table below: each row within the list that its figures are of."""
    found = []
    for row in rows:
        narrowed = _month(query, row.key) if by is By.MONTH else query.changed(**{by.value: row.key})
        found.append(
            Line(
                label=row.label,
                words=figure_words(row.figure, policy),
                asked_url=_rows(narrowed, ""),
                answers_url=_rows(narrowed, "answered"),
                satisfied_url=_rows(narrowed, "satisfied"),
            )
        )
    return found


def _month(query: ListQuery, key: str) -> ListQuery:
    """Within the period: its first and last month may be cut."""
    first = date.fromisoformat(f"{key}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    since, until = query.get("since"), query.get("until")
    return query.changed(since=max(since, first.isoformat()), until=min(until or "9999", last.isoformat()))


def _rows(query: ListQuery, show: str) -> str:
    return query.without("by").changed(show=show).on(reverse("partners:survey_list"))


def by_words() -> list[tuple[By, str]]:
    """What the figures can be broken down by."""
    return [
        (By.AGENT, _("By agent")),
        (By.TEAM, _("By team")),
        (By.ORGANIZATION, _("By organization")),
        (By.ARTICLE, _("By article")),
        (By.MONTH, _("By month")),
    ]


def panel_of(actor: Actor, policy: CsatPolicy | None, *, now: datetime) -> dict[str, Any] | None:
    """Satisfaction of the last ninety days for a home; None where nobody was asked. One statement."""
    period = period_of(None, None, today=today_here(now))
    found = csat(actor, since=period.since, until=period.until, narrowed=Narrowed())
    query = ListQuery((("since", period.first.isoformat()), ("until", period.last.isoformat())))
    return {"tiles": tiles(found.total, policy, query)} if found.total.asked else None


def columns() -> Sequence[ExportColumn]:
    """Of rows of `selectors.survey_rows`."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("About"), value=lambda row: row.subject_key),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Contact"), value=lambda row: row.contact),
        ExportColumn(label=_("Agent"), value=lambda row: row.agent),
        ExportColumn(label=_("Team"), value=lambda row: row.team),
        ExportColumn(label=_("Asked"), value=lambda row: row.sent_at),
        ExportColumn(label=_("Answered"), value=lambda row: row.answered_at),
        ExportColumn(label=_("Score"), value=lambda row: row.score),
        ExportColumn(label=_("Comment"), value=lambda row: row.comment),
        ExportColumn(label=_("Where"), value=lambda row: row.channel),
        ExportColumn(label=_("Articles"), value=lambda row: " ".join(row.topics)),
    ]
