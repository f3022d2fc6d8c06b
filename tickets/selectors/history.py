"""What happened to a ticket, in words: a line for each event, with each field before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import composed
from common.templatetags.format import DASH, spell_day
from tickets.choices import EventKind, Level, Priority, Side, TicketKind, TicketStatus, Tier
from tickets.models import Ticket, TicketEvent

_PERSON = "SELECT u.name FROM accounts_user u WHERE u.id = (tickets_ticketevent.changes->'assignee'->>{})::bigint"
_QUEUE = "SELECT q.name FROM tickets_queue q WHERE q.id = (tickets_ticketevent.changes->'queue'->>{})::bigint"
_CATEGORY = "SELECT c.name FROM tickets_category c WHERE c.id = (tickets_ticketevent.changes->'category'->>{})::bigint"
_TICKET = "SELECT t.number FROM tickets_ticket t WHERE t.id = (tickets_ticketevent.changes->'{}'->>{})::bigint"
_NAMED: Mapping[str, str] = {
    "assignee": _PERSON,
    "queue": _QUEUE,
    "category": _CATEGORY,
    "parent": _TICKET.replace("'{}'", "'parent'"),
    "problem": _TICKET.replace("'{}'", "'problem'"),
}
_CHOICES: Mapping[str, Mapping[Any, Any]] = {
    "status": dict(TicketStatus.choices),
    "priority": dict(Priority.choices),
    "impact": dict(Level.choices),
    "urgency": dict(Level.choices),
    "kind": dict(TicketKind.choices),
    "tier": dict(Tier.choices),
}
_LABELS: Mapping[str, str | Promise] = {
    "assignee": gettext_lazy("Assignee"),
    "sla": gettext_lazy("Service level policy"),
    "priority_reason": gettext_lazy("Why this priority"),
    "parent": gettext_lazy("Part of"),
    "problem": gettext_lazy("Caused by problem"),
}
_HAPPENED: Mapping[str, tuple[str | Promise, str]] = {
    EventKind.CREATED: (gettext_lazy("Opened"), "plus"),
    EventKind.AUTO_REPLY: (gettext_lazy("An automatic answer came in"), "mail"),
    EventKind.CHANGED: (gettext_lazy("Changed"), "edit"),
    EventKind.STATUS: (gettext_lazy("Changed"), "edit"),
    EventKind.POLICY: (gettext_lazy("Another service level policy"), "scale"),
    EventKind.MERGED: (gettext_lazy("Merged into #%(into)s"), "arrow-merge"),
    EventKind.ABSORBED: (gettext_lazy("#%(ticket)s was merged into this ticket"), "arrow-merge"),
    EventKind.SPLIT: (gettext_lazy("A message became #%(ticket)s"), "git-branch"),
    EventKind.ACKNOWLEDGED: (gettext_lazy("Acknowledged"), "eye"),
    EventKind.ESCALATED: (gettext_lazy("Escalated"), "stairs-up"),
}
_LONG = ("resolution", "workaround", "root_cause", "prevention")


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field: how it read before and after."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One event. `who` is empty for the hub itself."""

    at: datetime
    kind: str
    words: str
    icon: str
    who: str
    reason: str
    changes: tuple[FieldChange, ...]


def events_of(ticket_id: int) -> list[TicketEvent]:
    """The events of a ticket that the caller may see, in order, with the names of what changed: one statement, which is
    composed once."""
    return composed.instances(_events, gaps=(ticket_id,))


def _events(ticket_id: int) -> QuerySet[TicketEvent]:
    names = {
        f"{field}_{side}": RawSQL(f"({sql.format(place)})", [])  # noqa: S611 - constants of this room
        for field, sql in _NAMED.items()
        for place, side in enumerate(("before", "after"))
    }
    found = TicketEvent.objects.filter(ticket_id=ticket_id).select_related("actor").annotate(**names)
    return found.order_by("at", "id")


def history(events: Iterable[TicketEvent]) -> list[HistoryLine]:
    """What changed, oldest first; messages speak for themselves and are left out."""
    return [_line(event) for event in events if event.kind not in (EventKind.REPLY, EventKind.NOTE)]


def _line(event: TicketEvent) -> HistoryLine:
    words, icon = _HAPPENED[event.kind]
    if event.kind == EventKind.AUTO_REPLY and event.side == Side.SYSTEM:
        words, icon = _("An automatic answer went out"), "send"
    reason = str(event.data.get("reason", "") or event.changes.get("priority_reason", ["", ""])[1])
    return HistoryLine(
        at=event.at,
        kind=event.kind,
        words=str(words) % _Gaps(event.data),
        icon=icon,
        who=_who(event),
        reason=reason,
        changes=tuple(_change(event, name) for name in event.changes if name != "priority_reason"),
    )


class _Gaps(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _who(event: TicketEvent) -> str:
    if event.actor is not None:
        return event.actor.name
    if event.actor_name:
        return event.actor_name
    return str(_("The partner")) if event.side == Side.CUSTOMER else ""


def _change(event: TicketEvent, name: str) -> FieldChange:
    before, after = event.changes[name]
    return FieldChange(
        field=name,
        label=label_of(name),
        before=_word(event, name, before, "before"),
        after=_word(event, name, after, "after"),
    )


def label_of(name: str) -> str:
    """What a field of a ticket is called."""
    if name in _LABELS:
        return str(_LABELS[name])
    label = str(Ticket._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def _word(event: TicketEvent, name: str, value: Any, side: str) -> str:
    if value in (None, "", []):
        return DASH
    if name in _NAMED:
        named = getattr(event, f"{name}_{side}", None)
        prefix = "#" if name in ("parent", "problem") and named else ""
        return f"{prefix}{named or '?'}"
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    if name == "sla":
        return str(value).split(":")[1].replace("_", " ") if ":" in str(value) else str(value)
    if name in ("organization", "contact"):
        return str(_("one"))
    if name.endswith("_on"):
        return spell_day(date.fromisoformat(value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)[:200]
