"""The environment is made once, and again when a lock file changes; nothing is installed in these tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.runtime import bootstrap, cli, paths
from hub.runtime.bootstrap import BootstrapError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (*bootstrap.RUN_LOCKS, *bootstrap.TEST_LOCKS):
        (tmp_path / name).write_text(f"{name.split('.')[0]}==1 \\\n    --hash=sha256:00\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return tmp_path


def installed_from(root: Path, *, for_tests: bool) -> None:
    hashes = bootstrap.lock_hashes(root, bootstrap.needed_locks(for_tests=for_tests))
    bootstrap.write_stamp(root / ".venv", hashes)


def is_ready(root: Path, *, for_tests: bool = False) -> bool:
    return bootstrap.is_ready(root, root / ".venv", for_tests=for_tests)


def test_an_environment_without_stamp_is_not_ready(root: Path) -> None:
    assert not is_ready(root)


def test_an_environment_is_ready_for_what_it_was_made_for(root: Path) -> None:
    installed_from(root, for_tests=False)
    assert is_ready(root)
    assert not is_ready(root, for_tests=True)


def test_the_environment_of_the_tests_also_runs_the_hub(root: Path) -> None:
    installed_from(root, for_tests=True)
    assert is_ready(root)
    assert is_ready(root, for_tests=True)


@pytest.mark.parametrize("name", bootstrap.RUN_LOCKS)
def test_a_changed_lock_file_calls_for_an_installation(root: Path, name: str) -> None:
    installed_from(root, for_tests=True)
    (root / name).write_text("other==2\n")
    assert not is_ready(root)


def test_running_does_not_care_for_the_lock_of_the_tests(root: Path) -> None:
    installed_from(root, for_tests=True)
    (root / bootstrap.TEST_LOCKS[0]).write_text("other==2\n")
    assert is_ready(root)
    assert not is_ready(root, for_tests=True)


def test_an_environment_whose_python_is_gone_is_not_ready(root: Path) -> None:
    installed_from(root, for_tests=True)
    (root / ".venv" / "bin" / "python").unlink()
    (root / ".venv" / "bin" / "python").symlink_to(root / "removed")
    assert not is_ready(root)


def test_a_broken_stamp_counts_as_none(root: Path) -> None:
    (root / ".venv" / bootstrap.STAMP).write_text("{half")
    assert bootstrap.read_stamp(root / ".venv") == {}


def test_a_failed_installation_leaves_no_stamp_and_shows_the_end_of_the_story(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = root / "pip.sh"
    pip.write_text("#!/bin/sh\n[ \"$1\" = -c ] && exit 0\necho 'Collecting django==1'\necho no such version\nexit 1\n")
    pip.chmod(0o755)
    (root / ".venv" / "bin" / "python").unlink()
    (root / ".venv" / "bin" / "python").symlink_to(pip)
    with pytest.raises(BootstrapError, match="no such version"):
        bootstrap.ensure(root, for_tests=False)
    assert bootstrap.read_stamp(root / ".venv") == {}


def test_the_switch_leaves_the_environment_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bootstrap.SWITCH, "off")
    bootstrap.ensure(tmp_path, for_tests=False)
    assert list(tmp_path.iterdir()) == []


def test_a_user_without_venv_module_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: "/usr/bin/apt-get")
    with pytest.raises(BootstrapError, match=r"sudo apt-get install -y python3\.\d+-venv"):
        bootstrap._create(tmp_path / ".venv")


def test_manage_py_reads_on_an_old_python_and_says_so() -> None:
    program = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); runpy.run_path('manage.py', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, cwd=paths.ROOT)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    program = "import hub.runtime.cli, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], check=True, capture_output=True, text=True, cwd=paths.ROOT
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded <= set(sys.stdlib_module_names) | {"hub", "__main__"}


@pytest.mark.parametrize("command", ["worktime", "sla_replay", "makemigrations", "check", "help", "--version"])
def test_commands_that_need_no_database_start_none(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert not cli.needs_servers(command, ["manage.py", command])


@pytest.mark.parametrize("command", ["migrate", "demo", "policy", "import_csv", "shell", "backup"])
def test_commands_on_data_get_the_embedded_database_unless_one_is_named(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not cli.needs_servers(command, ["manage.py", command])
    monkeypatch.delenv("DATABASE_URL")
    assert cli.needs_servers(command, ["manage.py", command])
    assert not cli.needs_servers(command, ["manage.py", command, "--help"])


def test_the_secret_key_is_made_once_and_read_by_its_user_only(tmp_path: Path) -> None:
    key = paths.secret_key(tmp_path)
    assert len(key) >= 64
    assert paths.secret_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_sockets_move_to_a_short_path_where_the_data_folder_is_deep(tmp_path: Path) -> None:
    assert paths.socket_dir(Path("/srv/hub/var")) == Path("/srv/hub/var/run")
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 6)
    moved = paths.socket_dir(deep)
    assert len(os.fsencode(f"{moved}{paths.LONGEST_SOCKET_NAME}")) <= paths.SOCKET_PATH_LIMIT
    assert paths.socket_dir(deep) == moved
    assert paths.socket_dir(deep / "other") != moved


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="not a folder of this user"):
        paths.private_dir(tmp_path / "run")
