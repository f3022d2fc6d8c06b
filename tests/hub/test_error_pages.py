"""The pages for what goes wrong: different from each other, useful, and free of database and request."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "409.html", "500.html"]


@pytest.mark.parametrize("name", PAGES)
def test_page_needs_nothing_at_all(name: str) -> None:
    """No request, no context processor, no database: what broke may be any of them."""
    html = render_to_string(name)
    assert 'href="/"' in html
    assert "<h1" in html
    assert "Onboarding Hub" in html


def test_pages_differ_in_icon_and_heading() -> None:
    pages = [render_to_string(name) for name in PAGES]
    marks = {re.findall(r'error-icon">.*?#([\w-]+)"', page, re.DOTALL)[0] for page in pages}
    headings = {re.findall(r"<h1[^>]*>(.*?)</h1>", page)[0] for page in pages}
    assert len(marks) == len(headings) == len(PAGES)


def test_broken_page_gives_the_number_to_report() -> None:
    html = render_to_string("500.html", {"request_id": "7f3a-<b>"})
    assert "<code>7f3a-&lt;b&gt;</code>" in html
    assert "request number" in html
    assert "request number" not in render_to_string("500.html")


def test_missing_page_leads_to_the_explainer_with_the_address_asked_for() -> None:
    request = RequestFactory().get("/organizations/abc/?tab=x")
    html = render_to_string("404.html", {"request": request})
    assert "Not there, or not yours" in html
    assert 'href="/why/?q=%2Forganizations%2Fabc%2F"' in html


def test_forbidden_page_says_which_right_is_missing() -> None:
    html = render_to_string("403.html", {"exception": "This is for people who may <i>manage policies</i>."})
    assert "This is for people who may &lt;i&gt;manage policies&lt;/i&gt;." in html


def test_conflict_page_shows_both_versions_and_the_way_to_the_current_one() -> None:
    changes = [{"label": "Tier", "theirs": "Gold", "yours": "Platinum"}]
    html = render_to_string("409.html", {"changes": changes, "reload_url": "/organizations/abc/"})
    assert "Gold" in html
    assert "Platinum" in html
    assert 'href="/organizations/abc/"' in html
