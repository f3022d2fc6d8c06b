"""`manage.py prepare` does what is due, and never puts shipped policies over somebody's own."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import timezone

from accounts.models import User
from common.models import PolicyVersion
from common.pack_files import read_pack_dir
from common.services import policies
from hub.management.commands import prepare

SHIPPED_DIR = project.BASE_DIR / prepare.SHIPPED_PACKS


def version_in_force(name: str) -> tuple[int, str]:
    row = PolicyVersion.objects.get(name=name, is_active=True)
    return row.version, row.note


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The packs of a later release, of which `tiers` says something else."""
    for path in SHIPPED_DIR.iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace("{en: Tier 1,", "{en: Rank 1,"))
    return tmp_path


@pytest.mark.django_db
def test_a_first_start_puts_every_shipped_pack_in_force_and_a_second_changes_nothing() -> None:
    prepare.load_shipped_policies(SHIPPED_DIR)
    before = PolicyVersion.objects.count()
    prepare.load_shipped_policies(SHIPPED_DIR)
    assert {row.name for row in PolicyVersion.objects.filter(is_active=True)} == {
        path.stem for path in SHIPPED_DIR.glob("*.yaml")
    }
    assert PolicyVersion.objects.count() == before


@pytest.mark.django_db
def test_a_newer_release_replaces_the_policy_of_an_older_one(newer: Path) -> None:
    prepare.load_shipped_policies(SHIPPED_DIR)
    version, _note = version_in_force("tiers")
    prepare.load_shipped_policies(newer)
    assert version_in_force("tiers") == (version + 1, prepare.SHIPPED)


@pytest.mark.django_db
def test_a_policy_of_ones_own_stays_in_force_and_is_pointed_out(
    newer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare.load_shipped_policies(SHIPPED_DIR)
    own = [source for source in read_pack_dir(newer) if source.name == "tiers"]
    policies.load_packs(sources=own, now=timezone.now(), note="Ranks, as decided")
    own_version = version_in_force("tiers")
    prepare.load_shipped_policies(SHIPPED_DIR)
    assert version_in_force("tiers") == own_version
    assert "Your policy tiers differs" in capsys.readouterr().err


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    called: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **_options: called.append(name))
    return called


@pytest.mark.django_db
def test_the_demo_world_is_built_where_nobody_is(commands: list[str], tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    prepare.build_demo_world()
    assert commands == ["demo"]
    assert (tmp_path / prepare.DEMO_MARK).exists()


@pytest.mark.django_db
def test_a_hub_with_people_gets_no_demo_world(commands: list[str]) -> None:
    User.objects.create(email="ada@example.com", name="Ada")
    prepare.build_demo_world()
    assert commands == []


def test_static_files_are_collected_when_one_has_changed(
    commands: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    digests = iter(["one", "one", "two"])
    monkeypatch.setattr(prepare, "static_digest", lambda: next(digests))
    prepare.collect_static()
    prepare.collect_static()
    assert commands == ["collectstatic"]
    prepare.collect_static()
    assert commands == ["collectstatic", "collectstatic"]
