"""What answers come to, how many were left out, and which parts of a circle are too small to stand alone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from partners.rules.nps import LEAST_IN_GROUP, NpsFigure
from partners.rules.small_samples import Share, share
from partners.rules.surveys import CsatFigure
from reports.rules.survey_files import Scale, csat_of, nps_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Answers that came in a time by score, and questions that went out in it with how many of them were answered.

    Scores that are not on the scale are stand-ins for "no answer": counted in `left_out`, in no figure.
    """

    scale: Scale
    found: Mapping[int, int] = field(default_factory=dict)
    asked: int = 0
    asked_answered: int = 0

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
        """Of recommending, fewer than five answers would tell who said what."""
        return self.scale is Scale.CSAT or self.total >= LEAST_IN_GROUP


def shown_parts(totals: Sequence[int]) -> list[bool]:
    """Which parts of a circle may be shown beside the whole, by how many answers each has.

    A part with few answers is hidden. Were it the only one, the whole less the others would tell it, so the smallest
    of the others with any answers is hidden with it.
    """
    shown = [total == 0 or total >= LEAST_IN_GROUP for total in totals]
    if shown.count(False) == 1:
        others = [place for place, total in enumerate(totals) if shown[place] and total]
        if others:
            shown[min(others, key=lambda place: totals[place])] = False
    return shown


def counter_of(rows: Sequence[tuple[int, int]]) -> Counter[int]:
    """Scores with how many gave them, added up."""
    found: Counter[int] = Counter()
    for score, many in rows:
        found[score] += many
    return found
