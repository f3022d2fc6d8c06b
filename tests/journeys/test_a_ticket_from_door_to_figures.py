"""A ticket from the portal to the manager's figures, with a real worker, real mails in and out, and a real browser."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Notification, OnCallRota, OnCallShift, Team, User
from common.models import PolicyVersion
from partners.models import SurveyResponse
from tests.browser import chromium
from tests.cast import Cast
from tests.database import PACKS
from tests.factories.tickets import make_desk, make_ticket
from tests.journeys.test_house_pages import signed_in
from tests.office import Office, text_of
from tickets.models import Message, SlaClock, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "help@acme.example"
JOBS = ("tickets.sweep_timers", "common.deliver_outbox", "partners.send_surveys")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def office(transactional_db: None, tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path, jobs=JOBS)
    try:
        yield opened
    finally:
        opened.close()


def put_in_force(name: str, change: Callable[[Any], None]) -> None:
    """The policy of the house with a change: minutes instead of hours, so that nobody has to wait for them."""
    body = yaml.safe_load((PACKS / f"{name}.yaml").read_text())
    change(body)
    PolicyVersion.objects.filter(name=name).update(is_active=False)
    PolicyVersion.objects.create(name=name, kind=name, version=90, body=body, checksum="test", is_active=True)


def promise_a_minute(body: Any) -> None:
    [policy] = [one for one in body["policies"] if one["id"] == "technical_account"]
    policy["targets"]["critical"]["first_response"] = {"amount": 1, "unit": "minutes", "clock": "24x7"}
    policy["escalation"] = [{"id": "on_call", "at": 5, "tell": "on_call", "unless_acknowledged": True}]


def furnish(cast: Cast) -> None:
    """A desk whose rota has Sue until an hour ago and Sven from then on, and a ticket that can wait."""
    put_in_force("sla", promise_a_minute)
    put_in_force("surveys", lambda body: body["csat"].update(delay_minutes=0))
    desk = make_desk(cast.sue, cast.sven, leads=[cast.sara], is_default=True, name="Support", address=ADDRESS)
    now, hour = timezone.now(), timedelta(hours=1)
    rota = OnCallRota.objects.create(
        name="Nights", team=Team.objects.get(name__startswith="Support"), timezone="Asia/Tokyo"
    )
    for user, start, end in ((cast.sue, now - 9 * hour, now - hour), (cast.sven, now - hour, now + 7 * hour)):
        OnCallShift.objects.create(rota=rota, user=user, starts_at=start, ends_at=end, made_at=now)
    make_ticket(desk, cast.birch, subject="A typing error", now=now - hour)


def page_of(browser: Browser, live_server: Any, cast: Cast, who: str, **options: bool) -> Page:
    return signed_in(browser, live_server.url, cast, who, **options).new_page()


def told(user: User, word: str) -> bool:
    return Notification.objects.filter(user=user, title__contains=word).exists()


def test_from_the_portal_to_the_figures(browser: Browser, live_server: Any, cast: Cast, office: Office) -> None:
    furnish(cast)
    ticket = connie_asks(page_of(browser, live_server, cast, "connie", phone=True))
    office.until(lambda: escalated_to(cast.sven))
    assert not escalated_to(cast.sue)
    assert escalated_to(cast.tom), "the owner is told of every escalation"

    sue = page_of(browser, live_server, cast, "sue")
    sue_answers(sue, ticket)
    mail = office.until(lambda: office.mail("Which version is it?"))
    clock = SlaClock.objects.get(ticket=ticket, metric="first_response")
    assert clock.stopped_at is not None
    office.send(answer_to(mail, "It is 17.2."))
    assert Message.objects.filter(ticket=ticket, side="customer", body="It is 17.2.", channel="mail").exists()

    tom = page_of(browser, live_server, cast, "tom")
    tom.goto(f"/organizations/{cast.northwind.public_id}/")
    tom.get_by_role("navigation").get_by_role("link", name="Tickets").last.click()
    expect(tom.get_by_role("link", name="Orders are lost")).to_be_visible()

    sue_solves(sue, ticket)
    survey = office.until(lambda: office.mail("How satisfied are you?"))
    connie_is_content(page_of(browser, live_server, cast, "connie"), text_of(survey))
    assert SurveyResponse.objects.get().score == 5
    sara_sees_it(page_of(browser, live_server, cast, "sara"))


def escalated_to(user: User) -> bool:
    return Notification.objects.filter(user=user, kind="sla_escalations").exists()


def connie_asks(page: Page) -> Ticket:
    page.goto("/portal/tickets/new/")
    page.get_by_label("What is it about?").fill("Orders are lost")
    page.get_by_label("Nobody can work").check()
    page.get_by_label("It cannot wait").check()
    page.get_by_label("What happened?").fill("Nothing arrives.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Orders are lost")).to_be_visible()
    ticket: Ticket = Ticket.objects.get(subject="Orders are lost")
    assert (ticket.priority, ticket.channel) == ("critical", "portal")
    assert ticket.assignee is not None, "critical ones are given to who is best"
    assert SlaClock.objects.filter(ticket=ticket, state="running").count() >= 2
    return ticket


def sue_answers(page: Page, ticket: Ticket) -> None:
    page.goto("/tickets/")
    first = page.locator("[data-row]").first
    expect(first).to_contain_text("Orders are lost")
    first.get_by_role("link", name="Orders are lost").click()
    page.get_by_label("Public reply").fill("Which version is it?")
    page.get_by_role("button", name="Send reply to Connie Contact").click()
    expect(page.get_by_text("The reply leaves in 10 seconds.")).to_be_visible()


def answer_to(mail: EmailMessage, text: str) -> EmailMessage:
    """As a mail program answers: to the address that the mail names, above what it quotes."""
    answer = EmailMessage()
    answer["From"], answer["To"] = "connie@northwind.example", mail["Reply-To"] or mail["From"]
    answer["Subject"], answer["In-Reply-To"] = f"Re: {mail['Subject']}", mail["Message-ID"]
    answer["Message-ID"] = "<answer@northwind.example>"
    answer.set_content(f"{text}\n\nOn Monday support wrote:\n> Which version is it?\n")
    return answer


def sue_solves(page: Page, ticket: Ticket) -> None:
    page.goto(f"/tickets/{ticket.number}/")
    expect(page.get_by_text("It is 17.2.")).to_be_visible()
    page.get_by_label("Public reply").fill("Solved by 17.3.")
    page.locator("#write-reply").get_by_label("Then").select_option("solved")
    page.get_by_role("button", name="Send reply to Connie Contact").click()
    expect(page.get_by_text("The reply leaves in 10 seconds.")).to_be_visible()


def connie_is_content(page: Page, text: str) -> None:
    """One click in the mail, without signing in, and a word about it."""
    [best] = [line for line in text.split() if line.startswith("http") and line.endswith("=5")]
    page.context.clear_cookies()
    # A browser that says it is driven counts as one of the programs that look through mails.
    page.add_init_script("Object.defineProperty(navigator, 'webdriver', {get: () => false})")
    page.goto(best.removeprefix(settings.SITE_URL))
    expect(page.get_by_text("Your answer: 5 of 5")).to_be_visible()
    page.get_by_role("textbox").fill("Quick and kind.")
    page.get_by_role("button", name="Send", exact=True).click()


def sara_sees_it(page: Page) -> None:
    """Both promises of the month were kept, and the one who was asked is content; each figure opens its rows."""
    page.goto("/")
    desk = page.locator("section", has_text="The desk this month").last
    expect(desk).to_contain_text("Solutions in time 100.0%", use_inner_text=True)
    expect(page.locator("section", has_text="of the last 90 days").last).to_contain_text("5.00")
    desk.get_by_role("link", name="Answers in time").click()
    expect(page.get_by_role("link", name="Orders are lost").first).to_be_visible()
