"""Real servers for the suite: loaded with `-p` before pytest-django reads the settings, which need their addresses.

A throw-away PostgreSQL and Valkey are started once; workers of xdist inherit the addresses, each with a database of the
broker for itself. Where DATABASE_URL is set that server is used instead: the role of DATABASE_OWNER_URL makes scratch
databases on it and drops them again.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from hub.env import with_redis_db
from hub.runtime.embedded import Needs, Servers
from hub.runtime.processes import ServiceError
from tests import database

BROKER_DATABASES = range(2, 16)
"""Of the sixteen of a server: 0 is that of a suite in one process, 1 that of the cache."""
NO_TESTS_RUN = {"--help", "-h", "--version", "-V", "--markers", "--fixtures", "--co", "--collect-only"}


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, object, object]:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        # Else a job would go to the worker of a test beside this one, which has another database and finds nothing.
        database_number = BROKER_DATABASES[int(worker.removeprefix("gw")) % len(BROKER_DATABASES)]
        os.environ["REDIS_URL"] = with_redis_db(os.environ["REDIS_URL"], database_number)
    else:
        try:
            prepare_services(start=not NO_TESTS_RUN.intersection(args))
        except ServiceError as error:
            raise pytest.UsageError(str(error)) from error
    return (yield)


def prepare_services(*, start: bool) -> None:
    """Put addresses of servers into the environment, started (if `start`) and stopped at the end of this process."""
    needs = Needs.of(os.environ)
    if not needs.database and not os.environ.get("DATABASE_OWNER_URL"):
        raise ServiceError(
            "DATABASE_URL is set, DATABASE_OWNER_URL is not: the suite makes its scratch database as the owner role "
            "(which needs CREATEDB: `manage.py provision --scratch-databases`). Set both, or neither."
        )
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    servers = Servers(data=folder, sockets=folder / "run", logs=folder / "log", needs=needs, throwaway=True)
    os.environ.update(servers.environment())
    os.environ["HUB_DATA_DIR"] = str(folder / "data")
    os.environ[database.RUN_VARIABLE] = str(os.getpid())
    if start:
        servers.start()
        atexit.register(servers.stop)
        if not needs.database:
            atexit.register(database.drop_template)
