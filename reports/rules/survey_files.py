"""Answers of a survey that another house has asked, from rows of a file: added up by question and score. Pure.

A stand-in (0 for a blank, 6 for "not applicable", 11, 99) is named by the mapping and never an answer; what is neither
on the scale nor named is a fault of its row, so that nothing is left out unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from common import reading
from common.reading import MalformedInput
from partners.rules.nps import DETRACTOR, PROMOTER, NpsFigure, nps_figure
from partners.rules.nps import SCORES as NPS_SCORES
from partners.rules.surveys import SATISFIED, CsatFigure, figure, whole_score
from partners.rules.surveys import SCORES as CSAT_SCORES

BLANK = "Blank"
"""What an empty cell is called where the mapping does not say."""
MOST_QUESTIONS, MOST_FAULTS = 200, 200
_KEYS = ("name", "wave", "source", "weight", "questions")
_QUESTION_KEYS = ("label", "kind", "left_out")
_LENGTHS = {"name": 120, "wave": 40, "source": 200, "weight": 80}


class Scale(StrEnum):
    """How a question was asked."""

    CSAT = "csat"
    NPS = "nps"

    @property
    def scores(self) -> range:
        return NPS_SCORES if self is Scale.NPS else CSAT_SCORES


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A column of the file; `left_out`: what stands for no answer, and what it means."""

    key: str
    label: str
    scale: Scale
    left_out: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyMapping:
    """What a file holds. Its answers are counted as they are: a column of weights is named and left alone."""

    name: str
    wave: str
    source: str
    weight: str
    questions: tuple[Question, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(question.key for question in self.questions)


@dataclass(frozen=True, kw_only=True, slots=True)
class CellFault:
    """A cell that is no answer and no stand-in; `row` as a spreadsheet counts."""

    row: int
    column: str
    found: str
    expected: str


@dataclass(kw_only=True, slots=True)
class Counted:
    """What the rows of a file come to: by column how many gave each score, and how many each stand-in."""

    rows: int = 0
    scores: dict[str, Counter[int]] = field(default_factory=dict)
    left_out: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)


def parse_mapping(content: object) -> SurveyMapping:
    """A mapping as YAML gives it, texts alone. Raises MalformedInput naming the place."""
    top = reading.mapping(content, "", known=_KEYS)
    asked = reading.mapping(reading.member(top, "questions", ""), "questions")
    if not 0 < len(asked) <= MOST_QUESTIONS:
        raise MalformedInput("questions", f"must name 1 to {MOST_QUESTIONS} columns, found {len(asked)}")
    return SurveyMapping(
        name=_short(reading.member(top, "name", ""), "name"),
        wave=_short(reading.member(top, "wave", ""), "wave"),
        source=_short(top["source"], "source") if "source" in top else "",
        weight=_short(top["weight"], "weight") if "weight" in top else "",
        questions=tuple(_question(key, said) for key, said in asked.items()),
    )


def _question(key: str, said: object) -> Question:
    place = f"questions.{key}"
    if not 0 < len(key) <= 80 or not key.isprintable():
        raise MalformedInput(place, "must be the name of a column, of at most 80 characters")
    found = reading.mapping(said, place, known=_QUESTION_KEYS)
    label = _printable(reading.member(found, "label", place), f"{place}.label")
    if len(label) > 200:
        raise MalformedInput(f"{place}.label", "must be of at most 200 characters")
    scale = Scale(reading.one_of(reading.member(found, "kind", place), list(Scale), f"{place}.kind"))
    left_out = reading.mapping(found.get("left_out", {}), f"{place}.left_out")
    named = {code.strip(): _printable(words, f"{place}.left_out.{code}") for code, words in left_out.items()}
    for code in named:
        if whole_score(code, scale.scores) is not None:
            raise MalformedInput(f"{place}.left_out.{code}", "is a score of the scale, and cannot stand for no answer")
    return Question(key=key, label=label, scale=scale, left_out=named)


def _printable(found: object, place: str) -> str:
    words = reading.text(found, place)
    if not words.isprintable():
        raise MalformedInput(place, "must be on one line, without signs that cannot be printed")
    return words


def _short(found: object, place: str) -> str:
    words = _printable(found, place).strip()
    if len(words) > _LENGTHS[place]:
        raise MalformedInput(place, f"must be of at most {_LENGTHS[place]} characters")
    return words


def count(rows: Iterable[tuple[int, Mapping[str, str]]], mapping: SurveyMapping) -> Counted:
    """Add up rows, each with its number and its cells by column. Ends early once there are too many faults to read."""
    found = Counted(
        scores={key: Counter() for key in mapping.columns}, left_out={key: Counter() for key in mapping.columns}
    )
    for number, cells in rows:
        found.rows += 1
        for question in mapping.questions:
            _count_cell(found, question, number, cells[question.key].strip())
        if len(found.faults) >= MOST_FAULTS:
            break
    return found


def _count_cell(found: Counted, question: Question, number: int, cell: str) -> None:
    score = whole_score(cell, question.scale.scores)
    if score is not None:
        found.scores[question.key][score] += 1
    elif cell in question.left_out:
        found.left_out[question.key][question.left_out[cell]] += 1
    elif not cell:
        found.left_out[question.key][BLANK] += 1
    else:
        found.faults.append(CellFault(row=number, column=question.key, found=cell[:80], expected=_expected(question)))


def _expected(question: Question) -> str:
    scores = question.scale.scores
    named = "".join(f", {code}" for code in question.left_out)
    return f"{scores[0]} to {scores[-1]}{named}"


def csat_of(counts: Mapping[int, int], *, asked: int) -> CsatFigure:
    """Satisfaction of how many gave each score from 1 to 5."""
    satisfied = sum(many for score, many in counts.items() if score >= SATISFIED)
    total = sum(score * many for score, many in counts.items())
    return figure(asked=asked, answers=sum(counts.values()), total=total, satisfied=satisfied)


def nps_of(counts: Mapping[int, int], *, asked: int) -> NpsFigure:
    """NPS of how many gave each score from 0 to 10."""
    promoters = sum(many for score, many in counts.items() if score >= PROMOTER)
    detractors = sum(many for score, many in counts.items() if score <= DETRACTOR)
    return nps_figure(asked=asked, answers=sum(counts.values()), promoters=promoters, detractors=detractors)
