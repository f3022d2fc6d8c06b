"""The cadence by tables for every sentence of journey.md, and by properties over any launch day and any holidays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pack_files import read_pack
from common.workhours import LocalInterval, WorkHours
from partners.rules.cadence import (
    Agreement,
    Contact,
    Facts,
    Placement,
    Silence,
    Slot,
    add_months,
    anchored_days,
    governing_rule,
    silence,
    slots,
    working_days,
)
from partners.rules.cadence_changes import Changes, Existing, TouchpointState, changes
from partners.rules.cadence_packs import Basis, Distance, parse_cadence

DEFAULT = Path(__file__).parents[2] / "policies" / "default"
POLICY = parse_cadence(read_pack(DEFAULT / "cadence.yaml").body, version=4)
LAUNCH = date(2026, 1, 14)
MONTH_STEPS = next(rule for rule in POLICY.rules if rule.id == "partner_post_launch").series[0].steps


def every_day(day: date) -> bool:
    return True


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def partner(launch: date = LAUNCH, **given: Any) -> Facts:
    facts = Facts(
        kind="partner",
        stage="post_launch",
        is_working_day=every_day,
        owner_roles=frozenset({"tam", "pam"}),
        anchors={"launch": launch},
    )
    return replace(facts, **given)


def customer(segment: str, **given: Any) -> Facts:
    facts = Facts(
        kind="customer",
        stage="live",
        arr_segment=segment,
        is_working_day=every_day,
        owner_roles=frozenset({"csm"}),
        anchors={"launch": LAUNCH, "onboarding": date(2025, 10, 1)},
    )
    return replace(facts, **given)


def year_of(facts: Facts, touchpoint: str, days: int = 365) -> list[Slot]:
    start = min(facts.anchors.values(), default=LAUNCH)
    found = slots(POLICY, facts, start=start, until=start + timedelta(days=days))
    return [slot for slot in found if slot.touchpoint == touchpoint]


def planned(facts: Facts, touchpoint: str = "check_in", days: int = 365) -> list[str]:
    return [slot.planned_on.isoformat() for slot in year_of(facts, touchpoint, days)]


def test_a_partner_is_called_weekly_then_every_two_weeks_then_monthly() -> None:
    assert planned(partner(), days=190) == [
        "2026-01-14", "2026-01-21", "2026-01-28", "2026-02-04", "2026-02-11",  # the first month
        "2026-02-25", "2026-03-11", "2026-03-25", "2026-04-08",  # every 14 days, counted from the launch
        "2026-04-14", "2026-05-14", "2026-06-14", "2026-07-14",
    ]  # fmt: skip


def test_a_partner_is_reviewed_every_quarter() -> None:
    assert planned(partner(), "business_review") == ["2026-04-14", "2026-07-14", "2026-10-14"]


@pytest.mark.parametrize(
    ("launch", "monthly"),
    [
        (date(2025, 10, 31), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (date(2027, 11, 30), ["2028-02-29", "2028-03-30", "2028-04-30", "2028-05-30"]),
        (date(2026, 11, 29), ["2027-02-28", "2027-03-29", "2027-04-29", "2027-05-29"]),
        (date(2024, 2, 29), ["2024-05-29", "2024-06-29", "2024-07-29", "2024-08-29"]),
    ],
)
def test_months_are_clamped_to_their_ends_and_come_back_to_the_day(launch: date, monthly: list[str]) -> None:
    found = [day for day in planned(partner(launch)) if date.fromisoformat(day) >= add_months(launch, 3)]
    assert found[:4] == monthly


@pytest.mark.parametrize(
    ("launch", "first_fortnight"),
    [
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 1, 1), date(2026, 2, 12)),
        (date(2026, 4, 1), date(2026, 5, 13)),
    ],
)
def test_the_second_month_begins_where_the_first_ends(launch: date, first_fortnight: date) -> None:
    weekly = [
        day
        for day, interval in anchored_days(launch, MONTH_STEPS, start=launch, until=date(2027, 1, 1))
        if interval == 7
    ]
    fortnightly = [
        day
        for day, interval in anchored_days(launch, MONTH_STEPS, start=launch, until=date(2027, 1, 1))
        if interval == 14
    ]
    assert weekly[-1] < add_months(launch, 1) <= fortnightly[0] == first_fortnight


@pytest.mark.parametrize(
    ("segment", "roles", "touchpoint", "expected"),
    [
        ("enterprise", {"csm"}, "check_in", ["2026-01-14", "2026-02-14", "2026-03-14", "2026-04-14"]),
        ("enterprise", {"csm"}, "business_review", ["2026-04-14"]),
        ("enterprise", {"csm"}, "technical_review", []),
        ("enterprise", {"csm", "tam"}, "technical_review", ["2026-04-14"]),
        ("mid_market", {"csm"}, "check_in", ["2026-01-14", "2026-01-28", "2026-02-11", "2026-02-25"]),
        ("mid_market", {"csm"}, "business_review", ["2026-04-14"]),
        ("mid_market", {"csm", "tam"}, "technical_review", []),
        ("small", {"csm"}, "check_in", []),
        ("small", {"csm"}, "business_review", []),
        ("small", {"csm"}, "digest", ["2026-01-14", "2026-02-14", "2026-03-14", "2026-04-14"]),
        ("", {"csm"}, "check_in", []),
    ],
)
def test_customers_are_looked_after_by_segment(
    segment: str, roles: set[str], touchpoint: str, expected: list[str]
) -> None:
    facts = customer(segment, owner_roles=frozenset(roles))
    found = slots(POLICY, facts, start=LAUNCH, until=date(2026, 5, 1))
    assert [slot.planned_on.isoformat() for slot in found if slot.touchpoint == touchpoint][:4] == expected


@pytest.mark.parametrize(
    ("gemstone", "roles", "days", "holder", "companions", "when_needed", "overdue_after"),
    [
        ("diamond", {"tam", "csm"}, 7, "tam", ("implementation_engineer",), (), 1),
        ("pearl", {"tam", "csm"}, 7, "tam", (), ("implementation_engineer",), 1),
        ("sapphire", {"tam", "csm"}, 14, "tam", (), (), 7),
        ("ruby", {"tam", "csm"}, 31, "tam", (), (), 1),
        ("ruby", {"csm"}, 31, "csm", (), (), 1),
    ],
)
def test_during_onboarding_the_gemstone_says(
    gemstone: str,
    roles: set[str],
    days: int,
    holder: str,
    companions: tuple[str, ...],
    when_needed: tuple[str, ...],
    overdue_after: int,
) -> None:
    facts = customer("enterprise", stage="integrate", gemstone=gemstone, owner_roles=frozenset(roles))
    first, second = year_of(facts, "check_in")[:2]
    assert (second.planned_on - first.planned_on).days == days
    assert second.owner_role == holder
    assert (second.companions, second.companions_when_needed) == (companions, when_needed)
    assert (second.overdue_from - second.planned_on).days == overdue_after
    assert second.basis is Basis.ONBOARDING


def test_a_sapphire_is_overdue_21_days_after_the_one_before() -> None:
    facts = customer("enterprise", stage="adopt", gemstone="sapphire")
    first, second = year_of(facts, "check_in")[:2]
    assert second.overdue_from == first.anchored_on + timedelta(days=21)


def test_quartz_is_left_to_the_account_manager() -> None:
    facts = customer("enterprise", stage="kick_off", gemstone="quartz")
    assert slots(POLICY, facts, start=LAUNCH, until=date(2027, 1, 1)) == ()
    assert silence(POLICY, facts) is Silence.NOTHING_DUE


def test_without_a_gemstone_the_segment_speaks_during_onboarding_too() -> None:
    rule = governing_rule(POLICY, customer("mid_market", stage="integrate"))
    assert rule is not None
    assert rule.id == "customer_mid_market"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (partner(), None),
        (partner(stage="gate_2"), Silence.NO_RULE),
        (partner(anchors={}), Silence.NO_ANCHOR),
        (customer(""), Silence.NO_RULE),
    ],
)
def test_silence_has_a_reason(facts: Facts, expected: Silence | None) -> None:
    assert silence(POLICY, facts) is expected
    if expected:
        assert slots(POLICY, facts, start=date(2026, 1, 1), until=date(2027, 1, 1)) == ()


class TestAgreements:
    def test_an_agreement_goes_before_everything_and_brings_its_own_anchor(self) -> None:
        agreed = Agreement(touchpoint="check_in", every=Distance(days=10), starts_on=date(2026, 2, 2))
        facts = customer("enterprise", stage="integrate", gemstone="diamond", agreements=(agreed,))
        found = slots(POLICY, facts, start=date(2026, 1, 20), until=date(2026, 3, 1))
        assert [(slot.planned_on.isoformat(), slot.basis.value) for slot in found] == [
            ("2026-01-21", "onboarding"),
            ("2026-01-28", "onboarding"),
            ("2026-02-02", "exception"),
            ("2026-02-12", "exception"),
            ("2026-02-22", "exception"),
        ]

    def test_after_its_end_the_rule_goes_on_as_if_nothing_had_been(self) -> None:
        agreed = Agreement(
            touchpoint="check_in", every=None, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1), reason="merger"
        )
        expected = [day for day in planned(partner()) if not "2026-02-01" <= day < "2026-03-01"]
        assert planned(partner(agreements=(agreed,))) == expected

    def test_it_leaves_other_touchpoints_alone(self) -> None:
        agreed = Agreement(touchpoint="check_in", every=None, starts_on=LAUNCH)
        facts = partner(agreements=(agreed,))
        assert planned(facts) == []
        assert planned(facts, "business_review") == planned(partner(), "business_review")

    def test_the_latest_of_two_holds(self) -> None:
        monthly = Agreement(touchpoint="check_in", every=Distance(months=1), starts_on=date(2026, 1, 31))
        weekly = Agreement(
            touchpoint="check_in", every=Distance(days=7), starts_on=date(2026, 2, 20), ends_on=date(2026, 3, 10)
        )
        facts = partner(agreements=(monthly, weekly))
        found = slots(POLICY, facts, start=date(2026, 1, 31), until=date(2026, 5, 1))
        assert [slot.planned_on.isoformat() for slot in found if slot.touchpoint == "check_in"] == [
            "2026-01-31", "2026-02-20", "2026-02-27", "2026-03-06", "2026-03-31", "2026-04-30",
        ]  # fmt: skip

    def test_what_no_rule_knows_may_be_agreed(self) -> None:
        agreed = Agreement(touchpoint="workshop", every=Distance(months=6), starts_on=date(2026, 3, 1))
        facts = partner(anchors={}, agreements=(agreed,))
        assert [slot.planned_on for slot in slots(POLICY, facts, start=LAUNCH, until=date(2026, 12, 1))] == [
            date(2026, 3, 1),
            date(2026, 9, 1),
        ]
        assert silence(POLICY, facts) is None


class TestClosedDays:
    def test_a_holiday_moves_its_slot_alone(self) -> None:
        holidays = {date(2026, 1, 21), date(2026, 1, 22)}
        moved = partner(is_working_day=lambda day: day not in holidays)
        before, after = year_of(partner(), "check_in"), year_of(moved, "check_in")
        assert after[1].planned_on == date(2026, 1, 23)
        assert after[1].placement is Placement.MOVED
        assert after[1].overdue_from == date(2026, 1, 24)
        assert [replace(slot, planned_on=LAUNCH) for slot in after[2:]] == [
            replace(slot, planned_on=LAUNCH) for slot in before[2:]
        ]
        assert [slot.planned_on for slot in after[2:]] == [slot.planned_on for slot in before[2:]]

    def test_a_long_absence_ends_in_one_call_not_in_three(self) -> None:
        days = working_days(_always(), [(date(2026, 1, 19), date(2026, 2, 5))])
        found = year_of(partner(is_working_day=days), "check_in")
        assert [slot.planned_on for slot in found[:3]] == [LAUNCH, date(2026, 2, 6), date(2026, 2, 11)]
        assert found[1].anchored_on == date(2026, 2, 4)
        assert found[1].covers == (date(2026, 1, 21), date(2026, 1, 28))

    def test_a_slot_that_is_moved_onto_the_next_one_is_answered_by_it(self) -> None:
        days = working_days(_always(), [(date(2026, 1, 21), date(2026, 1, 27))])
        found = year_of(partner(is_working_day=days), "check_in")
        assert (found[1].planned_on, found[1].placement) == (date(2026, 1, 28), Placement.ON_ITS_DAY)
        assert found[1].covers == (date(2026, 1, 21),)

    def test_without_any_working_day_the_slot_stays_and_says_so(self) -> None:
        never = WorkHours(timezone="Europe/Berlin", weekly=((),) * 7)
        found = year_of(partner(is_working_day=working_days(never)), "check_in")
        assert [slot.planned_on.isoformat() for slot in found] == planned(partner())
        assert {slot.placement for slot in found} == {Placement.NO_WORKING_DAY}

    def test_working_days_are_those_of_the_calendar(self) -> None:
        days = working_days(_office(holidays=frozenset({date(2026, 1, 15)})), [(date(2026, 1, 19), date(2026, 1, 19))])
        assert [day for day in range(12, 23) if days(date(2026, 1, day))] == [12, 13, 14, 16, 20, 21, 22]


class TestContacts:
    @pytest.mark.parametrize(
        ("on", "roles", "is_named", "kept"),
        [
            (date(2026, 1, 21), {"champion"}, False, True),
            (date(2026, 1, 18), {"executive"}, False, True),  # three days of seven
            (date(2026, 1, 17), {"executive"}, False, False),  # four days of seven
            (date(2026, 1, 22), {"champion"}, False, False),  # after it
            (date(2026, 1, 20), {"technical"}, False, False),
            (date(2026, 1, 20), {"technical", "champion"}, False, True),
            (date(2026, 1, 20), set(), True, True),
            (date(2026, 1, 20), set(), False, False),
        ],
    )
    def test_contact_with_a_right_person_keeps_the_next_slot(
        self, on: date, roles: set[str], is_named: bool, kept: bool
    ) -> None:
        contact = Contact(on=on, roles=frozenset(roles), is_named=is_named)
        found = year_of(partner(contacts=(contact,)), "check_in")
        assert found[1].kept_on == (on if kept else None)

    @pytest.mark.parametrize(("on", "kept"), [(date(2026, 4, 29), True), (date(2026, 4, 28), False)])
    def test_half_a_month_is_half_of_the_days_since_the_slot_before(self, on: date, kept: bool) -> None:
        contact = Contact(on=on, roles=frozenset({"champion"}))
        found = {slot.planned_on: slot for slot in year_of(partner(contacts=(contact,)), "check_in")}
        assert (found[date(2026, 5, 14)].kept_on == on) is kept

    def test_a_review_is_not_kept_by_a_call(self) -> None:
        contact = Contact(on=date(2026, 4, 13), roles=frozenset({"executive"}))
        assert [slot.kept_on for slot in year_of(partner(contacts=(contact,)), "business_review")] == [None] * 3

    def test_a_moved_slot_is_kept_by_what_came_before_its_new_day(self) -> None:
        days = working_days(_always(), [(date(2026, 1, 21), date(2026, 1, 25))])
        contact = Contact(on=date(2026, 1, 18), is_named=True)
        found = year_of(partner(is_working_day=days, contacts=(contact,)), "check_in")
        assert (found[1].planned_on, found[1].kept_on) == (date(2026, 1, 26), date(2026, 1, 18))


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
CLOSED = st.sets(st.integers(min_value=0, max_value=420), max_size=60)
FACTS = st.builds(
    lambda launch, closed, weekends, segment, kind: (
        partner(launch, is_working_day=_open(launch, closed, weekends))
        if kind
        else customer(segment, anchors={"launch": launch}, is_working_day=_open(launch, closed, weekends))
    ),
    DAYS,
    CLOSED,
    st.booleans(),
    st.sampled_from(["enterprise", "mid_market", "small"]),
    st.booleans(),
)


class TestProperties:
    @given(facts=FACTS, first=st.integers(-30, 200), length=st.integers(0, 150), split=st.integers(0, 150))
    def test_windows_that_meet_give_what_one_over_both_gives(
        self, facts: Facts, first: int, length: int, split: int
    ) -> None:
        start = facts.anchors["launch"] + timedelta(days=first)
        middle = start + timedelta(days=min(split, length))
        end = start + timedelta(days=length)
        whole = slots(POLICY, facts, start=start, until=end)
        parts = slots(POLICY, facts, start=start, until=middle) + slots(POLICY, facts, start=middle, until=end)
        assert whole == parts

    @given(facts=FACTS)
    def test_nothing_is_doubled_and_nothing_comes_before_the_launch(self, facts: Facts) -> None:
        found = slots(POLICY, facts, start=date(2000, 1, 1), until=facts.anchors["launch"] + timedelta(days=400))
        days = [(slot.touchpoint, slot.planned_on) for slot in found]
        assert len(days) == len(set(days))
        assert all(facts.anchors["launch"] <= slot.anchored_on <= slot.planned_on < slot.overdue_from for slot in found)

    @given(facts=FACTS)
    def test_closed_days_neither_add_nor_lose_an_anchored_day(self, facts: Facts) -> None:
        until = facts.anchors["launch"] + timedelta(days=300)

        def anchored(asked: Facts) -> set[tuple[str, date]]:
            found = slots(POLICY, asked, start=date(2000, 1, 1), until=until + timedelta(days=61))
            return {(slot.touchpoint, day) for slot in found for day in (slot.anchored_on, *slot.covers) if day < until}

        assert anchored(facts) == anchored(replace(facts, is_working_day=every_day))

    @given(facts=FACTS)
    def test_slots_lie_on_working_days_or_say_why_not(self, facts: Facts) -> None:
        for slot in slots(POLICY, facts, start=date(2000, 1, 1), until=facts.anchors["launch"] + timedelta(days=300)):
            assert facts.is_working_day(slot.planned_on) != (slot.placement is Placement.NO_WORKING_DAY)
            assert (slot.placement is Placement.MOVED) == (slot.planned_on != slot.anchored_on)

    @given(facts=FACTS, contacts=st.lists(st.integers(0, 300), max_size=20))
    def test_contacts_keep_slots_and_never_move_them(self, facts: Facts, contacts: list[int]) -> None:
        launch = facts.anchors["launch"]
        until = launch + timedelta(days=300)
        talked = tuple(Contact(on=launch + timedelta(days=day), is_named=True) for day in contacts)
        with_contacts = slots(POLICY, replace(facts, contacts=talked), start=launch, until=until)
        assert tuple(replace(slot, kept_on=None) for slot in with_contacts) == slots(
            POLICY, facts, start=launch, until=until
        )

    @given(day=DAYS, months=st.integers(-60, 60))
    def test_months_end_where_they_end(self, day: date, months: int) -> None:
        later = add_months(day, months)
        assert (later.year - day.year) * 12 + later.month - day.month == months
        assert later.day == day.day or (later + timedelta(days=1)).day == 1


class TestChanges:
    today = date(2026, 2, 1)
    until = date(2026, 5, 1)

    def wanted(self, launch: date = LAUNCH) -> tuple[Slot, ...]:
        found = slots(POLICY, partner(launch), start=launch, until=self.until)
        return tuple(slot for slot in found if slot.touchpoint == "check_in")

    def rows(self, launch: date = LAUNCH) -> list[Existing]:
        return [
            Existing(
                id=number,
                touchpoint="check_in",
                anchored_on=slot.anchored_on,
                planned_on=slot.planned_on,
                state=TouchpointState.DONE if slot.planned_on < self.today else TouchpointState.PLANNED,
            )
            for number, slot in enumerate(self.wanted(launch), start=1)
        ]

    def test_what_is_in_place_stays(self) -> None:
        assert changes(self.rows(), self.wanted(), today=self.today, until=self.until).is_empty

    def test_nothing_is_made_up_for_days_that_are_past(self) -> None:
        found = changes([], self.wanted(), today=self.today, until=self.until)
        assert [slot.planned_on for slot in found.add][:2] == [date(2026, 2, 4), date(2026, 2, 11)]

    def test_a_launch_that_moves_takes_the_days_to_come_along_and_leaves_the_held_ones(self) -> None:
        before = self.rows()
        after = self.wanted(date(2026, 1, 20))
        found = changes(before, after, today=self.today, until=self.until)
        held = {one.id for one in before if one.state is TouchpointState.DONE}
        assert not held & {move.id for move in found.move}
        assert not held & set(found.withdraw)
        moved = apply(before, found)
        ahead = [slot.planned_on for slot in after if slot.planned_on >= self.today]
        assert sorted(one.planned_on for one in moved if one.planned_on >= self.today) == ahead
        assert changes(moved, after, today=self.today, until=self.until).is_empty

    def test_a_day_agreed_by_hand_answers_for_its_slot(self) -> None:
        rows = self.rows()
        mine = rows[4]
        rows[4] = replace(mine, planned_on=date(2026, 2, 13), is_fixed=True)
        assert changes(rows, self.wanted(), today=self.today, until=self.until).is_empty

    def test_one_skipped_is_not_planned_again(self) -> None:
        rows = self.rows()
        rows[4] = replace(rows[4], state=TouchpointState.SKIPPED)
        assert changes(rows, self.wanted(), today=self.today, until=self.until).is_empty

    def test_one_added_by_hand_is_left_alone(self) -> None:
        extra = replace(self.rows()[4], id=99, anchored_on=None, planned_on=date(2026, 2, 19))
        assert changes([*self.rows(), extra], self.wanted(), today=self.today, until=self.until).is_empty

    def test_one_cancelled_comes_back_with_its_day(self) -> None:
        rows = self.rows()
        rows[4] = replace(rows[4], state=TouchpointState.CANCELLED)
        found = changes(rows, self.wanted(), today=self.today, until=self.until)
        assert [(move.id, move.slot.anchored_on) for move in found.move] == [(rows[4].id, rows[4].anchored_on)]
        assert (found.add, found.withdraw) == ((), ())
        without = [slot for slot in self.wanted() if slot.anchored_on != rows[4].anchored_on]
        assert changes(rows, without, today=self.today, until=self.until).is_empty

    def test_what_is_due_no_more_is_withdrawn(self) -> None:
        found = changes(self.rows(), [], today=self.today, until=self.until)
        assert found == Changes(withdraw=tuple(one.id for one in self.rows() if one.planned_on >= self.today))

    @given(before=st.integers(-40, 40), after=st.integers(-40, 40), closed=CLOSED)
    def test_changes_bring_everything_in_line_at_once(self, before: int, after: int, closed: set[int]) -> None:
        rows = self.rows(LAUNCH + timedelta(days=before))
        launch = LAUNCH + timedelta(days=after)
        facts = partner(launch, is_working_day=_open(launch, closed, False))
        wanted = slots(POLICY, facts, start=launch, until=self.until)
        moved = apply(rows, changes(rows, wanted, today=self.today, until=self.until))
        assert changes(moved, wanted, today=self.today, until=self.until).is_empty
        ahead = [(one.touchpoint, one.planned_on) for one in moved if one.planned_on >= self.today]
        assert len(ahead) == len(set(ahead))
        assert [one for one in moved if one.state is TouchpointState.DONE] == [
            one for one in rows if one.state is TouchpointState.DONE
        ]


def apply(rows: list[Existing], found: Changes) -> list[Existing]:
    """The rows as they are once the changes are written."""
    moves = {move.id: move.slot for move in found.move}
    kept = [
        replace(
            one,
            anchored_on=moves[one.id].anchored_on,
            planned_on=moves[one.id].planned_on,
            state=TouchpointState.PLANNED,
        )
        if one.id in moves
        else one
        for one in rows
        if one.id not in found.withdraw
    ]
    added = [
        Existing(
            id=1_000 + number,
            touchpoint=slot.touchpoint,
            anchored_on=slot.anchored_on,
            planned_on=slot.planned_on,
            state=TouchpointState.PLANNED,
        )
        for number, slot in enumerate(found.add)
    ]
    return kept + added


def _open(launch: date, closed: set[int], weekends: bool) -> Callable[[date], bool]:
    return lambda day: (day - launch).days not in closed and (weekends or day.weekday() < 5)


def _interval(first: time, last: time) -> LocalInterval:
    return LocalInterval(start=first.hour * 3600, end=last.hour * 3600)


def _always() -> WorkHours:
    return WorkHours(timezone="Asia/Tokyo", weekly=((_interval(time(9), time(17)),),) * 7)


def _office(holidays: frozenset[date]) -> WorkHours:
    day = (_interval(time(9), time(17)),)
    return WorkHours(timezone="America/New_York", weekly=(day,) * 5 + ((),) * 2, holidays=holidays)
