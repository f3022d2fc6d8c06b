"""The figures of the desk as tiles: what each came to, its goal, of how many, and where its rows are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.listing import ListQuery
from common.templatetags.format import DASH, spell_duration, spell_number, spell_percent
from tickets.desk_figures import DeskFigures, lists_of
from tickets.lists import EVERYTHING
from tickets.promise_list import KIND, MONTH
from tickets.rules import figures
from tickets.rules.compliance import Kept


@dataclass(frozen=True, kw_only=True)
class FigureTile:
    """One figure; its tone only repeats what the hint says of the goal."""

    label: str
    value: str
    hint: str
    url: str
    tone: str = ""


def month_words(start: datetime) -> str:
    """The month that begins then, "November 2026": in the zone of reports and not in the reader's."""
    return date_format(start, "F Y")


def figure_tiles(found: DeskFigures) -> list[FigureTile]:
    """In the order in which a support manager asks for them."""
    lists = {key: _tickets(query) for key, query in lists_of(found.month).items()}
    return [
        _kept(_("Answers in time"), found.response, figures.RESPONSE, "response", found.month),
        _kept(_("Solutions in time"), found.resolution, figures.RESOLUTION, "resolution", found.month),
        _average(found, lists["solved"]),
        _rate(
            _("Solved at first contact"),
            (found.first_contacts, found.first_solves),
            figures.FIRST_CONTACT,
            lists["first_contacts"],
        ),
        _rate(_("Escalated"), (found.escalated, found.created), figures.ESCALATION, lists["escalated"]),
        _tile(_("Open tickets"), spell_number(found.backlog), _goal(figures.BACKLOG, found.backlog), lists["backlog"]),
        _oldest(found),
        FigureTile(
            label=_("Opened this month"), value=spell_number(found.created), hint=_("No goal"), url=lists["created"]
        ),
    ]


def _tickets(query: ListQuery) -> str:
    return (query if query.pairs else EVERYTHING).on(reverse("tickets:tickets"))


def _kept(label: str, kept: Kept, goal: figures.Goal, kind: str, month: str) -> FigureTile:
    url = ListQuery(((KIND, kind), (MONTH, month))).on(reverse("tickets:promises"))
    value = DASH if kept.share is None else spell_percent(kept.share, 1)
    return _tile(label, value, _goal(goal, kept.share, _of(kept.met, kept.total)), url)


def _rate(label: str, parts: tuple[int, int], goal: figures.Goal, url: str) -> FigureTile:
    rate = figures.share(*parts)
    value = DASH if rate is None else spell_percent(rate, 1)
    return _tile(label, value, _goal(goal, rate, _of(*parts)), url)


def _average(found: DeskFigures, url: str) -> FigureTile:
    seconds = found.average.total_seconds() if found.average is not None else None
    words = ngettext("%(count)s solved", "%(count)s solved", found.solved) % {"count": spell_number(found.solved)}
    goal = _goal(figures.AVERAGE_RESOLUTION, seconds, words)
    return _tile(_("Average time to a solution"), spell_duration(found.average), goal, url)


def _oldest(found: DeskFigures) -> FigureTile:
    url = ListQuery((("sort", "oldest"),)).on(reverse("tickets:tickets"))
    goal = _("at most %(days)s business days") % {"days": figures.OLDEST_BUSINESS_DAYS}
    one = found.oldest
    if one is None:
        return _tile(_("Oldest open ticket"), DASH, (_goal_words(goal, None), ""), url)
    words = f"{_goal_words(goal, not one.is_late)} · #{one.number}"
    tone = "danger" if one.is_late else "success"
    return _tile(_("Oldest open ticket"), spell_duration(one.age), (words, tone), url)


def _tile(label: str, value: str, goal: tuple[str, str], url: str) -> FigureTile:
    return FigureTile(label=label, value=value, hint=goal[0], tone=goal[1], url=url)


def _goal(goal: figures.Goal, figure: float | None, beside: str = "") -> tuple[str, str]:
    """What the goal is and whether it is met, in words, with the tone that goes with it."""
    is_met = goal.is_met(figure)
    tone = "" if is_met is None else "success" if is_met else "danger"
    words = _goal_words(_spelled(goal), is_met)
    return (f"{words} · {beside}" if beside else words), tone


def _goal_words(goal: str, is_met: bool | None) -> str:
    if is_met is None:
        return _("Goal: %(goal)s") % {"goal": goal}
    return (_("Goal met: %(goal)s") if is_met else _("Goal missed: %(goal)s")) % {"goal": goal}


def _spelled(goal: figures.Goal) -> str:
    if goal is figures.AVERAGE_RESOLUTION:
        value = spell_duration(timedelta(seconds=goal.value))
    elif goal is figures.BACKLOG:
        value = spell_number(goal.value)
    else:
        value = spell_percent(goal.value)
    match goal.way:
        case figures.Way.AT_LEAST:
            return _("at least %(value)s") % {"value": value}
        case figures.Way.AT_MOST:
            return _("at most %(value)s") % {"value": value}
    return _("below %(value)s") % {"value": value}


def _of(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s") % {"part": spell_number(part), "whole": spell_number(whole)}
