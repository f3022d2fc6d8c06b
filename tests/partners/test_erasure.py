"""Export and erase of one contact: all of it is handed out, and afterwards nothing names them anywhere."""

import io
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from accounts.models import Activity, Invitation, Notification, User
from common.errors import DomainError, Missing
from common.models import ImportChange, ImportRun, StoredFile
from partners.models import (
    CommitmentChange,
    Contact,
    Interaction,
    InteractionContact,
    InteractionDraft,
    Organization,
    TimelineEntry,
)
from partners.services import contacts
from partners.services.erasure import NEUTRAL_NAME, Erased, erase_person
from partners.services.person_records import export_person, find_person
from tests.cast import Cast
from tests.factories.partners import make_contact, make_customer, make_entry, make_interaction
from tests.factories.tasks import make_commitment, make_note, make_run, make_task

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REASON = "asked for in writing on March 1"
# Whatever points at a contact or a portal user has to be thought of by export and erasure.
KNOWN = {
    "Contact": {
        *("partners.ContactEvent", "partners.Interaction", "partners.InteractionContact"),
        *("partners.Task", "partners.Commitment", "tickets.Ticket", "partners.SurveyRefusal"),
        "partners.Stakeholder",
    },
    "User": {
        *("partners.Contact", "partners.Assignment", "partners.ContextGrant", "partners.Interaction"),
        # Owned by our own people: no contact is among them.
        *("partners.Task", "partners.Commitment", "partners.Handoff", "partners.Touchpoint"),
        *("partners.Opportunity", "partners.Renewal", "partners.BusinessReview", "partners.SuccessPlan"),
        "partners.ReviewBatch",
        *("partners.CalendarFeed", "partners.RoutineTick"),
        *("reports.SavedReport", "reports.ReportSubscription"),
        *("tickets.Ticket", "tickets.Incident", "tickets.Article", "tickets.Agent"),
        *("accounts.Absence", "accounts.OnCallShift"),
        *("accounts.TrainingRecord", "accounts.Export"),
        *("accounts.RoleGrant", "accounts.ApiToken", "accounts.Notification", "accounts.NotificationPreference"),
        *("accounts.SavedView", "accounts.Membership", "admin.LogEntry", "pghistory.MiddlewareEvents"),
        *("account.EmailAddress", "mfa.Authenticator", "socialaccount.SocialAccount", "usersessions.UserSession"),
    },
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(cast: Cast) -> Contact:
    """Mia Wallace of Northwind, who uses the portal and is all over the place; she had another name once."""
    user = User.objects.create_user("mia@northwind.example", name="Mia Wallace", audience="contact", job_title="CTO")
    mia = make_contact(
        cast.northwind,
        name="Mia Stone",
        email="Mia@northwind.example",
        phone="+49 30 1234567",
        job_title="CTO",
        user=user,
    )
    by = cast.actor("ana")
    contacts.edit_contact(by=by, contact=mia, values={"name": "Mia Wallace"}, version=1, now=NOW)
    contacts.archive_contact(by=by, contact=mia, now=NOW)
    contacts.restore_contact(by=by, contact=mia, now=NOW)
    call = make_interaction(
        cast.northwind, cast.ana, summary="Call with Mia Wallace", body="mia@northwind.example said"
    )
    InteractionContact.objects.create(organization=cast.northwind, interaction=call, contact=mia)
    Interaction.objects.filter(pk=call.pk).update(body="Mia Stone said yes")
    make_entry(cast.northwind, title="Mia Stone joined the portal", data={"who": "Mia Stone"})
    make_entry(cast.northwind, title="Somebody else")
    Notification.objects.create(
        user=cast.ana, kind="x", title="Mia Wallace wrote", key="k", created_at=NOW, organization_id=cast.northwind.pk
    )
    Notification.objects.create(user=user, kind="x", title="For you", key="k", created_at=NOW)
    Invitation.objects.create(
        email="mia@northwind.example",
        name="Mia Stone",
        audience="contact",
        contact_id=mia.pk,
        token_hash="h",
        invited_by=cast.ana,
        expires_at=NOW + timedelta(days=1),
    )
    file = StoredFile.objects.create(path="i.csv", original_name="i.csv", content_type="c", size=1, sha256="0")
    run = ImportRun.objects.create(kind="contacts", file=file, state="done")
    ImportChange.objects.create(
        run=run, row=2, target_type="contact", target_id=mia.pk, before={"name": "Mia Stone", "role": "other"}
    )
    EmailAddress.objects.create(user=user, email="mia@northwind.example")
    SocialAccount.objects.create(user=user, provider="sso", uid="mia.wallace")
    Authenticator.objects.create(user=user, type="totp", data={})
    mia.refresh_from_db()
    return mia


def erase(key: str, **changed: Any) -> Erased:
    return erase_person(**{"person": find_person(key), "reason": REASON, "now": NOW} | changed)


def tables_that_say(*words: str, but: tuple[str, ...] = ()) -> set[str]:
    """Every table of the database in which a word stands anywhere: no list to forget one in."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)", [list(but)]
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [f'public."{table}"'])
            if not cursor.fetchone()[0]:
                continue
            for word in words:
                cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{word}%"])
                if cursor.fetchone():
                    found.add(table)
    return found


@pytest.mark.parametrize("model", [Contact, User], ids=["Contact", "User"])
def test_everything_that_points_at_a_person_is_thought_of(model: Any) -> None:
    assert {relation.related_model._meta.label for relation in model._meta.related_objects} == KNOWN[model.__name__]


def test_a_person_is_found_by_address_or_id_with_all_their_rows(cast: Cast, mia: Contact) -> None:
    elsewhere = make_contact(make_customer(name="Cedar"), name="M. Wallace", email="mia@northwind.example")
    for key in ("mia@northwind.example", "MIA@Northwind.example", str(mia.public_id)):
        person = find_person(key)
        assert mia.pk in person.contact_ids
        assert person.user == mia.user
    assert elsewhere.pk in find_person("mia@northwind.example").contact_ids


@pytest.mark.parametrize("key", ["nobody@nowhere.example", "not-an-id", "7", "01890000-0000-7000-8000-000000000000"])
def test_nobody_is_said(mia: Contact, key: str) -> None:
    with pytest.raises(Missing):
        find_person(key)


def test_our_own_people_are_not_erased_this_way(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        find_person(cast.tom.email)
    assert refused.value.code == "not_a_contact"


def test_the_export_holds_everything_and_is_recorded(mia: Contact) -> None:
    found = export_person(person=find_person("mia@northwind.example"), now=NOW)
    assert found["contacts"][0]["phone"] == "+49 30 1234567"
    assert {row["name"] for row in found["contacts"][0]["history"]} == {"Mia Stone", "Mia Wallace"}
    assert found["portal_account"]["single_sign_on"][0]["uid"] == "mia.wallace"
    assert [row["summary"] for row in found["interactions"]] == ["Call with Mia Wallace"]
    assert found["timeline"]
    assert found["invitations"][0]["name"] == "Mia Stone"
    assert found["imports"][0]["before"]["name"] == "Mia Stone"
    assert {row["verb"] for row in found["audit_trail"]} >= {"contact.edited", "contact.archived"}
    line = Activity.objects.get(verb="person.exported")
    assert (line.target_id, line.target_name) == (mia.pk, "Contact of Northwind")


def test_after_erasing_no_table_names_the_person(mia: Contact) -> None:
    words = ("Mia Stone", "Mia Wallace", "mia@northwind.example", "1234567", "mia.wallace")
    assert tables_that_say(*words) >= {"partners_contact", "partners_contactevent", "accounts_user"}
    erase("mia@northwind.example")
    assert tables_that_say(*words) == set()


def test_what_happened_stays(cast: Cast, mia: Contact) -> None:
    before = TimelineEntry.objects.filter(organization=cast.northwind).count()
    done = erase(str(mia.public_id))
    mia.refresh_from_db()
    assert (mia.name, mia.email, mia.phone, mia.job_title) == (NEUTRAL_NAME, "", "", "")
    assert mia.archived_at == NOW
    assert TimelineEntry.objects.filter(organization=cast.northwind).count() == before
    assert Interaction.objects.get(summary=f"Call with {NEUTRAL_NAME}").body == f"{NEUTRAL_NAME} said yes"
    assert TimelineEntry.objects.get(data={"who": NEUTRAL_NAME}).title == f"{NEUTRAL_NAME} joined the portal"
    assert TimelineEntry.objects.filter(title="Somebody else").exists()
    assert Organization.objects.get(pk=cast.northwind.pk).version == cast.northwind.version
    assert (done.contacts, done.had_account, done.invitations, done.files, done.trail) == (1, True, 1, 1, 0)
    assert StoredFile.objects.get(path="i.csv").expires_at == NOW


def test_somebody_who_edits_an_interaction_meanwhile_does_not_bring_the_name_back(mia: Contact) -> None:
    before = Interaction.objects.get(summary="Call with Mia Wallace").version
    erase(str(mia.public_id))
    assert Interaction.objects.get(summary=f"Call with {NEUTRAL_NAME}").version == before + 1


def test_the_same_words_elsewhere_stay(cast: Cast, mia: Contact) -> None:
    make_entry(cast.birch, title="Mia Wallace of another company")
    erase(str(mia.public_id))
    assert TimelineEntry.objects.filter(title="Mia Wallace of another company").exists()


def test_portal_access_ends_at_once(mia: Contact, client: Client) -> None:
    assert mia.user is not None
    client.force_login(mia.user)
    assert client.get("/", follow=True).status_code == 200
    erase(str(mia.public_id))
    user = User.objects.get(pk=mia.user_id)
    assert not user.is_active
    assert not user.has_usable_password()
    assert user.email.endswith("@erased.invalid")
    assert not UserSession.objects.filter(user=user).exists()
    assert "/login" in client.get("/", follow=True).redirect_chain[-1][0]


def test_the_trail_says_that_it_happened_and_not_to_whom(mia: Contact) -> None:
    erase(str(mia.public_id))
    lines = Activity.objects.filter(verb="person.erased").order_by("id")
    assert [(line.target_type, line.reason) for line in lines] == [("contact", REASON), ("user", REASON)]


@pytest.mark.parametrize("reason", ["", "  ", "Mia Wallace asked", "mia@northwind.example wrote"])
def test_a_reason_is_needed_and_names_nobody(mia: Contact, reason: str) -> None:
    with pytest.raises(DomainError) as refused:
        erase(str(mia.public_id), reason=reason)
    assert refused.value.field == "reason"
    assert Contact.objects.get(pk=mia.pk).name == "Mia Wallace"


def test_erasing_twice_changes_nothing_more(mia: Contact) -> None:
    erase(str(mia.public_id))
    again = erase(str(mia.public_id))
    assert (again.contacts, again.texts, again.invitations) == (1, 0, 1)


def test_a_contact_without_an_account_and_with_hardly_a_name(cast: Cast) -> None:
    bo = make_contact(cast.northwind, name="Bo", email="")
    done = erase(str(bo.public_id))
    assert (done.contacts, done.had_account) == (1, False)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("person", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_exports_into_a_file_of_ones_own(mia: Contact, tmp_path: Path) -> None:
    path = tmp_path / "mia.json"
    assert "1 contacts" in run("export", "mia@northwind.example", "--out", str(path))
    assert json.loads(path.read_text())["contacts"][0]["name"] == "Mia Wallace"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="there already"):
        run("export", "mia@northwind.example", "--out", str(path))


@pytest.mark.parametrize("answer", ["", "no", "y", None])
def test_the_command_asks_first(mia: Contact, monkeypatch: pytest.MonkeyPatch, answer: str | None) -> None:
    def reply() -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", reply)
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("erase", "mia@northwind.example", "--reason", REASON)
    assert Contact.objects.get(pk=mia.pk).name == "Mia Wallace"


def test_the_command_erases(mia: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda: "erase")
    assert "Erased: 1 contacts and their portal account" in run("erase", str(mia.public_id), "--reason", REASON)
    with pytest.raises(CommandError, match="Nobody is known"):
        run("erase", "mia@northwind.example", "--reason", REASON, "--yes")


def test_history_rows_are_those_of_pghistory() -> None:
    assert {apps.get_model("partners", name)._meta.db_table for name in ("ContactEvent", "InteractionEvent")} == {
        "partners_contactevent",
        "partners_interactionevent",
    }


def test_words_beside_tasks_promises_and_plays_name_nobody(cast: Cast, mia: Contact) -> None:
    task = make_task(cast.northwind, title="Ask Mia Wallace", description="Call +49 30 1234567", contact=mia)
    note = make_note(task, "Mia Wallace said yes", added_by=mia.user)
    promise = make_commitment(cast.northwind, title="Mia Wallace sends it", contact=mia)
    run = make_run(cast.northwind, reason="Mia Wallace left")
    moved = CommitmentChange.objects.create(
        organization=cast.northwind,
        commitment=promise,
        was_due_on=promise.due_on,
        due_on=promise.due_on,
        reason="Mia Wallace is ill",
        changed_at=NOW,
    )
    draft = InteractionDraft.objects.create(
        organization=cast.northwind, user=cast.tom, values={"body": ["Mia Wallace, +49 30 1234567"]}, saved_at=NOW
    )
    found = export_person(person=find_person("mia@northwind.example"), now=NOW)
    assert [row["title"] for row in found["tasks"]] == ["Ask Mia Wallace"]
    assert [row["note"] for row in found["evidence"]] == ["Mia Wallace said yes"]
    assert [row["title"] for row in found["commitments"]] == ["Mia Wallace sends it"]
    erase_person(person=find_person("mia@northwind.example"), reason=REASON, now=NOW)
    for row in (task, note, promise, run, moved, draft):
        row.refresh_from_db()
    written = (
        task.title,
        task.description,
        note.note,
        promise.title,
        run.reason,
        moved.reason,
        draft.values["body"][0],
    )
    assert [words for words in written if "Mia" in words or "1234567" in words] == []
    assert task.title == f"Ask {NEUTRAL_NAME}"
    for model in ("TaskEvent", "CommitmentEvent"):
        events = apps.get_model("partners", model)._default_manager.all()
        assert not events.filter(title__contains="Mia").exists()
