"""The database's side of logins of the reporting schema: roles that a superuser makes and drops."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from hub.runtime import paths
from hub.runtime.postgres import SUPERUSER

RIGHTS = "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION CONNECTION LIMIT 5"
# What a session begins with. It may set these otherwise; what it reads is not decided by any setting.
SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "search_path": "reporting",
}


def own_superuser() -> str:
    """The address of the superuser of the embedded server; empty where the database is somebody else's."""
    config = settings.DATABASES["default"]
    host = str(config.get("HOST") or "")
    if not host or Path(host) != paths.socket_dir(paths.data_dir()):
        return ""
    return f"postgresql:///postgres?host={host}&user={SUPERUSER}"


def make_role(superuser_dsn: str, *, role: str, password: str, database: str) -> None:
    """Make a role that signs in to `database` and owns nothing, or give it this password. Raises psycopg2.Error.

    The server is told a verifier, never the password: what it is told may stand in its log, and a verifier is of no
    use to who reads it there.
    """
    name = sql.Identifier(role)
    with _cursor(superuser_dsn) as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {}").format(name))
        verifier = encrypt_password(password, role, scope=cursor.connection, algorithm="scram-sha-256")
        cursor.execute(sql.SQL(f"ALTER ROLE {{}} WITH {RIGHTS} PASSWORD %s").format(name), [verifier])
        for setting, value in SETTINGS.items():
            cursor.execute(sql.SQL("ALTER ROLE {} SET {} = %s").format(name, sql.Identifier(setting)), [value])
        cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), name))


def drop_role(superuser_dsn: str, *, role: str, database: str) -> None:
    """End the sessions of a role and drop it, if it is there. Raises psycopg2.Error."""
    name = sql.Identifier(role)
    with _cursor(superuser_dsn) as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            return
        cursor.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(name))
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [role])
        cursor.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}").format(sql.Identifier(database), name))
        cursor.execute(sql.SQL("DROP ROLE {}").format(name))


@contextmanager
def _cursor(superuser_dsn: str) -> Iterator[Any]:
    with closing(psycopg2.connect(superuser_dsn)) as connection, connection, connection.cursor() as cursor:
        yield cursor
