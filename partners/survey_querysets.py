"""Who reads surveys: whoever sees what they are about; a contact its own (roles-and-access.md, Support and Portal)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.rules.access import Right, visibility_terms
from partners.querysets import opened_by
from partners.survey_choices import SurveyState

if TYPE_CHECKING:
    from accounts.rules.access import Actor

Reach = Callable[["Actor"], "models.QuerySet[Any] | None"]
_reaches: dict[str, Reach] = {}


def register_reach(subject_type: str, reach: Reach) -> None:
    """Say of which subjects an actor sees the surveys beside those of organizations that are open to it: a question
    for their ids, or None for all. Called once, when the app of the subject is ready."""
    _reaches[subject_type] = reach


def _reach_of(actor: "Actor", prefix: str) -> Q | None:
    """The rows that `actor` sees; None for all of them."""
    terms = visibility_terms(actor, Right.SEE)
    if terms.everything:
        return None
    found = Q(organization_id__in=opened_by(terms, with_summary=False))
    for subject_type, reach in _reaches.items():
        ids = reach(actor)
        of_type = Q(**{f"{prefix}subject_type": subject_type})
        found |= of_type if ids is None else of_type & Q(**{f"{prefix}subject_id__in": ids})
    return found


class SurveyQuerySet(models.QuerySet[Any]):
    """Requests."""

    prefix = ""

    def visible_to(self, actor: "Actor") -> Self:
        if actor.is_contact:
            return self._of_contact(actor)
        if not actor.is_staff:
            return self.none()
        reach = _reach_of(actor, self.prefix)
        return self if reach is None else self.filter(reach)

    def _of_contact(self, actor: "Actor") -> Self:
        if actor.organization_id is None or actor.user_id is None:
            return self.none()
        own = {f"{self.prefix}contact__user_id": actor.user_id, f"{self.prefix}state": SurveyState.SENT}
        return self.filter(organization_id=actor.organization_id, **own)

    def asked(self) -> Self:
        """Those that went out."""
        return self.filter(**{f"{self.prefix}state": SurveyState.SENT})

    def due(self, now: datetime) -> Self:
        return self.filter(state=SurveyState.WAITING, due_at__lte=now)


class SurveyResponseQuerySet(SurveyQuerySet):
    """Answers, seen with the request that they belong to."""

    prefix = "request__"
