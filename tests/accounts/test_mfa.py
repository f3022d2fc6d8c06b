"""Second factors: set up with real codes, asked for at sign-in, required of staff where the setting says so."""

import base64
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.mfa_adapter import MfaAdapter
from accounts.models import Activity, User
from accounts.services.second_factor import reset_second_factor
from common.errors import NotAllowed
from tests.cast import Cast
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN, INDEX = "/accounts/login/", "/accounts/2fa/"
ACTIVATE, DEACTIVATE = "/accounts/2fa/totp/activate/", "/accounts/2fa/totp/deactivate/"
AUTHENTICATE, CODES = "/accounts/2fa/authenticate/", "/accounts/2fa/recovery-codes/"
STEP = 30


@pytest.fixture(autouse=True)
def no_limit_reached() -> None:
    cache.clear()


@pytest.fixture
def tom() -> User:
    return make_user("tam", name="Tom Okafor", password=PASSWORD)


def code_of(secret: str) -> str:
    """What an authenticator app shows for the key (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(key, 6, SHA1(), STEP, enforce_key_length=False).generate(int(time.time())).decode()


def sign_in(client: Client, user: User) -> Any:
    return client.post(LOGIN, {"login": user.email, "password": PASSWORD})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def prove_password(client: Client, page: str) -> None:
    """Pages about one's keys ask for the password once more."""
    answer = client.get(page)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == page


def set_up_app(client: Client) -> str:
    """Add an authenticator app, as a person does; returns its key."""
    prove_password(client, ACTIVATE)
    page = client.get(ACTIVATE).content.decode()
    found = re.search(r"<code>([A-Z2-7]{16,})</code>", page)
    assert found is not None
    assert client.post(ACTIVATE, {"code": code_of(found.group(1))})["Location"] == CODES
    return found.group(1)


def with_app(client: Client, user: User) -> str:
    sign_in(client, user)
    secret = set_up_app(client)
    client.post("/accounts/logout/")
    cache.clear()
    return secret


def test_setting_up_an_app_with_a_real_code(client: Client, tom: User) -> None:
    sign_in(client, tom)
    prove_password(client, ACTIVATE)
    page = client.get(ACTIVATE).content.decode()
    assert "data:image/svg+xml;base64," in page
    wrong = client.post(ACTIVATE, {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    assert not Authenticator.objects.filter(user=tom).exists()

    secret = set_up_app_again(client)
    kept = Authenticator.objects.get(user=tom, type="totp").data["secret"]
    assert secret not in kept
    assert MfaAdapter().decrypt(kept) == secret
    assert "10" in client.get(CODES).content.decode()
    assert "On" in client.get(INDEX).content.decode()
    assert Activity.objects.filter(verb="mfa.app_added", target_id=tom.pk).count() == 1


def test_the_page_after_an_app_was_added_says_so(client: Client, tom: User) -> None:
    sign_in(client, tom)
    prove_password(client, ACTIVATE)
    set_up_app_again(client)
    page = client.get(CODES).content.decode()
    assert "The authenticator app is in use from now on." in page
    assert "The authenticator app is in use from now on." not in client.get(CODES).content.decode()


def set_up_app_again(client: Client) -> str:
    """The password was proved a moment ago."""
    found = re.search(r"<code>([A-Z2-7]{16,})</code>", client.get(ACTIVATE).content.decode())
    assert found is not None
    assert client.post(ACTIVATE, {"code": code_of(found.group(1))})["Location"] == CODES
    return found.group(1)


def test_the_password_alone_no_longer_lets_in(client: Client, tom: User) -> None:
    secret = with_app(client, tom)
    assert sign_in(client, tom)["Location"].startswith(AUTHENTICATE)
    assert not signed_in(client)
    assert client.get("/why/").status_code == 302
    assert "This code is not right" in client.post(AUTHENTICATE, {"code": "123456"}).content.decode()
    assert not signed_in(client)
    answer = client.post(AUTHENTICATE, {"code": code_of(secret)})
    assert (answer.status_code, signed_in(client)) == (302, True)


def test_a_code_works_once(client: Client, tom: User) -> None:
    secret = with_app(client, tom)
    code = code_of(secret)
    sign_in(client, tom)
    client.post(AUTHENTICATE, {"code": code})
    assert signed_in(client)
    other = Client()
    sign_in(other, tom)
    other.post(AUTHENTICATE, {"code": code})
    assert not signed_in(other)


def test_a_recovery_code_works_once(client: Client, tom: User) -> None:
    with_app(client, tom)
    code = Authenticator.objects.get(user=tom, type="recovery_codes").wrap().get_unused_codes()[0]
    sign_in(client, tom)
    client.post(AUTHENTICATE, {"code": code})
    assert signed_in(client)
    other = Client()
    sign_in(other, tom)
    other.post(AUTHENTICATE, {"code": code})
    assert not signed_in(other)


def test_guessing_codes_comes_to_an_end(client: Client, tom: User) -> None:
    secret = with_app(client, tom)
    sign_in(client, tom)
    for _ in range(6):
        client.post(AUTHENTICATE, {"code": "000000"})
    page = client.post(AUTHENTICATE, {"code": code_of(secret)}).content.decode()
    assert "Too many tries" in page
    assert not signed_in(client)


def test_removing_the_app(client: Client, tom: User) -> None:
    sign_in(client, tom)
    set_up_app(client)
    assert client.post(DEACTIVATE)["Location"] == INDEX
    assert not Authenticator.objects.filter(user=tom).exists()
    client.post("/accounts/logout/")
    sign_in(client, tom)
    assert signed_in(client)


def test_secrets_outlive_a_change_of_the_secret_key(settings: Any) -> None:
    before = settings.SECRET_KEY
    kept = MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in kept
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" + "1" * 50, [before]
    assert MfaAdapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"


class TestRequired:
    """REQUIRE_STAFF_MFA."""

    @pytest.fixture(autouse=True)
    def required(self, settings: Any) -> None:
        settings.REQUIRE_STAFF_MFA = True

    @pytest.mark.parametrize("path", ["/", "/why/", "/me/", "/me/tokens/", "/organizations/", "/admin/"])
    def test_nothing_opens_before_it_is_set_up(self, client: Client, cast: Cast, path: str) -> None:
        client.force_login(cast.adam)
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, INDEX)

    def test_the_api_and_fragments_are_told(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.adam)
        answer = client.get("/api/v1/me/")
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_due")
        fragment = client.get("/why/", headers={"HX-Request": "true"})
        assert (fragment.status_code, fragment["HX-Redirect"]) == (403, INDEX)

    def test_the_page_says_what_to_do_and_setting_up_opens_the_rest(self, client: Client, tom: User) -> None:
        sign_in(client, tom)
        assert "Set up a second factor to go on" in client.get(INDEX).content.decode()
        set_up_app(client)
        assert client.get("/why/").status_code == 200
        assert "Set up a second factor to go on" not in client.get(INDEX).content.decode()

    def test_one_can_sign_out(self, client: Client, tom: User) -> None:
        sign_in(client, tom)
        client.post("/accounts/logout/")
        assert not signed_in(client)

    def test_the_last_one_stays(self, client: Client, tom: User) -> None:
        sign_in(client, tom)
        set_up_app(client)
        page = client.post(DEACTIVATE)
        assert "this is your last" in page.content.decode()
        assert Authenticator.objects.filter(user=tom, type="totp").exists()

    def test_a_passkey_that_is_the_last_one_stays(self, client: Client, tom: User) -> None:
        sign_in(client, tom)
        prove_password(client, ACTIVATE)
        key = Authenticator.objects.create(user=tom, type="webauthn", data={"name": "Blue key", "credential": {}})
        client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
        assert Authenticator.objects.filter(pk=key.pk).exists()
        set_up_app_again(client)
        client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
        assert not Authenticator.objects.filter(pk=key.pk).exists()

    def test_contacts_need_none(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.connie)
        assert client.get("/me/").status_code == 200


def test_nobody_touches_the_keys_of_others(client: Client, tom: User) -> None:
    other = make_user("tam")
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Blue key", "credential": {}})
    sign_in(client, tom)
    prove_password(client, ACTIVATE)
    for action in ("remove", "edit"):
        assert client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/{action}/").status_code == 404
        assert client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/{action}/", {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_an_administrator_takes_lost_factors(client: Client, cast: Cast) -> None:
    Authenticator.objects.create(user=cast.tom, type="totp", data={"secret": "x"})
    page = f"/people/{cast.tom.public_id}/second-factor/"
    client.force_login(cast.max)
    assert client.post(page).status_code == 403
    client.force_login(cast.adam)
    assert client.post(page).status_code == 302
    assert not Authenticator.objects.filter(user=cast.tom).exists()
    assert Activity.objects.filter(verb="mfa.reset", target_id=cast.tom.pk, actor_id=cast.adam.pk).count() == 1


def test_only_who_manages_people_takes_factors(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        reset_second_factor(user=cast.tom, by=cast.actor("max"), now=timezone.now())
