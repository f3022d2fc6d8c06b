"""What makes something makes it once, however often its form or its call arrives."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Invitation, SavedView, WorkCalendar
from common.models import ImportRun, SentKey
from common.openapi import calls
from common.sent_once import FIELD
from health.models import EpisodeEntry
from hub import checks
from partners.models import Assignment, Commitment, Contact, ContextGrant, Interaction, Organization, Task
from reports.models import ReportSubscription, SavedReport
from tests.cast import Cast
from tests.hub.api_world import BASE, call, make_world
from tests.hub.test_api_scope import DESCRIPTION

_HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00") | {"sat": "closed", "sun": "closed"}
_CALENDAR = {"timezone": "Europe/Berlin", "action": "save", **_HOURS}
# Page, who sends its form, what is sent, what it makes.
FORMS: dict[str, tuple[str, str, dict[str, str], Any]] = {
    "organization": ("/organizations/new/?kind=partner", "adam", {"name": "Twice"}, Organization),
    "contact": ("/organizations/{northwind}/contacts/new/", "ana", {"name": "Kim"}, Contact),
    # Its moment is the present one unless it is said, and a second may pass between the two.
    "interaction": (
        "/organizations/{northwind}/log/",
        "tom",
        {"kind": "call", "summary": "Hello", "happened_at": "2026-03-02T09:00"},
        Interaction,
    ),
    "owner": ("/organizations/{northwind}/owners/new/", "adam", {"role": "tam", "user": "Otto Brandt"}, Assignment),
    "task": ("/organizations/{northwind}/tasks/new/", "tom", {"title": "Call Kim", "court": "us"}, Task),
    "promise": (
        "/organizations/{northwind}/commitments/new/",
        "tom",
        {"title": "Send it", "side": "us", "due_on": "2026-04-01"},
        Commitment,
    ),
    "saved report": ("/reports/tam/save/", "tom", {"name": "Mine"}, SavedReport),
    "report by mail": ("/reports/tam/mail/", "tom", {"hour": "9"}, ReportSubscription),
    "view": ("/organizations/views/new/", "tom", {"name": "Mine"}, SavedView),
    "calendar": ("/calendars/new/", "adam", {"name": "Berlin", **_CALENDAR}, WorkCalendar),
    "invitation": (
        "/people/invite/",
        "adam",
        {"name": "New", "email": "new@vendor.example", "roles": "tam"},
        Invitation,
    ),
    "import": ("/organizations/imports/new/", "adam", {"kind": "organizations"}, ImportRun),
}


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def filled(page: Any) -> dict[str, Any]:
    """What a browser would send back without a change."""
    values = {bound.html_name: bound.value() for bound in page.context["form"]}
    return {name: value for name, value in values.items() if value not in (None, "", False)}


@pytest.fixture
def send(cast: Cast) -> Callable[..., Any]:
    """Send the form of a page: `send("contact", key=..., name="Other")`."""
    clients: dict[str, Client] = {}

    def post(form: str, *, key: str, **changes: str) -> Any:
        path, who, sent, _made = FORMS[form]
        client = clients.setdefault(who, signed_in(cast, who))
        file = {"file": SimpleUploadedFile("a.csv", b"id,name\n1,Alder\n")} if form == "import" else {}
        address = path.format(northwind=cast.northwind.public_id)
        return client.post(address, {**filled(client.get(address)), **sent, **changes, **file, FIELD: key})

    return post


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_twice_makes_one_thing(cast: Cast, send: Any, form: str) -> None:
    made, key = FORMS[form][3], str(uuid4())
    before = made.objects.count()
    first, second = send(form, key=key), send(form, key=key)
    assert made.objects.count() == before + 1, first
    assert (second.status_code, second["Location"]) == (302, first["Location"])


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_every_such_form_has_a_key_of_its_own(cast: Cast, form: str) -> None:
    path, who, _sent, _made = FORMS[form]
    client = signed_in(cast, who)
    pages = [client.get(path.format(northwind=cast.northwind.public_id)).content.decode() for _time in range(2)]
    keys = {page.split(f'name="{FIELD}" value="')[1].split('"')[0] for page in pages}
    assert len(keys) == 2


@pytest.mark.django_db
def test_a_form_mended_after_a_fault_is_taken_with_the_same_key(cast: Cast, send: Any) -> None:
    key = str(uuid4())
    refused = send("contact", key=key, name="")
    assert refused.status_code == 422
    assert f'value="{key}"' in refused.content.decode()
    assert not SentKey.objects.exists()
    assert send("contact", key=key).status_code == 302
    assert Contact.objects.filter(name="Kim").count() == 1


@pytest.mark.django_db
def test_going_back_and_writing_something_else_makes_a_second_thing(cast: Cast, send: Any) -> None:
    key = str(uuid4())
    send("contact", key=key)
    send("contact", key=key, name="Lee")
    assert set(Contact.objects.filter(name__in=("Kim", "Lee")).values_list("name", flat=True)) == {"Kim", "Lee"}


@pytest.mark.django_db
def test_the_repeat_says_so(cast: Cast, send: Any) -> None:
    key = str(uuid4())
    send("interaction", key=key)
    messages = [str(message) for message in send("interaction", key=key).wsgi_request._messages]
    assert "This was saved already; nothing was made twice." in messages


@pytest.mark.django_db
def test_a_key_is_no_way_to_what_somebody_else_made(cast: Cast, send: Any) -> None:
    key = str(uuid4())
    send("organization", key=key)
    other = signed_in(cast, "max").post("/organizations/new/?kind=partner", {"name": "Twice", FIELD: key})
    assert Organization.objects.filter(name="Twice").count() == (2 if other.status_code == 302 else 1)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x", "\x00", "1" * 5000, "0F8B7A52-3F0E-4F5C-9D0A-2B6C1D9E7A11"])
def test_a_key_that_is_none_is_passed_over(cast: Cast, send: Any, key: str) -> None:
    assert send("contact", key=key).status_code == 302
    assert not SentKey.objects.exists()


# What is made, the body, and the rows that tell of it.
MADE: dict[str, tuple[str, dict[str, Any], Any]] = {
    "organizations": ("adam", {"kind": "partner", "name": "Twice"}, Organization),
    "contacts": ("ana", {"name": "Kim"}, Contact),
    "interactions": ("tom", {"kind": "call", "summary": "Hello", "happened_at": "2026-03-01T10:00:00Z"}, Interaction),
    "assignments": ("adam", {"role": "tam"}, Assignment),
    "context-grants": ("tom", {"reason": "To know"}, ContextGrant),
    "tasks": ("tom", {"title": "Call Kim"}, Task),
    "commitments": ("tom", {"title": "Send it", "due_on": "2026-04-01"}, Commitment),
    "saved-reports": ("tom", {"report": "tam", "name": "Mine"}, SavedReport),
    "report-subscriptions": ("tom", {"report": "tam"}, ReportSubscription),
    "saved-views": ("tom", {"page": "organizations", "name": "Mine"}, SavedView),
}


def address(cast: Cast, noun: str) -> str:
    if noun in ("organizations", "saved-views", "saved-reports", "report-subscriptions"):
        return f"{BASE}/{noun}/"
    return f"{BASE}/organizations/{cast.northwind.public_id}/{noun}/"


def make(cast: Cast, noun: str, key: str, **changes: Any) -> Any:
    who, body, _made = MADE[noun]
    extra = {"user": str(cast.otto.public_id)} if noun == "assignments" else {}
    return call(
        getattr(cast, who), "post", address(cast, noun), {**body, **extra, **changes}, **{"Idempotency-Key": key}
    )


@pytest.mark.django_db
@pytest.mark.parametrize("noun", MADE)
def test_a_call_repeated_with_its_key_makes_one_thing(cast: Cast, noun: str) -> None:
    rows = MADE[noun][2].objects
    before = rows.count()
    first, second = make(cast, noun, "key-1"), make(cast, noun, "key-1")
    assert (first.status_code, second.status_code) == (201, 201), first.content
    assert rows.count() == before + 1
    assert second.json() == first.json()
    assert second.get("ETag") == first.get("ETag") or "ETag" not in first
    assert make(cast, noun, "key-2").status_code in (201, 400)


@pytest.mark.django_db
def test_an_action_that_adds_something_adds_it_once(cast: Cast) -> None:
    world = make_world(cast)
    here = f"organizations/{cast.northwind.public_id}"
    promise = {"title": "Send", "side": "us", "due_on": "2099-04-01"}
    added: tuple[tuple[str, dict[str, str], Any, int], ...] = (
        (f"{here}/success-plans/{world.ids['success-plans']}/steps", {"title": "Call Kim"}, Task, 201),
        (f"{here}/reviews/{world.ids['reviews']}/actions", promise, Commitment, 201),
        (f"alerts/{world.ids['alerts']}/note", {"text": "Seen"}, EpisodeEntry, 200),
    )
    for place, body, rows, status in added:
        before, address = rows.objects.count(), f"{BASE}/{place}/"
        sent = [call(cast.tom, "post", address, body, **{"Idempotency-Key": place[-9:]}) for _time in range(2)]
        assert [answer.status_code for answer in sent] == [status, status], (place, sent[1].content)
        assert sent[0].json()["id"] == sent[1].json()["id"]
        assert rows.objects.count() == before + 1
        other = call(
            cast.tom, "post", address, body | {"title": "Other", "text": "Other"}, **{"Idempotency-Key": place[-9:]}
        )
        assert other.status_code == 422


@pytest.mark.django_db
def test_an_upload_repeated_with_its_key_is_one_import(cast: Cast) -> None:
    def upload(content: bytes) -> Any:
        client = signed_in(cast, "adam")
        sent = {"kind": "organizations", "file": SimpleUploadedFile("a.csv", content)}
        return client.post(f"{BASE}/imports/", sent, headers={"Idempotency-Key": "one"})

    first, second = upload(b"id,name\n1,Alder\n"), upload(b"id,name\n1,Alder\n")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert upload(b"id,name\n1,Birch\n").status_code == 422
    assert ImportRun.objects.count() == 1


@pytest.mark.django_db
def test_a_key_with_another_body_is_refused(cast: Cast) -> None:
    make(cast, "contacts", "key-1")
    answer = make(cast, "contacts", "key-1", name="Lee")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert not Contact.objects.filter(name="Lee").exists()


@pytest.mark.django_db
def test_a_call_that_failed_leaves_its_key_free(cast: Cast) -> None:
    assert make(cast, "contacts", "key-1", name="").status_code == 400
    assert make(cast, "contacts", "key-1").status_code == 201


@pytest.mark.django_db
def test_a_repeat_shows_no_more_than_its_caller_may_see_now(cast: Cast) -> None:
    make(cast, "interactions", "key-1")
    Assignment.objects.filter(organization=cast.northwind, user=cast.tom).delete()
    assert make(cast, "interactions", "key-1").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["a b", "ä", "x" * 201])
def test_a_header_that_is_no_key_is_refused(cast: Cast, key: str) -> None:
    answer = make(cast, "contacts", key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key")


@pytest.mark.django_db
def test_every_create_of_the_api_takes_a_key(cast: Cast) -> None:
    make_world(cast)
    creates = [operation for _path, _method, operation in calls(DESCRIPTION) if "201" in operation["responses"]]
    assert len(creates) >= len(MADE) + 1
    for operation in creates:
        assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]], operation["operationId"]
        assert "422" in operation["responses"]


def test_every_create_is_marked() -> None:
    unmarked = [
        pattern
        for pattern, entry in checks.url_patterns()
        if "create" in getattr(entry.callback, "actions", {}).values()
        and not getattr(entry.callback.cls.create, "is_idempotent", False)
    ]
    assert unmarked == []
