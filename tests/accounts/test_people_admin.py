"""The administration site of people: found, edited, given roles and teams, dismissed; all through the use cases."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, ApiToken, Membership, RoleGrant, Team, User
from accounts.services import invitations, tokens
from common.models import Outbox
from tests.cast import Cast
from tests.factories.accounts import make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.adam)
    return client


def change_page(row: Any) -> str:
    return reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])


def rows_of(page: str, client: Client) -> dict[str, str]:
    """What the form on the page would send unchanged."""
    form: dict[str, str] = {}
    response: Any = client.get(page)
    for bound in response.context["adminform"].form:
        form[bound.html_name] = "" if bound.value() is None else str(bound.value())
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        form |= {f"{formset.prefix}-{key}": str(value) for key, value in formset.management_form.initial.items()}
        for inner in formset.forms:
            form |= {one.html_name: str(one.value()) for one in inner if one.value() not in (None, "", False)}
    return form


def roles_of(user: User) -> set[str]:
    return set(RoleGrant.objects.filter(user=user, ended_at__isnull=True).values_list("role", flat=True))


@pytest.mark.parametrize("name", ["user", "team", "invitation", "apitoken"])
def test_the_pages_are_for_administrators(client: Client, cast: Cast, name: str) -> None:
    page = reverse(f"admin:accounts_{name}_changelist")
    for person, status in (("max", 302), ("tom", 302), ("connie", 302), ("nora", 302)):
        client.force_login(getattr(cast, person))
        assert client.get(page).status_code == status, person
    client.force_login(cast.adam)
    assert client.get(page).status_code == 200


def test_people_are_found_by_name_address_role_and_team(admin: Client, cast: Cast) -> None:
    page = reverse("admin:accounts_user_changelist")

    def found(**query: str) -> set[str]:
        response: Any = admin.get(page, query)
        return {user.name for user in response.context["cl"].result_list}

    assert found(q="INES") == {"Inés Duarte"}
    assert found(q="connie@northwind") == {"Connie Contact"}
    assert found(role="tam") == {"Tom Okafor", "Otto Brandt"}
    assert found(role="none") == {"Nora Quist", "Connie Contact"}
    team = Team.objects.get(name="Technical success")
    assert found(team=str(team.pk)) == {"Lena Vogel", "Tom Okafor"}
    assert found(team="x" * 30) == found()


def test_owners_are_chosen_among_those_who_are_here(admin: Client, cast: Cast) -> None:
    cast.tom.is_active = False
    cast.tom.save()
    query = {"app_label": "partners", "model_name": "assignment", "field_name": "user", "term": "okafor"}
    names = [row["text"] for row in admin.get(reverse("admin:autocomplete"), query).json()["results"]]
    assert names == ["Petra Okafor"]


def test_nobody_is_made_without_an_invitation(admin: Client) -> None:
    assert admin.get(reverse("admin:accounts_user_add"))["Location"] == reverse("accounts:invite")
    admin.post(reverse("admin:accounts_user_add"), {"name": "X", "email": "x@vendor.example"})
    assert not User.objects.filter(email="x@vendor.example").exists()


def test_an_administrator_edits_a_person(admin: Client, cast: Cast) -> None:
    page = change_page(cast.tom)
    data = rows_of(page, admin) | {"name": "Thomas Okafor", "email": "Thomas@vendor.example", "timezone": "Asia/Tokyo"}
    assert admin.post(page, data).status_code == 302
    cast.tom.refresh_from_db()
    assert (cast.tom.name, cast.tom.email, cast.tom.timezone) == (
        "Thomas Okafor",
        "thomas@vendor.example",
        "Asia/Tokyo",
    )
    assert Activity.objects.filter(verb="person.edited", target_id=cast.tom.pk, actor_id=cast.adam.pk).count() == 2
    assert roles_of(cast.tom) == {"tam"}


def test_the_address_of_somebody_else_is_refused(admin: Client, cast: Cast) -> None:
    page = change_page(cast.tom)
    admin.post(page, rows_of(page, admin) | {"email": cast.ana.email.upper()})
    cast.tom.refresh_from_db()
    assert cast.tom.email == "tom@vendor.example"


def test_roles_are_given_and_ended_inline(admin: Client, cast: Cast) -> None:
    page = change_page(cast.tom)
    data = rows_of(page, admin)
    assert data["role_grants-TOTAL_FORMS"] == "2"
    assert admin.post(page, data | {"role_grants-0-DELETE": "on", "role_grants-1-role": "csm"}).status_code == 302
    assert roles_of(cast.tom) == {"csm"}
    ended = RoleGrant.objects.get(user=cast.tom, role="tam")
    assert ended.ended_at is not None
    assert set(Activity.objects.filter(target_id=cast.tom.pk).values_list("verb", flat=True)) >= {
        "role.granted",
        "role.ended",
    }
    assert RoleGrant.objects.get(user=cast.tom, role="csm").granted_by == cast.adam


def test_the_last_administrator_cannot_be_taken(admin: Client, cast: Cast) -> None:
    page = change_page(cast.adam)
    response: Any = admin.post(page, rows_of(page, admin) | {"role_grants-0-DELETE": "on", "name": "New"}, follow=True)
    assert "This is the last administrator" in response.content.decode()
    cast.adam.refresh_from_db()
    assert (roles_of(cast.adam), cast.adam.name) == ({"admin"}, "Adam Root")


def test_teams_are_joined_led_and_left_inline(admin: Client, cast: Cast) -> None:
    team = make_team(name="Launch squad")
    page = change_page(cast.otto)
    data = rows_of(page, admin) | {"memberships-0-team": str(team.pk), "memberships-0-is_lead": "on"}
    assert admin.post(page, data).status_code == 302
    assert Membership.objects.get(team=team, user=cast.otto).is_lead
    data = rows_of(page, admin)
    del data["memberships-0-is_lead"]
    admin.post(page, data)
    assert not Membership.objects.get(team=team, user=cast.otto).is_lead
    admin.post(page, rows_of(page, admin) | {"memberships-0-DELETE": "on"})
    assert Membership.objects.get(team=team, user=cast.otto).ended_at is not None


def test_a_contact_has_neither_roles_nor_teams(admin: Client, cast: Cast) -> None:
    response: Any = admin.get(change_page(cast.connie))
    assert response.context["inline_admin_formsets"] == []


def test_deactivating_asks_first_and_says_what_hangs_on_them(admin: Client, cast: Cast) -> None:
    _token, raw = tokens.create_token(**token_of(cast.tom))
    page = reverse("admin:accounts_user_changelist")
    data = {"action": "deactivate", "_selected_action": [cast.tom.pk, cast.adam.pk]}
    asked = admin.post(page, data).content.decode()
    assert "TAM of 2 organizations" in asked
    assert User.objects.get(pk=cast.tom.pk).is_active
    done: Any = admin.post(page, data | {"confirmed": "yes"}, follow=True)
    assert "You cannot deactivate yourself" in done.content.decode()
    assert not User.objects.get(pk=cast.tom.pk).is_active
    assert User.objects.get(pk=cast.adam.pk).is_active
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {raw}"}).status_code == 401
    admin.post(page, {"action": "activate", "_selected_action": [cast.tom.pk]})
    assert User.objects.get(pk=cast.tom.pk).is_active


def token_of(user: User) -> dict[str, Any]:
    now = timezone.now()
    return {"user": user, "name": "CI", "scope": "read", "expires_at": now + timedelta(days=1), "now": now}


def test_a_password_link_goes_out(admin: Client, cast: Cast) -> None:
    page = reverse("admin:accounts_user_changelist")
    admin.post(page, {"action": "send_password_link", "_selected_action": [cast.tom.pk]})
    assert Outbox.objects.filter(topic="accounts.password_reset_mail").count() == 1


def test_teams_are_made_edited_and_put_aside(admin: Client, cast: Cast) -> None:
    add = reverse("admin:accounts_team_add")
    admin.post(add, {"name": "Launch squad", "kind": "leadership", "purpose": "Launches", "email": ""})
    team = Team.objects.get(name="Launch squad")
    page = change_page(team)
    data = rows_of(page, admin) | {"purpose": "All launches", "memberships-0-user": str(cast.otto.pk)}
    assert admin.post(page, data).status_code == 302
    team.refresh_from_db()
    assert team.purpose == "All launches"
    assert Membership.objects.filter(team=team, user=cast.otto).exists()
    admin.post(reverse("admin:accounts_team_changelist"), {"action": "archive", "_selected_action": [team.pk]})
    team.refresh_from_db()
    assert team.archived_at is not None
    verbs = Activity.objects.filter(target_type="team", target_id=team.pk).order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["team.created", "team.edited", "team.archived"]


def test_invitations_and_tokens_are_ended_here(admin: Client, cast: Cast) -> None:
    row = invitations.invite(by=cast.actor("adam"), email="n@vendor.example", name="N", now=timezone.now())
    token, _raw = tokens.create_token(**token_of(cast.tom))
    admin.post(reverse("admin:accounts_invitation_changelist"), {"action": "take_back", "_selected_action": [row.pk]})
    admin.post(
        reverse("admin:accounts_apitoken_changelist"), {"action": "revoke_tokens", "_selected_action": [token.pk]}
    )
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    assert admin.get(reverse("admin:accounts_apitoken_change", args=[token.pk])).status_code == 200
    assert "secret" not in admin.get(reverse("admin:accounts_apitoken_change", args=[token.pk])).content.decode()


def test_tables_of_the_libraries_are_not_shown(admin: Client) -> None:
    page = admin.get(reverse("admin:index")).content.decode()
    for words in ("Authenticators", "Social application", "Email addresses", "Groups", "User sessions"):
        assert words not in page
    assert admin.get("/admin/mfa/authenticator/").status_code == 404


def test_nothing_is_deleted(admin: Client, cast: Cast) -> None:
    for row in (make_user(), make_team()):
        page = reverse(f"admin:accounts_{row._meta.model_name}_delete", args=[row.pk])
        assert admin.post(page, {"post": "yes"}).status_code == 403
