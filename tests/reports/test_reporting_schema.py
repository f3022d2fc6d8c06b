"""The reporting schema as a BI tool meets it: its own sign-in, its person's organizations, nothing else (ADR 0034)."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import psycopg2.errors
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse
from psycopg2.extras import LoggingConnection

from accounts.choices import STAGES_BY_KIND
from accounts.models import Activity, User
from common.models import PolicyVersion
from partners.models import Organization
from reports.models import DailyFact, ReportingLogin
from reports.rules.measures import MEASURES
from reports.selectors.sources import IN_FACTS
from tests.cast import ROLES, Cast, make_cast
from tests.factories.accounts import actor, give_roles, make_team, make_user, take_role
from tests.factories.health import make_health
from tests.factories.partners import (
    NOW,
    make_assignment,
    make_contact,
    make_handoff,
    make_interaction,
    make_organization,
)
from tests.factories.relationship import make_relationship
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_queue, make_ticket
from tests.factories.work import make_work

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
DOCS = Path(__file__).resolve().parents[2] / "docs" / "reporting-schema.md"
COMMERCIAL = {"opportunities", "renewals", "revenue_changes", "losses"}
COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = 'reporting' ORDER BY 1, ordinal_position
"""


def superuser() -> str:
    config = connections["owner"].settings_dict
    dsn = f"postgresql:///postgres?host={config['HOST']}&user=postgres"
    try:
        psycopg2.connect(dsn).close()
    except psycopg2.OperationalError:
        pytest.skip("the server is not ours: nobody may make roles on it")
    return dsn


def address() -> dict[str, Any]:
    """Where the database of the test is."""
    config = connections["default"].settings_dict
    return {"host": config["HOST"], "port": config["PORT"] or None, "dbname": config["NAME"]}


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def tool(people: Cast) -> Iterator[Any]:
    """A BI tool signed in with the login that the command has made for Tom."""
    dsn, said = superuser(), io.StringIO()
    call_command("reporting", "grant", people.tom.email, superuser_url=dsn, stdout=said)
    login, password = re.findall(r": (\S+)$", said.getvalue(), flags=re.MULTILINE)
    with closing(psycopg2.connect(**address(), user=login, password=password)) as found:
        found.autocommit = True
        yield found
    connections.close_all()
    if ReportingLogin.objects.filter(user=people.tom, revoked_at__isnull=True).exists():
        call_command("reporting", "revoke", people.tom.email, superuser_url=dsn, stdout=said)


def read(tool: Any, statement: str) -> list[Any]:
    with tool.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def views() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with connections["owner"].cursor() as cursor:
        cursor.execute(COLUMNS)
        for view, column in cursor.fetchall():
            found.setdefault(view, []).append(column)
    return found


def make_world(people: Cast) -> None:
    """Each stage of both kinds with its owner of each role at one, an ended one, open handoffs, teams, mixed roles."""
    everybody = [getattr(people, name) for name in ROLES]
    mixed = make_user("tam", "techlead", name="Mixed")
    make_team(leads=[mixed, people.lou], members=[people.olga, people.petra])
    make_team(leads=[people.tom], members=[people.otto])
    number = 0
    for kind, stages in STAGES_BY_KIND.items():
        for stage in stages:
            for role in ("pam", "pdm", "tpm", "psm", "tam", "csm", "integration", "sales"):
                place = make_organization(
                    kind=kind, stage=str(stage), name=f"Place {number:03}", ccv=Decimal(number + 1)
                )
                owner = everybody[number % len(everybody)] if number % 3 else mixed
                make_assignment(place, owner, role, ended_at=NOW if number % 7 == 5 else None)
                if number % 5 == 0:
                    make_handoff(place, owner, people.connie, state="returned" if number % 2 else "offered")
                number += 1


def test_a_login_reads_what_its_person_may_open_and_nothing_else(tool: Any, people: Cast) -> None:
    make_world(people)
    retired = make_user("manager", name="Retired", is_active=False)
    everybody = {**{name: getattr(people, name) for name in ROLES}, "connie": people.connie, "retired": retired}
    everybody["mixed"] = User.objects.get(name="Mixed")
    sizes = {}
    for name, person in everybody.items():
        ReportingLogin.objects.update(user=person)
        found = read(tool, "SELECT name, ccv IS NOT NULL FROM reporting.organizations")
        asker = actor(person) if person.is_active else actor(people.nora)
        may = asker.has("see_reports")
        opened = Organization.objects.opened_to(asker) if may else Organization.objects.none()
        paid: Any = Organization.objects.with_reach(asker).exclude(ccv=None)
        commercial = set(paid.filter(shows_commercial=True).values_list("name", flat=True)) if may else set()
        assert sorted(place for place, _paid in found) == sorted(opened.values_list("name", flat=True)), name
        assert {place for place, is_paid in found if is_paid} == commercial, name
        sizes[name] = len(found)
    assert sizes["max"] == sizes["adam"] == 90
    assert {sizes[name] for name in ("tom", "ana", "mixed", "lou", "lena", "ines")} <= set(range(1, 30)), sizes
    assert {sizes[name] for name in ("sue", "sam", "nora", "connie", "retired")} == {0}


def test_rights_that_change_and_packs_that_are_not_understood_hold_from_the_next_query(tool: Any, people: Cast) -> None:
    count = "SELECT count(*) FROM reporting.organizations"
    assert read(tool, count) == [(2,)]
    take_role(people.tom, "tam")
    assert read(tool, count) == [(0,)]
    give_roles(people.tom, "manager")
    make_organization(name="Elsewhere")
    assert read(tool, count) == [(3,)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE common_policyversion SET body = body - 'capabilities' WHERE name = 'access'")
    assert PolicyVersion.objects.filter(name="access", is_active=True).exists()
    assert read(tool, count) == [(0,)]


def make_rows(place: Organization, people: Cast) -> None:
    contact = make_contact(place)
    make_interaction(place, people.tom, summary="Secret words")
    make_work(place, people.petra, people.tom)
    make_relationship(contact, people.petra, people.tom)
    make_survey(contact, score=5, at=NOW, comment="Secret words")
    make_health(place, day=NOW.date())
    make_ticket(make_queue(), place, subject="Secret words", now=NOW - timedelta(days=1))
    for measure in ("csat_score", "nps"):
        DailyFact.objects.create(organization=place, measure=measure, day=NOW.date(), numerator=1, denominator=1)


def test_answers_on_recommending_are_told_neither_singly_nor_by_organization(tool: Any, people: Cast) -> None:
    make_rows(people.northwind, people)
    make_survey(make_contact(people.northwind), kind="nps", score=2, at=NOW)
    ReportingLogin.objects.update(user=people.max)
    found = read(tool, "SELECT kind, score FROM reporting.surveys ORDER BY kind")
    assert found == [("csat", 5), ("nps", None)]
    for view in ("daily_facts", "monthly_facts"):
        assert {row[0] for row in read(tool, f"SELECT measure FROM reporting.{view}")} == {"csat_score"}


def test_every_view_holds_to_the_scope(tool: Any, people: Cast) -> None:
    foreign = make_organization(name="Foreign", owners={"tam": people.otto})
    for place in (people.northwind, people.birch, foreign):
        make_rows(place, people)
    of_foreign = {(str(foreign.public_id),)}
    for name, (view, columns) in ((n, v) for n in ("tom", "ines", "max", "sara") for v in views().items()):
        assert "organization_id" in columns
        ReportingLogin.objects.update(user=getattr(people, name))
        found = set(read(tool, f"SELECT organization_id::text FROM reporting.{view}"))
        if name == "max":
            assert len(found) == 3, view
        elif name == "sara":
            assert len(found) == (3 if view in {"tickets", "promises", "surveys"} else 0), view
        else:
            assert not found & of_foreign, view
            assert len(found) == (0 if name == "ines" and view in COMMERCIAL else 2), view
        everything = str(read(tool, f"SELECT * FROM reporting.{view}"))
        assert "Secret words" not in everything
        assert people.connie.name not in everything


# That a view of joins takes no rows is found out before the missing right to write is.
REFUSED = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectNotInPrerequisiteState)
HOSTILE = [
    "SET ROLE hub_app",
    "SET SESSION AUTHORIZATION hub_owner",
    "SELECT * FROM partners_organization",
    "SELECT * FROM reports_reportinglogin",
    "SELECT * FROM reporting.reader()",
    "INSERT INTO reporting.stage_periods (stage) VALUES ('live')",
    "UPDATE reporting.organizations SET name = 'Mine'",
    "DELETE FROM reporting.daily_facts",
    "CREATE TABLE reporting.mine (a int)",
    "CREATE TABLE public.mine (a int)",
    "CREATE FUNCTION reporting.open_ids(boolean) RETURNS bigint[] LANGUAGE sql AS 'SELECT NULL::bigint[]'",
]

TELLTALE = """CREATE FUNCTION pg_temp.tell(what text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
    $$ BEGIN RAISE NOTICE '%', what; RETURN true; END $$"""


def test_a_login_can_neither_widen_its_scope_nor_write(tool: Any, people: Cast) -> None:
    make_organization(name="Foreign")
    with tool.cursor() as cursor:
        for setting in ("hub.scope = 'all'", "hub.desk = 'all'", "row_security = off", "search_path = pg_temp, public"):
            cursor.execute(f"SET {setting}")
        cursor.execute("SET default_transaction_read_only = off")
    assert read(tool, "SELECT count(*) FROM reporting.organizations") == [(2,)]
    for statement in HOSTILE:
        with pytest.raises(REFUSED):
            read(tool, statement)
    # Where a session may have things of its own, they stand for nothing, and are told of no rows outside of the scope.
    with tool.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE partners_assignment (user_id bigint, organization_id bigint, role text)")
        cursor.execute(TELLTALE)
        cursor.execute("SELECT name FROM reporting.organizations WHERE pg_temp.tell(name)")
        assert len(cursor.fetchall()) == 2
    assert "Northwind" in str(tool.notices)
    assert "Foreign" not in str(tool.notices)
    allowed = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')
          AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"""
    callable_ones = """SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1"""
    assert read(tool, allowed) == []
    assert read(tool, callable_ones) == [("open_ids",), ("sees_all",), ("sees_all_tickets",)]


def test_a_login_is_given_listed_shown_and_taken_back(tool: Any, people: Cast, client: Any) -> None:
    dsn, said = superuser(), io.StringIO()
    for person, why in ((people.tom, "already"), (people.sue, "does not read"), (people.connie, "No colleague")):
        with pytest.raises(CommandError, match=why):
            call_command("reporting", "grant", person.email, superuser_url=dsn)
    os.environ.pop("HUB_BI_PASSWORD", None)
    call_command("reporting", "list", stdout=said)
    login = ReportingLogin.objects.get()
    assert f"{login.role_name}: {people.tom.email}" in said.getvalue()
    client.force_login(people.adam)
    page = client.get(reverse("admin:reports_reportinglogin_changelist"))
    assert login.role_name in page.content.decode()
    call_command("reporting", "revoke", people.tom.email, superuser_url=dsn, stdout=said)
    with pytest.raises(psycopg2.Error):
        read(tool, "SELECT 1")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login.role_name])
        assert cursor.fetchone() is None
    with pytest.raises(CommandError, match="no login"):
        call_command("reporting", "revoke", people.tom.email)
    verbs = Activity.objects.filter(verb__startswith="reporting_login.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["reporting_login.granted", "reporting_login.revoked"]


def test_the_page_names_every_view_and_column() -> None:
    said: dict[str, list[str]] = {}
    view = ""
    for line in DOCS.read_text().splitlines():
        if found := re.fullmatch(r"### (\w+)", line):
            view = found[1]
        elif view and (found := re.match(r"\| `(\w+)` \|", line)):
            said.setdefault(view, []).append(found[1])
    assert said == views()


def test_no_view_reads_what_people_write_or_who_a_contact_is() -> None:
    """A column that a table gets later is in no view until somebody puts it there; then it must be none of these."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT u.table_name, u.column_name FROM information_schema.view_column_usage u
            JOIN information_schema.columns c USING (table_schema, table_name, column_name)
            WHERE u.view_schema = 'reporting' AND u.table_schema = 'public'
              AND (c.data_type IN ('text', 'jsonb', 'ARRAY') OR u.table_name ~ 'contact|message|note'
                   OR u.column_name ~ 'subject$|title|summary|note|body|comment|reason|email|phone|requester|words')"""
        )
        # Why an organization left is a choice of few, not a text.
        assert cursor.fetchall() == [("partners_loss", "reason")]


def test_facts_hold_no_money() -> None:
    """They are added up, here and in reports, for everybody who opens the organization."""
    assert IN_FACTS
    assert [name for name in IN_FACTS if MEASURES[name].is_commercial] == []


def test_the_server_is_told_no_password(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is told may stand in its log; a verifier is of no use there."""
    heard = io.StringIO()

    class Heard(LoggingConnection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.initialize(heard)

    dsn, said = superuser(), io.StringIO()
    opened = partial(psycopg2.connect, connection_factory=Heard)
    monkeypatch.setattr("hub.reporting_roles.psycopg2", SimpleNamespace(connect=opened))
    call_command("reporting", "grant", people.tom.email, superuser_url=dsn, stdout=said)
    monkeypatch.undo()
    login, password = re.findall(r": (\S+)$", said.getvalue(), flags=re.MULTILINE)
    assert "SCRAM-SHA-256$" in heard.getvalue()
    assert password not in heard.getvalue()
    psycopg2.connect(**address(), user=login, password=password).close()
    connections.close_all()
    call_command("reporting", "revoke", people.tom.email, superuser_url=dsn, stdout=said)
