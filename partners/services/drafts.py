"""Use cases of drafts: answers are kept on the server as one types, each with a version of its own (journey.md, Gates).

Two people may write in one draft. Who saves over an answer that somebody else has changed meanwhile is told, with both
answers, and nothing is overwritten. Lock order: the organization, the review, the draft's answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from partners.journey_policy import journey_of_version
from partners.models import Draft, DraftAnswer, GateReview
from partners.rules.answers import Problem, Trouble, cleaned
from partners.rules.journeys import Field, Questionnaire, Section
from partners.selectors.answers import hidden_fields
from partners.selectors.gate_words import problem_in_words
from partners.services.draft_sources import known_answers
from partners.services.gate_locks import LockedGate, lock_gate, require_open, require_work

# What cannot be understood is kept as it was written, so that nobody types twice. This is not kept at all.
_NEVER_KEPT = (Trouble.CONTROLS, Trouble.TOO_LONG, Trouble.COMPUTED, Trouble.UNKNOWN_FIELD)


@dataclass(frozen=True, kw_only=True)
class AnswerConflict:
    """Somebody else changed the answer meanwhile: what stands there now, whose it is, and what was sent."""

    theirs: str
    yours: str
    by_name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SavedAnswer:
    """An answer as it stands now. With a `conflict` nothing was written; `problems` keep it from being submitted."""

    field: str
    value: str
    version: int
    conflict: AnswerConflict | None = None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def begin(*, review: GateReview, questionnaire: str, by: Actor, now: datetime) -> Draft:
    """The draft of a questionnaire of an open gate, made with what is known already if there is none yet.

    After a submission the same draft goes on, from the last answers. Raises NotAllowed; DomainError "decided",
    "questionnaire".
    """
    gate = lock_gate(review)
    require_work(gate, by)
    require_open(gate)
    asked = _questionnaire(gate, questionnaire)
    draft, is_new = Draft.objects.get_or_create(
        review=gate.review, questionnaire=asked.id, defaults={"organization": gate.organization}
    )
    if is_new:
        _fill_in(draft, asked, gate, now)
        activity.record(
            actor_id=by.user_id,
            actor_name=by.name,
            verb="draft.begun",
            target=draft,
            target_name=gate.organization.name,
            organization_id=gate.organization.pk,
            changes={"questionnaire": [None, asked.id]},
            now=now,
        )
    return draft


@transaction.atomic
def save_answer(*, draft: Draft, field: str, value: str, base_version: int, by: Actor, now: datetime) -> SavedAnswer:
    """Keep one answer (or the note on one). `base_version` is that of the answer it was typed over, 0 for none.

    Raises NotAllowed; DomainError "decided", and with `field` for what cannot be kept at all.
    """
    gate, asked = _locked_to_write(draft, by)
    return _save(draft, asked, gate, {field: value}, {field: base_version}, by=by, now=now)[field]


@transaction.atomic
def save_section(
    *,
    draft: Draft,
    section: str,
    values: Mapping[str, str],
    base_versions: Mapping[str, int],
    by: Actor,
    now: datetime,
) -> dict[str, SavedAnswer]:
    """Keep the answers of a section at once, as a form without scripts sends them; those in conflict stay unwritten.

    Raises as `save_answer` does, and DomainError "section" for a field of another one; then nothing is written.
    """
    gate, asked = _locked_to_write(draft, by)
    found = asked.section(section)
    if found is None or (foreign := values.keys() - _places(found)):
        text = _("This section does not hold %(fields)s.") % {"fields": ", ".join(sorted(foreign if found else values))}
        raise DomainError(text, code="section")
    return _save(draft, asked, gate, values, base_versions, by=by, now=now)


def answers_of(draft: Draft) -> dict[str, str]:
    """The answers and notes of a draft by field, as they are kept."""
    rows = DraftAnswer.objects.filter(draft=draft).values_list("field", "value")
    return {field: value for field, value in rows if value}


def _locked_to_write(draft: Draft, by: Actor) -> tuple[LockedGate, Questionnaire]:
    gate = lock_gate(GateReview(pk=draft.review_id, organization_id=draft.organization_id))
    require_work(gate, by)
    require_open(gate)
    return gate, _questionnaire(gate, draft.questionnaire)


def _questionnaire(gate: LockedGate, name: str) -> Questionnaire:
    """The questionnaire, if the gate's stage asks it. Raises DomainError "questionnaire"."""
    stage = journey_of_version(gate.organization.kind, gate.review.journey_version).stage(gate.review.stage)
    for questionnaire in stage.questionnaires:
        if questionnaire.id == name:
            return questionnaire
    raise DomainError(_("This gate does not ask for that."), field="questionnaire", code="questionnaire")


def _fill_in(draft: Draft, asked: Questionnaire, gate: LockedGate, now: datetime) -> None:
    DraftAnswer.objects.bulk_create(
        DraftAnswer(
            organization=gate.organization,
            draft=draft,
            field=field,
            value=known.value,
            source=known.source,
            updated_at=now,
        )
        for field, known in known_answers(gate.organization, asked, now=now).items()
    )


def _save(
    draft: Draft,
    asked: Questionnaire,
    gate: LockedGate,
    values: Mapping[str, str],
    base_versions: Mapping[str, int],
    *,
    by: Actor,
    now: datetime,
) -> dict[str, SavedAnswer]:
    hidden = hidden_fields(by, gate.subject, asked)
    if hidden & values.keys():
        raise NotAllowed(_("Commercial fields are not yours to edit."))
    kept, problems = _kept(asked, values)
    rows = {
        row.field: row
        for row in DraftAnswer.objects.filter(draft=draft, field__in=sorted(values)).select_related("updated_by")
    }
    saved: dict[str, SavedAnswer] = {}
    for field in values:
        wrong = tuple(problem for problem in problems if problem.field == field)
        found = rows.get(field)
        saved[field] = _save_one(
            draft, field, kept.get(field, ""), found, base_versions.get(field, 0), wrong, by=by, now=now
        )
    if any(answer.conflict is None for answer in saved.values()):
        Draft.objects.filter(pk=draft.pk).update(updated_at=now)
    return saved


def _save_one(
    draft: Draft,
    field: str,
    value: str,
    row: DraftAnswer | None,
    base_version: int,
    problems: tuple[Problem, ...],
    *,
    by: Actor,
    now: datetime,
) -> SavedAnswer:
    """Write one answer if it was typed over what stands there. The same answer again is written by nobody."""
    there, version = (row.value or "", row.version) if row else ("", 0)
    if value == there:
        return SavedAnswer(field=field, value=value, version=version, problems=problems)
    if row is None:
        DraftAnswer.objects.create(
            organization_id=draft.organization_id,
            draft=draft,
            field=field,
            value=value,
            updated_by_id=by.user_id,
            updated_at=now,
        )
        return SavedAnswer(field=field, value=value, version=1, problems=problems)
    if base_version != version:
        theirs = AnswerConflict(
            theirs=there, yours=value, by_name=row.updated_by.name if row.updated_by else "", at=row.updated_at
        )
        return SavedAnswer(field=field, value=there, version=version, conflict=theirs)
    # Typed over, it is no longer known from elsewhere.
    row.value, row.source, row.version, row.updated_by_id, row.updated_at = value, "", version + 1, by.user_id, now
    row.save(update_fields=["value", "source", "version", "updated_by", "updated_at"])
    return SavedAnswer(field=field, value=value, version=row.version, problems=problems)


def _kept(asked: Questionnaire, values: Mapping[str, str]) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    """The values in their one spelling, with what is wrong. Raises DomainError for what is never kept."""
    kept, problems = cleaned(asked.fields, values)
    for problem in problems:
        if problem.trouble in _NEVER_KEPT:
            raise DomainError(problem_in_words(problem), field=problem.field, code=problem.trouble.value)
    return kept, problems


def _places(section: Section) -> frozenset[str]:
    """Where answers of a section stand: its fields and the notes on them."""
    fields: tuple[Field, ...] = section.fields
    return frozenset(place for asked in fields for place in (asked.id, asked.note_id))
