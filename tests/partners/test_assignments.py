"""Owners change in one place: who may, what is written, who is told, and that two at once end in one outcome."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, User
from common.errors import DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners.models import Assignment, Organization, TimelineEntry
from partners.services import assignments
from tests.cast import Cast, make_cast
from tests.factories.accounts import make_user, take_role
from tests.factories.partners import NOW, make_assignment, make_customer, make_partner

pytestmark = pytest.mark.django_db


def holders(organization: Organization, role: str) -> dict[str, bool]:
    """Name -> primary, of today."""
    rows = Assignment.objects.active().filter(organization=organization, role=role)
    return dict(rows.values_list("user__name", "is_primary"))


def titles(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("title", flat=True))


def trail(organization: Organization) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verb, target_name FROM accounts_activity WHERE organization_id = %s ORDER BY id", [organization.pk]
        )
        return list(cursor.fetchall())


def active(organization: Organization, role: str) -> Assignment:
    found: Assignment = Assignment.objects.active().get(organization=organization, role=role)
    return found


class TestAssigning:
    def test_the_first_owner_of_a_role_is_its_primary(self, cast: Cast) -> None:
        carl = assignments.assign_owner(
            by=cast.actor("ana"), organization=cast.northwind, user=cast.carl, role="csm", now=NOW
        )
        assert (carl.is_primary, carl.started_at, carl.ended_at, carl.assigned_by_id) == (True, NOW, None, cast.ana.pk)

    def test_a_further_one_is_not_and_may_take_it_over(self, cast: Cast) -> None:
        by, later = cast.actor("ana"), NOW + timedelta(days=1)
        assignments.assign_owner(by=by, organization=cast.northwind, user=cast.otto, role="tam", now=NOW)
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True, "Otto Brandt": False}
        otto = assignments.assign_owner(
            by=by,
            organization=cast.northwind,
            user=cast.otto,
            role="tam",
            is_primary=True,
            reason="Tom is away",
            now=later,
        )
        assert holders(cast.northwind, "tam") == {"Tom Okafor": False, "Otto Brandt": True}
        assert otto.is_primary
        at_noon = Assignment.objects.at(NOW + timedelta(hours=3)).filter(organization=cast.northwind, role="tam")
        assert dict(at_noon.values_list("user__name", "is_primary")) == {"Tom Okafor": True, "Otto Brandt": False}

    def test_the_same_again_changes_nothing(self, cast: Cast) -> None:
        again = assignments.assign_owner(
            by=cast.actor("ana"), organization=cast.northwind, user=cast.tom, role="tam", now=NOW
        )
        assert again == active(cast.northwind, "tam")
        assert trail(cast.northwind) == []
        assert titles(cast.tom) == []

    def test_what_happened_is_written_and_told(self, cast: Cast) -> None:
        assignments.assign_owner(
            by=cast.actor("ana"),
            organization=cast.northwind,
            user=cast.otto,
            role="tam",
            is_primary=True,
            reason="Knows their stack",
            now=NOW,
        )
        line = TimelineEntry.objects.get(organization=cast.northwind)
        assert (line.kind, line.title, line.body) == ("owner", "Otto Brandt became TAM", "Knows their stack")
        assert (line.actor_id, line.at, line.stage) == (cast.ana.pk, NOW, "gate_3")
        assert trail(cast.northwind) == [
            ("assignment.started", "TAM Otto Brandt, Northwind"),
            ("assignment.made_secondary", "TAM Tom Okafor, Northwind"),
        ]
        assert titles(cast.otto) == ["You are now TAM of Northwind"]
        assert titles(cast.tom) == ["Somebody else is now the primary TAM of Northwind"]
        assert titles(cast.ana) == []

    def test_who_assigns_themselves_is_not_told(self, cast: Cast) -> None:
        birch = make_customer(owners={"csm": cast.carl})
        admin = cast.actor("adam")
        assignments.assign_owner(by=admin, organization=birch, user=cast.adam, role="product", now=NOW)
        assert titles(cast.adam) == []

    def test_who_cannot_see_it_yet_is_told_from_when_on(self, cast: Cast) -> None:
        early = make_partner("gate_2", name="Aurora", owners={"pam": cast.ana})
        assignments.assign_owner(by=cast.actor("ana"), organization=early, user=cast.tom, role="tam", now=NOW)
        notice = Notification.objects.get(user=cast.tom)
        assert notice.body == "It is in Gate 2 now and opens to you in Gate 3."
        # Readable behind row-level security as well: Aurora is not in Tom's scope.
        with scoped(Scope.none()):
            assert Notification.objects.filter(user=cast.tom).count() == 1

    @pytest.mark.parametrize(
        ("name", "role", "field", "code"),
        [
            ("carl", "tam", "user", "role_not_held"),
            ("nora", "tam", "user", "role_not_held"),
            ("connie", "sales", "user", "not_staff"),
            ("max", "manager", "role", "role_not_of_kind"),
            ("sue", "support", "role", "role_not_of_kind"),
        ],
    )
    def test_who_does_not_fit(self, cast: Cast, name: str, role: str, field: str, code: str) -> None:
        with pytest.raises(DomainError) as caught:
            assignments.assign_owner(
                by=cast.actor("adam"), organization=cast.northwind, user=getattr(cast, name), role=role, now=NOW
            )
        assert (caught.value.field, caught.value.code) == (field, code)

    def test_a_pam_does_not_own_a_customer(self, cast: Cast) -> None:
        with pytest.raises(DomainError, match="Partner Account Manager") as caught:
            assignments.assign_owner(by=cast.actor("adam"), organization=cast.birch, user=cast.ana, role="pam", now=NOW)
        assert caught.value.code == "role_not_of_kind"

    def test_participants_need_no_role(self, cast: Cast) -> None:
        row = assignments.assign_owner(
            by=cast.actor("ana"), organization=cast.northwind, user=cast.nora, role="product", now=NOW
        )
        assert row.role == "product"

    def test_deactivated_people_own_nothing(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.otto.pk).update(is_active=False)
        with pytest.raises(DomainError) as caught:
            assignments.assign_owner(
                by=cast.actor("ana"), organization=cast.northwind, user=cast.otto, role="tam", now=NOW
            )
        assert caught.value.code == "inactive"

    def test_a_role_that_was_taken_away_cannot_be_assigned(self, cast: Cast) -> None:
        take_role(cast.otto, "tam")
        with pytest.raises(DomainError) as caught:
            assignments.assign_owner(
                by=cast.actor("ana"), organization=cast.northwind, user=cast.otto, role="tam", now=NOW
            )
        assert caught.value.code == "role_not_held"

    def test_an_archived_organization_gets_no_owner(self, cast: Cast) -> None:
        gone = make_partner(archived_at=NOW)
        with pytest.raises(DomainError) as caught:
            assignments.assign_owner(by=cast.actor("adam"), organization=gone, user=cast.tom, role="tam", now=NOW)
        assert caught.value.code == "archived"

    @pytest.mark.parametrize(
        "name", ["paul", "tina", "petra", "tom", "ines", "sam", "olga", "sue", "lena", "max", "connie"]
    )
    def test_only_its_pam_and_admins_assign(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            assignments.assign_owner(
                by=cast.actor(name), organization=cast.northwind, user=cast.otto, role="tam", now=NOW
            )
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True}

    def test_out_of_scope_is_missing(self, cast: Cast) -> None:
        with scoped(Scope.of([cast.birch.pk])), pytest.raises(Missing):
            assignments.assign_owner(
                by=cast.actor("ana"), organization=cast.northwind, user=cast.otto, role="tam", now=NOW
            )

    def test_a_clock_that_lags_behind_breaks_nothing(self, cast: Cast) -> None:
        by, earlier = cast.actor("ana"), NOW - timedelta(seconds=5)
        assignments.assign_owner(
            by=by, organization=cast.northwind, user=cast.otto, role="tam", is_primary=True, now=NOW
        )
        assignments.make_primary(
            by=by, assignment=Assignment.objects.active().get(user=cast.tom, organization=cast.northwind), now=earlier
        )
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True, "Otto Brandt": False}


class TestFirstOwner:
    def test_a_maker_owns_what_they_made(self, cast: Cast) -> None:
        made = make_partner("pre_contract")
        row = assignments.name_first_owner(
            by=cast.actor("olga"), organization=made, user=cast.olga, role="pam", now=NOW
        )
        assert (row.user_id, row.role, row.is_primary) == (cast.olga.pk, "pam", True)

    def test_a_lead_names_a_member(self, cast: Cast) -> None:
        made = make_customer("pre_sales")
        assignments.name_first_owner(by=cast.actor("lou"), organization=made, user=cast.carl, role="csm", now=NOW)
        assert holders(made, "csm") == {"Carl Lindqvist": True}

    def test_nobody_else_can_be_named_or_name(self, cast: Cast) -> None:
        made = make_customer("pre_sales")
        for by, user in ((cast.actor("lou"), cast.tom), (cast.actor("carl"), cast.carl), (cast.actor("ana"), cast.ana)):
            with pytest.raises(NotAllowed):
                assignments.name_first_owner(by=by, organization=made, user=user, role="csm", now=NOW)

    def test_not_where_somebody_was_before(self, cast: Cast) -> None:
        old = make_partner("pre_contract")
        make_assignment(old, cast.ana, "pam", ended_at=NOW - timedelta(days=1))
        with pytest.raises(NotAllowed):
            assignments.name_first_owner(by=cast.actor("olga"), organization=old, user=cast.olga, role="pam", now=NOW)


class TestEnding:
    def test_the_last_owner_is_asked_for_first(self, cast: Cast) -> None:
        row = active(cast.northwind, "tam")
        with pytest.raises(DomainError, match="the last Technical Account Manager of Northwind") as caught:
            assignments.end_assignment(by=cast.actor("ana"), assignment=row, now=NOW)
        assert caught.value.code == "last_owner"
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True}
        ended = assignments.end_assignment(
            by=cast.actor("ana"), assignment=row, confirm_last=True, reason="Left us", now=NOW
        )
        assert (ended.ended_at, ended.ended_by_id) == (NOW, cast.ana.pk)
        assert holders(cast.northwind, "tam") == {}
        assert titles(cast.tom) == ["You are no longer TAM of Northwind"]
        assert TimelineEntry.objects.get().title == "Tom Okafor is no longer TAM"

    def test_the_longest_serving_follows_the_primary(self, cast: Cast) -> None:
        row = active(cast.northwind, "tam")
        make_assignment(cast.northwind, cast.otto, "tam", is_primary=False, started_at=NOW - timedelta(days=9))
        newer = make_user("tam", name="Newer")
        make_assignment(cast.northwind, newer, "tam", is_primary=False, started_at=NOW - timedelta(days=2))
        assignments.end_assignment(by=cast.actor("ana"), assignment=row, now=NOW)
        assert holders(cast.northwind, "tam") == {"Otto Brandt": True, "Newer": False}
        assert titles(cast.otto) == ["You are now the primary TAM of Northwind"]

    def test_participants_go_without_a_question(self, cast: Cast) -> None:
        assignments.end_assignment(by=cast.actor("ana"), assignment=active(cast.northwind, "sales"), now=NOW)
        assert holders(cast.northwind, "sales") == {}

    def test_once_is_enough(self, cast: Cast) -> None:
        row = active(cast.northwind, "tam")
        assignments.end_assignment(by=cast.actor("ana"), assignment=row, confirm_last=True, now=NOW)
        with pytest.raises(DomainError) as caught:
            assignments.end_assignment(by=cast.actor("ana"), assignment=row, confirm_last=True, now=NOW)
        assert caught.value.code == "ended"

    @pytest.mark.parametrize("name", ["tom", "petra", "olga", "max"])
    def test_others_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            assignments.end_assignment(
                by=cast.actor(name), assignment=active(cast.northwind, "tam"), confirm_last=True, now=NOW
            )


class TestReplacing:
    def test_the_role_is_never_without_an_owner(self, cast: Cast) -> None:
        row = assignments.replace_owner(
            by=cast.actor("ana"), assignment=active(cast.northwind, "tam"), user=cast.otto, reason="Leave", now=NOW
        )
        assert (row.user_id, row.is_primary) == (cast.otto.pk, True)
        assert holders(cast.northwind, "tam") == {"Otto Brandt": True}
        assert TimelineEntry.objects.get().title == "Otto Brandt took over as TAM from Tom Okafor"
        assert titles(cast.tom) == ["You are no longer TAM of Northwind"]

    def test_by_somebody_who_is_there_already(self, cast: Cast) -> None:
        make_assignment(cast.northwind, cast.otto, "tam", is_primary=False)
        row = Assignment.objects.active().get(organization=cast.northwind, user=cast.tom)
        assignments.replace_owner(by=cast.actor("ana"), assignment=row, user=cast.otto, now=NOW)
        assert holders(cast.northwind, "tam") == {"Otto Brandt": True}

    def test_by_the_same_person_changes_nothing(self, cast: Cast) -> None:
        row = active(cast.northwind, "tam")
        assert assignments.replace_owner(by=cast.actor("ana"), assignment=row, user=cast.tom, now=NOW) == row
        assert trail(cast.northwind) == []

    def test_by_somebody_without_the_role_is_refused(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            assignments.replace_owner(
                by=cast.actor("ana"), assignment=active(cast.northwind, "tam"), user=cast.carl, now=NOW
            )
        assert caught.value.field == "user"
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True}


class TestInBulk:
    def test_what_can_be_done_is_done_and_the_rest_is_listed(self, cast: Cast) -> None:
        mine = [make_partner("gate_3", name=f"Mine {n}", owners={"pam": cast.ana}) for n in range(3)]
        held = make_partner("gate_3", name="Held", owners={"pam": cast.ana, "tam": cast.otto})
        foreign = make_partner("gate_3", name="Foreign", owners={"pam": cast.olga})
        archived = make_partner("gate_3", name="Archived", owners={"pam": cast.ana}, archived_at=NOW)
        result = assignments.bulk_assign(
            by=cast.actor("ana"),
            organizations=[*mine, held, foreign, archived],
            user=cast.otto,
            role="tam",
            reason="New territory",
            now=NOW,
        )
        assert (result.assigned, result.unchanged) == (3, 1)
        assert [(refusal.name, refusal.code) for refusal in result.refusals] == [
            ("Foreign", "not_allowed"),
            ("Archived", "archived"),
        ]
        assert all(holders(organization, "tam") == {"Otto Brandt": True} for organization in mine)
        assert holders(foreign, "tam") == {}
        assert TimelineEntry.objects.filter(kind="owner").count() == 3

    def test_one_notice_for_many(self, cast: Cast) -> None:
        for number in range(4):
            make_partner("gate_3", name=f"P{number}", owners={"tam": cast.tom})
        assignments.bulk_assign(
            by=cast.actor("adam"),
            organizations=Organization.objects.filter(name__startswith="P"),
            user=cast.otto,
            role="tam",
            is_primary=True,
            now=NOW,
        )
        assert titles(cast.otto) == ["You are now TAM of 4 organizations"]
        assert titles(cast.tom) == ["Somebody else is now the primary TAM of 4 organizations"]

    def test_kinds_that_do_not_fit_are_refused_one_by_one(self, cast: Cast) -> None:
        result = assignments.bulk_assign(
            by=cast.actor("adam"), organizations=[cast.northwind, cast.birch], user=cast.olga, role="pam", now=NOW
        )
        assert (result.assigned, [refusal.code for refusal in result.refusals]) == (1, ["role_not_of_kind"])

    def test_a_person_who_does_not_fit_is_refused_at_once(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            assignments.bulk_assign(
                by=cast.actor("adam"), organizations=[cast.northwind], user=cast.carl, role="tam", now=NOW
            )
        assert caught.value.code == "role_not_held"

    def test_the_cost_does_not_follow_the_number(self, cast: Cast) -> None:
        def statements(count: int) -> int:
            organizations = [make_partner("gate_3", owners={"pam": cast.ana, "tam": cast.tom}) for _ in range(count)]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assignments.bulk_assign(
                    by=cast.actor("ana"), organizations=organizations, user=cast.otto, role="tam", now=NOW
                )
            return len(queries)

        assert statements(40) == statements(2)


def _in_threads(*works: Callable[[], Any]) -> list[Any]:
    """Run works at once, each on a connection of its own, and return what they returned or raised."""
    outcomes: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            with transaction.atomic(), scoped(Scope.all()):
                outcomes[place] = work()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_people_make_different_owners_primary(self) -> None:
        cast = make_cast()
        otto = make_assignment(cast.northwind, cast.otto, "tam", is_primary=False)
        ana, adam = cast.actor("ana"), cast.actor("adam")
        other = make_user("tam", name="Third")
        outcomes = _in_threads(
            lambda: assignments.make_primary(by=ana, assignment=otto, now=NOW),
            lambda: assignments.assign_owner(
                by=adam, organization=cast.northwind, user=other, role="tam", is_primary=True, now=NOW
            ),
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
        found = holders(cast.northwind, "tam")
        assert set(found) == {"Tom Okafor", "Otto Brandt", "Third"}
        assert sum(found.values()) == 1
        assert not found["Tom Okafor"]

    def test_two_people_assign_the_same_person(self) -> None:
        cast = make_cast()
        actors = [cast.actor("ana"), cast.actor("adam")]
        outcomes = _in_threads(
            *[
                lambda actor=actor: assignments.assign_owner(  # type: ignore[misc]
                    by=actor, organization=cast.northwind, user=cast.otto, role="tam", is_primary=True, now=NOW
                )
                for actor in actors
            ]
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
        assert outcomes[0].pk == outcomes[1].pk
        assert Assignment.objects.filter(organization=cast.northwind, user=cast.otto).count() == 1

    def test_the_last_two_owners_cannot_both_leave_unnoticed(self) -> None:
        cast = make_cast()
        tom = active(cast.northwind, "tam")
        otto = make_assignment(cast.northwind, cast.otto, "tam", is_primary=False)
        ana, adam = cast.actor("ana"), cast.actor("adam")
        outcomes = _in_threads(
            lambda: assignments.end_assignment(by=ana, assignment=tom, now=NOW),
            lambda: assignments.end_assignment(by=adam, assignment=otto, now=NOW),
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
        assert len(refused) == 1
        # The one who stays became primary by a new row where the primary left first.
        assert refused[0].code in {"last_owner", "ended"}
        assert list(holders(cast.northwind, "tam").values()) == [True]
