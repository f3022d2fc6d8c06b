"""The questionnaires of a journey pack: from rows to types, whatever cannot work refused at its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.answers import LARGEST_NUMBER
from partners.rules.computed import COMPUTATIONS, VALUES_GIVEN, Gives, Takes
from partners.rules.conditions import OPERATORS_OF, Operator
from partners.rules.journeys import (
    CHOICE_TYPES,
    EVALUATIONS,
    FIELD_TYPES,
    UNITS,
    Computed,
    Field,
    Option,
    Passing,
    Questionnaire,
    Rule,
    RuleValue,
    Section,
    Weeks,
)
from partners.rules.pack_reading import Row
from partners.rules.questionnaire_checks import check_reachable

OptionLists = Mapping[str, tuple[Option, ...]]

TICKS = ("yes", "no")
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", re.ASCII)
MAX_NAME = 60

FACTS: Mapping[str, str] = {
    "organization.name": "text",
    "organization.website": "text",
    "organization.country": "text",
    "organization.edition": "text",
    "organization.ccv": "number",
    "organization.country_lrp": "number",
    "organization.arr": "number",
    "organization.licenses": "number",
    "organization.target_launch_on": "date",
    **{f"contact.{role}.{fact}": "text" for role in packs.CONTACT_ROLES for fact in ("name", "job_title")},
    **{f"contact.{role}.email": "email" for role in packs.CONTACT_ROLES},
}
"""What an answer may be filled in from, with its type."""
WRITTEN_BACK = ("organization.ccv", "organization.country_lrp", "organization.target_launch_on")
ANSWER_SOURCE = "answer:"


def parse_option_lists(content: Row) -> OptionLists:
    """The lists of options that fields refer to by name; a pack may have none."""
    if "options" not in content:
        return {}
    lists = reading.mapping(content["options"], "options")
    return {name: _options(lists, name, "options") for name in lists}


def parse_questionnaire(row: Row, place: str, *, stages: Collection[str], lists: OptionLists) -> Questionnaire:
    """One questionnaire of a stage."""
    sections = tuple(
        _parse_section(entry, where, lists)
        for where, entry in packs.rows(
            row,
            "sections",
            place,
            known=(
                "id",
                "title",
                "checks_that",
                "evaluation",
                "phase",
                "weeks",
                "is_waivable",
                "must_pass",
                "rules",
                "fields",
            ),
        )
    )
    packs.refuse_twins([section.id for section in sections], f"{place}.sections", "id")
    _refuse_field_twins(sections, place)
    questionnaire = Questionnaire(
        id=name(row, place),
        name=packs.label(row, place, "name"),
        stage=reading.one_of(reading.member(row, "stage", place), stages, f"{place}.stage"),
        estimated_minutes=packs.whole(row, "estimated_minutes", place, least=1),
        sections=sections,
        passing=_parse_passing(row, place, len(sections)),
    )
    _check_computed(questionnaire, place)
    check_reachable(questionnaire, place)
    return questionnaire


def name(row: Row, place: str, key: str = "id") -> str:
    """A name of small letters and digits in groups, joined by a hyphen or an underscore."""
    where = reading.at(place, key)
    found = reading.text(reading.member(row, key, place), where)
    if not _NAME.fullmatch(found) or len(found) > MAX_NAME:
        wanted = f"a name like contract-signature-date, of at most {MAX_NAME} letters"
        raise MalformedInput(where, reading.expected(wanted, found))
    return found


def parse_weeks(row: Row, place: str, within: Weeks | None = None) -> Weeks | None:
    """`{first: 1, last: 3}`, or None where the key is not there; inside of `within` where that is given."""
    if "weeks" not in row:
        return None
    where = reading.at(place, "weeks")
    found = reading.mapping(row["weeks"], where, known=("first", "last"))
    weeks = Weeks(first=packs.whole(found, "first", where, least=1), last=packs.whole(found, "last", where, least=1))
    if weeks.first > weeks.last:
        raise MalformedInput(f"{where}.last", f"must not be before the first, found {weeks.last}")
    if within is not None and not (within.first <= weeks.first and weeks.last <= within.last):
        raise MalformedInput(where, f"must lie in the weeks {within.first} to {within.last}")
    return weeks


def check_sources(questionnaires: Sequence[Questionnaire], order: Sequence[str]) -> None:
    """Refuse a source that there is not, that comes later, or that holds another type of answer.

    `questionnaires` as they stand in the pack, `order` the stages in that of the journey.
    """
    by_id = {questionnaire.id: questionnaire for questionnaire in questionnaires}
    for position, questionnaire in enumerate(questionnaires):
        for number, section in enumerate(questionnaire.sections):
            for index, asked in enumerate(section.fields):
                if asked.source.startswith(ANSWER_SOURCE):
                    place = f"questionnaires[{position}].sections[{number}].fields[{index}].source"
                    _check_answer_source(asked, questionnaire, by_id, order, place)


def _check_answer_source(
    asked: Field, asking: Questionnaire, known: Mapping[str, Questionnaire], order: Sequence[str], place: str
) -> None:
    questionnaire_id, _, field_id = asked.source.removeprefix(ANSWER_SOURCE).partition("/")
    source = known.get(questionnaire_id)
    given = source.field(field_id) if source else None
    if source is None or given is None:
        raise MalformedInput(place, f"there is no answer {reading.shown(asked.source)}")
    if order.index(source.stage) >= order.index(asking.stage):
        raise MalformedInput(place, f"{questionnaire_id} is not answered in an earlier stage")
    options = {option.value for option in asked.options}
    fits = given.type == asked.type and given.unit == asked.unit
    if not fits or not {option.value for option in given.options} <= options:
        raise MalformedInput(place, f"{field_id} of {questionnaire_id} holds other answers than this field takes")


def _parse_passing(row: Row, place: str, sections: int) -> Passing:
    if "passing" not in row:
        return Passing()
    where = f"{place}.passing"
    passing = reading.mapping(row["passing"], where, known=("minimum", "pass_at_tier"))
    minimum = packs.optional_whole(passing, "minimum", where, least=1)
    if minimum is not None and minimum > sections:
        raise MalformedInput(f"{where}.minimum", f"there are only {sections} sections, found {minimum}")
    tier = packs.optional_whole(passing, "pass_at_tier", where)
    if tier is not None and tier >= len(VALUES_GIVEN[Gives.TIER]) - 1:
        raise MalformedInput(f"{where}.pass_at_tier", f"must be 0 or 1, found {tier}")
    return Passing(minimum=minimum, pass_at_tier=tier)


def _parse_section(row: Row, place: str, lists: OptionLists) -> Section:
    known = ("id", "label", "type", "required", "hint", "options", "unit", "computed", "source", "writes_back")
    fields = tuple(_parse_field(entry, where, lists) for where, entry in packs.rows(row, "fields", place, known=known))
    by_id = {asked.id: asked for asked in fields}
    evaluation = reading.one_of(reading.member(row, "evaluation", place), EVALUATIONS, f"{place}.evaluation")
    rules: tuple[Rule, ...] = ()
    if "rules" in row:
        entries = packs.rows(row, "rules", place, known=("field", "operator", "value", "reason"))
        rules = tuple(_parse_rule(entry, where, by_id) for where, entry in entries)
    if rules and evaluation == "manual":
        raise MalformedInput(f"{place}.rules", "a section that a person judges has no rules")
    must_pass = packs.flag(row, "must_pass", place)
    is_waivable = packs.flag(row, "is_waivable", place, default=not must_pass)
    if must_pass and is_waivable:
        raise MalformedInput(f"{place}.is_waivable", "a section that must pass is never waived")
    phase = reading.text(row["phase"], f"{place}.phase") if "phase" in row else ""
    return Section(
        id=name(row, place),
        title=packs.label(row, place, "title"),
        checks_that=packs.label(row, place, "checks_that"),
        evaluation=evaluation,
        fields=fields,
        rules=rules,
        phase=phase,
        weeks=parse_weeks(row, place),
        is_waivable=is_waivable,
        must_pass=must_pass,
    )


def _parse_field(row: Row, place: str, lists: OptionLists) -> Field:
    field_type = reading.one_of(reading.member(row, "type", place), FIELD_TYPES, f"{place}.type")
    unit = reading.one_of(row["unit"], UNITS, f"{place}.unit") if "unit" in row else ""
    if unit and field_type != "number":
        raise MalformedInput(f"{place}.unit", "only a number has a unit")
    asked = Field(
        id=name(row, place),
        label=packs.label(row, place),
        type=field_type,
        required=packs.flag(row, "required", place, default=True),
        options=_field_options(row, place, field_type, lists),
        hint=packs.label(row, place, "hint") if "hint" in row else None,
        unit=unit,
        computed=_parse_computed(row, place),
        source=_parse_source(row, place, field_type),
        writes_back=packs.flag(row, "writes_back", place),
    )
    if asked.writes_back and asked.source not in WRITTEN_BACK:
        raise MalformedInput(f"{place}.writes_back", f"only these are written back: {', '.join(WRITTEN_BACK)}")
    if asked.computed is not None and asked.source:
        raise MalformedInput(f"{place}.source", "a computed answer comes from nowhere else")
    return asked


def _parse_source(row: Row, place: str, field_type: str) -> str:
    if "source" not in row:
        return ""
    source = reading.text(row["source"], f"{place}.source")
    if source.startswith(ANSWER_SOURCE):
        return source
    if source not in FACTS:
        known = f"{', '.join(sorted(FACTS))} and answer:<questionnaire>/<field>"
        raise MalformedInput(f"{place}.source", f"{reading.shown(source)} is not known; known are {known}")
    if FACTS[source] != field_type and not (FACTS[source] == "text" and field_type == "textarea"):
        raise MalformedInput(f"{place}.source", f"is of type {FACTS[source]}, the field of type {field_type}")
    return source


def _field_options(row: Row, place: str, field_type: str, lists: OptionLists) -> tuple[Option, ...]:
    if field_type not in CHOICE_TYPES:
        if "options" in row:
            raise MalformedInput(f"{place}.options", f"a field of type {field_type} has no options")
        return ()
    found = reading.member(row, "options", place)
    if isinstance(found, str):
        if found not in lists:
            raise MalformedInput(f"{place}.options", f"there is no list of options {reading.shown(found)}")
        return lists[found]
    return _options(row, "options", place)


def _options(row: Row, key: str, place: str) -> tuple[Option, ...]:
    options = tuple(
        Option(
            value=reading.text(reading.member(entry, "value", where), f"{where}.value").strip(),
            label=packs.label(entry, where),
            is_negative=packs.flag(entry, "is_negative", where),
        )
        for where, entry in packs.rows(row, key, place, known=("value", "label", "is_negative"))
    )
    packs.refuse_twins([option.value for option in options], reading.at(place, key), "value")
    return options


def _parse_computed(row: Row, place: str) -> Computed | None:
    if "computed" not in row:
        return None
    where = f"{place}.computed"
    found = reading.mapping(row["computed"], where)
    computation_name = reading.one_of(reading.member(found, "name", where), COMPUTATIONS, f"{where}.name")
    takes = COMPUTATIONS[computation_name].takes
    reading.mapping(found, where, known=("name", *takes))
    arguments: dict[str, str | int] = {}
    for argument, taken in takes.items():
        if taken is Takes.COUNT:
            arguments[argument] = packs.whole(found, argument, where)
        else:
            arguments[argument] = reading.text(reading.member(found, argument, where), f"{where}.{argument}")
    return Computed(name=computation_name, arguments=arguments)


def _check_computed(questionnaire: Questionnaire, place: str) -> None:
    """Every computed field reads answers that are asked in the same questionnaire, and can hold what comes out."""
    for number, section in enumerate(questionnaire.sections):
        for index, asked in enumerate(section.fields):
            if asked.computed is not None:
                _check_one_computed(questionnaire, asked, asked.computed, f"{place}.sections[{number}].fields[{index}]")
    if questionnaire.passing.pass_at_tier is not None and not any(
        asked.computed is not None and asked.computed.name == "partner_tier" for asked in questionnaire.fields
    ):
        raise MalformedInput(f"{place}.passing.pass_at_tier", "no field of the questionnaire computes partner_tier")


def _check_one_computed(questionnaire: Questionnaire, asked: Field, computed: Computed, place: str) -> None:
    computation = COMPUTATIONS[computed.name]
    for argument, takes in computation.takes.items():
        if takes is Takes.COUNT:
            continue
        read = questionnaire.field(str(computed.arguments[argument]))
        where = f"{place}.computed.{argument}"
        if read is None:
            raise MalformedInput(where, f"there is no field {reading.shown(computed.arguments[argument])}")
        if read.computed is not None or read.type != takes.value:
            raise MalformedInput(where, f"{read.id} is not a {takes.value} that is asked for")
    if computation.gives is Gives.NUMBER:
        fits = asked.type == "number"
    else:
        fits = {option.value for option in asked.options} == set(VALUES_GIVEN[computation.gives])
    if not fits:
        values = VALUES_GIVEN.get(computation.gives)
        wanted = f"a choice of {', '.join(values)}" if values else "a number"
        raise MalformedInput(place, f"{computed.name} gives {wanted}; the field cannot hold that")


def _parse_rule(row: Row, place: str, fields: Mapping[str, Field]) -> Rule:
    field_id = reading.text(reading.member(row, "field", place), f"{place}.field")
    if field_id not in fields:
        raise MalformedInput(f"{place}.field", f"there is no field {reading.shown(field_id)} in this section")
    asked = fields[field_id]
    operator = Operator(reading.one_of(reading.member(row, "operator", place), tuple(Operator), f"{place}.operator"))
    fitting = OPERATORS_OF[asked.type]
    if operator not in fitting:
        problem = f"does not fit a field of type {asked.type}; what fits is {', '.join(fitting)}"
        raise MalformedInput(f"{place}.operator", problem)
    return Rule(
        field=field_id,
        operator=operator.value,
        value=_rule_value(reading.member(row, "value", place), f"{place}.value", asked, operator),
        reason=packs.label(row, place, "reason"),
    )


def _rule_value(found: object, place: str, asked: Field, operator: Operator) -> RuleValue:
    if operator in (Operator.WITHIN_DAYS, Operator.WITHIN_MONTHS):
        return reading.count(found, place)
    if operator is not Operator.IN:
        return _one_value(found, place, asked)
    entries = reading.sequence(found, place)
    if not entries:
        raise MalformedInput(place, "must not be empty")
    if asked.type == "number":
        return tuple(reading.amount(entry, f"{place}[{index}]") for index, entry in enumerate(entries))
    return tuple(_one_text(entry, f"{place}[{index}]", asked) for index, entry in enumerate(entries))


def _one_value(found: object, place: str, asked: Field) -> RuleValue:
    if asked.type == "number":
        number = reading.amount(found, place)
        if number >= LARGEST_NUMBER:
            raise MalformedInput(place, f"must be below {LARGEST_NUMBER}, found {reading.shown(found)}")
        return number
    return reading.day(found, place) if asked.type == "date" else _one_text(found, place, asked)


def _one_text(found: object, place: str, asked: Field) -> str:
    if asked.type == "checkbox":
        return reading.one_of(found, TICKS, place)
    if asked.type in CHOICE_TYPES:
        return reading.one_of(found, [option.value for option in asked.options], place)
    return reading.text(found, place)


def _refuse_field_twins(sections: Sequence[Section], place: str) -> None:
    seen: set[str] = set()
    for number, section in enumerate(sections):
        for index, asked in enumerate(section.fields):
            if asked.id in seen:
                where = f"{place}.sections[{number}].fields[{index}].id"
                raise MalformedInput(where, f"{reading.shown(asked.id)} is there already")
            seen.add(asked.id)
