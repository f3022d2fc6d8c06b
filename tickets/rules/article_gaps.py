"""What the knowledge base lacks: solved tickets that are alike, and how much it spared (sla.md R17). Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALIKE = 0.4
SMALLEST = 3


@dataclass(frozen=True, kw_only=True)
class SolvedTicket:
    """A solved ticket as far as likeness goes."""

    number: int
    subject: str
    category: str
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Solved tickets that are alike, the newest first; it is called by the first one's subject."""

    tickets: tuple[SolvedTicket, ...]

    @property
    def subject(self) -> str:
        return self.tickets[0].subject

    @property
    def category(self) -> str:
        return self.tickets[0].category

    @property
    def count(self) -> int:
        return len(self.tickets)


@dataclass(frozen=True, kw_only=True)
class Deflection:
    """Visits to the knowledge base that no ticket of the same organization followed, against the tickets there were."""

    spared: int
    followed: int
    tickets: int

    @property
    def share(self) -> float | None:
        """Of one; None where there was neither visit nor ticket."""
        whole = self.spared + self.tickets
        return self.spared / whole if whole else None


def clusters(tickets: Sequence[SolvedTicket], *, smallest: int = SMALLEST) -> list[Cluster]:
    """Tickets of one category whose subjects are alike, or that share a tag and half as much, the largest first.

    Each ticket is compared to the first one of each group, so that a group has one subject and not a chain of them.
    """
    groups: list[list[SolvedTicket]] = []
    pieces = {ticket.number: trigrams(ticket.subject) for ticket in tickets}
    by_category: dict[str, list[list[SolvedTicket]]] = {}
    for ticket in tickets:
        near = by_category.setdefault(ticket.category, [])
        for group in near:
            needed = ALIKE / 2 if group[0].tags & ticket.tags else ALIKE
            if likeness(pieces[group[0].number], pieces[ticket.number]) >= needed:
                group.append(ticket)
                break
        else:
            groups.append([ticket])
            near.append(groups[-1])
    found = [Cluster(tickets=tuple(group)) for group in groups if len(group) >= smallest]
    return sorted(found, key=lambda cluster: (-cluster.count, cluster.subject))


def is_covered(subject: str, titles: Iterable[str]) -> bool:
    """Whether an article with one of these titles speaks of it."""
    wanted = trigrams(subject)
    return any(likeness(wanted, trigrams(title)) >= ALIKE for title in titles)


def trigrams(text: str) -> frozenset[str]:
    """The pieces of three letters of the words of a text; digits are left out, since they tell nothing alike."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return frozenset(
        padded[start : start + 3] for padded in map("  {} ".format, words) for start in range(len(padded) - 2)
    )


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 for nothing in common, 1 for the same pieces."""
    return len(one & other) / len(one | other) if one and other else 0.0
