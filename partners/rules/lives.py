"""What an organization lived through, as the forecast reads it: its stays in stages, in order. Pure.

Going back is no passing: a stay counts as ended only if the next one is further on. Archived while in a stage, an
organization says no more than that it had not left by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from partners.rules.calibration import PastJourney
from partners.rules.durations import Passage
from partners.rules.forecast import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """One stay in a stage; `left_on` is None while it goes on."""

    stage: str
    entered_on: date
    left_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """An organization with its stays in the order of time; `archived_on` ends what goes on."""

    kind: str
    tier: str = ""
    gemstone: str = ""
    archived_on: date | None = None
    stays: list[Stay] = field(default_factory=list)


def passages(lives: Iterable[Life], journeys: Mapping[str, Sequence[str]], *, today: date) -> Iterator[Passage]:
    """The stays of these lives as they are known on `today`; `journeys` has the stages of each kind in order.

    The last stage, which nobody leaves, and stages that are of no journey any more are passed over.
    """
    for life in lives:
        places = {stage: place for place, stage in enumerate(journeys.get(life.kind, ()))}
        for stay, is_over in _ended(life, places):
            if places.get(stay.stage, len(places)) >= len(places) - 1:
                continue
            until = stay.left_on or min(life.archived_on or today, today)
            yield Passage(
                kind=life.kind,
                stage=stay.stage,
                days=max((until - stay.entered_on).days, 0),
                tier=life.tier,
                gemstone=life.gemstone,
                is_over=is_over,
            )


def subject_of(
    life: Life, journey: Sequence[str], *, stage: str, entered_on: date, target_on: date | None = None
) -> Subject:
    """The organization that is in `stage` of its journey, with the days that it took for those behind it.

    A stage that it was in several times took as long as all its stays together.
    """
    places = {known: place for place, known in enumerate(journey)}
    passed: dict[str, int] = {}
    for stay in life.stays:
        if stay.left_on is not None and places.get(stay.stage, len(places)) < places[stage]:
            passed[stay.stage] = passed.get(stay.stage, 0) + max((stay.left_on - stay.entered_on).days, 0)
    return Subject(
        kind=life.kind,
        stage=stage,
        entered_on=entered_on,
        tier=life.tier,
        gemstone=life.gemstone,
        passed=passed,
        target_on=target_on,
    )


def past_journeys(lives: Iterable[Life], journey: Sequence[str]) -> list[PastJourney]:
    """Those that have gone the way to its end without going back, in the order of their launches.

    They may have come in a later stage than the first: what they were in before is not known.
    """
    places = {stage: place for place, stage in enumerate(journey)}
    found = []
    for life in lives:
        stages = [stay.stage for stay in life.stays]
        if len(stages) < 2 or stages[-1] != journey[-1] or not set(stages) <= places.keys():
            continue
        # Each stage follows the one before it: a gap or a step back tells nothing of how long stages take.
        if any(places[after] - places[before] != 1 for before, after in pairwise(stages)):
            continue
        entered = {stay.stage: stay.entered_on for stay in life.stays[:-1]}
        launched_on = life.stays[-1].entered_on
        found.append(
            PastJourney(
                kind=life.kind, entered=entered, launched_on=launched_on, tier=life.tier, gemstone=life.gemstone
            )
        )
    return sorted(found, key=lambda one: one.launched_on)


def _ended(life: Life, places: Mapping[str, int]) -> Iterator[tuple[Stay, bool]]:
    """Each stay, and whether it ended by going on."""
    following = [*life.stays[1:], None]
    for stay, after in zip(life.stays, following, strict=True):
        goes_on = after is not None and places.get(after.stage, -1) > places.get(stay.stage, len(places))
        yield stay, stay.left_on is not None and goes_on
