"""The administration site: every save goes through the use cases, owners inline and in bulk, the trail of each."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Notification
from partners.models import Assignment, Contact, Organization
from tests.cast import Cast
from tests.factories.partners import NOW, make_assignment, make_contact, make_customer, make_partner

pytestmark = pytest.mark.django_db

LIST = reverse("admin:partners_organization_changelist")
OURS = [model for model in admin.site._registry if model._meta.app_label == "partners"]


@pytest.fixture
def adam(cast: Cast, client: Client) -> Client:
    client.force_login(cast.adam)
    return client


def page_of(row: Any) -> str:
    return reverse(f"admin:partners_{row._meta.model_name}_change", args=[row.pk])


def fields_of(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send back of the form at `url`, with `changes`."""
    form = client.get(url).context
    values: dict[str, Any] = {}
    forms = [form["adminform"].form]
    for formset in (inline.formset for inline in form["inline_admin_formsets"]):
        forms += [formset.management_form, *formset.forms]
    for one in forms:
        for bound in one:
            value = bound.value()
            if value is not None and value is not False and not bound.field.disabled:
                values[bound.html_name] = "on" if value is True else value
    return {**values, **changes}


def holders(organization: Organization, role: str) -> dict[str, bool]:
    rows = Assignment.objects.active().filter(organization=organization, role=role)
    return dict(rows.values_list("user__name", "is_primary"))


def verbs(organization: Organization) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verb, actor_name, via FROM accounts_activity WHERE organization_id = %s ORDER BY id",
            [organization.pk],
        )
        return list(cursor.fetchall())


class TestDoors:
    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_admins_open_every_list_and_page(self, cast: Cast, adam: Client, model: Any) -> None:
        name = model._meta.model_name
        assert adam.get(reverse(f"admin:partners_{name}_changelist")).status_code == 200
        row = model.objects.first()
        if row is not None:
            assert adam.get(reverse(f"admin:partners_{name}_change", args=[row.pk])).status_code == 200

    @pytest.mark.parametrize("name", ["ana", "tom", "max", "sara", "connie", "nora"])
    def test_nobody_else_comes_in(self, cast: Cast, client: Client, name: str) -> None:
        client.force_login(getattr(cast, name))
        for url in (LIST, page_of(cast.northwind), reverse("admin:partners_assignment_changelist")):
            answer = client.get(url)
            assert answer.status_code in (302, 403, 404)
            assert b"Northwind" not in answer.content

    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_nothing_is_deleted(self, cast: Cast, adam: Client, model: Any) -> None:
        row = model.objects.first()
        if row is not None:
            url = reverse(f"admin:partners_{model._meta.model_name}_delete", args=[row.pk])
            assert adam.post(url, {"post": "yes"}).status_code == 403
        listed = adam.get(reverse(f"admin:partners_{model._meta.model_name}_changelist"))
        assert b"delete_selected" not in listed.content

    @pytest.mark.parametrize(
        "model",
        [
            *["assignment", "stageperiod", "timelineentry", "interaction", "contextgrant"],
            *["gatereview", "submission", "signature", "sectionjudgment", "waiver"],
        ],
    )
    def test_histories_are_only_read(self, cast: Cast, adam: Client, model: str) -> None:
        assert adam.get(reverse(f"admin:partners_{model}_add")).status_code == 403

    def test_pages_keep_the_content_security_policy(self, cast: Cast, adam: Client) -> None:
        for url in (LIST, page_of(cast.northwind), reverse("admin:partners_organization_add")):
            answer = adam.get(url)
            text = answer.content.decode()
            assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
            assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", text)
            assert not re.findall(r"\son\w+=\"|<style\b|\sstyle=\"", text)

    def test_the_cost_of_a_list_does_not_follow_its_rows(
        self, cast: Cast, adam: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _number in range(30):
            make_partner(owners={"pam": cast.ana, "tam": cast.tom})
        with django_assert_max_num_queries(14):
            adam.get(LIST)


class TestOrganizations:
    def test_an_edit_is_a_use_case(self, cast: Cast, adam: Client) -> None:
        url = page_of(cast.northwind)
        answer = adam.post(url, fields_of(adam, url, industry="Robots", arr="250000"))
        assert answer.status_code == 302
        cast.northwind.refresh_from_db()
        assert (cast.northwind.industry, cast.northwind.version) == ("Robots", 2)
        assert cast.northwind.facts.arr_segment == "enterprise"
        assert ("organization.edited", "Adam Root", "admin") in verbs(cast.northwind)

    def test_saving_nothing_changes_nothing(self, cast: Cast, adam: Client) -> None:
        url = page_of(cast.northwind)
        assert adam.post(url, fields_of(adam, url)).status_code == 302
        assert verbs(cast.northwind) == []
        assert Organization.objects.get(pk=cast.northwind.pk).version == 1

    def test_somebody_was_faster(self, cast: Cast, adam: Client) -> None:
        url = page_of(cast.northwind)
        late = fields_of(adam, url, industry="Robots")
        adam.post(url, fields_of(adam, url, industry="Rockets"))
        answer = adam.post(url, late)
        assert answer.status_code == 200
        assert "Industry: Rockets" in answer.content.decode()
        assert Organization.objects.get(pk=cast.northwind.pk).industry == "Rockets"
        # What was shown now is the base of the next save.
        assert adam.post(url, fields_of(adam, url, industry="Robots")).status_code == 302

    def test_stage_and_kind_are_not_fields(self, cast: Cast, adam: Client) -> None:
        url = page_of(cast.northwind)
        adam.post(url, fields_of(adam, url, stage="post_launch", kind="customer", archived_at="2026-01-01"))
        row = Organization.objects.get(pk=cast.northwind.pk)
        assert (row.stage, row.kind, row.archived_at) == ("gate_3", "partner", None)

    def test_adding_goes_on_to_its_owners(self, cast: Cast, adam: Client) -> None:
        url = reverse("admin:partners_organization_add")
        values = fields_of(adam, url, kind="customer", name="Hazel", currency="EUR", arr="70000", _continue="1")
        assert adam.post(url, values).status_code == 302
        made = Organization.objects.get(name="Hazel")
        assert (made.stage, made.facts.arr_segment) == ("pre_sales", "mid_market")
        assert made.stage_periods.count() == 1
        assert ("organization.created", "Adam Root", "admin") in verbs(made)

    def test_a_wrong_time_zone_is_an_error_of_the_form(self, cast: Cast, adam: Client) -> None:
        url = page_of(cast.northwind)
        answer = adam.post(url, fields_of(adam, url, timezone="Mars/Olympus"))
        assert answer.status_code == 200
        assert Organization.objects.get(pk=cast.northwind.pk).timezone == "UTC"

    def test_search_and_filters(self, cast: Cast, adam: Client) -> None:
        make_partner("gate_1", name="Aurora", owners={"pam": cast.ana})

        def found(query: str) -> set[str]:
            return {row.name for row in adam.get(f"{LIST}?{query}").context["cl"].queryset}

        assert found("q=auro") == {"Aurora"}
        assert found("kind__exact=customer") == {"Birch"}
        assert found("stage__exact=gate_3") == {"Northwind"}
        assert found("without=tam") == {"Aurora"}
        assert found("without=csm") == {"Aurora", "Northwind"}
        assert found("without=nonsense") == {"Aurora", "Birch", "Northwind"}

    def test_the_history_is_the_audit_trail(self, cast: Cast, adam: Client) -> None:
        url = page_of(cast.northwind)
        adam.post(url, fields_of(adam, url, industry="<b>Robots</b>"))
        text = adam.get(reverse("admin:partners_organization_history", args=[cast.northwind.pk])).content.decode()
        assert "organization.edited" in text
        assert "&lt;b&gt;Robots" in text
        assert adam.get(reverse("admin:partners_organization_history", args=[10**9])).status_code == 404


class TestOwnersInline:
    def post(self, client: Client, organization: Organization, **changes: Any) -> Any:
        url = page_of(organization)
        return client.post(url, fields_of(client, url, **changes))

    def row_of(self, client: Client, organization: Organization, user: Any) -> str:
        """The prefix of a person's row, such as "assignments-2"."""
        formset = client.get(page_of(organization)).context["inline_admin_formsets"][0].formset
        found: str = next(form.prefix for form in formset.initial_forms if form.instance.user_id == user.pk)
        return found

    def new_row(self, client: Client, organization: Organization) -> str:
        formset = client.get(page_of(organization)).context["inline_admin_formsets"][0].formset
        prefix: str = formset.extra_forms[0].prefix
        return prefix

    def test_a_new_row_assigns(self, cast: Cast, adam: Client) -> None:
        row = self.new_row(adam, cast.northwind)
        fields = {f"{row}-user": cast.otto.pk, f"{row}-role": "tam", f"{row}-reason": "Cover"}
        answer = self.post(adam, cast.northwind, **fields)
        assert answer.status_code == 302, answer.context["errors"]
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True, "Otto Brandt": False}
        assert [verb for verb, _who, _via in verbs(cast.northwind)] == ["assignment.started"]
        assert Notification.objects.filter(user=cast.otto).count() == 1

    def test_a_new_primary_takes_the_place(self, cast: Cast, adam: Client) -> None:
        row = self.new_row(adam, cast.northwind)
        fields = {f"{row}-user": cast.otto.pk, f"{row}-role": "tam", f"{row}-is_primary": "on"}
        assert self.post(adam, cast.northwind, **fields).status_code == 302
        assert holders(cast.northwind, "tam") == {"Tom Okafor": False, "Otto Brandt": True}

    def test_who_does_not_hold_the_role_is_an_error_of_the_row(self, cast: Cast, adam: Client) -> None:
        row = self.new_row(adam, cast.northwind)
        answer = self.post(adam, cast.northwind, **{f"{row}-user": cast.carl.pk, f"{row}-role": "tam"})
        assert answer.status_code == 200
        assert "Carl Lindqvist does not hold the role" in answer.content.decode()
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True}

    def test_roles_are_those_of_the_kind(self, cast: Cast, adam: Client) -> None:
        row = self.new_row(adam, cast.birch)
        answer = self.post(adam, cast.birch, **{f"{row}-user": cast.ana.pk, f"{row}-role": "pam"})
        assert answer.status_code == 200
        assert holders(cast.birch, "pam") == {}

    def test_the_last_owner_goes_only_where_that_is_said(self, cast: Cast, adam: Client) -> None:
        row = self.row_of(adam, cast.northwind, cast.tom)
        answer = self.post(adam, cast.northwind, **{f"{row}-DELETE": "on"})
        assert answer.status_code == 200
        assert "Tom Okafor is the last TAM" in answer.content.decode()
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True}
        answer = self.post(adam, cast.northwind, **{f"{row}-DELETE": "on", f"{row}-leave_empty": "on"})
        assert answer.status_code == 302
        assert holders(cast.northwind, "tam") == {}
        assert Assignment.objects.get(organization=cast.northwind, user=cast.tom).ended_by == cast.adam

    def test_one_comes_and_one_goes_in_one_save(self, cast: Cast, adam: Client) -> None:
        gone, row = self.row_of(adam, cast.northwind, cast.tom), self.new_row(adam, cast.northwind)
        fields = {f"{row}-user": cast.otto.pk, f"{row}-role": "tam", f"{row}-is_primary": "on", f"{gone}-DELETE": "on"}
        assert self.post(adam, cast.northwind, **fields).status_code == 302
        assert holders(cast.northwind, "tam") == {"Otto Brandt": True}

    def test_the_primary_place_changes_hands(self, cast: Cast, adam: Client) -> None:
        make_assignment(cast.northwind, cast.otto, "tam", is_primary=False)
        row, first = self.row_of(adam, cast.northwind, cast.otto), self.row_of(adam, cast.northwind, cast.tom)
        assert self.post(adam, cast.northwind, **{f"{row}-is_primary": "on"}).status_code == 302
        assert holders(cast.northwind, "tam") == {"Tom Okafor": False, "Otto Brandt": True}
        url = page_of(cast.northwind)
        values = fields_of(adam, url)
        first = self.row_of(adam, cast.northwind, cast.otto)
        values.pop(f"{first}-is_primary")
        answer = adam.post(url, values)
        assert "steps back by it" in answer.content.decode()

    def test_rows_there_are_cannot_be_rewritten(self, cast: Cast, adam: Client) -> None:
        row = self.row_of(adam, cast.northwind, cast.tom)
        self.post(adam, cast.northwind, **{f"{row}-user": cast.otto.pk, f"{row}-role": "psm"})
        assert holders(cast.northwind, "tam") == {"Tom Okafor": True}

    def test_those_before_are_shown_and_not_written(self, cast: Cast, adam: Client) -> None:
        make_assignment(
            cast.northwind, cast.otto, "tam", started_at=NOW - timedelta(days=99), ended_at=NOW - timedelta(days=50)
        )
        page = adam.get(page_of(cast.northwind))
        assert "Otto Brandt" in page.content.decode()
        assert not page.context["inline_admin_formsets"][1].has_change_permission


class TestInBulk:
    @pytest.fixture
    def three(self, cast: Cast) -> list[Organization]:
        return [
            cast.northwind,
            make_partner("gate_1", name="Aurora", owners={"pam": cast.ana}),
            make_customer(name="Cedar", owners={"csm": cast.carl}),
        ]

    def send(self, client: Client, rows: list[Organization], **fields: Any) -> Any:
        return client.post(LIST, {"action": "assign_owner", "_selected_action": [row.pk for row in rows], **fields})

    def test_first_the_question(self, cast: Cast, adam: Client, three: list[Organization]) -> None:
        answer = self.send(adam, three)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "3 organizations are selected" in text
        assert "Aurora" in text
        assert holders(three[1], "tam") == {}

    def test_then_what_would_happen(self, cast: Cast, adam: Client, three: list[Organization]) -> None:
        answer = self.send(adam, three, step="preview", user=cast.olga.pk, role="pam", is_primary="on")
        text = answer.content.decode()
        assert "2 organizations get this owner" in text
        assert "<strong>Cedar</strong>" in text
        assert holders(three[1], "pam") == {"Ana Silva": True}
        assert not Notification.objects.exists()

    def test_then_it_happens(self, cast: Cast, adam: Client, three: list[Organization]) -> None:
        answer = self.send(
            adam, three, step="assign", user=cast.olga.pk, role="pam", is_primary="on", reason="Territory"
        )
        assert answer.status_code == 302
        assert holders(three[0], "pam") == {"Ana Silva": False, "Olga Petrenko": True}
        assert holders(three[1], "pam") == {"Ana Silva": False, "Olga Petrenko": True}
        said = [str(message) for message in adam.get(LIST).context["messages"]]
        assert said[0] == "2 organizations assigned."
        assert said[1].startswith("Cedar: ")
        assert Notification.objects.get(user=cast.olga).title == "You are now PAM of 2 organizations"

    def test_who_does_not_fit_is_an_error_of_the_form(
        self, cast: Cast, adam: Client, three: list[Organization]
    ) -> None:
        answer = self.send(adam, three, step="assign", user=cast.carl.pk, role="pam")
        assert answer.status_code == 200
        assert "Carl Lindqvist does not hold the role" in answer.content.decode()
        answer = self.send(adam, three, step="assign", user=cast.connie.pk, role="pam")
        assert answer.context["form"].errors["user"]

    def test_all_of_a_filtered_list(self, cast: Cast, adam: Client, three: list[Organization]) -> None:
        for number in range(60):
            make_partner("gate_1", name=f"Many {number}")
        fields = {"action": "assign_owner", "select_across": "1", "_selected_action": [three[1].pk]}
        page = adam.post(f"{LIST}?stage__exact=gate_1", fields)
        assert "61 organizations are selected" in page.content.decode()
        assert page.content.decode().count('name="_selected_action"') == 1
        again = {**fields, "step": "assign", "user": cast.paul.pk, "role": "pdm"}
        assert adam.post(f"{LIST}?stage__exact=gate_1", again).status_code == 302
        held = Assignment.objects.active().filter(user=cast.paul, role="pdm", organization__stage="gate_1")
        assert held.count() == 61


class TestContacts:
    def test_add_and_edit_are_use_cases(self, cast: Cast, adam: Client) -> None:
        url = reverse("admin:partners_contact_add")
        values = fields_of(adam, url, organization=cast.birch.pk, name="Wanda Ng", email="Wanda@birch.example")
        assert adam.post(url, values).status_code == 302
        made = Contact.objects.get(name="Wanda Ng")
        assert (made.email, made.is_primary) == ("wanda@birch.example", True)
        url = page_of(made)
        assert adam.post(url, fields_of(adam, url, job_title="CTO")).status_code == 302
        made.refresh_from_db()
        assert (made.job_title, made.version) == ("CTO", 2)
        assert [verb for verb, _who, _via in verbs(cast.birch)] == ["contact.added", "contact.edited"]

    def test_a_taken_address_saves_nothing_and_says_so(self, cast: Cast, adam: Client) -> None:
        other = make_contact(cast.northwind, name="Other")
        url = page_of(other)
        answer = adam.post(url, fields_of(adam, url, email=cast.connie_contact.email), follow=True)
        assert "this e-mail address" in answer.content.decode()
        assert Contact.objects.get(pk=other.pk).email != cast.connie_contact.email

    def test_archive_and_restore_the_selected(self, cast: Cast, adam: Client) -> None:
        url = reverse("admin:partners_contact_changelist")
        adam.post(url, {"action": "archive", "_selected_action": [cast.connie_contact.pk]})
        assert Contact.objects.get(pk=cast.connie_contact.pk).archived_at is not None
        adam.post(url, {"action": "restore", "_selected_action": [cast.connie_contact.pk]})
        assert Contact.objects.get(pk=cast.connie_contact.pk).archived_at is None


def test_a_form_sent_twice_makes_one_row(adam: Client, cast: Cast) -> None:
    url = reverse("admin:partners_organization_add")
    key = adam.get(url).content.decode().split('name="sent_key" value="')[1].split('"')[0]
    sent = fields_of(adam, url, kind="partner", name="Twice", sent_key=key)
    first, second = (adam.post(url, sent) for _time in range(2))
    assert Organization.objects.filter(name="Twice").count() == 1, first.content
    assert (second.status_code, second["Location"]) == (302, first["Location"])
