"""Who owns an organization in one role before and after a change: one primary as long as there is anybody. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A person who holds the role today, without a break `since`."""

    user_id: int
    is_primary: bool
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Change:
    """What has to be written: whose rows end and who starts one (user id -> as the primary one).

    A row says whether its person is primary, so that becoming it ends one row and starts the next at the same instant.
    """

    ends: frozenset[int]
    starts: Mapping[int, bool]

    @property
    def is_empty(self) -> bool:
        return not self.ends and not self.starts

    @property
    def joins(self) -> frozenset[int]:
        """People who did not hold the role before."""
        return frozenset(self.starts) - self.ends

    @property
    def leaves(self) -> frozenset[int]:
        """People who do not hold it any more."""
        return self.ends - frozenset(self.starts)

    @property
    def promoted(self) -> frozenset[int]:
        """Owners who become the primary one."""
        return frozenset(user for user, is_primary in self.starts.items() if is_primary) & self.ends

    @property
    def demoted(self) -> frozenset[int]:
        """Owners who stay, but no longer as the primary one."""
        return frozenset(user for user, is_primary in self.starts.items() if not is_primary) & self.ends


def plan_assign(held: Iterable[Holding], user_id: int, *, is_primary: bool | None) -> Change:
    """Add a person. True takes the primary place over, None takes it where it is free, False leaves it to others."""
    before = {holding.user_id: holding for holding in held}
    after = _primaries(before)
    if is_primary:
        after = dict.fromkeys(after, False) | {user_id: True}
    elif is_primary is None:
        after.setdefault(user_id, False)
    else:
        after[user_id] = False
    return _change(before, after, reluctant=user_id if is_primary is False else None)


def plan_end(held: Iterable[Holding], user_id: int) -> Change:
    """Take a person out; where the primary one goes, the longest-serving of the others follows."""
    before = {holding.user_id: holding for holding in held}
    after = _primaries(before)
    after.pop(user_id, None)
    return _change(before, after)


def plan_replace(held: Iterable[Holding], old_user_id: int, new_user_id: int) -> Change:
    """Put one person in the place of another: primary if the one before was."""
    before = {holding.user_id: holding for holding in held}
    after = _primaries(before)
    was_primary = after.pop(old_user_id, False)
    after[new_user_id] = was_primary or after.get(new_user_id, False)
    return _change(before, after)


def _primaries(before: Mapping[int, Holding]) -> dict[int, bool]:
    return {user_id: holding.is_primary for user_id, holding in before.items()}


def _change(before: Mapping[int, Holding], after: dict[int, bool], *, reluctant: int | None = None) -> Change:
    """The difference, once somebody is primary: the longest-serving, the `reluctant` one only where alone."""
    if after and not any(after.values()):
        newest = max((holding.since for holding in before.values()), default=None)

        def seniority(user_id: int) -> tuple[bool, bool, datetime | None, int]:
            known = before.get(user_id)
            return user_id == reluctant, known is None, known.since if known else newest, user_id

        after[min(after, key=seniority)] = True
    was = _primaries(before)
    differing = {user_id for user_id in was.keys() | after.keys() if was.get(user_id) != after.get(user_id)}
    return Change(
        ends=frozenset(differing & was.keys()),
        starts={user_id: after[user_id] for user_id in sorted(differing & after.keys())},
    )


@dataclass(frozen=True, kw_only=True)
class Span:
    """One row of a person in a role: [started_at, ended_at), open where it holds today."""

    started_at: datetime
    ended_at: datetime | None


def held_since(spans: Iterable[Span]) -> datetime | None:
    """Since when the last unbroken stay lasts (or lasted): adjoining rows of one person and role are one stay."""
    since: datetime | None = None
    until: datetime | None = None
    for span in sorted(spans, key=lambda span: span.started_at):
        if since is None or until is None or span.started_at > until:
            since = span.started_at
        until = span.ended_at
        if until is None:
            return since
    return since
