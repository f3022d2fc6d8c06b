"""The query vocabulary of tickets. Every read starts with `visible_to(actor)`, made from the one policy.

Who may open an organization in full sees its tickets; support sees those of the queues that its teams serve, of
whatever organization or of none; the support manager sees all; a contact sees its own of the open organization, a
ticket manager all of it (roles-and-access.md, Support and Portal).
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, Q, Value, When
from django.db.models.functions import Coalesce

from accounts.rules.access import Right, visibility_terms
from partners.querysets import opened_by
from tickets.choices import FAR, UNSOLVED, MessageKind, MessageState, Priority

if TYPE_CHECKING:
    from accounts.rules.access import Actor

WAITS_SORT = Coalesce("waits_since", Value(FAR, output_field=models.DateTimeField()))
"""Since when the partner waits for us; those who do not stand last."""
PRIORITY_RANK = Case(
    *(When(priority=priority, then=Value(place)) for place, priority in enumerate(Priority.values)),
    default=Value(9),
    output_field=models.SmallIntegerField(),
)
"""Critical first."""
OPEN_RANK = Case(
    When(status__in=[status.value for status in UNSOLVED], then=Value(0)),
    default=Value(1),
    output_field=models.SmallIntegerField(),
)
"""What is not solved first."""
NEWNESS = F("id") * Value(-1)
"""The newest first, in an order that goes up."""


class Literal(Value):
    """A constant of ours that stands in the text of a question: the index of an expression is found by its text alone,
    and numbers and moments are parameters else (ADR 0022)."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return str(self.value), ()


# As those above, in questions.
WAITS_PLACE = Coalesce(
    "waits_since",
    Literal(f"'{FAR:%Y-%m-%d} 00:00:00+00'::timestamptz", output_field=models.DateTimeField()),
)
PRIORITY_PLACE = Case(
    *(When(priority=priority, then=Literal(place)) for place, priority in enumerate(Priority.values)),
    default=Literal(9),
    output_field=models.SmallIntegerField(),
)
OPEN_PLACE = Case(
    When(status__in=[status.value for status in UNSOLVED], then=Literal(0)),
    default=Literal(1),
    output_field=models.SmallIntegerField(),
)
NEW_PLACE = F("id") * Literal(-1, output_field=models.IntegerField())


def sees_every_ticket(actor: "Actor") -> bool:
    return visibility_terms(actor).everything or actor.has("see_all_tickets")


def served_by(team_ids: frozenset[int]) -> models.QuerySet[Any]:
    """Ids of the queues that these teams serve."""
    rows = apps.get_model("tickets", "QueueTeam")._default_manager
    return rows.filter(team_id__in=sorted(team_ids)).order_by().values("queue_id")


class TicketQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """Tickets that `actor` sees today."""
        if actor.is_contact:
            return self._of_contact(actor)
        if sees_every_ticket(actor):
            return self
        terms = visibility_terms(actor, Right.SEE)
        reach = Q(pk__in=[])
        if not terms.is_empty:
            reach |= Q(organization_id__in=opened_by(terms, with_summary=False))
        if actor.has("see_queue_tickets") and actor.team_ids:
            reach |= Q(queue_id__in=served_by(actor.team_ids))
        return self.filter(reach)

    def _of_contact(self, actor: "Actor") -> Self:
        if actor.organization_id is None or actor.user_id is None:
            return self.none()
        me = apps.get_model("partners", "Contact")._default_manager.filter(
            organization_id=actor.organization_id, user_id=actor.user_id, archived_at__isnull=True
        )
        watched = apps.get_model("tickets", "Watcher")._default_manager.filter(contact__in=me.values("pk"))
        own = Q(contact__in=me.values("pk")) | Q(pk__in=watched.values("ticket_id"))
        mine = own | Q(Exists(me.filter(is_ticket_manager=True)))
        return self.filter(mine, organization_id=actor.organization_id, is_internal=False)

    def unsolved(self) -> Self:
        return self.filter(status__in=UNSOLVED, merged_into__isnull=True)

    def unassigned(self) -> Self:
        return self.filter(assignee__isnull=True)

    def critical(self) -> Self:
        return self.filter(priority=Priority.CRITICAL)

    def breaching_before(self, moment: datetime) -> Self:
        """Unsolved tickets whose next promise is used up before `moment`, or is broken already."""
        return self.unsolved().filter(breaches_at__lt=moment)


class TicketPartQuerySet(models.QuerySet[Any]):
    """Rows of a ticket that colleagues see who see the ticket; contacts see none of them."""

    def visible_to(self, actor: "Actor") -> Self:
        if actor.is_contact:
            return self.none()
        if sees_every_ticket(actor):
            return self
        return self._within(actor)

    def _within(self, actor: "Actor") -> Self:
        tickets = apps.get_model("tickets", "Ticket")._default_manager.all().visible_to(actor)
        return self.filter(ticket__in=tickets)


class SharedPartQuerySet(TicketPartQuerySet):
    """Rows of a ticket that its contacts see as well: clocks."""

    def visible_to(self, actor: "Actor") -> Self:
        return self._within(actor) if actor.is_contact else super().visible_to(actor)


class MessageQuerySet(TicketPartQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """Messages of visible tickets; a contact sees what has been sent, and never an internal note."""
        if actor.is_contact:
            return self._within(actor).filter(kind=MessageKind.REPLY, state=MessageState.SENT)
        return super().visible_to(actor)


class AttachmentQuerySet(TicketPartQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """Files of visible messages."""
        if actor.is_contact:
            return self._within(actor).filter(message__kind=MessageKind.REPLY, message__state=MessageState.SENT)
        return super().visible_to(actor)


class OwnQuerySet(models.QuerySet[Any]):
    """Rows that are somebody's own."""

    def visible_to(self, actor: "Actor") -> Self:
        return self.filter(user_id=actor.user_id) if actor.user_id is not None else self.none()


class IncomingMailQuerySet(models.QuerySet[Any]):
    """Mails that came in, rejected ones too: for those who look after support."""

    def visible_to(self, actor: "Actor") -> Self:
        return self if actor.is_staff and actor.has("manage_support") else self.none()


class WebhookQuerySet(models.QuerySet[Any]):
    """Calls to other tools: for those who connect them."""

    def visible_to(self, actor: "Actor") -> Self:
        return self if actor.is_staff and actor.has("manage_connectors") else self.none()
