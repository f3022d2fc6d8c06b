"""Where tickets go and to whom: the rule as a table, the pack refused at its place, the intake, the dry run."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from accounts.models import Absence
from common.pack_files import read_pack_content
from common.reading import MalformedInput
from common.services.policies import load_packs
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_category, make_desk, make_ticket
from tickets.models import Agent, Queue, Ticket
from tickets.rules.routing import Candidate, Choice, RoutingFacts, Why, choose, parse_routing
from tickets.services.intake import take_in
from tickets.services.opening import Requester

SHIPPED = Path(__file__).resolve().parents[2] / "policies/default/routing.yaml"
RULES = """
rules:
  - {id: billing, label: {en: Billing}, when: {category: billing}, queue: money, skill: billing, give: best}
  - {id: gone, label: {en: Gone}, when: {keywords: [refund]}, queue: nowhere}
  - id: down
    label: {en: Down}
    when: {channel: [mail, phone], keywords: [Outage, "is down"]}
    impact: high
    urgency: high
  - {id: vip, label: {en: Best customers}, when: {gemstone: [diamond]}, queue: support, give: best}
  - {id: address, label: {en: By address}, when: {recipient: gulf@acme.example}, queue: gulf}
  - {id: rest, label: {en: Everything else}}
"""
PACK = parse_routing(yaml.safe_load(RULES), version=1)
QUEUES = {"money", "support", "gulf"}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({}, "rest"),
        ({"category": "billing"}, "billing"),
        ({"category": "billing", "text": "a refund"}, "billing"),
        ({"text": "a refund"}, "rest"),
        ({"text": "THE SITE IS DOWN", "channel": "mail"}, "down"),
        ({"text": "the site is down", "channel": "portal"}, "rest"),
        ({"text": "the site is down", "channel": "phone", "gemstone": "diamond"}, "down"),
        ({"gemstone": "diamond"}, "vip"),
        ({"gemstone": "ruby"}, "rest"),
        ({"recipients": frozenset({"gulf@acme.example", "x@acme.example"})}, "address"),
        ({"recipients": frozenset({"x@acme.example"})}, "rest"),
    ],
)
def test_the_first_rule_that_fits(facts: dict[str, Any], rule: str) -> None:
    routed = PACK.route(RoutingFacts(**facts), queues=QUEUES)
    assert routed.rule is not None
    assert routed.rule.id == rule
    assert [one.rule for one in routed.passed] == [one.id for one in PACK.rules[: len(routed.passed)]]


def test_a_rule_for_a_queue_that_is_not_there_says_so() -> None:
    routed = PACK.route(RoutingFacts(text="a refund"), queues=QUEUES)
    (gone,) = (one for one in routed.passed if one.rule == "gone")
    assert gone.condition is None


EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("candidates", "skill", "choice"),
    [
        ([], "", (None, Why.NOBODY_HERE)),
        ([{"user_id": 1, "is_here": False}], "", (None, Why.NOBODY_HERE)),
        ([{"user_id": 1, "open": 3, "most_open": 3}], "", (None, Why.NOBODY_HERE)),
        ([{"user_id": 1, "open": 5}, {"user_id": 2, "open": 4}], "", (2, Why.LOAD)),
        ([{"user_id": 1, "open": 5, "is_owner": True}, {"user_id": 2}], "", (1, Why.OWNER)),
        ([{"user_id": 1, "is_owner": True, "is_here": False}, {"user_id": 2}], "", (2, Why.LOAD)),
        ([{"user_id": 1}, {"user_id": 2, "open": 9, "skills": frozenset({"data"})}], "data", (2, Why.SKILL)),
        ([{"user_id": 1}, {"user_id": 2, "skills": frozenset({"data"}), "is_here": False}], "data", (1, Why.LOAD)),
        ([{"user_id": 1, "given_at": LATE}, {"user_id": 2, "given_at": EARLY}], "", (2, Why.LOAD)),
        ([{"user_id": 1, "given_at": LATE}, {"user_id": 2}], "", (2, Why.LOAD)),
        ([{"user_id": 2}, {"user_id": 1}], "", (1, Why.LOAD)),
    ],
)
def test_whom_it_is_given_to(candidates: list[dict[str, Any]], skill: str, choice: tuple[int | None, Why]) -> None:
    found = choose([Candidate(**one) for one in candidates], skill=skill)
    assert found == Choice(user_id=choice[0], why=choice[1])


def test_the_shipped_rules_can_be_read() -> None:
    assert [rule.id for rule in parse_routing(yaml.safe_load(SHIPPED.read_text()), version=1).rules][-1] == "everything"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda rules: rules.pop(), "rules[4].when"),
        (lambda rules: rules.insert(0, {"id": "all", "label": {"en": "All"}}), "rules[0].when"),
        (lambda rules: rules[0].update(id="rest"), "rules[5].id"),
        (lambda rules: rules[0].update(id="No Id"), "rules[0].id"),
        (lambda rules: rules[0].update(give="everybody"), "rules[0].give"),
        (lambda rules: rules[0].update(urgency="soon"), "rules[0].urgency"),
        (lambda rules: rules[0].update(colour="red"), "rules[0].colour"),
        (lambda rules: rules[0]["when"].update(moon="full"), "rules[0].when.moon"),
        (lambda rules: rules[2]["when"].update(channel=["pigeon"]), "rules[2].when.channel"),
        (lambda rules: rules[2]["when"].update(keywords=[]), "rules[2].when.keywords"),
        (lambda rules: rules[2]["when"].update(keywords=[" "]), "rules[2].when.keywords"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(change: Any, place: str) -> None:
    body = yaml.safe_load(RULES)
    change(body["rules"])
    with pytest.raises(MalformedInput) as refused:
        parse_routing(body, version=1)
    assert refused.value.place == place


@pytest.fixture
def desk(cast: Cast) -> Queue:
    load_packs(sources=[read_pack_content("routing.yaml", RULES.encode())], now=MONDAY)
    make_desk(cast.sue, cast.sven, key="money")
    make_desk(cast.sue, cast.tom, key="support", is_default=True)
    return make_desk(cast.sven, key="gulf", address="gulf@acme.example")


def arrived(cast: Cast, **options: Any) -> Ticket:
    values = {"subject": "Help", **options.pop("values", {})}
    requester = options.pop("requester", Requester(name="Ann", email="ann@else.example"))
    body = options.pop("body", "!")
    return take_in(by=None, requester=requester, values=values, body=body, now=MONDAY, **{"channel": "mail", **options})


@pytest.mark.django_db
def test_it_lands_in_its_queue_and_says_why(cast: Cast, desk: Queue) -> None:
    Agent.objects.create(user=cast.sven, skills=["billing"])
    ticket = arrived(cast, values={"category": make_category(key="billing")})
    assert (ticket.queue.key, ticket.assignee) == ("money", cast.sven)
    why = ticket.events.get(kind="created").data["routed"]
    assert (why["rule"], why["given"], why["passed"]) == ("billing", "skill", [])
    assert cast.sven.notifications.filter(kind="tickets_given").exists()


@pytest.mark.django_db
def test_the_page_of_the_ticket_says_why(cast: Cast, desk: Queue, client: Any) -> None:
    ticket = arrived(cast, body="Total outage")
    client.force_login(cast.sara)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    for words in ("Routed: Down", "keywords: Outage, is down", "Not “billing”: category is none of billing."):
        assert words in page


@pytest.mark.django_db
def test_who_is_away_or_full_or_not_there_is_passed(cast: Cast, desk: Queue) -> None:
    category = make_category(key="billing")
    Agent.objects.create(user=cast.sven, skills=["billing"])
    day = date(2026, 3, 2)
    away = Absence.objects.create(user=cast.sven, first_on=day, last_on=day, recorded_at=MONDAY)
    assert arrived(cast, values={"category": category}).assignee == cast.sue
    away.delete()
    Agent.objects.filter(user=cast.sven).update(most_open=0)
    assert arrived(cast, values={"category": category}).assignee == cast.sue
    Agent.objects.create(user=cast.sue, is_available=False)
    assert arrived(cast, values={"category": category}).assignee is None


@pytest.mark.django_db
def test_the_owner_comes_first_if_they_serve_the_queue(cast: Cast, desk: Queue) -> None:
    cast.birch.facts.gemstone = "diamond"
    cast.birch.facts.save()
    for _number in range(3):
        ticket = arrived(cast, requester=Requester(organization=cast.birch, name="Bea"))
        assert (ticket.queue.key, ticket.assignee) == ("support", cast.tom)


@pytest.mark.django_db
def test_equals_take_turns(cast: Cast, desk: Queue) -> None:
    category = make_category(key="billing")
    given = [arrived(cast, values={"category": category}).assignee for _number in range(4)]
    assert given[0] != given[1]
    assert sorted(map(str, given[:2])) == sorted(map(str, given[2:]))


@pytest.mark.django_db
def test_an_outage_by_mail_is_critical_and_by_portal_as_they_say(cast: Cast, desk: Queue) -> None:
    assert arrived(cast, body="Total outage").priority == "critical"
    assert arrived(cast, body="Total outage", channel="portal").priority == "medium"


@pytest.mark.django_db
def test_the_address_decides_where_no_rule_does(cast: Cast, desk: Queue) -> None:
    ticket = arrived(cast, recipients=["GULF+x@Acme.example"])
    assert ticket.queue == desk


URL = "/tickets/routing/"


@pytest.mark.django_db
def test_a_dry_run_shows_what_would_move_and_writes_nothing(cast: Cast, desk: Queue, client: Any) -> None:
    make_ticket(Queue.objects.get(key="support"), subject="Please refund")
    client.force_login(cast.sara)
    assert "id: billing" in client.get(URL).content.decode()
    changed = RULES.replace("queue: nowhere", "queue: money")
    page = client.post(URL, {"text": changed, "subject": "the site is down", "channel": "mail"}).content.decode()
    assert "1 would go elsewhere" in page
    assert "by gone" in page
    assert "by the rule down" in page
    assert Ticket.objects.get().queue.key == "support"


@pytest.mark.django_db
def test_a_dry_run_of_nonsense_says_where(cast: Cast, desk: Queue, client: Any) -> None:
    client.force_login(cast.sara)
    answer = client.post(URL, {"text": RULES.replace("give: best", "give: all", 1)})
    assert answer.status_code == 422
    assert "rules[0].give" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "status"), [("sara", 200), ("adam", 200), ("sue", 403), ("tom", 403), ("connie", 404)]
)
@pytest.mark.parametrize("url", [URL, "/tickets/mail/"])
def test_who_looks_after_support(cast: Cast, desk: Queue, client: Any, name: str, status: int, url: str) -> None:
    client.force_login(getattr(cast, name))
    assert client.get(url).status_code == status
