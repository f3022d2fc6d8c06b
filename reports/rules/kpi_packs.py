"""The packs `kpis.<area>`, as types: what each figure is, which reports there are (reports.md). Pure.

Each pack is read by itself; `merged` makes of all of them what is in force. A report may show figures of other packs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.choices import Role
from common import reading
from common.reading import MalformedInput
from health.rules.metric_packs import number
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label
from reports.rules.kpis import Direction, Target
from reports.rules.measures import MEASURES, PERCENTILES, Measure, Unit
from reports.rules.periods import Span

SCOPES = ("report", "kind", "stage", "segment", "tier", "engagement", "gemstone", "market")
"""What a target can be laid down for: a report, and criteria of the lists of organizations."""
TABLES = ("failed_criteria", "volume")
"""What a report can list beside its figures."""
_KPI = (
    *("id", "label", "measure", "unit", "direction", "owner", "formula"),
    *("numerator", "denominator", "anchor", "targets"),
)
_TARGET = ("value", "at_most", "since", "strict", "span", *SCOPES)
_REPORT = ("id", "label", "about", "kind", "launched", "desk", "compact", "sections", "tables")
_SECTION = ("label", "kpis")
_SPANS = [span.value for span in Span]
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

    @property
    def sum_key(self) -> str:
        """By which its amount is found: percentiles of a measure have amounts of their own."""
        return f"{self.measure.id} {self.unit}" if self.unit in PERCENTILES else self.measure.id


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionPlan:
    """Names of figures that are read together."""

    label: Label
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPlan:
    """A report as its pack lays it down: its figures by their names, those of other packs too."""

    id: str
    label: Label
    about: Label
    kind: str
    is_launched: bool
    is_desk: bool
    is_compact: bool = False
    sections: tuple[SectionPlan, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class KpiPack:
    """One pack: figures by name, in their order, and reports."""

    version: int
    kpis: Mapping[str, Kpi]
    reports: tuple[ReportPlan, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Figures that are read together."""

    label: Label
    kpis: tuple[Kpi, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Sections of figures about organizations of one kind ("": of every kind), of launched ones alone if so.

    `is_desk`: not about organizations but about the tickets that its reader sees, of whatever organization or of none,
    and what hangs on them. `is_compact`: on one page, what misses its target first with since when. `tables` (of
    TABLES) are shown below the figures. `unknown` names the figures that no pack in force lays down.
    """

    id: str
    label: Label
    about: Label
    kind: str
    is_launched: bool
    is_desk: bool
    is_compact: bool = False
    sections: tuple[Section, ...]
    unknown: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        return tuple(kpi for section in self.sections for kpi in section.kpis)


@dataclass(frozen=True, kw_only=True, slots=True)
class KpiPolicy:
    """The figures and reports in force, in the order of the packs' names and of each pack."""

    kpis: Mapping[str, Kpi]
    reports: Mapping[str, Report]


def parse_kpis(body: Body, *, version: int) -> KpiPack:
    """A pack `kpis.<area>`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("kpis", "reports"))
    # A report of figures that other packs lay down needs none of its own.
    rows = packs.rows(content, "kpis", known=_KPI) if "kpis" in content else ()
    found = [_kpi(row, place) for place, row in rows]
    packs.refuse_twins([kpi.id for kpi in found], "kpis", "id")
    reports = [_report(row, place) for place, row in packs.rows(content, "reports", known=_REPORT)]
    packs.refuse_twins([report.id for report in reports], "reports", "id")
    return KpiPack(version=version, kpis={kpi.id: kpi for kpi in found}, reports=tuple(reports))


def merged(found: Iterable[KpiPack]) -> KpiPolicy:
    """What holds of these packs together; of a figure or report that two lay down, the one of the first pack."""
    kpis: dict[str, Kpi] = {}
    plans: dict[str, ReportPlan] = {}
    for pack in found:
        for name, kpi in pack.kpis.items():
            kpis.setdefault(name, kpi)
        for plan in pack.reports:
            plans.setdefault(plan.id, plan)
    return KpiPolicy(kpis=kpis, reports={name: _filled(plan, kpis) for name, plan in plans.items()})


def _filled(plan: ReportPlan, kpis: Mapping[str, Kpi]) -> Report:
    sections = [
        Section(label=section.label, kpis=tuple(kpis[name] for name in section.names if name in kpis))
        for section in plan.sections
    ]
    return Report(
        id=plan.id,
        label=plan.label,
        about=plan.about,
        kind=plan.kind,
        is_launched=plan.is_launched,
        is_desk=plan.is_desk,
        is_compact=plan.is_compact,
        sections=tuple(section for section in sections if section.kpis),
        tables=plan.tables,
        unknown=tuple(name for section in plan.sections for name in section.names if name not in kpis),
    )


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
            at_most=number(entry["at_most"], f"{where}.at_most") if "at_most" in entry else None,
            span=Span(reading.one_of(entry["span"], _SPANS, f"{where}.span")) if "span" in entry else None,
        )
        if target.at_most is not None and (target.at_most <= target.value or target.is_strict):
            raise MalformedInput(f"{where}.at_most", "must be more than value, of a target that is not strict")
        if any((one.since, one.scope, one.span) == (target.since, target.scope, target.span) for one in found):
            raise MalformedInput(where, "is laid down twice for the same scope and day")
        found.append(target)
    return tuple(found)


def _report(row: packs.Row, place: str) -> ReportPlan:
    sections = tuple(_section(entry, where) for where, entry in packs.rows(row, "sections", place, known=_SECTION))
    shown: set[str] = set()
    for index, section in enumerate(sections):
        if twins := sorted(shown.intersection(section.names)):
            raise MalformedInput(f"{place}.sections[{index}].kpis", f'"{twins[0]}" is in another section already')
        shown.update(section.names)
    kind = reading.one_of(row["kind"], ("partner", "customer"), f"{place}.kind") if "kind" in row else ""
    return ReportPlan(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        about=packs.label(row, place, "about"),
        kind=kind,
        is_launched=packs.flag(row, "launched", place),
        is_desk=packs.flag(row, "desk", place),
        is_compact=packs.flag(row, "compact", place),
        sections=sections,
        tables=_tables(row, place),
    )


def _tables(row: packs.Row, place: str) -> tuple[str, ...]:
    where = f"{place}.tables"
    listed = reading.sequence(row.get("tables", []), where)
    names = tuple(reading.one_of(entry, TABLES, f"{where}[{index}]") for index, entry in enumerate(listed))
    packs.refuse_twins(names, where)
    return names


def _section(row: packs.Row, place: str) -> SectionPlan:
    where = f"{place}.kpis"
    listed = reading.sequence(reading.member(row, "kpis", place), where)
    names = tuple(reading.text(entry, f"{where}[{index}]") for index, entry in enumerate(listed))
    if not names:
        raise MalformedInput(where, "must not be empty")
    packs.refuse_twins(names, where)
    return SectionPlan(label=packs.label(row, place), names=names)
