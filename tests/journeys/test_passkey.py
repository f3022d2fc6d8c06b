"""A passkey in a real browser: added with the password, used without it, and refused once it is gone."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser import chromium, context_of, sign_in, violations
from tests.factories.accounts import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    cache.clear()
    # Passkeys belong to a name: an address of numbers can have none.
    context = context_of(browser, live_server.url.replace("127.0.0.1", "localhost"))
    yield context.new_page()
    context.close()


def plug_in(page: Page) -> tuple[CDPSession, str]:
    """A device that keeps passkeys and whose owner always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    found = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(found["authenticatorId"])


def add_passkey(page: Page, *, name: str, alone: bool) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    assert violations(page) == []


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    page.wait_for_url("**/accounts/login/**")


def test_a_passkey_signs_in_alone(page: Page) -> None:
    tom = make_user("tam", name="Tom Okafor", email="tom@vendor.example", password=PASSWORD)
    device, authenticator = plug_in(page)
    sign_in(page, tom.email, PASSWORD)
    add_passkey(page, name="Work laptop", alone=True)
    page.goto("/accounts/2fa/")
    expect(page.get_by_text("Work laptop")).to_be_visible()
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    expect(page.get_by_role("heading", name="Hello, Tom Okafor")).to_be_visible()
    assert Authenticator.objects.get(user=tom, type="webauthn").last_used_at is not None
    sign_out(page)

    # The device still has it, but here it was taken off.
    Authenticator.objects.filter(user=tom).delete()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})


def test_a_security_key_is_the_second_factor(page: Page) -> None:
    tom = make_user("tam", name="Tom Okafor", email="tom@vendor.example", password=PASSWORD)
    plug_in(page)
    sign_in(page, tom.email, PASSWORD)
    add_passkey(page, name="Blue key", alone=False)
    sign_out(page)

    sign_in(page, tom.email, PASSWORD)
    expect(page.get_by_role("heading", name="Prove it is you")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Hello, Tom Okafor")).to_be_visible()


def test_a_device_that_says_no_is_told_and_may_be_asked_again(page: Page) -> None:
    page.goto("/accounts/login/")
    device, authenticator = plug_in(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    button = page.get_by_role("button", name="Sign in with a passkey")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("did not give a passkey")
    expect(button).to_be_enabled()
