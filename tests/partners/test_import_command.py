"""`manage.py import_csv`: the same import from the shell."""

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from common.models import ImportRun
from partners.models import Assignment, Contact, Organization
from tests.cast import Cast
from tests.partners.import_world import table

MAPPING = """
columns:
  id: external_key
  company: name
  land: country
constants:
  kind: customer
  source: crm
values:
  country:
    Deutschland: DE
"""
CONTENT = table(("id", "company", "land"), ("a1", "Alder", "Deutschland"), ("b2", "Bramble", "fr"))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "crm.csv").write_bytes(CONTENT)
    (tmp_path / "crm.yaml").write_text(MAPPING)
    return tmp_path


def run(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_csv", *arguments, stdout=out, stderr=out, **{"email": "adam@vendor.example", **options})
    return out.getvalue()


def test_a_file_with_its_mapping(cast: Cast, files: Path) -> None:
    said = run("organizations", files / "crm.csv", mapping=files / "crm.yaml")
    assert said == "2 rows: 2 new, 0 changed, 0 unchanged, 0 with faults (done)\n"
    assert Organization.objects.get(source="crm", external_key="a1").country == "DE"
    assert ImportRun.objects.get().actor_id == cast.adam.pk


def test_a_packed_file(cast: Cast, files: Path) -> None:
    (files / "crm.csv.gz").write_bytes(gzip.compress(CONTENT))
    assert "2 new" in run("organizations", files / "crm.csv.gz", mapping=files / "crm.yaml")


def test_without_a_mapping_columns_go_by_their_names(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(table(("organization", "name", "email"), ("Northwind", "Kim", "k@x.example")))
    assert "1 new" in run("contacts", tmp_path / "people.csv")
    (tmp_path / "owners.csv").write_bytes(
        table(("organization", "owner", "role"), ("Northwind", "otto@vendor.example", "tam"))
    )
    assert "1 new" in run("assignments", tmp_path / "owners.csv")
    assert Contact.objects.filter(name="Kim").exists()
    assert Assignment.objects.active().filter(user=cast.otto, organization=cast.northwind).exists()


def test_a_dry_run_counts_and_writes_nothing(cast: Cast, files: Path) -> None:
    said = run("organizations", files / "crm.csv", mapping=files / "crm.yaml", dry_run=True)
    assert "2 new" in said
    assert "(checked)" in said
    assert not Organization.objects.filter(source="crm").exists()


def test_faults_are_named_and_nothing_is_written(cast: Cast, files: Path) -> None:
    (files / "crm.csv").write_bytes(CONTENT + b"c3,Cedar,Atlantis\r\n")
    out = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command(
            "import_csv",
            "organizations",
            files / "crm.csv",
            mapping=files / "crm.yaml",
            email="adam@vendor.example",
            stdout=out,
            stderr=out,
        )
    assert "row 4, land: found 'Atlantis', expected a code of 2 letters" in out.getvalue()
    assert not Organization.objects.filter(source="crm").exists()
    assert "1 with faults" in run("organizations", files / "crm.csv", mapping=files / "crm.yaml", skip_bad_rows=True)
    assert Organization.objects.filter(source="crm").count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "nobody@vendor.example"}, "no active user"),
        ({"email": "tom@vendor.example"}, "do not include importing"),
        ({"mapping": "gone.yaml"}, "gone.yaml"),
        ({"mapping": "list.yaml"}, "expected columns"),
        ({"mapping": "broken.yaml"}, "broken.yaml"),
        ({"mapping": "wrong.yaml"}, "no such column"),
    ],
)
def test_what_cannot_be_done_is_said(cast: Cast, files: Path, change: dict[str, str], words: str) -> None:
    (files / "list.yaml").write_text("- a\n- b\n")
    (files / "broken.yaml").write_text("a: [")
    (files / "wrong.yaml").write_text("columns:\n  nothing: name\n")
    options: dict[str, Any] = {"mapping": files / "crm.yaml", **change}
    options["mapping"] = files / Path(options["mapping"]).name
    with pytest.raises(CommandError, match=words):
        run("organizations", files / "crm.csv", **options)
    assert not Organization.objects.filter(source="crm").exists()


def test_a_file_beyond_the_limit(cast: Cast, files: Path, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 32
    (files / "bomb.csv.gz").write_bytes(gzip.compress(b"x" * 10_000_000))
    for name in ("crm.csv", "bomb.csv.gz"):
        with pytest.raises(CommandError, match="larger than IMPORT_MAX_BYTES"):
            run("organizations", files / name, mapping=files / "crm.yaml")
    with pytest.raises(CommandError, match="is no file"):
        run("organizations", files / "gone.csv")
