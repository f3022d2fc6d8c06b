"""Satisfaction surveys: who is asked, what an answer is, and what answers add up to (reports.md, Surveys). Pure.

With the pack `surveys`: when people are asked and how often, and what counts as satisfied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from common import reading
from common.reading import MalformedInput
from partners.rules.classification_packs import Body
from partners.rules.small_samples import Share, share

SCORES = range(1, 6)
SATISFIED = 4
"""Answers from here on count as satisfied: CSAT % = answers 4-5 / answers."""
FEW = 10
"""Below so many answers a figure is a hint: its interval says how much is open."""
CSAT_KEYS = ("delay_minutes", "open_days", "quiet_days", "low_score", "goal_mean", "goal_percent")
NPS_KEYS = ("open_days", "quiet_days", "again_days", "organization_most", "organization_days")
KEYS = ("csat", "nps", *dict.fromkeys((*CSAT_KEYS, *NPS_KEYS)))


@dataclass(frozen=True, kw_only=True, slots=True)
class NpsPolicy:
    """How campaigns ask: `quiet` lies between any two questions to one person, `again_after` between two of the same;
    no more than `organization_most` people of one organization are asked within `organization_span`."""

    open_for: timedelta = timedelta(days=21)
    quiet: timedelta = timedelta(days=14)
    again_after: timedelta = timedelta(days=170)
    organization_most: int = 5
    organization_span: timedelta = timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class CsatPolicy:
    """How satisfaction is asked for. `low_score` and below is followed up; `goal_percent` of satisfied answers."""

    version: int
    delay: timedelta
    open_for: timedelta
    quiet: timedelta
    low_score: int
    goal_mean: Decimal
    goal_percent: int
    nps: NpsPolicy = field(default_factory=NpsPolicy)

    def is_low(self, score: int) -> bool:
        """Whether somebody should hear of this answer."""
        return score <= self.low_score


class Refusal(StrEnum):
    """Why nobody is asked."""

    UNSOUND = "unsound"
    """What it is about is no ground to ask: merged, a duplicate, spam, not for the partner."""
    GONE = "gone"
    """The contact left or was erased."""
    NO_ADDRESS = "no_address"
    OPTED_OUT = "opted_out"
    ASKED_LATELY = "asked_lately"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody who may be asked about something. `asked_at`: when this person was last asked of anything."""

    is_sound: bool
    is_there: bool
    has_address: bool
    has_opted_out: bool
    asked_at: datetime | None


def refusal(candidate: Candidate, *, quiet: timedelta, now: datetime) -> Refusal | None:
    """Why this person is not asked now; None to ask. Nobody is asked twice within `quiet`."""
    if not candidate.is_sound:
        return Refusal.UNSOUND
    if not candidate.is_there:
        return Refusal.GONE
    if candidate.has_opted_out:
        return Refusal.OPTED_OUT
    if not candidate.has_address:
        return Refusal.NO_ADDRESS
    if candidate.asked_at is not None and now - candidate.asked_at < quiet:
        return Refusal.ASKED_LATELY
    return None


def score_of(raw: object) -> int | None:
    """An answer on the scale of 1 to 5, of what a form or a file holds.

    Blanks, words and numbers off the scale (0, 9, 99, 999: what files write for "no answer") are no answers.
    """
    return whole_score(raw, SCORES)


def whole_score(raw: object, scale: range) -> int | None:
    """A whole number of this scale, of what a form or a file holds; None for everything else."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        text = raw.strip()
        raw = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return raw if isinstance(raw, int) and raw in scale else None


@dataclass(frozen=True, kw_only=True, slots=True)
class CsatFigure:
    """Satisfaction of some answers: of `asked` people `satisfied.total` answered, who gave `total` points in all."""

    asked: int
    total: int
    satisfied: Share

    @property
    def answers(self) -> int:
        return self.satisfied.total

    @property
    def mean(self) -> Decimal | None:
        """Over answers only, to two places; None of none."""
        return (Decimal(self.total) / self.answers).quantize(Decimal("0.01")) if self.answers else None

    @property
    def response_rate(self) -> float | None:
        return self.answers / self.asked if self.asked else None

    @property
    def is_hint(self) -> bool:
        """Too few to tell much."""
        return self.answers < FEW


def figure(*, asked: int, answers: int, total: int, satisfied: int) -> CsatFigure:
    """The figure of sums that a database has made. Raises ValueError for sums that cannot be."""
    if not 0 <= answers <= asked:
        raise ValueError(f"there are not {answers} answers of {asked} asked")
    if not answers * SCORES[0] <= total <= answers * SCORES[-1]:
        raise ValueError(f"{answers} answers do not give {total} points")
    return CsatFigure(asked=asked, total=total, satisfied=share(satisfied, answers))


def figure_of(raw_scores: Iterable[object]) -> CsatFigure:
    """The same of what each person who was asked has answered, or has not."""
    raw = list(raw_scores)
    scores = [score for one in raw if (score := score_of(one)) is not None]
    satisfied = sum(score >= SATISFIED for score in scores)
    return figure(asked=len(raw), answers=len(scores), total=sum(scores), satisfied=satisfied)


def parse_surveys(body: Body, *, version: int) -> CsatPolicy:
    """The pack as types. Raises MalformedInput naming the place."""
    content = reading.mapping(body, "", known=("csat", "nps"))
    place = "csat"
    found = reading.mapping(reading.member(content, place, ""), place, known=CSAT_KEYS)

    def whole(key: str, least: int, most: int) -> int:
        return _whole(found, place, key, least, most)

    goal = reading.amount(reading.member(found, "goal_mean", place), reading.at(place, "goal_mean"))
    if not SCORES[0] <= goal <= SCORES[-1]:
        raise MalformedInput(reading.at(place, "goal_mean"), f"must be between 1 and 5, found {goal}")
    return CsatPolicy(
        version=version,
        delay=timedelta(minutes=whole("delay_minutes", 0, 7 * 24 * 60)),
        open_for=timedelta(days=whole("open_days", 1, 90)),
        quiet=timedelta(days=whole("quiet_days", 0, 365)),
        low_score=whole("low_score", 1, SATISFIED - 1),
        goal_mean=goal,
        goal_percent=whole("goal_percent", 1, 100),
        nps=_nps(content),
    )


def _nps(content: Body) -> NpsPolicy:
    """The part on campaigns; versions from before there were any have none."""
    place = "nps"
    if place not in content:
        return NpsPolicy()
    found = reading.mapping(content[place], place, known=NPS_KEYS)
    return NpsPolicy(
        open_for=timedelta(days=_whole(found, place, "open_days", 1, 90)),
        quiet=timedelta(days=_whole(found, place, "quiet_days", 0, 365)),
        again_after=timedelta(days=_whole(found, place, "again_days", 1, 730)),
        organization_most=_whole(found, place, "organization_most", 1, 1_000),
        organization_span=timedelta(days=_whole(found, place, "organization_days", 1, 365)),
    )


def _whole(found: Body, place: str, key: str, least: int, most: int) -> int:
    where = reading.at(place, key)
    number = reading.count(reading.member(found, key, place), where)
    if not least <= number <= most:
        raise MalformedInput(where, f"must be between {least} and {most}, found {number}")
    return number
