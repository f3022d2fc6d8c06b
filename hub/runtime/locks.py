"""Who runs the embedded servers, and who uses them: two file locks in the data folder, freed by the kernel at death."""

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The process that holds a lock, as it wrote itself down."""

    pid: int
    command: str


class FileLock:
    """An advisory lock on a file; several may hold it shared, one exclusively. Not inherited by started programs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def try_exclusive(self, command: str = "") -> bool:
        """Take the lock and write `command` down; False when somebody holds it."""
        if not self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
        assert self._descriptor is not None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps({"pid": os.getpid(), "command": command}).encode(), 0)
        return True

    def wait_exclusive(self) -> None:
        self._lock(fcntl.LOCK_EX)

    def wait_shared(self) -> None:
        self._lock(fcntl.LOCK_SH)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """Who took the lock last, if it can be read."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads(self.path.read_text())
            return Holder(pid=int(found["pid"]), command=str(found["command"]))
        return None

    def _lock(self, operation: int) -> bool:
        if self._descriptor is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, operation)
        except BlockingIOError:
            self.release()
            return False
        return True
