"""Cases of a policy added up: in all, by what they are counted under, and by the role of whoever did it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from partners.rules.small_samples import Share, share


@dataclass(frozen=True, kw_only=True, slots=True)
class Tallied:
    """Cases of a period: `hits` of `total` are what the figure is about."""

    hits: int = 0
    total: int = 0

    @property
    def share(self) -> Share:
        return share(self.hits, self.total)


def tally(cases: Iterable[tuple[str, bool]]) -> tuple[Tallied, dict[str, Tallied]]:
    """Of (group, whether it counts): in all, and by group, most cases first."""
    totals: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for group, counts in cases:
        totals[group] += 1
        hits[group] += counts
    by = {group: Tallied(hits=hits[group], total=many) for group, many in totals.most_common()}
    return Tallied(hits=hits.total(), total=totals.total()), by


def by_role(people: Iterable[int | None], roles: Mapping[int, str]) -> list[tuple[str, int]]:
    """How many cases each role stands behind, most first; "" for what nobody in particular did."""
    found = Counter(roles.get(person, "") if person is not None else "" for person in people)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
