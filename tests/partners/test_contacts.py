"""Contacts: who may change them, when nobody loses a change, and how a person of the portal is tied to one."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.services.invitations import link_of
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners.models import Contact, TimelineEntry
from partners.scope import open_organization_id
from partners.services import contacts
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.factories.partners import NOW, make_contact, make_partner

pytestmark = pytest.mark.django_db

VALUES = {"name": " Wanda Ng ", "email": "Wanda@Northwind.example", "role": "champion", "timezone": "Asia/Singapore"}


def add(cast: Cast, by: str = "tom", **values: Any) -> Contact:
    return contacts.add_contact(by=cast.actor(by), organization=cast.northwind, values={**VALUES, **values}, now=NOW)


class TestAdding:
    def test_it_is_written_tidied(self, cast: Cast) -> None:
        contact = add(cast)
        assert (contact.name, contact.email, contact.is_primary) == ("Wanda Ng", "wanda@northwind.example", False)
        line = TimelineEntry.objects.get(organization=cast.northwind)
        assert (line.kind, line.title, line.target_id) == ("contact", "Wanda Ng added as a contact", contact.pk)

    def test_the_first_one_is_the_primary_one(self, cast: Cast) -> None:
        birch = contacts.add_contact(by=cast.actor("carl"), organization=cast.birch, values=VALUES, now=NOW)
        assert birch.is_primary
        next_one = {**VALUES, "email": "other@birch.example"}
        other = contacts.add_contact(
            by=cast.actor("carl"), organization=cast.birch, values=next_one, is_primary=True, now=NOW
        )
        assert other.is_primary
        assert Contact.objects.filter(organization=cast.birch, is_primary=True).count() == 1

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": "  "}, "name"),
            ({"email": "not an address"}, "email"),
            ({"role": "king"}, "role"),
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"email": "CONNIE@northwind.example"}, "email"),
            ({"name": "x" * 151}, "name"),
            ({"phone": "1" * 41}, "phone"),
        ],
    )
    def test_what_does_not_fit_names_its_field(self, cast: Cast, values: dict[str, str], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            add(cast, **values)
        assert caught.value.field == field
        assert Contact.objects.filter(organization=cast.northwind).count() == 1

    @pytest.mark.parametrize("field", ["user", "user_id", "archived_at", "organization_id", "version", "pk"])
    def test_other_fields_are_not_written(self, cast: Cast, field: str) -> None:
        with pytest.raises(DomainError):
            add(cast, **{field: 1})

    @pytest.mark.parametrize("name", ["ana", "petra", "tom", "ines", "adam"])
    def test_those_who_work_there_may(self, cast: Cast, name: str) -> None:
        assert add(cast, name).pk

    # Paul and Tina are assigned, but their stages are over; Sam takes part; the others have no tie or see only.
    @pytest.mark.parametrize("name", ["paul", "tina", "sam", "otto", "carl", "sue", "lena", "max", "nora", "connie"])
    def test_others_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            add(cast, name)

    def test_out_of_scope_is_missing(self, cast: Cast) -> None:
        with scoped(Scope.none()), pytest.raises(Missing):
            add(cast)

    def test_the_trail_holds_nothing_personal(self, cast: Cast) -> None:
        add(cast)
        with connection.cursor() as cursor:
            cursor.execute("SELECT target_name, changes::text FROM accounts_activity WHERE verb = 'contact.added'")
            (name, changes) = cursor.fetchone()
        assert name == "Contact of Northwind"
        assert "champion" in changes
        assert "Wanda" not in changes
        assert "wanda" not in changes


class TestEditing:
    def test_only_what_changed_is_written(self, cast: Cast) -> None:
        edited = contacts.edit_contact(
            by=cast.actor("tom"),
            contact=cast.connie_contact,
            values={"name": "Connie Contact", "job_title": "CTO"},
            version=1,
            now=NOW,
        )
        assert (edited.job_title, edited.version) == ("CTO", 2)

    def test_the_same_again_makes_no_version(self, cast: Cast) -> None:
        edited = contacts.edit_contact(
            by=cast.actor("tom"), contact=cast.connie_contact, values={"name": "Connie Contact"}, version=1, now=NOW
        )
        assert edited.version == 1

    def test_somebody_was_faster(self, cast: Cast) -> None:
        contacts.edit_contact(
            by=cast.actor("tom"), contact=cast.connie_contact, values={"job_title": "CTO"}, version=1, now=NOW
        )
        with pytest.raises(Conflict) as caught:
            contacts.edit_contact(
                by=cast.actor("petra"), contact=cast.connie_contact, values={"job_title": "CIO"}, version=1, now=NOW
            )
        assert (caught.value.version, caught.value.current) == (2, {"job_title": "CTO"})

    def test_an_address_of_a_colleague_is_taken(self, cast: Cast) -> None:
        other = make_contact(cast.northwind, email="other@northwind.example")
        with pytest.raises(DomainError) as caught:
            contacts.edit_contact(
                by=cast.actor("tom"), contact=other, values={"email": "connie@northwind.example"}, version=1, now=NOW
            )
        assert caught.value.code == "email_taken"

    def test_the_same_address_elsewhere_is_free(self, cast: Cast) -> None:
        made = contacts.add_contact(
            by=cast.actor("carl"),
            organization=cast.birch,
            values={**VALUES, "email": "connie@northwind.example"},
            now=NOW,
        )
        assert made.email == "connie@northwind.example"

    @pytest.mark.parametrize("name", ["otto", "paul", "max", "connie"])
    def test_others_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            contacts.edit_contact(
                by=cast.actor(name), contact=cast.connie_contact, values={"name": "X"}, version=1, now=NOW
            )


class TestPrimary:
    def test_there_is_one(self, cast: Cast) -> None:
        wanda = contacts.make_primary(by=cast.actor("tom"), contact=add(cast), now=NOW)
        assert wanda.is_primary
        assert not Contact.objects.get(pk=cast.connie_contact.pk).is_primary

    def test_not_an_archived_one(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            contacts.make_primary(by=cast.actor("tom"), contact=make_contact(cast.northwind, archived_at=NOW), now=NOW)
        assert caught.value.code == "archived"


class TestArchiving:
    def test_portal_access_ends_and_comes_back(self, cast: Cast) -> None:
        by = cast.actor("tom")
        gone = contacts.archive_contact(by=by, contact=cast.connie_contact, now=NOW)
        assert (gone.archived_at, gone.is_primary) == (NOW, False)
        with scoped(Scope.all()):
            assert open_organization_id(cast.connie, cast.northwind.pk) is None
        back = contacts.restore_contact(by=by, contact=cast.connie_contact, now=NOW + timedelta(minutes=1))
        assert back.archived_at is None
        with scoped(Scope.all()):
            assert open_organization_id(cast.connie, None) == cast.northwind.pk

    def test_no_way_back_where_the_address_is_taken(self, cast: Cast) -> None:
        by = cast.actor("tom")
        contacts.archive_contact(by=by, contact=cast.connie_contact, now=NOW)
        add(cast, email="connie@northwind.example")
        with pytest.raises(DomainError) as caught:
            contacts.restore_contact(by=by, contact=cast.connie_contact, now=NOW)
        assert caught.value.code == "email_taken"

    def test_twice_is_once(self, cast: Cast) -> None:
        by = cast.actor("tom")
        contacts.archive_contact(by=by, contact=cast.connie_contact, now=NOW)
        again = contacts.archive_contact(by=by, contact=cast.connie_contact, now=NOW + timedelta(days=1))
        assert (again.archived_at, again.version) == (NOW, 2)


class TestPortal:
    def test_who_accepted_is_tied(self, cast: Cast) -> None:
        contact, user = add(cast), make_user(name="Wanda Ng", audience="contact")
        linked = contacts.link_portal_user(contact=contact, user=user, now=NOW)
        assert linked.user_id == user.pk
        assert contacts.link_portal_user(contact=contact, user=user, now=NOW).version == linked.version

    @pytest.mark.parametrize("code", ["not_a_contact", "linked", "archived"])
    def test_who_is_not(self, cast: Cast, code: str) -> None:
        contact, user = cast.connie_contact, make_user(audience="contact")
        if code == "not_a_contact":
            user = cast.tom
        if code == "archived":
            contact = make_contact(cast.northwind, archived_at=NOW)
        with pytest.raises(DomainError) as caught:
            contacts.link_portal_user(contact=contact, user=user, now=NOW)
        assert caught.value.code == code

    def test_not_where_the_organization_is_archived(self, cast: Cast) -> None:
        contact = make_contact(make_partner(archived_at=NOW))
        with pytest.raises(DomainError) as caught:
            contacts.link_portal_user(contact=contact, user=make_user(audience="contact"), now=NOW)
        assert caught.value.code == "archived"

    def test_an_invitation_leads_into_the_portal(self, cast: Cast, client: Client) -> None:
        contact = add(cast)
        contacts.invite_to_portal(by=cast.actor("tom"), contact=contact, now=timezone.now())
        invitation = Invitation.objects.get()
        assert (invitation.audience, invitation.contact_id, invitation.organization_id) == (
            "contact",
            contact.pk,
            cast.northwind.pk,
        )
        form = {"name": "Wanda Ng", "password": "a long enough phrase", "timezone": "Asia/Singapore"}
        answer = client.post(urlsplit(link_of(invitation)).path, form)
        assert answer.status_code == 302
        contact.refresh_from_db()
        assert contact.user == User.objects.get(email="wanda@northwind.example")

    def test_who_uses_the_portal_elsewhere_is_tied_at_once(self, cast: Cast) -> None:
        known = make_contact(cast.birch, email="connie@northwind.example")
        contacts.invite_to_portal(by=cast.actor("carl"), contact=known, now=NOW)
        known.refresh_from_db()
        assert known.user_id == cast.connie.pk
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("code", ["no_address", "not_a_contact", "archived", "linked"])
    def test_who_cannot_be_invited(self, cast: Cast, code: str) -> None:
        fields: dict[str, Any] = {
            "no_address": {"email": ""},
            "not_a_contact": {"email": cast.tom.email},
            "archived": {"archived_at": NOW},
            "linked": {"user": make_user(audience="contact")},
        }[code]
        with pytest.raises(DomainError) as caught:
            contacts.invite_to_portal(by=cast.actor("tom"), contact=make_contact(cast.northwind, **fields), now=NOW)
        assert caught.value.code == code

    @pytest.mark.parametrize("name", ["ines", "paul", "max", "otto"])
    def test_who_may_not_invite(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            contacts.invite_to_portal(by=cast.actor(name), contact=make_contact(cast.northwind), now=NOW)

    def test_access_can_be_ended(self, cast: Cast) -> None:
        contacts.end_portal_access(by=cast.actor("tom"), contact=cast.connie_contact, now=NOW)
        assert User.objects.get(pk=cast.connie.pk).is_active
        with scoped(Scope.all()):
            assert open_organization_id(cast.connie, None) is None

    def test_an_integration_specialist_works_there_but_does_not_invite(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            contacts.end_portal_access(by=cast.actor("ines"), contact=cast.connie_contact, now=NOW)
