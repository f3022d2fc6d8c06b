"""Submitting: the server evaluates a draft, freezes it and puts its hash to it (journey.md, Gates).

A correction is a new version, which supersedes the one before with its signatures. Lock order: the organization, the
review, its submissions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError
from partners.choices import EntryKind
from partners.journey_policy import journey_of_version
from partners.models import Draft, DraftAnswer, Evidence, GateReview, Signature, Submission
from partners.rules.answers import Problem, problems_of
from partners.rules.gate_records import result_as_data
from partners.rules.journeys import Questionnaire
from partners.rules.questionnaires import QuestionnaireResult, evaluate, with_waivers
from partners.selectors.gate_state import (
    circumstances_today,
    evaluated,
    judgments_of,
    local_day,
    waived_sections,
    waivers_in_force,
)
from partners.selectors.gate_words import in_language, problem_in_words
from partners.selectors.submission_content import hash_of
from partners.services import gate_news, timeline
from partners.services.gate_locks import LockedGate, lock_gate, person_id, require_open, require_work
from partners.work_choices import EvidenceKind, SubmissionOutcome


@dataclass(frozen=True, kw_only=True)
class SectionProblems:
    """What keeps one section from being submitted."""

    section: str
    title: str
    problems: tuple[Problem, ...]


class NotComplete(DomainError):
    """A draft that cannot be submitted yet: `sections` say what is missing or wrong, and where."""

    code = "incomplete"

    def __init__(self, sections: Sequence[SectionProblems]) -> None:
        count = sum(len(section.problems) for section in sections)
        text = ngettext(
            "%(count)s answer is missing or wrong: %(what)s", "%(count)s answers are missing or wrong: %(what)s", count
        )
        first = sections[0]
        what = f"{first.title}: {problem_in_words(first.problems[0])}"
        super().__init__(text % {"count": count, "what": what}, field=first.problems[0].field)
        self.sections = tuple(sections)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every answer that is missing or wrong, at its field."""
        found = (problem for section in self.sections for problem in section.problems)
        return [(problem.field, problem_in_words(problem)) for problem in found]


@transaction.atomic
def submit(*, draft: Draft, by: Actor, now: datetime) -> Submission:
    """Freeze a draft as the next version of its questionnaire, evaluated on the organization's day of `now`.

    The same answers again on the same day are the same submission, unless a person judged it to have failed. Raises
    NotAllowed, NotComplete, DomainError "decided".
    """
    gate = lock_gate(GateReview(pk=draft.review_id, organization_id=draft.organization_id))
    require_work(gate, by)
    require_open(gate)
    journey = journey_of_version(gate.organization.kind, gate.review.journey_version)
    questionnaire = journey.questionnaire(draft.questionnaire)
    answers, sources = _drafted(draft, questionnaire)
    _refuse_incomplete(questionnaire, answers)
    evidence = _evidence_of(draft)
    before = _current(gate, questionnaire)
    if before is not None and _says_the_same(before, questionnaire, gate, answers, sources, evidence, now):
        return before
    around, kept = circumstances_today(gate.organization, now=now)
    waived = waived_sections(waivers_in_force(gate.organization.pk, gate.review.stage, now=now), now=now)
    result = evaluate(questionnaire, answers, around=around, waived=waived)
    submission = _freeze(gate, questionnaire, answers, sources, evidence, result, kept, before, by=by, now=now)
    _tell(gate, questionnaire, submission, before, by=by, now=now)
    return submission


def weigh_again(*, gate: LockedGate, submission: Submission, questionnaire: Questionnaire, now: datetime) -> None:
    """Write how a current submission comes out by the judgments and waivers of now; its content stays as it is."""
    result = evaluated(submission, questionnaire, judgments_of([submission.pk])[submission.pk])
    waivers = waivers_in_force(gate.organization.pk, gate.review.stage, now=now)
    weighed = with_waivers(questionnaire, result, waived_sections(waivers, now=now))
    submission.outcome = SubmissionOutcome(weighed.overall.value)
    # What was worked out at submission is part of what was hashed, and stays.
    kept = {name: submission.result[name] for name in ("around", "computed")}
    submission.result = result_as_data(weighed) | kept
    submission.save(update_fields=["outcome", "result"])


def problems_in(questionnaire: Questionnaire, answers: Mapping[str, str]) -> list[SectionProblems]:
    """What keeps a draft from being submitted, by section; nothing where it may be."""
    found = (
        SectionProblems(section=one.id, title=in_language(one.title), problems=problems_of(one, answers))
        for one in questionnaire.sections
    )
    return [section for section in found if section.problems]


def _refuse_incomplete(questionnaire: Questionnaire, answers: Mapping[str, str]) -> None:
    if sections := problems_in(questionnaire, answers):
        raise NotComplete(sections)


def _drafted(draft: Draft, questionnaire: Questionnaire) -> tuple[dict[str, str], dict[str, str]]:
    """Answers and sources by field, of what is asked and answered, in one spelling."""
    places = {place for asked in questionnaire.fields for place in (asked.id, asked.note_id)}
    rows = DraftAnswer.objects.filter(draft=draft, field__in=sorted(places)).order_by("field")
    found = {field: (value, source) for field, value, source in rows.values_list("field", "value", "source") if value}
    answers = {field: value for field, (value, _source) in found.items()}
    return answers, {field: source for field, (_value, source) in found.items() if source}


def _evidence_of(draft: Draft) -> list[dict[str, Any]]:
    """The files, links and notes beside the answers, as they are now; of a file its SHA-256 is the content."""
    rows = Evidence.objects.current().filter(draft=draft).select_related("file").order_by("pk")
    return [
        {
            "id": str(row.public_id),
            "field": row.field,
            "kind": row.kind,
            "name": row.file.original_name if row.file else "",
            "content": _content_of(row),
        }
        for row in rows
    ]


def _content_of(row: Evidence) -> str:
    if row.kind == EvidenceKind.FILE and row.file is not None:
        return str(row.file.sha256)
    return str(row.url if row.kind == EvidenceKind.LINK else row.note)


def _current(gate: LockedGate, questionnaire: Questionnaire) -> Submission | None:
    rows = Submission.objects.select_for_update().filter(review=gate.review, questionnaire=questionnaire.id)
    found: Submission | None = rows.filter(superseded_at__isnull=True).first()
    return found


def _says_the_same(
    before: Submission,
    questionnaire: Questionnaire,
    gate: LockedGate,
    answers: Mapping[str, str],
    sources: Mapping[str, str],
    evidence: Sequence[Mapping[str, Any]],
    now: datetime,
) -> bool:
    given = {field: value for field, value in before.answers.items() if field not in before.result["computed"]}
    if (given, before.sources, before.evidence) != (answers, sources, list(evidence)):
        return False
    if before.evaluated_on != local_day(gate.organization, now):
        return False
    was_judged = before.outcome == SubmissionOutcome.FAILED and before.judgments.exists()
    return not was_judged


def _freeze(
    gate: LockedGate,
    questionnaire: Questionnaire,
    answers: Mapping[str, str],
    sources: Mapping[str, str],
    evidence: list[dict[str, Any]],
    result: QuestionnaireResult,
    around: Mapping[str, Any],
    before: Submission | None,
    *,
    by: Actor,
    now: datetime,
) -> Submission:
    """Write the version; the one before is superseded in the same breath."""
    number, day = (before.number if before else 0) + 1, local_day(gate.organization, now)
    if before is not None:
        before.superseded_at = now
        before.save(update_fields=["superseded_at"])
    submission: Submission = Submission.objects.create(
        organization=gate.organization,
        review=gate.review,
        questionnaire=questionnaire.id,
        number=number,
        journey_version=gate.review.journey_version,
        answers={**answers, **{field: answer.text for field, answer in result.computed.items()}},
        sources=dict(sources),
        evidence=evidence,
        evaluated_on=day,
        submitted_by_id=person_id(by),
        submitted_at=now,
        content_hash=hash_of(
            gate.organization,
            questionnaire,
            number=number,
            journey_version=gate.review.journey_version,
            evaluated_on=day,
            answers=answers,
            computed=result.computed,
            sources=sources,
            evidence=evidence,
        ),
        outcome=SubmissionOutcome(result.overall.value),
        result=result_as_data(result) | {"around": dict(around)},
    )
    return submission


_SAID = {
    SubmissionOutcome.PASSED: lambda: _("%(name)s submitted and passed; it waits for signatures"),
    SubmissionOutcome.FAILED: lambda: _("%(name)s submitted and failed"),
    SubmissionOutcome.AWAITS_REVIEW: lambda: _("%(name)s submitted; a section waits for a judgment"),
}


def _tell(
    gate: LockedGate,
    questionnaire: Questionnaire,
    submission: Submission,
    before: Submission | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """The trail, the timeline, who has to sign or judge, and those whose signature stood under the version before."""
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="submission.submitted",
        target=submission,
        organization_id=gate.organization.pk,
        changes={
            "outcome": [before.outcome if before else None, submission.outcome],
            "content_hash": [before.content_hash if before else None, submission.content_hash],
        },
        now=now,
    )
    words = {"name": in_language(questionnaire.name)}
    timeline.push(
        organization=gate.organization,
        kind=EntryKind.GATE,
        title=_SAID[SubmissionOutcome(submission.outcome)]() % words,
        data={"questionnaire": questionnaire.id, "number": submission.number, "outcome": submission.outcome},
        at=now,
        by=by,
        target=submission,
    )
    void = Signature.objects.filter(submission=before).values_list("signer_id", flat=True) if before else ()
    gate_news.tell_signatures_void(gate, questionnaire, submission, signers=set(void), by=by, now=now)
    gate_news.tell_signers(gate, questionnaire, submission, by=by, now=now)
