"""Which touchpoints are due on which days (journey.md, Cadence). Pure; days are local days of the organization.

Every day is counted from an anchor of the organization: what was held, skipped or moved never changes the days after
it. A day on which nobody works there, or on which the holder is absent, gives way to the next working day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from common.workhours import WorkHours
from partners.rules.cadence_packs import Basis, CadencePolicy, CadenceRule, Distance, Series, Step

MAX_SHIFT_DAYS = 60
"""A slot is moved so far at most: where nobody works for longer, it stays on its day and says so."""

RIGHT_ROLES = frozenset({"champion", "executive"})
"""Contacts whose word counts like a touchpoint; others count where an owner has named them."""

ONE_DAY = timedelta(days=1)
WorkingDays = Callable[[date], bool]


class Placement(StrEnum):
    """How a slot came to its day."""

    ON_ITS_DAY = "on_its_day"
    MOVED = "moved"
    NO_WORKING_DAY = "no_working_day"
    HOLDER_AWAY = "holder_away"


class Silence(StrEnum):
    """Why nothing is due."""

    NO_RULE = "no_rule"
    NOTHING_DUE = "nothing_due"
    NO_ANCHOR = "no_anchor"


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """An exception agreed with an organization for one kind of touchpoint, from a day on and up to another.

    It brings its own anchor, the first day. `every` None: none of these touchpoints is due meanwhile.
    """

    touchpoint: str
    every: Distance | None
    starts_on: date
    ends_on: date | None = None
    reason: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the agreement is in force on the day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A two-way contact: its day and who took part; `is_named`: one whom an owner has named as a right person."""

    on: date
    roles: frozenset[str] = frozenset()
    is_named: bool = False

    @property
    def is_with_a_right_person(self) -> bool:
        return self.is_named or bool(self.roles & RIGHT_ROLES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of an organization; `owner_roles` are those in which somebody may work on it now.

    `holder_days`: by role, the days on which its owner is there; roles that are left out are always there.
    """

    kind: str
    stage: str
    is_working_day: WorkingDays
    arr_segment: str = ""
    gemstone: str = ""
    owner_roles: frozenset[str] = frozenset()
    holder_days: Mapping[str, WorkingDays] = field(default_factory=dict)
    anchors: Mapping[str, date] = field(default_factory=dict)
    agreements: Sequence[Agreement] = ()
    contacts: Sequence[Contact] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One touchpoint that is due. Its identity is the kind and `anchored_on`, the day before anything moved it.

    `covers`: earlier anchored days that came to lie on the same day; one touchpoint answers for them all.
    `kept_on`: the day of a contact that keeps it. `overdue_from`: the first day on which it is overdue if not held.
    """

    touchpoint: str
    anchored_on: date
    planned_on: date
    placement: Placement
    interval_days: int
    overdue_from: date
    owner_role: str
    companions: tuple[str, ...]
    companions_when_needed: tuple[str, ...]
    basis: Basis
    rule_id: str
    covers: tuple[date, ...] = ()
    kept_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Anchored:
    """One day of a series as counted from its anchor; the days since the one before it are its interval."""

    on: date
    interval_days: int
    basis: Basis
    rule_id: str
    series: Series


def slots(policy: CadencePolicy, facts: Facts, *, start: date, until: date) -> tuple[Slot, ...]:
    """The touchpoints planned in [start, until), by day. Two windows that meet give what one over both would."""
    rule = governing_rule(policy, facts)
    concerned = {agreement.touchpoint for agreement in facts.agreements}
    concerned |= {series.touchpoint for series in rule.series} if rule else set()
    talks = [contact.on for contact in facts.contacts if contact.is_with_a_right_person]
    found: list[Slot] = []
    for touchpoint in sorted(concerned & policy.touchpoints.keys()):
        anchored = _anchored(policy, facts, rule, touchpoint, start - timedelta(days=MAX_SHIFT_DAYS), until)
        keeps = talks if policy.touchpoints[touchpoint].kept_by_contact else ()
        found += [slot for slot in _placed(anchored, facts, keeps) if start <= slot.planned_on < until]
    return tuple(sorted(found, key=lambda slot: (slot.planned_on, slot.touchpoint)))


def governing_rule(policy: CadencePolicy, facts: Facts) -> CadenceRule | None:
    """The rule of the organization: the first onboarding rule that fits, or else the first of its kind and segment."""
    fitting = [rule for rule in policy.rules if _fits(rule, facts)]
    return min(fitting, key=lambda rule: rule.basis is not Basis.ONBOARDING, default=None)


def silence(policy: CadencePolicy, facts: Facts) -> Silence | None:
    """Why no touchpoint is due, now or later; None where some are."""
    if any(agreement.every for agreement in facts.agreements):
        return None
    rule = governing_rule(policy, facts)
    if rule is None:
        return Silence.NO_RULE
    series = [one for one in rule.series if _is_wanted(one, facts)]
    if not series:
        return Silence.NOTHING_DUE
    return None if any(_anchor(one, facts) for one in series) else Silence.NO_ANCHOR


def working_days(hours: WorkHours, absences: Iterable[tuple[date, date]] = ()) -> WorkingDays:
    """The days on which a calendar is open and nobody is away; an absence includes its first and its last day."""
    away = tuple(absences)

    def is_working_day(day: date) -> bool:
        return bool(hours.spans_of_date(day)) and not any(first <= day <= last for first, last in away)

    return is_working_day


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anchored_days(anchor: date, steps: Sequence[Step], *, start: date, until: date) -> Iterator[tuple[date, int]]:
    """The days of a series in [start, until) with the days since the one before, counted from the anchor alone."""
    for index, step in enumerate(steps):
        first = max(start, add_months(anchor, step.from_months))
        last = until
        if index + 1 < len(steps):
            last = min(until, add_months(anchor, steps[index + 1].from_months))
        yield from _days_of_distance(anchor, step.every, first, last)


def _days_of_distance(anchor: date, every: Distance, first: date, last: date) -> Iterator[tuple[date, int]]:
    """The anchor and its multiples in [first, last); nothing before the anchor."""
    first = max(first, anchor)
    if every.days:
        day = anchor + timedelta(days=-(-(first - anchor).days // every.days) * every.days)
        while day < last:
            yield day, every.days
            day += timedelta(days=every.days)
        return
    months = every.months or 1
    number = max(0, ((first.year - anchor.year) * 12 + first.month - anchor.month) // months - 1)
    while (day := add_months(anchor, number * months)) < last:
        if day >= first:
            other = add_months(anchor, (number - 1 if number else 1) * months)
            yield day, abs((day - other).days)
        number += 1


def _fits(rule: CadenceRule, facts: Facts) -> bool:
    return (
        facts.kind in rule.kinds
        and facts.stage in rule.stages
        and (rule.arr_segments is None or facts.arr_segment in rule.arr_segments)
        and (rule.gemstones is None or facts.gemstone in rule.gemstones)
    )


def _is_wanted(series: Series, facts: Facts) -> bool:
    return not series.needs_role or series.needs_role in facts.owner_roles


def _anchor(series: Series, facts: Facts) -> date | None:
    return next((facts.anchors[name] for name in series.anchors if name in facts.anchors), None)


def _anchored(
    policy: CadencePolicy, facts: Facts, rule: CadenceRule | None, touchpoint: str, start: date, until: date
) -> list[_Anchored]:
    """The anchored days of one kind of touchpoint: those of the rule, and of agreements while they hold."""
    agreements = [agreement for agreement in facts.agreements if agreement.touchpoint == touchpoint]

    def governing(day: date) -> Agreement | None:
        if not agreements:
            return None
        held = [agreement for agreement in agreements if agreement.holds_on(day)]
        return max(held, key=lambda agreement: agreement.starts_on, default=None)

    found: dict[date, _Anchored] = {}
    wanted = [one for one in rule.series if one.touchpoint == touchpoint and _is_wanted(one, facts)] if rule else []
    for series in wanted:
        anchor = _anchor(series, facts)
        for day, interval in anchored_days(anchor, series.steps, start=start, until=until) if anchor else ():
            if governing(day) is None and rule:
                found[day] = _Anchored(on=day, interval_days=interval, basis=rule.basis, rule_id=rule.id, series=series)
    for agreement in agreements:
        pattern = next(iter(wanted), None) or _any_series(policy, touchpoint)
        for day, interval in _days_of_agreement(agreement, start, until):
            if governing(day) is agreement:
                found[day] = _Anchored(
                    on=day, interval_days=interval, basis=Basis.EXCEPTION, rule_id="", series=pattern
                )
    return [found[day] for day in sorted(found)]


def _days_of_agreement(agreement: Agreement, start: date, until: date) -> Iterator[tuple[date, int]]:
    if agreement.every is None:
        return iter(())
    last = min(until, agreement.ends_on) if agreement.ends_on else until
    return _days_of_distance(agreement.starts_on, agreement.every, start, last)


def _any_series(policy: CadencePolicy, touchpoint: str) -> Series:
    """What an agreement about a touchpoint that no rule of the organization has takes holders and companions from."""
    known = (series for rule in policy.rules for series in rule.series if series.touchpoint == touchpoint)
    nobody = Series(
        touchpoint=touchpoint, owner_roles=(), anchors=(), steps=(), companions=(), companions_when_needed=(),
        overdue_after_days=None, on_request=None, needs_role="",
    )  # fmt: skip
    return next(known, nobody)


def _placed(anchored: Sequence[_Anchored], facts: Facts, keeps: Sequence[date]) -> Iterator[Slot]:
    """Each anchored day on its working day; those that meet on one are one slot, that of the last of them."""
    placed = [(one, *_working_day(one.on, facts, _holder(one.series, facts))) for one in anchored]
    placed.sort(key=lambda entry: (entry[1], entry[0].on))
    for planned_on, meeting in groupby(placed, key=lambda entry: entry[1]):
        together = list(meeting)
        last, _, placement = together[-1]
        series = last.series
        late_from = planned_on + ONE_DAY
        if series.overdue_after_days and last.basis is not Basis.EXCEPTION:
            late_from = max(late_from, last.on + timedelta(days=series.overdue_after_days - last.interval_days))
        yield Slot(
            touchpoint=series.touchpoint,
            anchored_on=last.on,
            planned_on=planned_on,
            placement=placement,
            interval_days=last.interval_days,
            overdue_from=late_from,
            owner_role=_holder(series, facts),
            companions=series.companions,
            companions_when_needed=series.companions_when_needed,
            basis=last.basis,
            rule_id=last.rule_id,
            covers=tuple(one.on for one, _, _ in together[:-1]),
            kept_on=_kept_on(last, planned_on, keeps),
        )


def _holder(series: Series, facts: Facts) -> str:
    """The role that holds it; empty where nobody does."""
    return next((role for role in series.owner_roles if role in facts.owner_roles), "")


def _working_day(day: date, facts: Facts, role: str) -> tuple[date, Placement]:
    """The first day on which both sides are there; theirs alone where its holder is away for longer than a shift."""
    holder_days = facts.holder_days.get(role)
    theirs: date | None = None
    for shift in range(MAX_SHIFT_DAYS + 1):
        candidate = day + timedelta(days=shift)
        if not facts.is_working_day(candidate):
            continue
        if holder_days is None or holder_days(candidate):
            return candidate, Placement.MOVED if shift else Placement.ON_ITS_DAY
        theirs = theirs or candidate
    return (day, Placement.NO_WORKING_DAY) if theirs is None else (theirs, Placement.HOLDER_AWAY)


def _kept_on(anchored: _Anchored, planned_on: date, keeps: Sequence[date]) -> date | None:
    """The last contact within half an interval before the slot; where the slot was moved, up to its new day too."""
    near = [on for on in keeps if on <= planned_on and (anchored.on - on).days * 2 <= anchored.interval_days]
    return max(near, default=None)
