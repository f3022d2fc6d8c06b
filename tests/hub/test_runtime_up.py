"""The supervisor: programs are watched, ended in order, and what cannot work is said before anything starts."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.runtime import paths, up
from hub.runtime.embedded import Needs, Servers
from hub.runtime.locks import FileLock
from hub.runtime.processes import ServiceError
from hub.runtime.supervisor import LONGEST_DELAY, STEADY_SECONDS, Backoff, Program, Supervisor
from hub.runtime.tail import LogTail, is_everyday, rotate

NOTHING = Needs(database=False, redis=False)


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def sleeper(folder: Path, name: str, *, deaf: bool = False) -> Program:
    """A program that notes its end; a deaf one does not heed SIGTERM."""
    heed = "signal.SIG_IGN" if deaf else "lambda *_: (print('bye', flush=True), sys.exit(0))"
    code = (
        f"import signal, sys, time; signal.signal(signal.SIGTERM, {heed}); print('hello', flush=True); time.sleep(60)"
    )
    return Program(name=name, command=[sys.executable, "-c", code], log=folder / f"{name}.log")


def supervisor_of(folder: Path, *programs: Program) -> Supervisor:
    servers = Servers(data=folder, sockets=folder / "run", logs=folder / "log", needs=NOTHING)
    return Supervisor(servers=servers, programs=programs, env=os.environ)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    with taken_port() as port, pytest.raises(ServiceError, match=rf"Port {port} cannot be used.*--port {port + 1}"):
        up.main(["--port", str(port)])
    assert [path.name for path in tmp_path.iterdir()] == ["up.lock"]


def test_an_impossible_port_is_said_as_well() -> None:
    with pytest.raises(ServiceError, match="Port 99999 cannot be used"):
        up.free_addresses(99_999)


def test_a_second_up_says_who_runs_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    first = FileLock(tmp_path / "up.lock")
    assert first.try_exclusive("manage.py up --port 8000")
    with pytest.raises(ServiceError, match=rf"`manage.py up --port 8000` \(process {os.getpid()}\)"):
        up.main(["--port", "8001"])
    first.release()


def test_the_web_is_bound_to_loopback_only() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert set(up.free_addresses(port)) <= {f"127.0.0.1:{port}", f"[::1]:{port}"}


def test_the_welcome_names_address_and_sign_ins_of_a_demo_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "from-the-environment")
    assert "http://localhost:8765" in up.welcome(8765, tmp_path, 3.2)
    assert "demo.example" not in up.welcome(8765, tmp_path, 3.2)
    (tmp_path / "demo-world").touch()
    assert "tam@demo.example, password from-the-environment" in up.welcome(8765, tmp_path, 3.2)


def test_delays_double_up_to_a_limit_and_begin_again_after_a_steady_run() -> None:
    backoff = Backoff()
    delays = []
    for _end in range(7):
        backoff.started(100.0)
        delays.append(backoff.ended(101.0))
    assert delays == [1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_DELAY, LONGEST_DELAY]
    backoff.started(100.0)
    assert backoff.ended(100.0 + STEADY_SECONDS) == 1.0


def test_a_program_that_ends_is_started_again_after_its_delay(tmp_path: Path) -> None:
    program = sleeper(tmp_path, "web")
    supervisor = supervisor_of(tmp_path, program)
    supervisor.start_programs()
    first = program.process
    assert first is not None
    first.kill()
    first.wait()
    now = time.monotonic()
    supervisor.watch_once(now)
    supervisor.watch_once(now + 0.5)
    assert not program.is_running
    supervisor.watch_once(now + 1.5)
    assert program.is_running
    supervisor.stop()


def test_stopping_lets_programs_say_goodbye(tmp_path: Path) -> None:
    programs = [sleeper(tmp_path, "web"), sleeper(tmp_path, "worker")]
    supervisor = supervisor_of(tmp_path, *programs)
    supervisor.start_programs()
    wait_until(lambda: all("hello\n" in program.log.read_text() for program in programs))
    supervisor.stop()
    assert [program.log.read_text().split() for program in programs] == [["hello", "bye"], ["hello", "bye"]]


def test_a_second_ctrl_c_ends_the_waiting_for_a_deaf_program(tmp_path: Path) -> None:
    deaf = sleeper(tmp_path, "worker", deaf=True)
    supervisor = supervisor_of(tmp_path, deaf)
    supervisor.start_programs()
    wait_until(lambda: "hello\n" in deaf.log.read_text())
    supervisor.hurry = True
    started = time.monotonic()
    supervisor.stop()
    assert not deaf.is_running
    assert time.monotonic() - started < 5


def test_servers_stop_after_the_programs_that_use_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = sleeper(tmp_path, "web")
    supervisor = supervisor_of(tmp_path, program)
    supervisor.start_programs()
    running_when_servers_stopped = []
    monkeypatch.setattr(supervisor.servers, "stop", lambda: running_when_servers_stopped.append(program.is_running))
    supervisor.stop()
    assert running_when_servers_stopped == [False]


def test_the_tail_shows_whole_lines_with_their_writer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "web.log"
    log.write_text("from the last run\n")
    tail = LogTail({"web": log, "worker": tmp_path / "not-yet.log"})
    with log.open("a") as writer:
        writer.write("one\ntw")
        writer.flush()
        tail.show_news()
        writer.write("o\n")
    tail.show_news()
    assert capsys.readouterr().out == "   web | one\n   web | two\n"


@pytest.mark.parametrize(
    ("line", "everyday"),
    [
        ('{"event": "request_finished", "level": "info"}', True),
        ('{"event": "slow statement", "level": "warning"}', False),
        ('{"event": "task_failed", "level": "error"}', False),
        ("Traceback (most recent call last):", False),
        ("{half a line", False),
        ("", True),
    ],
)
def test_everyday_lines_stay_in_the_files(line: str, everyday: bool) -> None:
    assert is_everyday(line) is everyday


def test_a_long_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.runtime.tail.KEEP_BYTES", 10)
    short, long = tmp_path / "short.log", tmp_path / "long.log"
    short.write_text("short")
    long.write_text("longer than ten")
    for path in (short, long, tmp_path / "missing.log"):
        rotate(path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["long.log.1", "short.log"]


def test_manage_py_without_a_command_says_what_there_is() -> None:
    done = subprocess.run([sys.executable, "manage.py"], check=True, capture_output=True, text=True, cwd=paths.ROOT)
    assert "manage.py up" in done.stdout
    assert "manage.py test" in done.stdout
