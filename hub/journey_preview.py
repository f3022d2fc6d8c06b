"""A questionnaire as those see it who fill it in, made from the working copy; nothing is saved from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.labels import role_label
from hub.journey_words import COMPUTATIONS, rule_in_words, source_in_words
from partners.rules import journey_edits as edits
from partners.rules.journey_edits import Body
from partners.rules.journey_faults import questionnaire_of
from partners.rules.journeys import Field, Questionnaire, Section
from partners.selectors.gate_questions import Choice, Question, weeks_in_words
from partners.selectors.gate_words import in_language


@dataclass(frozen=True, kw_only=True)
class PreviewQuestion:
    """A question without an answer; `source` says what it will be filled in from, `is_noted` when it needs a note."""

    question: Question
    source: str
    is_noted: bool


@dataclass(frozen=True, kw_only=True)
class PreviewSection:
    place: str
    title: str
    checks_that: str
    weeks: str
    is_manual: bool
    must_pass: bool
    rules: tuple[str, ...]
    questions: tuple[PreviewQuestion, ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`passes` says when the questionnaire passes, `signers` who signs, in order."""

    name: str
    minutes: int
    passes: str
    signers: tuple[str, ...]
    sections: tuple[PreviewSection, ...]


def preview(body: Body, kind: str, questionnaire_id: str) -> Preview:
    """The questionnaire of this id. Raises NoSuchPart, and MalformedInput where its parts do not fit together."""
    place = f"questionnaires/{questionnaire_id}"
    row = edits.look_up(body, place)
    asked = questionnaire_of(body, kind, body["questionnaires"].index(row))
    stage = edits.look_up(body, f"stages/{asked.stage}")
    return Preview(
        name=in_language(asked.name),
        minutes=asked.estimated_minutes,
        passes=_passes(asked),
        signers=tuple(role_label(role) for role in stage.get("signers", ())),
        sections=tuple(_section(body, section, f"{place}/sections/{section.id}", stage) for section in asked.sections),
    )


def _passes(asked: Questionnaire) -> str:
    total = len(asked.sections)
    if asked.minimum == total:
        words = _("Passes when all %(total)d sections pass.") % {"total": total}
    else:
        words = _("Passes when %(least)d of %(total)d sections pass.") % {"least": asked.minimum, "total": total}
    if asked.passing.pass_at_tier is None:
        return words
    exception = _("Partners of tier %d or better pass whatever the sections say that need not pass.")
    return f"{words} {exception % asked.passing.pass_at_tier}"


def _section(body: Body, section: Section, place: str, stage: Mapping[str, Any]) -> PreviewSection:
    rules = edits.entries(body, f"{place}/rules")
    return PreviewSection(
        place=place,
        title=in_language(section.title),
        checks_that=in_language(section.checks_that),
        weeks=weeks_in_words(section) or _weeks_of_phase(section, stage),
        is_manual=section.is_manual,
        must_pass=section.must_pass,
        rules=tuple(rule_in_words(body, rule_place, entry) for rule_place, entry in rules),
        questions=tuple(
            PreviewQuestion(
                question=_question(asked),
                source=source_in_words(body, asked.source) if asked.source else "",
                is_noted=bool(asked.negatives) and asked.id not in section.fields_in_rules,
            )
            for asked in section.fields
        ),
    )


def _weeks_of_phase(section: Section, stage: Mapping[str, Any]) -> str:
    for phase in stage.get("phases", ()):
        if phase["id"] == section.phase:
            return _("weeks %(first)d to %(last)d") % phase["weeks"]
    return ""


def _question(asked: Field) -> Question:
    return Question(
        id=asked.id,
        name=f"a-{asked.id}",
        version_name="",
        label=in_language(asked.label),
        hint=in_language(asked.hint),
        type=asked.type,
        unit={"currency": _("currency"), "percent": "%"}.get(asked.unit, ""),
        is_required=asked.required and asked.computed is None,
        is_computed=asked.computed is not None,
        value="",
        text="",
        how=str(COMPUTATIONS[asked.computed.name]) if asked.computed else "",
        version=0,
        source="",
        saved_by="",
        saved_at=None,
        choices=tuple(
            Choice(value=option.value, label=in_language(option.label), is_chosen=False) for option in asked.options
        ),
        problem="",
        advice=(),
        note=None,
        evidence=0,
    )
