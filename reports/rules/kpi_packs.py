"""The pack `kpis`, as types: what each figure is, which reports there are (reports.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.choices import Role
from common import reading
from common.reading import MalformedInput
from health.rules.metric_packs import number
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label
from reports.rules.kpis import Direction, Target
from reports.rules.measures import MEASURES, Measure, Unit

SCOPES = ("kind", "stage", "segment", "tier", "engagement", "gemstone", "market")
"""What a target can be laid down for; criteria of the lists of organizations."""
_KPI = (
    *("id", "label", "measure", "unit", "direction", "owner", "formula"),
    *("numerator", "denominator", "anchor", "targets"),
)
_TARGET = ("value", "since", "strict", *SCOPES)
_REPORT = ("id", "label", "about", "kind", "launched", "sections")
_SECTION = ("label", "kpis")
KEYS = ("kpis", "reports", *dict.fromkeys((*_KPI, *_TARGET, *_REPORT, *_SECTION)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Kpi:
    """One figure. `numerator`, `denominator` and `anchor` say in words what is counted, of what, and by which moment a
    row belongs to a period; `owner` is the role that answers for it."""

    id: str
    label: Label
    measure: Measure
    unit: Unit
    direction: Direction
    owner: str
    formula: Label
    numerator: Label
    denominator: Label
    anchor: Label
    targets: tuple[Target, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Figures that are read together."""

    label: Label
    kpis: tuple[Kpi, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Sections of figures about organizations of one kind ("": of every kind), of launched ones alone if so."""

    id: str
    label: Label
    about: Label
    kind: str
    is_launched: bool
    sections: tuple[Section, ...]

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        return tuple(kpi for section in self.sections for kpi in section.kpis)


@dataclass(frozen=True, kw_only=True, slots=True)
class KpiPolicy:
    """The figures and reports in force, in the order of the pack."""

    version: int
    kpis: Mapping[str, Kpi]
    reports: Mapping[str, Report]


def parse_kpis(body: Body, *, version: int) -> KpiPolicy:
    """The pack `kpis`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("kpis", "reports"))
    found = [_kpi(row, place) for place, row in packs.rows(content, "kpis", known=_KPI)]
    packs.refuse_twins([kpi.id for kpi in found], "kpis", "id")
    kpis = {kpi.id: kpi for kpi in found}
    reports = [_report(row, place, kpis) for place, row in packs.rows(content, "reports", known=_REPORT)]
    packs.refuse_twins([report.id for report in reports], "reports", "id")
    return KpiPolicy(version=version, kpis=kpis, reports={report.id: report for report in reports})


def _kpi(row: packs.Row, place: str) -> Kpi:
    measure = MEASURES[reading.one_of(reading.member(row, "measure", place), MEASURES, f"{place}.measure")]
    units = sorted(unit.value for unit in measure.units)
    return Kpi(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        measure=measure,
        unit=Unit(reading.one_of(reading.member(row, "unit", place), units, f"{place}.unit")),
        direction=Direction(
            reading.one_of(reading.member(row, "direction", place), list(Direction), f"{place}.direction")
        ),
        owner=reading.one_of(reading.member(row, "owner", place), [role.value for role in Role], f"{place}.owner"),
        formula=packs.label(row, place, "formula"),
        numerator=packs.optional_label(row, place, "numerator"),
        denominator=packs.label(row, place, "denominator"),
        anchor=packs.label(row, place, "anchor"),
        targets=_targets(row, place),
    )


def _targets(row: packs.Row, place: str) -> tuple[Target, ...]:
    if "targets" not in row:
        return ()
    found: list[Target] = []
    for where, entry in packs.rows(row, "targets", place, known=_TARGET):
        target = Target(
            value=number(reading.member(entry, "value", where), f"{where}.value"),
            since=reading.day(reading.member(entry, "since", where), f"{where}.since"),
            is_strict=packs.flag(entry, "strict", where),
            scope={key: reading.text(entry[key], f"{where}.{key}") for key in SCOPES if key in entry},
        )
        if any(one.since == target.since and one.scope == target.scope for one in found):
            raise MalformedInput(where, "is laid down twice for the same scope and day")
        found.append(target)
    return tuple(found)


def _report(row: packs.Row, place: str, kpis: Mapping[str, Kpi]) -> Report:
    sections = tuple(
        _section(entry, where, kpis) for where, entry in packs.rows(row, "sections", place, known=_SECTION)
    )
    shown: set[str] = set()
    for index, section in enumerate(sections):
        if twins := sorted(shown.intersection(kpi.id for kpi in section.kpis)):
            raise MalformedInput(f"{place}.sections[{index}].kpis", f'"{twins[0]}" is in another section already')
        shown.update(kpi.id for kpi in section.kpis)
    kind = reading.one_of(row["kind"], ("partner", "customer"), f"{place}.kind") if "kind" in row else ""
    return Report(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        about=packs.label(row, place, "about"),
        kind=kind,
        is_launched=packs.flag(row, "launched", place),
        sections=sections,
    )


def _section(row: packs.Row, place: str, kpis: Mapping[str, Kpi]) -> Section:
    names = packs.words(row, "kpis", place, list(kpis))
    if not names:
        raise MalformedInput(f"{place}.kpis", "must not be empty")
    return Section(label=packs.label(row, place), kpis=tuple(kpis[name] for name in names))
