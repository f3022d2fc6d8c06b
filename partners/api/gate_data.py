"""What the API tells of gates, put together from rows and from the journey that a review keeps."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor, Subject
from partners.models import Draft, GateReview, Organization, Submission
from partners.rules.journeys import Field, Journey, Questionnaire, Section
from partners.rules.questionnaires import may_be_waived
from partners.selectors.answers import hidden_fields, shown
from partners.selectors.blocker_words import blocker_in_words, place_of
from partners.selectors.gate_state import gate_state, journey_of_review
from partners.selectors.gate_words import in_language, problem_in_words
from partners.selectors.submission_content import is_as_hashed
from partners.services.drafts import SavedAnswer, answers_of
from partners.services.submissions import problems_in


class Journeys:
    """The journeys of one kind by version, each read once."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._known: dict[int, Journey] = {}

    def of(self, review: GateReview) -> Journey:
        """The journey in the version that a review keeps."""
        if review.journey_version not in self._known:
            self._known[review.journey_version] = journey_of_review(review, self._kind)
        return self._known[review.journey_version]


def standing_of(organization: Organization, review: GateReview, *, now: datetime) -> dict[str, Any] | None:
    """How an open gate stands now; None for a decided one and for the last stage, which has no gate."""
    if review.decided_at is not None:
        return None
    state = gate_state(organization, review, now=now)
    if state.decision is None:
        return None
    decision = state.decision
    return {
        "outcome": decision.outcome.value,
        "blockers": [
            {
                "code": blocker.code.value,
                "about": place_of(blocker),
                "text": blocker_in_words(blocker, state.stage),
            }
            for blocker in decision.blockers
        ],
        "missing_roles": list(decision.missing_roles),
        "waived": list(decision.waived),
        "skipped": list(decision.skipped),
    }


def questionnaire_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """A questionnaire as a program needs it to answer."""
    return {
        "id": questionnaire.id,
        "name": in_language(questionnaire.name),
        "estimated_minutes": questionnaire.estimated_minutes,
        "minimum_sections": questionnaire.minimum,
        "sections": [_section(section) for section in questionnaire.sections],
    }


def draft_data(actor: Actor, subject: Subject, draft: Draft, questionnaire: Questionnaire) -> dict[str, Any]:
    """A draft without what is commercial to those who may not read it, with what keeps it from being submitted."""
    hidden = hidden_fields(actor, subject, questionnaire)
    rows = draft.answers.select_related("updated_by").exclude(field__in=sorted(hidden)).order_by("pk")
    return {
        "id": draft.public_id,
        "gate_id": draft.review.public_id,
        "questionnaire": draft.questionnaire,
        "answers": [
            {
                "field": row.field,
                "value": row.value or "",
                "source_text": row.source,
                "version": row.version,
                "updated_by_name": row.updated_by.name if row.updated_by else None,
                "updated_at": row.updated_at,
            }
            for row in rows
        ],
        "problems": [
            {"section": section.section, "field": problem.field, "text": problem_in_words(problem)}
            for section in problems_in(questionnaire, answers_of(draft))
            for problem in section.problems
        ],
    }


def saved_data(saved: Iterable[SavedAnswer]) -> list[dict[str, Any]]:
    """Answers as they stand after saving."""
    return [
        {
            "field": one.field,
            "value": one.value,
            "version": one.version,
            "conflict": {
                "theirs": one.conflict.theirs,
                "yours": one.conflict.yours,
                "by_name": one.conflict.by_name,
                "at": one.conflict.at,
            }
            if one.conflict
            else None,
            "problems": [problem_in_words(problem) for problem in one.problems],
        }
        for one in saved
    ]


def submission_data(
    actor: Actor,
    subject: Subject,
    organization: Organization,
    submission: Submission,
    questionnaire: Questionnaire,
    *,
    now: datetime,
) -> dict[str, Any]:
    """A submission as its reader may know it. `submission` with its review, submitter and signatures read."""
    seen = shown(actor, subject, submission, questionnaire, now=now)
    return {
        "id": submission.public_id,
        "gate_id": submission.review.public_id,
        "questionnaire": submission.questionnaire,
        "number": submission.number,
        "outcome": submission.outcome,
        "is_current": submission.superseded_at is None,
        "is_intact": is_as_hashed(submission, organization, questionnaire),
        "content_hash": submission.content_hash,
        "evaluated_on": submission.evaluated_on,
        "submitted_by_name": submission.submitted_by.name,
        "submitted_at": submission.submitted_at,
        "is_open": seen.is_open,
        "answers": seen.answers,
        "sources": seen.sources,
        "evidence": seen.evidence,
        "result": {name: value for name, value in seen.result.items() if name != "around"},
        "signatures": [
            {"role": one.role, "name": one.name, "kind": one.kind, "signed_at": one.signed_at}
            for one in submission.signatures.all()
        ],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": in_language(section.title),
        "checks_that": in_language(section.checks_that),
        "is_manual": section.is_manual,
        "must_pass": section.must_pass,
        "is_waivable": may_be_waived(section),
        "phase": section.phase,
        "questions": [_question(asked) for asked in section.fields],
    }


def _question(asked: Field) -> dict[str, Any]:
    return {
        "id": asked.id,
        "note_field": asked.note_id,
        "label": in_language(asked.label),
        "hint": in_language(asked.hint),
        "type": asked.type,
        "unit": asked.unit,
        "is_required": asked.required,
        "is_computed": asked.computed is not None,
        "source": asked.source,
        "options": [
            {"value": option.value, "label": in_language(option.label), "is_negative": option.is_negative}
            for option in asked.options
        ],
    }
