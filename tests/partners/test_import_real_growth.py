"""Files of Salesforce, HubSpot and another world come in by the mappings kept in docs/, as far as they can.

Reads ../shared/data, which is no part of the repository; without it nothing can be shown here.
"""

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count

from common.models import ImportRun
from partners.models import Contact, Interaction, Opportunity, Organization, RevenueChange
from tests.cast import Cast
from tests.factories.partners import make_customer

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "docs" / "mappings"
GUARD = DATA / "saas_saasguard"
SALESFORCE = DATA / "api_fixtures" / "salesforce_fivetran-seeds_Apache2"
HUBSPOT = DATA / "api_fixtures" / "hubspot_fivetran-seeds_Apache2"
pytestmark = pytest.mark.skipif(not (GUARD.exists() and HUBSPOT.exists()), reason="../shared/data is not here")


def bring_in(kind: str, file: Path, mapping: str, **options: object) -> str:
    out = io.StringIO()
    path = MAPPINGS / f"{mapping}.yaml"
    call_command("import_csv", kind, file, mapping=path, email="adam@vendor.example", stdout=out, stderr=out, **options)
    return out.getvalue()


def rows_of(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as content:
        return list(csv.DictReader(content))


def known(source: str, *keys: str, name: str = "") -> None:
    for key in keys:
        make_customer(name=name or key, source=source, external_key=key)


def test_opportunities_and_outreach_of_another_world(cast: Cast) -> None:
    bring_in("organizations", GUARD / "customers.csv.gz", "saas_saasguard_customers")
    said = bring_in("opportunities", GUARD / "gtm_opportunities.csv.gz", "saas_saasguard_opportunities")
    assert said.startswith("1769 rows: 1769 new, 0 changed, 0 unchanged, 0 with faults")
    wanted = Counter(row["stage"] for row in rows_of(GUARD / "gtm_opportunities.csv.gz"))
    names = {"prospecting": "identified", "qualification": "qualified", "proposal": "proposed"}
    names |= {"closed_won": "won", "closed_lost": "lost"}
    held = dict(Opportunity.objects.order_by().values_list("stage").annotate(Count("pk")))
    assert held == {names[stage]: count for stage, count in wanted.items()}
    assert not RevenueChange.objects.exists()
    said = bring_in("interactions", GUARD / "expansion_outreach_log.csv.gz", "saas_saasguard_outreach")
    assert said.startswith("252 rows: 252 new")
    talks = Interaction.objects.filter(source_key__startswith="saasguard:")
    assert Counter(talks.values_list("kind", flat=True)) == {"mail": 106, "call": 78, "chat": 47, "meeting": 21}
    assert talks.filter(is_two_way=False).count() == 57
    again = bring_in("opportunities", GUARD / "gtm_opportunities.csv.gz", "saas_saasguard_opportunities")
    assert again.startswith("1769 rows: 0 new, 0 changed, 1769 unchanged")
    again = bring_in("interactions", GUARD / "expansion_outreach_log.csv.gz", "saas_saasguard_outreach")
    assert again.startswith("252 rows: 0 new, 0 changed, 252 unchanged")


def test_salesforce(cast: Cast) -> None:
    said = bring_in("organizations", SALESFORCE / "sf_account_data.csv", "salesforce_accounts")
    # Nine of ten were deleted there.
    assert said.startswith("1 rows: 1 new")
    assert Organization.objects.get(source="salesforce").name == "Eric's Test"
    # The other files belong to accounts that are not in this one.
    known("salesforce", "0011G00000eNyiXQAS", "0011G00000eM9wvQAC")
    said = bring_in("contacts", SALESFORCE / "sf_contact_data.csv", "salesforce_contacts", skip_bad_rows=True)
    assert said.startswith("4 rows: 2 new, 0 changed, 0 unchanged, 2 with faults")
    assert Contact.objects.get(name="Jerome").email == "hi@google.com"
    known("salesforce", "9CcfAt8qtZvCTwFvwOFLcg==", "wfQo3+JVfsNIdcz/mUkZkA==", "wIXkC/s93lDAT+HVkwv6+A==")
    deals = SALESFORCE / "sf_opportunity_data.csv"
    said = bring_in("opportunities", deals, "salesforce_opportunities", skip_bad_rows=True)
    assert said.startswith("10 rows: 4 new, 0 changed, 0 unchanged, 6 with faults")
    assert "row 2, probability: found '1000', expected a number from 0 to 100" in said
    assert "row 5, account_id: found '78HpxISq4/eSw+ycDPqSwA==', expected an organization that exists" in said
    found = {row.title: (row.stage, int(row.amount)) for row in Opportunity.objects.all()}
    assert found["Testing Order from Process"] == ("proposed", 210_000)
    assert found["Chewbaca"] == ("won", 0)


def test_hubspot(cast: Cast) -> None:
    said = bring_in("organizations", HUBSPOT / "company_data.csv", "hubspot_companies")
    assert said.startswith("24 rows: 24 new")
    known("hubspot", "sample", name="SampleCompany")
    said = bring_in("contacts", HUBSPOT / "contact_data.csv", "hubspot_contacts", skip_bad_rows=True)
    assert said.startswith("22 rows: 1 new, 0 changed, 0 unchanged, 21 with faults")
    beside = HUBSPOT / "deal_company_data.csv"
    said = bring_in("opportunities", HUBSPOT / "deal_data.csv", "hubspot_deals", beside=beside, skip_bad_rows=True)
    assert said.startswith("44 rows: 0 new, 0 changed, 0 unchanged, 44 with faults")
    fields = {error["column"] for error in ImportRun.objects.get(kind="opportunities").errors}
    assert "property_closedate" in fields
