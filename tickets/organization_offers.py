"""What tickets add to the page of an organization: a tab, a mark in its head, a panel, lines with a way to tickets."""

import json
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.listing import ListQuery
from common.panels import Panel, PanelRequest, register
from partners.choices import EntryKind
from partners.selectors.marks import Mark, register_mark
from partners.selectors.page import IN_SHORT
from partners.selectors.timeline import TimelineLine
from partners.story_rows import register_link
from partners.tabs import Tab, register_tab
from tickets.choices import Priority
from tickets.columns import ticket_url
from tickets.promise_list import DAYS, KIND, ORGANIZATION
from tickets.selectors.organization import in_short, open_counts, read_short
from tickets.selectors.rows import PRIORITY_ICONS, PRIORITY_TONES

PAGE = "tickets:organization_tickets"
OPEN = "open_tickets"


def offer() -> None:
    """Called once, when the app is ready."""
    for kind in (EntryKind.TICKET, EntryKind.TICKET_REPLY, EntryKind.TICKET_ALARM):
        register_link(kind, _ticket)
    register_tab(Tab(key="tickets", label=gettext_lazy("Tickets"), icon="ticket", url_name=PAGE, place=22))
    register_mark(
        Mark(
            key=OPEN,
            label=gettext_lazy("Open tickets"),
            icon="ticket",
            read=open_counts,
            say=_open_tickets,
            url_name=PAGE,
            read_short=in_short,
        )
    )
    register(
        Panel(
            key="tickets",
            slot="organization",
            title=gettext_lazy("Tickets"),
            template="tickets/panels/_organization_tickets.html",
            load=_panel,
            icon="ticket",
        )
    )


def _ticket(line: TimelineLine) -> str:
    number = line.data.get("ticket")
    return ticket_url(number) if isinstance(number, int) else ""


def _open_tickets(found: Any) -> tuple[str, str]:
    total, critical = (json.loads(found) if isinstance(found, str) else found) or (0, 0)
    if critical:
        return _("%(total)s, %(critical)s critical") % {"total": total, "critical": critical}, "danger"
    return (str(total), "info") if total else (_("None"), "neutral")


def _panel(request: PanelRequest) -> Mapping[str, Any] | None:
    found = read_short(request.known[OPEN]) if OPEN in request.known else None
    if found is None or not found.says_something:
        return None
    counts = [
        (value, f"{count} {Priority(value).label}", PRIORITY_TONES[value], PRIORITY_ICONS[value])
        for value, count in found.by_priority.items()
        if count
    ]
    urls = {f"{kind}_url": _promises(kind, request.subject.public_id) for kind in ("response", "resolution")}
    return {
        "found": found,
        "counts": counts,
        "organization": request.subject,
        "days": IN_SHORT.days,
        "now": request.now,
        **urls,
    }


def _promises(kind: str, organization: object) -> str:
    """The list of the promises that were decided in these days."""
    asked = ((KIND, kind), (DAYS, str(IN_SHORT.days)), (ORGANIZATION, str(organization)))
    return ListQuery(asked).on(reverse("tickets:promises"))
