"""Who is named in a note: ``@sue`` or ``@sue.tanaka``, as the part of an address before the @. Pure."""

from __future__ import annotations

import re

MOST = 10
_NAMED = re.compile(r"(?<![\w@/.])@([A-Za-z0-9][\w.+-]{1,63})")


def mentioned(text: str) -> tuple[str, ...]:
    """The handles in the order of their first place, small letters, each once, at most ten."""
    found = (match[1].rstrip(".-+").lower() for match in _NAMED.finditer(text))
    return tuple(dict.fromkeys(handle for handle in found if len(handle) > 1))[:MOST]
