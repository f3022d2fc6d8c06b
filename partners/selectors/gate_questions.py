"""A section of a questionnaire as it is filled in: its questions with answer, source, what is wrong, and note."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from partners.rules.answers import is_remark, values_of
from partners.rules.computed import YES
from partners.rules.journeys import Field, Questionnaire, Section
from partners.rules.progress import SectionProgress, SectionState, draft_progress
from partners.rules.questionnaires import computed_answers
from partners.selectors.answers import hidden_fields
from partners.selectors.gate_page import GatePage
from partners.selectors.gate_rows import AnswerRow, DraftRow
from partners.selectors.gate_words import (
    PROGRESS_LOOKS,
    Look,
    answer_in_words,
    how_computed,
    in_language,
    problem_in_words,
    reason_in_language,
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Somebody else saved another answer meanwhile: theirs as it stands, the reader's as it was sent."""

    mine: str
    mine_label: str
    theirs_label: str
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came of answers that were sent, by field: values that were not kept, and why; clashes with others."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    clashes: Mapping[str, Clash] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Note:
    """The note on a negative answer; `is_needed` while the answer given asks for one."""

    name: str
    value: str
    version: int
    is_needed: bool
    problem: str
    clash: Clash | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """One field on the page. A worked-out one has `how` and no input; `advice` is why the last version failed here."""

    id: str
    name: str
    version_name: str
    label: str
    hint: str
    type: str
    unit: str
    is_required: bool
    is_computed: bool
    value: str
    text: str
    how: str
    version: int
    source: str
    saved_by: str
    saved_at: datetime | None
    choices: tuple[Choice, ...]
    problem: str
    advice: tuple[str, ...]
    note: Note | None
    evidence: int
    clash: Clash | None = None

    @property
    def dom_id(self) -> str:
        return f"q-{self.id}"

    @property
    def is_group(self) -> bool:
        """Several inputs under one legend."""
        return self.type == "radio"

    @property
    def is_ticked(self) -> bool:
        return self.value == YES

    @property
    def target(self) -> str:
        """The element that a link to the question leads to: of a group of radios its first."""
        return f"{self.dom_id}-0" if self.is_group else self.dom_id


@dataclass(frozen=True, kw_only=True)
class SectionLink:
    """A section in the navigation."""

    id: str
    title: str
    phase: str
    weeks: str
    look: Look
    answered: int
    required: int
    is_current: bool
    problems: int


@dataclass(frozen=True)
class Filling:
    """A questionnaire being filled in. `checked` shows what is missing, and not only what cannot be understood."""

    gate: GatePage
    questionnaire: Questionnaire
    draft: DraftRow
    checked: bool = False

    @cached_property
    def progress(self) -> tuple[SectionProgress, ...]:
        return draft_progress(self.questionnaire, self.draft.texts)

    @property
    def answered(self) -> int:
        return sum(one.answered for one in self.progress)

    @property
    def required(self) -> int:
        return sum(one.required for one in self.progress)

    @property
    def is_complete(self) -> bool:
        return all(one.state is SectionState.COMPLETE for one in self.progress)

    @property
    def next_open(self) -> str:
        """The section to go on with: the first that is not complete; "" where all are."""
        return next((one.section for one in self.progress if one.state is not SectionState.COMPLETE), "")

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Fields whose answers this reader may not read."""
        return hidden_fields(self.gate.page.actor, self.gate.page.subject, self.questionnaire)

    @cached_property
    def _computed(self) -> Mapping[str, Any]:
        values = values_of(self.questionnaire.fields, self.draft.texts)
        return computed_answers(self.questionnaire, values, self.gate.around)

    @cached_property
    def _advice(self) -> Mapping[str, tuple[str, ...]]:
        """Why the last version failed, by field."""
        last = self.gate.rows.submissions.get(self.questionnaire.id) if self.gate.rows else None
        found: dict[str, tuple[str, ...]] = {}
        for section in last.result.get("sections", ()) if last and last.outcome == "failed" else ():
            for broken in section.get("broken", ()):
                words = reason_in_language(broken["reason"])
                found[broken["field"]] = (*found.get(broken["field"], ()), words)
        return found

    def links(self, current: str = "") -> list[SectionLink]:
        """The navigation between the sections."""
        return [
            SectionLink(
                id=section.id,
                title=in_language(section.title),
                phase=section.phase,
                weeks=weeks_in_words(section),
                look=PROGRESS_LOOKS[one.state.value],
                answered=one.answered,
                required=one.required,
                is_current=section.id == current,
                problems=len(one.problems),
            )
            for section, one in zip(self.questionnaire.sections, self.progress, strict=True)
        ]

    def neighbors(self, section: Section) -> tuple[SectionLink | None, SectionLink | None]:
        """The sections before and after."""
        links = self.links()
        place = next(number for number, link in enumerate(links) if link.id == section.id)
        return (links[place - 1] if place else None), (links[place + 1] if place + 1 < len(links) else None)

    def questions(self, section: Section, sent: Sent | None = None) -> list[Question]:
        """The questions of a section that this reader answers or reads, in order, as they stand after `sent`."""
        shown = (asked for asked in section.fields if asked.id not in self.hidden)
        return [self._question(section, asked, sent or Sent()) for asked in shown]

    def question(self, section: Section, field_id: str, sent: Sent | None = None) -> Question | None:
        """One of them."""
        asked = section.field(field_id)
        if asked is None or asked.id in self.hidden:
            return None
        return self._question(section, asked, sent or Sent())

    def computed_questions(self, section: Section) -> list[Question]:
        """The worked-out ones: they change with every answer."""
        return [question for question in self.questions(section) if question.is_computed]

    @cached_property
    def _problems(self) -> Mapping[str, str]:
        quiet = () if self.checked else ("required", "note_needed")
        problems = (problem for one in self.progress for problem in one.problems)
        return {problem.field: problem_in_words(problem) for problem in problems if problem.trouble.value not in quiet}

    def _question(self, section: Section, asked: Field, sent: Sent) -> Question:
        row = self.draft.answers.get(asked.id)
        worked_out = self._computed.get(asked.id)
        value = worked_out.text if worked_out else sent.values.get(asked.id, row.value if row else "")
        return Question(
            id=asked.id,
            name=f"a-{asked.id}",
            version_name=f"v-{asked.id}",
            label=in_language(asked.label),
            hint=in_language(asked.hint),
            type=asked.type,
            unit=self.unit(asked),
            is_required=asked.required and asked.computed is None,
            is_computed=asked.computed is not None,
            value=value,
            text=self.words(asked, value),
            how=self._how(worked_out),
            version=row.version if row else 0,
            source=row.source if row else "",
            saved_by=row.saved_by if row else "",
            saved_at=row.saved_at if row and row.version else None,
            choices=_choices(asked, value),
            problem=sent.problems.get(asked.id, self._problems.get(asked.id, "")),
            advice=self._advice.get(asked.id, ()),
            note=self._note(section, asked, row, sent),
            evidence=self.draft.evidence.get(asked.id, 0),
            clash=sent.clashes.get(asked.id),
        )

    def words(self, asked: Field, value: str) -> str:
        """An answer as people read it."""
        currency = self.gate.page.row.currency
        return answer_in_words(asked, value, currency=currency, in_force=self.gate.in_force)

    def unit(self, asked: Field) -> str:
        return {"currency": self.gate.page.row.currency, "percent": "%"}.get(asked.unit, "")

    def _how(self, worked_out: Any) -> str:
        if worked_out is None:
            return ""
        return how_computed(worked_out.receipt, self.gate.in_force, currency=self.gate.page.row.currency)

    def _note(self, section: Section, asked: Field, row: AnswerRow | None, sent: Sent) -> Note | None:
        """Where a negative answer would leave a remark, the place for its note."""
        if not asked.negatives or asked.id in section.fields_in_rules:
            return None
        note = self.draft.answers.get(asked.note_id)
        is_needed = is_remark(section, asked, row.value if row else None)
        return Note(
            name=asked.note_id,
            value=sent.values.get(asked.note_id, note.value if note else ""),
            version=note.version if note else 0,
            is_needed=is_needed or bool(note and note.value),
            problem=sent.problems.get(asked.note_id, self._problems.get(asked.note_id, "")),
            clash=sent.clashes.get(asked.note_id),
        )


def weeks_in_words(section: Section) -> str:
    """The weeks of a section: "weeks 1 to 3"; "" where it has none."""
    if section.weeks is None:
        return ""
    if section.weeks.first == section.weeks.last:
        return _("week %(week)d") % {"week": section.weeks.first}
    return _("weeks %(first)d to %(last)d") % {"first": section.weeks.first, "last": section.weeks.last}


def summary_links(questions: Iterable[Question]) -> list[dict[str, str]]:
    """What needs attention in a section, with where it stands."""
    links = []
    for one in questions:
        if one.problem:
            links.append({"target": one.target, "label": one.label, "text": one.problem})
        if one.note and one.note.problem:
            links.append({"target": f"{one.dom_id}-note", "label": one.label, "text": one.note.problem})
    return links


def _choices(asked: Field, value: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=option.value, label=in_language(option.label), is_chosen=option.value == value)
        for option in asked.options
    )
