"""Trainings of an organization as people read them: the need, the session, who was there and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from partners.enablement_choices import TrainingResult, TrainingState
from partners.models import Training, TrainingAttendee

NEWEST = Order((SortKey(name="held_on", descending=True, nulls="first"),))
SIZE = 25
_TONES = {
    TrainingState.NEEDED: "warning",
    TrainingState.PLANNED: "info",
    TrainingState.HELD: "success",
    TrainingState.CANCELLED: "neutral",
}
_RESULT_TONES = {TrainingResult.PASSED: "success", TrainingResult.FAILED: "danger", TrainingResult.ABSENT: "warning"}


@dataclass(frozen=True, kw_only=True)
class AttendeeRow:
    """Somebody who was to learn. `person_id` is that of the contact, or of the colleague where `is_ours`."""

    person_id: str
    name: str
    is_ours: bool
    result_label: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class TrainingRow:
    """One training with its people."""

    public_id: str
    title: str
    need: str
    held_on: date | None
    minutes: int | None
    trainer: str
    state: str
    state_label: str
    tone: str
    outcome_note: str
    attendees: tuple[AttendeeRow, ...]
    version: int

    @property
    def is_open(self) -> bool:
        return self.state in (TrainingState.NEEDED, TrainingState.PLANNED)


def trainings_of(actor: Actor, organization_id: int, today: date, *, cursor: str = "") -> Page:
    """A page of those of one organization: needs first, then the latest. Two statements."""
    page = paginate(seen_trainings(actor).filter(organization_id=organization_id), NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row, today) for row in page.rows], previous=page.previous, next=page.next)


def seen_trainings(actor: Actor) -> "QuerySet[Any, Any]":
    """With trainer and people, for lists and for the API."""
    people = TrainingAttendee.objects.all().visible_to(actor).select_related("contact", "user")
    seen: QuerySet[Any, Any] = Training.objects.all().visible_to(actor).select_related("organization", "trainer")
    return seen.prefetch_related(Prefetch("attendees", queryset=people))


def _row(row: Any, today: date) -> TrainingRow:
    state = TrainingState(row.state)
    is_late = state is TrainingState.PLANNED and row.held_on < today
    people: Sequence[Any] = row.attendees.all()
    return TrainingRow(
        public_id=str(row.public_id),
        title=row.title,
        need=row.need,
        held_on=row.held_on,
        minutes=row.minutes,
        trainer=row.trainer.name if row.trainer else "",
        state=row.state,
        state_label=_("Its day is over") if is_late else str(state.label),
        tone="danger" if is_late else _TONES[state],
        outcome_note=row.outcome_note,
        attendees=tuple(_attendee(one) for one in people),
        version=row.version,
    )


def _attendee(one: Any) -> AttendeeRow:
    who, result = one.contact or one.user, TrainingResult(one.result)
    return AttendeeRow(
        person_id=str(who.public_id),
        name=who.name,
        is_ours=one.contact is None,
        result_label=str(result.label),
        tone=_RESULT_TONES.get(result, "neutral"),
    )
