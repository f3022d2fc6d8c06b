"""Single sign-on in a real browser, under our content security policy: off to the provider and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.accounts.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.browser import chromium, context_of, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server: Any) -> Iterator[Page]:
    with chromium() as browser:
        context = context_of(browser, live_server.url)
        yield context.new_page()
        context.close()


@pytest.fixture
def provider(live_server: Any, settings: Any) -> Iterator[Provider]:
    cache.clear()
    with running_provider() as found:
        app = {
            "provider_id": "sso",
            "name": "Acme login",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": found.issuer, "verified_email": False},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
        settings.OIDC_ROLE_CLAIM, settings.OIDC_ROLE_MAP = "groups", ["hub-tam=tam"]
        settings.SITE_URL = live_server.url
        found.person = {"sub": "7", "email": "tina@vendor.example", "email_verified": True, "name": "Tina Berg"}
        yield found


def test_off_to_the_provider_and_back(page: Page, live_server: Any, provider: Provider) -> None:
    provider.person["groups"] = ["hub-tam"]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def at_the_provider(route: Route) -> None:
        back = provider.authorize(route.request.url)
        address = f"{live_server.url}/accounts/oidc/sso/login/callback/?code={back['code']}&state={back['state']}"
        route.fulfill(
            content_type="text/html",
            body=f'<html lang="en"><title>Acme</title><a href="{address}">Go back</a></html>'.replace("&", "&amp;"),
        )

    page.route(f"{provider.issuer}/authorize*", at_the_provider)
    page.goto("/accounts/login/?next=/me/")
    assert violations(page) == []
    page.get_by_role("button", name="Sign in with Acme login").click()
    # The page in between leads on by itself.
    page.get_by_role("link", name="Go back").click()
    page.wait_for_url("**/me/")
    expect(page.get_by_role("main")).to_contain_text("tina@vendor.example · Technical Account Manager")
    assert User.objects.get(email="tina@vendor.example").current_roles() == {"tam"}
    assert [text for text in said if "Content Security Policy" in text] == []
