"""Growth: opportunities, renewals and the ledger of revenue; who may; what is told and what is not."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Notification
from common.errors import Conflict, DomainError, NotAllowed
from partners.models import (
    Commitment,
    Loss,
    LossAutopsy,
    Opportunity,
    OrganizationFacts,
    Renewal,
    RevenueChange,
    TimelineEntry,
)
from partners.services import autopsies, losses, opportunities, renewal_verdicts, renewals, revenue
from partners.services.timeline import push
from tests.cast import Cast
from tests.factories.partners import NOW, make_interaction

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def known_since(cast: Cast) -> None:
    """Both are with us since well before anything happens."""
    for organization in (cast.northwind, cast.birch):
        type(organization).objects.filter(pk=organization.pk).update(created_at=NOW - 400 * DAY, arr=120_000)


def found(cast: Cast, by: str = "carl", **values: Any) -> Opportunity:
    sent = {"title": "Second region", "amount": Decimal(5000), "expected_on": TODAY + 30 * DAY, **values}
    return opportunities.create(by=cast.actor(by), organization=cast.birch, values=sent, now=NOW)


def due(cast: Cast, days: int = 60, by: str = "carl", **values: Any) -> Renewal:
    sent = {"due_on": TODAY + days * DAY, "amount": Decimal(120_000), "currency": "USD", **values}
    return renewals.create(by=cast.actor(by), organization=cast.birch, values=sent, now=NOW)


def ledger() -> list[tuple[str, str, int]]:
    rows = RevenueChange.objects.order_by("pk").values_list("on", "kind", "amount")
    return [(on.isoformat(), kind, int(amount)) for on, kind, amount in rows]


def test_an_opportunity_goes_its_way(cast: Cast) -> None:
    made, by = found(cast, owner=cast.tom), cast.actor("carl")
    assert (made.stage, made.probability, made.currency, made.version) == ("identified", 10, "USD", 1)
    assert Notification.objects.filter(kind="growth", user=cast.tom).count() == 1
    moved = opportunities.move(by=by, opportunity=made, stage="proposed", version=1, now=NOW)
    assert (moved.stage, moved.probability) == ("proposed", 50)
    edited = opportunities.edit(by=by, opportunity=made, values={"probability": 60}, version=2, now=NOW)
    with pytest.raises(Conflict):
        opportunities.edit(by=by, opportunity=made, values={"probability": 61}, version=2, now=NOW)
    # A probability that somebody has given stays.
    assert opportunities.move(by=by, opportunity=edited, stage="committed", now=NOW).probability == 60
    won = opportunities.close(by=by, opportunity=made, is_won=True, on=TODAY, amount=Decimal(6000), now=NOW)
    assert (won.stage, won.closed_on, won.amount) == ("won", TODAY, Decimal(6000))
    with pytest.raises(DomainError) as caught:
        opportunities.archive(by=by, opportunity=made, now=NOW)
    assert caught.value.code == "won"
    opportunities.reopen(by=by, opportunity=made, now=NOW)
    assert ledger() == [("2026-03-02", "expansion", 6000), ("2026-03-02", "correction", -6000)]
    with pytest.raises(DomainError) as caught:
        opportunities.close(by=by, opportunity=made, is_won=False, on=TODAY, now=NOW)
    assert caught.value.field == "note"
    opportunities.close(by=by, opportunity=made, is_won=False, on=TODAY, note="No budget", now=NOW)
    with pytest.raises(DomainError) as caught:
        opportunities.edit(by=by, opportunity=made, values={"title": "Other"}, version=7, now=NOW)
    assert caught.value.code == "closed"
    assert opportunities.archive(by=by, opportunity=made, now=NOW).archived_at == NOW
    assert opportunities.restore(by=by, opportunity=made, now=NOW).archived_at is None
    lines = TimelineEntry.objects.filter(kind="opportunity")
    assert {line.field_class for line in lines} == {"commercial"}
    assert not any("6000" in line.title or "Second" in line.title for line in lines)
    assert not any("Second" in row.title + row.body for row in Notification.objects.filter(kind="growth"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"probability": 101}, "probability"),
        ({"expected_on": None}, "expected_on"),
        ({"expected_on": date(1999, 1, 1)}, "expected_on"),
        ({"kind": "gift"}, "kind"),
        ({"currency": "DOLLAR"}, "currency"),
        ({"business_case": "x" * 10_001}, "business_case"),
    ],
)
def test_what_does_not_fit_names_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        found(cast, **values)
    assert caught.value.field == field
    with pytest.raises(DomainError) as caught:
        found(cast, owner=cast.otto)
    assert caught.value.field == "owner"


def test_a_renewal_with_its_verdicts(cast: Cast) -> None:
    OrganizationFacts.objects.filter(organization=cast.birch).update(health_band="yellow", last_two_way_at=NOW)
    made, by = due(cast), cast.actor("carl")
    assert (made.owner_id, made.machine_verdict) == (cast.carl.pk, "at_risk")
    assert [reason["code"] for reason in made.machine_reason] == ["band_yellow", "near"]
    with pytest.raises(DomainError) as caught:
        due(cast)
    assert caught.value.field == "due_on"
    assert renewal_verdicts.ask_owners(now=NOW) == 1
    assert renewal_verdicts.ask_owners(now=NOW + 6 * DAY) == 0
    assert renewal_verdicts.ask_owners(now=NOW + 7 * DAY) == 1
    assert Notification.objects.filter(kind="renewals", user=cast.carl).count() == 2
    for verdict, note, field in (("renew", " ", "note"), ("monitor", "Wait", "verdict"), ("maybe", "x", "verdict")):
        with pytest.raises(DomainError) as caught:
            renewals.say(by=by, renewal=made, verdict=verdict, note=note, now=NOW)
        assert caught.value.field == field
    renewals.say(by=by, renewal=made, verdict="renew", note="Signed by mail", now=NOW)
    said = renewals.say(by=by, renewal=made, verdict="monitor", note="", side="partner", now=NOW)
    assert (said.owner_verdict, said.partner_verdict, said.machine_verdict) == ("renew", "monitor", "at_risk")
    assert renewal_verdicts.ask_owners(now=NOW + 20 * DAY) == 0
    OrganizationFacts.objects.filter(organization=cast.birch).update(health_band="green")
    assert renewal_verdicts.judge_of([cast.birch.pk], now=NOW) == 1
    assert renewal_verdicts.judge_of([cast.birch.pk], now=NOW) == 0
    made.refresh_from_db()
    assert (made.machine_verdict, made.owner_verdict, made.version) == ("renew", "renew", 3)
    Commitment.objects.bulk_create(
        Commitment(organization=cast.birch, title="x", due_on=TODAY - DAY, made_at=NOW, state="open", side="us")
        for _ in range(2)
    )
    assert renewal_verdicts.judge_next(after=0, now=NOW) == made.pk
    made.refresh_from_db()
    assert made.machine_verdict == "at_risk"


def test_how_renewals_end(cast: Cast) -> None:
    by = cast.actor("carl")
    assert revenue.open_ledger(organization_ids=[cast.birch.pk, cast.northwind.pk], now=NOW) == 2
    assert revenue.open_ledger(organization_ids=[cast.birch.pk], now=NOW) == 0
    first = due(cast, days=-5)
    with pytest.raises(DomainError) as caught:
        renewals.renew(by=by, renewal=first, amount=Decimal(1), on=TODAY + DAY, now=NOW)
    assert caught.value.field == "on"
    next_on = renewals.a_year_later(first.due_on)
    renewals.renew(by=by, renewal=first, amount=Decimal(130_000), on=TODAY, next_due_on=next_on, now=NOW)
    second = Renewal.objects.get(state="open")
    assert (second.due_on, second.amount, second.owner_id) == (next_on, Decimal(130_000), cast.carl.pk)
    assert revenue.balances(cast.birch, TODAY) == {"USD": Decimal(130_000)}
    renewals.reopen(by=by, renewal=first, now=NOW)
    assert revenue.balances(cast.birch, TODAY) == {"USD": Decimal(120_000)}
    renewals.withdraw(by=by, renewal=second, note="Twice", now=NOW)
    renewals.lose(by=by, renewal=first, on=TODAY, reason="price", note="Too dear", now=NOW)
    loss = Loss.objects.get()
    assert (loss.reason, loss.amount, loss.source) == ("price", Decimal(120_000), "renewal")
    assert revenue.balances(cast.birch, TODAY) == {}
    losses.withdraw(by=by, loss=loss, note="Mixed up", now=NOW)
    assert revenue.balances(cast.birch, TODAY) == {"USD": Decimal(120_000)}
    losses.reopen(by=by, loss=loss, now=NOW)
    losses.edit(by=by, loss=loss, values={"lost_on": TODAY - DAY}, version=3, now=NOW)
    assert revenue.balances(cast.birch, TODAY - 2 * DAY) == {"USD": Decimal(120_000)}
    assert revenue.balances(cast.birch, TODAY - DAY) == {}
    losses.come_back(by=by, loss=loss, returned_on=TODAY, now=NOW)
    assert revenue.balances(cast.birch, TODAY) == {"USD": Decimal(120_000)}
    assert renewals.a_year_later(date(2028, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("kind", "amount", "note", "field"),
    [
        ("new", 0, "x", "amount"),
        ("expansion", -5, "x", "amount"),
        ("loss", 5, "x", "amount"),
        ("correction", 5, " ", "note"),
        ("gift", 5, "x", "kind"),
    ],
)
def test_lines_by_hand(cast: Cast, kind: str, amount: int, note: str, field: str) -> None:
    sent: dict[str, Any] = {"by": cast.actor("carl"), "organization": cast.birch, "on": TODAY, "now": NOW}
    with pytest.raises(DomainError) as caught:
        revenue.add(kind=kind, amount=Decimal(amount), note=note, **sent)
    assert caught.value.field == field
    assert revenue.add(kind="correction", amount=Decimal(-5), note="Rounded", **sent).currency == "USD"


@pytest.mark.parametrize("name", ["sam", "max", "lou", "sue", "otto", "connie", "nora", "petra"])
def test_who_may_not(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        found(cast, name)
    with pytest.raises(NotAllowed):
        due(cast, by=name)


def test_a_loss_is_looked_into(cast: Cast) -> None:
    by = cast.actor("carl")

    def line(days: int, kind: str, title: str, who: str = "", **data: Any) -> None:
        actor = cast.actor(who) if who else None
        push(organization=cast.birch, kind=kind, title=title, at=NOW - days * DAY, by=actor, data=data)

    line(90, "interaction", "All is well", "tom")
    line(60, "health", "Green to yellow", what="band", **{"from": "green", "to": "yellow"})
    line(55, "health", "Yellow to green", what="band", **{"from": "yellow", "to": "green"})
    line(50, "health", "Taken up", "carl", episode="1", state="acknowledged")
    line(40, "play", "Play begun", "carl")
    line(30, "commitment", "We promised a fix", "carl")
    make_interaction(cast.birch, cast.carl)
    sent = {"lost_on": TODAY, "reason": "price", "note": "", "amount": None}
    loss = losses.record(by=by, organization=cast.birch, values=sent, now=NOW)
    assert autopsies.draft_missing(now=NOW) == 1
    assert autopsies.draft_missing(now=NOW) == 0
    draft = LossAutopsy.objects.get(loss=loss)
    told = [(row["part"], row["days_before"], row["who"]) for row in draft.findings]
    name = cast.carl.name
    assert told == [("signal", 60, ""), ("seen", 50, name), ("done", 40, name), ("promised", 30, name)]
    losses.edit(by=by, loss=loss, values={"lost_on": TODAY - 45 * DAY}, version=1, now=NOW)
    draft.refresh_from_db()
    assert [row["part"] for row in draft.findings] == ["signal", "seen"]
    with pytest.raises(DomainError) as caught:
        autopsies.finish(by=by, autopsy=draft, now=NOW)
    assert caught.value.field == "lessons"
    autopsies.write(by=by, autopsy=draft, lessons="Call within a week", version=1, now=NOW)
    final = autopsies.finish(by=by, autopsy=draft, version=2, now=NOW)
    assert (final.state, final.closed_by_id) == ("final", cast.carl.pk)
    with pytest.raises(DomainError):
        autopsies.write(by=by, autopsy=draft, lessons="More", now=NOW)
    assert autopsies.reopen(by=by, autopsy=draft, now=NOW).state == "draft"
    with pytest.raises(NotAllowed):
        autopsies.write(by=cast.actor("ines"), autopsy=draft, lessons="x", now=NOW)


READERS = {"tom": 200, "carl": 200, "lou": 200, "max": 200, "petra": 404, "otto": 404, "ines": 403, "sue": 404}


@pytest.mark.parametrize("name", READERS)
def test_who_opens_the_tab(cast: Cast, client: Client, name: str) -> None:
    made = found(cast)
    client.force_login(getattr(cast, name))
    wanted = READERS[name]
    assert client.get(f"/organizations/{cast.birch.public_id}/growth/").status_code == wanted
    assert client.get(f"/opportunities/{made.public_id}/").status_code == (404 if wanted == 403 else wanted)
    page = client.get("/opportunities/")
    assert (b"Second region" in page.content) is (wanted == 200)


def test_the_way_through_the_pages(cast: Cast, client: Client) -> None:
    client.force_login(cast.carl)
    revenue.open_ledger(organization_ids=[cast.birch.pk], now=NOW)
    base = f"/organizations/{cast.birch.public_id}"
    sent = {
        "title": "More seats", "kind": "upsell", "stage": "qualified", "amount": "900", "currency": "EUR",
        "expected_on": "2026-03-20", "readiness": "ready",
    }  # fmt: skip
    assert client.post(f"{base}/opportunities/new/", {**sent, "amount": "-1"}).status_code == 422
    assert client.post(f"{base}/opportunities/new/", sent).status_code == 302
    made = Opportunity.objects.get()
    place = f"/opportunities/{made.public_id}/"
    assert (made.probability, made.currency) == (25, "EUR")
    assert client.post(f"{place}move/", {"stage": "proposed"}).status_code == 302
    edit = {**sent, "probability": "70", "version": 2}
    assert client.post(place, {**edit, "version": 1}).status_code == 422
    assert client.post(place, edit).status_code == 302
    listed = client.get("/opportunities/?stage=proposed&owner=me")
    assert listed.status_code == 200
    assert b"No opportunity fits" in listed.content
    assert b"More seats" in client.get("/opportunities/").content
    exported = client.post("/opportunities/export/")
    assert b"More seats" in b"".join(exported) if exported.streaming else exported.content
    client.post(f"{place}close/", {"outcome": "won", "on": "2026-03-02", "amount": "950"})
    made.refresh_from_db()
    assert (made.stage, made.amount) == ("won", Decimal(950))
    due_on = {"due_on": "2026-04-01", "notice_on": "2026-05-01", "amount": "120000", "currency": "USD"}
    assert client.post(f"{base}/renewals/new/", due_on).status_code == 422
    assert client.post(f"{base}/renewals/new/", {**due_on, "notice_on": "2026-03-01"}).status_code == 302
    kept = Renewal.objects.get()
    place = f"/renewals/{kept.public_id}/"
    assert b"Verdict missing" in client.get("/renewals/?verdict=missing").content
    assert client.post(f"{place}verdict/", {"side": "us", "verdict": "renew", "note": ""}).status_code == 422
    assert client.post(f"{place}verdict/", {"side": "us", "verdict": "renew", "note": "Signed"}).status_code == 302
    assert client.post(f"{place}edit/", {**due_on, "notice_on": "", "version": 2}).status_code == 302
    assert b"Signed" in client.get(place).content
    assert client.post(f"{place}end/", {"outcome": "renewed", "on": "2026-03-02"}).status_code == 422
    assert client.post(f"{place}end/", {"outcome": "lost", "on": "2026-03-02", "reason": "price"}).status_code == 302
    loss = Loss.objects.get()
    autopsies.draft_missing(now=NOW)
    assert client.post(f"{base}/revenue/new/", {"on": "2026-01-01", "kind": "new", "amount": "5"}).status_code == 422
    line = {"on": "2026-01-01", "kind": "new", "amount": "5", "note": "Found"}
    assert client.post(f"{base}/revenue/new/", line).status_code == 302
    tab = client.get(f"{base}/growth/").content.decode()
    assert all(words in tab for words in ("More seats", "Found", "Not renewed"))
    lessons = f"/losses/{loss.public_id}/autopsy/"
    assert client.post(lessons, {"lessons": "", "version": 1, "finish": "1"}).status_code == 422
    assert client.post(lessons, {"lessons": "Ask earlier", "version": 1, "finish": "1"}).status_code == 302
    assert b"Ask earlier" in client.get(lessons).content
    figures = client.get("/growth/").content.decode()
    assert "Net retention" in figures


def test_the_api(cast: Cast, client: Client) -> None:
    client.force_login(cast.carl)
    base = f"/api/v1/organizations/{cast.birch.public_id}"

    def post(path: str, sent: dict[str, Any], *, status: int = 200) -> dict[str, Any]:
        answer = client.post(f"{base}/{path}", sent, content_type="application/json")
        assert answer.status_code == status, answer.content
        found: dict[str, Any] = answer.json()
        return found

    sent = {"title": "Second region", "amount": "500.00", "expected_on": "2026-06-30"}
    made = post("opportunities/", sent, status=201)
    place = f"opportunities/{made['id']}/"
    assert post(f"{place}move/", {"stage": "committed"})["probability"] == 80
    edited = client.patch(
        f"{base}/{place}", {"next_step": "Call"}, content_type="application/json", headers={"if-match": '"2"'}
    )
    assert (edited.status_code, edited.json()["next_step"]) == (200, "Call")
    renamed = {"owner": str(cast.tom.public_id)}
    owned = client.patch(
        f"{base}/{place}", renamed, content_type="application/json", headers={"if-match": '"3"'}
    ).json()
    assert owned["owner_id"] == str(cast.tom.public_id)
    assert post(f"{place}close/", {"is_won": True, "on": "2026-03-02"})["stage"] == "won"
    kept = post("renewals/", {"due_on": "2026-02-28", "amount": "100.00"}, status=201)
    assert kept["owner_id"] == str(cast.carl.public_id)
    place = f"renewals/{kept['id']}/"
    for person, status in ((cast.otto, 400), (cast.tom, 200)):
        answer = client.patch(
            f"{base}/{place}",
            {"owner": str(person.public_id)},
            content_type="application/json",
            headers={"if-match": '"1"'},
        )
        assert answer.status_code == status, answer.content
        assert person is cast.otto or answer.json()["owner_id"] == str(person.public_id)
    assert post(f"{place}verdict/", {"verdict": "renew", "note": "Signed"})["owner_verdict"] == "renew"
    post(f"{place}verdict/", {"verdict": "monitor", "note": "Wait"}, status=400)
    assert post(f"{place}renew/", {"amount": "150.00", "on": "2026-03-02"})["state"] == "renewed"
    lines = client.get(f"{base}/revenue/").json()["results"]
    assert [(line["kind"], line["amount"]) for line in lines] == [("expansion", "500.00"), ("expansion", "50.00")]
    for path in ("opportunities", "renewals"):
        assert len(client.get(f"/api/v1/{path}/").json()["results"]) == 1
    client.force_login(cast.ines)
    assert [client.get(f"/api/v1/{path}/").json()["results"] for path in ("opportunities", "renewals")] == [[], []]
