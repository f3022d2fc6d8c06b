"""Keeps the hub's programs running and ends them in order: first what uses the servers, then the servers."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from hub.runtime import paths, processes
from hub.runtime.bootstrap import say
from hub.runtime.embedded import Servers
from hub.runtime.processes import ServiceError

FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
# A program that ran this long before it ended is started anew at once.
STEADY_SECONDS = 60.0
GRACE_SECONDS = 15.0


@dataclass(kw_only=True)
class Backoff:
    """How long to wait before the next start: 1, 2, 4 ... 30 s, from the beginning again after a steady run."""

    delay: float = 0.0
    started_at: float = 0.0
    due_at: float | None = None

    def started(self, now: float) -> None:
        self.started_at, self.due_at = now, None

    def ended(self, now: float) -> float:
        """Note the end of a run; returns the seconds until the next start."""
        steady = now - self.started_at >= STEADY_SECONDS
        self.delay = FIRST_DELAY if steady or not self.delay else min(self.delay * 2, LONGEST_DELAY)
        self.due_at = now + self.delay
        return self.delay


@dataclass(kw_only=True)
class Program:
    """One program of the hub: web, worker or beat."""

    name: str
    command: Sequence[str]
    log: Path
    backoff: Backoff = field(default_factory=Backoff)
    process: subprocess.Popen[bytes] | None = None

    def start(self, env: Mapping[str, str]) -> None:
        self.process = processes.start(self.command, log=self.log, env=env, cwd=paths.ROOT)
        self.backoff.started(time.monotonic())

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Watches `programs` and `servers` from the main thread, whose death ends them all (see launch.py)."""

    def __init__(self, *, servers: Servers, programs: Sequence[Program], env: Mapping[str, str]) -> None:
        self.servers, self.programs, self.env = servers, programs, env
        self.servers_backoff = Backoff()
        self.hurry = False

    def start_programs(self) -> None:
        for program in self.programs:
            program.start(self.env)

    def watch_once(self, now: float) -> None:
        """Start anew what has ended, each after its delay."""
        self._watch_servers(now)
        for program in self.programs:
            if program.is_running:
                continue
            if program.backoff.due_at is None:
                status = program.process.returncode if program.process else None
                delay = program.backoff.ended(now)
                say(f"{program.name} ended (status {status}); starting it again in {delay:.0f} s")
            elif now >= program.backoff.due_at:
                program.start(self.env)

    def _watch_servers(self, now: float) -> None:
        down = self.servers.down()
        if not down:
            return
        if self.servers_backoff.due_at is None:
            delay = self.servers_backoff.ended(now)
            say(f"{', '.join(server.name for server in down)} ended; starting again in {delay:.0f} s")
        elif now >= self.servers_backoff.due_at:
            self.servers_backoff.started(now)
            for server in down:
                with suppress(ServiceError):
                    server.start()

    def stop(self) -> None:
        """Web, worker and beat together, then the servers. A second Ctrl-C ends the waiting, not the order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hurry)
        running = [program.process for program in self.programs if program.process is not None]
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(process.poll() is None for process in running) and time.monotonic() < deadline and not self.hurry:
            time.sleep(0.05)
        for process in running:
            processes.stop(process)
        self.servers.stop()

    def _hurry(self, _number: int, _frame: FrameType | None) -> None:
        self.hurry = True


def web_command(addresses: Sequence[str]) -> list[str]:
    """gunicorn with threads: 2 x 4 answers at a time (two cores), no control socket."""
    binds = [part for address in addresses for part in ("--bind", address)]
    options = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    limits = ["--timeout", "60", "--graceful-timeout", "10"]
    config = ["--config", "python:hub.runtime.gunicorn_conf"]
    return [sys.executable, "-m", "gunicorn", "hub.wsgi:application", *config, *options, *limits, *binds]


def worker_command() -> list[str]:
    options = ["--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    # Celery warns root of pickle, which is not accepted here (CELERY_ACCEPT_CONTENT).
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser"]
    return [*python, "-m", "celery", "--quiet", "-A", "hub.celery", "worker", *options]


def beat_command() -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "-A", "hub.celery", "beat", "--loglevel", "INFO", "--pidfile="]


def mail_command() -> list[str]:
    """The listener for mails to the queues; its port is in the environment."""
    return [sys.executable, "manage.py", "mail_listen"]
