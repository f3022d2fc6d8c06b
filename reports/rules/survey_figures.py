"""What answers come to, how many were left out, and which parts of a circle are too small to stand alone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from partners.rules.nps import LEAST_IN_GROUP, NpsFigure
from partners.rules.small_samples import Share, share
from partners.rules.surveys import CsatFigure
from reports.rules.periods import Period, Span, period_of
from reports.rules.survey_files import Scale, csat_of, nps_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Answers that came in a time by score, and questions that went out in it with how many of them were answered.

    Scores that are not on the scale are stand-ins for "no answer": counted in `left_out`, in no figure.
    `is_told`: whether what they come to may stand beside other periods (see the function).
    """

    scale: Scale
    found: Mapping[int, int] = field(default_factory=dict)
    asked: int = 0
    asked_answered: int = 0
    is_told: bool = True

    @property
    def counts(self) -> dict[int, int]:
        """How many gave each score of the scale."""
        return {score: self.found.get(score, 0) for score in self.scale.scores}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left_out(self) -> int:
        return sum(self.found.values()) - self.total

    @property
    def response(self) -> Share:
        """Answered of those asked in this time."""
        return share(self.asked_answered, self.asked)

    @property
    def mean(self) -> Decimal | None:
        """Over answers of the scale alone; None of none."""
        points = sum(score * many for score, many in self.counts.items())
        return Decimal(points) / self.total if self.total else None

    @property
    def csat(self) -> CsatFigure:
        return csat_of(self.counts, asked=self.total)

    @property
    def nps(self) -> NpsFigure:
        return nps_of(self.counts, asked=self.total)

    @property
    def is_shown(self) -> bool:
        """Of recommending, fewer than five answers would tell who said what, and so would periods less others."""
        return self.scale is Scale.CSAT or (self.is_told and self.total >= LEAST_IN_GROUP)


def shown_parts(totals: Sequence[int]) -> list[bool]:
    """Which parts of a circle may be shown beside the whole, by how many answers each has.

    A part with few answers is hidden. The whole less the others tells what all hidden ones come to: while that is
    fewer than five answers, the smallest of the others is hidden with them.
    """
    shown = [total == 0 or total >= LEAST_IN_GROUP for total in totals]
    while 0 < sum(total for total, is_shown in zip(totals, shown, strict=True) if not is_shown) < LEAST_IN_GROUP:
        others = [place for place, total in enumerate(totals) if shown[place] and total]
        if not others:
            break
        shown[min(others, key=lambda place: totals[place])] = False
    return shown


def is_told(period: Period, by_month: Mapping[date, int]) -> bool:
    """Whether the NPS of a period may stand beside those of all others, by how many answers came in each month.

    Quarters are what targets are about: one stands by itself with five answers. Its months are the parts of a circle.
    A year stands if those of its quarters that do not come to five answers or to none, so that no sum less others is
    one of fewer than five. Spans of other days would cut any month into single answers, and are not told.
    """
    match period.span:
        case Span.DAYS:
            return False
        case Span.MONTH:
            quarter = period_of(period.first, Span.QUARTER)
            months = _inside(quarter, Span.MONTH)
            place, totals = months.index(period), [by_month.get(month.first, 0) for month in months]
            return sum(totals) >= LEAST_IN_GROUP and shown_parts(totals)[place]
    totals = [
        sum(by_month.get(month.first, 0) for month in _inside(quarter, Span.MONTH))
        for quarter in _inside(period, Span.QUARTER)
    ]
    left = sum(total for total in totals if total < LEAST_IN_GROUP)
    return sum(totals) >= LEAST_IN_GROUP and (period.span is Span.QUARTER or left == 0 or left >= LEAST_IN_GROUP)


def months_around(periods: Iterable[Period]) -> list[Period]:
    """The months whose answers decide what is told of `periods`: those of the years around them."""
    return [month for year in years_around(periods) for month in _inside(year, Span.MONTH)]


def years_around(periods: Iterable[Period]) -> list[Period]:
    """The years that the ends of `periods` lie in, oldest first."""
    years = {period_of(day, Span.YEAR) for period in periods for day in (period.first, period.last)}
    return sorted(years, key=lambda year: year.first)


def _inside(whole: Period, span: Span) -> list[Period]:
    found = [period_of(whole.first, span)]
    while found[-1].last < whole.last:
        found.append(found[-1].following())
    return found


def counter_of(rows: Sequence[tuple[int, int]]) -> Counter[int]:
    """Scores with how many gave them, added up."""
    found: Counter[int] = Counter()
    for score, many in rows:
        found[score] += many
    return found
