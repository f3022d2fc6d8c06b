"""Handoffs in lists: those that wait for somebody, those they give, those of a team, those of an organization."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.labels import role_short_label
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import in_batches, poured
from partners.handoff_policy import labels
from partners.models import Handoff
from partners.work_choices import OPEN_HANDOFFS, UNFINISHED_HANDOFFS, HandoffState

PAGE_SIZE = 50
WAITING, GIVEN, TEAM, OVER = "waiting", "given", "team", "over"
_URGENT = Order((SortKey(name="due_at", nulls="last"),))
_NEWEST = Order((SortKey(name="created_at", descending=True),))
TONES = {
    HandoffState.PREPARED: "neutral",
    HandoffState.OFFERED: "accent",
    HandoffState.RETURNED: "warning",
    HandoffState.ACCEPTED: "success",
    HandoffState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True, kw_only=True)
class HandoffRow:
    """One handoff in a list. `is_late`: its receiver has not answered in time."""

    public_id: str
    url: str
    organization_name: str
    kind_label: str
    giver: str
    receiver: str
    from_role: str
    to_role: str
    state: str
    state_label: str
    tone: str
    due_at: datetime | None
    is_late: bool
    created_at: datetime


def views_of(actor: Actor) -> tuple[str, ...]:
    """The lists that somebody has: a lead also that of the team."""
    return (WAITING, GIVEN, TEAM, OVER) if actor.is_lead and actor.led_user_ids else (WAITING, GIVEN, OVER)


def list_page(actor: Actor, view: str, *, cursor: str, now: datetime) -> Page:
    """One page of one of the lists. Three statements."""
    order = _NEWEST if view == OVER else _URGENT
    found = paginate(_rows(actor).filter(_which(actor, view)), order, cursor=cursor, size=PAGE_SIZE)
    return Page(rows=rows_of(found.rows, now=now), previous=found.previous, next=found.next)


def list_rows(actor: Actor, view: str, *, now: datetime) -> Iterator[HandoffRow]:
    """All of one of the lists, in its order."""
    order = _NEWEST if view == OVER else _URGENT
    found = _rows(actor).filter(_which(actor, view)).order_by(*order.ordering())
    return in_batches(poured(found), partial(rows_of, now=now))


def of_organization(actor: Actor, organization_id: int, *, now: datetime) -> list[HandoffRow]:
    """The latest handoffs of an organization that `actor` sees, newest first. Two statements."""
    found = list(_of(actor, organization_id)[:PAGE_SIZE])
    return rows_of(found, now=now) if found else []


def all_of_organization(actor: Actor, organization_id: int, *, now: datetime) -> Iterator[HandoffRow]:
    """The same to the last one, for a file."""
    return in_batches(poured(_of(actor, organization_id)), partial(rows_of, now=now))


def rows_of(handoffs: Iterable[Any], *, now: datetime) -> list[HandoffRow]:
    """The rows of handoffs that were read with their people and organizations. One statement for the labels."""
    found = list(handoffs)
    words = labels(found)
    return [_row(handoff, words[handoff.kind], now) for handoff in found]


_OF_PEOPLE = ("organization__name", "organization__public_id", "giver__name", "receiver__name")
_OF_HANDOFF = ("public_id", "kind", "from_role", "to_role", "state", "due_at", "created_at", "giver", "receiver")


def _rows(actor: Actor) -> Any:
    found = Handoff.objects.visible_to(actor).select_related("organization", "giver", "receiver")
    return found.only("organization", *_OF_HANDOFF, *_OF_PEOPLE)


def _of(actor: Actor, organization_id: int) -> Any:
    return _rows(actor).filter(organization_id=organization_id).order_by("-created_at", "-pk")


def _which(actor: Actor, view: str) -> Q:
    if view == GIVEN:
        return Q(giver_id=actor.user_id, state__in=UNFINISHED_HANDOFFS)
    if view == TEAM:
        led = sorted(actor.led_user_ids)
        return Q(state__in=UNFINISHED_HANDOFFS) & (Q(receiver_id__in=led) | Q(giver_id__in=led))
    if view == OVER:
        over = Q(state__in=(HandoffState.ACCEPTED, HandoffState.WITHDRAWN))
        return over & (Q(receiver_id=actor.user_id) | Q(giver_id=actor.user_id))
    return Q(receiver_id=actor.user_id, state__in=OPEN_HANDOFFS)


def _row(handoff: Any, label: str, now: datetime) -> HandoffRow:
    state = HandoffState(handoff.state)
    return HandoffRow(
        public_id=str(handoff.public_id),
        url=reverse("partners:handoff", args=[handoff.organization.public_id, handoff.public_id]),
        organization_name=handoff.organization.name,
        kind_label=label,
        giver=handoff.giver.name,
        receiver=handoff.receiver.name,
        from_role=role_short_label(handoff.from_role),
        to_role=role_short_label(handoff.to_role),
        state=state.value,
        state_label=str(state.label),
        tone=TONES[state],
        due_at=handoff.due_at if state is HandoffState.OFFERED else None,
        is_late=state is HandoffState.OFFERED and handoff.due_at is not None and handoff.due_at <= now,
        created_at=handoff.created_at,
    )
