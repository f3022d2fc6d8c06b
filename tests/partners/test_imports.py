"""The CSV import: what comes in, what is refused and why, undo. Nothing is half-written."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Activity, Notification, RoleGrant
from common.errors import DomainError, NotAllowed
from common.models import ImportChange, ImportRun, StoredFile
from partners.imports import execution, runs
from partners.models import (
    Assignment,
    Contact,
    GateReview,
    Organization,
    OrganizationFacts,
    StagePeriod,
    Task,
    TimelineEntry,
)
from partners.services import gate_opening
from tests.cast import Cast
from tests.factories.accounts import make_user, take_role
from tests.factories.partners import make_assignment, make_contact, make_customer, make_interaction, make_partner
from tests.factories.tasks import make_task
from tests.partners.import_world import CUSTOMERS, NOW, applied, checked, faults, ran, rejected, table, uploaded

HEADER = ("id", "company", "stage", "country", "ARR")
ROWS = (("a1", "Alder", "live", "de", "1,250.50"), ("b2", "Bramble", "Kick-off", "fr", ""))


def two(cast: Cast, **options: Any) -> ImportRun:
    return applied(cast.actor("adam"), "organizations", table(HEADER, *ROWS), constants=CUSTOMERS, **options)


def keys() -> set[str]:
    return set(Organization.objects.exclude(external_key="").values_list("external_key", flat=True))


def test_organizations_come_in_with_all_that_goes_along(cast: Cast) -> None:
    run = two(cast)
    assert (run.state, run.rows_total, run.rows_created, run.rows_rejected) == ("done", 2, 2, 0)
    alder = Organization.objects.get(source="crm", external_key="a1")
    assert (alder.name, alder.kind, alder.stage, alder.country) == ("Alder", "customer", "live", "DE")
    assert str(alder.arr) == "1250.50"
    assert (alder.currency, alder.timezone, alder.version) == ("USD", "UTC", 1)
    assert alder.stage_entered_at == NOW
    facts = OrganizationFacts.objects.get(organization=alder)
    assert facts.computed_at == NOW
    assert facts.policy_versions != {}
    assert StagePeriod.objects.get(organization=alder).left_at is None
    assert TimelineEntry.objects.get(organization=alder).actor_id == cast.adam.pk
    record = Activity.objects.get(organization_id=alder.pk, verb="organization.created")
    assert (record.via, record.actor_name) == ("import", cast.adam.name)
    assert ImportChange.objects.filter(run=run).count() == 2
    assert Notification.objects.filter(user=cast.adam, kind="imports").count() == 1


def test_a_check_writes_nothing_and_says_what_would_be(cast: Cast) -> None:
    before = (Organization.objects.count(), Activity.objects.count(), TimelineEntry.objects.count())
    run = checked(cast.actor("adam"), "organizations", table(HEADER, *ROWS), constants=CUSTOMERS)
    assert (run.state, run.rows_total, run.rows_created) == ("checked", 2, 2)
    # The upload itself is on the trail.
    after = (Organization.objects.count(), Activity.objects.count() - 1, TimelineEntry.objects.count())
    assert after == before
    assert ImportChange.objects.count() == 0
    assert ran(cast.actor("adam"), run, apply=True, mapping=run.mapping).state == "done"


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    two(cast)
    again = two(cast)
    assert (again.rows_created, again.rows_updated, again.rows_unchanged) == (0, 0, 2)
    assert Organization.objects.get(external_key="a1").version == 1


def test_a_known_organization_is_moved_by_no_file(cast: Cast) -> None:
    two(cast)
    content = table(("id", "company", "Phase"), ("a1", "Alder & Sons", "adopt"), ("b2", "Bramble", "kick_off"))
    mapping = {"columns": {"id": "external_key", "company": "name", "Phase": "stage"}, "constants": CUSTOMERS}
    run = ran(cast.actor("adam"), uploaded(cast.actor("adam"), "organizations", content), apply=True, mapping=mapping)
    assert (run.state, faults(run)) == ("checked", [(2, "Phase", "adopt")])
    assert "live, where this organization is" in run.errors[0]["expected"]
    alder = Organization.objects.get(external_key="a1")
    assert (alder.name, alder.stage) == ("Alder", "live")
    partly = ran(
        cast.actor("adam"),
        uploaded(cast.actor("adam"), "organizations", content),
        apply=True,
        mapping=mapping,
        skip=True,
    )
    assert (partly.state, partly.rows_rejected, partly.rows_unchanged) == ("done", 1, 1)
    alder.refresh_from_db()
    assert (alder.name, alder.stage) == ("Alder", "live")


def test_new_organizations_get_their_gates_from_the_job(cast: Cast) -> None:
    two(cast)
    while gate_opening.open_missing(now=NOW):
        pass
    opened = GateReview.objects.filter(organization__source="crm").values_list("organization__name", "stage")
    assert sorted(opened) == [("Alder", "live"), ("Bramble", "kick_off")]


def test_a_later_file_changes_what_it_says_and_leaves_the_rest(cast: Cast) -> None:
    two(cast)
    content = table(("id", "company", "stage", "ARR"), ("a1", "Alder & Sons", "live", ""))
    run = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS)
    assert (run.rows_created, run.rows_updated) == (0, 1)
    alder = Organization.objects.get(external_key="a1")
    # An empty cell says nothing.
    assert (alder.name, alder.stage, str(alder.arr), alder.version) == ("Alder & Sons", "live", "1250.50", 2)
    record = Activity.objects.get(organization_id=alder.pk, verb="organization.edited")
    assert record.changes == {"name": ["Alder", "Alder & Sons"]}


def test_rows_without_a_key_mean_the_organization_of_that_name(cast: Cast) -> None:
    known = make_customer(name="Ælfrēd Crüde", industry="")
    content = table(("name", "kind", "industry"), ("ÆLFRED CRUDE", "customer", "Oil"), ("New One", "Customer", "Gas"))
    run = applied(cast.actor("adam"), "organizations", content)
    assert (run.rows_created, run.rows_updated) == (1, 1)
    known.refresh_from_db()
    assert known.industry == "Oil"


def test_a_name_that_several_have_needs_a_key(cast: Cast) -> None:
    make_customer(name="Twin")
    make_customer(name="twin")
    run = checked(cast.actor("adam"), "organizations", table(("name", "kind"), ("Twin", "customer")))
    assert faults(run) == [(2, "name", "Twin")]


def test_a_file_with_a_fault_writes_nothing(cast: Cast) -> None:
    content = table(HEADER, *ROWS, ("c3", "Cedar", "gate_9", "deu", "many"))
    run = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS)
    assert run.state == "checked"
    assert "Nothing was written" in run.message
    assert faults(run) == [(4, "ARR", "many"), (4, "country", "deu"), (4, "stage", "gate_9")]
    assert keys() == set()
    assert not TimelineEntry.objects.filter(target_type="importrun").exists()


def test_bad_rows_can_be_left_out(cast: Cast) -> None:
    content = table(HEADER, *ROWS, ("c3", "Cedar", "gate_9", "de", ""))
    run = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS, skip=True)
    assert (run.state, run.rows_created, run.rows_rejected) == ("done", 2, 1)
    assert keys() == {"a1", "b2"}


def test_rejected_rows_come_back_mended(cast: Cast) -> None:
    content = table(
        (*HEADER, "phone"), ("c3", "Cedar", "nowhere", "de", "5", "+49 30 1"), ("d4", "=1+1", "live", "", "", "")
    )
    run = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS, skip=True)
    assert run.rows_rejected == 2
    sheet = rejected(run).decode("utf-8-sig")
    header, cedar, formula = sheet.splitlines()
    assert header == "id,company,stage,country,ARR,phone,import_errors"
    # No cell of it is computed when a spreadsheet opens it.
    assert "'+49 30 1" in cedar
    assert "stage: one of" in cedar
    assert "'=1+1" in formula
    mended = sheet.replace("nowhere", "live").replace("'=1+1", "Dogwood")
    again = applied(cast.actor("adam"), "organizations", mended.encode(), mapping=run.mapping)
    assert (again.state, again.rows_created) == ("done", 2)
    still_bad = sheet.encode()
    third = applied(cast.actor("adam"), "organizations", still_bad, mapping=run.mapping, skip=True)
    assert rejected(third).decode("utf-8-sig").splitlines()[0] == header


def test_what_an_export_guards_comes_in_as_it_was(cast: Cast) -> None:
    content = table(
        ("organization", "name", "phone", "email"), ("Northwind", "Pia", "'+49 30 1", "pia@northwind.example")
    )
    applied(cast.actor("adam"), "contacts", content)
    assert Contact.objects.get(name="Pia").phone == "+49 30 1"


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("name", "", "a value"),
        ("name", "=HYPERLINK(1)", "formula"),
        ("name", "x" * 201, "200 characters"),
        ("name", "bell\x07", "control characters"),
        ("stage", "gate_3", "a stage of that kind"),
        ("stage_entered_on", "2026-02-30", "a day"),
        ("stage_entered_on", "2999-01-01", "between 1970 and 2100"),
        ("stage_entered_on", "2027-01-01", "a day that has come"),
        ("launched_on", "2099-05-05", "a day that has come"),
        ("country", "Germany", "2 letters"),
        ("currency", "€", "3 letters"),
        ("arr", "-5", "an amount"),
        ("arr", "NaN", "an amount"),
        ("licenses", "12.5", "a whole number"),
        ("timezone", "Mars/Base", "a time zone"),
        ("website", "javascript:alert(1)", "a web address"),
        ("market_segment", "huge", "one of"),
    ],
)
def test_each_bad_cell_is_named(cast: Cast, column: str, cell: str, expected: str) -> None:
    row = {"id": "k1", "name": "Alder", column: cell}
    run = checked(cast.actor("adam"), "organizations", table(list(row), list(row.values())), constants=CUSTOMERS)
    [fault] = run.errors
    assert (fault["row"], fault["column"], fault["found"]) == (2, column, cell[:120])
    assert expected in fault["expected"]
    assert run.rows_created == 0


def test_names_of_all_alphabets_and_emoji_are_names(cast: Cast) -> None:
    names = ["Łódź 🚀 Spółka", "日本電気", "O'Reilly & Söhne", "x" * 200]
    content = table(("id", "name"), *((str(number), name) for number, name in enumerate(names)))
    run = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS)
    assert run.rows_created == 4
    assert set(Organization.objects.filter(source="crm").values_list("name", flat=True)) == set(names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_found_out(cast: Cast, encoding: str) -> None:
    text = "id,name,industry\n1,Café Müller,Gastronomie für Gäste\n2,Brücke & Söhne,Straßenbau über Flüsse\n" * 1
    run = applied(cast.actor("adam"), "organizations", text.encode(encoding), constants=CUSTOMERS)
    assert set(Organization.objects.filter(source="crm").values_list("name", flat=True)) == {
        "Café Müller",
        "Brücke & Söhne",
    }
    assert run.rows_total == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04 a zip", "Excel"),
        (b"\x1f\x8b packed", "gzip"),
        (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n1\n", "10000 columns"),
        (b"na\0me,kind\nx,customer\n", "NUL"),
        (b"name,name\nx,y\n", "Two columns"),
        (b"name,,kind\nx,y,z\n", "no name"),
    ],
)
def test_what_is_no_usable_file_is_refused_at_the_door(cast: Cast, content: bytes, words: str) -> None:
    with pytest.raises(DomainError, match=words) as refused:
        uploaded(cast.actor("adam"), "organizations", content)
    assert refused.value.field == "file"
    assert StoredFile.objects.count() == 0


def test_a_nul_and_a_torn_row_are_faults_of_their_rows(cast: Cast) -> None:
    content = b"id,name\n1,Al\0der\n2\n3,Cedar\n"
    run = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS, skip=True)
    assert [error["row"] for error in run.errors] == [2, 3]
    assert "NUL" in run.errors[0]["expected"]
    assert keys() == {"3"}


def test_bytes_that_turn_bad_later_are_found_before_anything_is_written(cast: Cast) -> None:
    good = b"".join(b"%d,Name %d\n" % (number, number) for number in range(20_000))
    run = uploaded(cast.actor("adam"), "organizations", b"id,name\n" + good)
    runs.path_of(run).write_bytes(b"id,name\n" + good + b"x,B\xff\xfe\n")
    run = ran(cast.actor("adam"), run, apply=True, constants=CUSTOMERS)
    assert run.state == "failed"
    assert "0xff cannot be read as utf-8" in run.message
    assert keys() == set()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("k1", "Alder"), ("k1", "Birch 2")), [(3, "id", "k1")]),
        ((("", "Alder"), ("", "álder")), [(3, "name", "álder")]),
        # Two companies of one name are two companies where their keys say so, also beside one without.
        ((("k1", "Alder"), ("k2", "Alder"), ("", "Alder")), []),
    ],
)
def test_duplicate_keys_in_the_file(cast: Cast, rows: Any, expected: Any) -> None:
    run = checked(cast.actor("adam"), "organizations", table(("id", "name"), *rows), constants=CUSTOMERS)
    assert faults(run) == expected


def test_a_known_organization_keeps_its_kind(cast: Cast) -> None:
    two(cast)
    content = table(("id", "name", "kind"), ("a1", "Alder", "partner"))
    run = checked(cast.actor("adam"), "organizations", content, constants={"source": "crm"})
    assert faults(run) == [(2, "kind", "partner")]


def test_too_many_faults_are_a_wrong_mapping(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MAX_BAD_ROWS", 3)
    content = table(("id", "name", "country"), *((n, f"Name {n}", "nowhere") for n in range(9)))
    run = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS, skip=True)
    assert run.state == "failed"
    assert "More than 3 rows" in run.message
    assert keys() == set()


# Contacts


def test_contacts_find_their_organization_by_key_and_by_name(cast: Cast) -> None:
    make_customer(name="Keyed", source="crm", external_key="k1")
    content = table(
        ("organization_key", "organization", "name", "email", "role"),
        ("k1", "", "Kim", "Kim@Keyed.example", "champion"),
        ("", "NORTHWIND", "Noor", "", "Billing"),
        ("gone", "", "Nobody", "", ""),
    )
    run = applied(cast.actor("adam"), "contacts", content, skip=True)
    assert faults(run) == [(4, "organization_key", "gone")]
    kim = Contact.objects.get(name="Kim")
    assert (kim.organization.name, kim.email, kim.role, kim.is_primary) == (
        "Keyed",
        "kim@keyed.example",
        "champion",
        True,
    )
    # Northwind has a primary contact already.
    assert Contact.objects.get(name="Noor").is_primary is False


def test_a_key_of_two_sources_needs_its_source(cast: Cast) -> None:
    for source in ("crm", "erp"):
        make_customer(name=f"Of {source}", source=source, external_key="7")
    content = table(("organization_key", "name"), ("7", "Kim"))
    assert faults(checked(cast.actor("adam"), "contacts", content)) == [(2, "organization_key", "7")]
    run = applied(cast.actor("adam"), "contacts", content, constants={"source": "erp"})
    assert run.rows_created == 1
    assert Contact.objects.get(name="Kim").organization.source == "erp"


def test_a_contact_that_is_there_is_changed_by_its_address(cast: Cast) -> None:
    content = table(
        ("organization", "name", "email", "title"), ("Northwind", "Connie C.", "CONNIE@northwind.example", "CTO")
    )
    run = applied(cast.actor("adam"), "contacts", content)
    assert (run.rows_created, run.rows_updated) == (0, 1)
    cast.connie_contact.refresh_from_db()
    assert (cast.connie_contact.name, cast.connie_contact.job_title) == ("Connie C.", "CTO")
    # The person in the portal stays the same person.
    assert cast.connie_contact.user_id == cast.connie.pk


@pytest.mark.parametrize(
    ("name", "email", "column"),
    [
        ("N\0ul", "a@b.example", "name"),
        ("x" * 151, "a@b.example", "name"),
        ("Kim", "no address", "email"),
        ("Kim", f"{'x' * 250}@b.example", "email"),
        ("@cmd", "", "name"),
    ],
)
def test_bad_contacts(cast: Cast, name: str, email: str, column: str) -> None:
    run = checked(cast.actor("adam"), "contacts", table(("organization", "name", "email"), ("Northwind", name, email)))
    assert run.rows_created == 0
    assert len(run.errors) == 1
    assert run.errors[0]["column"] in ({column} if "\0" not in name else {""})


def test_contacts_with_emoji_and_long_names(cast: Cast) -> None:
    names = ["🦊 Fox", "İpek Ünal", "x" * 150, "אורי"]
    content = table(("organization", "name"), *(("Northwind", name) for name in names))
    run = applied(cast.actor("adam"), "contacts", content)
    assert run.rows_created == 4
    assert set(names) <= set(Contact.objects.filter(organization=cast.northwind).values_list("name", flat=True))


def test_the_same_contact_twice_in_a_file(cast: Cast) -> None:
    content = table(
        ("organization", "name", "email"),
        ("Northwind", "Kim", "kim@x.example"),
        ("Northwind", "Kim 2", "KIM@x.example"),
        ("Northwind", "Lee", ""),
        ("Northwind", "LEE", ""),
        ("Birch", "Lee", ""),
    )
    assert faults(checked(cast.actor("adam"), "contacts", content)) == [
        (3, "email", "kim@x.example"),
        (5, "name", "LEE"),
    ]


def test_a_contacts_name_that_two_have_needs_an_address(cast: Cast) -> None:
    for address in ("a@x.example", "b@x.example"):
        make_contact(cast.northwind, name="Kim", email=address)
    run = checked(cast.actor("adam"), "contacts", table(("organization", "name"), ("Northwind", "kim")))
    assert faults(run) == [(2, "name", "kim")]


# Assignments


def test_owners_are_assigned_in_bulk_and_told(cast: Cast) -> None:
    partners = [make_partner("gate_3", name=f"Partner {n}") for n in range(3)]
    content = table(("organization", "owner", "role"), *((one.name, "tom@vendor.example", "TAM") for one in partners))
    content += table(("x", "y", "z"), (partners[0].name, "otto@vendor.example", "tam")).split(b"\r\n", 1)[1]
    run = applied(cast.actor("adam"), "assignments", content)
    assert (run.state, run.rows_created) == ("done", 4)
    held = Assignment.objects.filter(organization=partners[0], role="tam").order_by("pk")
    assert [(row.user.name, row.is_primary, row.started_at) for row in held] == [
        ("Tom Okafor", True, NOW),
        ("Otto Brandt", False, NOW),
    ]
    assert set(Organization.objects.visible_to(cast.actor("otto"))) == {partners[0]}
    told = Notification.objects.get(user=cast.tom, kind="owners")
    assert "3 organizations" in told.title
    line = TimelineEntry.objects.filter(organization=partners[1], kind="owner").get()
    assert line.title == "Tom Okafor became TAM"
    assert Activity.objects.filter(verb="assignment.started", organization_id=partners[1].pk).count() == 1


def test_tasks_of_a_role_go_to_who_comes_and_wait_again_after_the_undo(cast: Cast) -> None:
    partner = make_partner("gate_3", name="Alder")
    waiting = make_task(partner, owner_role="tam")
    other = make_task(partner, owner_role="psm")
    content = table(("organization", "owner", "role"), ("Alder", "tom@vendor.example", "tam"))
    run = applied(cast.actor("adam"), "assignments", content)
    assert [Task.objects.get(pk=task.pk).owner_id for task in (waiting, other)] == [cast.tom.pk, None]
    undone(cast, run)
    assert Task.objects.get(pk=waiting.pk).owner_id is None


def test_a_new_owner_replaces_nobody(cast: Cast) -> None:
    content = table(("organization", "owner", "role"), ("Northwind", "otto@vendor.example", "tam"))
    applied(cast.actor("adam"), "assignments", content)
    held = Assignment.objects.active().filter(organization=cast.northwind, role="tam").order_by("pk")
    assert [(row.user, row.is_primary) for row in held] == [(cast.tom, True), (cast.otto, False)]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (("Northwind", "nobody@vendor.example", "tam"), "owner", "an active colleague"),
        (("Northwind", "connie@northwind.example", "tam"), "owner", "an active colleague"),
        (("Northwind", "tom@vendor.example", "psm"), "role", "a role that tom@vendor.example holds"),
        (("Birch", "ana@vendor.example", "pam"), "role", "one of: csm"),
        (("Nowhere", "tom@vendor.example", "tam"), "organization", "an organization that exists"),
        (("Northwind", "tom@vendor.example", "boss"), "role", "one of"),
        (("Northwind", "not an address", "tam"), "owner", "an e-mail address"),
    ],
)
def test_owners_that_cannot_be(cast: Cast, row: tuple[str, ...], column: str, words: str) -> None:
    run = checked(cast.actor("adam"), "assignments", table(("organization", "owner", "role"), row))
    assert [(error["row"], error["column"]) for error in run.errors] == [(2, column)]
    assert words in run.errors[0]["expected"]


def test_a_deactivated_colleague_owns_nothing_new(cast: Cast) -> None:
    gone = make_user("tam", email="gone@vendor.example", is_active=False)
    run = checked(
        cast.actor("adam"), "assignments", table(("organization", "owner", "role"), ("Northwind", gone.email, "tam"))
    )
    assert faults(run) == [(2, "owner", gone.email)]


def test_unknown_organizations_are_not_called_duplicates(cast: Cast) -> None:
    content = table(
        ("organization", "owner", "role"), ("X", "tom@vendor.example", "tam"), ("Y", "tom@vendor.example", "tam")
    )
    assert [row for row, *_rest in faults(checked(cast.actor("adam"), "assignments", content))] == [2, 3]


def test_an_owner_who_was_one_before_comes_back(cast: Cast) -> None:
    later = NOW + timedelta(days=3)
    partner = make_partner("gate_3", name="Returning")
    make_assignment(partner, cast.otto, "tam", started_at=NOW - timedelta(days=9), ended_at=later)
    content = table(("organization", "owner", "role"), ("Returning", "otto@vendor.example", "tam"))
    assert applied(cast.actor("adam"), "assignments", content).rows_created == 1
    # Stays of one role do not overlap, whatever the clocks say.
    assert Assignment.objects.active().get(organization=partner).started_at == later


# Undo


def undone(cast: Cast, run: ImportRun) -> ImportRun:
    later = NOW + timedelta(hours=1)
    runs.queue_undo(by=cast.actor("adam"), run=run, now=later)
    return execution.execute_run(run_id=run.pk, by=cast.actor("adam"), now=later)


def test_undo_archives_what_the_run_made(cast: Cast) -> None:
    run = undone(cast, two(cast))
    assert run.state == "undone"
    assert run.message.startswith("2 taken back, 0 left alone")
    assert not Organization.objects.current().filter(source="crm").exists()
    assert Activity.objects.filter(verb="organization.archived", via="import").count() == 2
    with pytest.raises(DomainError):
        runs.queue_undo(by=cast.actor("adam"), run=run, now=NOW)


def test_undo_restores_what_the_run_changed(cast: Cast) -> None:
    two(cast)
    content = table(("id", "company", "ARR", "industry"), ("a1", "Alder & Sons", "99", "Wood"))
    changed = applied(cast.actor("adam"), "organizations", content, constants=CUSTOMERS)
    receipts = OrganizationFacts.objects.get(organization__external_key="a1").receipts
    undone(cast, changed)
    alder = Organization.objects.get(external_key="a1")
    assert (alder.name, str(alder.arr), alder.industry, alder.version) == ("Alder", "1250.50", "", 3)
    assert alder.archived_at is None
    assert OrganizationFacts.objects.get(organization=alder).receipts != receipts


def _edited(organization: Organization, cast: Cast) -> None:
    Organization.objects.filter(pk=organization.pk).update(name="Edited", version=2)


def _talked_to(organization: Organization, cast: Cast) -> None:
    make_interaction(organization, cast.tom)


def _owned(organization: Organization, cast: Cast) -> None:
    make_assignment(organization, cast.tom, "tam")


@pytest.mark.parametrize("use", [_edited, _talked_to, _owned])
def test_undo_leaves_alone_what_was_used_since(cast: Cast, use: Callable[[Organization, Cast], None]) -> None:
    run = two(cast)
    use(Organization.objects.get(external_key="a1"), cast)
    run = undone(cast, run)
    assert run.message.startswith("1 taken back, 1 left alone")
    assert list(Organization.objects.current().filter(source="crm").values_list("external_key", flat=True)) == ["a1"]


def test_undo_of_contacts(cast: Cast) -> None:
    content = table(
        ("organization", "name", "email", "phone"),
        ("Northwind", "Kim", "kim@x.example", "1"),
        ("Northwind", "Lee", "lee@x.example", "2"),
        ("Northwind", "Connie", "connie@northwind.example", "3"),
    )
    run = applied(cast.actor("adam"), "contacts", content)
    Contact.objects.filter(name="Lee").update(user=cast.connie)
    run = undone(cast, run)
    assert run.message.startswith("2 taken back, 1 left alone")
    assert Contact.objects.get(name="Kim").archived_at is not None
    assert Contact.objects.get(name="Lee").archived_at is None
    cast.connie_contact.refresh_from_db()
    assert (cast.connie_contact.name, cast.connie_contact.phone) == ("Connie Contact", "")


def test_undo_of_owners_tells_them_and_promotes_who_stays(cast: Cast) -> None:
    partner = make_partner("gate_3", name="Fresh")
    content = table(("organization", "owner", "role"), ("Fresh", "tom@vendor.example", "tam"))
    run = applied(cast.actor("adam"), "assignments", content)
    make_assignment(partner, cast.otto, "tam", is_primary=False, started_at=NOW)
    undone(cast, run)
    held = Assignment.objects.active().get(organization=partner)
    assert (held.user, held.is_primary) == (cast.otto, True)
    ended = Assignment.objects.get(organization=partner, user=cast.tom)
    assert (ended.ended_by, ended.reason) == (cast.adam, "Import undone")
    assert Notification.objects.filter(user=cast.tom, title__contains="was undone").count() == 1
    assert not Organization.objects.visible_to(cast.actor("tom")).filter(pk=partner.pk).exists()


# Rights and workers


@pytest.mark.parametrize("person", ["tom", "ana", "max", "sara", "nora"])
def test_only_those_may_import_who_work_everywhere(cast: Cast, person: str) -> None:
    with pytest.raises(NotAllowed):
        uploaded(cast.actor(person), "organizations", table(HEADER, *ROWS))


def test_a_right_that_was_taken_meanwhile_counts(cast: Cast) -> None:
    run = uploaded(cast.actor("adam"), "organizations", table(HEADER, *ROWS))
    mapping = {**run.mapping, "constants": CUSTOMERS}
    runs.queue(by=cast.actor("adam"), run=run, mapping=mapping, skip_bad_rows=False, apply=True, now=NOW)
    take_role(cast.adam, "admin", at=timezone.now())
    execution.run_queued(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "do not include importing" in run.message
    assert keys() == set()


def test_a_dismissed_person_imports_nothing(cast: Cast) -> None:
    run = uploaded(cast.actor("adam"), "organizations", table(HEADER, *ROWS))
    mapping = {**run.mapping, "constants": CUSTOMERS}
    runs.queue(by=cast.actor("adam"), run=run, mapping=mapping, skip_bad_rows=False, apply=True, now=NOW)
    type(cast.adam).objects.filter(pk=cast.adam.pk).update(is_active=False)
    execution.run_queued(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    assert run.state == "failed"
    assert keys() == set()


def test_a_run_is_done_once(cast: Cast) -> None:
    run = two(cast)
    before = (Organization.objects.count(), Activity.objects.count())
    execution.run_queued(run_id=run.pk, now=NOW)
    execution.execute_run(run_id=run.pk, by=cast.actor("adam"), now=NOW)
    assert (Organization.objects.count(), Activity.objects.count()) == before
    with pytest.raises(DomainError, match="has run already"):
        ran(cast.actor("adam"), run, apply=True, mapping=run.mapping)


def test_a_run_that_a_worker_is_at_cannot_be_changed(cast: Cast) -> None:
    run = uploaded(cast.actor("adam"), "organizations", table(HEADER, *ROWS))
    mapping = {**run.mapping, "constants": CUSTOMERS}
    runs.queue(by=cast.actor("adam"), run=run, mapping=mapping, skip_bad_rows=False, apply=False, now=NOW)
    with pytest.raises(DomainError, match="A worker is at this import"):
        runs.queue(by=cast.actor("adam"), run=run, mapping=mapping, skip_bad_rows=False, apply=True, now=NOW)
    with pytest.raises(DomainError, match="cannot be changed"):
        runs.save_mapping(by=cast.actor("adam"), run=run, mapping=mapping, skip_bad_rows=False)


def test_a_lost_run_is_queued_again_and_given_up_in_the_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[tuple[str, Any]] = []
    monkeypatch.setattr("common.jobs._send", lambda name, ids: sent.append((name, ids)))
    run = uploaded(cast.actor("adam"), "organizations", table(HEADER, *ROWS))
    mapping = {**run.mapping, "constants": CUSTOMERS}
    runs.queue(by=cast.actor("adam"), run=run, mapping=mapping, skip_bad_rows=False, apply=True, now=NOW)
    # The queueing transaction has ended, and its message was lost.
    connection.run_on_commit.clear()
    assert execution.requeue_stuck(now=NOW + timedelta(minutes=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert execution.requeue_stuck(now=NOW + timedelta(minutes=4)) == 1
        assert execution.requeue_stuck(now=NOW + timedelta(minutes=5)) == 0
    assert sent == [("partners.run_import", {"run_id": run.pk})]

    def dies(**_kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(execution, "execute_run", dies)
    for _attempt in range(execution.MAX_ATTEMPTS):
        with pytest.raises(RuntimeError):
            execution.run_queued(run_id=run.pk, now=NOW)
    execution.run_queued(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("failed", execution.MAX_ATTEMPTS)
    assert keys() == set()


def test_what_somebody_makes_on_a_page_meanwhile_is_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between matching and writing an organization with the same key appears: the work begins anew and updates it."""
    matched, made = execution.organizations.match, []

    def match_then_lose(*, now: datetime) -> Any:
        found = matched(now=now)
        if not made:
            # Outside of the savepoint that is rolled back, as another transaction would be.
            made.append(1)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE import_stage SET external_key = 'taken' WHERE row = 2")
        return found

    make_customer(name="Taken", source="crm", external_key="taken")
    monkeypatch.setattr(execution.organizations, "match", match_then_lose)
    run = two(cast)
    assert (run.state, run.rows_created) == ("done", 2)
    assert made == [1]


def test_large_imports_leave_the_classification_to_its_task(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr("common.jobs._send", lambda name, ids: sent.append(name))
    monkeypatch.setattr(execution.organizations, "CLASSIFIED_AT_ONCE", 1)
    with django_capture_on_commit_callbacks(execute=True):
        two(cast)
    assert "partners.reclassify" in sent
    facts = OrganizationFacts.objects.get(organization__external_key="a1")
    assert (facts.policy_versions, facts.computed_at) == ({}, None)


def test_a_mapping_is_remembered_for_the_next_file_of_its_columns(cast: Cast) -> None:
    mapping = {
        "columns": {"id": "external_key", "company": "edition", "ARR": "licenses"},
        "templates": {"name": "{company} {id}"},
        "constants": CUSTOMERS,
    }
    ran(
        cast.actor("adam"),
        uploaded(cast.actor("adam"), "organizations", table(HEADER, *ROWS)),
        apply=False,
        mapping=mapping,
    )
    again = uploaded(cast.actor("adam"), "organizations", table((*HEADER, "more"), (*ROWS[0], "x")))
    assert again.mapping["templates"] == mapping["templates"]
    other = uploaded(cast.actor("adam"), "organizations", table(("id", "name"), ("1", "x")))
    assert other.mapping == {"columns": {"id": "external_key", "name": "name"}}


def test_days_are_kept_with_their_zone(cast: Cast) -> None:
    content = table(("id", "name", "since", "target date"), ("1", "Alder", "09.03.2025", "31.12.2026"))
    run = uploaded(cast.actor("adam"), "organizations", content)
    mapping = {**run.mapping, "constants": CUSTOMERS, "date_order": "DMY"}
    ran(cast.actor("adam"), run, apply=True, mapping=mapping)
    alder = Organization.objects.get(external_key="1")
    assert alder.stage_entered_at == datetime(2025, 3, 9, tzinfo=UTC)
    assert alder.target_launch_on == date(2026, 12, 31)
    assert RoleGrant.objects.exists()
