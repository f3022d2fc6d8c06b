"""How a submission came out, or would come out, section by section and in words; and what two versions differ in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.rules.answer_classes import outcome_alone, result_without
from partners.rules.answers import Problem, Trouble
from partners.rules.gate_records import result_as_data
from partners.rules.gates import SECTION, waivable
from partners.rules.journeys import NOTE_SUFFIX, Field, Questionnaire, Section
from partners.selectors.answers import hidden_fields
from partners.selectors.gate_page import GatePage
from partners.selectors.gate_questions import Filling
from partners.selectors.gate_rows import JudgmentRow, SubmissionRow, WaiverRow
from partners.selectors.gate_words import (
    OVERALL_LOOKS,
    SECTION_LOOKS,
    Look,
    answer_in_words,
    how_computed,
    in_language,
    problem_in_words,
    reason_in_language,
)


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One broken rule: what was asked, why it fails in the rule's own words, what was found and how that came about."""

    field: str
    label: str
    words: str
    found: str
    how: str


@dataclass(frozen=True, kw_only=True)
class ShownRemark:
    label: str
    value: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ShownAnswer:
    """An answer as it is read, with its note, source and evidence."""

    field: str
    label: str
    text: str
    note: str
    source: str
    how: str
    is_computed: bool
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResultSection:
    """One section: its outcome, every broken rule, remarks, problems, the judgment, and waivers for it."""

    id: str
    title: str
    look: Look
    outcome: str
    is_manual: bool
    reasons: tuple[Reason, ...]
    remarks: tuple[ShownRemark, ...]
    problems: tuple[dict[str, str], ...]
    judgment: JudgmentRow | None
    answers: tuple[ShownAnswer, ...]
    waiver: WaiverRow | None
    waiver_target: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """A questionnaire as it came out; `sentence` says why as a whole."""

    overall: str
    look: Look
    sentence: str
    sections: tuple[ResultSection, ...]
    shows_answers: bool

    @property
    def first_failed(self) -> str:
        """The section to mend first; "" where none failed."""
        return next((one.id for one in self.sections if one.outcome == "failed"), "")


def result_of(gate: GatePage, questionnaire: Questionnaire, version: Any) -> Result:
    """A submission as its reader may see it: without answers outcomes alone, without commercial figures no amounts."""
    data: Mapping[str, Any] = version.result
    answers: Mapping[str, str] = {}
    if not gate.shows_answers:
        data = outcome_alone(data)
    else:
        hidden = hidden_fields(gate.page.actor, gate.page.subject, questionnaire)
        data = result_without(hidden, data) if hidden else data
        answers = {field: value for field, value in version.answers.items() if field not in hidden}
    reading = _Reading(gate, questionnaire, data, answers, version.sources, version.evidence)
    return reading.result(version.row)


def expected_result(filling: Filling) -> Result:
    """What would come of a draft if it were submitted now."""
    data: Mapping[str, Any] = result_as_data(filling.gate.evaluated(filling.questionnaire, filling.draft.texts))
    texts = filling.draft.texts | {field: kept["text"] for field, kept in data["computed"].items()}
    if filling.hidden:
        data = result_without(filling.hidden, data)
    answers = {field: value for field, value in texts.items() if field not in filling.hidden}
    sources = {field: row.source for field, row in filling.draft.answers.items()}
    return _Reading(filling.gate, filling.questionnaire, data, answers, sources, ()).result(None)


class _Reading:
    """One kept result, put into words."""

    def __init__(
        self,
        gate: GatePage,
        questionnaire: Questionnaire,
        data: Mapping[str, Any],
        answers: Mapping[str, str],
        sources: Mapping[str, str],
        evidence: Iterable[Mapping[str, Any]],
    ) -> None:
        self.gate, self.questionnaire, self.data, self.answers = gate, questionnaire, data, answers
        self.sources, self.evidence = sources, list(evidence)
        self.targets = frozenset(waivable(gate.stage))

    def result(self, row: SubmissionRow | None) -> Result:
        found = {one["section"]: one for one in self.data["sections"]}
        sections = tuple(self._section(section, found[section.id], row) for section in self.questionnaire.sections)
        return Result(
            overall=self.data["overall"],
            look=OVERALL_LOOKS[self.data["overall"]],
            sentence=self._sentence(sections),
            sections=sections,
            shows_answers=self.gate.shows_answers,
        )

    def _sentence(self, sections: tuple[ResultSection, ...]) -> str:
        passing = sum(one.outcome in ("passed", "remarks", "waived") for one in sections)
        words = {"passing": passing, "total": len(sections), "minimum": self.questionnaire.minimum}
        if self.data.get("passed_by_tier"):
            return _("The tier alone lets it pass; %(passing)d of %(total)d sections pass.") % words
        must = [one.title for one, asked in zip(sections, self.questionnaire.sections, strict=True) if asked.must_pass]
        text = ngettext(
            "%(passing)d of %(total)d sections passes; %(minimum)d have to.",
            "%(passing)d of %(total)d sections pass; %(minimum)d have to.",
            passing,
        )
        sentence = text % words
        if must and self.questionnaire.minimum < len(sections):
            sentence = f"{sentence} " + _("“%(section)s” always has to.") % {"section": ", ".join(must)}
        return sentence

    def _section(self, section: Section, found: Mapping[str, Any], row: SubmissionRow | None) -> ResultSection:
        target = f"{SECTION}{section.id}"
        waivers = self.gate.rows.waivers if self.gate.rows else ()
        return ResultSection(
            id=section.id,
            title=in_language(section.title),
            look=SECTION_LOOKS[found["outcome"]],
            outcome=found["outcome"],
            is_manual=section.is_manual,
            reasons=tuple(self._reasons(section, found.get("broken", ()))),
            remarks=tuple(self._remarks(section, found.get("remarks", ()))),
            problems=tuple(self._problems(section, found.get("problems", ()))),
            judgment=row.judgments.get(section.id) if row and self.gate.shows_answers else None,
            answers=tuple(self._answers(section)),
            waiver=next((one for one in waivers if one.criterion == target), None),
            waiver_target=target if target in self.targets and found["outcome"] in ("failed", "pending") else "",
        )

    def _reasons(self, section: Section, broken: Iterable[Mapping[str, Any]]) -> Iterator[Reason]:
        for rule in broken:
            asked = section.field(rule["field"])
            yield Reason(
                field=rule["field"],
                label=in_language(asked.label) if asked else rule["field"],
                words=reason_in_language(rule["reason"]),
                found=self._words(asked, rule["found"]) if asked else rule["found"],
                how=self._how(rule.get("receipt") or {}),
            )

    def _remarks(self, section: Section, remarks: Iterable[Mapping[str, Any]]) -> Iterator[ShownRemark]:
        for remark in remarks:
            asked = section.field(remark["field"])
            value = self._words(asked, remark["value"]) if asked else remark["value"]
            yield ShownRemark(
                label=in_language(asked.label) if asked else remark["field"], value=value, note=remark["note"]
            )

    def _problems(self, section: Section, problems: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
        for one in problems:
            problem = Problem(field=one["field"], trouble=Trouble(one["trouble"]), params=one["params"])
            asked = section.field(problem.field.removesuffix(NOTE_SUFFIX))
            yield {
                "field": problem.field,
                "target": _target(asked, problem.field),
                "label": in_language(asked.label) if asked else problem.field,
                "text": problem_in_words(problem),
            }

    def _answers(self, section: Section) -> Iterator[ShownAnswer]:
        if not self.gate.shows_answers:
            return
        computed = self.data.get("computed", {})
        for asked in section.fields:
            if asked.id not in self.answers and asked.required and self._is_hidden(asked):
                continue
            yield ShownAnswer(
                field=asked.id,
                label=in_language(asked.label),
                text=self._words(asked, self.answers.get(asked.id, "")),
                note=self.answers.get(asked.note_id, ""),
                source=self.sources.get(asked.id, ""),
                how=self._how(computed.get(asked.id, {}).get("receipt") or {}),
                is_computed=asked.computed is not None,
                evidence=tuple(_piece(one) for one in self.evidence if one["field"] == asked.id),
            )

    def _is_hidden(self, asked: Field) -> bool:
        return asked.id in hidden_fields(self.gate.page.actor, self.gate.page.subject, self.questionnaire)

    def _words(self, asked: Field, value: str) -> str:
        return answer_in_words(asked, value, currency=self._currency)

    def _how(self, receipt: Mapping[str, Any]) -> str:
        return how_computed(receipt, self.gate.in_force, currency=self._currency) if receipt else ""

    @property
    def _currency(self) -> str:
        """That in which the answers were given, whatever the organization's is today."""
        return str(self.data.get("around", {}).get("currency", self.gate.page.row.currency))


@dataclass(frozen=True, kw_only=True)
class AnswerChange:
    """What two versions say differently."""

    section: str
    label: str
    before: str
    after: str


def changes_between(gate: GatePage, questionnaire: Questionnaire, before: Any, after: Any) -> list[AnswerChange]:
    """The answers and notes that differ between two versions, in the order of the questions."""
    hidden = hidden_fields(gate.page.actor, gate.page.subject, questionnaire)
    found = []
    for section in questionnaire.sections:
        for asked in section.fields:
            for place in (asked.id, asked.note_id):
                old, new = (version.answers.get(place, "") for version in (before, after))
                if old == new or place in hidden:
                    continue
                label = in_language(asked.label)
                currency = gate.page.row.currency
                is_note = place == asked.note_id
                found.append(
                    AnswerChange(
                        section=in_language(section.title),
                        label=_("Note: %(label)s") % {"label": label} if is_note else label,
                        before=old if is_note else answer_in_words(asked, old, currency=currency),
                        after=new if is_note else answer_in_words(asked, new, currency=currency),
                    )
                )
    return found


def _target(asked: Field | None, field_id: str) -> str:
    """The element of the form in which the answer is given."""
    if asked is None:
        return ""
    if field_id != asked.id:
        return f"q-{asked.id}-note"
    return f"q-{asked.id}-0" if asked.type == "radio" else f"q-{asked.id}"


def _piece(evidence: Mapping[str, Any]) -> str:
    return str(evidence["name"] or evidence["content"])
