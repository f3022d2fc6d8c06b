"""What surveys are told of tickets: whether they are still to be asked about, what they are called, who sees them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from partners.survey_policy import Subject, register_subject, register_trouble
from tickets.choices import UNSOLVED, Priority
from tickets.models import ArticleVersion, Ticket
from tickets.querysets import sees_every_ticket
from tickets.services.surveying import SUBJECT, is_sound


def _title(ticket_id: int) -> str:
    return Ticket.objects.filter(pk=ticket_id).values_list("subject", flat=True).first() or ""


def _url(actor: Actor, key: str) -> str:
    return reverse("tickets:portal_ticket" if actor.is_contact else "tickets:ticket", args=[key])


def _reach(actor: Actor) -> "QuerySet[Any, Any] | None":
    """What organizations do not open already: the tickets of the desk."""
    if sees_every_ticket(actor):
        return None
    rows = Ticket.objects.all().visible_to(actor) if actor.has("see_queue_tickets") else Ticket.objects.none()
    return rows.order_by().values("pk")


def _topics(actor: Actor, slugs: Iterable[str]) -> Mapping[str, str]:
    """Titles of articles by their address, in the language that others fall back to."""
    rows = ArticleVersion.objects.visible_to(actor).filter(is_current=True, article__slug__in=list(slugs))
    found = rows.order_by("article__slug", "language").values_list("article__slug", "title")
    return dict(found)


def _troubled(organization_ids: set[int]) -> set[int]:
    """Organizations with a critical ticket that is not solved."""
    rows = Ticket.objects.filter(organization_id__in=organization_ids, status__in=UNSOLVED, priority=Priority.CRITICAL)
    return {pk for pk in rows.order_by().values_list("organization_id", flat=True).distinct() if pk is not None}


def offer() -> None:
    """Called once, when the app is ready."""
    register_trouble(_troubled)
    register_subject(
        Subject(key=SUBJECT, label=_("Ticket"), is_sound=is_sound, title=_title, url=_url, reach=_reach, topics=_topics)
    )
