"""Personal API tokens: shown once, kept hashed, scoped, ended at once; of a dismissed person none holds."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, ApiToken, User
from accounts.services import people, tokens
from common.errors import DomainError
from common.sent_once import FIELD
from tests.cast import Cast
from tests.factories.accounts import take_role

pytestmark = pytest.mark.django_db
PAGE, ME = "/me/tokens/", "/api/v1/me/"


def make(user: User, *, scope: str = "read", days: int = 30, now: datetime | None = None) -> tuple[ApiToken, str]:
    now = now or timezone.now()
    expires_at = now + timedelta(days=days)
    return tokens.create_token(user=user, name="CI", scope=scope, expires_at=expires_at, now=now)


def ask(raw: str, path: str = ME, **headers: str) -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {raw}", **headers})


def test_a_token_is_shown_once_and_kept_hashed(client: Client, cast: Cast) -> None:
    client.force_login(cast.tom)
    day = timezone.localdate() + timedelta(days=10)
    page = client.post(PAGE, {"name": "Nightly report", "scope": "read", "expires_on": day.isoformat()})
    found = re.search(r"<code>(hub_\w+_[\w-]+)</code>", page.content.decode())
    assert found is not None
    secret = found.group(1)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert secret not in client.get(PAGE).content.decode()
    row = ApiToken.objects.get(user=cast.tom)
    assert secret.split("_", 2)[2] not in f"{row.secret_hash}{row.prefix}{row.name}"
    assert ask(secret).json()["email"] == cast.tom.email
    assert secret not in str(list(Activity.objects.filter(verb="token.created").values()))


def test_the_form_sent_twice_makes_one_token(client: Client, cast: Cast) -> None:
    client.force_login(cast.tom)
    key = key_in(client.get(PAGE))
    day = timezone.localdate() + timedelta(days=10)
    sent = {"name": "CI", "scope": "read", "expires_on": day.isoformat()}
    first = client.post(PAGE, {**sent, FIELD: key})
    assert "<code>hub_" in first.content.decode()
    second = client.post(PAGE, {**sent, FIELD: key}, follow=True)
    assert ApiToken.objects.filter(user=cast.tom).count() == 1
    assert "This token was made already" in second.content.decode()
    assert "<code>hub_" not in second.content.decode()
    # The form under the secret is for another token.
    client.post(PAGE, {**sent, FIELD: key_in(first)})
    assert ApiToken.objects.filter(user=cast.tom).count() == 2


def key_in(page: Any) -> str:
    found: str = page.content.decode().split(f'name="{FIELD}" value="')[1].split('"')[0]
    return found


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"expires_on": "2999-01-01"}, "expires_on"),
        ({"expires_on": "tomorrow"}, "expires_on"),
        ({"scope": "admin"}, "scope"),
        ({"name": ""}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"name": "a\0b"}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, cast: Cast, data: dict[str, str], field: str) -> None:
    client.force_login(cast.tom)
    day = timezone.localdate() + timedelta(days=10)
    response: Any = client.post(PAGE, {"name": "CI", "scope": "read", "expires_on": day.isoformat()} | data)
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_ends_within_a_year(cast: Cast, days: int) -> None:
    with pytest.raises(DomainError) as refused:
        make(cast.tom, days=days)
    assert refused.value.field == "expires_at"


def test_a_read_token_reads_and_a_write_token_writes(cast: Cast) -> None:
    _row, reading = make(cast.tom)
    _row, writing = make(cast.tom, scope="write")
    for raw, status in ((reading, 403), (writing, 404)):
        headers = {"Authorization": f"Bearer {raw}"}
        path = "/api/v1/notifications/00000000-0000-7000-8000-000000000000/read/"
        assert Client().post(path, headers=headers).status_code == status
        assert ask(raw).status_code == 200


def test_a_token_opens_no_page(cast: Cast) -> None:
    """Pages check no scope: a read token must not post their forms, nor read them."""
    _row, raw = make(cast.adam)
    for path in ("/me/", "/people/", "/admin/"):
        assert ask(raw, path).status_code == 302
    answer = Client().post(
        reverse("accounts:person_roles", args=[cast.tom.public_id]),
        {"roles": ["admin"]},
        headers={"Authorization": f"Bearer {raw}"},
    )
    assert answer.status_code == 302
    assert cast.tom.current_roles() == {"tam"}


@pytest.mark.parametrize("end", ["dismissed", "revoked", "expired"])
def test_a_token_that_has_ended_gets_the_one_answer(cast: Cast, end: str) -> None:
    now = timezone.now()
    row, raw = make(cast.tom)
    assert ask(raw).status_code == 200
    if end == "dismissed":
        people.deactivate(user=cast.tom, by=cast.actor("adam"), now=now, confirm_holds=True)
    elif end == "revoked":
        tokens.revoke_token(token=row, by=cast.tom, now=now)
    else:
        ApiToken.objects.filter(pk=row.pk).update(expires_at=now - timedelta(seconds=1))
    answer, unknown = ask(raw), ask("hub_0000000000_nonsense")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="hub"'
    assert answer.content == unknown.content
    assert answer.json()["code"] == "token_invalid"


@pytest.mark.parametrize("raw", ["x", "hub__", "hub_a_b_c", "Bearer", "hub_" + "a" * 200, "hub_\x00_x"])
def test_nonsense_is_refused_like_any_other(raw: str) -> None:
    assert tokens.authenticate_token(raw=raw, now=timezone.now()) is None


def test_coming_back_does_not_bring_the_tokens_back(cast: Cast) -> None:
    _row, raw = make(cast.tom)
    people.deactivate(user=cast.tom, by=cast.actor("adam"), now=timezone.now(), confirm_holds=True)
    people.activate(user=cast.tom, by=cast.actor("adam"), now=timezone.now())
    assert ask(raw).status_code == 401


def test_a_token_has_the_rights_of_today(cast: Cast) -> None:
    _row, raw = make(cast.tom)
    take_role(cast.tom, "tam")
    answer = ask(raw)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_role")


def test_one_revokes_one_s_own_and_no_other(client: Client, cast: Cast) -> None:
    row, raw = make(cast.tom)
    page = reverse("accounts:token_revoke", args=[row.public_id])
    client.force_login(cast.otto)
    assert client.post(page).status_code == 404
    assert row.name not in client.get(PAGE).content.decode()
    client.force_login(cast.tom)
    assert client.get(page).status_code == 405
    assert client.post(page).status_code == 302
    assert ask(raw).status_code == 401


def test_contacts_have_none(client: Client, cast: Cast) -> None:
    client.force_login(cast.connie)
    assert client.get(PAGE).status_code == 404


def test_use_is_noted_once_in_a_while(cast: Cast) -> None:
    row, raw = make(cast.tom)
    ask(raw)
    first = ApiToken.objects.get(pk=row.pk).last_used_at
    assert first is not None
    ask(raw)
    assert ApiToken.objects.get(pk=row.pk).last_used_at == first
