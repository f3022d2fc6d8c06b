"""Policy quality: what counts and what does not, by hand; in the reader's scope; each case behind its figure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from common.scope import Scope, scoped
from health.models import BandOverride
from partners.models import ClassificationOverride, GateReview, Waiver, WaiverRequest
from reports.rules.policy_cases import by_role, tally
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.factories.alerts import make_episode
from tests.factories.partners import make_partner
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import EscalationDrill, SlaClock, SlaTimer, TicketEvent

PAGE = "/reports/policies/?period=2026-Q2&subject="
AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BEFORE = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)


def test_cases_are_added_up_by_group_and_by_role() -> None:
    whole, groups = tally([("a", True), ("b", False), ("a", False), ("a", True)])
    assert (whole.hits, whole.total) == (2, 4)
    assert [(key, found.hits, found.total) for key, found in groups.items()] == [("a", 2, 3), ("b", 0, 1)]
    assert tally([])[0].share.value is None
    assert by_role([1, 1, 2, None, 3], {1: "TAM", 2: "CSM"}) == [("", 2), ("TAM", 2), ("CSM", 1)]


@pytest.fixture
def cases(cast: Cast) -> None:
    """At Northwind and at a foreign partner: one case of everything in the quarter, and some before it."""
    with scoped(Scope.all()):
        foreign = make_partner("gate_3", name="Foreign", owners={"tam": cast.otto})
        desk = make_desk(cast.sue)
        for place in (cast.northwind, foreign):
            fill(place, cast, desk)


def fill(place: Any, cast: Cast, desk: Any) -> None:
    for number, (outcome, at) in enumerate(
        (("acted", AT), ("acted", AT), ("false", AT), ("late", AT), ("false", BEFORE))
    ):
        closed = {"state": "closed", "outcome": outcome, "outcome_note": "Seen", "cause": f"cause_{number}"}
        make_episode(place, now=at, closed_by=cast.tom, **closed)
    band: dict[str, Any] = {"organization": place, "band": "green", "reason": "They called", "set_by": cast.tom}
    BandOverride.objects.create(started_at=AT, until=AT + timedelta(days=9), ended_at=AT, **band)
    BandOverride.objects.create(started_at=BEFORE, until=BEFORE + timedelta(days=9), ended_at=BEFORE, **band)
    ClassificationOverride.objects.create(
        organization=place, dimension="gemstone", value="ruby", reason="Larger", set_by=cast.max, started_at=AT
    )
    GateReview.objects.filter(organization=place).delete()
    review = GateReview.objects.create(
        organization=place, stage="gate_2", journey_version=1, opened_at=BEFORE, outcome="overridden",
        decided_at=AT, decided_by=cast.max, reason="Their launch is set",
    )  # fmt: skip
    waiver: dict[str, Any] = {"organization": place, "stage": "gate_3", "reason": "Later", "granted_by": cast.adam}
    Waiver.objects.create(criterion="section:a", granted_at=AT, expires_at=AT + timedelta(days=400), **waiver)
    Waiver.objects.create(criterion="section:b", granted_at=BEFORE, expires_at=AT + timedelta(days=1), **waiver)
    asked: dict[str, Any] = {"organization": place, "review": review, "reason": "Not there yet", "asked_by": cast.tom}
    # The last one waits while the gate is decided.
    for number, (answer, at) in enumerate((("granted", AT), ("refused", AT), ("withdrawn", BEFORE), ("", BEFORE))):
        told = {"answer": answer, "answered_by": cast.adam, "answered_at": at, "note": "No"} if answer else {}
        WaiverRequest.objects.create(criterion=f"section:{number}", asked_at=at if answer else AT, **asked, **told)
    tickets(place, cast, desk)


def tickets(place: Any, cast: Cast, desk: Any) -> None:
    """Three pauses: taken back by ourselves, answered, solved; a priority by hand; two steps of escalation."""
    for ending in (("agent", "open"), ("customer", "open"), ("agent", "solved"), None):
        ticket = make_ticket(desk, place, by=cast.sue, now=AT, subject="Waiting")
        event = {"ticket": ticket, "organization": place, "actor": cast.sue, "kind": "status"}
        TicketEvent.objects.create(side="agent", at=AT, changes={"status": ["open", "pending"]}, **event)
        if ending:
            side, then = ending
            TicketEvent.objects.create(
                side=side, at=AT + timedelta(days=1), changes={"status": ["pending", then]}, **event
            )
    # Impact and urgency have decided again since, so that the ticket itself has no reason any longer.
    changes = {"priority": ["low", "high"], "priority_reason": ["", "The board asks"]}
    TicketEvent.objects.create(
        ticket=ticket, organization=place, actor=cast.sue, side="agent", at=AT, kind="changed", changes=changes
    )
    clock = SlaClock.objects.create(
        ticket=ticket, organization=place, metric="resolution", cycle=90, state="running", started_at=AT
    )
    for step, told in enumerate(([cast.sue.pk], [])):
        data = {"tell": "on_call", "told": told}
        of_clock = {"clock": clock, "ticket": ticket, "organization": place, "kind": "escalation", "step": step}
        SlaTimer.objects.create(fire_at=AT, fired_at=AT, data=data, **of_clock)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("subject", "value", "before", "groups"),
    [
        ("alarms", "66.7%", "0.0%", {"band_red": (2, 3)}),
        ("overrides", "4", "1", {"band": (1, 1), "class": (1, 1), "gate": (1, 1), "priority": (1, 1)}),
        ("waivers", "1", "1", {"granted": (1, 1), "expired": (0, 1)}),
        ("asked", "3", "1", {"asked_granted": (1, 1), "asked_refused": (1, 1), "asked_lapsed": (1, 1)}),
        ("pauses", "33.3%", "–", {"pending": (1, 3)}),
        ("escalations", "50.0%", "–", {"on_call": (1, 2)}),
    ],
)
def test_figures_by_hand(
    client: Client, cast: Cast, cases: None, subject: str, value: str, before: str, groups: dict[str, tuple[int, int]]
) -> None:
    client.force_login(cast.tom)
    response = client.get(PAGE + subject)
    figure = response.context["figure"]
    assert (figure["value"], figure["before"]) == (value, before)
    assert {line.key: (line.hits, line.total) for line, _url in response.context["groups"]} == groups
    # The cases are the figure, and of nobody else.
    assert len(response.context["cases"]) == sum(total for _hits, total in groups.values())
    page = response.content.decode()
    assert "Northwind" in page
    assert "Foreign" not in page
    group = next(iter(groups))
    assert len(client.get(f"{PAGE}{subject}&group={group}").context["cases"]) == groups[group][1]


@pytest.mark.django_db
def test_who_reads_all_reads_both_and_takes_the_file(client: Client, cast: Cast, cases: None) -> None:
    client.force_login(cast.max)
    response = client.get(PAGE + "overrides")
    assert response.context["figure"]["value"] == "8"
    assert dict(response.context["by_role"])["Manager"] == 4
    file = client.post("/reports/policies/export/?period=2026-Q2&subject=overrides").content.decode("utf-8-sig")
    assert "Their launch is set" in file
    assert file.count("Gates") == 2
    api = client.get("/api/v1/reports/policies/?period=2026-Q2&subject=pauses").json()
    assert (api["value"], api["groups"][0]["counted"], api["groups"][0]["cases"]) == ("33.3%", 2, 6)
    assert client.get("/api/v1/reports/policies/?subject=moods").status_code == 400
    assert client.get(f"{PAGE}overrides&stage=gate_1").context["figure"]["value"] == "0"
    # A day on which one ran out is none on which one was granted.
    ended = client.get("/reports/policies/?period=2026-05-05..2026-05-05&subject=waivers").context
    assert (ended["figure"]["value"], [(line.key, line.share) for line, _url in ended["groups"]]) == (
        "0", [("expired", "2")]
    )  # fmt: skip
    # That a contract ends is told to those who read commercial fields.
    renewal = {"state": "closed", "outcome": "acted", "outcome_note": "They leave", "cause": "renewal"}
    make_episode(cast.northwind, now=AT, rule="renewal_near", closed_by=cast.tom, **renewal)
    for name, groups in (("max", {"band_red", "renewal_near"}), ("petra", {"band_red"})):
        client.force_login(getattr(cast, name))
        response = client.get(PAGE + "alarms")
        assert ({line.key for line, _url in response.context["groups"]}, name) == (groups, name)
        page = response.content.decode()
        assert ("They leave" in page, "Health fell to red" in page) == (name == "max", True)
    client.force_login(make_user("pam"))
    assert client.get(PAGE + "overrides").context["cases"] == []


@pytest.mark.django_db
def test_drills_are_read_by_who_sees_the_desk_whole(client: Client, cast: Cast, cases: None) -> None:
    drill: dict[str, Any] = {"played_by": cast.sara, "policy": "standard", "policy_version": 3, "priority": "high"}
    drill |= {"queue": "Technical", "starts_at": AT, "has_teams": True, "steps": 6, "outcome": []}
    for holes, at in ((0, AT), (2, AT), (6, AT), (0, BEFORE)):
        EscalationDrill.objects.create(holes=holes, played_at=at, **drill)
    for name, found in (("sara", ("66.7%", "0.0%")), ("max", ("66.7%", "0.0%")), ("tom", ("–", "–"))):
        client.force_login(getattr(cast, name))
        figure = client.get(PAGE + "drills").context["figure"]
        assert ((figure["value"], figure["before"]), name) == (found, name)
    client.force_login(cast.max)
    page = client.get(PAGE + "drills").content.decode()
    assert "2 of 6 steps reach nobody" in page
    assert "Technical, High, version 3" in page
    # A drill is of no organization; what a day before could not know is not told of it.
    assert client.get(f"{PAGE}drills&stage=gate_1").context["cases"] == []
    assert client.get(f"{PAGE}drills&as_of=2026-05-03").context["cases"] == []
    api = client.get("/api/v1/reports/policies/cases/?period=2026-Q2&subject=drills").json()["results"]
    assert [(case["counts"], case["by"]) for case in api] == [
        (True, "Sara Haddad"),
        (True, "Sara Haddad"),
        (False, "Sara Haddad"),
    ]
    assert client.post("/reports/policies/export/?period=2026-Q2&subject=drills").content.count(b"Technical") == 3
    day = client.get(f"{PAGE}asked&as_of=2026-05-04").context["groups"]
    assert {line.key for line, _url in day} == {"asked_granted", "asked_refused", "asked_lapsed"}
    WaiverRequest.objects.filter(answer="refused").update(answered_at=AT + timedelta(days=9))
    GateReview.objects.update(decided_at=AT + timedelta(days=9))
    day = client.get(f"{PAGE}asked&as_of=2026-05-04").context["groups"]
    assert {line.key: line.total for line, _url in day} == {"asked_granted": 2, "asked_waits": 4}
