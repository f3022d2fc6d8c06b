"""Real servers for the suite: loaded with `-p` before pytest-django reads the settings, which need their addresses.

A throw-away PostgreSQL and Valkey are started once; workers of xdist inherit the addresses. Where DATABASE_URL is set
that server is used instead: the role of DATABASE_OWNER_URL makes scratch databases on it and drops them again.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from hub.runtime.embedded import Needs, Servers
from hub.runtime.processes import ServiceError
from tests import database

NO_TESTS_RUN = {"--help", "-h", "--version", "-V", "--markers", "--fixtures", "--co", "--collect-only"}


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, object, object]:
    if "PYTEST_XDIST_WORKER" not in os.environ:
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
