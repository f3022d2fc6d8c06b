"""The main journey: a partner from Pre-Contract to Post-Launch, by the people whose work it is, each in own sign-in.

Whatever a person does is done in the browser. Written directly is the world before the first page: people and their
passwords, the partner with owners and contacts, the review of its first gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from partners.models import Evidence, GateReview, Organization, Task, Touchpoint
from partners.services import gates
from tests.browser import chromium
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.factories.partners import make_contact, make_partner
from tests.journeys.walk import TODAY, Walk, answers_for, choose, fill_in, open_journey, sign, start, submit
from tests.partners.gate_world import OWNERS, questionnaire_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def walk(live_server: Any, cast: Cast) -> Iterator[Walk]:
    now = timezone.now()
    partner = make_partner(
        "pre_contract",
        name="Aurora Telecom",
        owners={role: getattr(cast, person) for role, person in OWNERS.items() if role not in ("sales", "csm")},
        at=now - timedelta(days=10),
        currency="USD",
        ccv=20_000_000,
        country_lrp=100_000_000,
        country="SE",
        target_launch_on=TODAY + timedelta(days=150),
    )
    elsa = make_user(name="Elsa Executive", email="elsa@aurora.example", audience="contact")
    make_contact(partner, name=elsa.name, email=elsa.email, user=elsa, role="executive", job_title="CTO")
    gates.open_review(organization=partner, now=now)
    with chromium() as browser:
        yield Walk(browser, live_server.url, cast, partner, elsa)


def test_a_partner_goes_from_pre_contract_to_post_launch(walk: Walk, cast: Cast) -> None:
    pre_contract(walk)
    gate_0(walk)
    gate_1(walk)
    gate_2(walk)
    handoff(walk)
    gate_3(walk)
    launched(walk)


def pre_contract(walk: Walk) -> None:
    """The PAM fills and signs; TPM, PSM and TAM do not know the partner yet."""
    assert walk.sees("ana", "paul", "tina", "petra", "tom", "otto") == {"ana", "paul"}
    asked = questionnaire_of("pre_contract")
    page = start(walk, "ana")
    expect(page.locator("#q-exec-sponsor-name")).to_have_value("Elsa Executive")
    expect(page.get_by_text("From the contacts").first).to_be_visible()
    fill_in(page, asked, answers_for(asked))
    expect(page.get_by_text("5 of 5 sections pass")).to_be_visible()
    submit(page)
    sign(page, walk.cast.ana.name)
    page.wait_for_url("**/journey/")
    assert walk.stage() == "gate_0"


def gate_0(walk: Walk) -> None:
    """It fails with its reasons, is mended in a new version, judged, and signed by PDM and PAM."""
    asked = questionnaire_of("gate_0")
    page = start(walk, "paul")
    fill_in(page, asked, answers_for(asked, contract_signed="no"))
    expect(page.get_by_text("The contract is not signed by both sides.").first).to_be_visible()
    submit(page)
    expect(page.locator(".gate-verdict").first).to_contain_text("Failed")
    expect(page.get_by_text("The contract is not signed by both sides.").first).to_be_visible()
    expect(page.get_by_role("link", name="Sign", exact=True)).to_have_count(0)

    page.get_by_role("link", name="Mend in a new version").click()
    expect(page.locator("#q-contract-signed-box")).to_contain_text("Failed last time")
    page.locator("#q-contract-signed-0").check()
    expect(page.locator("#q-contract-signed-state")).to_contain_text("Saved")
    page.get_by_role("link", name="Review before submission").click()
    submit(page)
    page.wait_for_url("**/versions/2/")
    page.get_by_role("link", name="Judge this section").click()
    page.get_by_label("It passes").check()
    page.get_by_label("Reason").fill("They open the north to us.")
    page.get_by_role("button", name="Record the judgment").click()
    sign(page, walk.cast.paul.name)
    assert walk.stage() == "gate_0"

    page = open_journey(walk, "ana")
    expect(page.get_by_text("Yours is the last signature")).to_be_visible()
    sign(page, walk.cast.ana.name)
    page.wait_for_url("**/journey/")
    assert walk.stage() == "gate_1"
    assert GateReview.objects.get(organization=walk.partner, stage="gate_0").outcome == "passed"


def gate_1(walk: Walk) -> None:
    """The PDM works through the phases of Gate 1 and hands the partner out of their own sight."""
    asked = questionnaire_of("gate_1")
    page = start(walk, "paul")
    fill_in(page, asked, answers_for(asked))
    submit(page)
    sign(page, walk.cast.paul.name)
    expect(page.get_by_text("is in a stage now that your role does not open")).to_be_visible()
    assert walk.stage() == "gate_2"
    assert walk.sees("ana", "paul", "tina", "petra", "tom") == {"ana", "tina"}


def gate_2(walk: Walk) -> None:
    """The TPM works through Gate 2, sees the gates before as a summary, and no answers of theirs."""
    page = open_journey(walk, "tina")
    expect(page.get_by_text("Gate 0").first).to_be_visible()
    page.goto(f"{walk.address}gates/gate_0/questionnaires/gate-0-kickoff/versions/2/")
    expect(page.get_by_text("The answers of earlier stages are closed to you.")).to_be_visible()
    expect(page.get_by_text("As agreed")).to_have_count(0)
    assert walk.status("tina", "gates/gate_0/questionnaires/gate-0-kickoff/versions/2/changes/") == 403
    asked = questionnaire_of("gate_2")
    page = start(walk, "tina")
    fill_in(page, asked, answers_for(asked))
    submit(page)
    sign(page, walk.cast.tina.name)
    expect(page.get_by_text("is in a stage now that your role does not open")).to_be_visible()
    assert walk.stage() == "gate_3"
    assert walk.sees("ana", "paul", "tina", "petra", "tom", "otto") == {"ana", "petra", "tom"}


def handoff(walk: Walk) -> None:
    """The PSM hands over to the TAM, who returns it once with reasons and then accepts."""
    psm, tam = open_journey(walk, "petra"), walk.of("tom")
    expect(psm.get_by_text("The handoff has not been prepared yet.").first).to_be_visible()
    psm.goto(f"{walk.address}handoffs/new/")
    psm.get_by_label("Handoff").select_option(label="PSM to TAM")
    psm.get_by_label("To whom").fill("Tom Okafor")
    psm.get_by_label("In a few sentences").fill("Ready; watch the billing.")
    psm.get_by_role("button", name="Prepare the handoff").click()
    expect(psm.get_by_text("Prepared: look through what was gathered")).to_be_visible()
    complete_items(psm)
    for number in range(psm.locator(".handoff-day").count()):
        day = psm.locator(".handoff-day").nth(number)
        day.locator("input[type=date]").fill((TODAY - timedelta(days=21)).isoformat())
        day.get_by_role("button").click()
        psm.wait_for_load_state()
    psm.get_by_role("button", name="Offer it").click()
    address = psm.url

    assert tam.goto(address) is not None
    tam.get_by_label("What is missing?").fill("Nothing on the night shift.")
    tam.get_by_role("button", name="Return it to Petra Okafor").click()
    expect(tam.get_by_text("Nothing on the night shift.")).to_be_visible()
    expect(tam.get_by_role("button", name="Accept")).to_have_count(0)
    psm.goto(address)
    expect(psm.get_by_text("Nothing on the night shift.")).to_be_visible()
    complete_item(psm, 0, note="Sven answers at night.")
    psm.get_by_role("button", name="Offer it").click()

    tam.goto(address)
    while (unread := tam.get_by_role("button", name="I have read it")).count():
        left = unread.count()
        unread.first.click()
        expect(tam.get_by_role("button", name="I have read it")).to_have_count(left - 1)
    tam.reload()
    tam.get_by_role("button", name="Accept", exact=True).click()
    expect(tam.get_by_text("Accepted: Aurora Telecom is yours.")).to_be_visible()


def complete_items(page: Page) -> None:
    """The giver stands by every item."""
    for number in range(page.locator(".handoff-item").count()):
        complete_item(page, number, note="As agreed.")


def complete_item(page: Page, number: int, *, note: str) -> None:
    item = page.locator(".handoff-item").nth(number)
    item.locator("textarea").fill(note)
    item.locator("input[type=checkbox]").check()
    item.get_by_role("button", name="Save").click()
    expect(item.locator("textarea")).to_have_value(note)


def gate_3(walk: Walk) -> None:
    """The PSM fills in and signs; the last signature, the PAM's, waits until the tasks of the gate are done."""
    asked = questionnaire_of("gate_3")
    page = start(walk, "petra")
    fill_in(page, asked, answers_for(asked))
    submit(page)
    sign(page, walk.cast.petra.name)
    assert walk.stage() == "gate_3"

    page = open_journey(walk, "ana")
    expect(page.get_by_text("Finish the tasks of this gate")).to_be_visible()
    page.goto(f"{walk.address}gates/gate_3/questionnaires/{asked.id}/versions/1/")
    sign(page, walk.cast.ana.name)
    expect(page.get_by_text("required tasks are not done").first).to_be_visible()
    assert walk.stage() == "gate_3"

    tasks_of_the_psm(walk)
    tasks_of_the_partner(walk)
    tasks_of_the_tam(walk)
    everything_was_done_by_whose_it_was(walk)
    page = open_journey(walk, "ana")
    expect(page.get_by_text("Yours is the last signature")).to_be_visible()
    sign(page, walk.cast.ana.name)
    page.wait_for_url("**/journey/")
    assert walk.stage() == "post_launch"


def tasks_of_the_psm(walk: Walk) -> None:
    """Own tasks only, all at once; what needs evidence says so, and is done with a note."""
    page = walk.of("petra")
    page.goto(f"{walk.address}tasks/")
    expect(page.get_by_text("0 of 23 tasks are done.")).to_be_visible()
    page.get_by_role("link", name="Mine", exact=True).click()
    choose(page, "Whose move", "With us")
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("13")
    page.get_by_role("button", name="Mark done").click()
    expect(page.get_by_text("Changed: 7. Already so: 0. Refused: 6.")).to_be_visible()
    page.get_by_label("Note for each, kept as evidence").fill("Minutes of the readiness review, 3 of 3 agreed.")
    page.get_by_role("button", name="Mark 6 tasks done").click()
    expect(page.get_by_text("6 tasks are done.")).to_be_visible()
    expect(page.get_by_text("No task fits these filters")).to_be_visible()


def tasks_of_the_partner(walk: Walk) -> None:
    """Their executive finds in the portal what waits for them, and ticks it off with a note."""
    page = walk.of("elsa")
    for title, note in (
        ("Agree on the service levels", "Signed by both sides on Monday."),
        ("Name your own contacts for the two weeks after the launch", "Sven by day, Maja by night."),
    ):
        page.goto("/portal/tasks/")
        page.get_by_role("link", name=title).click()
        page.get_by_label("Note").fill(note)
        page.get_by_role("button", name="This is done").click()
        expect(page.get_by_text("Thank you, this is done.")).to_be_visible()


def tasks_of_the_tam(walk: Walk) -> None:
    """What is left, phase by phase and by keyboard alone: too early, undone, and done again."""
    page = walk.of("tom")
    page.goto(f"{walk.address}tasks/")
    expect(page.get_by_text("15 of 23 tasks are done.")).to_be_visible()
    page.get_by_label("Select all of Phase 3A").check()
    page.keyboard.press("d")
    expect(page.get_by_text("5 tasks are done.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("15 of 23 tasks are done.")).to_be_visible()
    # The words are there before the script that hears keys.
    page.wait_for_load_state()
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-bulk-count]")).to_have_text("8")
    page.keyboard.press("d")
    expect(page.get_by_text("8 tasks are done.")).to_be_visible()
    expect(page.get_by_text("23 of 23 tasks are done.")).to_be_visible()


def everything_was_done_by_whose_it_was(walk: Walk) -> None:
    tasks = Task.objects.filter(organization=walk.partner, stage="gate_3", source="checklist")
    assert set(tasks.values_list("state", flat=True)) == {"done"}
    expected = {
        ("psm", "us"): walk.cast.petra.name,
        ("psm", "partner"): "Elsa Executive",
        ("tam", "us"): walk.cast.tom.name,
    }
    done_by = tasks.values_list("owner_role", "court", "done_by__name").distinct()
    assert {(role, court): name for role, court, name in done_by} == expected
    with_proof = set(Evidence.objects.current().filter(task__in=tasks).values_list("task_id", flat=True))
    assert set(tasks.filter(needs_evidence=True).values_list("pk", flat=True)) <= with_proof


def launched(walk: Walk) -> None:
    """Launched: the TAM's cadence has begun, and nobody signs anything any more."""
    partner = Organization.objects.get(pk=walk.partner.pk)
    assert partner.launched_on is not None
    planned = Touchpoint.objects.filter(organization=partner, owner=walk.cast.tom, kind="check_in", state="planned")
    slots = list(planned.order_by("slot_on").values_list("slot_on", flat=True))
    assert [(day - partner.launched_on).days for day in slots[:3]] in ([0, 7, 14], [7, 14, 21])
    page = open_journey(walk, "tom")
    expect(page.locator("[aria-current=step]").first).to_contain_text("Post-Launch")
    assert walk.status("tom", "cadence/") == 200
    expect(page.get_by_text("Check-in").first).to_be_visible()
    assert walk.sees("ana", "paul", "tina", "petra", "tom", "otto") == {"ana", "petra", "tom"}
    assert walk.status("tom", "gates/gate_3/questionnaires/gate-3-ready-to-deliver/versions/1/sign/") == 403
    reviews = GateReview.objects.filter(organization=partner).order_by("opened_at", "pk")
    assert list(reviews.values_list("stage", "outcome")) == [
        ("pre_contract", "passed"),
        ("gate_0", "passed"),
        ("gate_1", "passed"),
        ("gate_2", "passed"),
        ("gate_3", "passed"),
        ("post_launch", ""),
    ]
