"""The explainer answers from the one policy, and tells a stranger nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from common.scope import Scope, set_scope
from hub.explainer import explain
from partners.models import Forecast, Organization
from partners.scope import scope_of
from partners.selectors.forecasts import days_ahead
from tests.cast import Cast
from tests.factories.partners import make_assignment, make_handoff, make_partner

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


def foreseen(organization: Organization, on: date) -> None:
    """The present gate as likely passed by that day as not."""
    stages = [{"stage": organization.stage, "p50": on.isoformat(), "p80": (on + timedelta(days=9)).isoformat()}]
    Forecast.objects.create(
        organization=organization, as_of=on, journey_version=1, stages=stages, computed_at=NOW - timedelta(days=1)
    )


def test_the_sentence_of_the_spec(cast: Cast) -> None:
    early = make_partner("gate_2", name="Early Harbor", owners={"tam": cast.tom, "pam": cast.ana})
    foreseen(early, date(2026, 3, 3))
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


def test_without_a_forecast_the_usual_days_of_the_journey_stand(cast: Cast) -> None:
    early = make_partner("gate_2", name="Early Harbor", owners={"tam": cast.tom, "pam": cast.ana}, at=NOW)
    found = days_ahead(early, today=NOW.date())
    # Five weeks and three, by the pack.
    assert abs((found["gate_3"] - NOW.date()).days - 35) <= 2
    assert found["post_launch"] > found["gate_3"] + timedelta(days=14)
    assert f"Expected around {found['gate_3'].day} April." in asked(cast, "tom", "Early Harbor")[1]


def test_expected_days_never_lie_in_the_past(cast: Cast) -> None:
    today = timezone.localdate(NOW)
    late = make_partner("gate_2", name="Late Harbor", at=NOW - timedelta(days=400))
    assert min(days_ahead(late, today=today).values()) > today
    foreseen(late, today - timedelta(days=30))
    assert days_ahead(late, today=today) == {"gate_3": today}
    # It has moved on, and no worker has been there yet.
    Organization.objects.filter(pk=late.pk).update(stage="gate_3", stage_entered_at=NOW)
    late.refresh_from_db()
    assert list(days_ahead(late, today=today)) == ["post_launch"]
    assert days_ahead(make_partner("post_launch"), today=today) == {}


def test_an_open_handoff_is_the_reason(cast: Cast) -> None:
    """Who gives it keeps it in whatever stage it is by now; who receives it knows its summary; so does their lead."""
    early = make_partner("gate_2", name="Early Harbor", owners={"pdm": cast.paul, "pam": cast.ana})
    assert asked(cast, "paul", "Early Harbor")[0] is False
    handoff = make_handoff(early, cast.paul, cast.tom, kind="pdm_to_tpm", from_role="pdm", to_role="tpm")
    for name, words in (
        ("paul", "You are PDM of Early Harbor and see it until your handoff is accepted."),
        ("tom", "You have a handoff of Early Harbor to accept and see its summary."),
        ("lena", "Somebody in a team that you lead has a handoff of Early Harbor to accept."),
    ):
        is_seen, answer = asked(cast, name, "Early Harbor")
        assert is_seen, name
        assert answer.startswith(words), answer
    assert asked(cast, "otto", "Early Harbor")[0] is False
    handoff.state, handoff.accepted_at = "accepted", NOW
    handoff.save()
    assert [asked(cast, name, "Early Harbor")[0] for name in ("paul", "tom", "lena")] == [False, False, False]
