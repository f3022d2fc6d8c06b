"""Opportunities, renewals, interactions and how much say contacts have come in from files, again, and back out."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Notification
from common.models import ImportRun
from partners.imports import execution, runs
from partners.imports.kinds import KINDS
from partners.models import (
    Contact,
    Interaction,
    Opportunity,
    Organization,
    OrganizationFacts,
    Renewal,
    RevenueChange,
    Stakeholder,
    TimelineEntry,
)
from partners.rules.import_mapping import suggest
from partners.services import opportunities
from tests.cast import Cast
from tests.partners.import_world import NOW, applied, checked, faults, ran, table, uploaded

pytestmark = pytest.mark.django_db
HEADER = ("id", "account", "name", "stage", "amount", "close date", "owner", "probability (%)")
CRM = {"source": "crm", "currency": "USD"}


@pytest.fixture(autouse=True)
def known_since(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.birch.pk).update(created_at=NOW - timedelta(days=400), arr=120_000)


def undone(cast: Cast, run: Any) -> str:
    runs.queue_undo(by=cast.actor("adam"), run=run, now=NOW)
    return execution.execute_run(run_id=run.pk, by=cast.actor("adam"), now=NOW).message


def counts(run: Any) -> tuple[int, int, int, int]:
    return run.rows_created, run.rows_updated, run.rows_unchanged, run.rows_rejected


def test_opportunities_come_in_move_on_and_go_back(cast: Cast) -> None:
    adam, name = cast.actor("adam"), cast.birch.name
    first = [
        ("o1", name, "More seats", "Qualified", "9,000.50", "2026-06-30", "carl@vendor.example", ""),
        ("o2", name, "Region", "Won", "4000", "2025-06-30", "", "100%"),
        ("o3", name, "Module", "", "", "2026-05-01", "", "35"),
    ]
    run = applied(adam, "opportunities", table(HEADER, *first), constants=CRM)
    assert (run.state, counts(run)) == ("done", (3, 0, 0, 0)), run.errors
    said = {
        row.external_key: (row.stage, row.amount, row.probability, row.closed_on, row.owner_id)
        for row in Opportunity.objects.all()
    }
    assert said == {
        "o1": ("qualified", Decimal("9000.50"), 25, None, cast.carl.pk),
        "o2": ("won", Decimal(4000), 100, date(2025, 6, 30), None),
        "o3": ("identified", Decimal(0), 35, None, None),
    }
    # History is in the amount of the organization already.
    assert not RevenueChange.objects.exists()
    line = TimelineEntry.objects.get(kind="opportunity")
    assert (line.title, line.field_class) == ("Opportunities imported: 3", "commercial")
    assert counts(applied(adam, "opportunities", table(HEADER, *first), constants=CRM)) == (0, 0, 3, 0)

    later = [
        ("o1", name, "More seats", "Won", "9000", "2026-03-01", "", ""),
        (*first[2][:3], "Proposed", *first[2][4:]),
    ]
    second = applied(adam, "opportunities", table(HEADER, *later), constants=CRM)
    assert counts(second) == (0, 2, 0, 0), second.errors
    kept = Opportunity.objects.get(external_key="o1")
    assert (kept.stage, kept.closed_on, kept.owner_id, kept.probability) == ("won", date(2026, 3, 1), cast.carl.pk, 100)
    assert list(RevenueChange.objects.values_list("kind", "amount", "on")) == [
        ("expansion", Decimal(9000), date(2026, 3, 1))
    ]
    titles = set(
        TimelineEntry.objects.filter(kind="opportunity", target_type="opportunity").values_list("title", flat=True)
    )
    assert titles == {"Opportunity won", "Opportunity moved"}
    # What is closed here stays closed, whatever a file says.
    refused = checked(adam, "opportunities", table(HEADER, first[0]), constants=CRM)
    assert faults(refused) == [(2, "stage", "qualified")]

    assert undone(cast, second).startswith("2 taken back, 0 left")
    kept.refresh_from_db()
    assert (kept.stage, kept.closed_on, kept.closed_at, kept.amount) == ("qualified", None, None, Decimal("9000.50"))
    assert sum(RevenueChange.objects.values_list("amount", flat=True)) == 0
    # o1 and o3 were changed since: they stay.
    assert undone(cast, run).startswith("1 taken back, 2 left")
    assert Opportunity.objects.get(external_key="o2").archived_at == NOW
    back = applied(adam, "opportunities", table(HEADER, first[1]), constants=CRM)
    assert counts(back) == (0, 1, 0, 0)
    assert Opportunity.objects.get(external_key="o2").archived_at is None


def test_faults_of_opportunities_have_their_place(cast: Cast) -> None:
    adam, name = cast.actor("adam"), cast.birch.name
    theirs = ("n1", cast.northwind.name, "Theirs", "", "", "2026-05-01", "", "")
    assert counts(applied(adam, "opportunities", table(HEADER, theirs), constants=CRM)) == (1, 0, 0, 0)
    for title in ("Twin", "twin"):
        values = {"title": title, "amount": Decimal(1), "expected_on": date(2026, 5, 1)}
        opportunities.create(by=cast.actor("carl"), organization=cast.birch, values=values, now=NOW)
    day = "2026-05-01"
    rows = [
        ("a", "Nobody", "T", "", "1", day, "", ""),
        ("a2", name, "", "", "1", day, "", ""),
        ("a3", name, "T", "Half won", "1", day, "", ""),
        ("a4", name, "T", "", "-1", day, "", ""),
        ("a5", name, "T", "", "1", "soon", "", ""),
        ("a6", name, "T", "", "1", day, "gone@vendor.example", ""),
        ("a7", name, "T", "", "1", day, "otto@vendor.example", ""),
        ("a8", name, "T", "", "1", day, "", "101"),
        ("a9", name, "T", "won", "1", day, "", ""),
        ("n1", name, "T", "", "1", day, "", ""),
        ("", name, "Twin", "", "1", day, "", ""),
        ("b1", name, "T", "", "1", day, "", ""),
        ("b1", name, "T", "", "1", day, "", ""),
    ]
    run = checked(adam, "opportunities", table(HEADER, *rows), constants=CRM, skip=True)
    places = [(row, place) for row, place, _found in faults(run)]
    assert places == [
        (2, "account"), (3, "name"), (4, "stage"), (5, "amount"), (6, "close date"), (7, "owner"), (8, "owner"),
        (9, "probability (%)"), (10, "closed_on"), (11, "id"), (12, "name"), (14, "id"),
    ]  # fmt: skip
    assert run.rows_rejected == 12
    # Who takes part in sales brings an opportunity home; nobody owns a renewal without reading it.
    shared = ("s1", cast.northwind.name, "Shared", "", "1", day, "sam@vendor.example", "")
    assert counts(applied(adam, "opportunities", table(HEADER, shared), constants=CRM)) == (1, 0, 0, 0)
    header, rows = ("id", "company", "renewal date", "owner"), ["sam", "tina", "ana"]
    found = [(name, cast.northwind.name, f"2027-0{place}-01", f"{name}@vendor.example") for place, name in
             enumerate(rows, 1)]  # fmt: skip
    run = checked(adam, "renewals", table(header, *found), constants={"source": "crm"}, skip=True)
    assert faults(run) == [(2, "owner", "sam@vendor.example"), (3, "owner", "tina@vendor.example")]
    assert "no participant" in run.errors[0]["expected"]


def test_renewals(cast: Cast) -> None:
    adam, name = cast.actor("adam"), cast.birch.name
    header = ("contract id", "company", "renewal date", "notice date", "value")
    first = [("c1", name, "2026-05-01", "2026-03-31", "120000"), ("c2", name, "2027-05-01", "", "")]
    run = applied(adam, "renewals", table(header, *first), constants={"source": "crm"})
    assert counts(run) == (2, 0, 0, 0), run.errors
    near, far = Renewal.objects.order_by("due_on")
    told = Notification.objects.get(user=cast.carl, kind="renewals")
    assert told.title == "An import brought 2 renewals of yours"
    assert (near.owner_id, near.amount, near.notice_on) == (cast.carl.pk, Decimal(120_000), date(2026, 3, 31))
    assert (far.amount, far.currency) == (Decimal(120_000), cast.birch.currency)
    assert near.machine_verdict != ""
    assert counts(applied(adam, "renewals", table(header, *first), constants={"source": "crm"})) == (0, 0, 2, 0)
    # A key of its own, on a day that is taken; notice after the day; a day twice.
    bad = [
        ("c3", name, "2026-05-01", "", ""),
        ("c4", name, "2026-08-01", "2026-09-01", ""),
        ("c5", name, "2026-08-01", "", ""),
        ("c6", "Nobody", "2026-08-01", "", ""),
    ]
    found = checked(adam, "renewals", table(header, *bad), constants={"source": "crm"}, skip=True)
    assert [(row, place) for row, place, _found in faults(found)] == [
        (2, "renewal date"), (3, "notice date"), (4, "renewal date"), (5, "company"),
    ]  # fmt: skip
    moved = applied(adam, "renewals", table(header, ("c1", name, "2026-05-15", "", "")), constants={"source": "crm"})
    assert counts(moved) == (0, 1, 0, 0)
    assert undone(cast, moved).startswith("1 taken back")
    assert undone(cast, run).startswith("1 taken back, 1 left")
    assert counts(applied(adam, "renewals", table(header, *first), constants={"source": "crm"})) == (1, 0, 1, 0)


def test_interactions(cast: Cast) -> None:
    adam, name = cast.actor("adam"), cast.birch.name
    Contact.objects.create(organization=cast.birch, name="Kim", email="kim@birch.example", role="champion")
    header = ("id", "account", "channel", "date", "subject", "answered", "contact", "author")
    rows = [
        ("i1", name, "Call", "2026-02-20", "Seats", "yes", "KIM@birch.example", "carl@vendor.example"),
        ("i2", name, "E-mail", "2026-02-25", "Offer", "no", "", ""),
    ]
    run = applied(adam, "interactions", table(header, *rows), constants={"source": "crm"})
    assert counts(run) == (2, 0, 0, 0), run.errors
    call = Interaction.objects.get(kind="call")
    assert (call.author_id, call.is_two_way, list(call.contacts.values_list("name", flat=True))) == (
        cast.carl.pk, True, ["Kim"],
    )  # fmt: skip
    facts = OrganizationFacts.objects.get(organization=cast.birch)
    assert (facts.last_two_way_at, facts.last_interaction_at is not None) == (call.happened_at, True)
    assert Stakeholder.objects.get(contact__name="Kim").last_two_way_at == call.happened_at
    lines = TimelineEntry.objects.filter(kind="interaction", organization=cast.birch)
    assert list(lines.order_by("at").values_list("title", flat=True)) == ["Seats", "Offer"]
    assert counts(applied(adam, "interactions", table(header, *rows), constants={"source": "crm"})) == (0, 0, 2, 0)
    bad = [
        ("i3", name, "Pigeon", "2026-02-20", "x", "", "", ""),
        ("i4", name, "Call", "2026-03-09", "x", "", "", ""),
        ("i5", name, "Call", "2026-02-20", "x", "maybe", "", ""),
        ("i6", name, "Call", "2026-02-20", "x", "", "who@birch.example", ""),
        ("i7", name, "Call", "2026-02-20", "x", "", "", "who@vendor.example"),
    ]
    found = checked(adam, "interactions", table(header, *bad), constants={"source": "crm"}, skip=True)
    assert [(row, place) for row, place, _found in faults(found)] == [
        (2, "channel"), (3, "date"), (4, "answered"), (5, "contact"), (6, "author"),
    ]  # fmt: skip
    assert undone(cast, run).startswith("2 taken back")
    assert not lines.exists()
    facts.refresh_from_db()
    assert facts.last_two_way_at is None
    assert counts(applied(adam, "interactions", table(header, *rows), constants={"source": "crm"})) == (2, 0, 0, 0)


def test_contacts_bring_their_influence(cast: Cast) -> None:
    adam, name = cast.actor("adam"), cast.birch.name
    header = ("company", "full name", "email", "buying role", "influence")
    rows = [(name, "Ada", "ada@birch.example", "Champion", "Decides"), (name, "Bo", "bo@birch.example", "", "low")]
    run = applied(adam, "contacts", table(header, *rows))
    assert counts(run) == (2, 0, 0, 0), run.errors
    said = dict(
        Stakeholder.objects.filter(contact__email__endswith="birch.example").values_list("contact__name", "influence")
    )
    assert (said["Ada"], said["Bo"]) == ("decides", "low")
    assert counts(applied(adam, "contacts", table(header, *rows))) == (0, 0, 2, 0)
    other = applied(adam, "contacts", table(header, (name, "Bo", "bo@birch.example", "", "high")))
    assert counts(other) == (0, 1, 0, 0)
    undone(cast, other)
    assert Stakeholder.objects.get(contact__name="Bo").influence == "low"


def test_rows_that_were_deleted_elsewhere_are_not_read(cast: Cast) -> None:
    adam = cast.actor("adam")
    content = table(("id", "name", "gone"), ("1", "Alder", "TRUE"), ("2", "Bramble", ""))
    mapping = {
        "columns": {"id": "external_key", "name": "name"},
        "constants": {"kind": "customer", "source": "crm"},
        "leave_out": {"gone": "true"},
    }
    run = ran(adam, uploaded(adam, "organizations", content), apply=True, mapping=mapping)
    assert (counts(run), run.rows_total, run.mapping["leave_out"]) == ((1, 0, 0, 0), 1, {"gone": "true"})
    assert not Organization.objects.filter(name="Alder").exists()


@pytest.mark.parametrize(
    ("kind", "columns", "taken"),
    [
        (
            "opportunities",
            ("Record ID", "Deal Name", "Deal Stage", "Close Date", "Deal owner", "Amount", "Associated Company"),
            ("external_key", "title", "stage", "expected_on", "", "amount", "organization_name"),
        ),
        (
            "opportunities",
            ("Opportunity ID", "Account Name", "Opportunity Name", "Stage", "Close Date", "Probability (%)", "Type"),
            ("external_key", "organization_name", "title", "stage", "expected_on", "probability", "kind"),
        ),
        (
            "renewals",
            ("Contract Number", "Account Name", "Contract End Date", "Notice Date", "Value", "Owner Email"),
            ("external_key", "organization_name", "due_on", "notice_on", "amount", "owner_email"),
        ),
        (
            "interactions",
            ("Activity ID", "Company", "Type", "Activity Date", "Subject", "Comments"),
            ("external_key", "organization_name", "kind", "happened_on", "summary", "body"),
        ),
    ],
)
def test_columns_as_other_tools_name_them_are_guessed(
    kind: str, columns: tuple[str, ...], taken: tuple[str, ...]
) -> None:
    found = suggest(columns, KINDS[kind].aliases)
    assert tuple(found.get(column, "") for column in columns) == taken


def test_renewals_come_in_by_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.adam)
    content = table(("company", "renewal date"), (cast.birch.name, "2027-05-01"))
    file = SimpleUploadedFile("renewals.csv", content, "text/csv")
    sent = client.post(reverse("partners:import_new"), {"kind": "renewals", "file": file})
    assert sent.status_code == 302
    run = ImportRun.objects.get()
    assert run.mapping["columns"] == {"company": "organization_name", "renewal date": "due_on"}
    page = client.get(sent["location"]).content.decode()
    assert "Notice until" in page
    assert cast.birch.name in page


def test_renewals_that_have_ended(cast: Cast) -> None:
    adam, name = cast.actor("adam"), cast.birch.name
    header = ("contract id", "company", "renewal date", "value", "status", "closed on", "renewed at", "loss reason")
    past = [
        ("h1", name, "2024-05-01", "90000", "Renewed", "2024-04-20", "100000", ""),
        ("", name, "2025-05-01", "100000", "Renewed", "", "", ""),
        ("h3", name, "2023-05-01", "", "Not renewed", "", "", "No budget"),
    ]
    now = [("c1", name, "2026-05-01", "120000", "", "", "", ""), ("c2", name, "2026-06-01", "5000", "", "", "", "")]
    run = applied(adam, "renewals", table(header, *past, *now), constants={"source": "crm"})
    assert counts(run) == (5, 0, 0, 0), run.errors
    said = {
        row.due_on.year * 100 + row.due_on.month: (row.state, row.amount, row.renewed_amount, row.closed_on)
        for row in Renewal.objects.all()
    }
    assert said[202405] == ("renewed", Decimal(90_000), Decimal(100_000), date(2024, 4, 20))
    assert said[202505] == ("renewed", Decimal(100_000), Decimal(100_000), date(2025, 5, 1))
    assert (said[202305][0], said[202305][2:]) == ("lost", (None, date(2023, 5, 1)))
    assert said[202605] == ("open", Decimal(120_000), None, None)
    # History is in the amounts of the organization already, and the machine judges what is open.
    assert not RevenueChange.objects.exists()
    assert set(Renewal.objects.exclude(machine_verdict="").values_list("state", flat=True)) == {"open"}
    again = applied(adam, "renewals", table(header, *past, *now), constants={"source": "crm"})
    assert counts(again) == (0, 0, 5, 0), again.errors

    ended = [
        ("c1", name, "2026-05-01", "150000", "Renewed", "2026-02-20", "", ""),
        ("c2", name, "2026-06-01", "", "Withdrawn", "2026-02-20", "", "Twice in the books"),
    ]
    second = applied(adam, "renewals", table(header, *ended), constants={"source": "crm"})
    assert counts(second) == (0, 2, 0, 0), second.errors
    kept = Renewal.objects.get(external_key="c1")
    assert (kept.state, kept.amount, kept.renewed_amount) == ("renewed", Decimal(120_000), Decimal(150_000))
    assert list(RevenueChange.objects.values_list("kind", "amount", "on")) == [
        ("expansion", Decimal(30_000), date(2026, 5, 1))
    ]
    lines = TimelineEntry.objects.filter(kind="renewal", target_type="renewal")
    assert set(lines.values_list("title", "body")) == {
        ("Renewed", "150000.00 USD"), ("Renewal withdrawn", "Twice in the books"),
    }  # fmt: skip
    assert counts(applied(adam, "renewals", table(header, *ended), constants={"source": "crm"})) == (0, 0, 2, 0)
    assert undone(cast, second).startswith("2 taken back, 0 left")
    kept.refresh_from_db()
    assert (kept.state, kept.closed_on, kept.renewed_amount) == ("open", None, None)
    assert sum(RevenueChange.objects.values_list("amount", flat=True)) == 0

    bad = [
        ("c1", name, "2026-05-01", "", "Not renewed", "2026-02-20", "", "No budget"),
        ("b2", name, "2026-09-01", "", "", "2026-02-20", "", ""),
        ("b3", name, "2026-10-01", "", "Renewed", "", "", ""),
        ("h1", name, "2024-05-01", "", "Withdrawn", "", "", ""),
        ("b5", name, "2026-11-01", "", "Perhaps", "", "", ""),
    ]
    found = checked(adam, "renewals", table(header, *bad), constants={"source": "crm"}, skip=True)
    assert [(row, place) for row, place, _found in faults(found)] == [
        (2, "status"), (3, "closed on"), (4, "closed on"), (5, "renewal date"), (6, "status"),
    ]  # fmt: skip
    assert undone(cast, run).startswith("3 taken back, 2 left")
    assert set(Renewal.objects.filter(due_on__lt=date(2026, 1, 1)).values_list("state", flat=True)) == {"withdrawn"}


def test_what_belongs_to_a_row_may_stand_in_a_second_file(cast: Cast, client: Client) -> None:
    Organization.objects.filter(pk=cast.birch.pk).update(source="hubspot", external_key="77")
    deals = table(("deal_id", "dealname", "closedate"), ("1", "Seats", "2026-06-30"), ("2", "Region", "2026-06-30"))
    companies = table(("company_id", "deal_id", "type_id"), ("77", "1", "5"), ("77", "1", "341"), ("78", "2", "5"),
                      ("79", "2", "5"))  # fmt: skip
    client.force_login(cast.adam)

    def sent(**more: Any) -> Any:
        file = SimpleUploadedFile("deals.csv", deals, "text/csv")
        return client.post(reverse("partners:import_new"), {"kind": "opportunities", "file": file, **more})

    refused = sent(beside=SimpleUploadedFile("companies.csv", companies, "text/csv"), on="nothing")
    assert (refused.status_code, "There is no column nothing" in refused.content.decode()) == (400, True)
    assert not ImportRun.objects.exists()
    sent(beside=SimpleUploadedFile("companies.csv", companies, "text/csv"))
    run = ImportRun.objects.get()
    assert run.file.original_name == "deals.csv + companies.csv"
    assert run.mapping["columns"] == {
        "deal_id": "external_key", "dealname": "title", "closedate": "expected_on", "company_id": "organization_key",
    }  # fmt: skip
    done = ran(cast.actor("adam"), run, apply=True, constants={"source": "hubspot"}, skip=True)
    assert (counts(done), faults(done)) == ((1, 0, 0, 1), [(3, "company_id", "78 | 79")])
    assert Opportunity.objects.get().organization == cast.birch
