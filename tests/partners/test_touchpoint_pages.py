"""The cadence tab through the client: who opens it, what each may do, and what the home says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from partners.models import CadenceAgreement, Interaction, Organization, Touchpoint
from partners.services import touchpoints
from tests.cast import Cast
from tests.factories.partners import make_partner

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def partner(cast: Cast) -> Organization:
    """Launched a week ago; Tom is its TAM, Ana its PAM, Sam takes part."""
    owners = {"tam": cast.tom, "pam": cast.ana, "sales": cast.sam}
    made = make_partner("post_launch", name="Live One", launched_on=TODAY - timedelta(days=7), owners=owners)
    touchpoints.generate(organization=made, now=timezone.now())
    return made


def first(partner: Organization) -> Touchpoint:
    found: Touchpoint = Touchpoint.objects.filter(organization=partner, kind="check_in").earliest("planned_on")
    return found


def url(name: str, partner: Organization, *more: Any) -> str:
    return reverse(f"partners:{name}", args=[partner.public_id, *more])


def test_who_opens_the_tab(client: Client, cast: Cast, partner: Organization) -> None:
    for name, status in (("tom", 200), ("ana", 200), ("max", 200), ("sam", 403), ("otto", 404), ("connie", 404)):
        client.force_login(getattr(cast, name))
        assert client.get(url("organization_cadence", partner)).status_code == status, name


def test_it_says_by_which_rule_and_shows_buttons_to_those_who_act(
    client: Client, cast: Cast, partner: Organization
) -> None:
    client.force_login(cast.tom)
    page = client.get(url("organization_cadence", partner)).content.decode()
    assert "Partner after launch" in page
    assert url("touchpoint_hold", partner, first(partner).public_id) in page
    client.force_login(cast.ana)
    page = client.get(url("organization_cadence", partner)).content.decode()
    assert url("touchpoint_hold", partner, first(partner).public_id) not in page
    assert url("touchpoint_arrange", partner) not in page


@pytest.mark.parametrize(("stage", "words"), [("pre_contract", "No rule of the cadence"), ("gate_2", "No rule")])
def test_it_says_why_nothing_is_planned(client: Client, cast: Cast, stage: str, words: str) -> None:
    early = make_partner(stage, owners={"pam": cast.ana})
    client.force_login(cast.ana)
    assert words in client.get(url("organization_cadence", early)).content.decode()


def test_held_logs_what_was_said_and_closes_it(client: Client, cast: Cast, partner: Organization) -> None:
    client.force_login(cast.tom)
    address = url("touchpoint_hold", partner, first(partner).public_id)
    assert client.get(address).status_code == 200
    moment = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    sent = {"kind": "call", "summary": "All is well", "happened_at": moment, "is_two_way": "on"}
    assert client.post(address, {**sent, "summary": ""}).status_code == 422
    assert not Interaction.objects.exists()
    client.post(address, sent)
    done = first(partner)
    assert done.state == "done"
    assert done.interaction is not None
    assert done.interaction.summary == "All is well"
    client.post(url("touchpoint_reopen", partner, done.public_id))
    assert first(partner).state == "planned"


def test_who_is_named_in_what_was_said_is_told(client: Client, cast: Cast, partner: Organization) -> None:
    client.force_login(cast.tom)
    moment = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    handles = {name: getattr(cast, name).email.partition("@")[0] for name in ("ana", "otto")}
    sent = {"kind": "call", "summary": "All is well", "body": f"@{handles['ana']} and @{handles['otto']}, please look"}
    address = url("touchpoint_hold", partner, first(partner).public_id)
    assert client.post(address, {**sent, "happened_at": moment}).status_code == 302
    told = Notification.objects.filter(key__startswith="interaction-mention:").values_list("user_id", flat=True)
    assert list(told) == [cast.ana.pk]


def test_held_twice_logs_once(client: Client, cast: Cast, partner: Organization) -> None:
    client.force_login(cast.tom)
    address = url("touchpoint_hold", partner, first(partner).public_id)
    moment = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    sent = {"kind": "call", "summary": "All is well", "happened_at": moment}
    client.post(address, sent)
    answer = client.post(address, {**sent, "summary": "Again"})
    assert answer.status_code == 422
    # What the refused form would have logged is undone with it.
    assert [row.summary for row in Interaction.objects.all()] == ["All is well"]


def test_left_out_moved_and_arranged(client: Client, cast: Cast, partner: Organization) -> None:
    client.force_login(cast.tom)
    found = first(partner)
    client.post(url("touchpoint_skip", partner, found.public_id), {"reason": ""})
    assert first(partner).state == "planned"
    client.post(url("touchpoint_move", partner, found.public_id), {"on": "x"})
    client.post(url("touchpoint_move", partner, found.public_id), {"on": str(TODAY + timedelta(days=1))})
    assert first(partner).planned_on == TODAY + timedelta(days=1)
    client.post(url("touchpoint_skip", partner, found.public_id), {"reason": "At a fair"})
    assert Touchpoint.objects.get(pk=found.pk).state == "skipped"
    sent = {"kind": "workshop", "on": str(TODAY + timedelta(days=2)), "topic": "Sizing", "owner": ""}
    client.post(url("touchpoint_arrange", partner), sent)
    made = Touchpoint.objects.get(kind="workshop")
    client.post(url("touchpoint_cancel", partner, made.public_id))
    assert Touchpoint.objects.get(pk=made.pk).state == "cancelled"


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "digest", "on": "2099-01-01"},
        {"kind": "workshop", "on": "1900-01-01"},
        {"kind": "workshop", "on": "\0"},
        {"kind": "", "on": ""},
        {"kind": "workshop", "on": str(TODAY), "owner": "nobody@nowhere.example"},
        {"kind": "workshop", "on": str(TODAY), "topic": "x" * 300},
    ],
)
def test_what_cannot_be_arranged(client: Client, cast: Cast, partner: Organization, sent: dict[str, str]) -> None:
    client.force_login(cast.tom)
    total = Touchpoint.objects.count()
    assert client.post(url("touchpoint_arrange", partner), sent).status_code == 422
    assert Touchpoint.objects.count() == total


def test_who_only_sees_it_does_not_act(client: Client, cast: Cast, partner: Organization) -> None:
    found = first(partner)
    for name, status in (("ana", 403), ("max", 403), ("sam", 403), ("otto", 404)):
        client.force_login(getattr(cast, name))
        answer = client.post(url("touchpoint_skip", partner, found.public_id), {"reason": "No"})
        assert answer.status_code == status, name
        sent = {"kind": "workshop", "on": str(TODAY)}
        assert client.post(url("touchpoint_arrange", partner), sent).status_code == status, name


def test_a_foreign_touchpoint_in_a_known_address(client: Client, cast: Cast, partner: Organization) -> None:
    foreign = make_partner("post_launch", launched_on=TODAY, owners={"tam": cast.otto})
    touchpoints.generate(organization=foreign, now=timezone.now())
    client.force_login(cast.tom)
    for name in ("touchpoint_skip", "touchpoint_move", "touchpoint_cancel", "touchpoint_reopen", "touchpoint_hold"):
        assert (
            client.post(url(name, partner, first(foreign).public_id), {"reason": "x", "on": str(TODAY)}).status_code
            == 404
        )


def test_the_home_says_what_is_next(client: Client, cast: Cast, partner: Organization) -> None:
    client.force_login(cast.tom)
    assert "Next touchpoints" in client.get(reverse("hub:home")).content.decode()
    client.force_login(cast.otto)
    assert "Next touchpoints" not in client.get(reverse("hub:home")).content.decode()


def test_agreed_and_ended_on_the_page(client: Client, cast: Cast, partner: Organization) -> None:
    client.force_login(cast.tom)
    sent = {"touchpoint": "check_in", "every_days": "10", "starts_on": str(TODAY), "reason": ""}
    answer = client.post(url("agreement_add", partner), sent)
    assert (answer.status_code, CadenceAgreement.objects.count()) == (422, 0)
    client.post(url("agreement_add", partner), sent | {"reason": "Their champion asked"})
    page = client.get(url("organization_cadence", partner)).content.decode()
    assert "Check-in: every 10 days" in page
    assert "Their champion asked" in page
    assert "as agreed" in page
    assert "by the rule for its segment" in page  # the quarterly review goes on by its rule
    made = CadenceAgreement.objects.get()
    client.force_login(cast.ana)
    assert client.get(url("agreement_add", partner)).status_code == 403
    assert client.post(url("agreement_end", partner, made.public_id)).status_code == 403
    client.force_login(cast.otto)
    assert client.post(url("agreement_end", partner, made.public_id)).status_code == 404
    client.force_login(cast.tom)
    client.post(url("agreement_end", partner, made.public_id))
    assert "Nothing is agreed" in client.get(url("organization_cadence", partner)).content.decode()


def test_time_and_links_on_the_page(client: Client, cast: Cast, partner: Organization) -> None:
    client.force_login(cast.tom)
    Organization.objects.filter(pk=partner.pk).update(timezone="Asia/Tokyo")
    found = first(partner)
    address = url("touchpoint_edit", partner, found.public_id)
    on = TODAY + timedelta(days=3)
    sent = {"starts_at": f"{on}T10:00", "meeting_url": "meet.example/room", "version": found.version}
    assert client.post(address, sent | {"meeting_url": "javascript:alert(1)"}).status_code == 422
    assert client.post(address, sent | {"version": 77}).status_code == 422
    client.post(address, sent)
    changed = Touchpoint.objects.get(pk=found.pk)
    assert (changed.planned_on, changed.meeting_url) == (on, "https://meet.example/room")
    assert changed.starts_at == datetime(on.year, on.month, on.day, 1, tzinfo=UTC)
    page = client.get(url("organization_cadence", partner)).content.decode()
    assert "10:00" in page
    assert "https://meet.example/room" in page
    assert "10:00" in client.get(address).content.decode()
    client.force_login(cast.ana)
    assert client.get(address).status_code == 403


def test_it_says_how_far_behind_contact_is(client: Client, cast: Cast, partner: Organization) -> None:
    late = first(partner)
    Touchpoint.objects.filter(pk=late.pk).update(
        planned_on=TODAY - timedelta(days=5), overdue_from=TODAY - timedelta(days=4)
    )
    client.force_login(cast.tom)
    page = client.get(url("organization_cadence", partner)).content.decode()
    assert "Contact is 5 days behind." in page
    assert "late by half of its distance" in page
