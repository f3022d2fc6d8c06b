"""Forms of organizations and the people around them: what is saved, what is refused, and that nothing is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from partners.models import Assignment, ClassificationOverride, Contact, Interaction, Organization
from partners.services import classification
from tests.partners.page_world import NOW, actor, assign, contact, organization, person, signed_in, team_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return person("Ada Admin", "admin")


@pytest.fixture
def pam() -> User:
    return person("Pia Pam", "pam")


@pytest.fixture
def acme(pam: User) -> Organization:
    one = organization("Acme", "gate_1", country="DE", timezone="Europe/Berlin")
    assign(pam, "pam", one)
    return one


def at(one: Organization, path: str) -> str:
    return f"/organizations/{one.public_id}/{path}"


def filled(page: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send back from the form of a page, with some fields changed."""
    form = page.context["form"]
    sent = {bound.html_name: bound.value() for bound in form}
    sent |= {"version": page.context.get("version", "")} | changes
    return {name: "" if value is None else value for name, value in sent.items()}


class TestCreate:
    def send(self, user: User, kind: str, **values: Any) -> Any:
        client = signed_in(user)
        page = client.get(f"/organizations/new/?kind={kind}")
        sent = filled(page, name="Newcomer", **values)
        sent.setdefault("first-owner", page.context["owner_form"]["owner"].value() or "")
        return client.post(f"/organizations/new/?kind={kind}", sent)

    def test_a_pam_adds_a_partner_and_owns_it(self, pam: User) -> None:
        answer = self.send(pam, "partner", ccv="1000", website="newcomer.example", country="fr")
        made = Organization.objects.get(name="Newcomer")
        assert answer["Location"] == at(made, "")
        assert (made.kind, made.stage, made.ccv, made.country) == ("partner", "pre_contract", 1000, "FR")
        assert made.website == "https://newcomer.example"
        owner = Assignment.objects.get(organization=made)
        assert (owner.user, owner.role, owner.is_primary) == (pam, "pam", True)
        assert signed_in(pam).get(at(made, "")).status_code == 200

    def test_a_csm_lead_names_a_member_of_the_team(self) -> None:
        lead, member = person("Lea Lead", "csmlead"), person("Cleo Csm", "csm")
        team_of(lead, member)
        assert self.send(lead, "customer", **{"first-owner": "Cleo Csm"}).status_code == 302
        assert Assignment.objects.get().user == member

    def test_nothing_is_made_when_the_owner_is_refused(self, pam: User) -> None:
        other = person("Olaf Pam", "pam")
        answer = self.send(pam, "partner", **{"first-owner": other.email})
        assert answer.status_code == 422
        assert "name yourself or somebody whom you lead" in answer.content.decode()
        assert not Organization.objects.filter(name="Newcomer").exists()

    def test_an_admin_may_leave_the_owner_open_or_name_anybody(self, admin: User, pam: User) -> None:
        assert self.send(admin, "partner", **{"first-owner": ""}).status_code == 302
        assert not Assignment.objects.exists()
        assert self.send(admin, "partner", **{"first-owner": pam.email}).status_code == 302
        assert Assignment.objects.get().user == pam

    @pytest.mark.parametrize(
        ("role", "kind", "status"),
        [("pam", "customer", 403), ("csmlead", "partner", 403), ("tam", "partner", 403), ("manager", "customer", 403)],
    )
    def test_kinds_belong_to_roles(self, role: str, kind: str, status: int) -> None:
        client = signed_in(person("Rita Reader", role))
        assert client.get(f"/organizations/new/?kind={kind}").status_code == status
        assert client.post(f"/organizations/new/?kind={kind}", {"name": "X"}).status_code == status

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"name": "  "}, "This field is required"),
            ({"target_launch_on": "2026-02-30"}, "Enter a valid date"),
            ({"ccv": "lots"}, "Enter a number"),
            ({"ccv": "1" * 20}, "no more than 16 digits"),
            ({"timezone": "Mars/Olympus"}, "Select a valid choice"),
            ({"website": "javascript:alert(1)"}, "Enter a valid URL"),
            ({"name": "x" * 300}, "at most 200 characters"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
        self, pam: User, changes: dict[str, str], words: str
    ) -> None:
        client = signed_in(pam)
        sent = filled(client.get("/organizations/new/?kind=partner"), name="Newcomer", summary="Half an hour of work")
        answer = client.post("/organizations/new/?kind=partner", sent | {"first-owner": pam.email} | changes)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "Half an hour of work" in answer.content.decode()
        assert Organization.objects.count() == 0

    def test_a_customer_may_come_through_a_partner_that_one_sees(self, admin: User) -> None:
        organization("Reseller")
        gone = {"first-owner": ""}
        assert self.send(admin, "customer", via_partner="Nobody", **gone).status_code == 422
        assert self.send(admin, "customer", via_partner="reseller", **gone).status_code == 302
        assert Organization.objects.get(name="Newcomer").via_partner.name == "Reseller"


class TestEdit:
    def test_saving_what_changed(self, pam: User, acme: Organization) -> None:
        client = signed_in(pam)
        answer = client.post(at(acme, "edit/"), filled(client.get(at(acme, "edit/")), name="Acme Cables"), follow=True)
        acme.refresh_from_db()
        assert (acme.name, acme.version, acme.timezone) == ("Acme Cables", 2, "Europe/Berlin")
        assert "Saved." in answer.content.decode()

    def test_saving_nothing_writes_nothing(self, pam: User, acme: Organization) -> None:
        client = signed_in(pam)
        client.post(at(acme, "edit/"), filled(client.get(at(acme, "edit/"))))
        acme.refresh_from_db()
        assert acme.version == 1

    def test_amounts_stay_as_they_are_for_those_who_may_not_see_them(self, acme: Organization) -> None:
        tpm = person("Theo Psm", "psm")
        Organization.objects.filter(pk=acme.pk).update(stage="gate_3", ccv=77)
        assign(tpm, "psm", acme)
        client = signed_in(tpm)
        page = client.get(at(acme, "edit/"))
        assert "ccv" not in page.context["form"].fields
        client.post(at(acme, "edit/"), filled(page, name="Acme 2", ccv="1"))
        acme.refresh_from_db()
        assert (acme.name, acme.ccv) == ("Acme 2", 77)

    def test_two_people_see_both_versions_and_lose_nothing(self, pam: User, admin: User, acme: Organization) -> None:
        slow, fast = signed_in(pam), signed_in(admin)
        opened = slow.get(at(acme, "edit/"))
        fast.post(at(acme, "edit/"), filled(fast.get(at(acme, "edit/")), name="Acme Fast", industry="Telecom"))
        answer = slow.post(at(acme, "edit/"), filled(opened, name="Acme Slow", summary="What Pia wrote"))
        assert answer.status_code == 409
        page = answer.content.decode()
        for words in ("Acme Slow", "Acme Fast", "What Pia wrote", "Telecom"):
            assert words in page
        proposed = {one.name: one.is_mine_proposed for one in answer.context["conflicts"].differences}
        assert proposed == {"name": True, "summary": True, "industry": False}
        inputs = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        settled = {**inputs, "settle-name": "theirs", "settle-summary": "mine", "settle-industry": "theirs"}
        assert slow.post(at(acme, "edit/"), settled).status_code == 302
        acme.refresh_from_db()
        assert (acme.name, acme.summary, acme.industry, acme.version) == ("Acme Fast", "What Pia wrote", "Telecom", 3)

    def test_a_third_one_in_between_conflicts_again(self, pam: User, admin: User, acme: Organization) -> None:
        slow, fast = signed_in(pam), signed_in(admin)
        opened = slow.get(at(acme, "edit/"))
        for name in ("Acme 2", "Acme 3"):
            fast.post(at(acme, "edit/"), filled(fast.get(at(acme, "edit/")), name=name))
        answer = slow.post(at(acme, "edit/"), filled(opened, name="Mine") | {"version": "2", "settle-name": "mine"})
        assert answer.status_code == 409

    @pytest.mark.parametrize("version", ["", "0", "abc", "-1", "99999999999999999999"])
    def test_a_version_that_is_none_conflicts(self, pam: User, acme: Organization, version: str) -> None:
        client = signed_in(pam)
        sent = filled(client.get(at(acme, "edit/")), name="Mine") | {"version": version}
        assert client.post(at(acme, "edit/"), sent).status_code == 409
        acme.refresh_from_db()
        assert acme.name == "Acme"

    def test_archive_asks_why_and_undo_brings_it_back(self, admin: User, pam: User, acme: Organization) -> None:
        client = signed_in(admin)
        assert client.post(at(acme, "archive/"), {"reason": " "}).status_code == 422
        answer = client.post(at(acme, "archive/"), {"reason": "Bankrupt"}, follow=True)
        assert f'action="{at(acme, "restore/")}"' in answer.content.decode()
        acme.refresh_from_db()
        assert acme.archived_at is not None
        assert signed_in(pam).post(at(acme, "restore/")).status_code == 403
        client.post(at(acme, "restore/"))
        acme.refresh_from_db()
        assert acme.archived_at is None


class TestLaunchInPlace:
    HTMX = {"HX-Request": "true"}  # noqa: RUF012

    def test_change_and_undo(self, pam: User, acme: Organization) -> None:
        client, day = signed_in(pam), (NOW + timedelta(days=30)).date()
        Organization.objects.filter(pk=acme.pk).update(target_launch_on="2027-05-25")
        assert 'value="2027-05-25"' in client.get(at(acme, "launch/"), headers=self.HTMX).content.decode()
        Organization.objects.filter(pk=acme.pk).update(target_launch_on=None)
        form = client.get(at(acme, "launch/"), headers=self.HTMX).content.decode()
        assert "<html" not in form
        assert 'name="version" value="1"' in form
        answer = client.post(at(acme, "launch/"), {"target_launch_on": day, "version": 1}, headers=self.HTMX)
        acme.refresh_from_db()
        assert acme.target_launch_on == day
        undo = re.search(r'"undo": "([^"]+)"', answer["HX-Trigger"])
        assert undo is not None
        assert client.post(undo.group(1), headers=self.HTMX)["HX-Refresh"] == "true"
        acme.refresh_from_db()
        assert acme.target_launch_on is None

    def test_undo_keeps_what_somebody_changed_since(self, pam: User, acme: Organization) -> None:
        client, day = signed_in(pam), (NOW + timedelta(days=30)).date()
        answer = client.post(at(acme, "launch/"), {"target_launch_on": day, "version": 1}, headers=self.HTMX)
        undo = re.search(r'"undo": "([^"]+)"', answer["HX-Trigger"]).group(1)  # type: ignore[union-attr]
        later = day + timedelta(days=1)
        Organization.objects.filter(pk=acme.pk).update(target_launch_on=later)
        assert "nothing was undone" in client.post(undo, follow=True).content.decode()
        client.post(at(acme, "launch/undo/forged/"))
        acme.refresh_from_db()
        assert acme.target_launch_on == later

    def test_without_scripts_it_is_a_page(self, pam: User, acme: Organization) -> None:
        client = signed_in(pam)
        assert "<html" in client.get(at(acme, "launch/")).content.decode()
        answer = client.post(at(acme, "launch/"), {"target_launch_on": "2030-01-31", "version": 1}, follow=True)
        assert "Undo" in answer.content.decode()

    def test_an_old_version_or_a_broken_day_is_said_in_the_cell(self, pam: User, acme: Organization) -> None:
        client = signed_in(pam)
        for sent in ({"target_launch_on": "2030-01-31", "version": 7}, {"target_launch_on": "31.13.", "version": 1}):
            answer = client.post(at(acme, "launch/"), sent, headers=self.HTMX)
            assert answer.status_code == 422
            assert "field-error" in answer.content.decode()


class TestInteraction:
    def test_a_minute_is_enough(self, pam: User, acme: Organization) -> None:
        carla = contact(acme, "Carla", is_primary=True)
        client = signed_in(pam)
        page = client.get(at(acme, "log/"))
        form = page.context["form"]
        assert (form["kind"].value(), form["contacts"].value()) == ("call", [str(carla.public_id)])
        assert abs(form["happened_at"].value() - timezone.localtime().replace(tzinfo=None)) < timedelta(minutes=1)
        sent = filled(
            page, summary="They want more cables", happened_at=timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        )
        answer = client.post(at(acme, "log/"), sent, follow=True)
        logged = Interaction.objects.get()
        assert list(logged.contacts.all()) == [carla]
        assert (logged.author, logged.summary, logged.is_two_way) == (pam, "They want more cables", True)
        assert "They want more cables" in answer.content.decode()
        undo = at(acme, f"interactions/{logged.public_id}/archive/")
        assert f'action="{undo}"' in answer.content.decode()
        assert "It is back" not in client.post(undo, follow=True).content.decode()
        logged.refresh_from_db()
        assert logged.archived_at is not None

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"summary": ""}, "This field is required"),
            ({"summary": "x", "happened_at": "2099-01-01T10:00"}, "lies in the future"),
            ({"summary": "x", "happened_at": "yesterday"}, "Enter a valid date/time"),
            ({"summary": "x", "minutes": "-5"}, "greater than or equal to 0"),
            ({"summary": "x", "kind": "smoke"}, "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_said(self, pam: User, acme: Organization, changes: dict[str, str], words: str) -> None:
        sent = {"kind": "call", "happened_at": "2026-01-01T10:00", "is_two_way": "on", "body": "Kept"} | changes
        answer = signed_in(pam).post(at(acme, "log/"), sent)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "Kept" in answer.content.decode()

    def test_contacts_of_somebody_else_are_no_choice(self, pam: User, acme: Organization) -> None:
        contact(acme, "Carla")
        foreign = contact(organization("Foreign"), "Fred")
        sent = {"kind": "call", "summary": "x", "happened_at": "2026-01-01T10:00", "contacts": str(foreign.public_id)}
        answer = signed_in(pam).post(at(acme, "log/"), sent)
        assert answer.status_code == 422
        assert "Fred" not in answer.content.decode()

    def test_only_its_author_mends_it(self, pam: User, acme: Organization) -> None:
        logged = Interaction.objects.create(organization=acme, summary="Old", happened_at=NOW, author=pam)
        page = signed_in(pam).get(at(acme, f"interactions/{logged.public_id}/"))
        sent = filled(page, summary="New", happened_at="2026-01-01T10:00", version=1)
        signed_in(pam).post(at(acme, f"interactions/{logged.public_id}/"), sent)
        logged.refresh_from_db()
        assert (logged.summary, logged.version) == ("New", 2)
        again = signed_in(pam).post(at(acme, f"interactions/{logged.public_id}/"), sent | {"summary": "Newer"})
        assert again.status_code == 422
        assert "Somebody changed this interaction" in again.content.decode()
        other = person("Olaf Pdm", "pdm")
        assign(other, "pdm", acme)
        assert signed_in(other).get(at(acme, f"interactions/{logged.public_id}/")).status_code == 403
        elsewhere = organization("Elsewhere", "gate_1")
        assign(pam, "pam", elsewhere)
        assert signed_in(pam).get(at(elsewhere, f"interactions/{logged.public_id}/")).status_code == 404


class TestContacts:
    def test_add_edit_archive_restore(self, pam: User, acme: Organization) -> None:
        client = signed_in(pam)
        sent = {"name": "Carla", "role": "champion", "email": "carla@acme.example"}
        client.post(at(acme, "contacts/new/"), sent)
        carla = Contact.objects.get()
        assert carla.is_primary
        base = f"contacts/{carla.public_id}/"
        client.post(at(acme, base), sent | {"name": "Carla C", "version": 1})
        answer = client.post(at(acme, base), sent | {"name": "Carla D", "version": 1})
        assert answer.status_code == 422
        assert "Somebody changed this contact" in answer.content.decode()
        answer = client.post(at(acme, base + "archive/"), follow=True)
        assert f'action="{at(acme, base + "restore/")}"' in answer.content.decode()
        carla.refresh_from_db()
        assert (carla.name, carla.archived_at is not None) == ("Carla C", True)
        client.post(at(acme, base + "restore/"))
        carla.refresh_from_db()
        assert carla.archived_at is None

    def test_an_address_stands_once(self, pam: User, acme: Organization) -> None:
        contact(acme, "Carla", email="carla@acme.example")
        answer = signed_in(pam).post(
            at(acme, "contacts/new/"), {"name": "Clara", "role": "other", "email": "CARLA@acme.example"}
        )
        assert answer.status_code == 422
        assert Contact.objects.count() == 1

    def test_make_primary(self, pam: User, acme: Organization) -> None:
        contact(acme, "First", is_primary=True)
        second = contact(acme, "Second")
        signed_in(pam).post(at(acme, f"contacts/{second.public_id}/primary/"))
        assert Contact.objects.get(is_primary=True) == second

    def test_those_without_the_right(self, acme: Organization) -> None:
        carla = contact(acme, "Carla")
        manager = signed_in(person("Mia Manager", "manager"))
        for path in ("contacts/new/", f"contacts/{carla.public_id}/"):
            assert manager.get(at(acme, path)).status_code == 403
        for action in ("primary", "archive", "restore", "invite", "portal/end"):
            assert manager.post(at(acme, f"contacts/{carla.public_id}/{action}/")).status_code == 403

    def test_a_contact_of_another_organization_is_not_here(self, pam: User, acme: Organization) -> None:
        fred = contact(organization("Foreign"), "Fred")
        client = signed_in(pam)
        assert client.get(at(acme, f"contacts/{fred.public_id}/")).status_code == 404
        for action in ("primary", "archive", "restore", "invite", "portal/end"):
            assert client.post(at(acme, f"contacts/{fred.public_id}/{action}/")).status_code == 404


class TestOwners:
    def test_a_pam_assigns_on_own_partners(self, pam: User, acme: Organization) -> None:
        tpm = person("Theo Tpm", "tpm")
        answer = signed_in(pam).post(at(acme, "owners/new/"), {"role": "tpm", "user": tpm.email}, follow=True)
        assert "Theo Tpm is assigned as Technical Program Manager" in answer.content.decode()
        assert Assignment.objects.get(user=tpm).is_primary

    @pytest.mark.parametrize(
        ("role", "user", "words"),
        [
            ("tpm", "Nobody At All", "No colleague has this name"),
            ("tpm", "Twin", "Several colleagues are called so"),
            ("tpm", "Carl Csm", "role"),
            ("king", "Carl Csm", "Select a valid choice"),
        ],
    )
    def test_what_does_not_fit_is_said(self, pam: User, acme: Organization, role: str, user: str, words: str) -> None:
        person("Twin", "tpm", email="one@example.com")
        person("Twin", "tpm", email="two@example.com")
        person("Carl Csm", "csm")
        answer = signed_in(pam).post(at(acme, "owners/new/"), {"role": role, "user": user})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert Assignment.objects.count() == 1

    def test_the_last_owner_asks_first(self, pam: User, admin: User, acme: Organization) -> None:
        own = Assignment.objects.get(user=pam)
        client = signed_in(admin)
        first = client.post(at(acme, f"owners/{own.public_id}/end/"), {"reason": "Leaves"})
        assert first.status_code == 422
        assert "This is the last one in this role" in first.content.decode()
        own.refresh_from_db()
        assert own.ended_at is None
        client.post(at(acme, f"owners/{own.public_id}/end/"), {"reason": "Leaves", "confirm_last": "1"})
        own.refresh_from_db()
        assert own.ended_at is not None

    def test_make_primary(self, pam: User, acme: Organization) -> None:
        other = person("Olaf Pam", "pam")
        (row,) = assign(other, "pam", acme, is_primary=False)
        signed_in(pam).post(at(acme, f"owners/{row.public_id}/primary/"))
        assert Assignment.objects.get(role="pam", is_primary=True, ended_at__isnull=True).user == other

    def test_assignments_of_others_are_not_here(self, pam: User, acme: Organization) -> None:
        (row,) = assign(person("Olaf Pam", "pam"), "pam", organization("Foreign"))
        client = signed_in(pam)
        assert client.post(at(acme, f"owners/{row.public_id}/end/")).status_code == 404
        assert client.post(at(acme, f"owners/{row.public_id}/primary/")).status_code == 404


class TestBulk:
    URL = "/organizations/assign/"

    def test_choose_assign_undo(self, admin: User, pam: User) -> None:
        tam = person("Tom Okafor", "tam")
        rows = [organization(f"Org {number}") for number in range(3)]
        chosen = [str(row.public_id) for row in rows]
        client = signed_in(admin)
        page = client.post(self.URL, {"chosen": chosen, "next": "/organizations/?kind=partner"})
        assert [row.name for row in page.context["rows"]] == ["Org 0", "Org 1", "Org 2"]
        sent = {"chosen": chosen, "role": "tam", "user": tam.email, "next": "/organizations/?kind=partner"}
        answer = client.post(self.URL, sent)
        assert answer["Location"] == "/organizations/?kind=partner"
        assert Assignment.objects.filter(user=tam, ended_at__isnull=True).count() == 3
        undo = re.search(
            r'action="(/organizations/assign/undo/[^"]+)"', client.get(answer["Location"]).content.decode()
        )
        assert undo is not None
        assert signed_in(pam).post(undo.group(1)).status_code == 302, "somebody else's undo does nothing"
        assert Assignment.objects.filter(user=tam, ended_at__isnull=True).count() == 3
        client.post(undo.group(1))
        assert Assignment.objects.filter(user=tam, ended_at__isnull=True).count() == 0
        assert "Nothing of this is left" in client.post(undo.group(1), follow=True).content.decode()

    def test_undo_gives_the_primary_place_back(self, admin: User) -> None:
        before, after = person("Bea Before", "tam"), person("Anna After", "tam")
        one = organization("Org")
        assign(before, "tam", one)
        client = signed_in(admin)
        sent = {"chosen": str(one.public_id), "role": "tam", "user": after.email, "is_primary": "on"}
        page = client.post(self.URL, sent, follow=True).content.decode()
        assert Assignment.objects.get(is_primary=True, ended_at__isnull=True).user == after
        client.post(re.search(r'action="(/organizations/assign/undo/[^"]+)"', page).group(1))  # type: ignore[union-attr]
        left = Assignment.objects.get(ended_at__isnull=True)
        assert (left.user, left.is_primary) == (before, True)

    def test_each_refusal_is_named_and_the_rest_is_done(self, pam: User, acme: Organization) -> None:
        tpm = person("Theo Tpm", "tpm")
        other = organization("Not Pias", "gate_1")
        person("Otto Pdm", "pdm")
        pdm_only = person("Pia Two", "pam", "pdm")
        assign(pdm_only, "pam", acme, is_primary=False)
        assign(pdm_only, "pdm", other)
        sent = {"chosen": [str(acme.public_id), str(other.public_id)], "role": "tpm", "user": tpm.email}
        page = signed_in(pdm_only).post(self.URL, sent)
        text = page.content.decode()
        assert "Assigned: 1. Already so: 0. Refused: 1." in text
        assert "Not Pias" in text
        assert Assignment.objects.filter(user=tpm).count() == 1

    def test_foreign_and_broken_ids_are_passed_over(self, pam: User, acme: Organization) -> None:
        foreign = organization("Foreign", "gate_1")
        tpm = person("Theo Tpm", "tpm")
        sent = {"chosen": [str(foreign.public_id), "x", str(acme.public_id)], "role": "tpm", "user": tpm.email}
        assert "Foreign" not in signed_in(pam).post(self.URL, sent, follow=True).content.decode()
        assert [row.organization for row in Assignment.objects.filter(user=tpm)] == [acme]

    def test_nothing_ticked(self, admin: User) -> None:
        answer = signed_in(admin).post(self.URL, {"next": "https://evil.example/"})
        assert answer["Location"] == "/organizations/"

    @pytest.mark.parametrize("role", ["tam", "manager", "sales"])
    def test_those_without_the_right(self, role: str) -> None:
        client = signed_in(person("Rita Reader", role))
        assert client.post(self.URL).status_code == 403
        assert client.post(f"{self.URL}undo/x/").status_code == 403


class TestClassification:
    def test_by_hand_and_back(self, admin: User, acme: Organization) -> None:
        Organization.objects.filter(pk=acme.pk).update(ccv=60_000_000)
        classification.recompute([acme], now=NOW)
        client, url = signed_in(admin), at(acme, "classification/partner_tier/")
        assert client.post(url, {"partner_tier-value": "2", "partner_tier-reason": ""}).status_code == 422
        client.post(
            url, {"partner_tier-dimension": "partner_tier", "partner_tier-value": "2", "partner_tier-reason": "Agreed"}
        )
        page = client.get(at(acme, "")).content.decode()
        assert "Set by hand" in page
        assert "Agreed" in page
        client.post(url + "reset/")
        assert ClassificationOverride.objects.get().ended_at is not None
        assert "The rule decides again" in client.get(at(acme, "")).content.decode()

    def test_sent_twice_it_is_set_once(self, admin: User, acme: Organization) -> None:
        Organization.objects.filter(pk=acme.pk).update(ccv=60_000_000)
        classification.recompute([acme], now=NOW)
        client, url = signed_in(admin), at(acme, "classification/partner_tier/")
        form = client.get(at(acme, "")).content.decode().split(f'action="{url}"')[1]
        key = form.split('name="sent_key" value="')[1].split('"')[0]
        sent = {"partner_tier-dimension": "partner_tier", "partner_tier-value": "2", "partner_tier-reason": "Agreed"}
        first, second = (client.post(url, {**sent, "sent_key": key}) for _time in range(2))
        assert ClassificationOverride.objects.count() == 1
        assert (second.status_code, second["Location"]) == (302, first["Location"])

    def test_dimensions_that_are_none(self, admin: User, acme: Organization) -> None:
        client = signed_in(admin)
        for name in ("king", "gemstone"):
            assert client.post(at(acme, f"classification/{name}/")).status_code == 404


def test_a_form_without_its_token_is_refused(pam: User, acme: Organization) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(pam, backend="accounts.auth.HubBackend")
    assert client.post(at(acme, "edit/"), {"name": "Forged"}).status_code == 403
    acme.refresh_from_db()
    assert acme.name == "Acme"
    assert actor(pam).has("create_partner")
