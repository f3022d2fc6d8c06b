"""What is signed: the whole content of a submission in one spelling, and its SHA-256 (journey.md, Gates). Pure.

Two submissions have one digest if and only if they say the same: neither the order in which answers were given nor how
a number was typed matters, while every answer, note, source and worked-out value does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.packs import canonical_json
from partners.rules.answers import BadAnswer, note_of, stored, value_of
from partners.rules.computed import ComputedAnswer
from partners.rules.journeys import Field, Questionnaire

FORM = 1
"""The form of the content; another form has other digests, and old ones keep theirs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A file or a link that stands behind a section: the SHA-256 of its content, or the address itself."""

    section: str
    name: str
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """What a submission is about: whose it is, which version of what, and the day on which it was evaluated."""

    organization: str
    number: int
    journey_kind: str
    journey_version: int
    evaluated_on: date


def content_of(
    about: Signed,
    questionnaire: Questionnaire,
    *,
    answers: Mapping[str, str],
    computed: Mapping[str, ComputedAnswer],
    sources: Mapping[str, str],
    evidence: Sequence[Evidence] = (),
) -> dict[str, Any]:
    """The content as JSON: every field in order with answer, note, source or receipt; unanswered ones too.

    `sources` says by field where an answer came from that nobody typed.
    """
    return {
        "form": FORM,
        "organization": about.organization,
        "number": about.number,
        "journey": {"kind": about.journey_kind, "version": about.journey_version},
        "stage": questionnaire.stage,
        "questionnaire": questionnaire.id,
        "evaluated_on": about.evaluated_on.isoformat(),
        "answers": [_line(asked, answers, computed, sources) for asked in questionnaire.fields],
        "evidence": [
            {"section": one.section, "name": one.name, "content": one.content}
            for one in sorted(evidence, key=lambda one: (one.section, one.name, one.content))
        ],
    }


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content, in hexadecimal."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _line(
    asked: Field, answers: Mapping[str, str], computed: Mapping[str, ComputedAnswer], sources: Mapping[str, str]
) -> dict[str, Any]:
    if asked.computed is not None:
        worked_out = computed.get(asked.id)
        return {
            "field": asked.id,
            "answer": worked_out.text if worked_out else "",
            "computed": asked.computed.name,
            "receipt": dict(worked_out.receipt) if worked_out else {},
        }
    line = {"field": asked.id, "answer": _spelled(asked, answers.get(asked.id, ""))}
    note = _note(asked, answers)
    source = sources.get(asked.id, "")
    return line | ({"note": note} if note else {}) | ({"source": source} if source else {})


def _spelled(asked: Field, raw: str) -> str:
    try:
        return stored(value_of(asked, raw))
    except BadAnswer:
        return raw


def _note(asked: Field, answers: Mapping[str, str]) -> str:
    try:
        return note_of(asked, answers)
    except BadAnswer:
        return answers.get(asked.note_id, "")
