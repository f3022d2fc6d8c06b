"""Who holds a role and what they own in it, week by week: what could move, and what a move would change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.rules.access import Actor
from partners.models import Assignment, Organization
from partners.rules.capacity_ahead import RENEWAL_DAYS, WEEKS, Curve, Guard, Held, Person, guard_of
from partners.selectors.capacity import Words, spell_hours
from partners.selectors.capacity_ahead import WeeksRow, cell
from partners.selectors.capacity_minutes import minutes_of
from partners.selectors.capacity_presence import calendar_minutes
from partners.selectors.capacity_rows import Place, Weeks, weeks_of

_FAR_APART = 4
"""Hours between two clocks from which on an office day hardly meets the other."""


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """Those who hold a role with the minutes that their other roles leave for it, and what they own in it."""

    people: tuple[Person, ...]
    held: tuple[Held, ...]
    names: Mapping[int, str]
    organizations: Mapping[int, str]
    today: date
    full: Fraction


def may_balance(actor: Actor) -> bool:
    """Leads for those they lead, and who sees everything."""
    policy = actor.policy
    return bool(actor.active_roles & (policy.lead_roles | policy.see_all))


def people_of_role(actor: Actor, *roles: str) -> QuerySet[Any]:
    """Colleagues who hold one of `roles` today, owners or not, as far as `actor` leads or sees them."""
    found = User.objects.visible_to(actor).staff().active().holding(*roles)
    if not actor.active_roles & actor.policy.see_all:
        found = found.filter(pk__in=sorted({*actor.led_user_ids, actor.user_id or 0}))
    people: QuerySet[Any] = found
    return people


def holdings(actor: Actor, role: str, *, now: datetime) -> Holdings | None:
    """What moves may be made of in a role. Five statements for any number. None while no capacity is laid down.

    What somebody owns in other roles takes of their time first: it is no part of what could move.
    """
    rows = people_of_role(actor, role)
    names = dict(rows.values_list("pk", "name"))
    found = weeks_of(actor, names, weeks=WEEKS, now=now)
    if found is None:
        return None
    known = known_by({place.organization_id for place in found.places if place.role == role})
    held, other = list[Held](), defaultdict[int, list[tuple[int, ...]]](list)
    for place in found.places:
        minutes = minutes_of(found, place)
        if place.role == role and place.weeks[0] is not None:
            held.append(held_of(place, minutes, known.get(place.organization_id, frozenset()), timezone.localdate(now)))
        else:
            other[place.user_id].append(minutes)
    there = calendar_minutes(rows, found.mondays, usual=found.usual((role,)), now=now)
    return Holdings(
        people=tuple(Person(id=pk, minutes_there=_left(there[pk], other[pk])) for pk in sorted(names)),
        held=tuple(held),
        names=names,
        organizations={place.organization_id: place.name for place in found.places},
        today=timezone.localdate(now),
        full=Fraction(found.policies.capacity.healthy_to, 100),
    )


def known_by(organization_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Who has held any role at each organization, today or before. One statement."""
    rows = Assignment.objects.filter(organization_id__in=sorted(organization_ids)).order_by()
    found: defaultdict[int, set[int]] = defaultdict(set)
    for organization_id, user_id in rows.values_list("organization_id", "user_id"):
        found[organization_id].add(user_id)
    return {pk: frozenset(people) for pk, people in found.items()}


def held_of(place: Place, minutes: tuple[int, ...], known: frozenset[int], today: date) -> Held:
    """A place as rules see it; of its renewals the nearest counts."""
    nearest = min(place.renewals_on, key=lambda on: abs(on - today), default=None)
    return Held(
        organization_id=place.organization_id,
        owner_id=place.user_id,
        minutes=minutes,
        renewal_on=nearest,
        is_in_handoff=place.is_in_handoff,
        known_by=known,
    )


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What speaks for or against a move. `is_guard`: it may not be made."""

    text: str
    tone: str
    icon: str
    is_guard: bool = False


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Two people's weeks before and after one organization went from the one to the other, and what there is to say."""

    name: str
    hours: str
    giver: tuple[WeeksRow, WeeksRow]
    receiver: tuple[WeeksRow, WeeksRow]
    remarks: tuple[Remark, ...]

    @property
    def is_guarded(self) -> bool:
        return any(remark.is_guard for remark in self.remarks)


def places_of(actor: Actor, user_id: int, *, now: datetime) -> list[Place]:
    """What somebody owns today, by name. One statement."""
    found = weeks_of(actor, [user_id], weeks=WEEKS, now=now)
    places = found.places if found else ()
    return sorted((place for place in places if place.weeks[0] is not None), key=lambda place: (place.name, place.role))


def what_if(
    actor: Actor, *, organization: Organization, role: str, giver: User, receiver: User, now: datetime
) -> WhatIf | None:
    """None where `giver` does not own it in this role, `receiver` does, or no capacity is laid down."""
    found = weeks_of(actor, [giver.pk, receiver.pk], weeks=WEEKS, now=now)
    places = [place for place in (found.places if found else ()) if place.organization_id == organization.pk]
    place = next((one for one in places if (one.user_id, one.role) == (giver.pk, role)), None)
    if found is None or place is None or (receiver.pk, role) in {(one.user_id, one.role) for one in places}:
        return None
    minutes = minutes_of(found, place)
    both = User.objects.filter(pk__in=[giver.pk, receiver.pk])
    there = calendar_minutes(both, found.mondays, usual=found.usual((role,)), now=now)
    before, after = (
        {
            person.pk: _weeks(found, person, there[person.pk], added)
            for person, added in ((giver, given), (receiver, taken))
        }
        for given, taken in (((0,) * WEEKS, (0,) * WEEKS), (tuple(-one for one in minutes), minutes))
    )
    known = known_by([organization.pk]).get(organization.pk, frozenset())
    held = held_of(place, minutes, known, timezone.localdate(now))
    return WhatIf(
        name=organization.name,
        hours=spell_hours(held.per_week),
        giver=(before[giver.pk], after[giver.pk]),
        receiver=(before[receiver.pk], after[receiver.pk]),
        remarks=tuple(
            _remarks(found, held, organization, receiver, (before[receiver.pk], after[receiver.pk]), role, now)
        ),
    )


def guard_words(guard: Guard) -> str:
    """Why an organization stays where it is for now."""
    if guard is Guard.HANDOFF:
        return _("It is being handed on already.")
    return _("It renews within %(days)s days: nothing changes hands before that.") % {"days": RENEWAL_DAYS}


def _left(there: tuple[int, ...], others: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    taken = tuple(map(sum, zip(*others, strict=True))) or (0,) * len(there)
    return tuple(max(0, have - gone) for have, gone in zip(there, taken, strict=True))


def _weeks(found: Weeks, person: User, there: tuple[int, ...], added: tuple[int, ...]) -> WeeksRow:
    own = [place for place in found.places if place.user_id == person.pk]
    wanted = list(added)
    for place in own:
        wanted = [now + more for now, more in zip(wanted, minutes_of(found, place), strict=True)]
    words = Words()
    return WeeksRow(
        id=person.pk,
        public_id=str(person.public_id),
        name=person.name,
        count=len({place.organization_id for place in own}),
        cells=tuple(cell(found, week, wanted[week], there[week], words) for week in range(len(there))),
    )


def _remarks(
    found: Weeks,
    held: Held,
    organization: Organization,
    receiver: User,
    rows: tuple[WeeksRow, WeeksRow],
    role: str,
    now: datetime,
) -> Iterable[Remark]:
    guard = guard_of(held, timezone.localdate(now))
    if guard is not None:
        yield Remark(text=guard_words(guard), tone="danger", icon="lock", is_guard=True)
    name = {"name": receiver.name}
    if receiver.pk in held.known_by:
        text = _("%(name)s knows it: they have owned it before or own it in another role.") % name
        yield Remark(text=text, tone="success", icon="circle-check")
    else:
        text = _("%(name)s has not been with it so far: continuity ends.") % name
        yield Remark(text=text, tone="warning", icon="alert-circle")
    if not User.objects.filter(pk=receiver.pk).holding(role).exists():
        yield Remark(text=_("%(name)s does not hold the role.") % name, tone="danger", icon="lock", is_guard=True)
    yield _room(found, rows[1], receiver)
    away = [one for one in rows[0].cells if one.minutes_there * 2 < max(two.minutes_there for two in rows[0].cells)]
    if away:
        text = ngettext(
            "%(name)s is away for most of %(count)s of these weeks.",
            "%(name)s is away for most of %(count)s of these weeks.",
            len(away),
        )
        yield Remark(text=text % (name | {"count": len(away)}), tone="warning", icon="calendar-off")
    apart = hours_apart(organization.timezone, receiver.timezone, now)
    if apart > _FAR_APART:
        yield Remark(text=_("Their clocks are %(hours)s hours apart.") % {"hours": apart}, tone="warning", icon="clock")


def _room(found: Weeks, after: WeeksRow, receiver: User) -> Remark:
    there = tuple(one.minutes_there for one in after.cells)
    curve, name = Curve(wanted=tuple(one.minutes_wanted for one in after.cells), there=there), {"name": receiver.name}
    if not any(there):
        text = _("%(name)s has no working time in these weeks.") % name
        return Remark(text=text, tone="danger", icon="lock", is_guard=True)
    if curve.peak > 1:
        return Remark(text=_("%(name)s would have more to do than hours.") % name, tone="danger", icon="alert-triangle")
    if curve.peak * 100 > found.policies.capacity.healthy_to:
        return Remark(text=_("%(name)s would be full.") % name, tone="warning", icon="alert-circle")
    return Remark(text=_("%(name)s has room for it.") % name, tone="success", icon="circle-check")


def hours_apart(one: str, other: str, now: datetime) -> int:
    """How many hours two clocks differ at a moment, rounded; the short way around the world."""
    offsets = [now.astimezone(ZoneInfo(zone)).utcoffset() for zone in (one, other)]
    first, second = (offset.total_seconds() / 3600 if offset else 0 for offset in offsets)
    difference = abs(first - second) % 24
    return round(min(difference, 24 - difference))
