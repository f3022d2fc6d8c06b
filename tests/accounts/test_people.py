"""Roles given and taken, people dismissed and let in again, teams: at once, recorded, and by those who may."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, ApiToken, Notification, RoleGrant, User
from accounts.services import people
from common.errors import DomainError, NotAllowed
from common.scope import Scope, scoped
from tests.cast import Cast
from tests.factories.accounts import PASSWORD, actor, make_team, make_user


def roles_of(user: User) -> set[str]:
    return set(RoleGrant.objects.filter(user=user, ended_at__isnull=True).values_list("role", flat=True))


def test_a_role_holds_from_now_and_is_recorded(cast: Cast) -> None:
    people.grant_role(user=cast.nora, role="tam", by=cast.actor("adam"), now=timezone.now())
    people.grant_role(user=cast.nora, role="tam", by=cast.actor("adam"), now=timezone.now())
    assert roles_of(cast.nora) == {"tam"}
    assert Activity.objects.filter(verb="role.granted", target_id=cast.nora.pk).count() == 1
    assert Notification.objects.filter(user=cast.nora, kind="roles").count() == 1


def test_an_ended_role_stays_in_the_history(cast: Cast) -> None:
    people.end_role(user=cast.tom, role="tam", by=cast.actor("adam"), now=timezone.now())
    assert roles_of(cast.tom) == set()
    assert RoleGrant.objects.get(user=cast.tom, role="tam").ended_at is not None
    people.end_role(user=cast.tom, role="tam", by=cast.actor("adam"), now=timezone.now())


@pytest.mark.parametrize("person", ["max", "lena", "sara", "tom", "nora"])
def test_only_those_who_manage_people_may(cast: Cast, person: str) -> None:
    by = cast.actor(person)
    with pytest.raises(NotAllowed):
        people.grant_role(user=cast.nora, role="admin", by=by, now=timezone.now())
    with pytest.raises(NotAllowed):
        people.end_role(user=cast.tom, role="tam", by=by, now=timezone.now())
    with pytest.raises(NotAllowed):
        people.deactivate(user=cast.tom, by=by, now=timezone.now(), confirm_holds=True)


def test_a_contact_gets_no_role_and_no_team(cast: Cast) -> None:
    by = cast.actor("adam")
    with pytest.raises(DomainError, match="contact"):
        people.grant_role(user=cast.connie, role="tam", by=by, now=timezone.now())
    with pytest.raises(DomainError, match="colleagues"):
        people.add_member(team=make_team(name="T"), user=cast.connie, by=by, now=timezone.now())
    with pytest.raises(DomainError, match="no such role"):
        people.grant_role(user=cast.tom, role="emperor", by=by, now=timezone.now())


def test_the_last_administrator_stays(cast: Cast) -> None:
    by = cast.actor("adam")
    with pytest.raises(DomainError) as refused:
        people.end_role(user=cast.adam, role="admin", by=by, now=timezone.now())
    assert refused.value.code == "last_admin"
    second = make_user("admin", name="Second Admin")
    with pytest.raises(DomainError, match="yourself"):
        people.deactivate(user=cast.adam, by=by, now=timezone.now())
    people.deactivate(user=second, by=by, now=timezone.now())
    with pytest.raises(DomainError):
        people.end_role(user=cast.adam, role="admin", by=by, now=timezone.now())


def test_a_dismissed_person_is_out_with_the_next_click(client: Client, cast: Cast) -> None:
    client.force_login(cast.tom)
    assert client.get(reverse("hub:why")).status_code == 200
    people.deactivate(user=cast.tom, by=cast.actor("adam"), now=timezone.now(), confirm_holds=True)
    assert client.get(reverse("hub:why")).status_code == 302
    people.activate(user=cast.tom, by=cast.actor("adam"), now=timezone.now())
    assert roles_of(cast.tom) == {"tam"}


def test_a_role_removed_while_at_work_counts_at_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.ana)
    edit = reverse("partners:organization", args=[cast.northwind.public_id])
    assert client.get(edit).status_code == 200
    people.end_role(user=cast.ana, role="pam", by=cast.actor("adam"), now=timezone.now())
    assert client.get(edit).status_code in (302, 404)
    assert client.post(edit, {"name": "Taken"}).status_code in (302, 404, 405)
    cast.northwind.refresh_from_db()
    assert cast.northwind.name == "Northwind"


def test_a_lead_sees_through_new_members_at_once(cast: Cast) -> None:
    team = make_team(name="New team", leads=[cast.lena])
    people.add_member(team=team, user=cast.otto, by=cast.actor("adam"), now=timezone.now())
    assert cast.otto.pk in actor(cast.lena).led_user_ids
    people.end_membership(team=team, user=cast.otto, by=cast.actor("adam"), now=timezone.now())
    assert cast.otto.pk not in actor(cast.lena).led_user_ids


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_take_each_others_role_at_once() -> None:
    with scoped(Scope.all()):
        first, second = make_user("admin", name="First"), make_user("admin", name="Second")
        by = actor(first)
    barrier, outcomes = threading.Barrier(2), []

    def end(user: User) -> None:
        try:
            barrier.wait(5)
            with transaction.atomic():
                people.end_role(user=user, role="admin", by=by, now=timezone.now())
            outcomes.append("ended")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=end, args=(user,)) for user in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["ended", "last_admin"]
    assert RoleGrant.objects.filter(role="admin", ended_at__isnull=True).count() == 1


def test_the_pages_of_people(client: Client, cast: Cast) -> None:
    client.force_login(cast.adam)
    listed = client.get(reverse("accounts:people"), {"q": "INES"}).content.decode()
    assert "Inés Duarte" in listed
    assert "Tom Okafor" not in listed
    page = reverse("accounts:person_roles", args=[cast.nora.public_id])
    client.post(page, {"roles": ["tam", "psm"]})
    assert roles_of(cast.nora) == {"tam", "psm"}
    client.post(page, {"roles": ["psm"]})
    assert roles_of(cast.nora) == {"psm"}
    client.post(page, {"roles": ["emperor"]})
    assert roles_of(cast.nora) == {"psm"}
    for person, status in (("max", 403), ("tom", 403), ("connie", 404)):
        client.force_login(getattr(cast, person))
        assert client.get(reverse("accounts:people")).status_code == status
        assert client.post(page, {"roles": ["admin"]}).status_code == status
    assert roles_of(cast.nora) == {"psm"}


def test_who_holds_no_role_lands_where_that_is_said(client: Client, cast: Cast) -> None:
    client.force_login(cast.nora)
    answer: Any = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("accounts:no_role")
    assert "Adam Root" in answer.content.decode()


def test_deactivating_asks_where_something_hangs_on_the_person(client: Client, cast: Cast) -> None:
    by, now = cast.actor("adam"), timezone.now()
    with pytest.raises(DomainError) as refused:
        people.deactivate(user=cast.tom, by=by, now=now)
    assert refused.value.code == "holds"
    assert "TAM of 2 organizations" in refused.value.message
    assert User.objects.get(pk=cast.tom.pk).is_active

    client.force_login(cast.adam)
    page = reverse("accounts:person", args=[cast.tom.public_id])
    assert "TAM of 2 organizations" in client.get(page).content.decode()
    active = reverse("accounts:person_active", args=[cast.tom.public_id])
    assert "Confirm that it shall wait" in client.post(active, follow=True).content.decode()
    client.post(active, {"confirm_holds": "yes"})
    assert not User.objects.get(pk=cast.tom.pk).is_active
    client.post(active, {"active": "yes"})
    assert User.objects.get(pk=cast.tom.pk).is_active


def test_nothing_asks_where_nothing_hangs_on_the_person(cast: Cast) -> None:
    people.deactivate(user=cast.nora, by=cast.actor("adam"), now=timezone.now())
    assert not User.objects.get(pk=cast.nora.pk).is_active


def test_a_dismissed_person_cannot_come_back_with_the_old_session(client: Client, cast: Cast) -> None:
    cast.tom.set_password(PASSWORD)
    cast.tom.save()
    assert client.post("/accounts/login/", {"login": cast.tom.email, "password": PASSWORD}).status_code == 302
    people.deactivate(user=cast.tom, by=cast.actor("adam"), now=timezone.now(), confirm_holds=True)
    people.activate(user=cast.tom, by=cast.actor("adam"), now=timezone.now())
    assert client.get(reverse("accounts:profile"))["Location"].startswith("/accounts/login/")


def test_an_administrator_ends_the_sessions_of_somebody(client: Client, cast: Cast) -> None:
    cast.tom.set_password(PASSWORD)
    cast.tom.save()
    client.post("/accounts/login/", {"login": cast.tom.email, "password": PASSWORD})
    admin = Client()
    admin.force_login(cast.adam)
    admin.post(reverse("accounts:person_sign_out", args=[cast.tom.public_id]))
    assert client.get(reverse("accounts:profile")).status_code == 302
    assert Activity.objects.filter(verb="person.signed_out", target_id=cast.tom.pk).count() == 1


def test_a_form_that_was_open_when_the_role_went_writes_nothing(client: Client, cast: Cast) -> None:
    """Somebody administers, and stops being an administrator while a page is open."""
    second = make_user("admin", name="Second Admin")
    client.force_login(second)
    page = reverse("accounts:person_roles", args=[cast.nora.public_id])
    people.end_role(user=second, role="admin", by=cast.actor("adam"), now=timezone.now())
    answer = client.post(page, {"roles": ["admin"]})
    assert answer["Location"] == reverse("accounts:no_role")
    assert "it was taken from you just now" in client.get(answer["Location"]).content.decode()
    assert client.post(page, {"roles": ["admin"]}, headers={"HX-Request": "true"})["HX-Redirect"] == "/no-role/"
    assert roles_of(cast.nora) == set()


def test_a_contact_of_no_organization_is_told_so(client: Client, cast: Cast) -> None:
    cast.connie_contact.archived_at = timezone.now()
    cast.connie_contact.is_primary = False
    cast.connie_contact.save()
    client.force_login(cast.connie)
    answer: Any = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("accounts:no_role")
    assert "no longer a contact of any organization" in answer.content.decode()


def test_the_list_is_filtered(client: Client, cast: Cast) -> None:
    client.force_login(cast.adam)
    cast.otto.is_active = False
    cast.otto.save()

    def names(**query: str) -> set[str]:
        response: Any = client.get(reverse("accounts:people"), query)
        return {row.name for row in response.context["rows"]}

    assert names(role="tam") == {"Tom Okafor", "Otto Brandt"}
    assert names(role="tam", state="active") == {"Tom Okafor"}
    assert names(state="no_role") == {"Nora Quist"}
    assert names(state="inactive") == {"Otto Brandt"}
    assert names(q="nobody is called this") == set()
    response: Any = client.get(reverse("accounts:people"), {"state": "no_role"})
    assert response.context["rows"][0].roles == ()
    assert "No role" in response.content.decode()
    assert names(role="emperor", state="\0", cursor="x") == names()
    assert "Connie Contact" not in names()


def test_the_profile_is_one_s_own(client: Client, cast: Cast) -> None:
    for person in ("tom", "nora", "connie"):
        user: User = getattr(cast, person)
        client.force_login(user)
        page = reverse("accounts:profile")
        assert client.get(page).status_code == 200, person
        data = {"name": "  New   Name ", "timezone": "Asia/Tokyo", "job_title": "Chief"}
        assert client.post(page, data)["Location"] == page
        user.refresh_from_db()
        assert (user.name, user.timezone, user.job_title, user.language) == ("New Name", "Asia/Tokyo", "Chief", "en")
        assert client.post(page, {"name": "", "timezone": "Mars/Olympus"}).status_code == 400
    row = Activity.objects.get(verb="person.edited", target_id=cast.connie.pk)
    assert "New Name" not in str(row.changes)


def test_history_says_who_gave_a_role_and_when(client: Client, cast: Cast) -> None:
    people.grant_role(user=cast.nora, role="tam", by=cast.actor("adam"), now=timezone.now())
    people.end_role(user=cast.nora, role="tam", by=cast.actor("adam"), now=timezone.now())
    people.grant_role(user=cast.nora, role="psm", by=None, now=timezone.now(), source="sso")
    client.force_login(cast.adam)
    page = client.get(reverse("accounts:person", args=[cast.nora.public_id])).content.decode()
    assert "by Adam Root" in page
    assert "by single sign-on" in page


@pytest.mark.parametrize("data", [{"end": "nonsense"}, {"end": "00000000-0000-7000-8000-000000000000"}, {"team": "7"}])
def test_a_team_that_is_none_changes_nothing(client: Client, cast: Cast, data: dict[str, str]) -> None:
    client.force_login(cast.adam)
    answer = client.post(reverse("accounts:person_team", args=[cast.tom.public_id]), data)
    assert answer.status_code == (404 if "end" in data else 302)
    assert cast.tom.memberships.filter(ended_at__isnull=True).count() == 1


def test_the_page_of_a_person_counts_their_own_ways_in(client: Client, cast: Cast) -> None:
    now = timezone.now()
    for owner, number in ((cast.tom, 1), (cast.tom, 2), (cast.otto, 3)):
        UserSession.objects.create(user=owner, session_key=f"key-{number}", ip="203.0.113.9", user_agent="Firefox")
    for number, (days, revoked_at) in enumerate(((3, None), (-1, None), (3, now))):
        ApiToken.objects.create(
            user=cast.tom,
            name=f"Token {number}",
            prefix=f"prefix{number}",
            secret_hash=f"hash{number}",
            expires_at=now + timedelta(days=days),
            revoked_at=revoked_at,
        )
    SocialAccount.objects.create(user=cast.otto, provider="sso", uid="otto")
    client.force_login(cast.adam)
    toms, ottos = (client.get(f"/people/{one.public_id}/").context["file"] for one in (cast.tom, cast.otto))
    assert (toms.session_count, toms.token_count, toms.security.sso_name) == (2, 1, "")
    assert (ottos.session_count, ottos.token_count, ottos.security.sso_name) == (1, 0, settings.OIDC_NAME)
    assert client.get(f"/people/{cast.connie.public_id}/").status_code == 404
