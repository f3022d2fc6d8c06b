"""Shows log files as they grow, each line with the name of its writer.

The programs write to files and not to pipes: a paused terminal then stops this thread, and nothing else.
"""

import threading
from collections.abc import Mapping
from pathlib import Path

KEEP_BYTES = 10_000_000


class LogTail:
    """Prints what is added to `logs` (name -> file) from now on, until stopped."""

    INTERVAL = 0.3

    def __init__(self, logs: Mapping[str, Path]) -> None:
        self.logs = dict(logs)
        self._seen = {name: size_of(path) for name, path in self.logs.items()}
        self._rest = dict.fromkeys(self.logs, b"")
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-tail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Print what is left and end; a paused terminal is not waited for."""
        self._ending.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._ending.wait(self.INTERVAL):
            self.show_news()
        self.show_news()

    def show_news(self) -> None:
        """Print the complete lines that were added since the last time."""
        width = max(map(len, self.logs), default=0)
        for name, path in self.logs.items():
            for line in self._new_lines(name, path):
                print(f"{name:>{width}} | {line}", flush=True)

    def _new_lines(self, name: str, path: Path) -> list[str]:
        if size_of(path) <= self._seen[name]:
            return []
        with path.open("rb") as log:
            log.seek(self._seen[name])
            added = log.read()
        self._seen[name] += len(added)
        *complete, self._rest[name] = (self._rest[name] + added).split(b"\n")
        return [line.decode(errors="replace") for line in complete]


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def rotate(path: Path) -> None:
    """Set a long log aside (one older one is kept), before anybody writes to it."""
    if size_of(path) > KEEP_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
