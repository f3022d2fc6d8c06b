"""Answers to the questionnaires of the demo world: believable, from each organization's own facts. Pure."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hub.demo.gate_sayings import COUNTS, NOTES, PICKS, SOMETIMES_NO, TEXTS
from partners.rules.answers import stored
from partners.rules.conditions import Answer, holds
from partners.rules.journeys import Field, Questionnaire, Section

_MONTH = timedelta(days=30)


def answers_to(questionnaire: Questionnaire, *, facts: dict[str, Any], turn: int, today: date) -> dict[str, str]:
    """Every required question answered so that all rules hold that can; `turn` chooses among the texts.

    `facts` by the names of sources: "organization.ccv" and the like.
    """
    found: dict[str, str] = {}
    for section in questionnaire.sections:
        for number, asked in enumerate(section.fields):
            if asked.computed is None and asked.required:
                found[asked.id] = _answer(section, asked, facts, turn + number, today)
    no = SOMETIMES_NO[turn % len(SOMETIMES_NO)]
    if turn % 3 == 0 and (asked_no := questionnaire.field(no)) is not None:
        found[no] = next(iter(sorted(asked_no.negatives)))
        found[asked_no.note_id] = NOTES[turn % len(NOTES)]
    return found


def _answer(section: Section, asked: Field, facts: dict[str, Any], turn: int, today: date) -> str:
    known = facts.get(asked.source)
    if known not in (None, ""):
        return stored(Decimal(known) if isinstance(known, int) else known)
    if asked.type == "date":
        return _day(section, asked, today)
    if asked.type == "number":
        return _number(asked, turn)
    if asked.options:
        return _option(section, asked, turn)
    texts = TEXTS.get(asked.id, ("As agreed.",))
    return texts[turn % len(texts)].format(name=facts["organization.name"], number=1000 + turn * 37 % 9000)


def _day(section: Section, asked: Field, today: date) -> str:
    """A day that its rules accept: what is to come in two months' time, what has happened last week."""
    ahead, past = today + _MONTH, today - timedelta(days=6)
    rules = [rule for rule in section.rules if rule.field == asked.id]
    fits = all(holds(rule.operator, past, rule.value, today=today) for rule in rules)
    return stored(past if fits and asked.id not in ("target-launch-date", "go-live-date") else ahead)


def _number(asked: Field, turn: int) -> str:
    if asked.unit == "currency":
        return str(60_000_000 + turn % 7 * 5_000_000)
    counts = COUNTS.get(asked.id, (3,))
    return str(counts[turn % len(counts)])


def _option(section: Section, asked: Field, turn: int) -> str:
    if asked.id in PICKS:
        return PICKS[asked.id][turn % len(PICKS[asked.id])]
    return next(option.value for option in asked.options if _is_good(section, asked, option.value))


def _is_good(section: Section, asked: Field, value: Answer) -> bool:
    rules = [rule for rule in section.rules if rule.field == asked.id]
    return value not in asked.negatives and all(
        holds(rule.operator, value, rule.value, today=date.min) for rule in rules
    )
