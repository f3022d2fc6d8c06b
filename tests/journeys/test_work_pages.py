"""Pages of tasks, promises and plays in a real browser: both widths, light and dark, axe finds nothing."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from partners.models import Task
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.tasks import make_commitment, make_note, make_run, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken sagen zu, alle Zugänge einzurichten, und zwar rechtzeitig"
PAGES: dict[str, tuple[str, ...]] = {
    "tom": (
        "/",
        "/tasks/",
        "/tasks/?whose=all&group=&state=any",
        "/tasks/?group=organization",
        "/tasks/?court=nobody",
        "/tasks/board/?whose=all",
        "/tasks/{task}/",
        "/tasks/{done}/",
        "/tasks/{task}/edit/",
        "/organizations/{northwind}/",
        "/organizations/{northwind}/tasks/",
        "/organizations/{northwind}/tasks/new/",
        "/organizations/{northwind}/commitments/",
        "/organizations/{northwind}/commitments/new/",
        "/organizations/{northwind}/plays/",
        "/organizations/{birch}/tasks/",
        "/organizations/{birch}/commitments/",
        "/organizations/{birch}/plays/",
        "/organizations/{northwind}/plays/new/",
        "/plays/{run}/",
        "/organizations/{northwind}/log/",
    ),
    "sam": ("/tasks/", "/tasks/{sams}/"),
    "connie": ("/portal/", "/portal/tasks/", "/portal/tasks/{shared}/", "/portal/commitments/"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> dict[str, Any]:
    """Tasks in every state, long names, promises of both sides, a play that runs."""
    today, now, here = timezone.localdate(), timezone.now(), cast.northwind
    day = timedelta(days=1)
    first = make_task(
        here, title="Run the beta", owner=cast.petra, phase="3A", due_on=today - 4 * day, is_required=True
    )
    task = make_task(
        here, title=LONG, owner=cast.tom, phase="3A", after=(first,), needs_evidence=True, description=LONG * 3
    )
    make_note(task, LONG, added_by=cast.tom)
    done = make_task(here, title="Done one", owner=cast.tom, phase="3B", state="done", done_at=now, done_by=cast.tom)
    make_task(here, title="Started", owner=cast.tom, phase="3B", state="started", due_on=today - day)
    make_task(here, title="Blocked one", owner=cast.tom, blocked_reason="Legal has not answered", due_on=today)
    make_task(here, title="Skipped", state="skipped", skip_reason="Not needed")
    make_task(here, title="Left over", stage="gate_2", source="checklist", source_key="x", owner_role="tpm")
    sams = make_task(here, title="For Sam", owner=cast.sam)
    shared = make_task(
        here, title="Send the logo", owner=cast.tom, court="partner", is_shared=True, needs_evidence=True
    )
    make_task(here, title="We do this", owner=cast.tom, is_shared=True, contact=None)
    for number in range(5):
        make_commitment(here, title=f"{LONG} {number}", owner=cast.tom, due_on=today + (number - 2) * day)
    make_commitment(here, title="Theirs", side="them", contact=cast.connie_contact, state="kept", closed_at=now)
    run = make_run(here, "quiet", started_by=cast.tom)
    Task.objects.filter(title="Started").update(play_run=run, source="play", source_key="call")
    rows = {"task": task, "done": done, "sams": sams, "shared": shared, "run": run}
    return {name: row.public_id for name, row in rows.items()}


@pytest.mark.parametrize(("is_phone", "is_dark"), MODES)
def test_pages_are_accessible_and_fit(
    browser: Browser, live_server: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch, is_phone: bool, is_dark: bool
) -> None:
    from partners.services import plays
    from tests.partners.test_play_runs import policy_of

    monkeypatch.setattr(plays, "policy_of_version", lambda name, version: policy_of())
    monkeypatch.setattr(plays, "plays_in_force", policy_of)
    ids = {**furnish(cast), "northwind": cast.northwind.public_id, "birch": cast.birch.public_id}
    found = {}
    for name, paths in PAGES.items():
        client = Client()
        client.force_login(getattr(cast, name))
        context = context_of(browser, live_server.url, phone=is_phone, dark=is_dark)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        for pattern in paths:
            page.goto(pattern.format(**ids))
            page.wait_for_load_state("networkidle")
            faults = violations(page) + (["wider than its window"] if overflows(page) else [])
            if faults:
                found[f"{name} {pattern}"] = faults
            if folder := os.environ.get("HUB_SCREENSHOTS"):
                shot = f"{name}{pattern.replace('/', '_')[:40]}-{'phone' if is_phone else 'desk'}-{is_dark}.png"
                page.screenshot(path=f"{folder}/{shot}", full_page=True)
        context.close()
    assert found == {}
