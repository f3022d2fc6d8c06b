"""Signed tokens by which an answer finds its ticket: `From` never authorises (security.md 13). Pure.

A token names a ticket by its number and the person whom the mail went to (0 for somebody who is no contact). It stands
in the local part of an address and of a Message-ID, so it is short and does not mind being put in lower case.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_MAC_LENGTH = 20
"""Characters of base32: 100 bits."""
_TOKEN = re.compile(rf"(?<![a-z0-9])r([0-9a-z]{{1,12}})-([0-9a-z]{{1,12}})-([a-z2-7]{{{_MAC_LENGTH}}})(?![a-z0-9])")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_CANDIDATES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyToken:
    """What a token names: a ticket, and the contact it was made for (0 for none)."""

    number: int
    contact_id: int


def write(token: ReplyToken, *, key: bytes) -> str:
    """The token as text, signed with `key`."""
    name = f"{_in_36(token.number)}-{_in_36(token.contact_id)}"
    return f"r{name}-{_mac(name, key)}"


def find(texts: Iterable[str], *, keys: Sequence[bytes]) -> ReplyToken | None:
    """The first token in these texts that one of `keys` has signed; what is forged or damaged is passed over."""
    for tried, (number, contact_id, mac) in enumerate(_candidates(texts)):
        if tried >= _MOST_CANDIDATES:
            break
        name = f"{number}-{contact_id}"
        if any(hmac.compare_digest(mac, _mac(name, key)) for key in keys):
            return ReplyToken(number=int(number, 36), contact_id=int(contact_id, 36))
    return None


def _candidates(texts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for text in texts:
        for match in _TOKEN.finditer(text.lower()):
            yield match[1], match[2], match[3]


def _mac(name: str, key: bytes) -> str:
    digest = hmac.new(key, name.encode(), hashlib.sha256).digest()
    return b32encode(digest).decode().lower()[:_MAC_LENGTH]


def _in_36(number: int) -> str:
    if number < 0:
        raise ValueError("a token names no negative number")
    found = ""
    while True:
        number, digit = divmod(number, 36)
        found = _DIGITS[digit] + found
        if not number:
            return found
