"""What stands beside a ticket of how it was received: surveys, and quality reviews for those who may read them.

Both come within the statement of the ticket's page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from partners.models import SurveyRequest
from partners.rules.surveys import Refusal
from partners.selectors.survey_rows import tone_of
from partners.survey_choices import SurveyState
from partners.survey_links import score_words
from tickets.models import QualityReview

_MOST = 5


@dataclass(frozen=True, kw_only=True)
class SurveyMark:
    """One survey of a ticket: that it waits, that nobody was asked and why, or what was answered."""

    at: datetime
    words: str
    tone: str
    comment: str
    agent: str


def survey_rows(actor: Actor) -> ArraySubquery:
    """The surveys of the ticket in the outer statement, the latest first."""
    seen = SurveyRequest.objects.all().visible_to(actor).filter(subject_type="ticket", subject_id=OuterRef("pk"))
    return _array(
        seen.order_by("-occurred_at", "-pk"),
        state=F("state"),
        reason=F("reason"),
        due_at=F("due_at"),
        sent_at=F("sent_at"),
        score=F("response__score"),
        comment=F("response__comment"),
        agent=F("agent__name"),
    )


def review_rows(actor: Actor) -> ArraySubquery:
    """Its quality reviews as `actor` may read them."""
    seen = QualityReview.objects.all().visible_to(actor).filter(ticket=OuterRef("pk"))
    return _array(
        seen.order_by("-given_at", "-pk"), public_id=F("public_id"), score=F("score"), is_passed=F("is_passed")
    )


def _array(rows: Any, **values: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(found=JSONObject(**values))[:_MOST])


def survey_marks(rows: Sequence[Mapping[str, Any]]) -> list[SurveyMark]:
    """The rows of `survey_rows` in words; what was taken back is not said."""
    return [_mark(row) for row in rows if row["state"] != SurveyState.CANCELLED]


def _mark(row: Mapping[str, Any]) -> SurveyMark:
    at = parse_datetime(str(row["sent_at"] or row["due_at"]))
    if at is None:
        raise ValueError("a survey has a moment")
    score, tone = row["score"], "neutral"
    if row["state"] == SurveyState.WAITING:
        words = _("Will be asked")
    elif row["state"] == SurveyState.SKIPPED:
        words = _("Not asked: %(reason)s") % {"reason": _reasons().get(row["reason"], row["reason"])}
    elif score is None:
        words = _("Asked, not answered")
    else:
        words, tone = _("%(score)s of 5 · %(word)s") % {"score": score, "word": score_words()[score]}, tone_of(score)
    return SurveyMark(at=at, words=words, tone=tone, comment=row["comment"] or "", agent=row["agent"] or "")


def _reasons() -> dict[str, str]:
    return {
        Refusal.UNSOUND: _("no longer one to ask about"),
        Refusal.GONE: _("the contact has left"),
        Refusal.NO_ADDRESS: _("no e-mail address"),
        Refusal.OPTED_OUT: _("does not want to be asked"),
        Refusal.ASKED_LATELY: _("was asked lately"),
    }
