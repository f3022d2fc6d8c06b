"""The import as its pages show it: upload, mapping, check, apply, undo; and who does not get there."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.models import ImportRun, StoredFile
from partners.imports import execution
from partners.models import Organization
from tests.cast import Cast
from tests.partners.import_world import CUSTOMERS, applied, rejected, table, uploaded

NEW = "/organizations/imports/new/"
LIST = "/organizations/imports/"
HEADER = ("id", "company", "country")
ROWS = (("a1", "Alder", "de"), ("b2", "Bramble", "fr"))


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.adam)
    return client


def upload(client: Client, content: bytes, *, kind: str = "organizations", name: str = "crm.csv") -> Any:
    return client.post(NEW, {"kind": kind, "file": SimpleUploadedFile(name, content, "text/csv")})


def form_of(page: Any) -> dict[str, Any]:
    """What the mapping page would send as it stands."""
    form = page.context["form"]
    return {
        bound.html_name: bound.value()
        for bound in form
        if bound.value() not in (None, "", False) and bound.html_name != "skip_bad_rows"
    }


def work() -> None:
    for run in ImportRun.objects.all():
        execution.run_queued(run_id=run.pk, now=timezone.now())


def test_a_file_goes_in_by_the_pages(admin: Client, cast: Cast) -> None:
    answer = upload(admin, table(HEADER, *ROWS))
    assert answer.status_code == 302
    page = admin.get(answer.url)
    assert page.status_code == 200
    chosen = form_of(page)
    assert [chosen[f"column_{position}"] for position in range(3)] == ["external_key", "name", "country"]
    text = page.content.decode()
    assert "Alder" in text
    assert "Import now" not in text

    checking = admin.post(answer.url, {**chosen, "constant_kind": "customer", "check": "1"})
    assert checking.status_code == 302
    waiting = admin.get(answer.url).content.decode()
    assert "A worker is reading the file" in waiting
    work()
    assert not Organization.objects.filter(external_key="a1").exists()

    checked = admin.get(answer.url)
    assert "Import now" in checked.content.decode()
    admin.post(answer.url, {**form_of(checked), "apply": "1"})
    work()
    assert Organization.objects.get(external_key="a1").country == "DE"
    done = admin.get(answer.url).content.decode()
    assert "Undo this import" in done
    assert "crm.csv" in admin.get(LIST).content.decode()

    undo = admin.post(f"{answer.url}undo/")
    assert undo.status_code == 302
    work()
    assert not Organization.objects.current().filter(external_key="a1").exists()
    assert "2 taken back" in admin.get(answer.url).content.decode()


def test_the_fragment_looks_again_until_the_work_is_done(admin: Client, cast: Cast) -> None:
    url = upload(admin, table(HEADER, *ROWS)).url
    admin.post(url, {**form_of(admin.get(url)), "constant_kind": "customer", "check": "1"})
    ask = {"HX-Request": "true"}
    assert 'hx-trigger="load delay' in admin.get(url, headers=ask).content.decode()
    work()
    text = admin.get(url, headers=ask).content.decode()
    assert "hx-trigger" not in text
    assert "Show the import" in text


def test_twenty_columns_are_named_sampled_and_labelled(admin: Client, cast: Cast) -> None:
    header = [f"column {number}" for number in range(20)]
    url = upload(admin, table(header, [f"value {number}" for number in range(20)])).url
    text = admin.get(url).content.decode()
    for number in range(20):
        assert f'<label class="field-label visually-hidden" for="id_column_{number}">column {number}' in text
        assert f">value {number}<" in text
    # What has choices offers them; what has none is a text.
    assert re.search(r'<select name="constant_stage"', text)
    assert re.search(r'<input type="text" name="constant_source"', text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"column_1": ""}, "Every row needs a value for “Name”"),
        ({"column_1": "external_key"}, "is this field already"),
        ({"column_0": "password"}, "Select a valid choice"),
        ({"constant_kind": ""}, "choose its column, or one value for all rows"),
        ({"constant_kind": "alien"}, "Select a valid choice"),
        ({"constant_currency": "euros"}, "Expected a code of 3 letters."),
        ({"constant_timezone": "Mars/Base"}, "Expected a time zone such as Europe/Berlin."),
        ({"date_order": "XYZ"}, "Select a valid choice"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_at_its_place(
    admin: Client, cast: Cast, changes: dict[str, str], words: str
) -> None:
    url = upload(admin, table(HEADER, *ROWS)).url
    sent = {**form_of(admin.get(url)), "constant_kind": "customer", "check": "1"} | changes
    answer = admin.post(url, sent)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert ImportRun.objects.get().state == "uploaded"


def test_faults_are_shown_with_row_column_found_and_expected(admin: Client, cast: Cast) -> None:
    url = upload(admin, table(HEADER, ("a1", "<b>Alder</b>", "Germany"))).url
    admin.post(url, {**form_of(admin.get(url)), "constant_kind": "customer", "apply": "1"})
    work()
    text = admin.get(url).content.decode()
    assert "Nothing was written: the file has faults." in text
    assert "<code>Germany</code>" in text
    assert "a code of 2 letters" in text
    assert "<b>Alder" not in text
    file = admin.get(f"{url}rejected/")
    assert file["Content-Disposition"].startswith("attachment")
    assert file.content == rejected(ImportRun.objects.get())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04...", "This is no CSV but"),
        (b"\xff\xfe\x00\xd8\x00", "says that it is utf-16 and is not"),
        (b"\xef\xbb\xbfid,name\n1,\xff\n", "says that it is utf-8-sig and is not"),
        ((",".join(f"c{n}" for n in range(10_000)) + "\n").encode(), "10000 columns"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_reason(admin: Client, cast: Cast, content: bytes, words: str) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert ImportRun.objects.count() == StoredFile.objects.count() == 0


class _Sparse:
    """A body of 200 MB that counts how much of it was asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "read whole into memory"
        self.asked += size
        return b""

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


@pytest.mark.parametrize("path", [NEW, "/api/v1/imports/"])
def test_200_megabytes_are_refused_by_their_stated_length(admin: Client, path: str, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    body = _Sparse()
    answer = admin.generic(
        "POST",
        path,
        b"",
        "multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(200 * 1024 * 1024), "wsgi.input": body},
    )
    assert answer.status_code == 413
    assert "200 MB" in answer.content.decode()
    assert body.asked == 0
    assert StoredFile.objects.count() == 0


def test_a_file_over_the_limit_within_the_body_limit(admin: Client, cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.write(b"id,name\n")
        file.truncate(1024 * 1024 + 500_000)
    with large.open("rb") as file:
        answer = admin.post(NEW, {"kind": "organizations", "file": file})
    assert answer.status_code == 400
    assert "up to 1 MB are taken" in answer.content.decode()
    assert StoredFile.objects.count() == 0


def test_a_file_name_is_shown_and_never_used(admin: Client, cast: Cast) -> None:
    upload(admin, table(HEADER, *ROWS), name="..\\..\\<b>evil\u202e</b>.csv")
    stored = StoredFile.objects.get()
    assert re.fullmatch(r"imports/[0-9a-f]{32}\.csv", stored.path)
    assert "\u202e" not in stored.original_name
    text = admin.get(LIST).content.decode()
    assert "<b>evil" not in text


def test_a_file_that_is_gone_is_said_so(admin: Client, cast: Cast) -> None:
    url = upload(admin, table(HEADER, *ROWS)).url
    default_storage.delete(StoredFile.objects.get().path)
    answer = admin.get(url)
    assert answer.status_code == 410
    assert "Upload it again" in answer.content.decode()


PAGES = ("import_list", "import_new", "import_run", "import_undo", "import_rejected")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("person", "status"), [("tom", 403), ("ana", 403), ("max", 403), ("connie", 404), ("adam", 0)])
def test_a_tam_cannot_open_import_pages(cast: Cast, name: str, person: str, status: int) -> None:
    run = applied(cast.actor("adam"), "organizations", table(HEADER, ("1", "", "de")), constants=CUSTOMERS)
    client = Client()
    client.force_login(getattr(cast, person))
    args = [run.public_id] if name in ("import_run", "import_undo", "import_rejected") else []
    url = reverse(f"partners:{name}", args=args)
    answer = client.post(url) if name == "import_undo" else client.get(url)
    assert answer.status_code == status or (status == 0 and answer.status_code in (200, 302))


def test_foreign_runs_do_not_exist(admin: Client, cast: Cast) -> None:
    missing = "00000000-0000-7000-8000-000000000000"
    for tail in ("", "rejected/"):
        assert admin.get(f"{LIST}{missing}/{tail}").status_code == 404
    run = uploaded(cast.actor("adam"), "organizations", table(HEADER, *ROWS))
    assert admin.get(f"{LIST}{run.public_id}/rejected/").status_code == 404
