"""Signing in with a password: the right person gets in, and everybody else gets one answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, User
from common import outbox
from common.models import Outbox
from tests.cast import Cast
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
OTHER = "a quite different battery"


@pytest.fixture(autouse=True)
def _no_limits_from_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tom(db: None) -> User:
    return make_user("tam", name="Tom", email="tom@vendor.example", password=PASSWORD)


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def deliver() -> list[Any]:
    """Do what waits in the outbox; the mails that went out."""
    before = len(mail.outbox)
    now = timezone.now()
    for outbox_id in outbox.claim(now=now):
        assert outbox.deliver(outbox_id=outbox_id, now=now)
    return mail.outbox[before:]


def trail(verb: str) -> list[Activity]:
    return list(Activity.objects.filter(verb=verb))


def test_a_person_signs_in_and_out(client: Client, tom: User) -> None:
    page = client.get(LOGIN).content.decode()
    assert "E-mail address" in page
    answer = sign_in(client, "Tom@Vendor.example ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(tom.pk)
    [row] = trail("person.signed_in")
    assert (row.actor_id, row.reason, row.address) == (tom.pk, "password", "127.0.0.1")
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client), "looking at the page signs nobody out"
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert not is_signed_in(client)


def test_known_and_unknown_people_get_one_answer(client: Client, tom: User) -> None:
    known = sign_in(client, tom.email, OTHER)
    unknown = Client().post(LOGIN, {"login": "nobody@vendor.example", "password": OTHER})
    assert known.status_code == unknown.status_code == 400
    assert _plain(known, tom.email) == _plain(unknown, "nobody@vendor.example")
    assert "do not belong together" in known.content.decode()
    assert [row.target_id for row in trail("person.sign_in_failed")] == [None, tom.pk]


def _plain(answer: Any, email: str) -> str:
    """The page without what differs from one request to the next."""
    lines = answer.content.decode().replace(email, "ADDRESS").splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


def test_known_and_unknown_people_cost_one_hash(
    client: Client, tom: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    locked = make_user("tam", email="sso@vendor.example")
    for email in (tom.email, "nobody@vendor.example", locked.email):
        hashed.clear()
        sign_in(Client(), email, OTHER)
        assert len(hashed) == 1, email


@pytest.mark.parametrize("email", ["tom@vendor.example", "nobody@vendor.example"])
def test_a_flood_against_one_person_is_stopped_in_words(client: Client, tom: User, email: str) -> None:
    answers = [sign_in(client, email, OTHER).status_code for _ in range(5)]
    assert answers == [400] * 5
    stopped = sign_in(client, email, OTHER)
    assert stopped.status_code == 429
    assert "Wait five minutes" in stopped.content.decode()
    assert sign_in(Client(), email).status_code == 429, "the right password does not help while it lasts"


def test_a_flood_from_one_address_is_stopped_in_words(client: Client, tom: User) -> None:
    answers = [sign_in(client, f"person{n}@vendor.example", OTHER).status_code for n in range(11)]
    assert answers == [400] * 10 + [429]


def test_the_limit_counts_the_client_behind_our_proxy(client: Client, tom: User, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    for n in range(12):
        answer = client.post(
            LOGIN, {"login": f"x{n}@vendor.example", "password": OTHER}, headers={"X-Forwarded-For": f"203.0.113.{n}"}
        )
        assert answer.status_code == 400
    settings.TRUSTED_PROXY_COUNT = 0
    claimed = [
        client.post(
            LOGIN, {"login": f"y{n}@vendor.example", "password": OTHER}, headers={"X-Forwarded-For": f"203.0.113.{n}"}
        ).status_code
        for n in range(11)
    ]
    assert claimed[-1] == 429, "without a proxy of ours the header is a claim"


def test_a_dismissed_person_is_told_so_only_with_the_right_password(client: Client, tom: User) -> None:
    User.objects.filter(pk=tom.pk).update(is_active=False)
    assert "do not belong together" in sign_in(client, tom.email, OTHER).content.decode()
    answer = sign_in(client, tom.email)
    assert answer["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)
    assert "closed" in client.get(reverse("account_inactive")).content.decode()


@pytest.mark.parametrize(
    ("next_page", "expected"),
    [
        ("/why/?q=x", "/why/?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("http://localhost/", "/"),  # an allowed host, but not the one that was asked
        ("javascript:alert(1)", "/"),
        ("\\\\evil.example", "/"),
    ],
)
def test_after_sign_in_only_pages_of_this_host(client: Client, tom: User, next_page: str, expected: str) -> None:
    answer = sign_in(client, tom.email, next=next_page)
    assert answer["Location"] == expected


def test_everybody_starts_where_they_belong(client: Client, cast: Cast) -> None:
    for name, start in (("tom", "/"), ("nora", "/no-role/"), ("connie", "/portal/")):
        user = getattr(cast, name)
        user.set_password(PASSWORD)
        user.save()
        answer = Client().post(LOGIN, {"login": user.email, "password": PASSWORD}, follow=True)
        assert answer.request["PATH_INFO"].startswith(start), name
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "page", ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "login/code/confirm/", "3rdparty/signup/"]
)
def test_what_we_do_not_offer_is_not_there(client: Client, tom: User, page: str) -> None:
    assert client.get(f"/accounts/{page}").status_code == 404
    assert client.post(f"/accounts/{page}", {"email": "new@vendor.example", "password1": PASSWORD}).status_code == 404
    client.force_login(tom)
    assert client.get(f"/accounts/{page}").status_code == 404
    assert User.objects.count() == 1


def test_a_forgotten_password_answers_alike_and_mails_only_people(client: Client, tom: User) -> None:
    page = reverse("account_reset_password")
    known = client.post(page, {"email": "TOM@vendor.example"})
    unknown = client.post(page, {"email": "nobody@vendor.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Outbox.objects.count() == 2
    [letter] = deliver()
    assert letter.to == [tom.email]
    assert "http://localhost:8000/accounts/password/reset/key/" in letter.body


def test_a_dismissed_person_gets_no_link(client: Client, tom: User) -> None:
    User.objects.filter(pk=tom.pk).update(is_active=False)
    client.post(reverse("account_reset_password"), {"email": tom.email})
    assert deliver() == []


def _link(client: Client, user: User) -> str:
    client.post(reverse("account_reset_password"), {"email": user.email})
    [letter] = deliver()
    address: str = next(word for word in letter.body.split() if "/reset/key/" in word)
    return address.removeprefix("http://localhost:8000")


def test_the_link_works_once_and_ends_every_session(client: Client, tom: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, tom.email)
    link = _link(client, tom)
    form = client.get(link)
    assert form["Location"].endswith("-set-password/"), "the address shows no key that works"
    refused = client.post(form["Location"], {"password1": "short"})
    assert (refused.status_code, "at least 12" in refused.content.decode()) == (400, True)
    saved = client.post(form["Location"], {"password1": OTHER})
    assert saved["Location"] == reverse("account_reset_password_from_key_done")
    assert elsewhere.get("/")["Location"].startswith(LOGIN)
    again = Client().get(link)
    assert "does not work any more" in again.content.decode()
    assert sign_in(Client(), tom.email).status_code == 400
    assert sign_in(Client(), tom.email, OTHER).status_code == 302
    assert [row.actor_id for row in trail("password.reset")] == [tom.pk]
    [told] = deliver()
    assert told.subject == "Your password was set anew by a link from a mail"


def test_a_link_is_bound_to_person_address_and_time(client: Client, tom: User, time_machine: Any) -> None:
    link = _link(client, tom)
    other = make_user("tam", password=PASSWORD)
    token = link.split("/key/")[1].split("-", 1)[1]
    for bad in (link[:-2] + "x/", f"/accounts/password/reset/key/{other.pk}-{token}"):
        assert "does not work any more" in client.get(bad).content.decode()
    User.objects.filter(pk=tom.pk).update(email="tom2@vendor.example")
    assert "does not work any more" in client.get(link).content.decode()


def test_many_asked_for_links_are_stopped(client: Client, tom: User) -> None:
    page = reverse("account_reset_password")
    answers = [client.post(page, {"email": tom.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_another_password_ends_the_other_sessions(client: Client, tom: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, tom.email)
    sign_in(client, tom.email)
    page = reverse("account_change_password")
    wrong = client.post(page, {"oldpassword": OTHER, "password1": OTHER})
    assert (wrong.status_code, "not your password" in wrong.content.decode()) == (400, True)
    weak = client.post(page, {"oldpassword": PASSWORD, "password1": "password1234"})
    assert weak.status_code == 400
    assert client.post(page, {"oldpassword": PASSWORD, "password1": OTHER}).status_code == 302
    assert client.get(reverse("usersessions_list")).status_code == 200
    assert elsewhere.get("/")["Location"].startswith(LOGIN)
    assert [row.actor_id for row in trail("password.changed")] == [tom.pk]
    assert [letter.to for letter in deliver()] == [[tom.email]]


def test_own_pages_are_for_who_is_signed_in(client: Client) -> None:
    for name in ("account_change_password", "account_set_password", "account_reauthenticate", "usersessions_list"):
        assert client.get(reverse(name))["Location"].startswith(LOGIN)


def test_the_demo_password_is_shown_in_the_demo_only(client: Client, settings: Any) -> None:
    assert "onboarding-demo-1" not in client.get(LOGIN).content.decode()
    settings.ENVIRONMENT = "dev"
    assert "onboarding-demo-1" in client.get(LOGIN).content.decode()
    settings.ENVIRONMENT = "prod"
    assert "onboarding-demo-1" not in client.get(LOGIN).content.decode()
