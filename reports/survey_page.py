"""What the pages of survey reports show: figures with their intervals, the spread of scores, parts of the circle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.document import Chart, Series
from common.export import ExportColumn
from common.templatetags.format import spell_number, spell_percent
from partners.choices import ArrSegment, OrganizationKind, Stage
from partners.rules.nps import LEAST_IN_GROUP
from partners.survey_choices import SurveyChannel
from reports import words
from reports.period_words import period_name
from reports.policies import policy_in_force
from reports.report_page import OpenReport
from reports.rules.kpi_packs import Kpi
from reports.rules.kpis import Direction, Target, against_before, against_target, target_for
from reports.rules.measures import Unit
from reports.rules.periods import Period, months_until
from reports.rules.survey_figures import Answers, shown_parts
from reports.rules.survey_files import Scale
from reports.selectors.survey_report import (
    BY,
    ELSEWHERE,
    AnswerRow,
    Days,
    Part,
    answers_by_day,
    answers_of,
    asked_in,
    elsewhere,
    parts_of,
)

MONTHS = 12
DEFINITION = gettext_lazy(
    "Satisfied is the share of 4 and 5 of all answers, NPS percent of 9 and 10 minus percent of 0 to 6. An answer"
    " belongs to the day on which it came, a rate to those asked in the period. Who did not answer, and scores off the"
    " scale, enter no figure. Of recommending, parts and months with fewer than five answers are not shown, nor as many"
    " of the smallest others as keep what is hidden at five: one could tell who said what. It is told by month, quarter"
    " and year, not for other days."
)
_MEASURES = {"csat": "csat_satisfied", "mean": "csat_score", "response": "csat_answered", "nps": "nps"}
_UNITS = {"csat": Unit.PERCENT, "mean": Unit.SCORE, "response": Unit.PERCENT, "nps": Unit.NPS}


@dataclass(frozen=True, kw_only=True)
class SurveyLine:
    """A figure beside the one before and its target; `of` and `show` lead to its answers."""

    key: str
    label: str
    value: str
    interval: str
    before: str
    change: str
    change_tone: str
    target: str
    target_word: str
    target_tone: str
    hint: str
    exact: Decimal | None
    exact_before: Decimal | None


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """A part of the circle in words; NPS is empty where the part is too small to stand alone."""

    label: str
    csat_answers: int
    satisfied: str
    satisfied_interval: str
    mean: str
    nps_answers: int
    nps: str
    nps_interval: str
    response: str
    is_hidden: bool


@dataclass(frozen=True, kw_only=True)
class SurveyReport:
    """A survey report in the hands of its reader; `opened` knows scope, period and today."""

    opened: OpenReport
    by: str

    @cached_property
    def _twelve(self) -> list[Period]:
        return months_until(min(self.opened.period.last, self.opened.moment.today), MONTHS)

    @cached_property
    def _days(self) -> Days:
        return answers_by_day(self.opened.scope, (*self._both, *self._twelve), self.opened.moment.today)

    @property
    def _both(self) -> tuple[Period, Period]:
        return self.opened.period, self.opened.period.previous()

    @cached_property
    def found(self) -> tuple[dict[Scale, Answers], dict[Scale, Answers]]:
        """Of the period, and of the one before."""
        asked = asked_in(self.opened.scope, self._both, self.opened.moment.today)
        now, before = (answers_of(self._days, period, self.opened.moment, asked) for period in self._both)
        return now, before

    @cached_property
    def _kpis(self) -> tuple[Kpi, ...]:
        return tuple(policy_in_force().kpis.values())

    @property
    def lines(self) -> list[SurveyLine]:
        now, before = self.found
        labels = {
            "csat": _("Satisfied, 4 and 5"),
            "mean": _("Mean of 1 to 5"),
            "response": _("Answered, of those asked on satisfaction"),
            "nps": _("NPS"),
            "nps_response": _("Answered, of those asked on recommending"),
        }
        return [self._line(key, label, now, before) for key, label in labels.items()]

    def _line(self, key: str, label: str, now: Mapping[Scale, Answers], before: Mapping[Scale, Answers]) -> SurveyLine:
        found, earlier = exact(key, now), exact(key, before)
        unit = _UNITS.get(key, Unit.PERCENT)
        target, direction = self._target(key)
        to_target = against_target(found, target, direction)
        is_over = self.opened.is_over
        to_before = against_before(_rounded(found), _rounded(earlier), direction, unit, is_over=is_over)
        return SurveyLine(
            key=key,
            label=label,
            value=self._spell(found, unit),
            interval=interval_words(key, now),
            before=self._spell(earlier, unit),
            change=_change(found, earlier, unit),
            change_tone=words.tone(to_before),
            target=words.spell_target(target, direction, unit, ""),
            target_word=words.target_word(to_target),
            target_tone=words.tone(to_target),
            hint=_hint(key, now),
            exact=found,
            exact_before=earlier,
        )

    def _spell(self, found: Decimal | None, unit: Unit) -> str:
        return spell_number(found, 1) if found is not None and unit is Unit.NPS else words.spell(found, unit, "")

    def _target(self, key: str) -> tuple[Target | None, Direction]:
        for kpi in self._kpis:
            if kpi.measure.id == _MEASURES.get(key) and kpi.unit is _UNITS[key]:
                scope, period = self.opened.scope.words, self.opened.period
                target = target_for(kpi.targets, on=period.last, scope=scope, span=period.span)
                return target, kpi.direction
        return None, Direction.MORE

    def spread(self, scale: Scale) -> Chart:
        """How many gave each score, beside the period before."""
        now, before = self.found[0][scale], self.found[1][scale]
        series = [
            Series(name=period_name(period), values=tuple(Decimal(many) for many in answers.counts.values()))
            for period, answers in zip(self._both, (now, before), strict=True)
            if answers.is_shown and answers.total
        ]
        return Chart(
            kind="bars",
            title=_("Satisfaction, 1 to 5") if scale is Scale.CSAT else _("Recommending us, 0 to 10"),
            labels=tuple(str(score) for score in scale.scores),
            series=tuple(series),
            empty=_("No answers to show in these days."),
        )

    @cached_property
    def months(self) -> list[tuple[str, str, str, str]]:
        """The twelve months to the end of the period: name, satisfied, mean, NPS."""
        return [
            (name, self._spell(satisfied, Unit.PERCENT), self._spell(mean, Unit.SCORE), self._spell(nps, Unit.NPS))
            for name, satisfied, mean, nps in self._months
        ]

    @cached_property
    def _months(self) -> list[tuple[str, Decimal | None, Decimal | None, Decimal | None]]:
        found = [(period_name(month), answers_of(self._days, month, self.opened.moment)) for month in self._twelve]
        return [
            (name, exact("csat", answers), exact("mean", answers), exact("nps", answers)) for name, answers in found
        ]

    @property
    def trend(self) -> Chart:
        """Satisfied answers by month, with the target as a line."""
        values = tuple(_rounded(satisfied) for _name, satisfied, _mean, _nps in self._months)
        series = [Series(name=_("Satisfied, 4 and 5"), values=values)]
        target, _direction = self._target("csat")
        if target is not None:
            series.append(Series(name=_("Target"), values=(target.value,) * len(values), tone="warn"))
        return Chart(
            kind="line",
            title=_("Satisfied, 4 and 5"),
            labels=tuple(f"{month.first:%m/%y}" for month in self._twelve),
            series=tuple(series),
            unit="%",
        )

    @cached_property
    def parts(self) -> list[PartLine]:
        """The circle broken down; small parts keep their NPS to themselves."""
        parts = parts_of(self.opened.scope, self.opened.period, self.by, self.opened.moment.today)
        rest = elsewhere(self.found[0], parts)
        parts = [*parts, rest] if rest is not None else parts
        shown = shown_parts([part.answers[Scale.NPS].total for part in parts])
        if not self.found[0][Scale.NPS].is_shown:
            # Their sum is what the period does not tell.
            shown = [not part.answers[Scale.NPS].total for part in parts]
        return [_part(part, self.by, is_shown) for part, is_shown in zip(parts, shown, strict=True)]


def survey_report_of(opened: OpenReport) -> SurveyReport:
    """Broken down by what the address names, segments without it."""
    asked = opened.query.get("by")
    return SurveyReport(opened=opened, by=asked if asked in BY else "segment")


def exact(key: str, found: Mapping[Scale, Answers]) -> Decimal | None:
    """A figure before it is rounded; None of nothing, and of an NPS that would tell who said what."""
    csat, nps = found[Scale.CSAT], found[Scale.NPS]
    match key:
        case "csat":
            return Decimal(100 * csat.csat.satisfied.hits) / csat.total if csat.total else None
        case "mean":
            return csat.mean
        case "response" | "nps_response":
            share = (csat if key == "response" else nps).response
            return Decimal(100 * share.hits) / share.total if share.total else None
    if not nps.total or not nps.is_shown:
        return None
    return Decimal(100 * (nps.nps.promoters - nps.nps.detractors)) / nps.total


def interval_words(key: str, found: Mapping[Scale, Answers]) -> str:
    """The 95 % interval of a figure; nothing for a mean, of nothing, and of what is not shown."""
    csat, nps = found[Scale.CSAT], found[Scale.NPS]
    if key == "nps":
        shown = nps.total and nps.is_shown
        return _range(nps.nps.low, nps.nps.high, lambda end: spell_number(end, 1)) if shown else ""
    shares = {"csat": csat.csat.satisfied, "response": csat.response, "nps_response": nps.response}
    share = shares.get(key)
    return _range(share.low, share.high, lambda end: spell_percent(end, 1)) if share and share.total else ""


def _range(low: float, high: float, spell: Callable[[float], str]) -> str:
    return _("%(low)s to %(high)s") % {"low": spell(low), "high": spell(high)}


def _rounded(found: Decimal | None) -> Decimal | None:
    return None if found is None else found.quantize(Decimal("0.01"))


def _change(found: Decimal | None, before: Decimal | None, unit: Unit) -> str:
    if found is None or before is None:
        return ""
    change = found - before
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    amount = sign + spell_number(abs(change), 2 if unit is Unit.SCORE else 1)
    return amount if unit is Unit.SCORE else _("%(change)s points") % {"change": amount}


def _hint(key: str, found: Mapping[Scale, Answers]) -> str:
    """Of how many it is, and why it is not there."""
    answers = found[Scale.NPS if key.startswith("nps") else Scale.CSAT]
    if key in ("response", "nps_response"):
        share = answers.response
        return _("%(hits)s of %(total)s") % {"hits": share.hits, "total": share.total}
    if not answers.is_shown and answers.total:
        few = _("fewer than five answers: not shown")
        return few if answers.total < LEAST_IN_GROUP else words.few_words()
    count = ngettext("%(count)s answer", "%(count)s answers", answers.total) % {"count": answers.total}
    if not answers.left_out:
        return count
    return _("%(answers)s, %(count)s off the scale left out") % {"answers": count, "count": answers.left_out}


def by_words() -> dict[str, str]:
    """What answers are broken down by."""
    return {
        "kind": _("Kind"),
        "segment": _("Segment"),
        "tier": _("Tier"),
        "stage": _("Gate"),
        "team": _("Team"),
        "channel": _("Channel"),
    }


def _part(part: Part, by: str, is_shown: bool) -> PartLine:
    answers = part.answers if is_shown else {**part.answers, Scale.NPS: replace(part.answers[Scale.NPS], found={})}
    csat, nps = answers[Scale.CSAT], answers[Scale.NPS]
    satisfied, mean, score = exact("csat", answers), exact("mean", answers), exact("nps", answers)
    asked = csat.asked + nps.asked
    answered = csat.asked_answered + nps.asked_answered
    return PartLine(
        label=part_label(part.key, by),
        csat_answers=csat.total,
        satisfied=words.spell(satisfied, Unit.PERCENT, ""),
        satisfied_interval=interval_words("csat", answers),
        mean=words.spell(mean, Unit.SCORE, ""),
        nps_answers=part.answers[Scale.NPS].total if is_shown else 0,
        nps=spell_number(score, 1) if score is not None else words.DASH,
        nps_interval=interval_words("nps", answers),
        response=spell_percent(answered / asked, 0) if asked else words.DASH,
        is_hidden=not is_shown,
    )


def part_label(key: Any, by: str) -> str:
    """What a part is called."""
    if key == ELSEWHERE:
        return _("At organizations that you do not open")
    if key in ("", None):
        return _("Without one")
    choices: Mapping[str, Any] = {
        "kind": OrganizationKind,
        "stage": Stage,
        "segment": ArrSegment,
        "channel": SurveyChannel,
    }
    known = choices.get(by)
    return str(known(key).label) if known is not None and key in known.values else str(key).replace("_", " ")


def line_columns(report: SurveyReport) -> list[ExportColumn]:
    """The columns of the figures' file."""
    period, before = report.opened.period_words, period_name(report.opened.period.previous())
    return [
        ExportColumn(label=_("Figure"), value=lambda line: line.label),
        ExportColumn(label=period, value=lambda line: _rounded(line.exact)),
        ExportColumn(label=_("95 % interval"), value=lambda line: line.interval),
        ExportColumn(label=before, value=lambda line: _rounded(line.exact_before)),
        ExportColumn(label=_("Target"), value=lambda line: line.target),
        ExportColumn(label=_("To target"), value=lambda line: line.target_word),
        ExportColumn(label=_("Of"), value=lambda line: line.hint),
    ]


def answer_columns(scale: Scale) -> list[ExportColumn]:
    """The columns of a file of answers; those on recommending name no house and no day."""
    columns: Sequence[tuple[str, Callable[[AnswerRow], Any]]] = (
        (_("Score"), lambda row: row.score),
        (_("Comment"), lambda row: row.comment),
        (_("Channel"), lambda row: row.channel),
        (_("Team"), lambda row: row.team),
    )
    named: Sequence[tuple[str, Callable[[AnswerRow], Any]]] = (
        (_("Organization"), lambda row: row.organization),
        (_("About"), lambda row: row.subject),
    )
    days: tuple[str, Callable[[AnswerRow], Any]] = (_("Answered"), lambda row: row.answered_on)
    chosen = (days, *columns, *named) if scale is Scale.CSAT else columns
    return [ExportColumn(label=label, value=value) for label, value in chosen]
