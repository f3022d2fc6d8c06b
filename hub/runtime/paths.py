"""Where the hub keeps what it makes: data, sockets, logs, the secret key."""

import contextlib
import hashlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

from hub.env import env_str

ROOT = Path(__file__).resolve().parent.parent.parent
# sun_path holds 104 bytes on macOS (108 on Linux), its final zero included; PostgreSQL adds "/.s.PGSQL.5432".
SOCKET_PATH_LIMIT = 103
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"


def data_dir() -> Path:
    """The folder of everything that is kept: HUB_DATA_DIR, else `var` in the checkout."""
    return Path(env_str("HUB_DATA_DIR", str(ROOT / "var"))).absolute()


def private_dir(path: Path) -> Path:
    """Make `path` (0700) and check that it is ours. Raises PermissionError when somebody else made it.

    Root may find it in the hands of the user its database ran as, and takes it back; not in a folder that everybody
    writes to, where that user could have laid it out.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    shared = path.parent.stat().st_mode & stat.S_ISVTX
    if os.geteuid() == 0 and not shared and not path.is_symlink():
        os.chown(path, 0, 0)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{path} exists and is not a folder of this user; remove it and start again.")
    path.chmod(0o700)
    return path


def socket_dir(data: Path) -> Path:
    """A private folder for the sockets of `data`: inside it, or under the temporary folder where that is too long."""
    inside = data / "run"
    if len(os.fsencode(f"{inside}{LONGEST_SOCKET_NAME}")) <= SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"hub-{os.geteuid()}-{digest}"


def secret_key(data: Path) -> str:
    """The key of this installation, made once and kept in a file that only its user reads."""
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text().strip()
