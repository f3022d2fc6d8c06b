"""A handoff as a contract between a giver and a receiver (journey.md, Handoffs). Pure.

Prepared, offered, then accepted or returned with reasons; a returned one is mended and offered again. Until it is
accepted both are responsible. What stands in the way is said in codes with the items they are about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from common.workhours import WorkHours
from common.worktime import due_business_days
from partners.rules.cadence import WorkingDays
from partners.rules.handoff_packs import HandoffKind, HandoffPolicy, Meeting


class HandoffState(StrEnum):
    PREPARED = "prepared"
    OFFERED = "offered"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class HandoffMove(StrEnum):
    OFFER = "offer"
    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"


class HandoffBlocker(StrEnum):
    """Why a move is not possible. What is in brackets stands beside it as `about`."""

    WRONG_STATE = "wrong_state"
    NOT_THE_GIVER = "not_the_giver"
    NOT_THE_RECEIVER = "not_the_receiver"
    NO_RECEIVER = "no_receiver"
    RECEIVER_IS_GIVER = "receiver_is_giver"
    RECEIVER_LACKS_ROLE = "receiver_lacks_role"
    ITEM_MISSING = "item_missing"  # (item)
    ITEM_UNCHECKED = "item_unchecked"  # (item)
    ITEM_UNREAD = "item_unread"  # (item)
    MEETING_MISSING = "meeting_missing"  # (meeting)
    SHADOW_NOT_STARTED = "shadow_not_started"
    SHADOW_NOT_OVER = "shadow_not_over"
    REASON_MISSING = "reason_missing"


MOVES: Mapping[HandoffMove, Mapping[HandoffState, HandoffState]] = MappingProxyType(
    {
        HandoffMove.OFFER: {
            HandoffState.PREPARED: HandoffState.OFFERED,
            HandoffState.RETURNED: HandoffState.OFFERED,
        },
        HandoffMove.ACCEPT: {HandoffState.OFFERED: HandoffState.ACCEPTED},
        HandoffMove.RETURN: {HandoffState.OFFERED: HandoffState.RETURNED},
        HandoffMove.WITHDRAW: {
            HandoffState.PREPARED: HandoffState.WITHDRAWN,
            HandoffState.OFFERED: HandoffState.WITHDRAWN,
            HandoffState.RETURNED: HandoffState.WITHDRAWN,
        },
    }
)

OPEN_STATES = frozenset({HandoffState.PREPARED, HandoffState.OFFERED, HandoffState.RETURNED})
GIVERS_MOVES = frozenset({HandoffMove.OFFER, HandoffMove.WITHDRAW})


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemState:
    """One item as it is: whether there is anything in it, whether the giver stands by it, whether it has been read."""

    item_id: str
    has_content: bool = False
    is_checked: bool = False
    is_read: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Handoff:
    """A handoff as it is stored. `held` are the meetings that took place; days are local days of the organization."""

    kind: HandoffKind
    state: HandoffState
    giver_id: int
    role: str
    """The role in which the receiver takes the organization over."""
    receiver_id: int | None = None
    items: Sequence[ItemState] = ()
    held: frozenset[Meeting] = frozenset()
    shadow_from: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstacle:
    """A blocker and what it is about."""

    blocker: HandoffBlocker
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Responsible:
    """Who answers for the organization in the roles concerned."""

    giver: bool
    receiver: bool


def obstacles(
    move: HandoffMove,
    handoff: Handoff,
    *,
    by_id: int,
    receiver_roles: Collection[str] = (),
    reasons: Sequence[str] = (),
    today: date,
    is_working_day: WorkingDays,
) -> tuple[Obstacle, ...]:
    """Everything that stands in the way of a move by a person; empty where it may be made.

    `receiver_roles` are those that the receiver holds today, `reasons` what the receiver writes when returning. The
    working days are those of the receiver, for the shadow period.
    """
    if handoff.state not in MOVES[move]:
        return (Obstacle(blocker=HandoffBlocker.WRONG_STATE, about=handoff.state),)
    if move in GIVERS_MOVES:
        found = [] if by_id == handoff.giver_id else [Obstacle(blocker=HandoffBlocker.NOT_THE_GIVER)]
    else:
        found = [] if by_id == handoff.receiver_id else [Obstacle(blocker=HandoffBlocker.NOT_THE_RECEIVER)]
    if move is HandoffMove.OFFER:
        found += _receiver_obstacles(handoff, receiver_roles) + _offer_obstacles(handoff)
    elif move is HandoffMove.ACCEPT:
        found += _receiver_obstacles(handoff, receiver_roles)
        found += _acceptance_obstacles(handoff, today, is_working_day)
    elif move is HandoffMove.RETURN and not any(reason.strip() for reason in reasons):
        found.append(Obstacle(blocker=HandoffBlocker.REASON_MISSING))
    return tuple(found)


def after(move: HandoffMove, state: HandoffState) -> HandoffState:
    """The state that a move leads to. Raises ValueError where the state does not know it."""
    try:
        return MOVES[move][state]
    except KeyError:
        raise ValueError(f"a handoff that is {state} cannot be moved by {move}") from None


def acceptance_due_at(policy: HandoffPolicy, hours: WorkHours, offered_at: datetime) -> datetime:
    """Until when the receiver answers, on the receiver's calendar. Raises WorktimeError: it never opens."""
    return due_business_days(hours, offered_at, policy.accept_within_days).breach_at


def is_overdue(state: HandoffState, due_at: datetime | None, now: datetime) -> bool:
    """Whether the receiver's answer is late."""
    return state is HandoffState.OFFERED and due_at is not None and now >= due_at


def responsible(state: HandoffState) -> Responsible:
    """Both until it is accepted, from the first offer on; before it and after a withdrawal the giver alone.

    Acceptance ends the giver's assignment only in a handoff within the same role (`ends_givers_assignment`).
    """
    return Responsible(
        giver=state is not HandoffState.ACCEPTED,
        receiver=state in (HandoffState.OFFERED, HandoffState.RETURNED, HandoffState.ACCEPTED),
    )


def ends_givers_assignment(kind: HandoffKind) -> bool:
    """Acceptance never ends an assignment in another role (roles-and-access.md); within one role it passes on."""
    return kind.same_role


def shadow_ends_on(handoff: Handoff, is_working_day: WorkingDays) -> date | None:
    """The last of the working days of the shadow period; None before it began, or where there is none.

    A receiver without working days shadows on plain days.
    """
    wanted = handoff.kind.shadow_days
    if not wanted or handoff.shadow_from is None:
        return None
    first = handoff.shadow_from.toordinal()
    span = [date.fromordinal(first + ahead) for ahead in range(wanted * 7 + 60)]
    working = [day for day in span if is_working_day(day)]
    return (working if len(working) >= wanted else span)[wanted - 1]


def _receiver_obstacles(handoff: Handoff, receiver_roles: Collection[str]) -> list[Obstacle]:
    if handoff.receiver_id is None:
        return [Obstacle(blocker=HandoffBlocker.NO_RECEIVER)]
    found = []
    if handoff.receiver_id == handoff.giver_id:
        found.append(Obstacle(blocker=HandoffBlocker.RECEIVER_IS_GIVER))
    if handoff.role not in receiver_roles:
        found.append(Obstacle(blocker=HandoffBlocker.RECEIVER_LACKS_ROLE, about=handoff.role))
    return found


def _offer_obstacles(handoff: Handoff) -> list[Obstacle]:
    states = {item.item_id: item for item in handoff.items}
    found = []
    for item_id in handoff.kind.required_items:
        state = states.get(item_id)
        if state is None or not state.has_content:
            found.append(Obstacle(blocker=HandoffBlocker.ITEM_MISSING, about=item_id))
        elif not state.is_checked:
            found.append(Obstacle(blocker=HandoffBlocker.ITEM_UNCHECKED, about=item_id))
    return found


def _acceptance_obstacles(handoff: Handoff, today: date, is_working_day: WorkingDays) -> list[Obstacle]:
    found = [
        Obstacle(blocker=HandoffBlocker.MEETING_MISSING, about=meeting)
        for meeting in handoff.kind.meetings
        if meeting not in handoff.held
    ]
    read = {item.item_id for item in handoff.items if item.is_read}
    found += [
        Obstacle(blocker=HandoffBlocker.ITEM_UNREAD, about=item_id)
        for item_id in handoff.kind.required_items
        if item_id not in read
    ]
    if handoff.kind.shadow_days:
        ends_on = shadow_ends_on(handoff, is_working_day)
        if ends_on is None:
            found.append(Obstacle(blocker=HandoffBlocker.SHADOW_NOT_STARTED))
        elif today < ends_on:
            found.append(Obstacle(blocker=HandoffBlocker.SHADOW_NOT_OVER, about=ends_on.isoformat()))
    return found
