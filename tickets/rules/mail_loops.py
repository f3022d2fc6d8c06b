"""Whether a person wrote a mail, or a machine that must not be answered (RFC 3834). Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum

_LISTS = ("bulk", "junk", "list", "auto_reply")
_MACHINES = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-ms-exchange-inbox-rules-loop")
_NO_PEOPLE = ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce", "bounces")
_OUR_IDS = re.compile(
    r"(?:r[0-9a-z]{1,12}-[0-9a-z]{1,12}-[a-z2-7]{20}\.)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)


class Origin(StrEnum):
    """Who is behind a mail."""

    PERSON = "person"
    MACHINE = "machine"
    US = "us"


def origin_of(
    headers: Mapping[str, str],
    *,
    sender: str,
    message_id: str,
    content_type: str,
    own_host: str,
    own_addresses: set[str],
) -> Origin:
    """Who is behind a mail; `headers` have names in lower case. `own_addresses` are those that our mails come from."""
    local, _at, host = message_id.lower().rpartition("@")
    is_own_id = host == own_host and _OUR_IDS.fullmatch(local) is not None
    marks = {mark.strip() for mark in headers.get("x-loop", "").lower().split(",")}
    if is_own_id or own_host in marks or sender.lower() in own_addresses:
        return Origin.US
    return Origin.MACHINE if _is_machine(headers, sender, content_type) else Origin.PERSON


def _is_machine(headers: Mapping[str, str], sender: str, content_type: str) -> bool:
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    return (
        submitted not in ("", "no")
        or precedence in _LISTS
        or any(name in headers for name in _MACHINES)
        or "list-id" in headers
        or headers.get("return-path", "x").strip() in ("", "<>")
        or sender.partition("@")[0].lower() in _NO_PEOPLE
        or content_type in ("multipart/report", "message/delivery-status")
        or not sender
    )
