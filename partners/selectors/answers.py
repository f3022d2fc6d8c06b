"""To whom answers of questionnaires are open: pages, the API and exports ask here, all of them (roles-and-access.md).

Those of the present stage are for whoever opens the organization in full; those of earlier stages for those who may
read them anyway, and for holders of a context grant. Amounts in them are for those who read commercial fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor, FieldClass, Right, Subject, decide
from partners.models import Submission
from partners.rules import answer_classes
from partners.rules.journeys import Questionnaire


@dataclass(frozen=True, kw_only=True)
class AnswersShown:
    """What one reader sees of a submission. `is_open` False: how it came out, section by section, and no answer."""

    is_open: bool
    answers: Mapping[str, str]
    sources: Mapping[str, str]
    evidence: tuple[Mapping[str, Any], ...]
    result: Mapping[str, Any]
    hidden: frozenset[str]


def answers_open(actor: Actor, subject: Subject, stage: str, *, now: datetime) -> bool:
    """Whether the answers of `stage` are open to `actor`.

    `subject` with the grants given to them (`permissions.subject_of(..., grants_for=...)`, `page.subject_with_grants`).
    """
    return decide(actor, Right.SEE, subject, FieldClass.ANSWERS, stage=stage, now=now).allowed


def hidden_fields(actor: Actor, subject: Subject, questionnaire: Questionnaire) -> frozenset[str]:
    """The questions whose answers are commercial and therefore not for this reader."""
    if decide(actor, Right.SEE, subject, FieldClass.COMMERCIAL).allowed:
        return frozenset()
    return answer_classes.commercial_fields(questionnaire)


def shown(
    actor: Actor, subject: Subject, submission: Submission, questionnaire: Questionnaire, *, now: datetime
) -> AnswersShown:
    """A submission as `actor` may read it."""
    if not answers_open(actor, subject, questionnaire.stage, now=now):
        closed = answer_classes.outcome_alone(submission.result)
        return AnswersShown(is_open=False, answers={}, sources={}, evidence=(), result=closed, hidden=frozenset())
    hidden = hidden_fields(actor, subject, questionnaire)
    result = answer_classes.result_without(hidden, submission.result) if hidden else submission.result
    return AnswersShown(
        is_open=True,
        answers=answer_classes.without(hidden, submission.answers),
        sources=answer_classes.without(hidden, submission.sources),
        evidence=tuple(one for one in submission.evidence if one["field"] not in hidden),
        result=result,
        hidden=hidden,
    )
