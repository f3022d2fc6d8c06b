"""What a contact sees of tickets: plain words, what was said, the clocks; no notes, no policy, nobody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.markdown import rendered
from common.pagination import Order, Page, SortKey, paginate
from partners.models import Contact
from tickets.choices import FINISHED, Side, TicketStatus
from tickets.models import Attachment, Category, Message, Ticket
from tickets.selectors.strips import ClockStrip, strips

NEWEST = Order((SortKey(name="opened_at", descending=True),))
SIZE = 25
PANEL_SIZE = 5

# Status in the words of outsiders, and the tone of its chip.
_PLAIN: Mapping[str, tuple[str | Promise, str]] = {
    TicketStatus.NEW: (_("Received"), "info"),
    TicketStatus.OPEN: (_("We are at it"), "info"),
    TicketStatus.PENDING: (_("Your answer is needed"), "warning"),
    TicketStatus.ON_HOLD: (_("We wait for somebody else"), "neutral"),
    TicketStatus.SOLVED: (_("Solved"), "success"),
    TicketStatus.CLOSED: (_("Closed"), "neutral"),
}


@dataclass(frozen=True, kw_only=True)
class PortalTicket:
    """A line of the list. `who` is the contact who asked, where it is not the reader."""

    number: int
    subject: str
    status: str
    status_words: str
    tone: str
    category: str
    opened_at: datetime
    moved_at: datetime
    who: str


@dataclass(frozen=True, kw_only=True)
class PortalFile:
    public_id: str
    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class PortalMessage:
    """Something that was said, by us or by them; `body` is safe HTML."""

    at: datetime
    who: str
    is_ours: bool
    body: SafeString
    files: Sequence[PortalFile]


@dataclass(frozen=True, kw_only=True)
class PortalThread:
    """One ticket. `moved_to` is the number of the ticket that it was merged into, if the reader sees that one."""

    row: PortalTicket
    messages: Sequence[PortalMessage]
    clocks: Sequence[ClockStrip]
    expected_on: object
    moved_to: int | None
    follows: int | None

    @property
    def is_solved(self) -> bool:
        return self.row.status == TicketStatus.SOLVED

    @property
    def is_final(self) -> bool:
        """Nothing is written on it any more."""
        return self.row.status == TicketStatus.CLOSED or self.moved_to is not None


def own_contact(actor: Actor) -> Contact | None:
    """The reader as a contact of the open organization. One statement."""
    if actor.user_id is None or actor.organization_id is None:
        return None
    rows = Contact.objects.filter(user_id=actor.user_id, organization_id=actor.organization_id)
    return rows.filter(archived_at__isnull=True).select_related("organization").first()


def portal_tickets(actor: Actor, *, finished: bool = False, only_own: bool = False, cursor: str = "") -> Page:
    """A page of tickets that the contact sees, newest first: one statement."""
    rows = Ticket.objects.visible_to(actor).select_related("category", "contact")
    rows = rows.filter(status__in=FINISHED) if finished else rows.exclude(status__in=FINISHED)
    if only_own:
        rows = rows.filter(contact__user=actor.user_id)
    page = paginate(rows, NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(ticket, actor) for ticket in page.rows], previous=page.previous, next=page.next)


def waiting_tickets(actor: Actor) -> list[PortalTicket]:
    """What is open, those that need the reader's answer first. One statement."""
    rows = Ticket.objects.visible_to(actor).unsolved().select_related("category", "contact")
    found = [_row(ticket, actor) for ticket in rows.order_by("-opened_at", "-id")[:SIZE]]
    return sorted(found, key=lambda row: row.status != TicketStatus.PENDING)[:PANEL_SIZE]


def portal_ticket(actor: Actor, number: int) -> Ticket | None:
    """The ticket itself, for what is done with it. One statement."""
    rows = Ticket.objects.visible_to(actor).select_related("category", "contact", "merged_into", "follows")
    return rows.filter(number=number).first()


def portal_thread(ticket: Ticket, actor: Actor, *, now: datetime) -> PortalThread:
    """What was said on a ticket that the reader sees, and its clocks: five statements."""
    files = Prefetch("attachments", Attachment.objects.visible_to(actor).select_related("file"))
    rows = Message.objects.visible_to(actor).filter(ticket=ticket).select_related("author", "contact")
    said = rows.order_by("sent_at", "id").prefetch_related(files)
    return PortalThread(
        row=_row(ticket, actor),
        messages=[_message(message) for message in said],
        clocks=strips(ticket, now=now),
        expected_on=ticket.expected_on,
        moved_to=ticket.merged_into.number if ticket.merged_into else None,
        follows=ticket.follows.number if ticket.follows else None,
    )


def offered_categories() -> list[Category]:
    """What the form offers: one statement."""
    # Names of categories are no secret; contacts choose from those that are meant for them.
    return list(Category.objects.filter(in_portal=True, archived_at__isnull=True).order_by("position", "name"))


def _row(ticket: Ticket, actor: Actor) -> PortalTicket:
    words, tone = _PLAIN[ticket.status]
    is_own = ticket.contact is not None and ticket.contact.user_id == actor.user_id
    return PortalTicket(
        number=ticket.number,
        subject=ticket.subject,
        status=ticket.status,
        status_words=str(words),
        tone=tone,
        category=ticket.category.name if ticket.category else "",
        opened_at=ticket.opened_at,
        moved_at=max(filter(None, (ticket.opened_at, ticket.last_reply_at, ticket.last_customer_at))),
        who="" if is_own or ticket.contact is None else ticket.contact.name,
    )


def _message(message: Message) -> PortalMessage:
    is_ours = message.side != Side.CUSTOMER
    if is_ours:
        who = message.author.name if message.author else ""
    else:
        who = message.contact.name if message.contact else message.author_name
    return PortalMessage(
        at=message.sent_at or message.written_at,
        who=who,
        is_ours=is_ours,
        body=rendered(message.body),
        files=[
            PortalFile(public_id=str(one.public_id), name=one.file.original_name, size=one.file.size)
            for one in message.attachments.all()
            if one.file.removed_at is None
        ],
    )
