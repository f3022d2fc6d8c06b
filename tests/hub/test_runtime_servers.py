"""The embedded servers themselves: started, killed, started again, each test in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from hub.runtime import paths, processes, provision
from hub.runtime.embedded import Needs, Servers
from hub.runtime.locks import FileLock
from hub.runtime.postgres import find_programs, program
from hub.runtime.processes import ServiceError
from hub.runtime.sharing import borrowed_servers, owner_lock

OURS = Needs(database=True, redis=True)
SECONDS = 20.0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Running, and not only a zombie that nobody has collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path, whose names are too long for sockets.
    with tempfile.TemporaryDirectory(prefix="hub-servers-") as name:
        yield Path(name)


@pytest.fixture
def servers(folder: Path) -> Iterator[Servers]:
    made = Servers(data=folder, sockets=folder / "run", logs=folder / "log", needs=OURS)
    yield made
    made.stop()


def test_servers_start_answer_stop_and_keep_what_they_were_told(servers: Servers) -> None:
    servers.start()
    assert servers.answers()
    addresses = servers.environment()
    with closing(psycopg2.connect(addresses["DATABASE_OWNER_URL"])) as owner, owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with redis.Redis.from_url(addresses["REDIS_URL"]) as broker, redis.Redis.from_url(addresses["CACHE_URL"]) as cache:
        broker.set("kept", 7)
        cache.set("kept", 7)
        assert broker.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert broker.config_get("appendonly") == {"appendonly": "yes"}
        assert cache.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}
    servers.stop()
    assert not servers.answers()

    servers.start()
    with closing(psycopg2.connect(addresses["DATABASE_URL"])) as app, app.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        assert cursor.fetchone() == (7,)
    with redis.Redis.from_url(addresses["REDIS_URL"]) as broker, redis.Redis.from_url(addresses["CACHE_URL"]) as cache:
        assert broker.get("kept") == b"7"
        assert cache.get("kept") is None


def test_sockets_are_private_and_no_port_is_open(servers: Servers) -> None:
    servers.start()
    assert servers.sockets.stat().st_mode & 0o777 == 0o700
    with closing(psycopg2.connect(servers.postgres.superuser_dsn)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
    with redis.Redis.from_url(servers.broker.url) as broker:
        assert broker.config_get("port") == {"port": "0"}


def test_a_killed_database_starts_again_with_its_data(servers: Servers) -> None:
    servers.start()
    with (
        closing(psycopg2.connect(servers.environment()["DATABASE_OWNER_URL"])) as owner,
        owner,
        owner.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
    process = servers.postgres.process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert (servers.postgres.directory / "postmaster.pid").exists()
    assert servers.down() == [servers.postgres]

    servers.postgres.start()
    with closing(psycopg2.connect(servers.environment()["DATABASE_URL"])) as app, app.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        assert cursor.fetchone() == (7,)


def test_an_interrupted_first_start_is_made_anew(servers: Servers) -> None:
    half = servers.postgres.directory.with_name("postgres.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    servers.start()
    assert servers.answers()
    assert not half.exists()


def test_a_cluster_of_another_version_is_left_alone(servers: Servers) -> None:
    servers.postgres.directory.mkdir(parents=True)
    (servers.postgres.directory / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServiceError, match="was made by PostgreSQL 12"):
        servers.start()
    assert (servers.postgres.directory / "PG_VERSION").read_text() == "12\n"


def test_provisioning_twice_changes_nothing_and_gives_the_roles_their_rights(servers: Servers) -> None:
    servers.start()
    provision.provision(servers.postgres.superuser_dsn)
    with closing(psycopg2.connect(servers.postgres.superuser_dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname LIKE 'hub%' ORDER BY 1"
        )
        assert cursor.fetchall() == [("hub_app", False, False, False), ("hub_owner", False, True, False)]
    addresses = servers.environment()
    with closing(psycopg2.connect(addresses["DATABASE_OWNER_URL"])) as owner, owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE thing (id bigint GENERATED BY DEFAULT AS IDENTITY, name citext)")
        cursor.execute("SELECT similarity(unaccent('Zoë'), 'zoe') > 0.9")
        assert cursor.fetchone() == (True,)
    with closing(psycopg2.connect(addresses["DATABASE_URL"])) as app, app, app.cursor() as cursor:
        cursor.execute("INSERT INTO thing (name) VALUES ('A') RETURNING id")
        cursor.execute("UPDATE thing SET name = 'b'")
        cursor.execute("DELETE FROM thing")
        for forbidden in ("TRUNCATE thing", "DROP TABLE thing", "CREATE TABLE mine ()"):
            cursor.execute("SAVEPOINT before")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(forbidden)
            cursor.execute("ROLLBACK TO before")


def test_the_printed_script_does_the_same_through_psql(servers: Servers) -> None:
    servers.start()
    passwords = {"HUB_OWNER_PASSWORD": "it's", "HUB_APP_PASSWORD": "secret"}
    for _round in range(2):
        done = subprocess.run(
            [program("psql"), "-X", "-q", servers.postgres.superuser_dsn],
            check=False,
            input=provision.psql_script("other"),
            env={**os.environ, **passwords},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    other = servers.postgres.dsn(user=provision.OWNER, database="other")
    with closing(psycopg2.connect(other)) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT array_agg(extname::text ORDER BY 1) FROM pg_extension")
        assert set(provision.EXTENSIONS) <= set(cursor.fetchone()[0])


def test_the_committed_script_is_the_printed_one() -> None:
    assert (paths.ROOT / "docs" / "deploy" / "provision.sql").read_text() == provision.psql_script()


def test_servers_die_with_a_parent_that_is_killed(folder: Path) -> None:
    program = (
        "import sys, time, json; from pathlib import Path; from hub.runtime.embedded import Needs, Servers\n"
        "folder = Path(sys.argv[1])\n"
        "servers = Servers(data=folder, sockets=folder / 'run', logs=folder / 'log', "
        "needs=Needs(database=True, redis=True), throwaway=True)\n"
        "servers.start()\n"
        "print(json.dumps([server.process.pid for server in (servers.postgres, servers.broker, servers.cache)]))\n"
        "sys.stdout.flush(); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True, cwd=paths.ROOT
    ) as parent:
        assert parent.stdout is not None
        pids = json.loads(parent.stdout.readline())
        assert all(is_alive(pid) for pid in pids)
        parent.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_root_runs_the_database_as_somebody_else() -> None:
    programs = find_programs()
    options = processes.unprivileged_options(programs / "postgres")
    command = processes.launch_command([sys.executable, "-c", "import os; print(os.geteuid())"], options)
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(said.stdout) != 0


def test_where_namespaces_are_refused_root_drops_to_another_user(
    folder: Path, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.sockets.mkdir()
    options = ("--user", "nobody") if os.geteuid() == 0 else ()
    monkeypatch.setattr(processes, "unprivileged_options", lambda _probe: options)
    for _round in range(2):
        servers.start()
        assert servers.answers()
        assert servers.postgres.process is not None
        status = Path(f"/proc/{servers.postgres.process.pid}/status").read_text()
        real_uid = int(status.split("Uid:")[1].split()[0])
        assert real_uid != 0
        servers.stop()


def test_a_second_lock_is_told_who_holds_the_first(folder: Path) -> None:
    first, second = FileLock(folder / "up.lock"), FileLock(folder / "up.lock")
    assert first.try_exclusive("manage.py up --port 8000")
    assert not second.try_exclusive("manage.py up --port 9000")
    holder = second.holder()
    assert holder is not None
    assert (holder.pid, holder.command) == (os.getpid(), "manage.py up --port 8000")
    first.release()
    assert second.try_exclusive("manage.py up --port 9000")


def test_commands_share_servers_and_the_last_one_leaves_none_running(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(folder))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL"):
        monkeypatch.delenv(name, raising=False)
    with borrowed_servers("first") as addresses:
        assert str(folder) in addresses["DATABASE_URL"]
        with borrowed_servers("second") as same:
            assert same == addresses
        psycopg2.connect(addresses["DATABASE_URL"]).close()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(addresses["DATABASE_URL"])
    assert owner_lock(folder).try_exclusive()


def test_named_servers_are_not_started(folder: Path) -> None:
    needs = Needs.of({"DATABASE_URL": "postgresql://db/hub", "REDIS_URL": "redis://broker"})
    named = Servers(data=folder, sockets=folder / "run", logs=folder / "log", needs=needs)
    named.start()
    assert named.environment() == {}
    assert named.down() == []
    assert not (folder / "postgres").exists()
