"""A report as its page, its file and its API show it: one reading of scope, period and figures for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils.timezone import get_default_timezone, get_default_timezone_name, localdate
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.document import Chart, Series
from common.export import ExportColumn
from common.export_files import Copy
from common.listing import ListQuery
from common.past import PastDay
from common.templatetags.format import spell_day, spell_percent
from health.policies import words_of
from partners import filters
from partners.choices import Stage
from partners.rules.classification_packs import Label
from partners.selectors.past import AS_OF, PastBanner, asked_past
from reports import words
from reports.choices import DESK_CRITERIA
from reports.forms.reports import BY, CRITERION, PERIOD, asked_period
from reports.period_words import period_name
from reports.rules.kpi_packs import Kpi, Report
from reports.rules.kpis import target_for, value
from reports.rules.measures import Unit
from reports.rules.periods import RELATIVE, Period, Span
from reports.selectors.breakdown import DIMENSIONS, Part, parts_of
from reports.selectors.failed_criteria import MEASURE as FAILED
from reports.selectors.failed_criteria import FailedCriterion, failed_criteria
from reports.selectors.figures import Figure, Moment, figures
from reports.selectors.journey_titles import criterion_in_words, stages_in_force
from reports.selectors.row_stream import Values, all_rows, copied_rows
from reports.selectors.rows import Months, Row, RowPage, figure_with_trend, rows_behind, trend
from reports.selectors.scope import ReportScope
from tickets import filters as ticket_filters

MonthsInWords = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A figure in words."""

    key: str
    label: str
    value: str
    before: str
    change: str
    change_tone: str
    arrow: str
    target: str
    target_word: str
    target_tone: str
    sample: str
    formula: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """Lines that are read together."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class OpenReport:
    """A report in the hands of its reader; nothing but the rates is read yet.

    `moment` is when its figures hold: now, or the end of the day `past`.
    """

    actor: Actor
    report: Report
    query: ListQuery
    period: Period
    problem: str
    moment: Moment
    now: datetime
    past: PastDay | None = None
    past_problem: str = ""

    @cached_property
    def scope(self) -> ReportScope:
        query = self.narrowed.without(PERIOD, BY, AS_OF, CRITERION)
        wanted: Any = {"actor": self.actor, "report": self.report, "query": query, "now": self.now}
        return ReportScope(criterion=self.criterion, **wanted)

    @property
    def criterion(self) -> str:
        """The gate and the section of it whose failures alone are asked for; nothing where none is, or none is meant.

        Of the figure that lists failed criteria: no other one knows of it.
        """
        asked = self.query.get(CRITERION)
        return asked if asked.partition(":")[0] in Stage.values else ""

    @cached_property
    def narrowed(self) -> ListQuery:
        """The address with what is understood of it."""
        if self.report.is_desk:
            asked = ListQuery(tuple(pair for pair in self.query.pairs if pair[0] in (PERIOD, AS_OF, *DESK_CRITERIA)))
            return ticket_filters.understood(asked)[0]
        return filters.understood(self.query)[0]

    @cached_property
    def figures(self) -> Sequence[Figure]:
        return figures(self.scope, self.report.kpis, self.period, self.moment)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        found = {figure.kpi.id: figure for figure in self.figures}
        return tuple(
            Block(label=text(section.label), lines=tuple(self._line(found[kpi.id]) for kpi in section.kpis))
            for section in self.report.sections
        )

    @property
    def missed(self) -> tuple[Line, ...]:
        """What is to be looked at first: figures that miss their target."""
        found = (line for block in self.blocks for line in block.lines if line.target_tone == "danger")
        return () if self.is_empty else tuple(found)

    @cached_property
    def is_empty(self) -> bool:
        """Whether its reader opens no organization of it: nothing of it is a miss of theirs. A statement, if so."""
        if self.report.is_desk or any(figure.amount.denominator for figure in self.figures):
            return False
        return not self.scope.organizations.exists()

    @cached_property
    def failed_criteria(self) -> tuple[FailedCriterion, ...] | None:
        """None where the report does not list them."""
        if "failed_criteria" not in self.report.tables:
            return None
        return failed_criteria(self.scope, self.period, self.moment)

    def of_figure(self, kpi: Kpi) -> OpenReport:
        """The same for one of its figures: none but that of failed criteria is narrowed to one of them."""
        return self if kpi.measure.id == FAILED else replace(self, query=self.query.without(CRITERION))

    def chips(self, path: str, names: Any) -> Sequence[Any]:
        """What the report is narrowed to, each with the address without it; `names` of what is known by a key."""
        if self.report.is_desk:
            return ticket_filters.active_filters(self.narrowed, path, names=names)
        chips = filters.active_filters(self.narrowed, path, names=names)
        if self.criterion:
            stage, _mark, section = self.criterion.partition(":")
            word = criterion_in_words(stages_in_force(), stage, f"section:{section}")
            url = self.query.without(CRITERION).on(path)
            chips.append(filters.ActiveFilter(label=_("Criterion"), word=word, url=url))
        return chips

    def criterion_url(self, one: FailedCriterion) -> str:
        """The rows of a failed criterion; nothing in a report that does not show their figure."""
        kpi = next((kpi for kpi in self.report.kpis if kpi.measure.id == FAILED), None)
        if kpi is None:
            return ""
        path = reverse("reports:figure", args=[self.report.id, kpi.id])
        return self.query.changed(**{CRITERION: one.key}).on(path)

    @property
    def zone(self) -> str:
        return get_default_timezone_name()

    @property
    def period_key(self) -> str:
        """The period as it was asked for: a relative one stays so."""
        asked = self.query.get(PERIOD)
        return asked if asked in RELATIVE else self.period.key

    @property
    def period_words(self) -> str:
        """What a file says that it is of: the period, and the past day at whose end it was read."""
        name = period_name(self.period)
        if self.past is None:
            return name
        return _("%(period)s as of %(day)s") % {"period": name, "day": spell_day(self.past.day)}

    @property
    def stem(self) -> str:
        """The same for the name of a file."""
        return f"{self.period.key} as of {self.past.day.isoformat()}" if self.past else self.period.key

    @property
    def last_day(self) -> date:
        """The latest day that a report may be of."""
        return localdate(self.now, get_default_timezone())

    def past_banner(self, path: str) -> PastBanner:
        """What a page of it says about the day that was asked for."""
        return PastBanner(past=self.past, problem=self.past_problem, present_url=self.query.without(AS_OF).on(path))

    @property
    def is_over(self) -> bool:
        return self.period.is_over(self.moment.today)

    def rows(self, kpi: Kpi, *, cursor: str = "", most: int = 50) -> RowPage:
        return rows_behind(self.scope, kpi, self.period, self.moment, cursor=cursor, most=most)

    def values(self, kpi: Kpi) -> Iterator[Values]:
        """All rows of a figure for a file, however many; times in the unit of the figure."""
        return all_rows(self.scope, kpi, self.period, self.moment, seconds=words.seconds_in(kpi.unit))

    def copy(self, kpi: Kpi) -> Copy | None:
        """The same as lines of CSV, where the database can write them itself."""
        return copied_rows(self.scope, kpi, self.period, self.moment, seconds=words.seconds_in(kpi.unit))

    def line_with_chart(self, kpi: Kpi) -> tuple[Line, Chart, MonthsInWords]:
        """One figure alone, and as `chart` shows it. One statement."""
        figure, months = figure_with_trend(self.scope, kpi, self.period, self.moment)
        return self._line(figure), *self._chart(kpi, months)

    def chart(self, kpi: Kpi) -> tuple[Chart, MonthsInWords]:
        """The twelve months as a chart, with the target as a line, and as the table behind it. One statement."""
        return self._chart(kpi, trend(self.scope, kpi, self.period, self.moment))

    def _chart(self, kpi: Kpi, months: Months) -> tuple[Chart, MonthsInWords]:
        values = [(period_name(month), value(amount, kpi.unit)) for month, amount in months]
        series = [Series(name=text(kpi.label), values=tuple(found for _name, found in values))]
        target = target_for(kpi.targets, on=self.period.last, scope=self.scope.words, span=Span.MONTH)
        if target is not None:
            series.append(Series(name=_("Target"), values=(target.value,) * len(values), tone="warn"))
        if target is not None and target.at_most is not None:
            series.append(Series(name=_("Target up to"), values=(target.at_most,) * len(values), tone="warn"))
        chart = Chart(
            kind="line",
            title=text(kpi.label),
            labels=tuple(f"{month.first:%m/%y}" for month, _amount in months),
            series=tuple(series),
            unit="%" if kpi.unit is Unit.PERCENT else "",
        )
        return chart, tuple((name, self.spell(found, kpi)) for name, found in values)

    @property
    def by(self) -> str:
        """What figures are broken down by: what was asked for, owners of partners or segments without it."""
        asked = self.query.get(BY)
        return asked if asked in DIMENSIONS else "segment" if self.report.kind == "customer" else "owner"

    def parts(self, kpi: Kpi) -> tuple[Part, ...]:
        return parts_of(self.scope, kpi, self.period, self.moment, self.by)

    def spell(self, found: Decimal | None, kpi: Kpi) -> str:
        return words.spell(found, kpi.unit, self.moment.currency)

    def url(self, name: str, *parts: str) -> str:
        return self.query.on(reverse(f"reports:{name}", args=[self.report.id, *parts]))

    def _line(self, figure: Figure) -> Line:
        kpi, currency = figure.kpi, self.moment.currency
        return Line(
            key=kpi.id,
            label=text(kpi.label),
            value=self.spell(figure.value, kpi),
            before=self.spell(figure.before, kpi),
            change=words.spell_change(figure, currency),
            change_tone=words.tone(figure.to_before),
            arrow=words.arrow(figure),
            target=words.spell_target(figure.target, kpi.direction, kpi.unit, currency),
            target_word=words.target_word(figure.to_target),
            target_tone=words.tone(figure.to_target),
            sample=words.small_sample(figure),
            formula=text(kpi.formula),
            url=self.url("figure", kpi.id),
        )


def open_report(actor: Actor, report: Report, query: ListQuery, *, now: datetime) -> OpenReport:
    """The report of a query string for a reader, at the end of the past day that it names, or now.

    One statement, for the rates of that day where it has figures of a pack; one more for a past day.
    """
    past, past_problem = asked_past(actor, query.get(AS_OF), now=now)
    at = past.last if past else now
    moment = Moment.of(at) if report.sections else Moment.without_rates(at)
    moment = replace(moment, is_past=past is not None)
    period, problem = asked_period(query, moment.today)
    return OpenReport(
        actor=actor,
        report=report,
        query=query if past else query.without(AS_OF),
        period=period,
        problem=problem,
        moment=moment,
        now=now,
        past=past,
        past_problem=past_problem,
    )


def text(label: Label) -> str:
    """A text of the pack in the reader's language; nothing where the pack says nothing."""
    return words_of(label) if label else ""


def figure_columns(opened: OpenReport) -> list[ExportColumn]:
    """The columns of a report's file: numbers as numbers, so that a spreadsheet reads them."""
    period, before = opened.period_words, period_name(opened.period.previous())
    return [
        ExportColumn(label=_("Figure"), value=lambda figure: text(figure.kpi.label)),
        ExportColumn(label=_("Unit"), value=lambda figure: figure.kpi.unit.value),
        ExportColumn(label=period, value=lambda figure: figure.value),
        ExportColumn(label=before, value=lambda figure: figure.before),
        ExportColumn(label=_("Target"), value=lambda figure: figure.target.value if figure.target else None),
        ExportColumn(label=_("Target up to"), value=lambda figure: figure.target.at_most if figure.target else None),
        ExportColumn(label=_("To target"), value=lambda figure: words.target_word(figure.to_target)),
        ExportColumn(label=_("Counted"), value=_counted_in),
        ExportColumn(label=_("Of"), value=lambda figure: figure.amount.denominator),
        ExportColumn(label=_("Formula"), value=lambda figure: text(figure.kpi.formula)),
    ]


def _counted_in(figure: Figure) -> Decimal:
    """What was counted, times in hours or days."""
    return figure.amount.numerator / words.seconds_in(figure.kpi.unit)


def row_columns(kpi: Kpi) -> list[ExportColumn]:
    """The columns of the file of a figure's rows, as `OpenReport.values` gives them."""
    columns = [
        ExportColumn(label=_("Day"), value=itemgetter(0), is_plain=True),
        ExportColumn(label=_("Organization"), value=itemgetter(1)),
        ExportColumn(label=_("About"), value=itemgetter(2)),
    ]
    if kpi.unit in (Unit.COUNT, Unit.NPS):
        return columns
    return [
        *columns,
        ExportColumn(label=_("Counted"), value=itemgetter(3), is_plain=True),
        ExportColumn(label=_("Of"), value=itemgetter(4), is_plain=True),
    ]


def counted(row: Row, kpi: Kpi, currency: str) -> str:
    """What a row brings to its figure, in words."""
    if row.numerator is None:
        return _("No rate")
    match kpi.unit:
        case Unit.PERCENT if kpi.measure.is_of_shares and kpi.measure.is_commercial:
            return " / ".join(words.spell(found, Unit.MONEY, currency) for found in (row.numerator, row.denominator))
        case Unit.PERCENT if kpi.measure.is_of_shares:
            return spell_percent(row.numerator, 1)
        case Unit.PERCENT if row.denominator == 1:
            return _("Yes") if row.numerator else _("No")
        case Unit.PERCENT:
            return f"{words.plain(row.numerator)} / {words.plain(row.denominator)}"
        case Unit.COUNT | Unit.NPS:
            return ""
    return words.spell(row.numerator / words.seconds_in(kpi.unit), kpi.unit, currency)
