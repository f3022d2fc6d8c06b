""" "Why can I (not) see this ticket?", by its number or the address of its page (roles-and-access.md).

A ticket of an organization and a queue in which the asker has no part gets the same answer as a number that no ticket
has.
"""

import re
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access_words import sentences
from accounts.labels import joined
from accounts.rules.access import Actor, Decision, Reach, ReasonCode, Right, decide, visibility_terms
from common.models import ImportRun, ImportState
from common.models.imports import TICKETS
from common.scope import Scope, scoped
from hub.explanations import Answer
from partners.models import Organization
from partners.permissions import subject_of
from tickets.choices import TicketStatus
from tickets.models import Queue, QueueTeam, Ticket

_NUMBER = re.compile(r"#\s?(\d{1,14})|(?:.*/)?tickets/(\d{1,14})(?:[/?#].*)?|(\d{1,14})", re.ASCII)


def number_in(query: str) -> int | None:
    """The ticket that is meant: "#1001", "1001", or the address of its page."""
    found = _NUMBER.fullmatch(query.strip())
    return int(next(filter(None, found.groups()))) if found else None


def explain_ticket(actor: Actor, number: int, *, now: datetime, person: str | None = None) -> Answer:
    """Why `actor` sees the ticket of this number, or why not; `person` is their name for somebody else."""
    # Read past the asker's scope, as for organizations.
    with scoped(Scope.all()):
        ticket = Ticket.objects.select_related("queue", "organization", "merged_into").filter(number=number).first()
        decision = _decision(actor, ticket.organization, now) if ticket and ticket.organization else None
        if ticket is not None and Ticket.objects.visible_to(actor).filter(pk=ticket.pk).exists():
            words = [*_ways(actor, ticket, decision, now, person), *_facts(actor, ticket)]
            url = reverse("tickets:ticket", args=[number])
            key = str(ticket.public_id)
            return Answer(name=str(ticket), is_known=True, sentences=tuple(words), public_id=key, url=url)
        if ticket is not None and decision is not None and _is_tied(decision):
            # Who takes part sees the summary and the story of an organization, and nothing of its tickets.
            standing = [] if decision.scope is Reach.SUMMARY else [_standing(ticket)]
            words = [*_not_seen(decision, now, person), *standing, *_brought_in(actor)]
            name = _("Ticket #%(number)s of %(organization)s") % {"number": number, "organization": ticket.organization}
            return Answer(name=name, is_known=True, sentences=tuple(words))
        return Answer(name="", is_known=False, sentences=(*_unknown(actor, person), *_brought_in(actor)))


def _decision(actor: Actor, organization: Organization, now: datetime) -> Decision:
    return decide(actor, Right.SEE, subject_of(organization, grants_for=actor.user_id), now=now)


def _is_tied(decision: Decision) -> bool:
    return decision.scope is not Reach.NONE or not {reason.code for reason in decision.reasons} & {
        ReasonCode.NO_TIE,
        ReasonCode.NO_ROLES,
    }


def _ways(actor: Actor, ticket: Ticket, decision: Decision | None, now: datetime, person: str | None) -> list[str]:
    """Every way by which the ticket is seen."""
    found = []
    if actor.has("see_all_tickets"):
        theirs, mine = _("%(person)s sees the tickets of all queues."), _("You see the tickets of all queues.")
        found.append(theirs % {"person": person} if person else mine)
    elif actor.has("see_queue_tickets") and _serves(actor, ticket.queue):
        words = {"queue": ticket.queue.name, "person": person}
        mine = _("It is in the queue %(queue)s, which a team of yours serves.")
        theirs = _("It is in the queue %(queue)s, which a team of %(person)s serves.")
        found.append((theirs if person else mine) % words)
    if decision is not None and decision.allowed:
        found += sentences(decision, person=person, today=timezone.localdate(now))
        found.append(_("Whoever opens an organization sees its tickets."))
    elif not found and visibility_terms(actor).everything:
        words = {"person": person}
        found.append(_("%(person)s sees everything.") % words if person else _("You see everything."))
    return found


def _serves(actor: Actor, queue: Queue) -> bool:
    return QueueTeam.objects.filter(queue=queue, team_id__in=sorted(actor.team_ids)).exists()


def _not_seen(decision: Decision, now: datetime, person: str | None) -> list[str]:
    """Why somebody with a part in the organization does not see its ticket."""
    found = sentences(decision, person=person, today=timezone.localdate(now))
    return [*found, _("Its tickets are for those who open it in full, and for the teams of their queues.")]


def _standing(ticket: Ticket) -> str:
    """Where it stands."""
    words = {"status": TicketStatus(ticket.status).label, "queue": ticket.queue.name}
    return _("Its status is “%(status)s”, its queue is %(queue)s.") % words


def _facts(actor: Actor, ticket: Ticket) -> list[str]:
    """What it is linked to, where it stands, where it came from."""
    found = []
    if ticket.organization is not None:
        found.append(_("It belongs to %(organization)s.") % {"organization": ticket.organization})
    else:
        text = _("It belongs to no organization, since its sender is not known: the teams of its queue see it.")
        found.append(text)
    found.append(_standing(ticket))
    into = ticket.merged_into
    if into is not None and Ticket.objects.visible_to(actor).filter(pk=into.pk).exists():
        found.append(_("It was merged into #%(number)s and stands in no list.") % {"number": into.number})
    if ticket.source:
        found.append(_("It came from %(source)s.") % {"source": ticket.source})
    return [*found, *_brought_in(actor)]


def _unknown(actor: Actor, person: str | None) -> list[str]:
    """Said of a foreign ticket and of a number that there is not; nothing in it depends on the ticket."""
    mine = _("No ticket of this number is open to you: either there is none, or you have no part in it.")
    theirs = _("No ticket of this number is open to %(person)s: either there is none, or they have no part in it.")
    found = [theirs % {"person": person} if person else mine]
    queues = QueueTeam.objects.filter(team_id__in=sorted(actor.team_ids), queue__archived_at__isnull=True)
    names = list(queues.order_by("queue__name").values_list("queue__name", flat=True).distinct())
    if actor.has("see_queue_tickets") and names:
        found.append(_("Tickets of these queues are open: %(queues)s.") % {"queues": joined(names)})
    found.append(_("Tickets of an organization are open to those who open it in full."))
    return [*found, _("Check the number, or ask a support manager.")]


def _brought_in(actor: Actor) -> list[str]:
    """When tickets of another system were last brought in; how many were refused, to who looks after support."""
    runs = ImportRun.objects.filter(kind__startswith=TICKETS, state=ImportState.DONE, finished_at__isnull=False)
    latest = runs.order_by("-finished_at").first()
    if latest is None or latest.finished_at is None:
        return [_("No tickets have been brought in from another system.")]
    day = date_format(timezone.localtime(latest.finished_at), "j F Y, H:i")
    found = [_("Tickets were last brought in from another system on %(day)s.") % {"day": day}]
    if actor.has("manage_support"):
        count = latest.rows_rejected
        text = ngettext("%(count)s row was rejected then.", "%(count)s rows were rejected then.", count)
        found.append(text % {"count": count})
    return found
