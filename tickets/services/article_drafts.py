"""A draft from a solved ticket: what was asked, what solved it, with names taken out."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners.models import Contact, Organization
from tickets import article_permissions
from tickets.article_choices import ArticleAudience, ArticleLanguage
from tickets.choices import FINISHED, MessageKind, MessageState, Side
from tickets.models import Article, Message, Ticket
from tickets.rules.article_texts import without_names
from tickets.services.articles import MAX_BYTES, Text, draft

MOST_NAMES = 500


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What a ticket says, and whose names are in it."""

    ticket: Ticket
    asked: str
    answer: str
    people: tuple[str, ...]
    companies: tuple[str, ...]


@transaction.atomic
def draft_from_ticket(*, by: Actor, ticket: Ticket, now: datetime) -> Article:
    """Begin an article for colleagues with the question and the solution of a solved ticket that `by` sees.

    Names of its people and its company, mail addresses and long numbers are taken out; a person still reads it before
    it is published. Raises NotAllowed, Missing, DomainError for a ticket that is not solved.
    """
    if not article_permissions.can_write(by):
        raise NotAllowed(_("Articles are written by those who answer contacts."))
    row = Ticket.objects.visible_to(by).filter(pk=ticket.pk).first()
    if row is None:
        raise Missing(_("This ticket does not exist, or it is not yours."))
    if row.status not in FINISHED:
        raise DomainError(_("An article is made from a solved ticket."), code="unsolved")
    with scoped(Scope.all()):
        source = _source(row)
    names = {"people": source.people, "companies": source.companies}
    language = row.language[:2] if row.language[:2] in ArticleLanguage.values else ArticleLanguage.ENGLISH
    text = Text(
        language=language,
        title=without_names(row.subject, **names)[:200],
        body=_cut(without_names(_body(source), **names)),
    )
    return draft(by=by, text=text, values={"audience": ArticleAudience.INTERNAL}, from_ticket_id=row.pk, now=now)


def _source(ticket: Ticket) -> _Source:
    said = Message.objects.filter(ticket=ticket, kind=MessageKind.REPLY, state=MessageState.SENT)
    messages = list(said.select_related("author", "contact").order_by("sent_at", "id"))
    asked = next((one.body for one in messages if one.side == Side.CUSTOMER), "")
    answers = [one.body for one in messages if one.side == Side.AGENT and not one.is_automatic]
    people = [ticket.requester_name]
    people += [one.author.name for one in messages if one.author] + [one.author_name for one in messages]
    if ticket.assignee_id is not None:
        people += User.objects.filter(pk=ticket.assignee_id).values_list("name", flat=True)
    companies: list[str] = []
    if ticket.organization_id is not None:
        contacts = Contact.objects.filter(organization_id=ticket.organization_id)
        people += contacts.values_list("name", flat=True)[:MOST_NAMES]
        companies += Organization.objects.filter(pk=ticket.organization_id).values_list("name", flat=True)
    return _Source(
        ticket=ticket,
        asked=asked,
        answer=ticket.resolution or (answers[-1] if answers else ""),
        people=tuple(people),
        companies=tuple(companies),
    )


def _body(source: _Source) -> str:
    """The parts of an article, those that the ticket has something for."""
    parts = (
        (_("What happens"), source.asked),
        (_("Why"), source.ticket.root_cause),
        (_("What helps"), source.answer),
        (_("Until then"), source.ticket.workaround),
    )
    body = "\n\n".join(f"## {title}\n\n{text.strip()}" for title, text in parts if text.strip())
    return body or source.ticket.subject


def _cut(text: str) -> str:
    return text.encode()[:MAX_BYTES].decode(errors="ignore")
