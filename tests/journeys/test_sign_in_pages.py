"""Every page of signing in, in the order in which people meet them: on a phone and on a desk, light and dark."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from common import outbox
from tests.browser import MODES, chromium, context_of, overflows, sign_in, violations
from tests.cast import Cast
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW_PASSWORD = "eleven quiet lanterns"
Look = Callable[[str], None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def tom(cast: Cast) -> User:
    cache.clear()
    for person in (cast.tom, cast.connie):
        person.set_password(PASSWORD)
        person.save()
    return cast.tom


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_every_page_of_signing_in(
    browser: Browser, live_server: Any, settings: Any, tom: User, phone: bool, dark: bool
) -> None:
    settings.REQUIRE_STAFF_MFA = True
    context = context_of(browser, live_server.url, phone=phone, dark=dark)
    page = context.new_page()
    faults: dict[str, list[str]] = {}
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def look(name: str) -> None:
        found = violations(page) + (["wider than the window"] if overflows(page) else [])
        found += [text for text in said if "Content Security Policy" in text or "Uncaught" in text]
        said.clear()
        if found:
            faults[name] = found

    coming_in(page, look, tom)
    forgetting(page, look, tom, live_server.url)
    keys(page, look, tom)
    going(page, look, tom)
    context.close()
    assert faults == {}


def coming_in(page: Page, look: Look, tom: User) -> None:
    page.goto("/accounts/login/")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    look("sign in")
    page.get_by_label("E-mail address").fill(tom.email)
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("do not belong together")
    look("sign in, refused")
    for address in ("inactive", "3rdparty/login/cancelled", "3rdparty/login/error", "signup"):
        page.goto(f"/accounts/{address}/")
        look(address)


def forgetting(page: Page, look: Look, tom: User, site: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    look("forgot")
    page.get_by_label("E-mail address").fill(tom.email)
    page.get_by_role("button", name="Send the link").click()
    page.wait_for_url("**/password/reset/done/")
    look("forgot, sent")
    page.goto(site + link_from_mail())
    look("choose a password")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Save the password").click()
    look("choose a password, refused")
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.wait_for_url("**/password/reset/key/done/")
    look("password chosen")
    page.goto("/accounts/password/reset/key/1-nonsense/")
    look("dead link")


def link_from_mail() -> str:
    now = timezone.now()
    for outbox_id in outbox.claim(now=now):
        outbox.deliver(outbox_id=outbox_id, now=now)
    letter = next(letter for letter in reversed(mail.outbox) if "/reset/key/" in letter.body)
    return re.search(r"/accounts/password/reset/key/\S+", letter.body)[0]  # type: ignore[index]


def keys(page: Page, look: Look, tom: User) -> None:
    sign_in(page, tom.email, NEW_PASSWORD)
    page.wait_for_url("**/accounts/2fa/")
    for address in ("2fa/", "password/change/", "2fa/webauthn/"):
        page.goto(f"/accounts/{address}")
        look(f"{address} while a second factor is due")
    page.goto("/accounts/2fa/totp/activate/")
    look("reauthenticate")
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/totp/activate/")
    look("set up the app")
    secret = page.locator("code").first.inner_text()
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Switch it on").click()
    page.wait_for_url("**/recovery-codes/")
    for address in (
        "2fa/recovery-codes/",
        "2fa/",
        "2fa/recovery-codes/generate/",
        "2fa/totp/deactivate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "2fa/reauthenticate/",
        "reauthenticate/",
        "password/change/",
        "sessions/",
    ):
        page.goto(f"/accounts/{address}")
        look(address)


def code_of(secret: str) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(key, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time())).decode()


def going(page: Page, look: Look, tom: User) -> None:
    page.goto("/accounts/logout/")
    look("sign out")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, tom.email, NEW_PASSWORD)
    look("second factor")
    page.get_by_role("button", name="Sign in as somebody else").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, "connie@northwind.example", PASSWORD)
    for address in ("2fa/", "sessions/"):
        page.goto(f"/accounts/{address}")
        look(f"{address} of a contact")
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    cache.clear()
    for _ in range(6):
        page.goto("/accounts/login/")
        page.get_by_label("E-mail address").fill("flood@vendor.example")
        page.get_by_label("Password").fill("not it")
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()
    look("flood")
