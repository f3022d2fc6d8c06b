"""Roles, database, extensions and default rights (ADR 0002): what a superuser prepares once, and may repeat.

Two roles: `hub_owner` owns the database, runs migrations and backups and passes row security by; `hub_app` is what
web and workers sign in with, and is neither owner nor superuser. The same statements run here through psycopg2 and
are printed as a psql script for a database of one's own (`docs/deploy/provision.sql`).
"""

from collections.abc import Iterator
from contextlib import closing

import psycopg2
from psycopg2 import sql

OWNER, APP = "hub_owner", "hub_app"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "citext")
OWNER_RIGHTS = "LOGIN BYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION"
APP_RIGHTS = "LOGIN NOBYPASSRLS NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION"
# A prepared database grants the application rights on every new table. Restored tables bring their own, narrower ones
# (append-only history), so the defaults step aside; the dump sets them again at its end.
NO_DEFAULT_RIGHTS = (
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {APP}",
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {APP}",
)


def role_statements() -> Iterator[str]:
    """Both roles with exactly their rights, whether they exist or not."""
    for role, rights in ((OWNER, OWNER_RIGHTS), (APP, APP_RIGHTS)):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role}; END IF; END $$"
        )
        yield f"ALTER ROLE {role} WITH {rights}"


def database_statements(database: str) -> Iterator[str]:
    """What is set inside `database`: extensions, and rights on all that the owner makes from now on.

    Rights on tables that exist are left alone: migrations take some away (append-only history).
    """
    for extension in EXTENSIONS:
        yield f"CREATE EXTENSION IF NOT EXISTS {extension}"
    yield f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'
    yield f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {APP}'
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT ALL ON SCHEMA public TO {OWNER}"
    yield f"GRANT USAGE ON SCHEMA public TO {APP}"
    made_by_owner = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT"
    yield f"{made_by_owner} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}"
    yield f"{made_by_owner} USAGE, SELECT ON SEQUENCES TO {APP}"


def provision(
    superuser_dsn: str,
    *,
    database: str = "hub",
    owner_password: str | None = None,
    app_password: str | None = None,
    scratch_databases: bool = False,
) -> None:
    """Bring a server to the state above; safe to repeat. `superuser_dsn` is a libpq address of any of its databases.

    Passwords are set when given. With `scratch_databases` the owner may also create databases and end sessions of the
    application role, which the test suite needs. Raises psycopg2.Error when the role may not do all this.
    """
    with closing(_connect(superuser_dsn)) as connection, connection.cursor() as cursor:
        for statement in role_statements():
            cursor.execute(statement)
        for role, password in ((OWNER, owner_password), (APP, app_password)):
            if password is not None:
                cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), [password])
        if scratch_databases:
            cursor.execute(f"ALTER ROLE {OWNER} CREATEDB")
            cursor.execute(f"GRANT {APP} TO {OWNER}")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )
    with closing(_connect(superuser_dsn, dbname=database)) as inside, inside.cursor() as cursor:
        for statement in database_statements(database):
            cursor.execute(statement)


def psql_script(database: str = "hub") -> str:
    """The same as a script for psql 15+, which takes the passwords from HUB_OWNER_PASSWORD and HUB_APP_PASSWORD."""
    lines = [
        "-- Made by `python3 manage.py provision --print`. Run by psql as a superuser; safe to repeat.",
        "\\set ON_ERROR_STOP on",
        "\\getenv owner_password HUB_OWNER_PASSWORD",
        "\\getenv app_password HUB_APP_PASSWORD",
        *(f"{statement};" for statement in role_statements()),
        f"ALTER ROLE {OWNER} PASSWORD :'owner_password';",
        f"ALTER ROLE {APP} PASSWORD :'app_password';",
        f"SELECT 'CREATE DATABASE \"{database}\" OWNER {OWNER} ENCODING ''UTF8'' TEMPLATE template0'",
        f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec",
        f'\\connect "{database}"',
        *(f"{statement};" for statement in database_statements(database)),
    ]
    return "\n".join(lines) + "\n"


def _connect(dsn: str, **overrides: str) -> "psycopg2.extensions.connection":
    connection = psycopg2.connect(dsn, **overrides)
    connection.autocommit = True
    return connection
