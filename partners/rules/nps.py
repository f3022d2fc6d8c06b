"""How likely contacts are to recommend us, on 0 to 10: what an answer is and what answers add up to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from partners.rules.small_samples import Z_95
from partners.rules.surveys import FEW, whole_score

SCORES = range(11)
PROMOTER, DETRACTOR = 9, 6
"""From 9 on people recommend us; up to 6 they would rather warn of us."""
LEAST_IN_GROUP = 5
"""Below so many answers a part of an organization's circle is not shown by itself: one could tell who said what."""


def nps_score_of(raw: object) -> int | None:
    """An answer on the scale of 0 to 10; None for blanks, words and stand-ins for "no answer" such as 99 or -1."""
    return whole_score(raw, SCORES)


@dataclass(frozen=True, kw_only=True, slots=True)
class NpsFigure:
    """NPS of some answers: of `asked` people `answers` answered. `low` and `high` end the 95 % interval, in points."""

    asked: int
    answers: int
    promoters: int
    detractors: int
    low: float
    high: float

    @property
    def passives(self) -> int:
        return self.answers - self.promoters - self.detractors

    @property
    def value(self) -> float | None:
        """Percent of 9 and 10 minus percent of 0 to 6, from -100 to 100; None of no answers."""
        return 100 * (self.promoters - self.detractors) / self.answers if self.answers else None

    @property
    def response_rate(self) -> float | None:
        return self.answers / self.asked if self.asked else None

    @property
    def is_hint(self) -> bool:
        """Too few to tell much."""
        return self.answers < FEW

    @property
    def is_shown(self) -> bool:
        """Whether a group of so many may stand by itself."""
        return self.answers >= LEAST_IN_GROUP


def nps_figure(*, asked: int, answers: int, promoters: int, detractors: int) -> NpsFigure:
    """The figure of counts that a database has made. Raises ValueError for counts that cannot be.

    The interval is the adjusted one of Wald, with three answers added (three quarters each at the ends): for small
    samples it stays honest, also where all say the same.
    """
    if not 0 <= answers <= asked or promoters < 0 or detractors < 0 or promoters + detractors > answers:
        raise ValueError(f"there are not {promoters} and {detractors} of {answers} answers of {asked} asked")
    if not answers:
        return NpsFigure(asked=asked, answers=0, promoters=0, detractors=0, low=-100.0, high=100.0)
    total = answers + 3
    up, down = (promoters + 0.75) / total, (detractors + 0.75) / total
    reach = Z_95 * sqrt((up + down - (up - down) ** 2) / total)
    return NpsFigure(
        asked=asked,
        answers=answers,
        promoters=promoters,
        detractors=detractors,
        low=max(-100.0, 100 * (up - down - reach)),
        high=min(100.0, 100 * (up - down + reach)),
    )


def nps_figure_of(raw_scores: Iterable[object]) -> NpsFigure:
    """The same of what each person who was asked has answered, or has not."""
    raw = list(raw_scores)
    scores = [score for one in raw if (score := nps_score_of(one)) is not None]
    return nps_figure(
        asked=len(raw),
        answers=len(scores),
        promoters=sum(score >= PROMOTER for score in scores),
        detractors=sum(score <= DETRACTOR for score in scores),
    )
