"""The databases of the suite: one template, migrated once by the owner role, cloned for every process.

Tests sign in as `hub_app`, as the product does: row-level security holds in them too. A test that commits
(`transaction=True`) gets the clone made anew afterwards: the rows that migrations seeded are back, and the application
role needs no right to truncate append-only tables.
"""

import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

from hub.runtime import provision
from tests.kept_template import KeptTemplate

PACKS = Path(__file__).resolve().parents[1] / "policies" / "default"
RUN_VARIABLE = "HUB_TEST_RUN"
# What a process remembers by ids alone: a version never changes, so the product never forgets these.
REMEMBERED = (
    ("accounts.actors", "access_policy"),
    ("accounts.selectors.calendars", "_hours_of_version"),
    ("partners.selectors.capacity_presence", "_open_minutes"),
    ("tickets.selectors.sla_book", "_pack_of"),
    ("tickets.selectors.sla_book", "_book"),
)
# Any number will do, as long as all processes of a run use the same.
TEMPLATE_LOCK = 7_346_201
AUTOVACUUM_SECONDS = 30


def template_name() -> str:
    return f"hub_test_{os.environ[RUN_VARIABLE]}_template"


def clone_name() -> str:
    return f"hub_test_{os.environ[RUN_VARIABLE]}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def create_clone() -> None:
    """Point both aliases (and programs that tests start) at a fresh clone of the migrated template."""
    with _maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        try:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template_name()])
            if cursor.fetchone() is None:
                _create_template(cursor)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])
    renew_clone()
    _use(clone_name())


def renew_clone(*_args: Any) -> None:
    """Drop the clone with all its sessions and make it anew."""
    connections.close_all()
    # Ids begin again, so what a process remembers by them holds no more.
    for module, name in REMEMBERED:
        if module in sys.modules:
            getattr(sys.modules[module], name).cache_clear()
    drop_clone()
    with _maintenance() as cursor:
        cursor.execute(f'CREATE DATABASE "{clone_name()}" TEMPLATE "{template_name()}"')


def drop_clone() -> None:
    connections.close_all()
    with _maintenance() as cursor:
        _drop(cursor, clone_name())


def drop_template() -> None:
    """Leave nothing behind on a server that is not ours."""
    with _maintenance() as cursor:
        _drop(cursor, template_name())


def _drop(cursor: Any, name: str) -> None:
    """Drop it with its sessions; an autovacuum that looks at it is the superuser's, and is waited for."""
    ends = time.monotonic() + AUTOVACUUM_SECONDS
    while True:
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except psycopg2.errors.InsufficientPrivilege:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
        else:
            return


def renew_after_transactional_tests() -> None:
    """Let Django renew the clone where it would truncate every table, which the application role may not."""
    TransactionTestCase._fixture_teardown = renew_clone  # type: ignore[attr-defined]


def _create_template(cursor: Any) -> None:
    cursor.execute(f"CREATE DATABASE \"{template_name()}\" ENCODING 'UTF8' TEMPLATE template0")
    address = _owner_address(template_name())
    try:
        with closing(psycopg2.connect(**address)) as inside, inside.cursor() as inner:
            for statement in provision.database_statements(template_name()):
                inner.execute(statement)
            inside.commit()
        _use(template_name())
        kept = KeptTemplate()
        if not kept.restore():
            call_command("migrate", database="owner", interactive=False, verbosity=0)
            kept.keep()
        # The policies of a fresh installation, as `up` loads them: without them nobody may do anything.
        call_command("policy", "load", str(PACKS), verbosity=0, stdout=io.StringIO())
    except BaseException:
        connections.close_all()
        cursor.execute(f'DROP DATABASE IF EXISTS "{template_name()}" WITH (FORCE)')
        raise
    connections.close_all()


def _use(name: str) -> None:
    for alias, variable in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        _scheme, _, rest = os.environ[variable].partition("://")
        authority, _, tail = rest.partition("/")
        _old_name, mark, query = tail.partition("?")
        os.environ[variable] = f"postgresql://{authority}/{name}{mark}{query}"


def _owner_address(database: str) -> dict[str, str]:
    """The owner's libpq address of `database`, out of the settings of the alias (its NAME changes, the rest stays)."""
    settings = connections["owner"].settings_dict
    parts = {"user": settings["USER"], "password": settings["PASSWORD"], "host": settings["HOST"]}
    parts |= {"port": str(settings["PORT"]), "dbname": database}
    return {name: value for name, value in parts.items() if value}


@contextmanager
def _maintenance() -> Iterator[Any]:
    """A cursor of the owner outside of the scratch databases, each statement a transaction of its own."""
    with closing(psycopg2.connect(**_owner_address("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
