"""What tickets say on the pages where hours and policies are edited, before they are saved."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.calendar_impacts import (
    CalendarChange,
    Impact,
    on_version_added,
    register_impact_provider,
)
from common.pack_impacts import PackImpact, register_pack_impact
from common.packs import Body
from common.templatetags.format import spell_duration
from tickets.choices import Metric
from tickets.rules.sla_packs import parse_sla
from tickets.selectors.sla_book import PACK
from tickets.selectors.what_moves import LOOKED_AT, Move, Moved, moved_by_hours, moved_by_pack
from tickets.services.rewriting import hours_changed


def offer() -> None:
    """Called once, when the app is ready."""
    register_impact_provider("tickets", of_hours)
    on_version_added(hours_changed)
    register_pack_impact(PACK, of_pack)


def of_hours(change: CalendarChange) -> list[Impact]:
    """Deadlines of running tickets that other hours would move, among the tickets that the reader sees."""
    if change.calendar_id is None:
        return []
    moved = moved_by_hours(
        calendar_id=change.calendar_id, hours=change.hours, effective_at=change.effective_at, now=change.now
    )
    return [Impact(text=text, tone=tone, url=url) for text, tone, url in words(moved)]


def of_pack(body: Body, now: datetime) -> list[PackImpact]:
    """What would move if the new policies were applied to running tickets, which saving them does not do."""
    moved = moved_by_pack(pack=parse_sla(body, version=0), now=now)
    said = [PackImpact(text=text, tone=tone, url=url) for text, tone, url in words(moved)]
    note = _("Saved, the policies count for new clocks. Running ones keep theirs until somebody applies them:")
    return [PackImpact(text=note), *said]


def words(moved: Moved) -> Iterable[tuple[str, str, str]]:
    """Counts first, then the nearest deadlines, each as text, tone and address."""
    if moved.problem:
        yield _("Running clocks would have no answer: %(problem)s") % {"problem": moved.problem}, "danger", ""
        return
    count = len(moved.moves)
    text = ngettext(
        "%(count)d running deadline moves (of %(tickets)d tickets).",
        "%(count)d running deadlines move (of %(tickets)d tickets).",
        count,
    )
    yield text % {"count": count, "tickets": moved.tickets}, "", ""
    if moved.looked_at < moved.tickets:
        yield _("Looked at: the %(count)d that breach soonest.") % {"count": LOOKED_AT}, "warning", ""
    if moved.breaching:
        text = ngettext("%(count)d would be missed.", "%(count)d would be missed.", moved.breaching)
        yield text % {"count": moved.breaching}, "danger", ""
    if moved.saved:
        text = ngettext("%(count)d would be saved.", "%(count)d would be saved.", moved.saved)
        yield text % {"count": moved.saved}, "", ""
    for move in moved.listed:
        yield _line(move), "danger" if move.would_breach else "", reverse("tickets:ticket", args=[move.number])
    if count > len(moved.listed):
        yield _("and %(count)d more") % {"count": count - len(moved.listed)}, "", ""


def _line(move: Move) -> str:
    values = {"number": move.number, "metric": str(Metric(move.metric).label)}
    if move.by is None:
        said = _("#%(number)s %(metric)s: gets a deadline") if move.after else _("#%(number)s %(metric)s: ends")
        return said % values
    values["by"] = spell_duration(abs(move.by))
    if move.by.total_seconds() > 0:
        return _("#%(number)s %(metric)s: %(by)s later") % values
    return _("#%(number)s %(metric)s: %(by)s earlier") % values
