"""Signing in and out: the right person gets in, everybody else gets one answer."""

import pytest
from django.test import Client

from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **data: str) -> object:
    return client.post(LOGIN, {"login": email, "password": password, **data})


def test_a_person_signs_in_and_out(client: Client) -> None:
    user = make_user("tam", password=PASSWORD)
    answer = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/accounts/logout/").status_code == 200
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
