"""Shows log files as they grow, each line with the name of its writer; everyday lines stay in the files.

The programs write to files and not to pipes: a paused terminal then stops this thread, and nothing else.
"""

import json
import threading
from collections.abc import Mapping
from pathlib import Path

KEEP_BYTES = 10_000_000
EVERYDAY = frozenset({"debug", "info"})


class LogTail:
    """Prints what is added to `logs` (name -> file) from now on, until stopped; with `everything`, each line."""

    INTERVAL = 0.3

    def __init__(self, logs: Mapping[str, Path], *, everything: bool = False) -> None:
        self.logs, self.everything = dict(logs), everything
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
                if self.everything or not is_everyday(line):
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


def is_everyday(line: str) -> bool:
    """Whether a structured line only says that things go their way (or is empty)."""
    if not line.startswith("{"):
        return not line.strip()
    try:
        return json.loads(line).get("level") in EVERYDAY
    except ValueError:
        return False


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def rotate(path: Path) -> None:
    """Set a long log aside (one older one is kept), before anybody writes to it."""
    if size_of(path) > KEEP_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
