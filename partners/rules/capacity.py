"""Hours wanted against hours there are, per person, role and week (journey.md, Portfolio). Pure.

Hours rule; the number of organizations that the sources also name is shown beside them, for it does not fit with the
hours that the same sources ask per organization.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from partners.rules.cadence_packs import TouchpointKind
from partners.rules.capacity_packs import CapacityPolicy, MinuteRange, Portfolio

NOTHING = MinuteRange(least=0, most=0)


class Source(StrEnum):
    """What the hours are for."""

    GATE_WORK = "gate_work"
    CADENCE = "cadence"
    REVIEWS = "reviews"
    RISKS = "risks"
    RENEWALS = "renewals"


class Band(StrEnum):
    """How a load stands to the hours there are. AWAY: there is work and nobody to do it."""

    FREE = "free"
    HEALTHY = "healthy"
    FULL = "full"
    OVER = "over"
    AWAY = "away"


class Fit(StrEnum):
    """How a count stands to the range that is expected."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owned:
    """An organization that somebody owns in the role, with the week's touchpoints of that person by kind.

    `owners`: how many hold the role there; they share its gate work and risks. `risk`: "medium", "high" or empty.
    `renewals`: how many the person sees to there in that week.
    """

    stage: str
    arr: Decimal | None = None
    arr_segment: str = ""
    risk: str = ""
    touchpoints: tuple[str, ...] = ()
    owners: int = 1
    renewals: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The minutes of one source in a week, and from how many organizations or touchpoints they come."""

    source: Source
    minutes: MinuteRange
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioFit:
    """The count and revenue of a portfolio beside what is expected; None where nothing is said of it."""

    portfolio: Portfolio
    count: int
    count_fit: Fit
    arr: Decimal
    arr_fit: Fit | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """One week of a person in a role. `percent` of the minutes there are, rounded; None where there are none."""

    role: str
    lines: tuple[Line, ...]
    minutes_there: int
    percent: int | None
    band: Band
    count: int
    portfolio: PortfolioFit | None

    @property
    def wanted(self) -> MinuteRange:
        """From the least to the most that the week may take."""
        return MinuteRange(
            least=sum(line.minutes.least for line in self.lines), most=sum(line.minutes.most for line in self.lines)
        )

    @property
    def minutes_wanted(self) -> int:
        """Halfway between the two; what the percentage is taken of."""
        return self.wanted.middle

    @property
    def minutes_left(self) -> int:
        """What could still be taken on; below zero where there is too much."""
        return self.minutes_there - self.minutes_wanted


def load(
    policy: CapacityPolicy,
    role: str,
    owned: Sequence[Owned],
    *,
    touchpoints: Mapping[str, TouchpointKind],
    minutes_there: int | None = None,
    roles: Collection[str] = (),
) -> Load:
    """The load of a person in a role in one week.

    `minutes_there`: open minutes of the person's calendar without absences, by default those of the policy; `roles`:
    all that the person holds. A role that the policy does not know has only touchpoints and risks.
    """
    known = policy.roles.get(role)
    there = (known.minutes_per_week if known else 0) if minutes_there is None else minutes_there
    lines = (
        _gate_work(policy, role, owned),
        *_touchpoint_lines(policy, owned, touchpoints),
        _risks(policy, owned),
        _renewals(policy, owned),
    )
    wanted = sum(line.minutes.least + line.minutes.most for line in lines) // 2
    portfolio = _expected(known.portfolios, owned, roles) if known else None
    return Load(
        role=role,
        lines=lines,
        minutes_there=there,
        percent=percent_of(wanted, there),
        band=band_of(policy, wanted, there),
        count=len(owned),
        portfolio=_fit(portfolio, owned) if portfolio else None,
    )


def percent_of(wanted: int, there: int) -> int | None:
    """Rounded half up; None where there is no time at all."""
    return (wanted * 200 + there) // (there * 2) if there > 0 else None


def band_of(policy: CapacityPolicy, wanted: int, there: int) -> Band:
    """The band of exact shares: what is shown rounded as 90 % may be a little over it."""
    if there <= 0:
        return Band.AWAY if wanted else Band.FREE
    if wanted * 100 < policy.healthy_from * there:
        return Band.FREE
    if wanted * 100 <= policy.healthy_to * there:
        return Band.HEALTHY
    return Band.FULL if wanted <= there else Band.OVER


def _gate_work(policy: CapacityPolicy, role: str, owned: Sequence[Owned]) -> Line:
    known = policy.roles.get(role)
    work = [(known.gate_work.get(one.stage, NOTHING) if known else NOTHING, max(one.owners, 1)) for one in owned]
    return Line(
        source=Source.GATE_WORK,
        minutes=MinuteRange(
            least=sum(minutes.least // owners for minutes, owners in work),
            most=sum(minutes.most // owners for minutes, owners in work),
        ),
        count=sum(bool(minutes.most) for minutes, _ in work),
    )


def _touchpoint_lines(
    policy: CapacityPolicy, owned: Sequence[Owned], touchpoints: Mapping[str, TouchpointKind]
) -> tuple[Line, Line]:
    counted = Counter(name for one in owned for name in one.touchpoints if name in touchpoints)
    reviews = {name: count for name, count in counted.items() if name in policy.review_touchpoints}
    others = {name: count for name, count in counted.items() if name not in policy.review_touchpoints}

    def line(source: Source, of_source: Mapping[str, int]) -> Line:
        minutes = sum(
            count * (touchpoints[name].minutes + touchpoints[name].preparation_minutes)
            for name, count in of_source.items()
        )
        return Line(source=source, minutes=MinuteRange(least=minutes, most=minutes), count=sum(of_source.values()))

    return line(Source.CADENCE, others), line(Source.REVIEWS, reviews)


def _risks(policy: CapacityPolicy, owned: Sequence[Owned]) -> Line:
    at_risk = [one for one in owned if one.risk in policy.risk_minutes]
    minutes = sum(policy.risk_minutes[one.risk] // max(one.owners, 1) for one in at_risk)
    return Line(source=Source.RISKS, minutes=MinuteRange(least=minutes, most=minutes), count=len(at_risk))


def _renewals(policy: CapacityPolicy, owned: Sequence[Owned]) -> Line:
    count = sum(one.renewals for one in owned)
    minutes = count * policy.renewal_minutes
    return Line(source=Source.RENEWALS, minutes=MinuteRange(least=minutes, most=minutes), count=count)


def _expected(portfolios: Sequence[Portfolio], owned: Sequence[Owned], roles: Collection[str]) -> Portfolio | None:
    """The first portfolio that fits the person's roles and the segment that most of the organizations are of."""
    segments = Counter(one.arr_segment for one in owned if one.arr_segment)
    mostly = min(segments, key=lambda segment: (-segments[segment], segment), default="")
    return next(
        (
            portfolio
            for portfolio in portfolios
            if (not portfolio.needs_role or portfolio.needs_role in roles)
            and (not portfolio.arr_segment or portfolio.arr_segment == mostly)
        ),
        None,
    )


def _fit(portfolio: Portfolio, owned: Sequence[Owned]) -> PortfolioFit:
    arr = sum((one.arr for one in owned if one.arr), Decimal(0))
    has_arr = portfolio.arr_least is not None or portfolio.arr_most is not None
    return PortfolioFit(
        portfolio=portfolio,
        count=len(owned),
        count_fit=_within(Decimal(len(owned)), Decimal(portfolio.count_least), _decimal(portfolio.count_most)),
        arr=arr,
        arr_fit=_within(arr, portfolio.arr_least or Decimal(0), portfolio.arr_most) if has_arr else None,
    )


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _within(found: Decimal, least: Decimal, most: Decimal | None) -> Fit:
    if found < least:
        return Fit.BELOW
    return Fit.ABOVE if most is not None and found > most else Fit.WITHIN
