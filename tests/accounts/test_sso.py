"""Single sign-on against a provider that really answers: who comes in, as whom, with which roles."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.checks import role_map_can_be_read
from accounts.models import RoleGrant, User
from accounts.services import people
from accounts.services.sso import synchronize_roles
from common import outbox
from tests.accounts.oidc_provider import CLIENT_ID, CLIENT_SECRET, STRANGE_KEY, Provider, running_provider
from tests.factories.accounts import PASSWORD, give_roles, make_user

pytestmark = pytest.mark.django_db
LOGIN, CALLBACK = "/accounts/oidc/sso/login/", "/accounts/oidc/sso/login/callback/"
TINA = {"sub": "42", "email": "Tina@vendor.example", "email_verified": True, "name": "Tina  Berg"}


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
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
        settings.OIDC_ROLE_CLAIM = "groups"
        settings.OIDC_ROLE_MAP = ["hub-tam=tam", "hub-admins=admin"]
        found.person = dict(TINA)
        yield found


def away(client: Client, **data: str) -> str:
    """The address at the provider that the button leads to."""
    answer = client.post(LOGIN, data)
    assert answer.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.content.decode())
    assert found is not None
    return unescape(found.group(1))


def come_in(client: Client, provider: Provider, **data: str) -> Any:
    """The whole way: button, provider, and back."""
    return client.get(CALLBACK, provider.authorize(away(client, **data)))


def signed_in(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


def roles_of(user: User) -> set[str]:
    return set(RoleGrant.objects.filter(user=user, ended_at__isnull=True).values_list("role", flat=True))


def test_a_newcomer_comes_in_without_a_role_and_is_told_whom_to_ask(client: Client, provider: Provider) -> None:
    make_user("admin", name="Adam Root")
    provider.person["groups"] = ["everybody", "tam", "admin"]
    answer = come_in(client, provider)
    tina = User.objects.get(email="tina@vendor.example")
    assert (signed_in(client), tina.name, tina.audience, tina.has_usable_password()) == (
        tina.pk,
        "Tina Berg",
        "staff",
        False,
    )
    assert roles_of(tina) == set()
    page = client.get(answer["Location"], follow=True)
    assert page.redirect_chain[-1][0] == "/no-role/"
    assert "Adam Root" in page.content.decode()


def test_mapped_claims_give_roles_and_take_them_again(client: Client, provider: Provider) -> None:
    provider.person["groups"] = ["hub-tam", "everybody"]
    come_in(client, provider)
    tina = User.objects.get(email="tina@vendor.example")
    assert roles_of(tina) == {"tam"}
    assert RoleGrant.objects.get(user=tina).source == "sso"

    give_roles(tina, "manager")
    provider.person["groups"] = []
    come_in(Client(), provider)
    # What the provider gave ends with its word; what an administrator gave stays.
    assert roles_of(tina) == {"manager"}
    assert RoleGrant.objects.get(user=tina, role="tam").ended_at is not None


def test_one_of_ours_is_known_by_the_confirmed_address(client: Client, provider: Provider) -> None:
    tina = make_user("tpm", name="Tina Berg", email="tina@vendor.example", password=PASSWORD)
    come_in(client, provider)
    assert signed_in(client) == tina.pk
    assert User.objects.filter(email__iexact="tina@vendor.example").count() == 1
    tina.refresh_from_db()
    assert tina.check_password(PASSWORD)
    # From now on by the provider's own name for the person, whatever becomes of the address there.
    provider.person |= {"email": "elsewhere@vendor.example", "email_verified": False}
    again = Client()
    come_in(again, provider)
    assert signed_in(again) == tina.pk


@pytest.mark.parametrize("word", [False, "false", None, 0])
@pytest.mark.parametrize("is_known", [True, False])
def test_an_unconfirmed_address_is_nobody_known_or_not(
    client: Client, provider: Provider, word: Any, is_known: bool
) -> None:
    if is_known:
        make_user("admin", email="tina@vendor.example", password=PASSWORD)
    provider.person["email_verified"] = word
    answer = come_in(client, provider)
    assert (answer.status_code, signed_in(client)) == (403, None)
    assert "Your address is not confirmed" in answer.content.decode()
    assert not SocialAccount.objects.exists()
    assert User.objects.filter(email="tina@vendor.example").exists() is is_known


def test_a_provider_whose_addresses_are_trusted_by_setting(client: Client, provider: Provider, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["verified_email"] = True
    del provider.person["email_verified"]
    come_in(client, provider)
    assert signed_in(client) == User.objects.get(email="tina@vendor.example").pk


@pytest.mark.parametrize("email", ["", "no-address", None])
def test_without_an_address_nobody_comes_in(client: Client, provider: Provider, email: Any) -> None:
    provider.person["email"] = email
    assert come_in(client, provider).status_code == 403
    assert signed_in(client) is None


def test_a_dismissed_person_stays_out(client: Client, provider: Provider) -> None:
    tina = make_user("tam", email="tina@vendor.example")
    tina.is_active = False
    tina.save()
    provider.person["groups"] = ["hub-admins"]
    answer = come_in(client, provider)
    assert (answer["Location"], signed_in(client)) == ("/accounts/inactive/", None)
    assert roles_of(tina) == {"tam"}


def test_who_comes_by_single_sign_on_gets_no_password_beside_it(client: Client, provider: Provider) -> None:
    """A password would let them in after the provider has closed its door."""
    come_in(client, provider)
    assert client.get("/accounts/password/set/").status_code == 404
    assert client.post("/accounts/password/set/", {"password1": PASSWORD}).status_code == 404
    assert "/accounts/password/set/" not in client.get("/accounts/2fa/").content.decode()
    Client().post("/accounts/password/reset/", {"email": "tina@vendor.example"})
    for outbox_id in outbox.claim(now=timezone.now()):
        assert outbox.deliver(outbox_id=outbox_id, now=timezone.now())
    letter = next(letter for letter in mail.outbox if "asked for a new password" in letter.body)
    assert "/reset/key/" not in letter.body
    assert "/accounts/login/" in letter.body


def test_a_contact_gets_no_role(client: Client, provider: Provider) -> None:
    contact = make_user(email="tina@vendor.example", audience="contact")
    provider.person["groups"] = ["hub-admins"]
    come_in(client, provider)
    assert signed_in(client) == contact.pk
    assert roles_of(contact) == set()


def test_the_last_administrator_stays_one() -> None:
    adam = make_user()
    people.grant_role(user=adam, role="admin", by=None, now=timezone.now(), source="sso")
    synchronize_roles(user=adam, roles=frozenset({"tam"}), now=timezone.now())
    assert roles_of(adam) == {"admin", "tam"}


def test_the_way_back_leads_to_the_page_that_was_asked_for(client: Client, provider: Provider) -> None:
    assert come_in(client, provider, next="/why/?q=x")["Location"] == "/why/?q=x"
    assert come_in(Client(), provider, next="https://evil.example/")["Location"] == "/"


def test_the_request_is_bound_to_this_browser(client: Client, provider: Provider, settings: Any) -> None:
    query = parse_qs(urlsplit(away(client)).query)
    assert query["redirect_uri"] == [f"{settings.SITE_URL}{CALLBACK}"]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["nonce"][0]) == 64
    stolen = provider.authorize(away(client))
    other = Client()
    assert other.get(CALLBACK, stolen).status_code == 401
    assert signed_in(other) is None


@pytest.mark.parametrize(
    "misbehavior",
    [
        {"signing_key": STRANGE_KEY},
        {"leaves_out": "id_token"},
        {"userinfo_sub": "43"},
        {"token_claims": {"nonce": "another"}},
        {"token_claims": {"aud": "somebody-else"}},
        {"token_claims": {"iss": "https://evil.example"}},
        {"token_claims": {"exp": 1}},
    ],
    ids=lambda value: str(next(iter(value.values())))[:20] if isinstance(value, dict) else "",
)
def test_an_answer_that_does_not_hold_lets_nobody_in(
    client: Client, provider: Provider, misbehavior: dict[str, Any]
) -> None:
    for name, value in misbehavior.items():
        setattr(provider, name, value)
    answer = come_in(client, provider)
    assert (answer.status_code, signed_in(client)) == (401, None)
    assert "Single sign-on did not work" in answer.content.decode()
    assert not User.objects.filter(email="tina@vendor.example").exists()


def test_a_provider_that_is_down_is_told_plainly(client: Client, provider: Provider, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = client.post(LOGIN)
    assert answer.status_code == 401
    assert "Single sign-on did not work" in answer.content.decode()


def test_turning_around_at_the_provider_is_no_error(client: Client, provider: Provider) -> None:
    state = provider.authorize(away(client))["state"]
    answer = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)
    assert "You turned around" in answer.content.decode()


def test_no_button_and_no_way_in_without_the_settings(client: Client) -> None:
    SocialApp.objects.create(provider="openid_connect", provider_id="sso", name="A row", client_id="x", settings={})
    assert client.post(LOGIN).status_code == 404
    assert client.get(CALLBACK).status_code == 404
    assert LOGIN not in client.get("/accounts/login/").content.decode()


def test_following_a_link_starts_nothing(client: Client, provider: Provider) -> None:
    assert client.get(LOGIN)["Location"] == "/accounts/login/"
    assert provider.asked == []


@pytest.mark.parametrize(("entries", "count"), [([], 0), (["hub-tam=tam"], 0), (["hub-tam=boss"], 1), (["tam"], 1)])
def test_a_slip_in_the_map_stops_the_start(settings: Any, entries: list[str], count: int) -> None:
    settings.OIDC_ROLE_MAP = entries
    assert [error.id for error in role_map_can_be_read(None)] == ["accounts.E001"] * count


def test_the_button_stands_on_the_sign_in_page(client: Client, provider: Provider) -> None:
    page = client.get("/accounts/login/?next=/why/").content.decode()
    assert f'action="{LOGIN}"' in page
    assert "Acme login" in page
