"""What the migrations made, kept as a dump beside the checkout: a run of the suite migrates only after they changed."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hub.backups.database import Target, client_program, server_major
from hub.runtime.provision import NO_DEFAULT_RIGHTS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "test-template"
MAKERS = (
    *(
        "*/migrations/*.py",
        "*/rls.py",
        "*/*_rls.py",
        "common/partitions.py",
        "common/ids.py",
        "common/create_together.py",
    ),
    *("hub/runtime/provision.py", "requirements*.lock"),
)
"""The files whose content decides what migrating makes."""


class KeptTemplate:
    """The dump for the migrations as they are and the server in use; `restore` it into, or `keep` it of, the database
    that the owner's address names now."""

    def __init__(self) -> None:
        self.target = Target.of_url(os.environ["DATABASE_OWNER_URL"])
        with closing(self.target.connect()) as connection:
            self.major = server_major(connection)
        self.file = FOLDER / f"{self.major}-{_digest()}.dump"

    def restore(self) -> bool:
        """Whether there was one. A dump that cannot be restored is an error: half a database is of no use."""
        if not self.file.exists():
            return False
        with closing(self.target.connect()) as connection, connection.cursor() as cursor:
            # The dump brings them; with them in force its tables would be open wider than they were.
            for statement in NO_DEFAULT_RIGHTS:
                cursor.execute(statement)
            connection.commit()
        self._run("pg_restore", "--exit-on-error", "--single-transaction", str(self.file))
        return True

    def keep(self) -> None:
        """Dump the database; those of other migrations on the same server version go."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        for old in FOLDER.glob(f"{self.major}-*.dump"):
            old.unlink(missing_ok=True)
        # Another name until it is whole: a run that is stopped leaves nothing that looks like a dump.
        unfinished = self.file.with_suffix(f".{os.getpid()}")
        self._run("pg_dump", "--format=custom", "--compress=0", f"--file={unfinished}")
        unfinished.rename(self.file)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(client_program(program, major=self.major)), "--no-owner", "--no-comments", *arguments]
        environment = self.target.environment(os.environ)
        subprocess.run([*command, *self.target.arguments()], check=True, env=environment)


def _digest() -> str:
    digest = hashlib.sha256()
    for path in _makers():
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def _makers() -> Iterator[Path]:
    for pattern in MAKERS:
        yield from sorted(ROOT.glob(pattern))
