"""Files of samples: long and wide, checked before they are written, with every fault at its row and column."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from common.models import ImportRun
from health.imports import runs
from health.imports.sample_files import guessed, mapping_of, read_mapping
from health.models import Sample
from partners.models import Organization
from tests.cast import Cast

METRICS = ("uptime", "latency_p95", "usage_events")
LONG = (
    "customer id;metric;date;value\nnw;uptime;2.3.2026;99,5\nnw;uptime;3.3.2026;NaN\nxx;uptime;4.3.2026;99\n"
    "nw;uptime;4.3.2026;\nnw;nothing;4.3.2026;1\nnw;uptime;31.2.2026;1\nnw;uptime;2.3.2026;98\nnw;uptime\n"
)
WIDE = "Account,Week,Uptime,latency p95,comment\nNorthwind,2026-03-02,99.5,240,fine\nNorthwind,2026-03-09,98,,\n"


@pytest.fixture
def world(cast: Cast) -> Cast:
    Organization.objects.filter(pk=cast.northwind.pk).update(external_key="nw")
    cast.northwind.stage_periods.update(entered_at=datetime(2026, 1, 1, tzinfo=UTC))
    return cast


def test_columns_are_guessed_in_long_and_wide_files() -> None:
    long = guessed(["Customer ID", "Metric", "Date", "Value", "note"], METRICS)
    assert long.columns == {"Customer ID": "organization", "Metric": "metric", "Date": "at", "Value": "value"}
    wide = guessed(["Account", "Week", "Uptime", "latency p95", "comment"], METRICS)
    assert wide.columns == {"Account": "organization", "Week": "at", "Uptime": "uptime", "latency p95": "latency_p95"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "no YAML"),
        ("- a", "Expected columns"),
        ("columns: {a: organization, b: at, c: uptime}\ncolour: red", "colour"),
        ("columns: {a: organization, b: at, d: uptime}", "no column d"),
        ("columns: {a: organization, b: at, c: colour}", "neither a field nor a metric"),
        ("columns: {a: organization, b: at}", "No column says the metric"),
        ("columns: {a: organization, b: organization, c: uptime}", "Two columns"),
        ("columns: {a: organization, c: uptime}", "No column says the at"),
        ("columns: {a: organization, b: at, c: uptime}\nconstants: {metric: uptime}", "either a column for each"),
        ("columns: {a: organization, b: at, c: uptime}\nzone: Nowhere/City", "no such time zone"),
        ("columns: {a: organization, b: at, c: uptime}\ndecimal: x", "decimal is"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(Exception, match=said):
        mapping_of(read_mapping(text), columns=["a", "b", "c"], metrics=METRICS)


def upload(client: Client, text: str) -> ImportRun:
    answer = client.post("/health/samples/new/", {"file": SimpleUploadedFile("s.csv", text.encode())})
    assert answer.status_code == 302, answer.content
    found: ImportRun = ImportRun.objects.latest("pk")
    return found


def go(client: Client, run: ImportRun, mapping: str, **more: Any) -> str:
    address = f"/health/samples/files/{run.public_id}/"
    assert client.post(address, {"mapping": mapping} | more).status_code == 302
    runs.run_queued(run_id=run.pk, now=timezone.now())
    return client.get(address).content.decode()


def test_a_file_is_checked_and_then_taken_without_its_faults(world: Cast) -> None:
    tom = Client()
    tom.force_login(world.tom)
    run = upload(tom, LONG)
    mapping = runs.SampleMapping(**run.mapping).as_text() + "date_order: DMY\ndecimal: ','\nzone: Europe/Berlin\n"
    page = tom.get(f"/health/samples/files/{run.public_id}/").content.decode()
    assert "customer id: organization" in page
    assert "cannot be undone" in page
    checked = go(tom, run, mapping.replace("decimal: .\n", "").replace("date_order: YMD\n", ""), check="")
    assert "a finite number" in checked
    assert not Sample.objects.exists()
    run.refresh_from_db()
    assert [(fault["row"], fault["column"]) for fault in run.errors] == [
        (9, ""),
        (3, "value"),
        (4, "customer id"),
        (5, "value"),
        (6, "metric"),
        (7, "date"),
        (8, "value"),
    ]
    mapping = runs.SampleMapping(**run.mapping).as_text()
    refused = go(tom, run, mapping, apply="")
    assert "Nothing was written" in refused
    go(tom, run, mapping, apply="", skip_bad_rows="on")
    made = Sample.objects.get()
    assert (made.value, made.at, made.organization_id) == (
        Decimal("99.5"),
        datetime(2026, 3, 1, 23, tzinfo=UTC),
        world.northwind.pk,
    )
    assert tom.get(f"/health/samples/files/{run.public_id}/rejected/").content.count(b"\n") == 8
    assert "s.csv" in tom.get("/health/samples/").content.decode()
    again = tom.post(f"/health/samples/files/{run.public_id}/", {"mapping": mapping, "apply": ""})
    assert again.status_code == 422, "what has run does not run again"


def test_whose_files_they_are(world: Cast) -> None:
    tom, otto = Client(), Client()
    tom.force_login(world.tom)
    otto.force_login(world.otto)
    run = upload(tom, WIDE)
    address = f"/health/samples/files/{run.public_id}/"
    for name, status in {"tom": 200, "adam": 200, "otto": 404, "max": 403, "sue": 403, "connie": 404}.items():
        client = Client()
        client.force_login(getattr(world, name))
        assert client.get(address).status_code == status, name
    mine = upload(otto, WIDE)
    go(otto, mine, runs.SampleMapping(**mine.mapping).as_text(), apply="", skip_bad_rows="on")
    mine.refresh_from_db()
    assert {fault["expected"] for fault in mine.errors} == {"an organization that you work on"}
    assert tom.post("/health/samples/new/", {"file": SimpleUploadedFile("x.csv", b"PK\x03\x04")}).status_code == 422
    assert tom.post("/health/samples/new/", {}).status_code == 422
    assert tom.post(address, {"mapping": "columns: {x: y}", "apply": ""}).status_code == 422


def test_the_command_takes_wide_files_and_says_what_it_did(world: Cast, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text(WIDE)
    for more, said in (({"dry_run": True}, "3 new"), ({}, "3 new"), ({}, "0 new, 3 here already")):
        out = StringIO()
        call_command("import_samples", file, email="adam@vendor.example", stdout=out, **more)
        assert said in out.getvalue()
    assert Sample.objects.filter(source__kind="import").count() == 3
    file.write_text(WIDE.replace("99.5", "990"))
    with pytest.raises(CommandError, match="faults"):
        call_command("import_samples", file, email="adam@vendor.example", stdout=StringIO(), stderr=StringIO())
