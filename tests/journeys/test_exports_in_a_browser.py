"""A report on paper as a person gets it: asked for, seen while it is written, fetched; on a phone, dark."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Export
from accounts.services import export_runs
from tests.browser import chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.journeys.test_every_page import session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_report_becomes_a_file_while_one_waits(live_server: Any, cast: Cast) -> None:
    with chromium() as browser:
        context = context_of(browser, live_server.url, phone=True, dark=True)
        context.add_cookies([{"name": "sessionid", "value": session_of(cast, "tom"), "url": live_server.url}])
        page = context.new_page()
        page.goto("/reports/tam/")
        page.locator("summary", has_text="Export").click()
        page.get_by_role("button", name="Print-ready (PDF)").click()
        expect(page.get_by_text("Waiting")).to_be_visible()
        assert export_runs.run(export_id=Export.objects.get().pk, clock=timezone.now)
        # Nobody loads the page again.
        link = page.get_by_role("link", name="Download")
        expect(link).to_be_visible()
        assert violations(page) == []
        assert not overflows(page)
        with page.expect_download() as found:
            link.click()
        assert found.value.suggested_filename.endswith(".pdf")
        assert Path(found.value.path()).read_bytes().startswith(b"%PDF")
