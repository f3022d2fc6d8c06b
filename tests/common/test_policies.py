"""Loading policy packs: versions, one in force, nothing half-loaded, a new one counts at once; and the command."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import packs, policy_cache, reading
from common.errors import DomainError, Missing
from common.models import PolicyVersion
from common.pack_diff import ChangeKind
from common.pack_files import PackFileError, read_pack
from common.packs import Body, PackError, PackSource, register_pack_kind
from common.policy_cache import active_policies, active_policy
from common.services import policies
from common.services.policies import PolicyActivated

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 6, 2, 10, tzinfo=UTC)
DEFAULT_PACKS = Path(__file__).parents[2] / "policies" / "default"


def parse_speed(body: Body, *, version: int) -> tuple[str, int]:
    known = reading.mapping(body, "", known=("limit", "roads"))
    return f"v{version}", reading.count(reading.member(known, "limit", ""), "limit")


@pytest.fixture(autouse=True)
def speed_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.packs._kinds", dict(packs._kinds))
    register_pack_kind("speed", parse_speed, keys=("limit", "roads"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[PolicyActivated]:
    """What listeners of upper floors hear."""
    events: list[PolicyActivated] = []
    monkeypatch.setattr(policies, "_listeners", [*policies._listeners, events.append])
    return events


def pack(tmp_path: Path, text: str, name: str = "speed") -> PackSource:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text)
    return read_pack(path)


def load(*sources: PackSource, **more: Any) -> None:
    policies.load_packs(sources=sources, now=NOW, **more)


def versions(name: str = "speed") -> list[tuple[int, bool]]:
    return list(PolicyVersion.objects.filter(name=name).order_by("version").values_list("version", "is_active"))


class TestLoading:
    def test_the_first_version_is_in_force(self, tmp_path: Path) -> None:
        load(pack(tmp_path, "limit: 50"), actor_id=7, note="to begin with")
        row = PolicyVersion.objects.get(name="speed")
        assert (row.version, row.is_active, row.kind, row.body) == (1, True, "speed", {"limit": 50})
        assert (row.loaded_by_id, row.note) == (7, "to begin with")
        assert row.checksum == packs.checksum({"limit": 50})

    def test_the_same_content_makes_no_version(self, tmp_path: Path, told: list[PolicyActivated]) -> None:
        load(pack(tmp_path, "limit: 50\nroads: [a, b]"))
        load(pack(tmp_path, "# again\nroads:\n- a\n- b\nlimit: 50.0"))
        assert versions() == [(1, True)]
        assert len(told) == 1

    def test_other_content_makes_the_next_version_and_retires_the_last(self, tmp_path: Path) -> None:
        for limit in (50, 60, 50):
            load(pack(tmp_path, f"limit: {limit}"))
        assert versions() == [(1, False), (2, False), (3, True)]

    def test_packs_of_one_kind_have_versions_of_their_own(self, tmp_path: Path) -> None:
        load(pack(tmp_path, "limit: 50", "speed.town"), pack(tmp_path, "limit: 100", "speed.land"))
        load(pack(tmp_path, "limit: 30", "speed.town"))
        assert versions("speed.town") == [(1, False), (2, True)]
        assert versions("speed.land") == [(1, True)]

    def test_one_bad_pack_keeps_all_out(self, tmp_path: Path) -> None:
        good, bad = pack(tmp_path, "limit: 50", "speed.a"), pack(tmp_path, "roads: []", "speed.b")
        with pytest.raises(PackFileError, match=r"speed\.b\.yaml"):
            load(good, bad)
        assert not PolicyVersion.objects.filter(kind="speed").exists()

    def test_a_listener_that_fails_undoes_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(event: PolicyActivated) -> None:
            raise RuntimeError(event.policy.name)

        monkeypatch.setattr(policies, "_listeners", [fail])
        with pytest.raises(RuntimeError), transaction.atomic():
            load(pack(tmp_path, "limit: 50"))
        assert versions() == []

    def test_upper_floors_hear_what_changed(self, tmp_path: Path, told: list[PolicyActivated]) -> None:
        load(pack(tmp_path, "limit: 50"))
        load(pack(tmp_path, "limit: 60"), actor_id=3, actor_name="Ana")
        first, second = told
        assert (first.previous, first.changes) == (None, ())
        assert (second.previous, second.policy.version, second.actor_id, second.actor_name) == (1, 2, 3, "Ana")
        assert [(change.path, change.kind, change.old, change.new) for change in second.changes] == [
            ("limit", ChangeKind.CHANGED, 50, 60)
        ]

    def test_a_listener_is_registered_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(policies, "_listeners", [])
        events: list[PolicyActivated] = []
        listener = events.append
        policies.on_policy_activated(listener)
        policies.on_policy_activated(listener)
        assert policies._listeners == [listener]

    def test_the_audit_trail_has_a_line(self, tmp_path: Path) -> None:
        load(pack(tmp_path, "limit: 50"))
        load(pack(tmp_path, "limit: 60"), note="faster")
        with connection.cursor() as cursor:
            cursor.execute("SELECT changes, reason FROM accounts_activity WHERE verb = 'policy.activated' ORDER BY id")
            rows = cursor.fetchall()
        trail = [(json.loads(changes) if isinstance(changes, str) else changes, why) for changes, why in rows]
        assert trail[-2:] == [({"version": [None, 1]}, ""), ({"version": [1, 2], "limit": [50, 60]}, "faster")]

    def test_planning_writes_nothing(self, tmp_path: Path) -> None:
        load(pack(tmp_path, "limit: 50"))
        same, other, new = policies.plan_packs(
            [
                pack(tmp_path, "limit: 50"),
                PackSource(name="speed", kind="speed", body={"limit": 1}, checksum="x", path="speed.yaml", lines={}),
                pack(tmp_path, "limit: 1", "speed.new"),
            ]
        )
        assert (same.is_new, same.in_force) == (False, 1)
        assert (other.is_new, other.in_force) == (True, 1)
        assert (new.is_new, new.in_force) == (True, None)
        assert PolicyVersion.objects.filter(kind="speed").count() == 1

    def test_the_database_keeps_one_version_in_force(self) -> None:
        row = {"name": "speed", "kind": "speed", "body": {}, "checksum": "", "is_active": True}
        PolicyVersion.objects.create(version=1, **row)
        with pytest.raises(IntegrityError), transaction.atomic():
            PolicyVersion.objects.create(version=2, **row)


class TestGoingBack:
    def test_an_older_version_comes_back_in_force(self, tmp_path: Path, told: list[PolicyActivated]) -> None:
        for limit in (50, 60):
            load(pack(tmp_path, f"limit: {limit}"))
        policies.activate_version(name="speed", version=1, now=NOW, actor_id=5)
        assert versions() == [(1, True), (2, False)]
        assert (told[-1].previous, told[-1].policy.version, told[-1].actor_id) == (2, 1, 5)
        assert [(change.old, change.new) for change in told[-1].changes] == [(60, 50)]

    def test_the_version_in_force_stays(self, tmp_path: Path, told: list[PolicyActivated]) -> None:
        load(pack(tmp_path, "limit: 50"))
        policies.activate_version(name="speed", version=1, now=NOW)
        assert len(told) == 1

    def test_a_version_that_is_not_there(self) -> None:
        with pytest.raises(Missing):
            policies.activate_version(name="speed", version=1, now=NOW)

    def test_a_version_that_this_release_cannot_read_is_refused(self, tmp_path: Path) -> None:
        PolicyVersion.objects.create(name="speed", kind="speed", version=1, body={"old": 1}, checksum="x")
        load(pack(tmp_path, "limit: 50"))
        with pytest.raises(DomainError, match="old: unknown entry"):
            policies.activate_version(name="speed", version=1, now=NOW)
        assert versions() == [(1, False), (2, True)]


class TestCache:
    def test_nothing_is_in_force_before_the_first_load(self) -> None:
        assert active_policy("speed") is None

    def test_a_new_version_counts_at_once(self, tmp_path: Path) -> None:
        for version, limit in enumerate((50, 60), start=1):
            load(pack(tmp_path, f"limit: {limit}"))
            active = active_policy("speed")
            assert active is not None
            assert (active.version, active.policy) == (version, (f"v{version}", limit))

    def test_a_version_is_parsed_once_and_asked_for_in_one_statement(self, tmp_path: Path) -> None:
        load(pack(tmp_path, "limit: 71", "speed.a"), pack(tmp_path, "limit: 72", "speed.b"))
        active_policies("speed.a", "speed.b")
        with CaptureQueriesContext(connection) as queries:
            found = active_policies("speed.a", "speed.b", "speed.c")
        assert len(queries) == 1
        assert {name: active.policy for name, active in found.items()} == {"speed.a": ("v1", 71), "speed.b": ("v1", 72)}

    def test_held_it_is_asked_for_once_and_stays_to_the_end(self, tmp_path: Path) -> None:
        load(pack(tmp_path, "limit: 50"))
        with policy_cache.held():
            with CaptureQueriesContext(connection) as captured:
                found = [active_policies("speed", "none"), active_policies("speed"), active_policies("none")]
                versions = {policy_cache.policy_of_version("speed", 1) for _time in range(3)}
            assert len([one for one in captured if "policyversion" in one["sql"]]) <= 3
            assert [sorted(one) for one in found] == [["speed"], ["speed"], []]
            assert versions == {("v1", 50)}
            load(pack(tmp_path, "limit: 60"))
            held = active_policy("speed")
            assert held is not None
            assert held.version == 1
        after = active_policy("speed")
        assert after is not None
        assert after.version == 2

    def test_a_version_that_cannot_be_read_is_as_none_and_said_in_the_log(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        PolicyVersion.objects.create(
            name="speed", kind="speed", version=1, body={"old": 1}, checksum="unreadable", is_active=True
        )
        assert active_policy("speed") is None
        assert "cannot be read" in caplog.text


class TestCommand:
    def run(self, *arguments: str) -> str:
        out = StringIO()
        call_command("policy", *arguments, stdout=out)
        return out.getvalue()

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        pack(tmp_path, "limit: 50\nroads: [a]")
        pack(tmp_path, "limit: 100", "speed.land")
        return tmp_path

    def test_load_says_which_version_is_in_force(self, directory: Path) -> None:
        assert self.run("load", str(directory)) == "speed: version 1 in force\nspeed.land: version 1 in force\n"
        pack(directory, "limit: 60")
        assert self.run("load", str(directory), "--note", "why") == (
            "speed: version 2 in force\nspeed.land: version 1 unchanged\n"
        )
        assert PolicyVersion.objects.get(name="speed", version=2).note == "why"

    @pytest.mark.parametrize("arguments", [("diff",), ("load", "--dry-run")])
    def test_diff_and_dry_run_show_the_changes_and_write_nothing(
        self, directory: Path, arguments: tuple[str, ...]
    ) -> None:
        self.run("load", str(directory))
        pack(directory, "limit: 60\nroads: [a, b]")
        pack(directory, "limit: 1", "speed.sea")
        assert self.run(*arguments, str(directory)) == (
            "speed: differs from version 1\n"
            "  ~ limit: 50 -> 60\n"
            '  + roads: "b"\n'
            "speed.land: unchanged, version 1\n"
            "speed.sea: would be the first version\n"
        )
        assert versions() == [(1, True)]

    def test_every_error_is_said_on_its_line_and_nothing_is_loaded(self, directory: Path) -> None:
        pack(directory, "roads: 1\nlimit: fast", "speed.bad")
        (directory / "speed.worse.yaml").write_text("limit: [")
        with pytest.raises(CommandError) as refused:
            self.run("load", str(directory))
        assert refused.value.returncode == 2
        first, second = str(refused.value).splitlines()
        assert first == 'speed.bad.yaml:2: limit: expected a whole number, found "fast"'
        assert second.startswith("speed.worse.yaml:1: is not YAML")
        assert not PolicyVersion.objects.filter(kind="speed").exists()

    def test_a_directory_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="no such directory"):
            self.run("diff", str(tmp_path / "none"))

    def test_what_is_exported_loads_unchanged(self, directory: Path, tmp_path: Path) -> None:
        self.run("load", str(directory))
        target = tmp_path / "out" / "packs"
        printed = self.run("export", str(target)).splitlines()
        assert str(target / "speed.yaml") in printed
        assert (target / "speed.yaml").read_text() == "# Version 1\nlimit: 50\nroads: [a]\n"
        assert "speed: version 1 unchanged" in self.run("load", str(target))

    def test_export_overwrites_only_when_told(self, directory: Path) -> None:
        self.run("load", str(directory))
        with pytest.raises(CommandError, match="--overwrite"):
            self.run("export", str(directory))
        self.run("export", "--overwrite", str(directory))
        assert (directory / "speed.yaml").read_text().startswith("# Version 1\n")

    def test_export_says_where_it_cannot_write(self, directory: Path) -> None:
        self.run("load", str(directory))
        with pytest.raises(CommandError, match="cannot write"):
            self.run("export", str(directory / "speed.yaml"))

    def test_the_default_packs_load_and_come_out_as_they_are(self, tmp_path: Path) -> None:
        self.run("load", str(DEFAULT_PACKS))
        loaded = {source.stem for source in DEFAULT_PACKS.glob("*.yaml")}
        assert set(PolicyVersion.objects.filter(is_active=True).values_list("name", flat=True)) >= loaded
        self.run("export", str(tmp_path / "out"))
        assert set(self.run("diff", str(tmp_path / "out")).split()) & {"differs", "first"} == set()


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no kind of pack"):
        load(pack(tmp_path, "a: 1", "weather"))
