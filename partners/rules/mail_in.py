"""The address at which mail about an organization is logged: how it is written, found, and cut to its answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

TAG = "log-"
TOKEN_LENGTH = 24
MOST_FILE_NAMES = 10
_TAGGED = re.compile(r"^[^@\s]{1,64}\+log-([a-z0-9]{24})@", re.ASCII)


def written(desk_address: str, token: str) -> str:
    """A plus-address of the desk's mailbox; "" where there is none."""
    local, at, domain = desk_address.partition("@")
    return f"{local}+{TAG}{token}@{domain}" if at else ""


def token_in(recipients: Iterable[str]) -> str:
    """The first such token among the recipients of a mail; "" for mail that is none of ours."""
    for one in recipients:
        found = _TAGGED.match(one.strip().lower())
        if found:
            return found[1]
    return ""


def without_tokens(text: str) -> str:
    """A text without the secret part of such addresses, to be kept where more people read."""
    return re.sub(r"\+log-[a-z0-9]{24}(?=@)", "+log-…", text, flags=re.IGNORECASE)


def notes_of(text: str, file_names: Iterable[str], files_word: str, *, most_bytes: int) -> str:
    """The notes of the interaction: the answer, and below it the names of the files, which are not kept."""
    names = [name.replace("\n", " ")[:120] for name in file_names][:MOST_FILE_NAMES]
    foot = f"\n\n{files_word}: {', '.join(names)}" if names else ""
    room = most_bytes - len(foot.encode())
    return text.strip().encode()[:room].decode(errors="ignore").replace("\0", "") + foot
