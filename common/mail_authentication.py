"""Whether the server that took a mail in vouches for its sender: `Authentication-Results` (RFC 8601). Pure.

Anybody can write such a header. A pass counts only from a server that the installation names (`servers`), and of its
headers the topmost alone: it stands above all that the sender wrote. A failure counts from anybody: nobody forges one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

MOST_RESULTS = 40
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.ASCII)
_PROPERTY = re.compile(r"\b(header\.d|header\.i|header\.from|smtp\.mailfrom)\s*=\s*\"?([^\s\";]+)", re.ASCII)
_FAILED = frozenset({"fail", "permerror", "policy", "hardfail"})


class Vouched(StrEnum):
    """`unknown`: no server that counts says anything."""

    PASSED = "pass"
    FAILED = "fail"
    UNKNOWN = "unknown"


def vouched(results: Sequence[str], *, sender: str, servers: Collection[str]) -> Vouched:
    """What is said of `sender`. `results` are the values of the headers, the topmost first; names in lower case."""
    domain = sender.rpartition("@")[2].lower()
    wanted = {name.lower() for name in servers}
    read = [_read(text) for text in results]
    trusted = [found for server, found in read if server in wanted]
    if trusted:
        return _verdict(trusted[0], domain)
    if wanted or not read:
        return Vouched.UNKNOWN
    # Nobody says who may be believed: a failure is one all the same, and a pass proves nothing.
    return Vouched.FAILED if _verdict(read[0][1], domain) is Vouched.FAILED else Vouched.UNKNOWN


Result = tuple[str, str, Mapping[str, str]]


def _read(text: str) -> tuple[str, list[Result]]:
    """The server, and its results as method, word and properties."""
    # A quoted string holds what the sender chose; nothing in it is a result.
    plain = _QUOTED.sub(" ", text.lower())
    while (without := _COMMENT.sub(" ", plain)) != plain:
        plain = without
    server, *parts = plain.split(";")[: MOST_RESULTS + 1]
    found: list[Result] = []
    for part in parts:
        head = _RESULT.match(part)
        if head:
            found.append((head[1], head[2], dict(_PROPERTY.findall(part))))
    return (server.split() or [""])[0], found


def _verdict(results: Sequence[Result], domain: str) -> Vouched:
    """DMARC decides where it was asked; else a signature or a way in of the sender's own domain vouches."""
    dmarc = [(word, more.get("header.from", domain)) for method, word, more in results if method == "dmarc"]
    if any(word in _FAILED for word, _named in dmarc):
        return Vouched.FAILED
    if named := [name for word, name in dmarc if word == "pass"]:
        return Vouched.PASSED if all(name == domain for name in named) else Vouched.FAILED
    ways = [(word, _domain_of(method, more)) for method, word, more in results if method in ("dkim", "spf")]
    if any(word == "pass" and _is_of(domain, other) for word, other in ways):
        return Vouched.PASSED
    return Vouched.FAILED if any(word in _FAILED for word, _other in ways) else Vouched.UNKNOWN


def _domain_of(method: str, more: Mapping[str, str]) -> str:
    name = more.get("header.d") or more.get("header.i", "") if method == "dkim" else more.get("smtp.mailfrom", "")
    return name.rpartition("@")[2]


def _is_of(domain: str, other: str) -> bool:
    """The same domain, or one below the other with a name of its own: mail.example.com and example.com."""
    if not domain or not other or "." not in domain or "." not in other:
        return False
    return domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
