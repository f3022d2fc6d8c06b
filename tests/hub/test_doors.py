"""Nobody comes in by a side door: the administration site, forged forms, the explainer, old tokens."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tests.cast import Cast
from tests.factories.partners import make_partner
from tests.hub.address_walk import AddressWorld, make_address_world
from tests.hub.api_world import BASE, call, token_of

pytestmark = pytest.mark.django_db

OTHERS = ("PUT", "PATCH", "DELETE")
# Links of the site's head that lead to pages of the house, for everybody.
ELSEWHERE = {"/accounts/logout/", "/accounts/password/change/", "/accounts/2fa/"}
ACTION = {"action": "delete_selected", "_selected_action": "1", "select_across": "1", "index": "0", "post": "yes"}


@pytest.fixture
def world(cast: Cast) -> AddressWorld:
    cache.clear()
    return make_address_world(cast)


def signed_in(cast: Cast, name: str, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(getattr(cast, name))
    return client


@pytest.mark.parametrize(("who", "status"), [("max", 403), ("connie", 404), ("nora", 403)])
def test_the_administration_site_is_closed_to_all_others(world: AddressWorld, who: str, status: int) -> None:
    client, before = signed_in(world.cast, who), list(User.objects.order_by("pk").values_list())
    addresses = [address for address in world.addresses() if address.is_admin]
    assert len(addresses) > 60
    sent = (ACTION, {"name": "Taken over", "_save": "1"})
    for number, address in enumerate(addresses):
        for answer in (
            client.get(address.path, follow=True),
            client.post(address.path, sent[number % len(sent)], follow=True),
        ):
            end = answer.redirect_chain[-1][0] if answer.redirect_chain else address.path
            assert answer.status_code == status or end in ELSEWHERE, f"{address.path}: {answer}"
    assert list(User.objects.order_by("pk").values_list()) == before


def test_the_administration_site_takes_no_token(world: AddressWorld) -> None:
    secret = token_of(world.cast.adam)
    for address in (address for address in world.addresses() if address.is_admin):
        answer = Client().get(address.path, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 302, address.path


def test_no_page_and_no_call_takes_a_forged_form(world: AddressWorld) -> None:
    """Signed in by a session, without the token of a form of ours: from somebody else's page."""
    client = signed_in(world.cast, "adam", enforce_csrf_checks=True)
    open_to_forgery = [
        f"{method} {address.path}: {answer.status_code}"
        for number, address in enumerate(world.addresses())
        # What other tools call reads no session: the token is in the address.
        if not address.path.startswith("/hooks/")
        # Whether a form is ours is asked before the method is; addresses take turns at the others.
        for method in ("POST", OTHERS[number % len(OTHERS)])
        if (answer := client.generic(method, address.path, "{}", "application/json")).status_code != 403
    ]
    assert open_to_forgery == []


@pytest.mark.parametrize("who", ["otto", "olga", "sue", "nora"])
def test_the_explainer_answers_foreign_and_unknown_alike(cast: Cast, who: str) -> None:
    foreign = make_partner("gate_3", name="Zorblatt Quay", owners={"pam": cast.ana})
    client = signed_in(cast, who)
    # As long as the foreign ones, so that the pages can be compared letter by letter.
    pairs = [
        ("Zorblatt Quay", "Qworvald Quay"),
        ("zorblatt", "qworvald"),
        (str(foreign.public_id), "01a00000-0000-7000-8000-000000000000"),
    ]
    for pair in pairs:
        pages, counts = [], []
        for asked in pair:
            client.get("/why/", {"q": asked})
            with CaptureQueriesContext(connection) as captured:
                page = client.get("/why/", {"q": asked}).content.decode()
            pages.append(_without_tokens(page.replace(asked, "…")))
            counts.append(len(captured))
        assert pages[0] == pages[1]
        assert counts[0] == counts[1]
        answers = [call(getattr(cast, who), "get", f"{BASE}/explain/?q={asked}") for asked in pair]
        assert [answer.status_code for answer in answers] in ([200, 200], [403, 403])
        assert answers[0].json() == answers[1].json()


def _without_tokens(page: str) -> str:
    """The page without what is new on every page: tokens of forms, marks for scripts."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower() and "nonce" not in line)


class TestOldTokens:
    def ask(self, user: User, secret: str, method: str = "get", path: str = f"{BASE}/me/") -> Any:
        return Client().generic(method.upper(), path, headers={"Authorization": f"Bearer {secret}"})

    def test_one_from_before_the_second_factor_was_asked_for_stops(self, cast: Cast, settings: Any) -> None:
        secret = token_of(cast.tom)
        assert self.ask(cast.tom, secret).status_code == 200
        settings.REQUIRE_STAFF_MFA = True
        for method, path in (
            ("get", f"{BASE}/me/"),
            ("get", f"{BASE}/organizations/"),
            ("post", f"{BASE}/saved-views/"),
        ):
            answer = self.ask(cast.tom, secret, method, f"{BASE}{path}")
            assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
            assert answer.json()["code"] == "second_factor_due"
            assert "second factor" in answer.json()["title"]

    def test_it_goes_on_once_there_is_one(self, cast: Cast, settings: Any) -> None:
        secret = token_of(cast.tom)
        settings.REQUIRE_STAFF_MFA = True
        Authenticator.objects.create(user=cast.tom, type=Authenticator.Type.TOTP, data={}, created_at=timezone.now())
        assert self.ask(cast.tom, secret).status_code == 200
