"""What is said of a clock: to whom it is said, each in their own language and at their own local time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.services.notifications import Notice, NoticeKind, notify_each
from tickets import notices
from tickets.choices import Metric
from tickets.models import SlaClock, Ticket
from tickets.rules.sla_packs import Told
from tickets.selectors.told import Listeners


class Occasion(StrEnum):
    """Why something is said."""

    WARNING = "warning"
    ESCALATION = "escalation"
    HOLE = "hole"


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """A timer that fired: to be said to `people`; `also` are the owners, who hear of every escalation (sla.md R16)."""

    occasion: Occasion
    timer_id: int
    ticket: Ticket
    clock: SlaClock
    people: frozenset[int]
    also: frozenset[int] = frozenset()
    data: Mapping[str, Any] = field(default_factory=dict)


def tell(sayings: Iterable[Saying], listeners: Listeners, *, now: datetime) -> int:
    """Put it up for everybody whom it reaches; how many notices are new. The timer is the occasion."""
    rows: dict[NoticeKind, list[Notice]] = {}
    for said in sayings:
        if said.occasion is Occasion.WARNING:
            rows.setdefault(notices.WARNINGS, []).extend(_notices(said, said.people, _warning, "sla", listeners))
            continue
        rows.setdefault(notices.ESCALATIONS, []).extend(
            _notices(said, said.people | said.also, _escalation, "sla", listeners)
        )
        if said.occasion is Occasion.HOLE:
            rows.setdefault(notices.HOLES, []).extend(_notices(said, listeners.watchdogs, _hole, "sla-hole", listeners))
    return sum(notify_each(found, kind=kind, now=now) for kind, found in rows.items())


Words = Callable[[Saying, User], tuple[str, str]]


def _notices(said: Saying, people: Iterable[int], words: Words, occasion: str, listeners: Listeners) -> list[Notice]:
    return [_notice(said, listeners.people[user_id], words, occasion) for user_id in sorted(people)]


def _notice(said: Saying, user: User, words: Words, occasion: str) -> Notice:
    with override(user.language or None):
        title, body = words(said, user)
    return Notice(
        user_id=user.pk,
        title=title,
        body=body,
        key=f"{occasion}:{said.timer_id}",
        target_type="ticket",
        target_id=said.ticket.pk,
    )


def _warning(said: Saying, user: User) -> tuple[str, str]:
    title = _("#%(number)s: %(metric)s due %(when)s") % _of(said, user)
    return title, said.ticket.subject


def _escalation(said: Saying, user: User) -> tuple[str, str]:
    title = _("Escalated: #%(number)s %(subject)s") % _of(said, user)
    return title, _("%(metric)s, due %(when)s.") % _of(said, user)


def _hole(said: Saying, user: User) -> tuple[str, str]:
    values = {**_of(said, user), "target": Told(said.data["tell"]).value, "step": said.data["id"]}
    title = _("Nobody could be told of #%(number)s") % values
    body = _("Step %(step)s of its escalation tells %(target)s, and there is nobody who sees the ticket: %(subject)s")
    return title, body % values


def _of(said: Saying, user: User) -> dict[str, Any]:
    return {
        "number": said.ticket.number,
        "subject": said.ticket.subject,
        "metric": Metric(said.clock.metric).label,
        "when": _when(said.clock.due_at, user),
    }


def _when(at: datetime | None, user: User) -> str:
    return "" if at is None else date_format(at.astimezone(ZoneInfo(user.timezone)), "D j M, H:i")
