"""The explainer answers from the one policy, and tells a stranger nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from common.scope import Scope, set_scope
from hub.explainer import explain
from partners.models import Organization
from partners.rules.pace import expected_on
from partners.scope import scope_of
from tests.cast import Cast
from tests.factories.partners import make_assignment, make_partner

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def asked(cast: Cast, person: str, query: str) -> tuple[bool, str]:
    """Ask as a request would: inside the asker's own scope, which is in force again afterwards."""
    actor = cast.actor(person)
    set_scope(scope_of(actor))
    answer = explain(actor, query, now=NOW)
    before = Organization.objects.count()
    set_scope(Scope.all())
    assert before == Organization.objects.visible_to(actor).count()
    return answer.is_seen, " ".join(answer.sentences)


def test_the_sentence_of_the_spec(cast: Cast) -> None:
    early = make_partner("gate_2", name="Early Harbor", owners={"tam": cast.tom, "pam": cast.ana})
    Organization.objects.filter(pk=early.pk).update(stage_entered_at=NOW - timedelta(days=34))
    is_seen, words = asked(cast, "tom", "Early Harbor")
    assert not is_seen
    assert words.startswith(
        "You are TAM of Early Harbor, but it is in Gate 2; a TAM sees a partner from Gate 3 on. "
        "Expected around 3 March."
    )
    assert "Its PAM is Ana Silva." in words


@pytest.mark.parametrize("person", ["otto", "olga", "sue"])
def test_foreign_and_unknown_get_the_same_answer(cast: Cast, person: str) -> None:
    foreign = make_partner("gate_3", name="Hidden Valley", owners={"pam": cast.ana})
    answers = {
        asked(cast, person, query)
        for query in ("Hidden Valley", "hidden", f"/organizations/{foreign.public_id}/", "Nothing Like This", "\0", "%")
    }
    assert len(answers) == 1
    assert "Hidden" not in answers.pop()[1]


def test_why_yes(cast: Cast) -> None:
    assert asked(cast, "tom", "northwind") == (
        True,
        "You are TAM of Northwind, which is in Gate 3; a TAM sees a partner from Gate 3 on.",
    )
    assert asked(cast, "max", "Northwind")[0]
    assert "You lead Tom Okafor" in asked(cast, "lena", "Northwind")[1]
    assert "summary" in asked(cast, "sam", "Northwind")[1]


def test_an_ended_assignment_says_so(cast: Cast) -> None:
    partner = make_partner("gate_3", name="Past Glory", owners={"pam": cast.ana})
    make_assignment(partner, cast.otto, "tam", started_at=NOW - timedelta(days=90), ended_at=NOW - timedelta(days=9))
    is_seen, words = asked(cast, "otto", "Past Glory")
    assert not is_seen
    assert "ended" in words or "no longer" in words


def test_a_person_without_a_role_is_sent_to_an_administrator(cast: Cast) -> None:
    assert "administrator" in asked(cast, "nora", "Northwind")[1]


def test_asking_for_another_person_is_for_admins_and_recorded(client: Client, cast: Cast) -> None:
    address = reverse("hub:why")
    client.force_login(cast.tom)
    client.get(address, {"q": "Northwind", "person": cast.otto.pk})
    assert not Activity.objects.filter(verb="access.explained_for_other").exists()
    client.force_login(cast.adam)
    page = client.get(address, {"q": "Northwind", "person": cast.otto.pk}).content.decode()
    assert "Otto Brandt" in page
    row = Activity.objects.get(verb="access.explained_for_other")
    assert (row.actor_id, row.target_id, row.reason) == (cast.adam.pk, cast.otto.pk, "Northwind")


def test_expected_days_never_lie_in_the_past() -> None:
    today = timezone.localdate(NOW)
    journey = ("pre_contract", "gate_0", "gate_1", "gate_2", "gate_3", "post_launch")
    late = expected_on(journey=journey, stage="gate_2", entered_on=today - timedelta(days=400), today=today)
    assert late == {"gate_3": today, "post_launch": today + timedelta(days=21)}
    fresh = expected_on(journey=journey, stage="gate_1", entered_on=today, today=today)
    assert fresh["gate_2"] == today + timedelta(days=84)
    assert expected_on(journey=journey, stage="post_launch", entered_on=today, today=today) == {}
    assert expected_on(journey=("pre_sales", "kick_off"), stage="pre_sales", entered_on=today, today=today) == {}
