"""A handoff is a contract: what blocks it, who does what, whose assignment begins and ends, who sees it and is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Notification, User
from accounts.services.people import holds_of
from common.errors import DomainError, Missing, NotAllowed
from common.scope import scoped
from common.templatetags.format import spell_day
from partners.models import Assignment, Commitment, Handoff, HandoffItem, HandoffReturn, Organization, TimelineEntry
from partners.scope import scope_of
from partners.services import handoff_items, handoff_reminders, handoffs
from partners.signals import handoff_accepted
from tests.cast import Cast, make_cast
from tests.factories.accounts import actor, give_roles, make_user, take_role
from tests.factories.handoffs import accepted, do_everything, make_calendar, offered, prepared, settle_all
from tests.factories.partners import NOW, make_assignment, make_customer, make_partner
from tests.factories.tasks import in_threads

pytestmark = pytest.mark.django_db


def holders(organization: Organization, role: str) -> dict[str, bool]:
    """Name -> primary, of today."""
    rows = Assignment.objects.active().filter(organization=organization, role=role)
    return dict(rows.values_list("user__name", "is_primary"))


def titles(user: User) -> list[str]:
    rows = Notification.objects.filter(user=user, kind="handoffs").order_by("pk")
    return list(rows.values_list("title", flat=True))


def lines(organization: Organization) -> list[str]:
    rows = TimelineEntry.objects.filter(organization=organization, kind="handoff").order_by("pk")
    return list(rows.values_list("title", flat=True))


def refused(code: str, use_case: Any, **arguments: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        use_case(**arguments)
    assert caught.value.code == code, caught.value.message
    return caught.value


class TestPreparing:
    def test_it_is_laid_out_at_once(self, cast: Cast) -> None:
        Commitment.objects.create(organization=cast.northwind, title="Send runbooks", due_on=NOW.date(), made_at=NOW)
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        assert (handoff.state, handoff.from_role, handoff.to_role) == ("prepared", "psm", "tam")
        items = {item.key: item for item in HandoffItem.objects.filter(handoff=handoff)}
        assert list(items)[:7] == [
            "background",
            "operations",
            "support_processes",
            "beta_insights",
            "known_issues",
            "people",
            "open_commitments",
        ]
        assert [line["label"] for line in items["open_commitments"].gathered] == ["Send runbooks"]
        assert [line["label"] for line in items["people"].gathered] == ["Connie Contact"]
        assert items["known_issues"].gathered[0]["value"] == "None is blocked or overdue."
        assert titles(cast.tom) == []
        assert lines(cast.northwind) == []

    def test_only_who_holds_it_in_a_fitting_role_hands_it_on(self, cast: Cast) -> None:
        for name in ("ana", "tina", "tom", "lena", "max", "adam", "otto", "sue"):
            with pytest.raises(NotAllowed):
                handoffs.prepare(
                    by=cast.actor(name), organization=cast.northwind, kind="psm_to_tam", receiver=cast.otto, now=NOW
                )
        assert not Handoff.objects.exists()

    def test_a_foreigner_does_not_even_find_the_organization(self, cast: Cast) -> None:
        with scoped(scope_of(cast.actor("otto"))), pytest.raises(Missing):
            handoffs.prepare(
                by=cast.actor("otto"), organization=cast.northwind, kind="owner_to_owner", receiver=cast.tom, now=NOW
            )

    @pytest.mark.parametrize(
        ("receiver", "field", "code"),
        [
            ("petra", "receiver", "receiver_is_giver"),
            ("ana", "receiver", "role_not_held"),
            ("connie", "receiver", "not_staff"),
        ],
    )
    def test_the_receiver_has_to_hold_the_role(self, cast: Cast, receiver: str, field: str, code: str) -> None:
        error = refused(
            code,
            handoffs.prepare,
            by=cast.actor("petra"),
            organization=cast.northwind,
            kind="psm_to_tam",
            receiver=getattr(cast, receiver),
            now=NOW,
        )
        assert error.field == field

    def test_a_dismissed_receiver_is_none(self, cast: Cast) -> None:
        gone = make_user("tam", is_active=False)
        refused(
            "inactive",
            handoffs.prepare,
            by=cast.actor("petra"),
            organization=cast.northwind,
            kind="psm_to_tam",
            receiver=gone,
            now=NOW,
        )

    @pytest.mark.parametrize("kind", ["sales_to_csm", "nonsense", ""])
    def test_kinds_that_are_none_here(self, cast: Cast, kind: str) -> None:
        asked = {"organization": cast.northwind, "kind": kind, "receiver": cast.carl, "now": NOW}
        refused("unknown_kind", handoffs.prepare, by=cast.actor("petra"), **asked)

    def test_one_of_a_kind_at_a_time(self, cast: Cast) -> None:
        first = prepared(cast.northwind, cast.petra, cast.tom)
        asked = {"organization": cast.northwind, "kind": "psm_to_tam", "receiver": cast.otto, "now": NOW}
        refused("open", handoffs.prepare, by=cast.actor("petra"), **asked)
        handoffs.withdraw(by=cast.actor("petra"), handoff=first, now=NOW)
        assert prepared(cast.northwind, cast.petra, cast.otto).pk != first.pk

    def test_another_stage(self, cast: Cast) -> None:
        early = make_partner("gate_2", owners={"tpm": cast.tina, "pdm": cast.paul, "psm": cast.petra})
        with pytest.raises(NotAllowed):
            # A PSM does not see Gate 2, whatever the contract says about its stages.
            prepared(early, cast.petra, cast.tom)
        assert prepared(early, cast.tina, cast.petra, "tpm_to_psm").state == "prepared"

    def test_roles_are_asked_for_where_there_is_a_choice(self, cast: Cast) -> None:
        give_roles(cast.tom, "csm")
        make_assignment(cast.northwind, cast.tom, "csm")
        asked = {"organization": cast.northwind, "kind": "owner_to_owner", "receiver": cast.otto, "now": NOW}
        assert refused("role", handoffs.prepare, by=cast.actor("tom"), **asked).field == "from_role"
        made = handoffs.prepare(by=cast.actor("tom"), from_role="tam", **asked)
        assert (made.from_role, made.to_role) == ("tam", "tam")

    def test_sales_hands_over_what_it_knows_by_its_summary(self, cast: Cast) -> None:
        customer = make_customer(
            "pre_sales", summary="Wants fewer outages", owners={"sales": cast.sam, "csm": cast.carl}
        )
        by = cast.actor("sam")
        with scoped(scope_of(by)):
            handoff = prepared(customer, cast.sam, cast.carl, "sales_to_csm")
            seen = Handoff.objects.visible_to(by)
            assert [row.pk for row in seen] == [handoff.pk]
            items = {row.key: row for row in HandoffItem.objects.visible_to(by)}
            assert [line["value"] for line in items["objectives"].gathered] == ["Wants fewer outages"]
            # Contacts and promises are no part of a summary: sales writes what it knows.
            assert items["people"].gathered == []
            assert items["open_commitments"].gathered == []
            settle_all(handoff)
            assert handoffs.offer(by=by, handoff=handoff, now=NOW).state == "offered"


class TestOffering:
    def test_everything_missing_is_said(self, cast: Cast) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        error = refused("item_unchecked", handoffs.offer, by=cast.actor("petra"), handoff=handoff, now=NOW)
        assert "Background: not marked as complete yet." in error.message
        assert "Beta insights: nothing is in it yet, write a note." in error.message

    def test_an_empty_item_is_not_complete(self, cast: Cast) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        asked = {"by": cast.actor("petra"), "handoff": handoff, "key": "beta_insights", "now": NOW}
        assert refused("item_missing", handoff_items.settle_item, is_settled=True, **asked).field == "note"
        settled = handoff_items.settle_item(note="Twelve took part", is_settled=True, **asked)
        assert settled.is_settled

    def test_it_tells_the_receiver_and_says_until_when(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        # Monday 9:30 and three business days: Thursday 9:30 by office hours in UTC.
        assert handoff.due_at == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
        assert titles(cast.tom) == ["Petra Okafor hands Northwind over to you: accept or return it"]
        assert lines(cast.northwind) == ["Petra Okafor offers the handoff to Tom Okafor, as TAM"]

    def test_offering_twice(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        refused("wrong_state", handoffs.offer, by=cast.actor("petra"), handoff=handoff, now=NOW)
        assert len(titles(cast.tom)) == 1

    @pytest.mark.parametrize("name", ["tom", "ana", "adam", "max"])
    def test_nobody_else_offers(self, cast: Cast, name: str) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        settle_all(handoff)
        with pytest.raises(NotAllowed):
            handoffs.offer(by=cast.actor(name), handoff=handoff, now=NOW)

    def test_a_stranger_finds_no_handoff(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        for use_case in (handoffs.offer, handoffs.accept, handoffs.withdraw):
            with pytest.raises(Missing):
                use_case(by=cast.actor("otto"), handoff=handoff, now=NOW)

    def test_a_receiver_who_lost_the_role(self, cast: Cast) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        settle_all(handoff)
        take_role(cast.tom, "tam")
        refused("receiver_lacks_role", handoffs.offer, by=cast.actor("petra"), handoff=handoff, now=NOW)
        again = handoffs.readdress(by=cast.actor("petra"), handoff=handoff, receiver=cast.otto, now=NOW)
        assert handoffs.offer(by=cast.actor("petra"), handoff=again, now=NOW).receiver_id == cast.otto.pk

    def test_another_receiver_reads_from_the_beginning(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        do_everything(handoff)
        handoffs.readdress(by=cast.actor("petra"), handoff=handoff, receiver=cast.otto, now=NOW)
        assert not HandoffItem.objects.filter(handoff=handoff, read_at__isnull=False).exists()
        assert "Petra Okafor hands Northwind over to somebody else" in titles(cast.tom)
        refused("wrong_state", handoffs.accept, by=cast.actor("tom"), handoff=handoff, now=NOW)


class TestTheReceiversCalendar:
    def test_holidays_and_short_weeks_count(self, cast: Cast) -> None:
        cast.tom.calendar = make_calendar(
            weekly={"mon": [["09:00", "17:00"]], "fri": [["09:00", "12:00"]]}, extra_holidays=["2026-03-06 Day off"]
        )
        cast.tom.save(update_fields=["calendar"])
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        # Business days after Monday the 2nd: the 9th, the 13th, the 16th.
        assert handoff.due_at is not None
        assert handoff.due_at.date().isoformat() == "2026-03-16"

    def test_one_that_never_opens_does_not_make_people_wait_for_ever(self, cast: Cast) -> None:
        cast.tom.calendar = make_calendar(weekly={})
        cast.tom.save(update_fields=["calendar"])
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        assert handoff.due_at == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)

    def test_one_that_opens_once_more(self, cast: Cast) -> None:
        cast.tom.calendar = make_calendar(weekly={}, special_days={"2026-03-03": [["09:00", "17:00"]]})
        cast.tom.save(update_fields=["calendar"])
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        assert handoff.due_at == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)

    def test_the_clocks_change_in_between(self, cast: Cast) -> None:
        """Offered on Friday 27 March at noon in Berlin: due on Wednesday at noon there, one hour earlier in UTC."""
        hours = [["09:00", "17:00"]]
        weekly = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours)
        cast.tom.calendar = make_calendar(weekly=weekly, timezone="Europe/Berlin")
        cast.tom.save(update_fields=["calendar"])
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        settle_all(handoff)
        row = handoffs.offer(by=cast.actor("petra"), handoff=handoff, now=datetime(2026, 3, 27, 11, 0, tzinfo=UTC))
        assert row.due_at == datetime(2026, 4, 1, 10, 0, tzinfo=UTC)


class TestReturning:
    def test_reasons_and_items(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        do_everything(handoff)
        by = cast.actor("tom")
        handoffs.give_back(
            by=by, handoff=handoff, reasons="Who answers at night?", items=["support_processes"], now=NOW
        )
        handoff.refresh_from_db()
        assert handoff.state == "returned"
        wanting = HandoffItem.objects.get(handoff=handoff, key="support_processes")
        assert (wanting.is_settled, wanting.read_at) == (False, None)
        assert HandoffItem.objects.get(handoff=handoff, key="people").is_settled
        assert HandoffReturn.objects.get().items == ["support_processes"]
        assert titles(cast.petra) == ["Tom Okafor returned the handoff of Northwind"]
        assert TimelineEntry.objects.filter(kind="handoff").latest("pk").body == "Who answers at night?"

    def test_then_it_is_mended_and_offered_again(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        handoffs.give_back(by=cast.actor("tom"), handoff=handoff, reasons="Thin", items=["people"], now=NOW)
        later = NOW + timedelta(days=2)
        refused("item_unchecked", handoffs.offer, by=cast.actor("petra"), handoff=handoff, now=later)
        settle_all(handoff)
        again = handoffs.offer(by=cast.actor("petra"), handoff=handoff, now=later)
        assert again.due_at == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)
        assert len(titles(cast.tom)) == 2

    @pytest.mark.parametrize("reasons", ["", "  ", "\0"])
    def test_not_without_a_reason(self, cast: Cast, reasons: str) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        with pytest.raises(DomainError) as caught:
            handoffs.give_back(by=cast.actor("tom"), handoff=handoff, reasons=reasons, now=NOW)
        assert caught.value.field == "reasons"
        assert not HandoffReturn.objects.exists()

    def test_items_of_nothing(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        asked = {"handoff": handoff, "reasons": "Why", "items": ["people", "weather"], "now": NOW}
        assert refused("items", handoffs.give_back, by=cast.actor("tom"), **asked).field == "items"
        assert Handoff.objects.get(pk=handoff.pk).state == "offered"

    def test_not_after_acceptance(self, cast: Cast) -> None:
        handoff = accepted(cast.northwind, cast.petra, cast.tom)
        refused("wrong_state", handoffs.give_back, by=cast.actor("tom"), handoff=handoff, reasons="Too late", now=NOW)

    def test_by_nobody_else(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        for name in ("petra", "ana", "lena", "adam"):
            with pytest.raises(NotAllowed):
                handoffs.give_back(by=cast.actor(name), handoff=handoff, reasons="No", now=NOW)

    def test_what_is_offered_is_not_changed_behind_the_receivers_back(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        asked = {"by": cast.actor("petra"), "handoff": handoff, "now": NOW}
        refused("wrong_state", handoff_items.settle_item, key="people", note="Else", **asked)
        refused("wrong_state", handoff_items.write_summary, summary="Else", **asked)
        refused("wrong_state", handoff_items.gather_again, **asked)


class TestAccepting:
    def test_everything_missing_is_said(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        error = refused("meeting_missing", handoffs.accept, by=cast.actor("tom"), handoff=handoff, now=NOW)
        assert "The handoff meeting has no day yet." in error.message
        assert "People and team dynamics: not marked as read by the receiver yet." in error.message
        assert "The shadow period has not begun yet." in error.message

    def test_the_shadow_period_has_to_be_over(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        do_everything(handoff)
        by = cast.actor("tom")
        handoff_items.begin_shadow(by=by, handoff=handoff, on=NOW.date(), now=NOW)
        error = refused("shadow_not_over", handoffs.accept, by=by, handoff=handoff, now=NOW)
        assert spell_day(date(2026, 3, 6)) in error.message
        assert handoffs.accept(by=by, handoff=handoff, now=NOW + timedelta(days=4)).state == "accepted"

    def test_an_assignment_that_exists_stays(self, cast: Cast) -> None:
        before = set(Assignment.objects.filter(organization=cast.northwind).values_list("pk", flat=True))
        accepted(cast.northwind, cast.petra, cast.tom)
        rows = Assignment.objects.active().filter(organization=cast.northwind)
        assert set(rows.values_list("pk", flat=True)) == before
        assert titles(cast.petra) == ["Tom Okafor accepted the handoff of Northwind"]

    def test_one_that_does_not_begins_and_ends_nobody_elses(self, cast: Cast) -> None:
        accepted(cast.northwind, cast.petra, cast.otto)
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True, "Otto Brandt": False}
        assert holders(cast.northwind, "psm") == {"Petra Okafor": True}

    def test_the_first_of_a_role_is_its_primary(self, cast: Cast) -> None:
        partner = make_partner("gate_2", owners={"tpm": cast.tina})
        accepted(partner, cast.tina, cast.petra, "tpm_to_psm")
        assert holders(partner, "psm") == {"Petra Okafor": True}
        assert holders(partner, "tpm") == {"Tina Berg": True}

    def test_by_nobody_else(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        do_everything(handoff)
        for name in ("petra", "ana", "lena", "max", "adam"):
            with pytest.raises(NotAllowed):
                handoffs.accept(by=cast.actor(name), handoff=handoff, now=NOW)

    def test_a_receiver_who_lost_the_role_in_between(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        do_everything(handoff)
        take_role(cast.tom, "tam")
        give_roles(cast.tom, "csm")
        refused("receiver_lacks_role", handoffs.accept, by=cast.actor("tom"), handoff=handoff, now=NOW)

    def test_the_floors_above_hear_of_it(self, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
        heard: list[dict[str, Any]] = []

        def listen(sender: Any, **news: Any) -> None:
            heard.append(news)

        handoff_accepted.connect(listen)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                handoff = accepted(cast.northwind, cast.petra, cast.tom)
        finally:
            handoff_accepted.disconnect(listen)
        assert [(news["handoff_id"], news["to_role"]) for news in heard] == [(handoff.pk, "tam")]

    def test_days_that_lie_ahead_or_far_away(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        asked: dict[str, Any] = {"by": cast.actor("tom"), "handoff": handoff, "now": NOW}
        tomorrow = NOW.date() + timedelta(days=1)
        refused("future", handoff_items.hold_meeting, meeting="introduction", on=tomorrow, **asked)
        refused("meeting", handoff_items.hold_meeting, meeting="dinner", on=NOW.date(), **asked)
        refused("far", handoff_items.begin_shadow, on=NOW.date() + timedelta(days=400), **asked)


class TestFromOwnerToOwner:
    def hand_over(self, cast: Cast, **more: Any) -> Handoff:
        return accepted(cast.northwind, cast.tom, cast.otto, "owner_to_owner", **more)

    def test_the_new_one_becomes_primary_beside_the_old_one(self, cast: Cast) -> None:
        self.hand_over(cast)
        assert holders(cast.northwind, "tam") == {"Tom Okafor": False, "Otto Brandt": True}

    def test_the_old_ones_ends_only_if_they_said_so(self, cast: Cast) -> None:
        self.hand_over(cast, giver_leaves=True)
        assert holders(cast.northwind, "tam") == {"Otto Brandt": True}

    def test_a_further_owner_hands_no_primary_place_on(self, cast: Cast) -> None:
        make_assignment(cast.northwind, cast.otto, "tam", is_primary=False)
        una = make_user("tam", name="Una Lund")
        accepted(cast.northwind, cast.otto, una, "owner_to_owner", giver_leaves=True)
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True, "Una Lund": False}

    def test_between_roles_nobody_leaves(self, cast: Cast) -> None:
        handoff = accepted(cast.northwind, cast.petra, cast.tom, giver_leaves=True)
        assert not handoff.giver_leaves
        assert holders(cast.northwind, "psm") == {"Petra Okafor": True}


class TestWhoSeesIt:
    def test_the_receiver_sees_the_summary_while_it_is_open(self, cast: Cast) -> None:
        early = make_partner("gate_2", name="Early", owners={"pam": cast.ana, "tpm": cast.tina})
        by = cast.actor("petra")
        assert not Organization.objects.visible_to(by).filter(pk=early.pk).exists()
        handoff = prepared(early, cast.tina, cast.petra, "tpm_to_psm")
        assert not Handoff.objects.visible_to(by).exists()
        settle_all(handoff)
        handoffs.offer(by=cast.actor("tina"), handoff=handoff, now=NOW)
        with scoped(scope_of(by)):
            assert Organization.objects.visible_to(by).filter(pk=early.pk).exists()
            assert not Organization.objects.opened_to(by).filter(pk=early.pk).exists()
            assert Handoff.objects.visible_to(by).filter(pk=handoff.pk).exists()
            assert HandoffItem.objects.visible_to(by).filter(handoff=handoff).exists()
            do_everything(handoff)
            handoffs.accept(by=by, handoff=handoff, now=NOW)
        # Assigned as PSM from now on, but a PSM sees a partner from Gate 3 on.
        assert not Organization.objects.visible_to(cast.actor("petra")).filter(pk=early.pk).exists()

    def test_the_giver_keeps_it_until_acceptance(self, cast: Cast) -> None:
        partner = make_partner("gate_1", owners={"pdm": cast.paul, "tpm": cast.tina})
        handoff = offered(partner, cast.paul, cast.tina, "pdm_to_tpm")
        Organization.objects.filter(pk=partner.pk).update(stage="gate_2")
        by = cast.actor("paul")
        with scoped(scope_of(by)):
            assert Organization.objects.opened_to(by).filter(pk=partner.pk).exists()
            assert Handoff.objects.visible_to(by).filter(pk=handoff.pk).exists()
        do_everything(handoff)
        handoffs.accept(by=cast.actor("tina"), handoff=handoff, now=NOW)
        assert not Organization.objects.visible_to(cast.actor("paul")).filter(pk=partner.pk).exists()

    def test_a_lead_sees_what_a_led_receiver_sees(self, cast: Cast) -> None:
        early = make_partner("gate_1", owners={"pdm": cast.paul})
        give_roles(cast.tom, "tpm")
        offered(early, cast.paul, cast.tom, "pdm_to_tpm")
        lena = actor(User.objects.get(pk=cast.lena.pk))
        assert Organization.objects.visible_to(lena).filter(pk=early.pk).exists()
        assert not Organization.objects.opened_to(lena).filter(pk=early.pk).exists()


class TestWithdrawing:
    def test_by_the_giver_or_who_assigns_owners(self, cast: Cast) -> None:
        for name in ("petra", "ana", "adam"):
            handoff = offered(cast.northwind, cast.petra, cast.tom)
            handoffs.withdraw(by=cast.actor(name), handoff=handoff, reason="Other plans", now=NOW)
            assert Handoff.objects.get(pk=handoff.pk).state == "withdrawn"

    def test_by_nobody_else_and_not_after_acceptance(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        for name in ("tom", "lena", "max"):
            with pytest.raises(NotAllowed):
                handoffs.withdraw(by=cast.actor(name), handoff=handoff, now=NOW)
        do_everything(handoff)
        handoffs.accept(by=cast.actor("tom"), handoff=handoff, now=NOW)
        refused("wrong_state", handoffs.withdraw, by=cast.actor("petra"), handoff=handoff, now=NOW)

    def test_a_dismissed_givers_handoff_is_taken_back_by_the_pam(self, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        User.objects.filter(pk=cast.petra.pk).update(is_active=False)
        handoffs.withdraw(by=cast.actor("ana"), handoff=handoff, now=NOW)
        assert Handoff.objects.get(pk=handoff.pk).state == "withdrawn"


class TestLaunchResults:
    def test_added_after_launch_and_confirmed(self, cast: Cast) -> None:
        handoff = accepted(cast.northwind, cast.petra, cast.tom)
        asked: dict[str, Any] = {"handoff": handoff, "now": NOW}
        refused("not_launched", handoff_items.add_results, by=cast.actor("petra"), results="Went live", **asked)
        Organization.objects.filter(pk=cast.northwind.pk).update(stage="post_launch")
        refused("no_results", handoff_items.confirm_results, by=cast.actor("tom"), **asked)
        handoff_items.add_results(by=cast.actor("petra"), results="Twelve orders in the first week", **asked)
        with pytest.raises(NotAllowed):
            handoff_items.confirm_results(by=cast.actor("petra"), **asked)
        handoff_items.confirm_results(by=cast.actor("tom"), **asked)
        refused("confirmed", handoff_items.add_results, by=cast.actor("petra"), results="More", **asked)
        assert titles(cast.petra)[-1] == "Tom Okafor confirmed the launch results of Northwind"

    def test_not_in_other_handoffs(self, cast: Cast) -> None:
        handoff = accepted(cast.northwind, cast.tom, cast.otto, "owner_to_owner")
        Organization.objects.filter(pk=cast.northwind.pk).update(stage="post_launch")
        asked: dict[str, Any] = {"handoff": handoff, "results": "Fine", "now": NOW}
        refused("not_launched", handoff_items.add_results, by=cast.actor("tom"), **asked)


def test_what_people_write_has_a_limit_and_no_nul(cast: Cast) -> None:
    handoff = prepared(cast.northwind, cast.petra, cast.tom)
    asked: dict[str, Any] = {"by": cast.actor("petra"), "handoff": handoff, "key": "people", "now": NOW}
    assert refused("too_long", handoff_items.settle_item, note="x" * 9_000, **asked).field == "note"
    assert handoff_items.settle_item(note="a\0b", **asked).note == "ab"


def test_the_trail_holds_states_and_no_words(cast: Cast) -> None:
    accepted(cast.northwind, cast.petra, cast.tom, summary="Secret of the house")
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb, changes::text FROM accounts_activity WHERE target_type = 'handoff' ORDER BY id")
        rows = cursor.fetchall()
    assert [verb for verb, _ in rows if verb != "handoff.dated"] == [
        "handoff.prepared",
        "handoff.offered",
        "handoff.accepted",
    ]
    assert not any("Secret" in (changes or "") for _, changes in rows)


@pytest.mark.django_db(transaction=True)
def test_accepting_twice_at_once_makes_one_owner() -> None:
    cast = make_cast()
    handoff = offered(cast.northwind, cast.petra, cast.otto)
    do_everything(handoff)
    by = cast.actor("otto")
    outcomes = in_threads(*[lambda: handoffs.accept(by=by, handoff=handoff, now=NOW)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DomainError", "Handoff"]
    assert holders(cast.northwind, "tam") == {"Tom Okafor": True, "Otto Brandt": False}


@pytest.mark.django_db(transaction=True)
def test_accepting_while_it_is_withdrawn_has_one_outcome() -> None:
    cast = make_cast()
    handoff = offered(cast.northwind, cast.petra, cast.otto)
    do_everything(handoff)
    receiver, giver = cast.actor("otto"), cast.actor("petra")
    outcomes = in_threads(
        lambda: handoffs.accept(by=receiver, handoff=handoff, now=NOW),
        lambda: handoffs.withdraw(by=giver, handoff=handoff, now=NOW),
    )
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    is_accepted = Handoff.objects.get(pk=handoff.pk).state == "accepted"
    assert ("Otto Brandt" in holders(cast.northwind, "tam")) == is_accepted


def test_handoffs_hang_on_a_person_who_leaves(cast: Cast) -> None:
    offered(cast.northwind, cast.petra, cast.tom)
    for person in (cast.petra, cast.tom):
        assert "1 handoff under way" in [str(hold.words) for hold in holds_of(person)]
    assert "handoff" not in str(holds_of(cast.otto))


class TestLateAnswers:
    def late(self, cast: Cast) -> Handoff:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        assert handoff.due_at is not None
        assert handoff_reminders.remind_overdue(now=handoff.due_at - timedelta(seconds=1)) == 0
        return handoff

    def test_giver_receiver_and_the_receivers_lead_hear_once(self, cast: Cast) -> None:
        handoff = self.late(cast)
        for hours in (0, 1, 30):
            handoff_reminders.remind_overdue(now=handoff.due_at + timedelta(hours=hours))
        said = "Tom Okafor has not answered the handoff of Northwind in time"
        assert [titles(person).count(said) for person in (cast.petra, cast.tom, cast.lena, cast.lou)] == [1, 1, 1, 0]

    def test_and_again_after_another_offer(self, cast: Cast) -> None:
        handoff = self.late(cast)
        handoff_reminders.remind_overdue(now=handoff.due_at)
        handoffs.give_back(by=cast.actor("tom"), handoff=handoff, reasons="Thin", now=handoff.due_at)
        again = handoffs.offer(by=cast.actor("petra"), handoff=handoff, now=handoff.due_at)
        assert handoff_reminders.remind_overdue(now=again.due_at) == 1
        assert handoff_reminders.remind_overdue(now=again.due_at + timedelta(hours=1)) == 0

    def test_not_of_what_was_answered(self, cast: Cast) -> None:
        handoff = self.late(cast)
        handoffs.give_back(by=cast.actor("tom"), handoff=handoff, reasons="Thin", now=NOW)
        assert handoff_reminders.remind_overdue(now=handoff.due_at) == 0
