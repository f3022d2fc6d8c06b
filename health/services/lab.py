"""Use cases of the scorecard lab: a working copy begun, changed, taken back, discarded, published (health.md).

What is saved is looked over, not refused: a copy may be faulty until it is published. It is published through the
loader of policy packs, whose listener refuses a faulty one whoever loads it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import PolicyWorkingCopy
from common.pack_diff import diff_packs
from common.services import working_copies
from common.services.policies import PlannedPack, PolicyActivated
from health.lab_choices import ShadowEnd
from health.metric_policy import metric_policy
from health.models import LabShadow
from health.policies import PREFIX
from health.rules import scorecard_edits as edits
from health.rules.scorecard_lint import faults, lint

CAPABILITY = "manage_policies"
_MAX_CHANGES = 50


def require_right(by: Actor) -> None:
    """Raises NotAllowed for whoever does not manage policies."""
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Only people who manage policies can do this."))


def on_activated(event: PolicyActivated) -> None:
    """Another version of a scorecard is in force, told inside the loader's transaction: a faulty one is refused.

    Its shadow run, if it was this body, has come to its end.
    """
    if event.policy.kind != PREFIX.rstrip("."):
        return
    policy = metric_policy()
    found = faults(lint(event.policy.body, policy.metrics)) if policy is not None else ()
    if found:
        raise DomainError(
            _("%(card)s cannot be put in force. %(place)s: %(problem)s")
            % {"card": event.policy.name, "place": found[0].place, "problem": found[0].problem},
            code="faulty",
        )
    rows = LabShadow.objects.filter(card=event.policy.name.removeprefix(PREFIX), ended_at__isnull=True)
    rows.update(ended_at=event.now, end=ShadowEnd.PUBLISHED)


@transaction.atomic
def begin(*, card: str, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """The working copy of a scorecard, from the version in force where there is none. Raises NotAllowed, Missing."""
    require_right(by)
    copy, is_new = working_copies.begin(name=PREFIX + card, now=now, actor_id=by.user_id)
    if is_new:
        _record("policy.copy_begun", copy, by=by, now=now)
    return copy


def save_bands(
    *, card: str, version: int, coverage_minimum: Decimal, bands: dict[str, Decimal], by: Actor, now: datetime
) -> PolicyWorkingCopy:
    """Other bands. Raises NotAllowed, Missing, Conflict where the copy is another one than was looked at."""
    return _change(
        card, version, lambda body: edits.with_bands(body, coverage_minimum=coverage_minimum, bands=bands), by, now
    )


def save_weights(
    *,
    card: str,
    version: int,
    weights: dict[str, Decimal],
    shares: dict[str, Decimal],
    by: Actor,
    now: datetime,
) -> PolicyWorkingCopy:
    """Other weights and shares. Raises NotAllowed, Missing, Conflict."""
    return _change(card, version, lambda body: edits.with_weights(body, weights=weights, shares=shares), by, now)


def save_measure(
    *, card: str, version: int, entry: dict[str, Any], group: str = "", by: Actor, now: datetime
) -> PolicyWorkingCopy:
    """A measure changed, or with a group a new one added to it. Raises NotAllowed, Missing, Conflict."""
    return _change(card, version, lambda body: edits.with_measure(body, entry, group_id=group), by, now)


def remove_measure(*, card: str, version: int, measure: str, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """A measure taken out. Raises NotAllowed, Missing, Conflict."""
    return _change(card, version, lambda body: edits.without_measure(body, measure), by, now)


def save_veto(
    *, card: str, version: int, entry: dict[str, Any], is_new: bool, by: Actor, now: datetime
) -> PolicyWorkingCopy:
    """A veto changed or added. Raises NotAllowed, Missing, Conflict."""
    return _change(card, version, lambda body: edits.with_veto(body, entry, is_new=is_new), by, now)


def remove_veto(*, card: str, version: int, veto: str, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """A veto taken out. Raises NotAllowed, Missing, Conflict."""
    return _change(card, version, lambda body: edits.without_veto(body, veto), by, now)


@transaction.atomic
def take_back(*, card: str, version: int, by: Actor, now: datetime) -> PolicyWorkingCopy:
    """Undo the last change. Raises NotAllowed, Missing, Conflict, DomainError."""
    require_right(by)
    copy = working_copies.take_back(name=PREFIX + card, version=version, now=now, actor_id=by.user_id)
    _record("policy.copy_changed", copy, by=by, now=now, before=copy.before or {})
    return copy


@transaction.atomic
def discard(*, card: str, version: int, by: Actor, now: datetime) -> None:
    """Throw the copy away. Raises NotAllowed, Missing, Conflict."""
    require_right(by)
    copy = copy_of(card)
    working_copies.discard(name=copy.name, version=version)
    _record("policy.copy_discarded", copy, by=by, now=now)


def publish(*, card: str, version: int, base: int, note: str, by: Actor, now: datetime) -> PlannedPack:
    """Make the copy the version in force. Raises NotAllowed, Missing, Conflict, DomainError "unfinished", "faulty"."""
    require_right(by)
    return working_copies.publish(
        name=PREFIX + card,
        version=version,
        base=base,
        note=note,
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
    )


def copy_of(card: str) -> PolicyWorkingCopy:
    """The working copy of a scorecard. Raises Missing."""
    copy = PolicyWorkingCopy.objects.filter(name=PREFIX + card).first()
    if copy is None:
        raise Missing(_("There is no working copy any longer: it was published or discarded."))
    return copy


@transaction.atomic
def _change(
    card: str, version: int, edit: Callable[[edits.Body], edits.Body], by: Actor, now: datetime
) -> PolicyWorkingCopy:
    require_right(by)
    _check_seen(card, version)
    try:
        copy, is_changed = working_copies.change(name=PREFIX + card, edit=edit, now=now, actor_id=by.user_id)
    except edits.NoSuchEntry as error:
        raise Missing(_("Somebody removed this part meanwhile.")) from error
    if is_changed:
        _record("policy.copy_changed", copy, by=by, now=now, before=copy.before or {})
    return copy


def _check_seen(card: str, version: int) -> None:
    """Nobody changes what they have not seen: a scorecard is looked at as a whole."""
    copy = PolicyWorkingCopy.objects.select_for_update().filter(name=PREFIX + card).first()
    if copy is not None and copy.version != version:
        raise Conflict(_("Somebody changed this scorecard meanwhile. Look at it again."), version=copy.version)


def _record(
    verb: str, copy: PolicyWorkingCopy, *, by: Actor, now: datetime, before: dict[str, Any] | None = None
) -> None:
    changes: dict[str, list[Any]] = {}
    if before is not None:
        changes = {one.path: [one.old, one.new] for one in diff_packs(before, copy.body)[:_MAX_CHANGES]}
    activity.record(verb=verb, target=copy, now=now, actor_id=by.user_id, actor_name=by.name, changes=changes)
