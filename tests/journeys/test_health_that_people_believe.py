"""From samples to a scorecard that everybody believes, with a real worker and a real browser."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.services.tokens import create_token
from common.policy_cache import active_policy
from health.models import Episode, HealthState, SampleSource, Snapshot
from health.services import runs
from health.services.ingest import ingest
from partners.models import Organization, StagePeriod
from tests.browser import chromium
from tests.cast import Cast
from tests.factories.health import card_named, good_values
from tests.journeys.test_house_pages import signed_in
from tests.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CARD = "partner_steady"
DAY = timedelta(days=1)
BAD = {"order_success_rate": 0, "error_rate": 100, "uptime": 0, "latency_p95": 90_000, "headroom": 0}
# What the scheduler would start within a minute is asked for at once.
JOBS = ("health.compute_daily", "health.recompute_marked", "health.route_alerts", "common.deliver_outbox")


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


def good(*, collected: bool) -> dict[str, float]:
    """Values with the most points, by metric: of those that the hub computes itself, or of the others."""
    card, policy = card_named(CARD), active_policy("metrics")
    assert policy is not None
    metrics, best = policy.policy.metrics, good_values(card)  # type: ignore[attr-defined]
    return {
        measure.metric: float(best[measure.id])
        for measure in card.measures
        if metrics[measure.metric].is_collected is collected and measure.kind == "thresholds"
    }


def samples(values: Mapping[str, float], organization: Organization, days: Iterable[datetime]) -> list[dict[str, Any]]:
    """A sample of each value on each of the days, as the API takes them."""
    return [
        {"organization_id": str(organization.public_id), "metric": metric, "at": at.isoformat(), "value": value}
        for at in days
        for metric, value in values.items()
    ]


def furnish(cast: Cast, last_year: datetime) -> None:
    """Northwind was launched over a year ago, and its health was computed a year ago, by what was known then."""
    launched = last_year - 60 * DAY
    Organization.objects.filter(pk=cast.northwind.pk).update(stage="post_launch", launched_on=launched.date())
    StagePeriod.objects.filter(organization=cast.northwind).update(stage="post_launch", entered_at=launched)
    source = SampleSource.objects.create(key="history", kind="api")
    for end in (last_year, timezone.now()):
        values = good(collected=True) | (good(collected=False) if end == last_year else {})
        rows = samples(values, cast.northwind, (end - day * DAY for day in range(1, 20)))
        assert ingest(rows, source=source, now=end, by=None, may_collect=True).accepted == len(rows)
    runs.run_day(day=timezone.localdate(last_year), now=last_year)


def test_from_samples_to_a_scorecard(browser: Browser, live_server: Any, cast: Cast, office: Office) -> None:
    now = timezone.now()
    last_year = now - 365 * DAY
    furnish(cast, last_year)
    _token, secret = create_token(user=cast.tom, name="Monitor", scope="write", expires_at=now + DAY, now=now)

    adam = page_of(browser, live_server, cast, "adam")
    adam_brings_a_file(adam, cast.northwind, [now - day * DAY for day in range(1, 20)])
    office.until(lambda: band_of(cast.northwind) == "green")

    tom = page_of(browser, live_server, cast, "tom")
    tom_reads_the_receipt(tom)

    bad = samples(BAD, cast.northwind, [now])
    assert post(live_server, secret, bad) == {"accepted": len(bad), "unchanged": 0, "rejected": []}
    assert post(live_server, secret, bad) == {"accepted": 0, "unchanged": len(bad), "rejected": []}
    office.until(lambda: fell(cast.northwind))
    tom_answers(tom)
    adam_changes_a_weight(adam)
    tom_replays_last_year(tom, cast.northwind, last_year)


def adam_brings_a_file(page: Page, organization: Organization, days: list[datetime]) -> None:
    """A file with a column for each metric; its columns are guessed."""
    values = good(collected=False)
    lines = [f"organization,at,{','.join(values)}"]
    lines += [f"{organization.name},{at.isoformat()},{','.join(map(str, values.values()))}" for at in days]
    page.goto("/health/samples/new/")
    content = "\n".join(lines).encode()
    page.get_by_label("File").set_input_files({"name": "monitor.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Import now").click()
    taken = str(len(values) * len(days))
    expect(page.locator(".stats")).to_contain_text(taken, timeout=60_000)


def page_of(browser: Browser, live_server: Any, cast: Cast, who: str) -> Page:
    return signed_in(browser, live_server.url, cast, who).new_page()


def band_of(organization: Organization) -> str:
    return HealthState.objects.filter(organization=organization, is_main=True).values_list("band", flat=True).get()


def fell(organization: Organization) -> bool:
    rows = Episode.objects.filter(organization=organization, cause="health_fell", due_at__isnull=False)
    return rows.exists()


def post(live_server: Any, secret: str, rows: list[dict[str, Any]]) -> Any:
    body = json.dumps({"source": "monitor", "samples": rows}).encode()
    request = Request(f"{live_server.url}/api/v1/health/samples/", data=body, method="POST")
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", f"Bearer {secret}")
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)


def figures(page: Page, selector: str) -> list[Decimal]:
    return [Decimal(text) for text in page.locator(selector).all_inner_texts() if text.strip() != "—"]


def tom_reads_the_receipt(page: Page) -> None:
    """Home says the band and why; one click on, the parts sum to the score to the last digit."""
    page.goto("/")
    row = page.locator("[data-row]", has=page.get_by_role("link", name="Northwind")).first
    expect(row).to_contain_text("Green")
    row.get_by_role("link", name="Northwind").click()
    expect(page.locator("tfoot td.num")).to_be_visible()
    [total] = figures(page, "tfoot td.num")
    assert sum(figures(page, "tbody tr:not(.group) td[data-label=Adds]")) == total
    assert sum(figures(page, "tbody tr.group td.num:last-child")) == total


def tom_answers(page: Page) -> None:
    """The fall is an alert of its own, with a clock; taking it on is the answer."""
    episode = Episode.objects.get(cause="health_fell")
    assert episode.answered_at is None
    page.goto("/")
    page.locator("section", has_text="Alerts to answer").last.get_by_role("link", name="Northwind: Health fell").click()
    expect(page.get_by_text("Acknowledging it is an answer.")).to_be_visible()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".alert-facts")).to_contain_text("Tom Okafor")
    expect(page.locator(".alert-facts")).not_to_contain_text("Not yet")
    episode.refresh_from_db()
    assert episode.answered_at is not None
    assert episode.answered_at < episode.due_at


def adam_changes_a_weight(page: Page) -> None:
    """What a weight would do to the past is seen before it counts."""
    before = active_policy(f"scorecard.{CARD}")
    assert before is not None
    page.goto("/health/lab/")
    page.get_by_role("link", name="Partner, steady").click()
    page.get_by_role("button", name="Begin a working copy").click()
    page.locator("[name=weight_operations]").fill("5")
    page.get_by_role("button", name="Save the weights").click()
    expect(page.get_by_text("Saved in the working copy.")).to_be_visible()
    page.get_by_label("How far back").select_option("13")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("link", name="Northwind")).to_be_visible(timeout=90_000)
    page.goto(f"/health/lab/{CARD}/publish/")
    page.get_by_label("Why").fill("Partners are judged by how they use it.")
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("The new version is in force.")).to_be_visible()
    after = active_policy(f"scorecard.{CARD}")
    assert after is not None
    assert after.version == before.version + 1


def tom_replays_last_year(page: Page, organization: Organization, last_year: datetime) -> None:
    """By the version of then, to the same digit, whatever is in force now."""
    day = timezone.localdate(last_year)
    stored = Snapshot.objects.get(organization=organization, card=CARD, day=day, occasion="daily")
    page.goto(f"/organizations/{organization.public_id}/health/?day={day}")
    expect(page.locator("main")).to_contain_text(str(stored.score))
    page.get_by_role("link", name="Replay").click()
    expect(page.get_by_text("Computed again from its inputs: the same to the digit.")).to_be_visible()
