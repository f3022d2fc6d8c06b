"""Two worlds of other people's data come in by the mappings kept in docs/, get owners, and stay closed to strangers.

Reads ../shared/data, which is no part of the repository; without it nothing can be shown here.
"""

import csv
import gzip
import io
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import User
from common.models import ImportRun
from partners.models import Organization
from tests.cast import Cast
from tests.hub.api_world import BASE, call
from tests.partners.import_world import table
from tests.partners.page_world import signed_in

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "docs" / "mappings"
SAASGUARD = DATA / "saas_saasguard" / "customers.csv.gz"
RAVENSTACK = DATA / "saas_ravenstack" / "ravenstack_accounts.csv"
pytestmark = pytest.mark.skipif(not (SAASGUARD.exists() and RAVENSTACK.exists()), reason="../shared/data is not here")

# Tom looks after every fortieth of the one world, Otto after every tenth of the other.
TOMS, OTTOS = 40, 10


def bring_in(kind: str, file: Path, mapping: Path | None = None) -> str:
    out = io.StringIO()
    call_command(
        "import_csv", kind, file, mapping=mapping, email="adam@vendor.example", stdout=out, stderr=out, verbosity=0
    )
    return out.getvalue()


def keys_of(source: str) -> list[str]:
    rows = Organization.objects.filter(source=source).order_by("external_key")
    return list(rows.values_list("external_key", flat=True))


def assignments(source: str, keys: list[str], person: User) -> list[tuple[str, ...]]:
    return [(source, key, person.email, "tam") for key in keys]


@pytest.fixture
def worlds(cast: Cast, tmp_path: Path) -> dict[str, list[str]]:
    """Both worlds with their owners; the keys that are Tom's and Otto's."""
    first = bring_in("organizations", SAASGUARD, MAPPINGS / "saas_saasguard_customers.yaml")
    second = bring_in("organizations", RAVENSTACK, MAPPINGS / "saas_ravenstack_accounts.yaml")
    assert first.startswith("3294 rows: 3294 new, 0 changed, 0 unchanged, 0 with faults")
    assert second.startswith("500 rows: 500 new, 0 changed, 0 unchanged, 0 with faults")
    found = {"tom": keys_of("saasguard")[::TOMS], "otto": keys_of("ravenstack")[::OTTOS]}
    rows = assignments("saasguard", found["tom"], cast.tom) + assignments("ravenstack", found["otto"], cast.otto)
    owners = tmp_path / "owners.csv"
    owners.write_bytes(table(("source", "customer_id", "owner", "role"), *rows))
    assert bring_in("assignments", owners).startswith(f"{len(rows)} rows: {len(rows)} new")
    return found


def all_pages(user: User, query: str = "") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    path: str | None = f"{BASE}/organizations/?page_size=200{query}"
    while path:
        page = call(user, "get", path).json()
        rows += page["results"]
        path = page["next"] and page["next"].removeprefix("http://testserver")
    return rows


def test_both_worlds_come_in_and_the_tam_still_sees_only_theirs(cast: Cast, worlds: dict[str, list[str]]) -> None:
    own = set(worlds["tom"])
    foreign = Organization.objects.get(source="saasguard", external_key=keys_of("saasguard")[1])
    mine = Organization.objects.get(source="saasguard", external_key=worlds["tom"][0])
    tom, adam = signed_in(cast.tom), signed_in(cast.adam)

    # API: every page of it.
    seen = all_pages(cast.tom)
    assert {row["external_key"] for row in seen if row["external_key"]} == own
    assert len(seen) == len(own) + 2  # Northwind and Birch were Tom's before
    assert len(all_pages(cast.adam)) == 3294 + 500 + 2

    # Addresses typed by hand, in pages and calls: as if it did not exist.
    assert call(cast.tom, "get", f"{BASE}/organizations/{foreign.public_id}/").status_code == 404
    for tail in ("", "people/", "timeline/", "edit/"):
        assert tom.get(f"/organizations/{foreign.public_id}/{tail}").status_code == 404
    assert tom.get(f"/organizations/{mine.public_id}/").status_code == 200

    # List, and its counts.
    page = tom.get("/organizations/")
    assert foreign.name not in page.content.decode()
    assert Organization.objects.visible_to(cast.actor("tom")).count() == len(own) + 2

    # Search: the common word of a thousand names finds theirs alone.
    word = foreign.name.split(" customer ")[0]
    hits = call(cast.tom, "get", f"{BASE}/search/?q={word}").json()
    names = set(Organization.objects.filter(external_key__in=own).values_list("name", flat=True))
    assert {hit["label"] for hit in hits if hit["group"].startswith("Organizations")} <= names
    assert call(cast.tom, "get", f"{BASE}/search/?q={foreign.external_key[:8]}").json() == []
    assert call(cast.adam, "get", f"{BASE}/search/?q={foreign.external_key[:8]}").json() != []

    # Export.
    exported = tom.post("/organizations/export/")
    assert exported.status_code == 200
    rows = list(csv.reader(io.StringIO(exported.content.decode("utf-8-sig"))))
    assert len(rows) - 1 == len(own) + 2
    assert foreign.name not in exported.content.decode("utf-8-sig")
    assert adam.post("/organizations/export/").status_code == 200

    # And the other TAM the other ones.
    assert {row["external_key"] for row in all_pages(cast.otto)} == set(worlds["otto"])


def test_what_the_files_say_is_what_is_there(cast: Cast, worlds: dict[str, list[str]]) -> None:
    with gzip.open(SAASGUARD, "rt", encoding="utf-8") as file:
        rows = {row["customer_id"]: row for row in csv.DictReader(file)}
    found = Organization.objects.filter(source="saasguard").in_bulk(field_name="id").values()
    assert len(found) == len(rows)
    for one in found:
        row = rows[one.external_key]
        assert (one.industry, one.edition) == (row["industry"], row["plan_tier"])
        assert one.stage_entered_at.date().isoformat() == row["signup_date"]
        assert float(one.arr) == pytest.approx(float(row["mrr"]) * 12, abs=0.1)
        assert one.name == f"{row['industry']} customer {row['customer_id'][:8]}"
    # Days of the other world are written day first, and its UK is GB.
    assert not Organization.objects.filter(source="ravenstack", country="UK").exists()
    first = Organization.objects.get(source="ravenstack", external_key="A-2e4581")
    assert (first.name, first.licenses, first.stage_entered_at.date().isoformat()) == ("Company_0", 9, "2024-10-16")


def test_the_same_files_again_change_nothing(cast: Cast, worlds: dict[str, list[str]]) -> None:
    again = bring_in("organizations", SAASGUARD, MAPPINGS / "saas_saasguard_customers.yaml")
    assert again.startswith("3294 rows: 0 new, 0 changed, 3294 unchanged")
    assert ImportRun.objects.filter(state="done").count() == 4
