"""What forecasts are made from: every stay of every organization, and the journeys that tell their order.

Read past the scope of any person, by background work alone: how long others took is no secret once it is a share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from partners.choices import OrganizationKind
from partners.journey_policy import journey_in_force
from partners.models import StagePeriod
from partners.rules.durations import History
from partners.rules.journeys import Journey
from partners.rules.lives import Life, Stay, passages

_BATCH = 5_000
_STAY = (
    "organization_id",
    "organization__kind",
    "stage",
    "entered_at",
    "left_at",
    "organization__archived_at",
    "organization__facts__partner_tier",
    "organization__facts__engagement_tier",
    "organization__facts__gemstone",
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A journey as the forecast needs it."""

    kind: str
    version: int
    stages: tuple[str, ...]
    launch_stage: str
    fallback_days: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that is known on a day: the ways of each kind, and the lives of organizations by their ids."""

    ways: Mapping[str, Way]
    lives: Mapping[int, Life]
    today: date

    @cached_property
    def history(self) -> History:
        """Made once: it keeps the distributions that it has worked out."""
        stages = {kind: way.stages for kind, way in self.ways.items()}
        usual = {stage: days for way in self.ways.values() for stage, days in way.fallback_days.items()}
        return History.of(passages(self.lives.values(), stages, today=self.today), fallback_days=usual)


def way_of(journey: Journey) -> Way:
    """What the forecast reads of a journey."""
    return Way(
        kind=journey.kind,
        version=journey.version,
        stages=tuple(stage.id for stage in journey.stages),
        launch_stage=next(stage.id for stage in journey.stages if stage.launches),
        fallback_days={stage.id: stage.fallback_days for stage in journey.stages if stage.fallback_days is not None},
    )


def ways_in_force() -> dict[str, Way]:
    """The ways by kind, without kinds of which no journey is loaded. A statement for each kind."""
    found = (journey_in_force(kind) for kind in OrganizationKind.values)
    return {journey.kind: way_of(journey) for journey in found if journey is not None}


def known_on(today: date, *, until: datetime, kinds: Sequence[str] = ()) -> Known:
    """What is known of all organizations (or of these kinds) at the moment `until`, on the day `today`.

    Three statements at most, whatever their number. What happened after `until` is not known, so that all parts of a
    long run see the same past.
    """
    ways = {kind: way for kind, way in ways_in_force().items() if not kinds or kind in kinds}
    rows = StagePeriod.objects.filter(entered_at__lte=until, organization__kind__in=sorted(ways))
    lives: dict[int, Life] = {}
    for pk, kind, stage, entered_at, left_at, archived_at, tier, engagement_tier, gemstone in (
        rows.order_by("organization_id", "entered_at", "pk").values_list(*_STAY).iterator(chunk_size=_BATCH)
    ):
        if pk not in lives:
            lives[pk] = Life(
                kind=kind,
                tier=_text(tier if kind == OrganizationKind.PARTNER else engagement_tier),
                gemstone=gemstone or "",
                archived_on=archived_at.date() if archived_at else None,
            )
        left_on = left_at.date() if left_at is not None and left_at <= until else None
        lives[pk].stays.append(Stay(stage=stage, entered_on=entered_at.date(), left_on=left_on))
    return Known(ways=ways, lives=lives, today=today)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
