"""A proposal that balances a role: few moves, from the fullest to who has room, to people who know the place. Pure.

Greedy: the one with the fullest week gives first. Nobody is filled above what counts as full, so that the highest peak
of all never rises; guarded organizations stay; each moves once at most.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from partners.rules.capacity_ahead import Curve, Held, Person, curves, guard_of

# What a move must take off the giver's peak to be worth a change of hands.
LEAST_GAIN = Fraction(3, 100)
MOST_MOVES = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One organization from one owner to another; peaks are those of the two before and after this move."""

    organization_id: int
    giver_id: int
    receiver_id: int
    minutes_per_week: int
    is_known: bool
    giver_before: Fraction
    giver_after: Fraction
    receiver_before: Fraction
    receiver_after: Fraction


def propose(
    people: Sequence[Person], held: Iterable[Held], *, today: date, full: Fraction, most: int = MOST_MOVES
) -> tuple[Move, ...]:
    """Moves in their order, until nobody's fullest week is above `full` or no move is worth it."""
    now, moves = list(held), list[Move]()
    given: set[int] = set()
    while len(moves) < most:
        state = curves(people, now)
        move = next(_worth_it(people, now, state, today=today, full=full, given=given), None)
        if move is None:
            break
        moves.append(move)
        given.add(move.organization_id)
        now = [
            replace(one, owner_id=move.receiver_id) if one.organization_id == move.organization_id else one
            for one in now
        ]
    return tuple(moves)


def _worth_it(
    people: Sequence[Person],
    held: Sequence[Held],
    state: dict[int, Curve],
    *,
    today: date,
    full: Fraction,
    given: set[int],
) -> Iterator[Move]:
    """The best move of each who is too full, the fullest first."""
    peaks = {person.id: state[person.id].peak for person in people}
    for giver in sorted(people, key=lambda person: (-peaks[person.id], person.id)):
        if peaks[giver.id] <= full:
            return
        offers = [
            move
            for one in held
            if one.owner_id == giver.id and one.organization_id not in given and guard_of(one, today) is None
            for receiver in people
            if receiver.id != giver.id and (move := _move(one, receiver, state, full)) is not None
        ]
        if offers:
            yield min(offers, key=_preference)


def _preference(move: Move) -> tuple[bool, Fraction, Fraction, int, int]:
    """Who knows it first, then what leaves the two most even."""
    return (
        not move.is_known,
        max(move.giver_after, move.receiver_after),
        move.receiver_after,
        move.organization_id,
        move.receiver_id,
    )


def _move(one: Held, receiver: Person, state: dict[int, Curve], full: Fraction) -> Move | None:
    """The move, unless it gains too little or fills the receiver too much."""
    giver, taker = state[one.owner_id], state[receiver.id]
    after, filled = _changed(giver, one, -1), _changed(taker, one, 1)
    if not any(taker.there) or giver.peak - after.peak < LEAST_GAIN or filled.peak > full:
        return None
    return Move(
        organization_id=one.organization_id,
        giver_id=one.owner_id,
        receiver_id=receiver.id,
        minutes_per_week=one.per_week,
        is_known=receiver.id in one.known_by,
        giver_before=giver.peak,
        giver_after=after.peak,
        receiver_before=taker.peak,
        receiver_after=filled.peak,
    )


def _changed(curve: Curve, one: Held, sign: int) -> Curve:
    return replace(curve, wanted=tuple(now + sign * more for now, more in zip(curve.wanted, one.minutes, strict=True)))
