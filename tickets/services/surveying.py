"""A solved ticket gives reason to ask whether its contact is satisfied; one that opens again takes that back.

Tickets that came with their past (imports) have no event that sets anything off, and so ask nobody.
"""

import re
from datetime import datetime

from accounts.models import Membership
from partners.services import surveys
from partners.services.surveys import Ground
from tickets.choices import FINISHED, Channel, EventKind, MessageKind, MessageState, Side, TicketStatus
from tickets.models import Article, Message, QueueTeam, Ticket, TicketEvent

SUBJECT = "ticket"
UNASKED_TAGS = frozenset({"spam", "duplicate"})
_ARTICLE = re.compile(r"/(?:kb|portal/help)/([a-z0-9][a-z0-9-]{0,79})(?![a-z0-9-])")


def on_event(event: TicketEvent, *, now: datetime) -> None:
    """Plan or take back a survey. Safe to run twice, and late: only the present solve asks."""
    moved = event.changes.get("status")
    if not isinstance(moved, list) or len(moved) != 2:
        return
    if moved[1] == TicketStatus.SOLVED:
        _plan(event, now)
    elif moved[1] not in FINISHED:
        surveys.cancel(subject_type=SUBJECT, subject_id=event.ticket_id, at=event.at, now=now)


def is_sound(ticket_id: int) -> bool:
    """Whether a ticket is one to ask about: solved, not merged or internal, no spam, no duplicate, no import."""
    ticket = Ticket.objects.filter(pk=ticket_id).first()
    return ticket is not None and _is_sound(ticket)


def _is_sound(ticket: Ticket) -> bool:
    is_odd = ticket.is_internal or ticket.channel == Channel.IMPORT or ticket.merged_into_id is not None
    tags = {tag.lower() for tag in ticket.tags}
    return ticket.status in FINISHED and not is_odd and not tags & UNASKED_TAGS


def _plan(event: TicketEvent, now: datetime) -> None:
    ticket = event.ticket
    if ticket.organization_id is None or ticket.contact_id is None or ticket.solved_at != event.at:
        return
    if not _is_sound(ticket):
        return
    agent_id, queue_id = _then(event, "assignee", ticket.assignee_id), _then(event, "queue", ticket.queue_id)
    if agent_id is None and event.side == Side.AGENT:
        agent_id = event.actor_id
    surveys.plan(
        ground=Ground(
            organization_id=ticket.organization_id,
            contact_id=ticket.contact_id,
            subject_type=SUBJECT,
            subject_id=ticket.pk,
            subject_key=str(ticket.number),
            occasion=f"ticket-event:{event.pk}",
            occurred_at=event.at,
            agent_id=agent_id,
            team_id=_team_of(agent_id, queue_id),
            topics=articles_in(ticket),
        ),
        now=now,
    )


def _then(event: TicketEvent, field: str, value: int | None) -> int | None:
    """What the field was at the event: before the first change that came after it."""
    later = TicketEvent.objects.filter(ticket_id=event.ticket_id, pk__gt=event.pk, changes__has_key=field)
    changed = later.exclude(kind=EventKind.CREATED).order_by("pk").values_list("changes", flat=True).first()
    return changed[field][0] if changed is not None else value


def _team_of(agent_id: int | None, queue_id: int | None) -> int | None:
    """The team that the agent served the queue in; without one the first that serves it."""
    rows = QueueTeam.objects.filter(queue_id=queue_id or 0).order_by("team__name")
    teams = list(rows.values_list("team_id", flat=True))
    held = Membership.objects.filter(user_id=agent_id or 0, team_id__in=teams, ended_at__isnull=True)
    own = set(held.values_list("team_id", flat=True))
    return next((team for team in teams if team in own), teams[0] if teams else None)


def articles_in(ticket: Ticket) -> list[str]:
    """Addresses of the articles that replies on a ticket link to, in the order in which they came up."""
    said = Message.objects.filter(
        ticket=ticket, kind=MessageKind.REPLY, state=MessageState.SENT, side=Side.AGENT
    ).order_by("sent_at", "id")
    found = list(dict.fromkeys(slug for body in said.values_list("body", flat=True) for slug in _ARTICLE.findall(body)))
    known = set(Article.objects.filter(slug__in=found).values_list("slug", flat=True)) if found else set()
    return [slug for slug in found if slug in known]
