"""The administration site has no door of its own."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
INDEX, LOGIN = "/admin/", "/admin/login/"


def test_signed_out_people_come_by_the_door_of_the_house(client: Client) -> None:
    answer: Any = client.get("/admin/accounts/", follow=True)
    assert answer.redirect_chain[-1] == ("/accounts/login/?next=/admin/accounts/", 302)
    assert client.get(f"{LOGIN}?next=https://evil.example/")["Location"] == "/accounts/login/?next=/admin/"


def test_a_password_posted_to_the_site_signs_nobody_in(client: Client, cast: Cast) -> None:
    cache.clear()
    cast.adam.set_password(PASSWORD)
    cast.adam.save()
    answer = client.post(LOGIN, {"username": cast.adam.email, "password": PASSWORD, "next": INDEX})
    assert answer["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("person", "status"), [("adam", 200), ("max", 403), ("tom", 403), ("connie", 404)])
def test_who_may_open_the_site(client: Client, cast: Cast, person: str, status: int) -> None:
    client.force_login(getattr(cast, person))
    answer: Any = client.get(INDEX, follow=True)
    assert answer.status_code == status


def test_one_leaves_and_changes_the_password_by_the_pages_of_the_house(client: Client, cast: Cast) -> None:
    client.force_login(cast.adam)
    assert client.get("/admin/password_change/")["Location"] == reverse("account_change_password")
    assert client.get("/admin/logout/")["Location"] == reverse("account_logout")
