"""Context grants: asked with a reason, answered by somebody else, open for a time, ended by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Notification
from accounts.rules.access import FieldClass, Right, decide
from common.errors import DomainError, NotAllowed
from partners.models import ContextGrant, Organization, TimelineEntry
from partners.permissions import may, subject_of
from partners.services import grants
from partners.tasks import end_context_grants
from tests.cast import Cast
from tests.factories.partners import NOW, make_grant, make_partner

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def ask(cast: Cast, by: str = "tom", organization: Organization | None = None, **values: Any) -> ContextGrant:
    values = {"reason": "Prepare the review", "now": NOW, **values}
    return grants.ask(by=cast.actor(by), organization=organization or cast.northwind, **values)


def give(cast: Cast, grant: ContextGrant, by: str = "ana", **values: Any) -> ContextGrant:
    values = {"expires_at": NOW + WEEK, "now": NOW, **values}
    return grants.give(by=cast.actor(by), grant=grant, **values)


def reads_answers(cast: Cast, name: str, at: datetime) -> bool:
    actor = cast.actor(name)
    subject = subject_of(cast.northwind, grants_for=actor.user_id)
    return decide(actor, Right.SEE, subject, FieldClass.ANSWERS, now=at).allowed


def verbs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb FROM accounts_activity WHERE verb LIKE 'context_grant%%' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


class TestAsking:
    def test_the_pam_is_told(self, cast: Cast) -> None:
        grant = ask(cast)
        assert (grant.state, grant.asked_at, grant.reason) == ("asked", NOW, "Prepare the review")
        notice = Notification.objects.get()
        assert (notice.user_id, notice.title) == (cast.ana.pk, "Tom Okafor asks for context on Northwind")
        assert verbs() == ["context_grant.asked"]
        assert not reads_answers(cast, "tom", NOW)

    # Paul and Tina are assigned, but it is not open to them now; Sam knows the summary; the rest has no tie.
    @pytest.mark.parametrize("name", ["paul", "tina", "sam", "otto", "sue", "nora", "connie"])
    def test_only_who_opens_it_in_full(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            ask(cast, name)

    @pytest.mark.parametrize("name", ["ana", "max", "adam"])
    def test_not_who_reads_them_anyway(self, cast: Cast, name: str) -> None:
        with pytest.raises(DomainError) as caught:
            ask(cast, name)
        assert caught.value.code == "not_needed"

    def test_a_reason_is_needed(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            ask(cast, reason="  ")
        assert caught.value.field == "reason"

    @pytest.mark.parametrize("state", ["asked", "given"])
    def test_once_at_a_time(self, cast: Cast, state: str) -> None:
        make_grant(cast.northwind, cast.tom, state=state)
        with pytest.raises(DomainError) as caught:
            ask(cast)
        assert caught.value.code == "open"

    @pytest.mark.parametrize("state", ["refused", "ended"])
    def test_again_after_it_is_over(self, cast: Cast, state: str) -> None:
        make_grant(cast.northwind, cast.tom, state=state)
        assert ask(cast).state == "asked"


class TestGiving:
    @pytest.mark.parametrize("name", ["ana", "max", "adam"])
    def test_pam_manager_and_admin_open_the_answers_for_a_time(self, cast: Cast, name: str) -> None:
        given = give(cast, ask(cast), by=name, note="Until the review")
        assert (given.state, given.expires_at, given.decision_note) == ("given", NOW + WEEK, "Until the review")
        assert reads_answers(cast, "tom", NOW + WEEK - timedelta(seconds=1))
        assert not reads_answers(cast, "tom", NOW + WEEK)
        assert not reads_answers(cast, "petra", NOW)
        notice = Notification.objects.get(user=cast.tom)
        assert notice.title == "Northwind: the answers of earlier stages are open to you"
        assert TimelineEntry.objects.get(kind="grant").title == "Tom Okafor may read earlier answers for a time"
        assert verbs() == ["context_grant.asked", "context_grant.given"]

    @pytest.mark.parametrize("name", ["petra", "otto", "olga", "lena", "sue", "paul", "connie"])
    def test_others_do_not_decide(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            give(cast, ask(cast), by=name)

    def test_nobody_decides_on_their_own_request(self, cast: Cast) -> None:
        for name in ("max", "adam", "ana"):
            own = make_grant(make_partner(owners={"pam": cast.ana}), getattr(cast, name))
            with pytest.raises(NotAllowed, match="own request"):
                give(cast, own, by=name)
            with pytest.raises(NotAllowed, match="own request"):
                grants.refuse(by=cast.actor(name), grant=own, note="No", now=NOW)

    @pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1), timedelta(days=90, seconds=1)])
    def test_the_time_is_limited(self, cast: Cast, length: timedelta) -> None:
        with pytest.raises(DomainError) as caught:
            give(cast, ask(cast), expires_at=NOW + length)
        assert caught.value.field == "expires_at"

    @pytest.mark.parametrize("state", ["given", "refused", "ended"])
    def test_an_answer_is_final(self, cast: Cast, state: str) -> None:
        grant = make_grant(cast.northwind, cast.tom, state=state)
        with pytest.raises(DomainError) as caught:
            give(cast, grant)
        assert caught.value.code == "decided"


class TestRefusing:
    def test_with_a_reason(self, cast: Cast) -> None:
        grant = ask(cast)
        with pytest.raises(DomainError) as caught:
            grants.refuse(by=cast.actor("ana"), grant=grant, note=" ", now=NOW)
        assert caught.value.field == "note"
        refused = grants.refuse(by=cast.actor("ana"), grant=grant, note="The summary says it all", now=NOW)
        assert (refused.state, refused.decided_by_id) == ("refused", cast.ana.pk)
        assert Notification.objects.get(user=cast.tom).body == "The summary says it all"
        assert not reads_answers(cast, "tom", NOW)


class TestEnding:
    def test_taken_back_at_once(self, cast: Cast) -> None:
        given = give(cast, ask(cast))
        grants.end(by=cast.actor("ana"), grant=given, now=NOW + timedelta(hours=1))
        assert not reads_answers(cast, "tom", NOW + timedelta(hours=1))
        assert Notification.objects.filter(user=cast.tom).count() == 2

    def test_withdrawn_by_the_asker(self, cast: Cast) -> None:
        ended = grants.end(by=cast.actor("tom"), grant=ask(cast), now=NOW)
        assert (ended.state, ended.ended_at) == ("ended", NOW)
        with pytest.raises(DomainError) as caught:
            grants.end(by=cast.actor("tom"), grant=ended, now=NOW)
        assert caught.value.code == "ended"

    @pytest.mark.parametrize("name", ["petra", "otto", "lena"])
    def test_not_by_others(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            grants.end(by=cast.actor(name), grant=ask(cast), now=NOW)

    def test_by_itself(self, cast: Cast) -> None:
        given = give(cast, ask(cast))
        assert grants.end_expired(now=NOW + WEEK - timedelta(seconds=1)) == 0
        assert grants.end_expired(now=NOW + WEEK) == 1
        assert grants.end_expired(now=NOW + WEEK) == 0
        given.refresh_from_db()
        assert (given.state, given.ended_at) == ("ended", NOW + WEEK)
        assert verbs()[-1] == "context_grant.expired"

    def test_the_job_runs_twice(self, cast: Cast) -> None:
        make_grant(cast.northwind, cast.tom, state="given", expires_at=NOW - timedelta(days=400))
        end_context_grants()
        end_context_grants()
        assert ContextGrant.objects.get().state == "ended"
        assert Notification.objects.filter(user=cast.tom).count() == 1


def test_a_grant_opens_nothing_to_who_does_not_see_the_organization(cast: Cast) -> None:
    make_grant(cast.northwind, cast.otto, state="given", expires_at=NOW + WEEK)
    subject = subject_of(cast.northwind, grants_for=cast.otto.pk)
    assert not may(cast.actor("otto"), Right.SEE, cast.northwind, FieldClass.ANSWERS, subject=subject).allowed
