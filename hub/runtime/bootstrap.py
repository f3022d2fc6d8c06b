"""The environment of the hub: a `.venv` beside manage.py with exactly the locked packages. Standard library only.

A stamp in the `.venv` names the lock files it was filled from; as long as they are unchanged a start costs nothing.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub.runtime.locks import FileLock

RUN_LOCKS = ("requirements.lock", "requirements-embedded.lock")
# The development lock contains the two others.
TEST_LOCKS = ("requirements-dev.lock",)
STAMP = "hub-stamp.json"
SWITCH = "HUB_BOOTSTRAP"
_COLLECTING = re.compile(r"^(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)")


class BootstrapError(RuntimeError):
    """The environment cannot be made; the message says what to type."""


def ensure(root: Path, *, for_tests: bool) -> None:
    """Go on inside a ready environment: return when this process is in it, replace the process otherwise.

    HUB_BOOTSTRAP=off leaves everything to whoever installed the packages (the container image). Raises BootstrapError.
    """
    if os.environ.get(SWITCH, "").lower() in {"off", "0", "false", "no"}:
        return
    venv = root / ".venv"
    if not is_ready(root, venv, for_tests=for_tests):
        _make(root, venv, for_tests=for_tests)
    elif Path(sys.prefix).resolve() == venv.resolve():
        return
    python = str(venv / "bin" / "python")
    os.execv(python, [python, *sys.argv])


def is_ready(root: Path, venv: Path, *, for_tests: bool) -> bool:
    """Whether `venv` has a Python and was filled from the lock files as they are now."""
    if not os.access(venv / "bin" / "python", os.X_OK):
        return False
    wanted = lock_hashes(root, needed_locks(for_tests=for_tests))
    found = read_stamp(venv)
    return all(found.get(name) == digest for name, digest in wanted.items())


def needed_locks(*, for_tests: bool) -> tuple[str, ...]:
    return (*RUN_LOCKS, *TEST_LOCKS) if for_tests else RUN_LOCKS


def lock_hashes(root: Path, names: Sequence[str]) -> dict[str, str]:
    """File name -> SHA-256 of its contents."""
    return {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in names}


def read_stamp(venv: Path) -> dict[str, str]:
    """What the environment was filled from; empty when unknown."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((venv / STAMP).read_text())
        if isinstance(found, dict):
            return {str(name): str(digest) for name, digest in found.items()}
    return {}


def write_stamp(venv: Path, hashes: Mapping[str, str]) -> None:
    unfinished = venv / f"{STAMP}.new"
    unfinished.write_text(json.dumps(dict(hashes), indent=1))
    unfinished.replace(venv / STAMP)


def _make(root: Path, venv: Path, *, for_tests: bool) -> None:
    lock = FileLock(root / "var" / "bootstrap.lock")
    lock.wait_exclusive()
    try:
        if is_ready(root, venv, for_tests=for_tests):
            return
        started = time.monotonic()
        if not _runs(venv):
            say("Making an environment in .venv ...")
            _create(venv)
        # Hashed before the installation: a lock file that changes meanwhile must not pass for installed.
        hashes = lock_hashes(root, needed_locks(for_tests=for_tests))
        _install(root, venv, TEST_LOCKS if for_tests else RUN_LOCKS)
        write_stamp(venv, hashes)
        say(f"The environment is ready ({time.monotonic() - started:.0f} s).")
    finally:
        lock.release()


def _runs(venv: Path) -> bool:
    """Whether the Python and the pip of `venv` work."""
    python = venv / "bin" / "python"
    if not python.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", probe], check=False, capture_output=True).returncode == 0


def _create(venv: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        _install_venv_module()
    made = subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False, capture_output=True, text=True)
    if made.returncode != 0:
        shutil.rmtree(venv, ignore_errors=True)
        raise BootstrapError(f"Python could not make .venv:\n{(made.stdout + made.stderr).strip()}")


def _install_venv_module() -> None:
    """Install the package that Debian keeps Python's venv in. Raises BootstrapError with the line to type."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    line = f"apt-get install -y {package}"
    if shutil.which("apt-get") is None:
        raise BootstrapError("This Python has no `venv` module: install the package of your system that holds it.")
    if os.geteuid() != 0:
        raise BootstrapError(f"This Python has no `venv` module. Type this, then start again:\n    sudo {line}")
    say(f"This Python has no `venv` module; installing {package} ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], line.split()):
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=quiet)
    if done.returncode != 0:
        raise BootstrapError(f"`{line}` failed:\n{done.stderr.strip()}")
    importlib.invalidate_caches()


def _install(root: Path, venv: Path, locks: Sequence[str]) -> None:
    """Install what the lock files name, nothing else, each checked by its hash. The full story goes to var/log."""
    log = root / "var" / "log" / "install.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command += [part for name in locks for part in ("-r", str(root / name))]
    expected = len({name for lock in locks for name in locked_names((root / lock).read_text())})
    progress = Progress(expected)
    quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    with (
        log.open("w") as story,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=quiet, cwd=root
        ) as pip,
    ):
        assert pip.stdout is not None
        for line in pip.stdout:
            story.write(line)
            progress.read(line)
    progress.end()
    if pip.returncode != 0:
        tail = "\n".join(log.read_text().splitlines()[-15:])
        raise BootstrapError(f"The packages could not be installed ({log.relative_to(root)}):\n{tail}")


def locked_names(text: str) -> list[str]:
    """The packages a lock file names, those for other systems included."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, flags=re.MULTILINE)


class Progress:
    """Turns pip's chatter into one line that moves (on a terminal) or a line now and then (in a log)."""

    STEP = 40

    def __init__(self, expected: int) -> None:
        self.expected, self.seen = expected, 0
        self.moves = sys.stderr.isatty()

    def read(self, line: str) -> None:
        if found := _COLLECTING.match(line):
            self.seen += 1
            if self.moves:
                self._show(f"Downloading {self.seen} of {self.expected}: {found.group(1)}")
            elif self.seen % self.STEP == 1:
                say(f"Downloading packages, {self.seen} of {self.expected} ...")
        elif line.startswith("Installing collected packages"):
            if self.moves:
                self._show("Unpacking ...")
            else:
                say("Unpacking ...")

    def end(self) -> None:
        if self.moves:
            self._show("")

    @staticmethod
    def _show(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text[:78]}")
        sys.stderr.flush()


def say(text: str) -> None:
    """Tell the person, beside what a command prints for programs to read."""
    print(text, file=sys.stderr, flush=True)
