"""One raw answer, as a form or a program sent it: what it means, and what is wrong with it. Pure.

Answers are kept as texts by field id, in one spelling each (`stored`), beside the notes under `Field.note_id`. A
problem is a code with its figures; the words are made where the reader's language is known.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from partners.rules.computed import YES
from partners.rules.conditions import Answer
from partners.rules.journeys import Field, Section

MAX_TEXT = 300
MAX_LONG_TEXT = 10_000
LARGEST_NUMBER = Decimal(10) ** 14
MAX_DECIMALS = 6
CURRENCY_DECIMALS = 2
EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)

_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[,' ])\d{3}((?P=mark)\d{3})*(\.\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TICKED, _UNTICKED = frozenset({YES, "on", "true", "1"}), frozenset({"no", "off", "false", "0"})


class Trouble(StrEnum):
    """What can be wrong with an answer."""

    REQUIRED = "required"
    NOTE_NEEDED = "note_needed"  # the answer is negative: value
    NOT_AN_OPTION = "not_an_option"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"  # limit
    TOO_MANY_DECIMALS = "too_many_decimals"  # limit
    NOT_WHOLE = "not_whole"
    NOT_A_DATE = "not_a_date"
    DATE_OUT_OF_RANGE = "date_out_of_range"  # first, last
    NOT_AN_EMAIL = "not_an_email"
    TOO_LONG = "too_long"  # limit
    CONTROLS = "controls"
    COMPUTED = "computed"  # nobody gives this answer
    UNKNOWN_FIELD = "unknown_field"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong at a field (or at the note on it: then `field` ends in the suffix of notes)."""

    field: str
    trouble: Trouble
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class BadAnswer(ValueError):
    """An answer that means nothing in its field."""

    def __init__(self, trouble: Trouble, **params: Any) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.params = params


def value_of(asked: Field, raw: str) -> Answer | None:
    """What an answer means: a Decimal, a day or a text; None for no answer. Raises BadAnswer.

    A number may have thousands grouped by comma, apostrophe or blank; the decimal mark is a point.
    """
    if _CONTROLS.search(raw):
        raise BadAnswer(Trouble.CONTROLS)
    text = raw.replace("\r\n", "\n").strip()
    if not text:
        return None
    match asked.type:
        case "number":
            return _number(asked, text)
        case "date":
            return _day(text)
        case "checkbox":
            return _tick(text)
        case "select" | "radio":
            if asked.option_label(text) is None:
                raise BadAnswer(Trouble.NOT_AN_OPTION)
            return text
    return _words(asked, text)


def stored(value: Answer | None) -> str:
    """The one spelling in which an answer is kept: 50000000.5, 2025-12-31, the words themselves; "" for none."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value


def values_of(fields: Iterable[Field], answers: Mapping[str, str]) -> dict[str, Answer | None]:
    """What every asked field was answered, by id; None for no answer or one that means nothing. No computed ones."""
    return {asked.id: _value_or_none(asked, answers.get(asked.id, "")) for asked in fields if asked.computed is None}


def cleaned(fields: Iterable[Field], answers: Mapping[str, str]) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """A draft as it is kept: what can be understood in its one spelling, everything else as written, with the problems.

    What is missing is no problem of a draft (see `incomplete`). An answer to a computed field, or to one that there
    is not, is a problem and not kept.
    """
    known = {asked.id: asked for asked in fields}
    notes = {asked.note_id: asked for asked in known.values()}
    kept: dict[str, str] = {}
    problems: list[Problem] = []
    for field_id, raw in answers.items():
        try:
            if field_id in notes:
                kept[field_id] = note_of(notes[field_id], answers)
            elif field_id not in known:
                problems.append(Problem(field=field_id, trouble=Trouble.UNKNOWN_FIELD))
            elif known[field_id].computed is not None:
                problems.append(Problem(field=field_id, trouble=Trouble.COMPUTED))
            else:
                kept[field_id] = stored(value_of(known[field_id], raw))
        except BadAnswer as bad:
            kept[field_id] = raw
            problems.append(Problem(field=field_id, trouble=bad.trouble, params=bad.params))
    return {field_id: text for field_id, text in kept.items() if text}, tuple(problems)


def wrong(fields: Iterable[Field], answers: Mapping[str, str]) -> tuple[Problem, ...]:
    """What is given and cannot be understood, in the order of the fields."""
    problems: list[Problem] = []
    for asked in fields:
        for place, read in ((asked.id, value_of), (asked.note_id, _checked_note)):
            try:
                if asked.computed is None:
                    read(asked, answers.get(place, ""))
            except BadAnswer as bad:
                problems.append(Problem(field=place, trouble=bad.trouble, params=bad.params))
    return tuple(problems)


def incomplete(section: Section, answers: Mapping[str, str]) -> tuple[Problem, ...]:
    """What a section still needs: required answers, and notes on negative ones that no rule reads (journey.md, Gates).

    A required box must be ticked.
    """
    problems: list[Problem] = []
    for asked in section.fields:
        if asked.computed is not None:
            continue
        value = _value_or_none(asked, answers.get(asked.id, ""))
        if asked.required and (value is None or (asked.type == "checkbox" and value != YES)):
            problems.append(Problem(field=asked.id, trouble=Trouble.REQUIRED))
        elif is_remark(section, asked, value) and not answers.get(asked.note_id, "").strip():
            problems.append(Problem(field=asked.note_id, trouble=Trouble.NOTE_NEEDED, params={"value": stored(value)}))
    return tuple(problems)


def problems_of(section: Section, answers: Mapping[str, str]) -> tuple[Problem, ...]:
    """Everything that keeps a section from being submitted: what cannot be understood, then what is missing."""
    bad = wrong(section.fields, answers)
    places = {problem.field for problem in bad}
    return (*bad, *(problem for problem in incomplete(section, answers) if problem.field not in places))


def is_remark(section: Section, asked: Field, value: Answer | None) -> bool:
    """Whether an answer lets its section pass with a remark only: a negative one, required, that no rule reads."""
    return value in asked.negatives and asked.id not in section.fields_in_rules


def note_of(asked: Field, answers: Mapping[str, str]) -> str:
    """The note on an answer. Raises BadAnswer for one that is no text."""
    return _checked_note(asked, answers.get(asked.note_id, ""))


def _checked_note(asked: Field, raw: str) -> str:
    if _CONTROLS.search(raw):
        raise BadAnswer(Trouble.CONTROLS)
    text = raw.replace("\r\n", "\n").strip()
    if len(text) > MAX_LONG_TEXT:
        raise BadAnswer(Trouble.TOO_LONG, limit=MAX_LONG_TEXT)
    return text


def _value_or_none(asked: Field, raw: str) -> Answer | None:
    try:
        return value_of(asked, raw)
    except BadAnswer:
        return None


def _number(asked: Field, text: str) -> Decimal:
    plain = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    sign, digits = (plain[:1], plain[1:]) if plain[:1] in "+-" else ("", plain)
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"[,' ]", "", digits)
    if not _NUMBER.fullmatch(digits):
        raise BadAnswer(Trouble.NOT_A_NUMBER)
    number = Decimal(digits)
    if sign == "-" and number:
        raise BadAnswer(Trouble.NEGATIVE)
    if number >= LARGEST_NUMBER:
        raise BadAnswer(Trouble.TOO_LARGE, limit=str(LARGEST_NUMBER))
    decimals = len(digits.partition(".")[2].rstrip("0"))
    if asked.unit == "count" and decimals:
        raise BadAnswer(Trouble.NOT_WHOLE)
    limit = CURRENCY_DECIMALS if asked.unit == "currency" else MAX_DECIMALS
    if decimals > limit:
        raise BadAnswer(Trouble.TOO_MANY_DECIMALS, limit=limit)
    # Without trailing zeros: what is worked out from it, and hashed, does not depend on how it was typed.
    return Decimal(stored(number))


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise BadAnswer(Trouble.NOT_A_DATE)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadAnswer(Trouble.NOT_A_DATE) from None
    if not EARLIEST <= day <= LATEST:
        raise BadAnswer(Trouble.DATE_OUT_OF_RANGE, first=EARLIEST.isoformat(), last=LATEST.isoformat())
    return day


def _tick(text: str) -> str | None:
    if text.casefold() in _TICKED:
        return YES
    if text.casefold() in _UNTICKED:
        return None
    raise BadAnswer(Trouble.NOT_AN_OPTION)


def _words(asked: Field, text: str) -> str:
    limit = MAX_LONG_TEXT if asked.type == "textarea" else MAX_TEXT
    if len(text) > limit:
        raise BadAnswer(Trouble.TOO_LONG, limit=limit)
    if asked.type != "textarea" and "\n" in text:
        raise BadAnswer(Trouble.CONTROLS)
    if asked.type == "email" and not _EMAIL.fullmatch(text):
        raise BadAnswer(Trouble.NOT_AN_EMAIL)
    return text
