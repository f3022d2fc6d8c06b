"""Policy packs: what one is, which kinds there are, and what can be wrong with one (ADR 0014). Pure.

A pack is one document of policy. Its name is that of its file without the ending; its kind, the name up to the
first dot, chooses the parser that an app has registered: `segments.yaml` and `scorecard.enterprise.yaml`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from common.reading import MalformedInput

Body = Mapping[str, Any]


class PackError(MalformedInput):
    """An entry of a policy pack that cannot be accepted: where it stands ("rights.partner.tam") and why not."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message


class Parse(Protocol):
    """Checks the body of a pack and turns it into a typed policy that knows its version.

    Raises PackError, or MalformedInput as `common.reading` does. Must not need a database or a clock.
    """

    def __call__(self, body: Body, *, version: int) -> object: ...


@dataclass(frozen=True, kw_only=True)
class PackKind:
    """A kind of pack; `keys` is the order in which an export writes them, whatever their depth."""

    name: str
    parse: Parse
    keys: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class PackSource:
    """A pack as it was read: `path` names its file, `lines` where each place of the body stands in it."""

    name: str
    kind: str
    body: Body
    checksum: str
    path: str
    lines: Mapping[str, int]

    def line_of(self, place: str) -> int | None:
        """The line on which a place of the body stands, or the nearest entry around it that is there."""
        while place and place not in self.lines:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return self.lines.get(place)


_kinds: dict[str, PackKind] = {}


def register_pack_kind(kind: str, parse: Parse, *, keys: Sequence[str] = ()) -> PackKind:
    """Make a kind known; called in AppConfig.ready() of the app whose policy it is."""
    _kinds[kind] = PackKind(name=kind, parse=parse, keys=tuple(keys))
    return _kinds[kind]


def pack_kind(kind: str) -> PackKind:
    """The registered kind of this name. Raises PackError."""
    if kind not in _kinds:
        raise PackError("", f'there is no kind of pack "{kind}"; known are {", ".join(sorted(_kinds))}')
    return _kinds[kind]


def parse_pack(kind: str, body: Body, *, version: int) -> object:
    """The typed policy of a pack. Raises PackError with the place of what is wrong."""
    parse = pack_kind(kind).parse
    try:
        return parse(body, version=version)
    except PackError:
        raise
    except MalformedInput as error:
        raise PackError(error.place, error.problem) from error


def kind_of(name: str) -> str:
    """The kind of a pack by its name."""
    return name.partition(".")[0]


def checksum(body: Body) -> str:
    """SHA-256 of the canonical JSON of a pack; neither layout, comments nor the order of keys matter."""
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()


def canonical_json(body: object) -> str:
    """JSON without choice: sorted keys, no spaces, whole numbers without a fraction."""
    return json.dumps(_settled(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _settled(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _settled(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
