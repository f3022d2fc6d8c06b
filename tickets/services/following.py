"""Use cases around a ticket that change nothing of it: who watches, which issues it hangs on, who has it open."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, Missing, NotAllowed
from common.mentions import mentioned
from common.scope import Scope, scoped
from tickets import notices, permissions
from tickets.models import ExternalLink, Message, Ticket, Watcher
from tickets.rules.issue_links import read_link
from tickets.selectors.readers import actors_who_see
from tickets.services.locking import lock_ticket

MOST_WATCHERS = 30
MOST_LINKS = 30


@transaction.atomic
def watch(*, by: Actor, ticket: Ticket, user: User, now: datetime) -> None:
    """Let a colleague be told of a ticket. Raises NotAllowed, Missing, DomainError: they do not see it; too many."""
    locked = lock_ticket(by, ticket)
    if not permissions.can_note(by):
        raise NotAllowed(_("Colleagues watch tickets."))
    if user.pk != by.user_id and user.pk not in actors_who_see(locked.pk, [user.pk]):
        raise DomainError(_("%(name)s does not see this ticket.") % {"name": user.name}, field="user")
    if Watcher.objects.filter(ticket=locked).count() >= MOST_WATCHERS:
        raise DomainError(_("Up to %(count)s people watch a ticket.") % {"count": MOST_WATCHERS})
    values = {"organization_id": locked.organization_id}
    _row, is_new = Watcher.objects.get_or_create(ticket=locked, user=user, defaults=values)
    if is_new:
        _record(by, "ticket.watched", locked, now, {"watcher": [None, user.name]})


@transaction.atomic
def unwatch(*, by: Actor, ticket: Ticket, user_id: int, now: datetime) -> None:
    """Stop telling a colleague: oneself, or anybody for those who work on tickets. Raises NotAllowed, Missing."""
    locked = lock_ticket(by, ticket)
    if user_id != by.user_id and not permissions.can_work(by):
        raise NotAllowed(_("You may stop watching yourself."))
    rows = Watcher.objects.filter(ticket=locked, user_id=user_id)
    names = list(rows.values_list("user__name", flat=True))
    if names:
        rows.delete()
        _record(by, "ticket.unwatched", locked, now, {"watcher": [names[0], None]})


@transaction.atomic
def add_link(*, by: Actor, ticket: Ticket, url: str, title: str = "", now: datetime) -> ExternalLink:
    """Hang a ticket on an issue of GitHub, GitLab or another tool.

    Raises NotAllowed, Missing, DomainError ("url"): no https address, there already, too many.
    """
    locked = lock_ticket(by, ticket)
    if not permissions.can_work(by):
        raise NotAllowed(_("Links are kept by those who work on the ticket."))
    found = read_link(url)
    if found is None:
        raise DomainError(_("Give an address that begins with https://."), field="url", code="bad_url")
    if ExternalLink.objects.filter(ticket=locked).count() >= MOST_LINKS:
        raise DomainError(_("A ticket has up to %(count)s links.") % {"count": MOST_LINKS}, field="url")
    link = ExternalLink(
        organization_id=locked.organization_id,
        ticket=locked,
        provider=found.provider,
        url=found.url,
        project=found.project[:200],
        number=found.number[:40],
        title=" ".join(title.split())[:250],
        added_by_id=by.user_id,
        added_at=now,
    )
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError:
        raise DomainError(_("This link is there already."), field="url", code="twice") from None
    _record(by, "ticket.linked", locked, now, {"link": [None, found.url]})
    return link


@transaction.atomic
def remove_link(*, by: Actor, link: ExternalLink, now: datetime) -> None:
    """Take a link away. Raises NotAllowed, Missing."""
    locked = lock_ticket(by, link.ticket)
    if not permissions.can_work(by):
        raise NotAllowed(_("Links are kept by those who work on the ticket."))
    if not ExternalLink.objects.filter(pk=link.pk, ticket=locked).delete()[0]:
        raise Missing(_("This link is gone already."))
    _record(by, "ticket.unlinked", locked, now, {"link": [link.url, None]})


def look(*, by: Actor, ticket: Ticket, is_writing: bool, now: datetime) -> None:
    """Note that somebody has a ticket open, and whether they write: one statement, nothing in the trail."""
    if not permissions.can_note(by) or by.user_id is None:
        raise NotAllowed(_("Colleagues look at tickets."))
    wrote_at = now if is_writing else None
    sql = """
        INSERT INTO tickets_looking (organization_id, ticket_id, user_id, seen_at, wrote_at) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (ticket_id, user_id)
        DO UPDATE SET seen_at = excluded.seen_at, wrote_at = coalesce(excluded.wrote_at, tickets_looking.wrote_at)
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [ticket.organization_id, ticket.pk, by.user_id, now, wrote_at])


def tell_mentioned(*, by: Actor, ticket: Ticket, message: Message, now: datetime) -> int:
    """Tell the colleagues whom a note names and who see the ticket; how many. Others are passed over."""
    handles = mentioned(message.body)
    if not handles:
        return 0
    people = User.objects.visible_to(by).staff().active()
    ids = [pk for pk, email in _addressed(people, handles) if email.partition("@")[0].lower() in handles]
    told = [user_id for user_id in actors_who_see(ticket.pk, ids) if user_id != by.user_id]
    words = {"name": by.name, "number": ticket.number, "subject": ticket.subject}
    with scoped(Scope.all()):
        return notify(
            user_ids=told,
            kind=notices.MENTIONS,
            title=_("%(name)s names you on #%(number)s: %(subject)s") % words,
            key=f"ticket-mention:{message.pk}",
            now=now,
            target_type="ticket",
            target_id=ticket.pk,
        )


def _addressed(people: Any, handles: tuple[str, ...]) -> list[tuple[int, str]]:
    found = people.none()
    for handle in handles:
        found |= people.filter(email__istartswith=f"{handle}@")
    return list(found.order_by().values_list("pk", "email")[:50])


def _record(by: Actor, verb: str, ticket: Ticket, now: datetime, changes: dict[str, list[str | None]]) -> None:
    activity.record(verb=verb, target=ticket, now=now, actor_id=by.user_id, actor_name=by.name, changes=changes)
