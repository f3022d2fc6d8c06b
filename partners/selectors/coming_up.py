"""What is coming up for somebody: handoffs to answer or to finish, and meetings to hold; one statement for both."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    JSONField,
    Q,
    Value,
)
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from accounts.labels import role_short_label
from accounts.rules.access import Actor
from common import composed
from partners import cadence_policy
from partners.models import Handoff, Touchpoint
from partners.selectors.handoff_rows import TONES
from partners.work_choices import UNFINISHED_HANDOFFS, HandoffState, TouchpointState

SHOWN = 8
NEXT_DAYS = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class ComingHandoff:
    """A handoff that waits for its reader, or that they are giving."""

    url: str
    organization_name: str
    giver: str
    receiver: str
    from_role: str
    to_role: str
    state_label: str
    tone: str
    due_at: datetime | None
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class ComingMeeting:
    """A touchpoint of the next two weeks, or one that is overdue."""

    organization_url: str
    organization_name: str
    kind_label: str
    topic: str
    planned_on: date
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class ComingUp:
    handoffs: tuple[ComingHandoff, ...]
    meetings: tuple[ComingMeeting, ...]


def coming_up(actor: Actor, *, now: datetime) -> ComingUp:
    """What waits for `actor`: first what they have to accept or return. One statement."""
    today = timezone.localdate(now)
    rows = composed.fetch(_waiting, actor, gaps=(today + NEXT_DAYS,))
    given = sorted((row for row in rows if row[0] == "handoff"), key=_urgency)
    meetings = sorted((row for row in rows if row[0] == "meeting"), key=lambda row: row[9])
    policy = cadence_policy.read_along(json.loads(meetings[0][11] or "null")) if meetings else None
    return ComingUp(
        handoffs=tuple(_handoff(row, now) for row in given),
        meetings=tuple(
            ComingMeeting(
                organization_url=reverse("partners:organization_cadence", args=[organization_id]),
                organization_name=name,
                kind_label=cadence_policy.kind_label(policy, kind),
                topic=topic,
                planned_on=planned_on,
                is_overdue=today >= (overdue_from or planned_on + timedelta(days=1)),
            )
            for _what, _id, organization_id, name, kind, topic, _, _, _, planned_on, overdue_from, *_ in meetings
        ),
    )


def _waiting(actor: Actor, until: date) -> Any:
    return _handoffs(actor, until).union(_meetings(actor, until), all=True)


def _handoffs(actor: Actor, until: date) -> Any:
    waiting = Q(receiver_id=actor.user_id, state=HandoffState.OFFERED)
    given = Q(giver_id=actor.user_id, state__in=UNFINISHED_HANDOFFS)
    rows = Handoff.objects.visible_to(actor).filter(waiting | given)
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk").values_list(
        Value("handoff", output_field=CharField()),
        "public_id",
        "organization__public_id",
        "organization__name",
        "state",
        "giver__name",
        "receiver__name",
        "from_role",
        "to_role",
        # Read by nobody: it keeps the gap in the statement of those who see no meetings at all.
        Value(until, output_field=DateField()),
        Value(None, output_field=DateField()),
        RawSQL("NULL::jsonb", (), output_field=JSONField()),
        "due_at",
        ExpressionWrapper(Q(receiver_id=actor.user_id), output_field=BooleanField()),
    )[:SHOWN]


def _meetings(actor: Actor, until: date) -> Any:
    rows = Touchpoint.objects.visible_to(actor).filter(
        owner_id=actor.user_id, state=TouchpointState.PLANNED, planned_on__lte=until
    )
    nothing = Value("", output_field=CharField())
    return rows.order_by("planned_on", "pk").values_list(
        Value("meeting", output_field=CharField()),
        "public_id",
        "organization__public_id",
        "organization__name",
        "kind",
        "topic",
        nothing,
        nothing,
        nothing,
        "planned_on",
        "overdue_from",
        cadence_policy.IN_FORCE,
        Value(None, output_field=DateTimeField()),
        Value(False, output_field=BooleanField()),
    )[:SHOWN]


def _urgency(row: tuple[Any, ...]) -> tuple[bool, bool]:
    return not row[13], row[4] != HandoffState.RETURNED


def _handoff(row: tuple[Any, ...], now: datetime) -> ComingHandoff:
    _what, public_id, organization_id, name, written, giver, receiver, given_as, taken_as, *_rest, due_at, _mine = row
    state, ids = HandoffState(written), (UUID(str(organization_id)), UUID(str(public_id)))
    is_offered = state is HandoffState.OFFERED
    return ComingHandoff(
        url=reverse("partners:handoff", args=ids),
        organization_name=name,
        giver=giver,
        receiver=receiver,
        from_role=role_short_label(given_as),
        to_role=role_short_label(taken_as),
        state_label=str(state.label),
        tone=TONES[state],
        due_at=due_at if is_offered else None,
        is_late=is_offered and due_at is not None and due_at <= now,
    )
