"""Start a program that ends with its parent, and that is not root where it refuses to be.

Run as a script between fork and exec, on the standard library alone: `python -I -S launch.py [options] -- PROGRAM`.
A `preexec_fn` would do the same in a forked copy of a program with threads, where any lock may be held for ever.
"""

import argparse
import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
UNPRIVILEGED_ID = 1000


def enter_user_namespace() -> None:
    """Become user 1000 of a namespace of one's own; outside of it, on disk, everything stays with the present user.

    Raises OSError where the kernel or the container refuses namespaces.
    """
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{UNPRIVILEGED_ID} {outside_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{UNPRIVILEGED_ID} {outside_gid} 1")


def become(user: str) -> None:
    """Drop from root to `user` for good. Raises KeyError when there is no such user."""
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def die_with_parent(parent: int, number: int) -> None:
    """Ask the kernel for signal `number` at the parent's death (Linux); end at once if it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if parent and os.getppid() != parent:
        sys.exit(1)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--namespace", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("--die-signal", type=int, default=int(signal.SIGTERM))
    parser.add_argument("program", nargs="+")
    options = parser.parse_args(argv)
    if options.namespace:
        enter_user_namespace()
    elif options.user:
        become(options.user)
    # After the change of identity, which would make the kernel forget it.
    die_with_parent(options.parent, options.die_signal)
    os.execvp(options.program[0], options.program)


if __name__ == "__main__":
    main(sys.argv[1:])
