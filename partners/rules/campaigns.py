"""Campaigns: who is chosen, and who is spared and why. Pure, so that a preview says what a start does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from partners.rules.surveys import NpsPolicy


class Spared(StrEnum):
    """Why somebody who was chosen is not asked."""

    GONE = "gone"
    OPTED_OUT = "opted_out"
    NO_ADDRESS = "no_address"
    ASKED_LATELY = "asked_lately"
    """Of anything, within the days that lie between any two questions."""
    ASKED_BEFORE = "asked_before"
    """How likely they are to recommend us, within the days after which it is asked again."""
    ORGANIZATION_FULL = "organization_full"
    """As many at this organization were asked in a quarter as the policy has it."""
    IN_TROUBLE = "in_trouble"
    """Something urgent is open at the organization: it is no time to ask."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who may be asked, with when they were asked last, of anything and of the same.

    Contacts of several organizations with one `address` are one person, who is asked once.
    """

    contact_id: int
    organization_id: int
    address: str = ""
    is_there: bool = True
    has_address: bool = True
    has_opted_out: bool = False
    is_in_trouble: bool = False
    asked_at: datetime | None = None
    asked_same_at: datetime | None = None


def place_of(seed: str, contact_id: int) -> int:
    """Where somebody stands in the lot of a campaign: the same whenever one looks, another in the next campaign."""
    return int.from_bytes(sha256(f"{seed}:{contact_id}".encode()).digest()[:8], "big")


def is_chosen(seed: str, contact_id: int, share: int) -> bool:
    """Whether somebody is among the `share` percent that are drawn."""
    return place_of(seed, contact_id) % 100 < share


def spared(person: Person, policy: NpsPolicy, *, asked_here: int, now: datetime) -> Spared | None:
    """Why this person is not asked now; None to ask. `asked_here`: how many of the organization were lately."""
    if not person.is_there:
        return Spared.GONE
    if person.has_opted_out:
        return Spared.OPTED_OUT
    if not person.has_address:
        return Spared.NO_ADDRESS
    if person.is_in_trouble:
        return Spared.IN_TROUBLE
    if _is_within(person.asked_same_at, policy.again_after, now):
        return Spared.ASKED_BEFORE
    if _is_within(person.asked_at, policy.quiet, now):
        return Spared.ASKED_LATELY
    return Spared.ORGANIZATION_FULL if asked_here >= policy.organization_most else None


def _is_within(at: datetime | None, span: timedelta, now: datetime) -> bool:
    return at is not None and now - at < span


@dataclass(frozen=True, kw_only=True, slots=True)
class Lot:
    """What a draw comes to: everybody drawn in the order of asking, and why not where they are spared."""

    people: tuple[tuple[Person, Spared | None], ...]

    @property
    def asked(self) -> int:
        return sum(why is None for _person, why in self.people)


def draw(
    people: Iterable[Person],
    policy: NpsPolicy,
    *,
    seed: str,
    share: int,
    asked_in_quarter: dict[int, int],
    now: datetime,
) -> Lot:
    """Draw `share` percent and decide on each, in the order of the lot, so that an organization's limit is fair."""
    counts, written_to = dict(asked_in_quarter), set[str]()
    found: list[tuple[Person, Spared | None]] = []
    chosen = [person for person in people if is_chosen(seed, person.contact_id, share)]
    for person in sorted(chosen, key=lambda one: (place_of(seed, one.contact_id), one.contact_id)):
        here = counts.get(person.organization_id, 0)
        why = spared(person, policy, asked_here=here, now=now)
        if why is None and person.address in written_to:
            why = Spared.ASKED_BEFORE
        if why is None:
            counts[person.organization_id] = here + 1
            written_to |= {person.address} - {""}
        found.append((person, why))
    return Lot(people=tuple(found))
