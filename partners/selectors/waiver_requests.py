"""Waivers that were asked for at a gate, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.selectors.gate_history import target_in_words
from partners.selectors.gate_page import GatePage
from partners.selectors.gate_rows import AskedRow, ReviewRows
from partners.work_choices import WaiverAnswer

WAITS, LAPSED = "waits", "lapsed"
STATES: dict[str, tuple[str | Promise, str]] = {
    WAITS: (_("Waits for an answer"), "warning"),
    WaiverAnswer.GRANTED: (WaiverAnswer.GRANTED.label, "success"),
    WaiverAnswer.REFUSED: (WaiverAnswer.REFUSED.label, "danger"),
    WaiverAnswer.WITHDRAWN: (WaiverAnswer.WITHDRAWN.label, "neutral"),
    LAPSED: (_("The gate was decided without it"), "neutral"),
}
"""How a request stands, in words and as a tone."""


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """One request. `state` is a key of `STATES`; `is_own`: the reader has asked."""

    public_id: str
    criterion: str
    what: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    answered_by: str
    note: str
    is_own: bool

    @property
    def label(self) -> str:
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def waits(self) -> bool:
        return self.state == WAITS


def state_of(*, answer: str, answered_at: datetime | None, decided_at: datetime | None, at: datetime) -> str:
    """How a request stood at a moment, a key of `STATES`: what was answered or decided later was open then."""
    if answer and answered_at is not None and answered_at <= at:
        return answer
    return LAPSED if decided_at is not None and decided_at <= at else WAITS


def requests_at(gate: GatePage) -> list[RequestRow]:
    """Those of the gate, the newest first; they came with its review, no statement of their own."""
    return [_row(gate, gate.rows, row) for row in gate.rows.asked] if gate.rows else []


def _row(gate: GatePage, review: ReviewRows, row: AskedRow) -> RequestRow:
    decided_at = review.review.decided_at
    return RequestRow(
        public_id=row.public_id,
        criterion=row.criterion,
        what=target_in_words(gate.stage, row.criterion),
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=state_of(answer=row.answer, answered_at=row.answered_at, decided_at=decided_at, at=gate.page.now),
        answered_by=row.answered_by or "",
        note=row.note,
        is_own=row.asked_by_id == gate.page.actor.user_id,
    )
