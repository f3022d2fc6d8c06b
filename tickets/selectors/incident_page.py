"""What the page of an incident shows a colleague: its course, its times, whom it affects as far as they may know.

Six statements: the incident with its post-mortem, the entries, the organizations, the tickets, those who follow, the
policy in force.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.markdown import rendered
from partners.models import Organization
from tickets.choices import TicketStatus
from tickets.incident_choices import EntryKind, IncidentState, PostMortemState, Severity
from tickets.incident_policy import incident_policy, words_of
from tickets.models import (
    Incident,
    IncidentEntry,
    IncidentOrganization,
    IncidentSubscriber,
    IncidentTicket,
    PostMortem,
)
from tickets.querysets import sees_every_ticket
from tickets.rules.incident_packs import IncidentPolicy, SeverityPolicy
from tickets.rules.incidents import Mark, Measures, measures, overdue_by
from tickets.selectors.incidents import whole_minutes
from tickets.selectors.rows import STATUS_TONES, ContactCard, OrganizationName

_ICONS: Mapping[str, str] = {
    EntryKind.DECLARED: "speakerphone",
    EntryKind.UPDATE: "message",
    EntryKind.STATE: "progress",
    EntryKind.SEVERITY: "gauge",
    EntryKind.COMMANDER: "user-star",
    EntryKind.CHANGED: "pencil",
    EntryKind.ORGANIZATION: "building",
    EntryKind.TICKET: "ticket",
}


@dataclass(frozen=True, kw_only=True)
class CourseLine:
    """One entry: an update with its text, or a line of what happened."""

    public_id: str
    at: datetime
    who: str
    icon: str
    is_update: bool
    is_public: bool
    words: str
    body: SafeString
    state_label: str
    tickets_answered: int


@dataclass(frozen=True, kw_only=True)
class Affected:
    """An affected organization that the reader sees; `public_id` is None for who only knows its name."""

    pk: int
    name: str
    public_id: UUID | None
    play_run: UUID | None


@dataclass(frozen=True, kw_only=True)
class LinkedTicket:
    number: int
    subject: str
    status_label: str
    status_tone: str
    organization: str


@dataclass(frozen=True, kw_only=True)
class Follower:
    """Somebody who is told: a colleague, or a contact of an organization that the reader sees."""

    user_id: int | None
    contact_id: int | None
    name: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class IncidentPage:
    """One incident in the hands of a reader."""

    incident: Incident
    lines: Sequence[CourseLine]
    organizations: Sequence[Affected]
    tickets: Sequence[LinkedTicket]
    followers: Sequence[Follower]
    post_mortem: PostMortem | None
    times: Measures
    late_by: timedelta | None
    policy: IncidentPolicy | None

    @property
    def severity(self) -> SeverityPolicy | None:
        return self.policy.severities.get(self.incident.severity) if self.policy else None

    @property
    def severity_words(self) -> str:
        return words_of(self.severity.label) if self.severity else str(self.incident.get_severity_display())

    @property
    def severity_means(self) -> str:
        return words_of(self.severity.means) if self.severity else ""

    @property
    def cause_words(self) -> str:
        cause = self.policy.causes.get(self.incident.cause) if self.policy else None
        return words_of(cause.label) if cause else self.incident.cause

    @property
    def answerable(self) -> int:
        """How many linked tickets of theirs the reader could answer with an update."""
        return sum(ticket.status_tone not in ("success", "neutral") for ticket in self.tickets)


def incident_page(actor: Actor, number: int, *, now: datetime) -> IncidentPage | None:
    """The page; foreign and missing give the same None. Six statements."""
    rows = Incident.objects.visible_to(actor).filter(number=number)
    incident = rows.select_related("queue", "commander", "declared_by", "post_mortem").first()
    if incident is None:
        return None
    entries = list(IncidentEntry.objects.visible_to(actor).filter(incident=incident).order_by("at", "pk"))
    known = {"started_at": incident.started_at, "declared_at": incident.declared_at, "now": now}
    return IncidentPage(
        incident=incident,
        lines=[line_of(entry, with_count=sees_every_ticket(actor)) for entry in reversed(entries)],
        organizations=_organizations(actor, incident),
        tickets=_tickets(actor, incident),
        followers=_followers(actor, incident),
        post_mortem=getattr(incident, "post_mortem", None),
        times=measures([_mark(entry) for entry in entries], **known),
        late_by=whole_minutes(overdue_by(incident.update_due_at, now)),
        policy=incident_policy(),
    )


def line_of(entry: IncidentEntry, *, with_count: bool = False) -> CourseLine:
    """An entry in words; `with_count` also how many tickets it answered, for those who see every ticket."""
    return CourseLine(
        public_id=str(entry.public_id),
        at=entry.at,
        who=entry.author_name or _("The hub"),
        icon="send" if entry.is_public else "lock" if entry.kind == EntryKind.UPDATE else _ICONS[entry.kind],
        is_update=entry.kind == EntryKind.UPDATE,
        is_public=entry.is_public,
        words=entry_words(entry),
        body=rendered(entry.body) if entry.body else SafeString(""),
        state_label=str(entry.get_state_display()),
        tickets_answered=entry.tickets_answered if with_count else 0,
    )


def entry_words(entry: IncidentEntry) -> str:
    """What happened, in a few words; of an update nothing, its text says it."""
    changes = entry.changes
    before, after = _pair(changes, entry.kind)
    if entry.kind == EntryKind.DECLARED:
        return _("Declared as %(severity)s") % {"severity": Severity(entry.severity).label}
    if entry.kind == EntryKind.STATE:
        return f"{_label(IncidentState, before)} → {_label(IncidentState, after)}"
    if entry.kind == EntryKind.SEVERITY:
        return f"{_label(Severity, before)} → {_label(Severity, after)}"
    if entry.kind == EntryKind.COMMANDER:
        return _("%(name)s is in charge") % {"name": after} if after else _("Nobody is in charge any more")
    if entry.kind == EntryKind.ORGANIZATION:
        sentence = _("%(name)s is affected") if after else _("%(name)s is not affected after all")
        return sentence % {"name": after or before}
    if entry.kind == EntryKind.TICKET:
        sentence = _("Ticket #%(number)s linked") if after else _("Ticket #%(number)s taken away")
        return sentence % {"number": after or before}
    if "post_mortem" in changes:
        state = _pair(changes, "post_mortem")[1]
        return _("Post-mortem: %(state)s") % {"state": _label(PostMortemState, state)}
    return _("Changed: %(fields)s") % {"fields": ", ".join(_field_word(name) for name in changes)} if changes else ""


def _pair(changes: Mapping[str, Any], name: str) -> tuple[Any, Any]:
    found = changes.get(name)
    return (found[0], found[1]) if isinstance(found, list) and len(found) == 2 else ("", "")


def _label(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else str(value)


def _field_word(name: str) -> str:
    words = {
        "title": _("title"),
        "public_title": _("title for partners"),
        "summary": _("what is broken"),
        "started_at": _("when it began"),
        "cause": _("kind of cause"),
        "queue": _("queue"),
    }
    return words.get(name, name)


def _mark(entry: IncidentEntry) -> Mark:
    spoke = entry.kind in (EntryKind.UPDATE, EntryKind.STATE) and entry.author_id is not None
    takes_up = spoke or bool(_pair(entry.changes, "commander")[1])
    return Mark(at=entry.at, state=entry.state, has_commander=takes_up)


def _organizations(actor: Actor, incident: Incident) -> list[Affected]:
    opened = Organization.objects.opened_to(actor).filter(pk=OuterRef("organization_id")).values("public_id")
    rows = IncidentOrganization.objects.visible_to(actor).filter(incident=incident)
    rows = rows.annotate(
        name=OrganizationName("organization_id"), opened=Subquery(opened), run=F("play_run__public_id")
    )
    found = [
        Affected(pk=pk, name=name, public_id=public_id, play_run=run if public_id else None)
        for pk, name, public_id, run in rows.order_by().values_list("organization_id", "name", "opened", "run")
        if name
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def _tickets(actor: Actor, incident: Incident) -> list[LinkedTicket]:
    rows = IncidentTicket.objects.visible_to(actor).filter(incident=incident)
    rows = rows.annotate(name=OrganizationName("organization_id")).order_by("ticket_id")
    return [
        LinkedTicket(
            number=number,
            subject=subject,
            status_label=str(TicketStatus(status).label),
            status_tone=STATUS_TONES[status],
            organization=name or "",
        )
        for number, subject, status, name in rows.values_list(
            "ticket__number", "ticket__subject", "ticket__status", "name"
        )
    ]


def _followers(actor: Actor, incident: Incident) -> list[Follower]:
    rows = IncidentSubscriber.objects.visible_to(actor).filter(incident=incident)
    rows = rows.annotate(card=ContactCard("contact_id"), firm=OrganizationName("organization_id")).order_by("pk")
    found = []
    for user_id, name, contact_id, card, firm in rows.values_list(
        "user_id", "user__name", "contact_id", "card", "firm"
    ):
        known = json.loads(card) if isinstance(card, str) else card or {}
        shown = name or known.get("name") or _("A contact")
        found.append(Follower(user_id=user_id, contact_id=contact_id, name=shown, hint=firm or ""))
    return found
