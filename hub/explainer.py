""" "Why can I (not) see this?": the one policy's answer in words (roles-and-access.md).

It never says more than the asker's own ties allow: a foreign organization and an unknown name get the same answer.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.access_words import sentences
from accounts.rules.access import Actor, Reach, Right, decide, explain_unknown
from common import composed
from common.models import ImmutableUnaccent
from common.scope import Scope, scoped
from hub.explanations import Answer
from hub.health_explainer import health_sentences
from hub.ticket_explainer import explain_ticket, number_in
from partners.models import Assignment, Organization
from partners.permissions import subject_of
from partners.selectors.forecasts import days_ahead

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_MAX_QUERY = 300


def explain(actor: Actor, query: str, *, now: datetime, person: str | None = None) -> Answer:
    """Explain what `actor` meant by a name, an address or an id, or by the number of a ticket.

    `person` is their name for somebody else.
    """
    today = timezone.localdate(now)
    text = query[:_MAX_QUERY].replace("\0", "").strip()
    # Read past the asker's scope, since the answer is about what is outside of it; only own ties are spoken of.
    with scoped(Scope.all()):
        number = number_in(text)
        organization = _meant(actor, text) if number is None else _exact(actor, text)
        if organization is None and number is not None:
            return explain_ticket(actor, number, now=now, person=person)
        if organization is None:
            words = sentences(explain_unknown(actor), person=person, today=today)
            return Answer(name="", is_known=False, sentences=tuple(words))
        subject = subject_of(organization, grants_for=actor.user_id)
        expected = days_ahead(organization, today=today)
        decision = decide(actor, Right.SEE, replace(subject, expected_on_by_stage=expected), now=now)
        health = health_sentences(organization) if decision.scope is Reach.FULL else []
    is_seen = decision.scope is not Reach.NONE
    return Answer(
        name=organization.name,
        is_known=True,
        public_id=str(organization.public_id) if is_seen else "",
        url=reverse("partners:organization", args=[organization.public_id]) if is_seen else "",
        sentences=(*sentences(decision, person=person, today=today), *health),
    )


def _meant(actor: Actor, query: str) -> Organization | None:
    """The organization that `query` names, among those the actor sees or is or was assigned to itself."""
    if not query or actor.user_id is None:
        return None
    if found := _UUID.search(query):
        return _first(composed.fetch(_with_id, actor, gaps=(UUID(found.group()),)))
    holding = _own(actor).filter(name__icontains=query).order_by("name_sort").values_list(*_FIELDS)
    return _exact(actor, query) or _first(holding[:1])


_READ = {"id", "public_id", "name", "kind", "stage", "stage_entered_at"}
# In the model's own order, as from_db wants them.
_FIELDS = tuple(column.attname for column in Organization._meta.concrete_fields if column.attname in _READ)


def _first(rows: Iterable[Sequence[Any]]) -> Organization | None:
    """The organization of the first row, with no more than _FIELDS."""
    return next((Organization.from_db(DEFAULT_DB_ALIAS, _FIELDS, row) for row in rows), None)


def _own(actor: Actor) -> "QuerySet[Any, Any]":
    tied = Assignment.objects.filter(user_id=actor.user_id or 0).order_by().values("organization_id")
    return Organization.objects.filter(Q(pk__in=tied) | Q(pk__in=Organization.objects.visible_to(actor).values("pk")))


def _with_id(actor: Actor, public_id: UUID) -> "QuerySet[Any, Any]":
    return _own(actor).filter(public_id=public_id).order_by().values_list(*_FIELDS)


def _exact(actor: Actor, name: str) -> Organization | None:
    """The one of that name; current ones are in an index, and archived ones are asked for where none is found."""
    asked = (composed.fetch(_named, actor, is_archived, gaps=(name,)) for is_archived in (False, True))
    return next((found for rows in asked if (found := _first(rows))), None)


def _named(actor: Actor, is_archived: bool, name: str) -> "QuerySet[Any, Any]":
    # The folded name is what the index holds: without it every organization would be read.
    folded = Lower(ImmutableUnaccent(Value(name)))
    found = _own(actor).filter(name__iexact=name, name_sort=folded, archived_at__isnull=not is_archived)
    return found.order_by("name_sort", "pk").values_list(*_FIELDS)[:1]
