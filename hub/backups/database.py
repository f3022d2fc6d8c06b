"""The database side of backups: as whom, with which programs, and what is compared."""

import contextlib
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from hub.backups.manifest import BackupError, TableSum
from hub.env import EnvError, database_config
from hub.runtime.postgres import program
from hub.runtime.processes import ServiceError

# How values are written decides their digests: the same everywhere.
_SETTINGS = (
    "SET DateStyle = 'ISO, YMD'",
    "SET TimeZone = 'UTC'",
    "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
    "SET statement_timeout = 0",
    "SET lock_timeout = '30s'",
)
# Tables of the hub: whole ones and parents of partitions, whose rows are counted once, through the parent.
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""
# Computed columns are left out: they are computed again, by the rules of whatever server restores them.
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = format('public.%%I', %s::text)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
_SUM = """
SELECT count(*), coalesce(sum(
    ('x' || left(encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint::numeric), 0)
FROM {table}
"""
# Who may do what on each table, and whether row security holds: a restore that loses either is worse than none.
_RIGHTS = """
SELECT c.relname, format('%s%s ', CASE WHEN c.relrowsecurity THEN 'r' ELSE '-' END,
                         CASE WHEN c.relforcerowsecurity THEN 'f' ELSE '-' END)
    || coalesce((SELECT string_agg(format('%s:%s', coalesce(r.rolname, 'public'), a.privilege_type), ' '
                                   ORDER BY r.rolname, a.privilege_type)
                 FROM aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                 WHERE a.grantee <> c.relowner), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_ANYTHING = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
  AND n.nspname NOT LIKE 'pg\\_temp%' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname LIMIT 1
"""


class Target:
    """A database and the role to reach it as; the password goes to programs by their environment, never as argument."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.options = {
            "dbname": str(config["NAME"]),
            "user": str(config.get("USER") or ""),
            "host": str(config.get("HOST") or ""),
            "port": str(config.get("PORT") or ""),
            **{key: str(value) for key, value in (config.get("OPTIONS") or {}).items() if key.startswith("ssl")},
        }
        self.password = str(config.get("PASSWORD") or "")

    @classmethod
    def of_url(cls, url: str) -> "Target":
        try:
            return cls(database_config(url))
        except EnvError as error:
            raise BackupError(str(error)) from error

    @property
    def name(self) -> str:
        return self.options["dbname"]

    def connect(self) -> Any:
        """A connection of its own, with everything set that sums depend on. Raises BackupError."""
        parts = {key: value for key, value in self.options.items() if value}
        try:
            connection = psycopg2.connect(**parts, **({"password": self.password} if self.password else {}))
        except psycopg2.OperationalError as error:
            raise BackupError(f"The database cannot be reached: {str(error).strip()}") from error
        with connection.cursor() as cursor:
            for statement in _SETTINGS:
                cursor.execute(statement)
        connection.commit()
        return connection

    def arguments(self) -> list[str]:
        """For pg_dump and pg_restore: a libpq connection string without the password."""
        words = " ".join(
            "{}='{}'".format(key, value.replace("\\", "\\\\").replace("'", "\\'"))
            for key, value in self.options.items()
            if value
        )
        return ["--no-password", f"--dbname={words}"]

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        return {**base, **({"PGPASSWORD": self.password} if self.password else {})}


def server_major(connection: Any) -> int:
    return int(connection.server_version) // 10_000


def check_role(connection: Any) -> None:
    """Only a role that row security does not hold sees every row. Raises BackupError for any other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, passes = cursor.fetchone()
    if not passes:
        raise BackupError(
            f"The role {name} is held by row security and would leave rows out without a word. "
            "Backup and restore run as the owner role: set DATABASE_OWNER_URL."
        )


def check_empty(connection: Any, name: str) -> None:
    """Raises BackupError when anything of anybody is in the database already."""
    with connection.cursor() as cursor:
        cursor.execute(_ANYTHING)
        found = cursor.fetchone()
    if found is not None:
        raise BackupError(
            f"The database {name} is not empty: it holds {found[0]}, at least. "
            "A restore goes into an empty database, made by `manage.py provision`; nothing was touched."
        )


def table_sums(connection: Any) -> dict[str, TableSum]:
    """Counts and sums of every table of the hub, in the present transaction's snapshot."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for (name,) in cursor.fetchall():
            cursor.execute(_COLUMNS, [name])
            columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in cursor.fetchall())
            cursor.execute(sql.SQL(_SUM).format(columns=columns, table=sql.Identifier("public", name)))
            rows, total = cursor.fetchone()
            found[name] = TableSum(rows=rows, sum=str(total))
    return found


def migrations(connection: Any) -> tuple[str, ...]:
    """The migrations that the database has been through, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return tuple(row[0] for row in cursor.fetchall())


def table_rights(connection: Any) -> dict[str, str]:
    """Row security and grants of every table and partition, as comparable text."""
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS)
        return dict(cursor.fetchall())


def client_program(name: str, *, major: int) -> Path:
    """pg_dump or pg_restore for a server of this major version: the same one, else the nearest newer.

    Raises BackupError when there is none: an older program cannot read a newer server.
    """
    places = [Path(found).parent for found in _found(name)]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    versions = {place / name: _version(place / name) for place in places if (place / name).exists()}
    fitting = {path: version for path, version in versions.items() if version >= major}
    if not fitting:
        raise BackupError(f"{name} of PostgreSQL {major} or newer was not found; install the client programs.")
    return min(fitting, key=lambda path: fitting[path])


def _found(name: str) -> list[str]:
    found = [shutil.which(name) or ""]
    with contextlib.suppress(ServiceError):
        found.append(str(program(name)))
    return [path for path in found if path]


def _version(path: Path) -> int:
    answer = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)
    match = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(match.group(1)) if match else 0
