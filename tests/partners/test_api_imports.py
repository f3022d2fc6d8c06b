"""The CSV import through the API: upload as a form or as it is, map, check, apply, undo."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from common.models import ImportRun, StoredFile
from partners.imports import execution
from partners.models import Organization
from tests.cast import Cast
from tests.hub.api_world import BASE, call, token_of
from tests.partners.import_world import rejected, table

IMPORTS = f"{BASE}/imports/"
CONTENT = table(("id", "company", "land"), ("a1", "Alder", "de"), ("b2", "Bramble", "Germany"))


def raw(user: User, content: bytes, query: str = "kind=organizations&name=crm.csv", *, scope: str = "write") -> Any:
    headers = {"Authorization": f"Bearer {token_of(user, scope)}"}
    return Client().generic("POST", f"{IMPORTS}?{query}", content, "text/csv; charset=utf-8", headers=headers)


def work() -> None:
    for run in ImportRun.objects.all():
        execution.run_queued(run_id=run.pk, now=timezone.now())


def test_a_file_goes_in_by_calls(cast: Cast) -> None:
    made = raw(cast.adam, CONTENT)
    assert made.status_code == 201
    found = made.json()
    assert (found["state"], found["file_name"], found["kind"]) == ("uploaded", "crm.csv", "organizations")
    assert found["columns"][1] == {"name": "company", "samples": ["Alder", "Bramble"]}
    assert found["mapping"]["columns"] == {"id": "external_key", "company": "name"}
    kinds = {field["name"]: field for field in found["fields_known"]}
    assert kinds["kind"]["choices"] == ["partner", "customer"]

    one = f"{IMPORTS}{found['id']}/"
    mapping = {"columns": {**found["mapping"]["columns"], "land": "country"}, "constants": {"kind": "customer"}}
    assert call(cast.adam, "patch", one, {"mapping": mapping}).status_code == 428
    mapped = call(cast.adam, "patch", one, {"mapping": mapping}, **{"If-Match": made["ETag"]})
    assert (mapped.status_code, mapped.json()["mapping"]["columns"]["land"]) == (200, "country")
    late = call(cast.adam, "patch", one, {"skip_bad_rows": True}, **{"If-Match": made["ETag"]})
    assert late.status_code == 412

    checking = call(cast.adam, "post", f"{one}check/")
    assert (checking.status_code, checking.json()["state"]) == (202, "checking")
    assert call(cast.adam, "post", f"{one}apply/").json()["code"] == "working"
    work()
    checked = call(cast.adam, "get", one)
    assert (checked.json()["state"], checked.json()["rows_total"], checked.json()["rows_rejected"]) == ("checked", 2, 1)
    assert checked.json()["errors"] == [
        {"row": 3, "column": "land", "field": "country", "found": "Germany", "expected": "a code of 2 letters"}
    ]
    assert not Organization.objects.filter(external_key="a1").exists()

    call(cast.adam, "patch", one, {"skip_bad_rows": True}, **{"If-Match": checked["ETag"]})
    assert call(cast.adam, "post", f"{one}apply/").status_code == 202
    work()
    done = call(cast.adam, "get", one).json()
    assert (done["state"], done["rows_created"], done["has_rejected"]) == ("done", 1, True)
    file = call(cast.adam, "get", f"{one}rejected/")
    assert file.content == rejected(ImportRun.objects.get())
    assert "attachment" in file["Content-Disposition"]

    assert call(cast.adam, "post", f"{one}undo/").json()["state"] == "undoing"
    work()
    assert call(cast.adam, "get", one).json()["state"] == "undone"
    assert call(cast.adam, "post", f"{one}undo/").json()["code"] == "not_done"
    assert not Organization.objects.current().filter(external_key="a1").exists()


def test_a_form_is_taken_too(cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {token_of(cast.adam)}"}
    file = SimpleUploadedFile("form.csv", CONTENT)
    made = Client().post(IMPORTS, {"kind": "organizations", "file": file}, headers=headers)
    assert (made.status_code, made.json()["file_name"]) == (201, "form.csv")
    both = {"kind": "organizations", "file": SimpleUploadedFile("form.csv", CONTENT), "on": "id=of"}
    both["beside"] = SimpleUploadedFile("more.csv", b"of,town\na1,Ulm\n")
    joined = Client().post(IMPORTS, both, headers=headers).json()
    assert joined["columns"][3] == {"name": "town", "samples": ["Ulm"]}
    both |= {"file": SimpleUploadedFile("form.csv", CONTENT), "beside": SimpleUploadedFile("more.csv", b"PK\x03\x04")}
    assert Client().post(IMPORTS, both, headers=headers).json()["errors"][0]["field"] == "beside"


@pytest.mark.parametrize(
    ("query", "content", "field"),
    [
        ("kind=organizations", b"", "file"),
        ("kind=organizations", b"PK\x03\x04", "file"),
        ("kind=organizations", b"a,a\n1,2\n", "file"),
        ("kind=planets", CONTENT, "kind"),
        ("", CONTENT, "kind"),
    ],
)
def test_bad_uploads_are_refused_at_their_field(cast: Cast, query: str, content: bytes, field: str) -> None:
    answer = raw(cast.adam, content, query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(
    "mapping",
    [
        {"columns": {"nothing": "name"}},
        {"columns": {"id": "password"}},
        {"columns": {"id": "name", "company": "name"}},
        {"columns": ["id"]},
        {"columns": {"id": None}},
        {"constants": {"version": "9"}},
        {"constants": {"name": "N\0ul"}},
        {"constants": {"currency": "euros"}},
        {"constants": {"name": "\ud800"}},
        {"templates": {"name": "{gone}"}},
        {"factors": {"arr": "NaN"}},
        {"factors": {"name": "2"}},
        {"values": {"name": "x"}},
        {"date_order": "XYZ"},
        "text",
    ],
)
def test_mappings_that_cannot_be(cast: Cast, mapping: Any) -> None:
    made = raw(cast.adam, CONTENT)
    one = f"{IMPORTS}{made.json()['id']}/"
    answer = call(cast.adam, "patch", one, {"mapping": mapping}, **{"If-Match": made["ETag"]})
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert json.loads(call(cast.adam, "get", one).content)["mapping"] == made.json()["mapping"]


@pytest.mark.parametrize("who", ["tom", "ana", "max"])
def test_imports_are_for_those_who_import(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    made = raw(cast.adam, CONTENT).json()
    assert raw(person, CONTENT).status_code == 403
    assert call(person, "get", IMPORTS).status_code == 403
    for method, tail in (("get", ""), ("post", "check/"), ("post", "apply/"), ("post", "undo/"), ("get", "rejected/")):
        assert call(person, method, f"{IMPORTS}{made['id']}/{tail}").status_code == 403
    assert raw(cast.adam, CONTENT, scope="read").status_code == 403
    assert StoredFile.objects.count() == 1


def test_the_list_narrows_by_kind_and_state(cast: Cast) -> None:
    raw(cast.adam, CONTENT)
    raw(cast.adam, table(("organization", "name"), ("Northwind", "Kim")), "kind=contacts")
    assert len(call(cast.adam, "get", IMPORTS).json()["results"]) == 2
    [one] = call(cast.adam, "get", f"{IMPORTS}?kind=contacts&state=uploaded").json()["results"]
    assert (one["kind"], one["file_name"]) == ("contacts", "import.csv")
    assert call(cast.adam, "get", f"{IMPORTS}?state=done").json()["results"] == []
