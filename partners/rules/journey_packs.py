"""The journey packs, `partner_journey` and `customer_journey`: from YAML to a Journey that can be walked. Pure.

Refused with their place are unknown entries, names that nothing bears, what is there twice, what waits for itself, and
what can never be reached. Whether signers may sign is the access policy's word and asked when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.choices import STAGES_BY_KIND
from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules import questionnaire_packs
from partners.rules.classification_packs import Body, parse_label
from partners.rules.journeys import (
    ChecklistItem,
    Criterion,
    Journey,
    JourneyStage,
    Phase,
    Questionnaire,
    Section,
    Weeks,
)
from partners.rules.pack_reading import Row

_STAGE_KEYS = (
    "id",
    "label",
    "purpose",
    "lead_role",
    "signers",
    "fallback_days",
    "weeks",
    "launches",
    "questionnaires",
    "phases_run_parallel",
    "phases",
    "criteria",
    "checklist",
)
_QUESTIONNAIRE_KEYS = ("id", "name", "stage", "estimated_minutes", "passing", "sections")
_ITEM_KEYS = (
    "id",
    "label",
    "hint",
    "phase",
    "owner_role",
    "court",
    "week",
    "due_day",
    "after",
    "needs_evidence",
    "is_shared",
    "is_required",
)
_GATE_KEYS = ("questionnaires", "criteria", "signers", "fallback_days")
MAX_DUE_DAY = 730

KEYS = (
    "options",
    "stages",
    "questionnaires",
    *_STAGE_KEYS,
    *_QUESTIONNAIRE_KEYS,
    "title",
    "checks_that",
    "evaluation",
    *_ITEM_KEYS,
    "type",
    "required",
    "value",
    "en",
    "de",
    "rules",
    "fields",
)
"""The order in which a journey pack is written."""


def parse_partner_journey(body: Body, *, version: int) -> Journey:
    """The pack `partner_journey`."""
    return _parse_journey(body, version=version, kind="partner")


def parse_customer_journey(body: Body, *, version: int) -> Journey:
    """The pack `customer_journey`."""
    return _parse_journey(body, version=version, kind="customer")


def _parse_journey(body: Body, *, version: int, kind: str) -> Journey:
    content = reading.mapping(body, "", known=("options", "stages", "questionnaires"))
    order = tuple(str(stage) for stage in STAGES_BY_KIND[kind])
    rows = tuple(packs.rows(content, "stages", known=_STAGE_KEYS))
    _check_order(rows, order)
    questionnaires = _parse_questionnaires(content, order)
    stages = tuple(
        _parse_stage(row, place, questionnaires, is_last=index == len(order) - 1)
        for index, (place, row) in enumerate(rows)
    )
    _refuse_twins_across(stages)
    _check_asked(stages, questionnaires)
    launching = [index for index, stage in enumerate(stages) if stage.launches]
    if len(launching) != 1:
        raise MalformedInput("stages", f"exactly one stage has the launch for its gate, found {len(launching)}")
    return Journey(version=version, kind=kind, stages=stages)


def _check_order(rows: Sequence[tuple[str, Row]], order: Sequence[str]) -> None:
    """The stages are those of the kind, all of them, in their order."""
    for index, (place, row) in enumerate(rows):
        found = reading.member(row, "id", place)
        if index >= len(order):
            raise MalformedInput(f"{place}.id", f"the journey ends with {order[-1]}, found {reading.shown(found)}")
        if found != order[index]:
            raise MalformedInput(f"{place}.id", reading.expected(f"the stage {order[index]}", found))
    if len(rows) < len(order):
        raise MalformedInput("stages", f"{', '.join(order[len(rows) :])} missing at the end")


def _parse_questionnaires(content: Row, order: Sequence[str]) -> tuple[Questionnaire, ...]:
    if "questionnaires" not in content:
        return ()
    lists = questionnaire_packs.parse_option_lists(content)
    questionnaires = tuple(
        questionnaire_packs.parse_questionnaire(row, place, stages=order, lists=lists)
        for place, row in packs.rows(content, "questionnaires", known=_QUESTIONNAIRE_KEYS)
    )
    packs.refuse_twins([questionnaire.id for questionnaire in questionnaires], "questionnaires", "id")
    questionnaire_packs.check_sources(questionnaires, order)
    return questionnaires


def _parse_stage(row: Row, place: str, known: Sequence[Questionnaire], *, is_last: bool) -> JourneyStage:
    if is_last:
        _refuse_gate(row, place)
    weeks = questionnaire_packs.parse_weeks(row, place)
    is_parallel = packs.flag(row, "phases_run_parallel", place)
    phases = _parse_phases(row, place, weeks, is_parallel=is_parallel)
    asked = _stage_questionnaires(row, place, known, phases)
    return JourneyStage(
        id=reading.text(row["id"], f"{place}.id"),
        label=packs.label(row, place),
        purpose=packs.label(row, place, "purpose"),
        lead_role=_role(row, place, "lead_role"),
        fallback_days=None if is_last else packs.whole(row, "fallback_days", place, least=1),
        signers=packs.words(row, "signers", place, packs.ROLES),
        weeks=weeks,
        questionnaires=asked,
        criteria=_parse_criteria(row, place, asked),
        checklist=_parse_checklist(row, place, weeks, phases),
        phases=phases,
        phases_run_parallel=is_parallel,
        launches=packs.flag(row, "launches", place),
    )


def _refuse_gate(row: Row, place: str) -> None:
    for key in _GATE_KEYS:
        if row.get(key):
            raise MalformedInput(f"{place}.{key}", "nobody leaves the last stage: it has no gate")
    if row.get("launches"):
        raise MalformedInput(f"{place}.launches", "nobody leaves the last stage: its gate cannot be the launch")


def _stage_questionnaires(
    row: Row, place: str, known: Sequence[Questionnaire], phases: Sequence[Phase]
) -> tuple[Questionnaire, ...]:
    """The questionnaires that a stage names, their sections placed in its phases."""
    found: list[Questionnaire] = []
    names = packs.names(row, "questionnaires", place)
    for index, questionnaire_id in enumerate(names):
        where = f"{place}.questionnaires[{index}]"
        position = next((number for number, one in enumerate(known) if one.id == questionnaire_id), None)
        if position is None:
            raise MalformedInput(where, f"there is no questionnaire {reading.shown(questionnaire_id)}")
        if known[position].stage != row["id"]:
            raise MalformedInput(where, f"{questionnaire_id} belongs to the stage {known[position].stage}")
        found.append(_placed(known[position], f"questionnaires[{position}]", phases))
    seen: dict[str, str] = {}
    for index, questionnaire in enumerate(found):
        for section in questionnaire.sections:
            if section.id in seen:
                problem = f"the section {section.id} is in {seen[section.id]} of the same stage already"
                raise MalformedInput(f"{place}.questionnaires[{index}]", problem)
            seen[section.id] = questionnaire.id
    return tuple(found)


def _placed(questionnaire: Questionnaire, place: str, phases: Sequence[Phase]) -> Questionnaire:
    """The questionnaire with every section in the weeks of its phase, unless it says its own."""
    by_id = {phase.id: phase for phase in phases}
    sections = []
    for number, section in enumerate(questionnaire.sections):
        where = f"{place}.sections[{number}]"
        if section.phase and section.phase not in by_id:
            problem = f"{questionnaire.stage} has no phase {reading.shown(section.phase)}; nobody reaches the section"
            raise MalformedInput(f"{where}.phase", problem)
        sections.append(_in_weeks(section, by_id.get(section.phase), where))
    return replace(questionnaire, sections=tuple(sections))


def _in_weeks(section: Section, phase: Phase | None, place: str) -> Section:
    if phase is None:
        return section
    weeks = section.weeks or phase.weeks
    if weeks.first < phase.weeks.first or weeks.last > phase.weeks.last:
        problem = f"must lie in the weeks of phase {phase.id}, {phase.weeks.first} to {phase.weeks.last}"
        raise MalformedInput(f"{place}.weeks", problem)
    return replace(section, weeks=weeks)


def _check_asked(stages: Sequence[JourneyStage], questionnaires: Sequence[Questionnaire]) -> None:
    asked = {questionnaire.id for stage in stages for questionnaire in stage.questionnaires}
    for index, questionnaire in enumerate(questionnaires):
        if questionnaire.id not in asked:
            raise MalformedInput(f"questionnaires[{index}].id", f"no stage asks for {questionnaire.id}")
    for index, stage in enumerate(stages):
        if stage.signers and not stage.questionnaires:
            # A signature stands under a questionnaire: without one the gate could never be signed, nor decided.
            problem = "nothing is signed at a gate that asks for no questionnaire"
            raise MalformedInput(f"stages[{index}].signers", problem)


def _parse_phases(row: Row, place: str, weeks: Weeks | None, *, is_parallel: bool) -> tuple[Phase, ...]:
    if "phases" not in row:
        return ()
    phases: list[Phase] = []
    for where, entry in packs.rows(row, "phases", place, known=("id", "name", "weeks", "lead_role", "activities")):
        if weeks is None:
            raise MalformedInput(where, "a stage with phases says its weeks")
        reading.member(entry, "weeks", where)
        own = questionnaire_packs.parse_weeks(entry, where, within=weeks) or weeks
        if phases and not is_parallel and own.first < phases[-1].weeks.first:
            raise MalformedInput(f"{where}.weeks.first", f"begins before {phases[-1].id}, which comes first")
        activities = packs.listed(entry, "activities", where) if "activities" in entry else ()
        phases.append(
            Phase(
                id=reading.text(reading.member(entry, "id", where), f"{where}.id"),
                name=packs.label(entry, where, "name"),
                weeks=own,
                lead_role=_role(entry, where, "lead_role"),
                activities=tuple(
                    parse_label(activity, f"{where}.activities[{index}]") for index, activity in enumerate(activities)
                ),
            )
        )
    packs.refuse_twins([phase.id for phase in phases], f"{place}.phases", "id")
    return tuple(phases)


def _parse_criteria(row: Row, place: str, asked: Sequence[Questionnaire]) -> tuple[Criterion, ...]:
    if not row.get("criteria"):
        return ()
    sections = [section.id for questionnaire in asked for section in questionnaire.sections]
    known = ("id", "label", "sections", "fact", "params", "is_waivable")
    criteria = tuple(
        _parse_criterion(entry, where, sections) for where, entry in packs.rows(row, "criteria", place, known=known)
    )
    packs.refuse_twins([criterion.id for criterion in criteria], f"{place}.criteria", "id")
    for index, criterion in enumerate(criteria):
        if criterion.id in sections:
            raise MalformedInput(f"{place}.criteria[{index}].id", "a section of this stage bears the same name")
    return criteria


def _parse_criterion(row: Row, place: str, sections: Sequence[str]) -> Criterion:
    fact = packs.identifier(row, place, "fact") if "fact" in row else ""
    shown_by = packs.words(row, "sections", place, sections)
    if bool(fact) == bool(shown_by):
        raise MalformedInput(place, "is shown either by sections or by a fact")
    if not fact and "params" in row:
        raise MalformedInput(f"{place}.params", "only a fact takes parameters")
    if not fact and "is_waivable" in row:
        raise MalformedInput(f"{place}.is_waivable", "it is the sections that are waived")
    params: Mapping[str, Any] = reading.mapping(row["params"], f"{place}.params") if "params" in row else {}
    return Criterion(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        sections=shown_by,
        fact=fact,
        params=dict(params),
        is_waivable=packs.flag(row, "is_waivable", place, default=True) and bool(fact),
    )


def _parse_checklist(row: Row, place: str, weeks: Weeks | None, phases: Sequence[Phase]) -> tuple[ChecklistItem, ...]:
    if not row.get("checklist"):
        return ()
    where = f"{place}.checklist"
    items = tuple(
        _parse_item(entry, spot, weeks, phases) for spot, entry in packs.rows(row, "checklist", place, known=_ITEM_KEYS)
    )
    packs.refuse_twins([item.id for item in items], where, "id")
    packs.check_order({item.id: item.after for item in items}, where)
    first_week = weeks.first if weeks else 1
    due = {item.id: _due_day(item, first_week) for item in items}
    for index, item in enumerate(items):
        late = next((name for name in item.after if due[name] > due[item.id]), None)
        if late:
            raise MalformedInput(f"{where}[{index}]", f"is due before {late}, which it waits for")
    return items


def _due_day(item: ChecklistItem, first_week: int) -> int:
    """Days from the begin of the stage, for comparing the items of one stage."""
    return item.due_day if item.week is None and item.due_day is not None else ((item.week or 0) - first_week) * 7 + 6


def _parse_item(row: Row, place: str, weeks: Weeks | None, phases: Sequence[Phase]) -> ChecklistItem:
    item = ChecklistItem(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        hint=packs.label(row, place, "hint") if "hint" in row else None,
        phase=_phase(row, place, phases),
        owner_role=_role(row, place, "owner_role"),
        court=reading.one_of(reading.member(row, "court", place), packs.COURTS, f"{place}.court"),
        week=packs.optional_whole(row, "week", place, least=1),
        due_day=packs.optional_whole(row, "due_day", place),
        after=packs.names(row, "after", place),
        needs_evidence=packs.flag(row, "needs_evidence", place),
        is_shared=packs.flag(row, "is_shared", place),
        is_required=packs.flag(row, "is_required", place, default=True),
    )
    if (item.week is None) == (item.due_day is None):
        raise MalformedInput(place, "is due in a week or on a day after the stage began: give one of week and due_day")
    if item.due_day is not None and item.due_day > MAX_DUE_DAY:
        raise MalformedInput(f"{place}.due_day", f"must not be above {MAX_DUE_DAY}, found {item.due_day}")
    if item.week is not None:
        phase = next((phase for phase in phases if phase.id == item.phase), None)
        span = phase.weeks if phase else weeks
        if span is None or not span.first <= item.week <= span.last:
            around = f"the weeks {span.first} to {span.last}" if span else "a stage that has weeks"
            raise MalformedInput(f"{place}.week", f"must lie in {around}, found {item.week}")
    if item.court == "partner" and not item.is_shared:
        raise MalformedInput(f"{place}.is_shared", "what the other side has to do is shared with it")
    return item


def _phase(row: Row, place: str, phases: Sequence[Phase]) -> str:
    if "phase" not in row:
        return ""
    return reading.one_of(row["phase"], [phase.id for phase in phases], f"{place}.phase")


def _role(row: Row, place: str, key: str) -> str:
    return reading.one_of(reading.member(row, key, place), packs.ROLES, f"{place}.{key}")


def _refuse_twins_across(stages: Sequence[JourneyStage]) -> None:
    """Checklist items bear one name in the whole journey: tasks keep it."""
    seen: dict[str, str] = {}
    for number, stage in enumerate(stages):
        for index, item in enumerate(stage.checklist):
            if item.id in seen:
                problem = f"{reading.shown(item.id)} is in {seen[item.id]} already"
                raise MalformedInput(f"stages[{number}].checklist[{index}].id", problem)
            seen[item.id] = stage.id
