"""What the page of a ticket at the desk shows: the ticket with all that hangs on it, its thread, its history.

Three statements: the ticket with its parts as JSON, the messages, the events.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, Func, OuterRef, Q, TextField, Value, When
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common import composed
from common.markdown import rendered
from tickets.choices import EventKind, MessageKind, MessageState, Side
from tickets.incident_choices import SEVERITY_ICONS, SEVERITY_TONES, IncidentState, Severity
from tickets.models import (
    Attachment,
    ExternalLink,
    IncidentTicket,
    Looking,
    Macro,
    Message,
    ReplyDraft,
    Ticket,
    TicketEvent,
    Watcher,
)
from tickets.selectors.history import HistoryLine, events_of, history
from tickets.selectors.quality_marks import review_rows, survey_rows
from tickets.selectors.rows import ContactCard, OrganizationName

LOOKS = timedelta(seconds=60)
"""How long somebody counts as looking after the last sign of them."""
WRITES = timedelta(seconds=45)


class Card(Func):
    """The card of an organization for people at the desk, who open none (ADR 0023)."""

    function = "tickets_card"
    output_field = TextField()


@dataclass(frozen=True, kw_only=True)
class File:
    public_id: str
    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ThreadMessage:
    """One message. `foreign` is the number of the ticket that it came with, if that was merged into this one."""

    pk: int
    public_id: str
    at: datetime
    who: str
    is_ours: bool
    is_note: bool
    is_automatic: bool
    channel: str
    state: str
    send_at: datetime | None
    sets_status: str
    body: SafeString
    quoted: str
    files: tuple[File, ...]
    foreign: int | None
    may_withdraw: bool
    may_split: bool

    @property
    def is_waiting(self) -> bool:
        return self.state == MessageState.SCHEDULED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == MessageState.WITHDRAWN


@dataclass(frozen=True, kw_only=True)
class ThreadItem:
    """A message, or between messages a line of what happened."""

    at: datetime
    message: ThreadMessage | None = None
    line: HistoryLine | None = None


@dataclass(frozen=True, kw_only=True)
class Relative:
    """A ticket that hangs together with this one; `relation` is the word for how."""

    number: int
    subject: str
    status: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class TicketParts:
    """All that the statement of the ticket brings beside its fields."""

    organization_name: str
    sla_number: int | None
    card: Mapping[str, Any]
    contact: Mapping[str, Any]
    drafts: Mapping[bool, str]
    watchers: Sequence[Mapping[str, Any]]
    links: Sequence[Mapping[str, Any]]
    relatives: Sequence[Relative]
    macros: Sequence[Mapping[str, Any]]
    outages: Sequence[Mapping[str, Any]]
    surveys: Sequence[Mapping[str, Any]]
    reviews: Sequence[Mapping[str, Any]]


def ticket_of(actor: Actor, number: int) -> Ticket | None:
    """The ticket if `actor` sees it; foreign and missing give the same None."""
    rows = Ticket.objects.all().visible_to(actor).filter(number=number)
    found: Ticket | None = rows.select_related("queue", "category", "assignee", "organization").first()
    return found


def ticket_with_parts(actor: Actor, number: int) -> tuple[Ticket, TicketParts] | None:
    """The same with all its parts, in one statement, which is composed once."""
    for found in composed.instances(_with_parts, actor, gaps=(number,)):
        return found, _parts(found)
    return None


def _with_parts(actor: Actor, number: int) -> Any:
    rows = Ticket.objects.all().visible_to(actor).filter(number=number)
    rows = rows.select_related("queue", "category", "assignee", "organization", "acknowledged_by")
    own = ReplyDraft.objects.all().visible_to(actor).filter(ticket=OuterRef("pk"))
    macros = Macro.objects.visible_to(actor).filter(Q(owner=None) | Q(owner_id=actor.user_id), archived_at=None)
    return rows.order_by().annotate(
        organization_name=OrganizationName("organization_id"),
        sla_number=F("sla_version__version"),
        card=Card("organization_id"),
        contact_card=ContactCard("contact_id"),
        own_drafts=_array(own, is_note=F("is_note"), body=F("body")),
        watcher_rows=_array(
            Watcher.objects.filter(ticket=OuterRef("pk")).order_by("pk"),
            user_id=F("user_id"),
            name=F("user__name"),
            contact=ContactCard("contact_id"),
        ),
        link_rows=_array(
            ExternalLink.objects.filter(ticket=OuterRef("pk")).order_by("pk"),
            public_id=F("public_id"),
            provider=F("provider"),
            url=F("url"),
            project=F("project"),
            number=F("number"),
            title=F("title"),
            state=F("state"),
        ),
        relative_rows=_relatives(actor),
        outage_rows=_array(
            IncidentTicket.objects.all().visible_to(actor).filter(ticket=OuterRef("pk")).order_by("-incident_id"),
            number=F("incident__number"),
            title=F("incident__title"),
            severity=F("incident__severity"),
            state=F("incident__state"),
        ),
        survey_rows=survey_rows(actor),
        review_rows=review_rows(actor),
        macro_rows=_array(
            macros.order_by("-used", "name")[:50], id=F("public_id"), name=F("name"), is_note=F("is_note")
        ),
    )


def _array(rows: Any, **values: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(found=JSONObject(**values)))


def _relatives(actor: Actor) -> ArraySubquery:
    """Visible tickets that point here, or that this one points at."""
    here = OuterRef("pk")
    down = Q(parent=here) | Q(problem=here) | Q(merged_into=here) | Q(follows=here)
    up = Q(pk=OuterRef("parent_id")) | Q(pk=OuterRef("problem_id")) | Q(pk=OuterRef("follows_id"))
    relation = Case(
        When(pk=OuterRef("parent_id"), then=Value("parent")),
        When(pk=OuterRef("problem_id"), then=Value("problem")),
        When(pk=OuterRef("follows_id"), then=Value("follows")),
        When(pk=OuterRef("merged_into_id"), then=Value("into")),
        When(merged_into=here, then=Value("absorbed")),
        When(parent=here, then=Value("child")),
        When(problem=here, then=Value("incident")),
        default=Value("followed"),
        output_field=TextField(),
    )
    seen = Ticket.objects.all().visible_to(actor).filter(down | up | Q(pk=OuterRef("merged_into_id")))
    return _array(
        seen.order_by("-pk")[:50], number=F("number"), subject=F("subject"), status=F("status"), relation=relation
    )


def _parts(found: Any) -> TicketParts:
    watchers = [
        dict(row) | {"name": row["name"] or _read(row["contact"]).get("name", "?")} for row in found.watcher_rows
    ]
    relatives = [
        Relative(
            number=row["number"],
            subject=row["subject"],
            status=row["status"],
            relation=str(_relation_words()[row["relation"]]),
        )
        for row in found.relative_rows
    ]
    return TicketParts(
        organization_name=found.organization_name or "",
        sla_number=found.sla_number,
        card=_read(found.card),
        contact=_read(found.contact_card),
        drafts={row["is_note"]: row["body"] for row in found.own_drafts},
        watchers=watchers,
        links=found.link_rows,
        relatives=relatives,
        macros=found.macro_rows,
        outages=[_outage(row) for row in found.outage_rows],
        surveys=found.survey_rows,
        reviews=found.review_rows,
    )


def _outage(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """An incident that the ticket tells of, in words."""
    severity, state = Severity(row["severity"]), IncidentState(row["state"])
    looks = {"tone": SEVERITY_TONES[severity], "icon": SEVERITY_ICONS[severity]}
    return {**row, **looks, "severity_label": str(severity.label), "state_label": str(state.label)}


def _relation_words() -> Mapping[str, str]:
    return {
        "parent": _("Part of"),
        "problem": _("Caused by"),
        "follows": _("Goes on from"),
        "into": _("Merged into"),
        "absorbed": _("Merged into this"),
        "child": _("Part of this"),
        "incident": _("Caused by this problem"),
        "followed": _("Goes on in"),
    }


def _read(value: Any) -> Mapping[str, Any]:
    """A JSON object as the driver or as text brings it."""
    if isinstance(value, str):
        value = json.loads(value)
    return value or {}


def thread_of(actor: Actor, ticket: Ticket, parts: TicketParts, *, may_work: bool) -> list[ThreadMessage]:
    """The messages of a ticket and of those merged into it, oldest first: one statement, which is composed once."""
    rows = composed.instances(_messages, actor, gaps=(ticket.pk,))
    return [_message(row, ticket, actor, may_work) for row in rows]


def _messages(actor: Actor, ticket_id: int) -> Any:
    # Named first, so that messages are read by their tickets and not all of them looked at.
    here = Ticket.objects.all().visible_to(actor).filter(Q(pk=ticket_id) | Q(merged_into_id=ticket_id))
    files = _array(
        Attachment.objects.filter(message=OuterRef("pk"), file__removed_at__isnull=True).order_by("pk"),
        public_id=F("public_id"),
        name=F("file__original_name"),
        size=F("file__size"),
    )
    rows = Message.objects.all().visible_to(actor).filter(ticket__in=here.order_by().values("pk"))
    rows = rows.select_related("author")
    rows = rows.annotate(files=files, number=F("ticket__number"), asker=F("ticket__requester_name"))
    return rows.annotate(contact_card=ContactCard("contact_id")).order_by("written_at", "id")


def _message(row: Any, ticket: Ticket, actor: Actor, may_work: bool) -> ThreadMessage:
    is_ours = row.side != Side.CUSTOMER
    name = row.author.name if row.author is not None and is_ours else ""
    name = name or row.author_name or ("" if is_ours else _read(row.contact_card).get("name") or row.asker)
    is_note = row.kind == MessageKind.NOTE
    is_waiting = row.state == MessageState.SCHEDULED
    return ThreadMessage(
        pk=row.pk,
        public_id=str(row.public_id),
        at=row.sent_at or row.written_at,
        who=name or (_("The hub") if is_ours else _("The partner")),
        is_ours=is_ours,
        is_note=is_note,
        is_automatic=row.is_automatic,
        channel=row.get_channel_display(),
        state=row.state,
        send_at=row.send_at,
        sets_status=row.sets_status,
        body=rendered(row.body),
        quoted=row.quoted,
        files=tuple(File(public_id=one["public_id"], name=one["name"], size=one["size"]) for one in row.files),
        foreign=row.number if row.ticket_id != ticket.pk else None,
        may_withdraw=is_waiting and row.author_id == actor.user_id,
        may_split=may_work and not is_ours and not is_note and row.ticket_id == ticket.pk,
    )


def thread_items(messages: Sequence[ThreadMessage], lines: Sequence[HistoryLine]) -> list[ThreadItem]:
    """Messages with what happened between them; that it was opened its first message says."""
    items = [ThreadItem(at=message.at, message=message) for message in messages]
    items += [ThreadItem(at=line.at, line=line) for line in lines if line.kind != EventKind.CREATED]
    return sorted(items, key=lambda item: (item.at, item.line is not None))


def read_events(ticket: Ticket) -> tuple[list[TicketEvent], list[HistoryLine]]:
    """The events, and the same in words: one statement."""
    events = events_of(ticket.pk)
    return events, history(events)


@dataclass(frozen=True, kw_only=True)
class Onlooker:
    """A colleague who has the ticket open too."""

    name: str
    is_writing: bool


def onlookers(actor: Actor, ticket_id: int, *, now: datetime) -> list[Onlooker]:
    """Who else looks or writes just now: one statement."""
    rows = Looking.objects.all().visible_to(actor).filter(ticket_id=ticket_id, seen_at__gte=now - LOOKS)
    found = rows.exclude(user_id=actor.user_id or 0).order_by("user__name_sort").values_list("user__name", "wrote_at")
    return [
        Onlooker(name=name, is_writing=wrote_at is not None and wrote_at >= now - WRITES) for name, wrote_at in found
    ]
