"""Decisions at a gate, and what people do to an organization by hand, are made once however often they are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Invitation
from common.sent_once import FIELD
from partners.models import (
    Assignment,
    ContextGrant,
    Evidence,
    GateReview,
    Organization,
    SectionJudgment,
    Signature,
    Waiver,
)
from tests.cast import Cast
from tests.factories.partners import make_contact
from tests.partners.gate_world import AT, drafted, partner_at, submitted
from tests.partners.journey_world import PARTNER

pytestmark = pytest.mark.django_db

GATE = "/organizations/{partner}/gates/gate_0/"
ASKED = f"{GATE}questionnaires/{PARTNER.stage('gate_0').questionnaires[0].id}/"
HALF = {"team_commitment_confirmed": "no", "operational_readiness_score": "low"}


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    """The answers of the world are good on its day."""
    with time_machine.travel(AT + timedelta(hours=2), tick=False):
        yield


def _nothing(cast: Cast, partner: Organization) -> None:
    pass


def _draft(cast: Cast, partner: Organization) -> None:
    drafted(partner, cast.actor("paul"))


def _half(cast: Cast, partner: Organization) -> None:
    submitted(cast, partner, **HALF)


def _whole(cast: Cast, partner: Organization) -> None:
    submitted(cast, partner)


def _earlier(cast: Cast, partner: Organization) -> None:
    """Its PSM reads the answers of earlier stages by asking alone."""
    Organization.objects.filter(pk=partner.pk).update(stage="gate_3")


def _reachable(cast: Cast, partner: Organization) -> None:
    make_contact(partner, name="Kim", email="kim@partner.example")


Before = Callable[[Cast, Organization], None]
# Where the form stands, where it is sent, by whom, what is sent, what was there before, the rows that tell of it.
FORMS: dict[str, tuple[str, str, str, dict[str, str], Before, Any]] = {
    "judgment": (
        f"{ASKED}versions/1/judge/strategic-value/",
        "",
        "ana",
        {"verdict": "failed", "reason": "Nobody buys there."},
        _half,
        SectionJudgment,
    ),
    "evidence": (
        f"{ASKED}sections/contract-execution/evidence/contract-signed/",
        "",
        "paul",
        {"note": "Seen at their office"},
        _draft,
        Evidence,
    ),
    "signature": (f"{ASKED}versions/1/sign/", "", "paul", {"role": "pdm", "name": "Paul Novak"}, _whole, Signature),
    "waiver": (
        f"{GATE}waive/section:partner-team/",
        "",
        "adam",
        {"reason": "They commit in July", "until": "2025-07-01"},
        _nothing,
        Waiver,
    ),
    "override": (
        f"{GATE}override/",
        "",
        "adam",
        {"to": "gate_1", "reason": "Board decision", "is_sure": "on"},
        _nothing,
        GateReview,
    ),
    "context": (
        "/organizations/{partner}/journey/",
        "/organizations/{partner}/context/ask/",
        "petra",
        {"reason": "To know what Gate 1 found"},
        _earlier,
        ContextGrant,
    ),
    "portal invitation": (
        "/organizations/{partner}/people/",
        "/organizations/{partner}/contacts/{contact}/invite/",
        "ana",
        {},
        _reachable,
        Invitation,
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_sent_twice_it_is_made_once(cast: Cast, form: str) -> None:
    stands_at, sent_to, who, values, before, made = FORMS[form]
    partner = partner_at(cast, "gate_0")
    before(cast, partner)
    contact = partner.contacts.filter(name="Kim").first()
    places = {"partner": partner.public_id, "contact": contact.public_id if contact else ""}
    address = (sent_to or stands_at).format(**places)
    client = Client()
    client.force_login(getattr(cast, who))
    page = client.get(stands_at.format(**places)).content.decode()
    form_in_page = page.split(f'action="{address}"')[-1] if sent_to else page
    key = form_in_page.split(f'name="{FIELD}" value="')[1].split('"')[0]
    there = made.objects.count()
    first, second = (client.post(address, {**values, FIELD: key}) for _time in range(2))
    assert made.objects.count() == there + 1, first.content
    assert (second.status_code, second["Location"]) == (302, first["Location"])


def test_what_was_refused_may_be_sent_again(cast: Cast) -> None:
    partner = partner_at(cast, "gate_0")
    contact = make_contact(partner, name="Kim", email="")
    client, key = Client(), str(uuid4())
    client.force_login(cast.ana)
    address = f"/organizations/{partner.public_id}/contacts/{contact.public_id}/invite/"
    client.post(address, {FIELD: key})
    assert not Invitation.objects.exists()
    contact.email = "kim@partner.example"
    contact.save(update_fields=["email"])
    client.post(address, {FIELD: key})
    assert Invitation.objects.count() == 1


def test_many_assigned_at_once_are_assigned_once_though_some_were_refused(cast: Cast) -> None:
    mine, archived = partner_at(cast, "gate_0"), partner_at(cast, "gate_0", name="Boreal", archived_at=AT)
    client, key = Client(), str(uuid4())
    client.force_login(cast.adam)
    chosen = [str(mine.public_id), str(archived.public_id)]
    sent = {"chosen": chosen, "role": "tam", "user": cast.otto.name, FIELD: key}
    first, second = (client.post("/organizations/assign/", sent) for _time in range(2))
    assert (first.status_code, second.status_code) == (200, 302)
    assert second["Location"] == "/organizations/"
    assert Assignment.objects.filter(user=cast.otto, role="tam").count() == 1
