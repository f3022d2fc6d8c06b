"""Rules of automation: when they fire, that each fires once, that none sets off another, what is logged."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone

from common import outbox
from common.models import Outbox
from common.pack_files import read_pack_content
from common.reading import MalformedInput
from common.services.policies import load_packs
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Firing, Macro, Queue, Ticket
from tickets.rules.automation import AutomationFacts, On, event_of, parse_automation
from tickets.services import automation
from tickets.services.changes import change
from tickets.services.messages import Letter, receive, reply

SHIPPED = Path(__file__).resolve().parents[2] / "policies/default/automation.yaml"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RULES = """
rules:
  - {id: hot, label: {en: Hot}, event: opened, when: {priority: [critical, high]}, tags: [hot], note: Look at this}
  - {id: loop_a, label: {en: A}, event: changed, when: {tag: loop}, set: {urgency: high}}
  - {id: loop_b, label: {en: B}, event: changed, when: {tag: loop}, set: {urgency: low}}
  - {id: thanks, label: {en: Solved}, event: solved, tags: [done], untag: [hot]}
  - {id: nowhere, label: {en: No queue}, event: received, set: {queue: nowhere}}
  - {id: close, label: {en: Close}, solved_days: 7, when: {status: solved}, set: {status: closed}}
  - {id: idle, label: {en: Idle}, idle_hours: 48, when: {status: [open, new]}, tell: [assignee]}
  - {id: pending, label: {en: Pending}, pending_days: 5, tags: [late]}
"""


@pytest.mark.parametrize(
    ("kind", "side", "changes", "data", "on"),
    [
        ("created", "customer", {}, {}, On.OPENED),
        ("reply", "agent", {}, {}, On.REPLIED),
        ("reply", "customer", {}, {}, On.RECEIVED),
        ("auto_reply", "customer", {}, {}, None),
        ("note", "agent", {}, {}, None),
        ("status", "agent", {"status": ["open", "solved"]}, {}, On.SOLVED),
        ("status", "agent", {"status": ["open", "pending"]}, {}, On.CHANGED),
        ("changed", "system", {"tags": [[], ["hot"]]}, {"automation": "hot"}, None),
    ],
)
def test_what_an_event_is_to_rules(kind: str, side: str, changes: Any, data: Any, on: On | None) -> None:
    assert event_of(kind, side, changes, data) is on


@pytest.mark.parametrize(
    ("since", "fires"), [(timedelta(days=7), True), (timedelta(days=7, seconds=-1), False), (timedelta(days=90), True)]
)
def test_when_a_time_rule_is_due(since: timedelta, fires: bool) -> None:
    pack = parse_automation(yaml.safe_load(RULES), version=1)
    (rule,) = (one for one in pack.rules if one.id == "close")
    facts = AutomationFacts(status="solved", solved_since=MONDAY - since)
    assert bool(rule.occasion(facts, now=MONDAY)) is fires
    assert rule.occasion(AutomationFacts(status="open"), now=MONDAY) == ""


def test_the_shipped_rules_can_be_read() -> None:
    assert "close_solved" in [
        rule.id for rule in parse_automation(yaml.safe_load(SHIPPED.read_text()), version=1).rules
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda rule: rule.pop("event"), "rules[0]"),
        (lambda rule: rule.update(idle_hours=3), "rules[0]"),
        (lambda rule: (rule.pop("tags"), rule.pop("note")), "rules[0]"),
        (lambda rule: rule.update(event="midnight"), "rules[0].event"),
        (lambda rule: rule.update(id="close"), "rules[5].id"),
        (lambda rule: rule.update(set={"status": "new"}), "rules[0].set.status"),
        (lambda rule: rule.update(set={"organization": "x"}), "rules[0].set.organization"),
        (lambda rule: rule.update(tell=["everybody"]), "rules[0].tell[0]"),
        (lambda rule: rule.update(when={"priority": "huge"}), "rules[0].when.priority"),
        (lambda rule: (rule.pop("event"), rule.update(idle_hours=0)), "rules[0].idle_hours"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(change: Any, place: str) -> None:
    body = yaml.safe_load(RULES)
    change(body["rules"][0])
    with pytest.raises(MalformedInput) as refused:
        parse_automation(body, version=1)
    assert refused.value.place == place


@pytest.fixture
def desk(cast: Cast) -> Queue:
    load_packs(sources=[read_pack_content("automation.yaml", RULES.encode())], now=MONDAY)
    return make_desk(cast.sue)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, urgency="high")


def work(at: Any = MONDAY) -> None:
    for _round in range(4):
        for row in Outbox.objects.filter(done_at__isnull=True, topic="tickets.event_happened"):
            assert outbox.deliver(outbox_id=row.pk, now=at)


def fired(ticket: Ticket) -> list[str]:
    return list(Firing.objects.filter(ticket=ticket).order_by("pk").values_list("rule", flat=True))


@pytest.mark.django_db
def test_an_event_rule_fires_once(ticket: Ticket) -> None:
    work()
    ticket.refresh_from_db()
    assert (ticket.tags, fired(ticket)) == (["hot"], ["hot"])
    assert ticket.messages.filter(kind="note", body="Look at this").count() == 1
    Outbox.objects.update(done_at=None)
    work()
    assert fired(ticket) == ["hot"]
    assert ticket.messages.filter(kind="note").count() == 1


@pytest.mark.django_db
def test_rules_set_off_no_rule(cast: Cast, ticket: Ticket) -> None:
    work()
    change(by=cast.actor("sue"), ticket=ticket, values={"tags": ["loop"]}, now=MONDAY + HOUR)
    work(MONDAY + HOUR)
    assert fired(ticket) == ["hot", "loop_a", "loop_b"]
    ticket.refresh_from_db()
    assert ticket.urgency == "low"


@pytest.mark.django_db
def test_a_refusal_is_logged_and_stops_nothing(cast: Cast, ticket: Ticket) -> None:
    receive(by=None, ticket=ticket, contact=cast.connie_contact, body="?", letter=Letter(), now=MONDAY)
    work()
    assert Firing.objects.get(rule="nowhere").fault == "There is no queue nowhere."
    assert fired(ticket) == ["hot", "nowhere"]


@pytest.mark.django_db
def test_a_solved_ticket_closes_after_its_window_and_not_while_it_was_open_again(cast: Cast, ticket: Ticket) -> None:
    sue = cast.actor("sue")
    reply(by=sue, ticket=ticket, body="Done", status="solved", now=MONDAY)
    automation.run_time_rules(now=MONDAY + 7 * DAY - HOUR)
    receive(by=None, ticket=ticket, contact=None, body="No", letter=Letter(), now=MONDAY + 6 * DAY)
    automation.run_time_rules(now=MONDAY + 8 * DAY)
    ticket.refresh_from_db()
    assert ticket.status == "open"
    reply(by=sue, ticket=ticket, body="Now", status="solved", now=MONDAY + 8 * DAY)
    automation.run_time_rules(now=MONDAY + 15 * DAY - HOUR)
    ticket.refresh_from_db()
    assert ticket.status == "solved"
    for _run in range(2):
        automation.run_time_rules(now=MONDAY + 15 * DAY)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == ("closed", MONDAY + 15 * DAY)
    assert fired(ticket).count("close") == 1


@pytest.mark.django_db
def test_idle_fires_once_for_each_standstill(cast: Cast, ticket: Ticket) -> None:
    change(by=cast.actor("sue"), ticket=ticket, values={"assignee": cast.sue}, now=MONDAY)
    for hours in (47, 48, 60):
        automation.run_time_rules(now=MONDAY + hours * HOUR)
    assert fired(ticket) == ["idle"]
    assert cast.sue.notifications.filter(kind="ticket_automation").count() == 1
    change(by=cast.actor("sue"), ticket=ticket, values={"tags": ["x"]}, now=MONDAY + 61 * HOUR)
    automation.run_time_rules(now=MONDAY + 109 * HOUR)
    assert fired(ticket) == ["idle", "idle"]


@pytest.mark.django_db
def test_pending_counts_from_the_latest_wait(cast: Cast, ticket: Ticket) -> None:
    sue = cast.actor("sue")
    reply(by=sue, ticket=ticket, body="?", status="pending", now=MONDAY)
    receive(by=None, ticket=ticket, contact=None, body="!", letter=Letter(), now=MONDAY + 3 * DAY)
    reply(by=sue, ticket=ticket, body="?", status="pending", now=MONDAY + 4 * DAY)
    automation.run_time_rules(now=MONDAY + 8 * DAY)
    assert "pending" not in fired(ticket)
    automation.run_time_rules(now=MONDAY + 9 * DAY)
    assert "pending" in fired(ticket)


MACROS = """
rules:
  - {id: ask, label: {en: Ask back}, event: received, macro: Which version, set: {status: on_hold}, tags: [asked]}
  - {id: among_us, label: {en: Among us}, event: opened, macro: Look}
  - {id: gone, label: {en: Gone}, event: solved, macro: Gone}
  - {id: mine, label: {en: Mine}, event: solved, macro: Mine}
  - {id: taken, label: {en: Taken}, event: solved, macro: Taken}
"""


@pytest.fixture
def macros(cast: Cast) -> None:
    load_packs(sources=[read_pack_content("automation.yaml", MACROS.encode())], now=MONDAY)
    changes = {"status": "pending", "priority": "low", "add_tags": ["version"]}
    Macro.objects.create(name="Which version", body="Dear {name}, which one in {number}?", changes=changes)
    Macro.objects.create(name="Look", body="Look at this", is_note=True)
    Macro.objects.create(name="Gone", body="Bye", archived_at=MONDAY)
    Macro.objects.create(name="Mine", body="Mine", owner=cast.sue)
    Macro.objects.create(name="Taken", changes={"assign_me": True})


@pytest.mark.django_db
def test_a_rule_applies_a_macro_of_everybody_as_an_automatic_reply(cast: Cast, desk: Queue, macros: None) -> None:
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, urgency="high")
    clocks = list(ticket.clocks.order_by("metric").values_list("metric", "state", "stopped_at"))
    receive(by=None, ticket=ticket, contact=cast.connie_contact, body="?", letter=Letter(), now=MONDAY)
    work()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority, ticket.priority_reason) == ("on_hold", "low", "Macro: Which version")
    assert (ticket.tags, ticket.replies, ticket.first_replied_at) == (["version", "asked"], 0, None)
    said = ticket.messages.get(side="system", kind="reply")
    assert (said.body, said.is_automatic) == (f"Dear Connie, which one in #{ticket.number}?", True)
    assert ticket.messages.get(side="system", kind="note").body == "Look at this"
    assert list(ticket.clocks.order_by("metric").values_list("metric", "state", "stopped_at")) == clocks
    assert Outbox.objects.filter(topic="tickets.reply_mail").count() == 1
    done = Firing.objects.get(rule="ask").done
    assert {"status", "priority", "tags", "reply", "macro Which version"} <= set(done)
    assert Macro.objects.get(name="Which version").used == 1


@pytest.mark.django_db
def test_two_machines_do_not_talk_for_ever(cast: Cast, desk: Queue, macros: None) -> None:
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact)
    for hour in range(3):
        at = MONDAY + hour * HOUR
        receive(by=None, ticket=ticket, contact=cast.connie_contact, body="I am away", letter=Letter(), now=at)
        work(at)
    assert ticket.messages.filter(side="system", kind="reply").count() == 1
    faults = Firing.objects.filter(rule="ask").exclude(fault="").values_list("fault", flat=True)
    assert set(faults) == {"This rule has written to the partner within the last day."}
    ticket.refresh_from_db()
    assert ticket.status == "open"


@pytest.mark.django_db
def test_macros_that_rules_cannot_use_are_logged_and_named_by_the_dry_run(
    cast: Cast, client: Any, ticket: Ticket, macros: None
) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Done", status="solved", now=timezone.now())
    client.force_login(cast.sara)
    before = (Firing.objects.count(), ticket.messages.count())
    page = client.post(URL, {"text": MACROS}).content.decode()
    assert (Firing.objects.count(), ticket.messages.count()) == before
    holes, rows = page.split("The time rules would fire now")
    for words in ("Everybody has no macro Gone.", "Everybody has no macro Mine.", "a rule is nobody."):
        assert words in holes
        assert words in rows
    work(timezone.now())
    faults = dict(Firing.objects.filter(ticket=ticket).values_list("rule", "fault"))
    assert {"gone", "mine", "taken"} <= {rule for rule, fault in faults.items() if fault}


@pytest.mark.django_db
def test_the_dry_run_shows_what_a_macro_would_do(cast: Cast, client: Any, ticket: Ticket, macros: None) -> None:
    now = timezone.now()
    receive(by=None, ticket=ticket, contact=cast.connie_contact, body="?", letter=Letter(), now=now)
    client.force_login(cast.sara)
    page = client.post(URL, {"text": MACROS}).content.decode()
    for words in (
        "Status: New → Waiting for others",
        "Priority: High → Low" if ticket.priority == "high" else "→ Low",
        f"Reply to the partner: Dear Connie, which one in #{ticket.number}?",
    ):
        assert words in page


@pytest.mark.django_db
def test_chunks_reach_every_ticket(cast: Cast, desk: Queue) -> None:
    tickets = [make_ticket(desk, cast.northwind) for _number in range(3)]
    pack = automation.rules_in_force()
    assert pack is not None
    found, after, seen = [], 0, 0
    while True:
        due, after = automation.due_now(pack, now=MONDAY + 3 * DAY, after=after, size=1)
        found += [one.ticket.pk for one in due]
        seen += 1
        if not after:
            break
    assert found == [ticket.pk for ticket in tickets]
    assert Firing.objects.count() == 0


URL = "/tickets/automation/"


@pytest.mark.django_db
def test_the_page_shows_what_was_done_and_what_would_be(cast: Cast, client: Any, ticket: Ticket) -> None:
    work()
    client.force_login(cast.sara)
    assert "hot" in client.get(URL).content.decode()
    before = Firing.objects.count()
    page = client.post(URL, {"text": RULES.replace("idle_hours: 48", "idle_hours: 1")}).content.decode()
    assert "The time rules would fire now" in page
    assert f"#{ticket.number}" in page
    assert Firing.objects.count() == before
    refused = client.post(URL, {"text": RULES.replace("event: opened", "event: never")})
    assert refused.status_code == 422
    assert "rules[0].event" in refused.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "status"), [("sara", 200), ("adam", 200), ("sue", 403), ("connie", 404)])
def test_it_is_for_those_who_look_after_support(cast: Cast, client: Any, name: str, status: int) -> None:
    client.force_login(getattr(cast, name))
    assert client.get(URL).status_code == status
