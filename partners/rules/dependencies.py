"""What waits for what: circles named, and an order in which everything comes after what it waits for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter


def find_circle(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A circle of ids that wait for each other, each for the next and the last for the first; empty without one.

    It starts at the first of its ids in the order of `after`, so that the same plan names the same circle. Ids that
    `after` does not hold wait for nothing.
    """
    settled: set[str] = set()
    for start in after:
        path: list[str] = []
        place_of: dict[str, int] = {}
        branches = [iter((start,))]
        while branches:
            name = next(branches[-1], None)
            if name is None:
                branches.pop()
                if path:
                    left = path.pop()
                    del place_of[left]
                    settled.add(left)
            elif name in place_of:
                return _from_first(tuple(path[place_of[name] :]), after)
            elif name in after and name not in settled:
                place_of[name] = len(path)
                path.append(name)
                branches.append(iter(after[name]))
    return ()


def in_order(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The ids of `after`, each after those that it waits for and otherwise as they stand. Raises ValueError: a circle.

    Ids that `after` does not hold are passed over.
    """
    circle = find_circle(after)
    if circle:
        raise ValueError(f"waits for itself: {spell_circle(circle)}")
    rank = {name: position for position, name in enumerate(after)}
    sorter = TopologicalSorter({name: [other for other in waited if other in after] for name, waited in after.items()})
    sorter.prepare()
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=rank.__getitem__)
        ordered.extend(ready)
        sorter.done(*ready)
    return tuple(ordered)


def spell_circle(circle: Sequence[str]) -> str:
    """The circle as a person reads it: "a waits for b, b for c, c for a"."""
    pairs = list(zip(circle, (*circle[1:], circle[0]), strict=True))
    first, *others = pairs
    return ", ".join([f"{first[0]} waits for {first[1]}", *(f"{one} for {other}" for one, other in others)])


def _from_first(circle: tuple[str, ...], after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    rank = {name: position for position, name in enumerate(after)}
    first = min(range(len(circle)), key=lambda position: rank[circle[position]])
    return circle[first:] + circle[:first]
