"""One set of embedded servers for everybody in an installation: `up`, or a single command while `up` is not running."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.runtime import paths
from hub.runtime.bootstrap import say
from hub.runtime.embedded import Servers, kept_servers
from hub.runtime.locks import FileLock
from hub.runtime.processes import ServiceError

JOIN_SECONDS = 120.0


def owner_lock(data: Path) -> FileLock:
    """Held by the one process that runs the servers of `data`."""
    return FileLock(data / "up.lock")


def users_lock(data: Path) -> FileLock:
    """Held, shared, by commands that use servers which another command has started."""
    return FileLock(data / "users.lock")


@contextmanager
def borrowed_servers(command: str) -> Iterator[dict[str, str]]:
    """The addresses of running servers: those of `up` or of another command, else started for this block.

    Raises ServiceError when they can be neither started nor reached.
    """
    data = paths.data_dir()
    servers, owner, users = kept_servers(data), owner_lock(data), users_lock(data)
    deadline = time.monotonic() + JOIN_SECONDS
    while not owner.try_exclusive(command):
        # Shared before the look: whoever runs them waits for us before stopping them.
        users.wait_shared()
        if servers.answers():
            try:
                yield servers.environment()
            finally:
                users.release()
            return
        users.release()
        if time.monotonic() > deadline:
            holder = owner.holder()
            raise ServiceError(f"The servers of {data} do not answer; {holder or 'another process'} runs them.")
        time.sleep(0.2)
    try:
        servers.start()
        yield servers.environment()
    finally:
        _stop_after_the_others(servers, users)
        owner.release()


def _stop_after_the_others(servers: Servers, users: FileLock) -> None:
    if not users.try_exclusive():
        say("Another command is still using the database; waiting for it to end ...")
        users.wait_exclusive()
    servers.stop()
    users.release()
