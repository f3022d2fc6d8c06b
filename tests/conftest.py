"""Fixtures of the whole suite."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.backends.signals import connection_created
from hypothesis import HealthCheck, settings

from common.scope import Scope
from tests import database
from tests.cast import Cast, make_cast

# A busy machine is no failure: laws say nothing about time. The check repeats the same examples; people explore.
settings.register_profile(
    "hub",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("hub")
SHARED = "tests/hub/demo/"
MARKS = ("alone", "browser", "services")
DATABASES = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Rooms are shared out whole, and so is a folder whose rooms share what takes long to build."""
    from xdist.scheduler import LoadFileScheduling

    class ByRoom(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            room = nodeid.split("::", 1)[0]
            return SHARED if room.startswith(SHARED) else room

    return ByRoom(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where a mark is asked for, rooms that never name it are not read: reading all of them takes a minute."""
    expression = config.option.markexpr.split()
    if not expression or expression[0] not in MARKS or "or" in expression or not collection_path.is_file():
        return None
    return f"mark.{expression[0]}" not in collection_path.read_text() or None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One room with a database, then all without, then the others: some minutes of migrations hold up one process."""
    with_database: dict[Path, bool] = {}
    for item in items:
        with_database[item.path] = with_database.get(item.path, False) or _needs_database(item)
    first = next((path for path, needs in with_database.items() if needs), None)
    items.sort(key=lambda item: item.path != first and 1 + with_database[item.path])


def _needs_database(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not DATABASES.isdisjoint(names)


def pytest_collection_finish() -> None:
    """What has been collected stays to the end: looking through it for garbage took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """One clone of the migrated template per process, instead of pytest-django's own test database."""
    with django_db_blocker.unblock():
        database.create_clone()
    database.renew_after_transactional_tests()
    yield
    with django_db_blocker.unblock():
        database.drop_clone()


@pytest.fixture(autouse=True)
def db_scope(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that uses the database sees all organizations, unless it enters a scope of its own.

    A request of the test client starts without a scope, as in production, and gives the test's scope back.
    """
    if not _needs_database(request.node):
        yield
        return
    request.getfixturevalue("db")
    scope = _TestScope()
    request_started.connect(scope.enter_request)
    request_finished.connect(scope.leave_request)
    connection_created.connect(scope.open_connection)
    try:
        connection.ensure_connection()
        scope.set(Scope.all().setting)
        yield
    finally:
        request_started.disconnect(scope.enter_request)
        request_finished.disconnect(scope.leave_request)
        connection_created.disconnect(scope.open_connection)


@pytest.fixture
def cast(db: None) -> Cast:
    """One person per role around a partner and a customer (tests/cast.py)."""
    return make_cast()


class _TestScope:
    """Reads and sets `hub.scope` beside Django, so that no query count contains it.

    Inside the transaction that surrounds most tests the setting is local to it; a test that commits has none around
    it, and keeps the setting on its session. Other threads (a live server) are left alone.
    """

    def __init__(self) -> None:
        self.before: list[str] = []

    def set(self, setting: str) -> str:
        """Set the scope, return the one before. Nothing happens where the connection cannot answer."""
        raw = connection.connection
        if raw is None or raw.closed or threading.current_thread() is not threading.main_thread():
            return setting
        try:
            with raw.cursor() as cursor:
                cursor.execute("SELECT coalesce(current_setting('hub.scope', true), '')")
                before = str(cursor.fetchone()[0])
                sets = "SELECT set_config('hub.scope', %s, %s), set_config('hub.desk', '', %s)"
                cursor.execute(sets, [setting, *[connection.in_atomic_block] * 2])
        except psycopg2.Error:
            return setting
        return before

    def enter_request(self, **_kwargs: Any) -> None:
        self.before.append(self.set(Scope.none().setting))

    def leave_request(self, **_kwargs: Any) -> None:
        if self.before:
            self.set(self.before.pop())

    def open_connection(self, **_kwargs: Any) -> None:
        self.set(Scope.all().setting)
