"""What the pages of a ticket share: finding it, its context, and answering after something was done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.labels import kind_label, role_short_label, stage_label
from accounts.policies import actor_of
from common.listing import ListQuery
from partners.choices import ArrSegment, Gemstone
from partners.columns import health_chip
from tickets import lists, permissions
from tickets.choices import FINISHED
from tickets.forms.tickets import EscalateForm, LinkForm, WatcherForm, WriteForm
from tickets.models import Macro, Ticket
from tickets.quality_querysets import REVIEW
from tickets.rules.macro_texts import filled
from tickets.selectors.policy_words import policy_words
from tickets.selectors.quality_marks import survey_marks
from tickets.selectors.routing_words import routing_words
from tickets.selectors.rows import PRIORITY_ICONS, PRIORITY_TONES, STATUS_TONES
from tickets.selectors.sla_states import states
from tickets.selectors.strips import strips_of
from tickets.selectors.ticket_page import (
    TicketParts,
    read_events,
    thread_items,
    thread_of,
    ticket_of,
    ticket_with_parts,
)

LIST = "list"


def ticket_or_404(request: HttpRequest, number: int) -> Ticket:
    """The ticket if its reader sees it; foreign and missing give the same 404."""
    found = ticket_of(actor_of(request), number)
    if found is None:
        raise Http404
    return found


def ticket_url(request: HttpRequest, number: int, *, place: str = "") -> str:
    """The page of a ticket, within the list that it was opened from."""
    url = reverse("tickets:ticket", args=[number])
    asked = request.GET.get(LIST)
    query = f"?{ListQuery(((LIST, asked),)).encode()}" if asked else ("?list=" if asked is not None else "")
    return f"{url}{query}{place}"


@dataclass(frozen=True, kw_only=True)
class TicketPage:
    """A ticket in the hands of its reader."""

    request: HttpRequest
    ticket: Ticket
    parts: TicketParts
    now: datetime

    def context(self, **more: Any) -> dict[str, Any]:
        """All that the page shows. `more` brings forms that came back with faults."""
        actor, ticket = actor_of(self.request), self.ticket
        may_work = permissions.can_work(actor)
        is_final = ticket.status == "closed" or ticket.merged_into_id is not None
        found = {
            "ticket": ticket,
            "parts": self.parts,
            "now": self.now,
            "may_work": may_work and not is_final,
            "may_reply": permissions.can_reply(actor) and not is_final and not ticket.is_internal,
            "is_final": is_final,
            "is_watching": any(row["user_id"] == actor.user_id for row in self.parts.watchers),
            **self.course(may_work=may_work),
            **self.words(),
            **self.received(),
            **_around(self.request, ticket, self.now),
        }
        forms = {"link_form": LinkForm(), "escalate_form": EscalateForm(), "watcher_form": WatcherForm(actor=actor)}
        return found | forms | self.composer() | more

    def course(self, *, may_work: bool) -> dict[str, Any]:
        """What was said and what happened, the clocks that follow from it, and how it came into its queue."""
        events, lines = read_events(self.ticket)
        said = thread_of(actor_of(self.request), self.ticket, self.parts, may_work=may_work)
        return {
            "items": thread_items(said, lines),
            "history": lines[::-1],
            "clocks": strips_of(states(self.ticket, events, now=self.now)),
            "routing": routing_words(events),
        }

    def words(self) -> dict[str, Any]:
        """How the ticket stands, under which policy, and who asks."""
        ticket, parts = self.ticket, self.parts
        return {
            "policy": policy_words(ticket, parts.sla_number),
            "status_tone": STATUS_TONES[ticket.status],
            "priority_tone": PRIORITY_TONES[ticket.priority],
            "priority_icon": PRIORITY_ICONS[ticket.priority],
            "requester": requester_of(ticket, parts),
            "card": card_words(parts),
            "shows_profile": permissions.can_read_profile(actor_of(self.request), ticket),
            "organization_query": _all_of(ticket, parts),
        }

    def received(self) -> dict[str, Any]:
        """How satisfied the contact is, and where its quality is reviewed by those who may."""
        may_review = actor_of(self.request).has(REVIEW) and self.ticket.status in FINISHED
        return {
            "surveys": survey_marks(self.parts.surveys),
            "review_url": reverse("tickets:quality_new", args=[self.ticket.number]) if may_review else "",
        }

    def composer(self) -> dict[str, Any]:
        """The two forms to write with, filled from drafts, or from the macro that the address names."""
        actor = actor_of(self.request)
        macro = _macro(self.request, actor)
        made = {}
        for name, is_note in (("reply_form", False), ("note_form", True)):
            text, initial = self.parts.drafts.get(is_note, ""), {}
            if macro is not None and macro.is_note == is_note:
                requester = requester_of(self.ticket, self.parts)
                said = filled(macro.body, number=self.ticket.number, requester=requester)
                text = f"{text.rstrip()}\n\n{said}".strip() if text.strip() else said
                initial = {"status": macro.changes.get("status", ""), "macro": macro.public_id}
            initial["body"] = text
            made[name] = WriteForm(actor=actor, ticket=self.ticket, is_note=is_note, initial=initial)
        opens_note = macro is not None and macro.is_note
        return {**made, "macro": macro, "opens_note": opens_note or not permissions.can_reply(actor)}


def page_of(request: HttpRequest, number: int) -> TicketPage:
    """The page of a ticket; 404 where its reader does not see it."""
    found = ticket_with_parts(actor_of(request), number)
    if found is None:
        raise Http404
    return TicketPage(request=request, ticket=found[0], parts=found[1], now=timezone.now())


def card_words(parts: TicketParts) -> dict[str, Any]:
    """The card of the organization in words, for those at the desk; empty for others, who open it."""
    card = parts.card
    if not card:
        return {}
    tier = _("Tier %(tier)s") % {"tier": card["partner_tier"]} if card["partner_tier"] is not None else ""
    classes = [_word(Gemstone, card["gemstone"]), tier, _word(ArrSegment, card["arr_segment"])]
    return {
        "kind": kind_label(card["kind"]),
        "stage": stage_label(card["stage"]),
        "health": health_chip(card["health_band"], None) if card.get("health_band") else "",
        "classes": " · ".join(str(word) for word in classes if word),
        "owners": [(role_short_label(role), name) for role, name in card["owners"]],
    }


def _all_of(ticket: Ticket, parts: TicketParts) -> str:
    """The query of all tickets of the organization, for those who know it."""
    public_id = ticket.organization.public_id if ticket.organization else parts.card.get("public_id")
    return ListQuery((("organization", str(public_id)), ("status", "any"))).encode() if public_id else ""


def requester_of(ticket: Ticket, parts: TicketParts) -> str:
    """Whom a reply goes to, by name."""
    return str(parts.contact.get("name") or ticket.requester_name or ticket.requester_email)


def _macro(request: HttpRequest, actor: Any) -> Macro | None:
    asked = request.GET.get("macro", "")
    if len(asked) != 36:
        return None
    try:
        found = Macro.objects.visible_to(actor).filter(public_id=asked, archived_at__isnull=True).first()
    except ValueError:
        return None
    return found if found is not None and found.owner_id in (None, actor.user_id) else None


def _around(request: HttpRequest, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The neighbors within the list that the ticket was opened from."""
    asked = request.GET.get(LIST)
    if asked is None:
        return {"list_query": ""}
    query = ListQuery.parse(asked, lists.KEYS)
    shown = lists.open_list(actor_of(request), query, path="", now=now)
    suffix = f"?{ListQuery(((LIST, asked),)).encode()}" if asked else "?list="
    return {"neighbors": shown.neighbors(ticket), "list_query": asked, "list_suffix": suffix}


def _word(known: type[TextChoices], value: str) -> str:
    """A class in the reader's words; nothing for none."""
    return str(known(value).label) if value in known.values else value
