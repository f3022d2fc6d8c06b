"""One's checklists with what is done of them in the periods that today lies in."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.labels import role_label
from accounts.rules.access import Actor
from common.policy_cache import active_policy
from partners.models import RoutineTick
from partners.routine_facts import fact_of
from partners.rules.classification import label_in
from partners.rules.routines import Rhythm, Routine, RoutineItem, RoutinePolicy, period_of

PACK = "routines"
NOTHING = RoutinePolicy(version=0, routines=())
_TITLES: dict[Rhythm, str | Promise] = {
    Rhythm.DAY: _("Today"),
    Rhythm.WEEK: _("This week"),
    Rhythm.MONTH: _("This month"),
    Rhythm.QUARTER: _("This quarter"),
}
_PAGES = {
    "calendar": "partners:calendar",
    "tasks": "partners:tasks",
    "tickets": "tickets:tickets",
    "incidents": "tickets:incidents",
    "health": "health:portfolio",
    "alerts": "health:triage",
    "handoffs": "partners:handoffs",
    "launches": "partners:at_risk",
    "load": "partners:load",
    "organizations": "partners:organization_list",
    "commitments": "partners:tasks",
    "losses": "partners:losses",
    "on_call": "accounts:on_call",
    "guides": "partners:guides",
}


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """An item; `is_measured`: a fact says whether it is done, nobody ticks it."""

    id: str
    label: str
    hint: str
    url: str
    is_done: bool
    is_measured: bool


@dataclass(frozen=True, kw_only=True)
class RoutineCard:
    """A list with its period, the last day included."""

    title: str | Promise
    role: str
    until: date
    items: list[ItemRow]

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)


def policy_in_force() -> RoutinePolicy:
    """The checklists of today; none while no pack is loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, RoutinePolicy) else NOTHING


def local_today(now: datetime) -> date:
    """The day of whoever asks: requests run in the zone of their person."""
    return timezone.localdate(now)


def own_routines(actor: Actor, *, now: datetime) -> list[RoutineCard]:
    """The checklists of `actor`'s roles. Two statements, and one for each fact that is measured."""
    today = local_today(now)
    routines = policy_in_force().of_roles(actor.active_roles)
    starts = {period_of(routine.every, today)[0] for routine in routines}
    is_asked = starts and actor.user_id is not None
    rows = RoutineTick.objects.filter(user_id=actor.user_id or 0, period_on__in=starts) if is_asked else ()
    ticks = {(row.item, row.period_on) for row in rows}
    return [_card(actor, routine, ticks, today) for routine in routines]


def _card(actor: Actor, routine: Routine, ticks: set[tuple[str, date]], today: date) -> RoutineCard:
    first, after = period_of(routine.every, today)
    return RoutineCard(
        title=_TITLES[routine.every],
        role=role_label(routine.role),
        until=date.fromordinal(after.toordinal() - 1),
        items=[_item(actor, item, (first, after), (item.id, first) in ticks) for item in routine.items],
    )


def _item(actor: Actor, item: RoutineItem, period: tuple[date, date], is_ticked: bool) -> ItemRow:
    fact, language = fact_of(item.fact), get_language() or "en"
    return ItemRow(
        id=item.id,
        label=label_in(item.label, language),
        hint=label_in(item.hint, language) if item.hint else "",
        url=_url(item.page),
        is_done=fact(actor, *period) if fact else is_ticked,
        is_measured=fact is not None,
    )


def _url(page: str) -> str:
    try:
        return reverse(_PAGES[page]) if page else ""
    except NoReverseMatch:
        # The floor that has the page is not installed.
        return ""
