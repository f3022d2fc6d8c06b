"""The journeys as policy, as types: stages with gates, questionnaires, criteria, checklists (journey.md). Pure.

Ids are those of the pack. A `Label` is a text by language. Weeks count from 1, the first week being the one in which
the first stage that has weeks begins (Gate 1 for partners); days count from the day on which the stage itself begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from partners.rules.classification_packs import Label

NOTE_SUFFIX = "--note"
"""The note on an answer stands among the answers under the id of its field with this ending."""

FIELD_TYPES = ("text", "email", "date", "number", "select", "checkbox", "radio", "textarea")
CHOICE_TYPES = ("select", "radio")
EVALUATIONS = ("automatic", "manual")
UNITS = ("currency", "percent", "count")

RuleValue = str | Decimal | date | int | tuple[str, ...] | tuple[Decimal, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weeks:
    """Weeks of the journey, first and last included."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One answer to choose. A negative one ("No", "Partially") leaves a remark where no rule reads the field."""

    value: str
    label: Label
    is_negative: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Computed:
    """An answer that the hub works out: the name of a computation and what it reads (fields by id, figures)."""

    name: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One question.

    `source` names where the answer is known elsewhere ("organization.ccv", "contact.executive.name",
    "answer:<questionnaire>/<field>") or is empty; with `writes_back` the signed answer goes there at the decision.
    A computed field is never asked. `unit` is "currency" (of the organization), "percent", "count" (whole) or empty.
    """

    id: str
    label: Label
    type: str
    required: bool
    options: tuple[Option, ...] = ()
    hint: Label | None = None
    unit: str = ""
    computed: Computed | None = None
    source: str = ""
    writes_back: bool = False

    @property
    def note_id(self) -> str:
        """Where the note on a negative answer stands among the answers."""
        return f"{self.id}{NOTE_SUFFIX}"

    @property
    def negatives(self) -> frozenset[str]:
        """The values that leave a remark and need a note, unless a rule reads the field."""
        if self.computed is not None or not self.required:
            return frozenset()
        return frozenset(option.value for option in self.options if option.is_negative)

    def option_label(self, value: str) -> Label | None:
        """The words of an option; None if there is no such option."""
        return next((option.label for option in self.options if option.value == value), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What must hold of one answer for its section to pass, and what is said when it does not."""

    field: str
    operator: str
    value: RuleValue
    reason: Label


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of a questionnaire that passes or fails as one. A manual one is judged by a person."""

    id: str
    title: Label
    checks_that: Label
    evaluation: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    phase: str = ""
    weeks: Weeks | None = None
    is_waivable: bool = True
    must_pass: bool = False

    @property
    def is_manual(self) -> bool:
        """Whether a person judges it."""
        return self.evaluation == "manual"

    @property
    def fields_in_rules(self) -> frozenset[str]:
        """The fields that some rule reads."""
        return frozenset(rule.field for rule in self.rules)

    def field(self, field_id: str) -> Field | None:
        """The field of this id; None if the section has none."""
        return next((known for known in self.fields if known.id == field_id), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Passing:
    """When a questionnaire passes: `minimum` sections (None: all of them), and every section that must pass.

    A partner of tier `pass_at_tier` or a better one (a lower number) passes whatever the other sections say.
    """

    minimum: int | None = None
    pass_at_tier: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Questionnaire:
    """The questions of one gate."""

    id: str
    name: Label
    stage: str
    estimated_minutes: int
    sections: tuple[Section, ...]
    passing: Passing

    @property
    def minimum(self) -> int:
        """How many sections have to pass."""
        return len(self.sections) if self.passing.minimum is None else self.passing.minimum

    @property
    def fields(self) -> Iterator[Field]:
        """All fields, in order."""
        return (known for section in self.sections for known in section.fields)

    def section(self, section_id: str) -> Section | None:
        """The section of this id; None if there is none."""
        return next((section for section in self.sections if section.id == section_id), None)

    def field(self, field_id: str) -> Field | None:
        """The field of this id; None if there is none."""
        return next((known for known in self.fields if known.id == field_id), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """What must be true to leave a stage: shown by sections of its questionnaires, or by a fact that the hub knows."""

    id: str
    label: Label
    sections: tuple[str, ...] = ()
    fact: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    is_waivable: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ChecklistItem:
    """A task that a stage brings. Due at the end of a `week` of the journey, or `due_day` days after the stage began.

    `after` holds items of the same stage that come first. `is_shared` shows it to the organization in its portal.
    """

    id: str
    label: Label
    owner_role: str
    court: str
    hint: Label | None = None
    phase: str = ""
    week: int | None = None
    due_day: int | None = None
    after: tuple[str, ...] = ()
    needs_evidence: bool = False
    is_shared: bool = False
    is_required: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """A stretch of a stage."""

    id: str
    name: Label
    weeks: Weeks
    lead_role: str
    activities: tuple[Label, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyStage:
    """A stage and its gate. `signers` are the roles that sign, in order; `launches` says that its gate is the launch.

    `fallback_days` is how long the stage usually takes; None for the last one, which nobody leaves.
    """

    id: str
    label: Label
    purpose: Label
    lead_role: str
    fallback_days: int | None
    signers: tuple[str, ...] = ()
    weeks: Weeks | None = None
    questionnaires: tuple[Questionnaire, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    phases: tuple[Phase, ...] = ()
    phases_run_parallel: bool = False
    launches: bool = False

    @property
    def has_gate(self) -> bool:
        """Whether it is left at all: the last one is not."""
        return self.fallback_days is not None

    def section(self, section_id: str) -> Section | None:
        """The section of this id in any of its questionnaires; ids are unique within a stage."""
        found = (questionnaire.section(section_id) for questionnaire in self.questionnaires)
        return next((section for section in found if section is not None), None)

    def criterion(self, criterion_id: str) -> Criterion | None:
        """The criterion of this id; None if there is none."""
        return next((criterion for criterion in self.criteria if criterion.id == criterion_id), None)

    def item(self, item_id: str) -> ChecklistItem | None:
        """The checklist item of this id; None if there is none."""
        return next((item for item in self.checklist if item.id == item_id), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """The whole way of one kind of organization, in one version of its pack."""

    version: int
    kind: str
    stages: tuple[JourneyStage, ...]

    @property
    def questionnaires(self) -> Iterator[Questionnaire]:
        """All questionnaires, in the order of their stages."""
        return (questionnaire for stage in self.stages for questionnaire in stage.questionnaires)

    def stage(self, stage_id: str) -> JourneyStage:
        """The stage of this id. Raises KeyError."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)

    def next_stage(self, stage_id: str) -> JourneyStage | None:
        """The stage after this one; None after the last. Raises KeyError for a stage that is not of this journey."""
        position = self.stages.index(self.stage(stage_id)) + 1
        return self.stages[position] if position < len(self.stages) else None

    def questionnaire(self, questionnaire_id: str) -> Questionnaire:
        """The questionnaire of this id. Raises KeyError."""
        for questionnaire in self.questionnaires:
            if questionnaire.id == questionnaire_id:
                return questionnaire
        raise KeyError(questionnaire_id)
