"""Reports by mail: the slot of the reader's zone once, their scope and rights of that moment, and why one stops."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Activity, Notification, User
from common import outbox
from common.errors import DomainError
from common.models import Outbox
from common.scope import Scope, scoped
from reports.models import ReportSubscription, SavedReport
from reports.own_reports import OWN
from reports.policies import policy_in_force
from reports.services import report_mails, saved, subscriptions
from tests.cast import Cast
from tests.factories.accounts import give_roles, take_role
from tests.factories.tasks import in_threads
from tests.factories.tickets import make_desk, make_ticket
from tests.reports.test_report_pages import launched

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 7, 19, 12, tzinfo=UTC)
MONDAY = datetime(2026, 7, 20, 6, tzinfo=UTC)
"""Eight in Berlin."""
BERLIN = {"every": "week", "day": 1, "hour": 8}


@pytest.fixture
def tom(cast: Cast) -> User:
    """A TAM who lives in Berlin and has one partner live; another one is Otto's."""
    launched("Northern Lights", cast.tom)
    launched("Foreign Freight", cast.otto)
    return living_in(cast.tom, "Europe/Berlin")


def living_in(user: User, zone: str) -> User:
    User.objects.filter(pk=user.pk).update(timezone=zone)
    user.timezone = zone
    return user


def subscribed(cast: Cast, who: str = "tom", **options: Any) -> ReportSubscription:
    asked = {"report": "tam", "query": "period=last-quarter"} if "saved" not in options else {}
    values = BERLIN | options.pop("values", {})
    return subscriptions.subscribe(by=cast.actor(who), now=SUNDAY, values=values, **asked, **options)


def work(now: datetime) -> int:
    """What the job and a worker do; returns how many mails went out in all."""
    report_mails.queue_due(now=now)
    for row in Outbox.objects.filter(done_at__isnull=True, topic=subscriptions.TOPIC):
        assert outbox.deliver(outbox_id=row.pk, now=now), Outbox.objects.get(pk=row.pk).last_error
    return len(mail.outbox)


def test_it_comes_on_monday_at_eight_of_the_reader_once(cast: Cast, tom: User) -> None:
    row = subscribed(cast, values={"attachment": "csv"})
    assert (row.next_at, row.zone) == (MONDAY, "Europe/Berlin")
    assert work(MONDAY - timedelta(seconds=1)) == 0
    assert work(MONDAY) == work(MONDAY + timedelta(minutes=1)) == 1
    row.refresh_from_db()
    assert (row.last_slot, row.next_at) == (MONDAY, MONDAY + timedelta(days=7))
    (sent,) = mail.outbox
    assert sent.to == [cast.tom.email]
    assert sent.subject.startswith("TAM Analytics, Q2 2026")
    html: Any = sent.alternatives[0]  # type: ignore[attr-defined]
    for text in (str(sent.body), str(html[0])):
        for words in (
            *("Q2 2026", "Q1 2026", "Over 1 organization that you open today", "Partners in Post-Launch"),
            *(f"/reports/mails/{row.public_id}/", "/reports/tam/?period=2026-Q2", "Every Monday at 8:00", "UTC"),
        ):
            assert words in text, words
        assert "Foreign Freight" not in text
    ((name, content, _type),) = sent.attachments
    assert name.endswith(".csv")
    assert "Q2 2026" in (content if isinstance(content, str) else content.decode("utf-8-sig"))
    assert Activity.objects.filter(verb="list.exported", actor_id=cast.tom.pk).count() == 1


def test_after_a_pause_of_the_hub_the_newest_slot_comes_alone(cast: Cast, tom: User) -> None:
    row = subscribed(cast)
    assert work(MONDAY + timedelta(days=23)) == 1
    row.refresh_from_db()
    assert (row.last_slot, row.next_at) == (MONDAY + timedelta(days=21), MONDAY + timedelta(days=28))


def test_who_moves_gets_the_mail_of_a_day_once_by_the_new_clock(cast: Cast, tom: User) -> None:
    row = subscribed(cast)
    living_in(tom, "America/New_York")
    assert work(MONDAY) == 0
    row.refresh_from_db()
    assert (row.zone, row.next_at) == ("America/New_York", MONDAY + timedelta(hours=6))
    assert work(MONDAY + timedelta(hours=6)) == 1
    living_in(tom, "Pacific/Honolulu")
    assert work(MONDAY + timedelta(hours=12)) == 1
    row.refresh_from_db()
    assert row.next_at == datetime(2026, 7, 27, 18, tzinfo=UTC)


def test_its_figures_are_those_of_the_reader_of_that_moment(cast: Cast, tom: User) -> None:
    """Of a shared report too: what Max shares is the question."""
    values = {"name": "Monday", "query": "period=last-quarter", "sharing": "roles", "roles": ["tam"]}
    kept = saved.save_report(by=cast.actor("max"), report="tam", values=values, now=SUNDAY)
    for who, file in (("tom", "xlsx"), ("otto", "none"), ("max", "pdf")):
        subscribed(cast, who, saved=kept, values={"attachment": file})
    living_in(cast.otto, "Europe/Berlin")
    living_in(cast.max, "Europe/Berlin")
    take_role(cast.otto, "tam")
    give_roles(cast.otto, "manager")
    SavedReport.objects.update(sharing="everybody", roles=[])
    assert work(MONDAY) == 3
    counts = {sent.to[0]: str(sent.body).split("Over ")[1].split(" ")[0] for sent in mail.outbox}
    assert counts == {cast.tom.email: "1", cast.otto.email: "2", cast.max.email: "2"}
    assert all(sent.subject.startswith("Monday, Q2 2026") for sent in mail.outbox)
    files = {sent.to[0]: [bytes(content)[:4] for _name, content, _type in sent.attachments] for sent in mail.outbox}
    assert files == {cast.tom.email: [b"PK\x03\x04"], cast.otto.email: [], cast.max.email: [b"%PDF"]}


def test_a_scope_without_organizations_says_so(cast: Cast) -> None:
    living_in(cast.olga, "Europe/Berlin")
    subscribed(cast, "olga")
    assert work(MONDAY) == 1
    assert "You open no organization of this report today" in str(mail.outbox[0].body)


def test_a_report_of_the_desk_is_about_the_tickets_that_one_sees(client: Client, cast: Cast) -> None:
    """Its reader opens no organization."""
    at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    for desk, subject in ((make_desk(cast.sara), "Seen"), (make_desk(cast.sven), "Seen too")):
        make_ticket(desk, cast.northwind, by=cast.sue, contact=cast.connie_contact, now=at, subject=subject)
    living_in(cast.sara, "Europe/Berlin")
    asked = {"report": "support", "query": "period=last-quarter"}
    subscriptions.subscribe(by=cast.actor("sara"), values=BERLIN, now=SUNDAY, **asked)
    assert work(MONDAY) == 1
    body = str(mail.outbox[0].body)
    assert "Over the tickets that you see today." in body
    assert "* Tickets opened: 2 (" in body
    client.force_login(cast.sara)
    assert client.get("/reports/tam/").status_code == 200, "a report of organizations, for who opens none"


def test_every_report_goes_by_mail(cast: Cast, tom: User) -> None:
    living_in(cast.max, "Europe/Berlin")
    reports = (*policy_in_force().reports, *OWN)
    for report_id in reports:
        asked = {
            "report": report_id,
            "query": "period=last-month&segment=smb",
            "values": BERLIN | {"attachment": "pdf"},
        }
        subscriptions.subscribe(by=cast.actor("max"), now=SUNDAY, **asked)
    assert work(MONDAY) == len(reports) > 5
    assert all("June 2026" in sent.subject and len(sent.attachments) == 1 for sent in mail.outbox)


def no_role(cast: Cast, row: ReportSubscription) -> None:
    take_role(cast.tom, "tam")


def not_active(cast: Cast, row: ReportSubscription) -> None:
    User.objects.filter(pk=cast.tom.pk).update(is_active=False)


def unshared(cast: Cast, row: ReportSubscription) -> None:
    SavedReport.objects.update(sharing="nobody", roles=[])


def gone(cast: Cast, row: ReportSubscription) -> None:
    SavedReport.objects.update(report="bygone")


@pytest.mark.parametrize(
    ("happens", "why"),
    [(no_role, "no_right"), (not_active, "inactive"), (unshared, "unshared"), (gone, "report_gone")],
)
def test_what_may_not_be_sent_stops_and_its_reader_is_told(cast: Cast, tom: User, happens: Any, why: str) -> None:
    values = {"name": "Monday", "sharing": "roles", "roles": ["tam"]}
    kept = saved.save_report(by=cast.actor("max"), report="tam", values=values, now=SUNDAY)
    row = subscribed(cast, saved=kept)
    happens(cast, row)
    assert work(MONDAY) == work(MONDAY + timedelta(days=7)) == 0
    row.refresh_from_db()
    assert (row.is_active, row.paused_by, row.next_at) == (False, why, None)
    (notice,) = Notification.objects.filter(user=cast.tom, kind="report_mails")
    assert ("TAM Analytics" if why == "unshared" else "Monday") in notice.title
    assert notice.body


@pytest.mark.django_db(transaction=True)
def test_workers_that_run_together_queue_each_slot_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """And people who press twice at once do not get past a limit."""
    with scoped(Scope.all()):
        for _number in range(5):
            subscribed(cast)
        ReportSubscription.objects.update(next_at=MONDAY)
    counts = in_threads(*[lambda: report_mails.queue_due(now=MONDAY)] * 3)
    assert sum(counts) == 5
    with scoped(Scope.all()):
        rows = Outbox.objects.filter(topic=subscriptions.TOPIC).values_list("payload__subscription_id", flat=True)
        assert sorted(rows) == sorted(ReportSubscription.objects.values_list("pk", flat=True))
    monkeypatch.setattr(subscriptions, "MAX_SUBSCRIPTIONS", 6)
    monkeypatch.setattr(saved, "MAX_REPORTS", 1)

    def save(name: str) -> SavedReport:
        values = {"name": name, "query": "", "sharing": "nobody"}
        return saved.save_report(by=cast.actor("tom"), report="tam", values=values, now=SUNDAY)

    for works in ([lambda: subscribed(cast)] * 3, [lambda name=name: save(name) for name in "abc"]):
        outcomes = in_threads(*works)
        assert sorted(isinstance(one, DomainError) for one in outcomes) == [False, True, True], outcomes


def test_a_lead_has_a_report_mailed_by_a_program(client: Client, cast: Cast, tom: User) -> None:
    """To whom the page would offer, and to nobody else; it is theirs then."""
    values = {"name": "Mondays", "query": "", "sharing": "everybody"}
    kept = saved.save_report(by=cast.actor("lena"), report="tam", values=values, now=SUNDAY)
    address, asked = "/api/v1/report-subscriptions/", {"saved_report": str(kept.public_id), "every": "week"}

    def send(**more: Any) -> Any:
        return client.post(address, asked | more, content_type="application/json")

    client.force_login(cast.lena)
    for whom in (cast.otto.public_id, cast.sue.public_id, kept.public_id):
        refused = send(reader=str(whom))
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "reader"), refused.json()
    made = send(reader=str(cast.tom.public_id))
    assert made.status_code == 201, made.json()
    assert made.json()["reader"] == str(cast.tom.public_id)
    row = ReportSubscription.objects.get()
    assert (row.user_id, row.set_by_id, row.zone) == (cast.tom.pk, cast.lena.pk, "Europe/Berlin")
    assert client.get(address).json()["results"] == []
    assert Notification.objects.filter(user=cast.tom, kind="report_given").count() == 1
    assert send(reader=str(cast.lena.public_id)).json()["reader"] == str(cast.lena.public_id)
    own = client.post(address, {"report": "tam", "reader": str(cast.tom.public_id)}, content_type="application/json")
    assert own.status_code == 403
