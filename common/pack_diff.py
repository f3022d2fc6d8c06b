"""What differs between two versions of a pack, entry by entry, as a person would say it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from common.packs import Body, canonical_json

_NAMING_KEYS = (("id",), ("field", "operator"), ("value",), ("name",), ("currency", "on"))


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REORDERED = "reordered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference at `path`; `old` is None for what was added, `new` for what was removed.

    Entries of a list that have a name of their own are called by it: `gemstones[pearl].days`.
    """

    path: str
    kind: ChangeKind
    old: Any = None
    new: Any = None


def diff_packs(old: Body, new: Body) -> list[Change]:
    """The changes that lead from one body to the other, in the order of the new one; what was removed comes last."""
    return list(_between_objects(old, new, ""))


def _between(old: Any, new: Any, path: str) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _between_objects(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _between_lists(old, new, path)
    elif canonical_json(old) != canonical_json(new):
        yield Change(path=path, kind=ChangeKind.CHANGED, old=old, new=new)


def _between_objects(old: Body, new: Body, path: str) -> Iterator[Change]:
    for key, value in new.items():
        inner = f"{path}.{key}" if path else key
        if key in old:
            yield from _between(old[key], value, inner)
        else:
            yield Change(path=inner, kind=ChangeKind.ADDED, new=value)
    for key, value in old.items():
        if key not in new:
            inner = f"{path}.{key}" if path else key
            yield Change(path=inner, kind=ChangeKind.REMOVED, old=value)


def _between_lists(old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[Change]:
    old_names, new_names = _names(old), _names(new)
    if old_names is not None and new_names is not None:
        yield from _between_named(dict(zip(old_names, old, strict=True)), dict(zip(new_names, new, strict=True)), path)
    elif any(isinstance(entry, Mapping | list) for entry in (*old, *new)):
        yield from _between_numbered(old, new, path)
    else:
        yield from _between_words(old, new, path)


def _between_named(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Change]:
    kept_before = [name for name in old if name in new]
    kept_after = [name for name in new if name in old]
    if kept_before != kept_after:
        yield Change(path=path, kind=ChangeKind.REORDERED, old=kept_before, new=kept_after)
    for name, value in new.items():
        if name in old:
            yield from _between(old[name], value, f"{path}[{name}]")
        else:
            yield Change(path=f"{path}[{name}]", kind=ChangeKind.ADDED, new=value)
    for name, value in old.items():
        if name not in new:
            yield Change(path=f"{path}[{name}]", kind=ChangeKind.REMOVED, old=value)


def _between_numbered(old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        inner = f"{path}[{index}]"
        if index >= len(old):
            yield Change(path=inner, kind=ChangeKind.ADDED, new=new[index])
        elif index >= len(new):
            yield Change(path=inner, kind=ChangeKind.REMOVED, old=old[index])
        else:
            yield from _between(old[index], new[index], inner)


def _between_words(old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[Change]:
    before, after = (Counter(canonical_json(word) for word in words) for words in (old, new))
    added, removed = after - before, before - after
    if not added and not removed:
        if [canonical_json(word) for word in old] != [canonical_json(word) for word in new]:
            yield Change(path=path, kind=ChangeKind.REORDERED, old=list(old), new=list(new))
        return
    for word in new:
        if added[canonical_json(word)]:
            added[canonical_json(word)] -= 1
            yield Change(path=path, kind=ChangeKind.ADDED, new=word)
    for word in old:
        if removed[canonical_json(word)]:
            removed[canonical_json(word)] -= 1
            yield Change(path=path, kind=ChangeKind.REMOVED, old=word)


def _names(entries: Sequence[Any]) -> list[str] | None:
    """The names of the entries, if all are objects with the same naming keys and no two share a name."""
    for keys in _NAMING_KEYS:
        names = [
            " ".join(str(entry[key]) for key in keys)
            for entry in entries
            if isinstance(entry, Mapping) and all(isinstance(entry.get(key), str | int) for key in keys)
        ]
        if len(names) == len(entries) and len(set(names)) == len(names):
            return names
    return None
