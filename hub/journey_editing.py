"""The working copy of a journey pack: its state for the pages, and its changes, refused where others were faster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, Missing, NotAllowed
from common.models import PolicyVersion, PolicyWorkingCopy
from common.pack_diff import diff_packs
from common.packs import checksum, kind_of
from common.reading import MalformedInput
from common.services import working_copies
from common.services.policies import PlannedPack
from hub.journey_words import title_of
from hub.policy_pages import CAPABILITY
from partners.journey_policy import PACK_OF_KIND
from partners.rules import journey_edits as edits
from partners.rules.journey_edits import Body
from partners.rules.journey_faults import journey_faults

KIND_OF_PACK = {pack: kind.value for kind, pack in PACK_OF_KIND.items()}
_MAX_CHANGES = 50


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What the check finds: in words, and the part where it stands (`place` is empty for the whole)."""

    place: str
    where: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class CopyState:
    """A working copy for its pages. `edited_by` is empty where the reader was the last to change it."""

    copy: PolicyWorkingCopy
    edited_by: str
    in_force: int
    faults: tuple[Fault, ...]

    @property
    def is_overtaken(self) -> bool:
        """Whether another version came into force since the copy began."""
        return self.copy.base_version != self.in_force


def copy_of(name: str) -> PolicyWorkingCopy:
    """The working copy of a pack. Raises Missing."""
    copy = PolicyWorkingCopy.objects.filter(name=name).first()
    if copy is None:
        raise Missing(_("There is no working copy any longer: it was published or discarded."))
    return copy


def copy_links(name: str) -> dict[str, Any]:
    """The way from the page of a policy to its working copy; nothing for one that is neither journey nor scorecard."""
    if name in KIND_OF_PACK:
        url = reverse("hub:journey_copy", args=[name])
    elif kind_of(name) == "scorecard":
        url = reverse("health:lab_card", args=[name.partition(".")[2]])
    else:
        return {}
    return {"copy_url": url, "has_copy": PolicyWorkingCopy.objects.filter(name=name).exists()}


def state_of(actor: Actor, copy: PolicyWorkingCopy) -> CopyState:
    """Who changed it last, what is wrong with it, and which version is in force. Two statements."""
    in_force = PolicyVersion.objects.filter(name=copy.name, is_active=True).values_list("version", flat=True).first()
    return CopyState(copy=copy, edited_by=_other(actor, copy), in_force=in_force or 0, faults=_faults(copy))


def _other(actor: Actor, copy: PolicyWorkingCopy) -> str:
    if copy.edited_by_id in (None, actor.user_id):
        return ""
    found = User.objects.visible_to(actor).filter(pk=copy.edited_by_id).values_list("name", flat=True).first()
    return found or _("Somebody")


def _faults(copy: PolicyWorkingCopy) -> tuple[Fault, ...]:
    return tuple(fault_in(copy, error) for error in journey_faults(copy.body, KIND_OF_PACK[copy.name]))


def fault_in(copy: PolicyWorkingCopy, error: MalformedInput) -> Fault:
    """What the parser refuses, at its part."""
    place = edits.place_of_fault(copy.body, error.place)
    where = " › ".join(title_of(copy.body, part) for part in edits.parents_of(place)) if place else ""
    return Fault(place=place, where=where, problem=error.problem)


def seal_of(entry: Any) -> str:
    """What a part looked like when it was shown: nobody changes what they have not seen."""
    return checksum({"part": entry})


@transaction.atomic
def begin(*, name: str, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """The working copy of a journey, from the version in force where there is none. Raises NotAllowed, Missing."""
    _check(by)
    copy, is_new = working_copies.begin(name=name, now=now, actor_id=by.user_id)
    if is_new:
        _record("policy.copy_begun", copy, by=by, now=now)
    return copy


def save_part(*, name: str, place: str, own: Body, seen: str, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """Write a part. Raises NotAllowed, Missing, Conflict with what it is by now."""

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        entry = edits.look_up(body, place)
        _check_seen(edits.own_part(place, entry), seen)
        return edits.rewritten(body, place, own)

    return _change(name, edit, by=by, now=now)


def add_part(
    *, name: str, list_place: str, own: Body, words: str, joint: str, by: Actor, now: datetime
) -> tuple[PolicyWorkingCopy, str]:
    """Add a part at the end of a list under a name made from `words`; also gives its place.

    Raises NotAllowed, Missing.
    """
    made: list[str] = []

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        shape = edits.shape_in(list_place)
        named = edits.new_name(words, edits.names_taken(body, list_place), joint=joint)
        if shape == "option_list":
            made.append(f"{list_place}/{named}")
            return edits.added(body, list_place, [], name=named)
        key = {"option": "value", "rule": ""}.get(shape, "id")
        after = edits.added(body, list_place, {**({key: named} if key else {}), **own})
        made.append(edits.entries(after, list_place)[-1][0])
        return after

    copy = _change(name, edit, by=by, now=now)
    return copy, made[0]


def move_part(*, name: str, place: str, step: int, seen: str, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """Put a part further up its list (`step` -1) or down (1). Raises NotAllowed, Missing, Conflict."""

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        _check_seen(edits.look_up(body, place), seen)
        return edits.moved(body, place, step)

    return _change(name, edit, by=by, now=now)


def remove_part(*, name: str, place: str, seen: str, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """Take a part out, with what is below it. Raises NotAllowed, Missing, Conflict."""

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        _check_seen(edits.look_up(body, place), seen)
        return edits.removed(body, place)

    return _change(name, edit, by=by, now=now)


@transaction.atomic
def take_back(*, name: str, version: int, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """Undo the last change. Raises NotAllowed, Missing, Conflict, DomainError."""
    _check(by)
    copy = working_copies.take_back(name=name, version=version, now=now, actor_id=by.user_id)
    _record("policy.copy_changed", copy, by=by, now=now, before=copy.before or {})
    return copy


@transaction.atomic
def discard(*, name: str, version: int, by: Actor, now: datetime) -> None:
    """Throw the copy away. Raises NotAllowed, Missing, Conflict."""
    _check(by)
    copy = copy_of(name)
    working_copies.discard(name=name, version=version)
    _record("policy.copy_discarded", copy, by=by, now=now)


def publish(*, name: str, version: int, base: int, note: str, by: Actor, now: datetime) -> PlannedPack:
    """Make the copy the version in force. Raises NotAllowed, Missing, Conflict, DomainError "unfinished"."""
    _check(by)
    return working_copies.publish(
        name=name, version=version, base=base, note=note, now=now, actor_id=by.user_id, actor_name=by.name
    )


@transaction.atomic
def _change(
    name: str, edit: Callable[[dict[str, Any]], dict[str, Any]], *, by: Actor, now: datetime
) -> PolicyWorkingCopy:
    _check(by)
    try:
        copy, is_changed = working_copies.change(name=name, edit=edit, now=now, actor_id=by.user_id)
    except edits.NoSuchPart as error:
        raise Missing(_("Somebody removed this part meanwhile.")) from error
    if is_changed:
        _record("policy.copy_changed", copy, by=by, now=now, before=copy.before or {})
    return copy


def _check(by: Actor) -> None:
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Only people who manage policies can do this."))


def _check_seen(entry: Any, seen: str) -> None:
    if seal_of(entry) != seen:
        current = entry if isinstance(entry, Mapping) else {}
        raise Conflict(_("Somebody changed this part while you were writing."), version=0, current=dict(current))


def _record(verb: str, copy: PolicyWorkingCopy, *, by: Actor, now: datetime, before: Body | None = None) -> None:
    changes: dict[str, list[Any]] = {}
    if before is not None:
        changes = {one.path: [one.old, one.new] for one in diff_packs(before, copy.body)[:_MAX_CHANGES]}
    activity.record(verb=verb, target=copy, now=now, actor_id=by.user_id, actor_name=by.name, changes=changes)
