"""Child processes that end with this one, each in a session of its own, their output in a file."""

import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
DROP_USERS = ("postgres", "nobody")


class ServiceError(RuntimeError):
    """A server could not be found, started or reached; the message says what to do."""


@functools.cache
def unprivileged_options(probe: Path) -> tuple[str, ...]:
    """Launcher options under which the program `probe` does not run as root: none needed for an ordinary user.

    Root gets a user namespace; where that is refused, the user `postgres` or `nobody`, if they can reach the program.
    Raises ServiceError when nothing works.
    """
    if os.geteuid() != 0:
        return ()
    for options in (("--namespace",), *(("--user", user) for user in DROP_USERS)):
        command = launch_command([probe, "--version"], options)
        if subprocess.run(command, check=False, capture_output=True, cwd="/").returncode == 0:
            return options
    raise ServiceError(
        "PostgreSQL does not run as root, this machine has no user namespaces, and the users postgres and nobody "
        "cannot reach this folder. Start the hub as an ordinary user, or set DATABASE_URL and DATABASE_OWNER_URL."
    )


def launch_command(
    program: Sequence[str | Path], options: Sequence[str] = (), *, die_signal: signal.Signals = signal.SIGTERM
) -> list[str]:
    """The command line that starts `program` through the launcher, bound to the life of this process."""
    bound = ["--parent", str(os.getpid()), "--die-signal", str(int(die_signal))]
    return [sys.executable, "-I", "-S", str(LAUNCHER), *bound, *options, "--", *map(str, program)]


def start(
    program: Sequence[str | Path],
    *,
    log: Path,
    options: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    die_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `program` in its own session (a Ctrl-C of the terminal does not reach it), output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        return subprocess.Popen(
            launch_command(program, options, die_signal=die_signal),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn and wait its seconds; what is left of the process group is killed."""
    for number, seconds in signals:
        if process.poll() is not None:
            break
        process.send_signal(number)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
