"""Use cases of the catalogue of features: what the product can do, and from how much use on it counts as used."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from health.models import Feature
from partners.services.validation import check_fields, clean

FIELDS = frozenset({"name", "module", "description", "used_from", "released_on", "retired_on"})
CAPABILITY = "manage_policies"
_MOST_USES = 100_000


@transaction.atomic
def add(*, by: Actor, key: str, values: Mapping[str, Any], now: datetime) -> Feature:
    """Add a feature under a key of its own. Raises NotAllowed, DomainError with `field`."""
    _require(by)
    check_fields(values, FIELDS)
    made = Feature(key=key.strip(), **values)
    _check(made)
    clean(made, ["key", *values])
    if Feature.objects.filter(key=made.key).exists():
        raise DomainError(_("There is a feature of this key already."), field="key", code="taken")
    made.save()
    _record(by, "added", made, {name: [None, value] for name, value in values.items()}, now)
    return made


@transaction.atomic
def edit(*, by: Actor, feature: Feature, values: Mapping[str, Any], version: int, now: datetime) -> Feature:
    """Change what a feature is called and from when it counts. Raises NotAllowed, Missing, Conflict, DomainError."""
    _require(by)
    check_fields(values, FIELDS)
    locked = Feature.objects.select_for_update(no_key=True).filter(pk=feature.pk).first()
    if locked is None:
        raise Missing(_("There is no such feature."))
    before = {name: getattr(locked, name) for name in values}
    if version != locked.version:
        raise Conflict(_("Somebody else changed this feature."), version=locked.version, current=before)
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if not changed:
        return locked
    for name in changed:
        setattr(locked, name, values[name])
    _check(locked)
    clean(locked, list(changed))
    locked.version += 1
    locked.save(update_fields=[*changed, "version", "updated_at"])
    _record(by, "changed", locked, changed, now)
    return locked


def _check(feature: Feature) -> None:
    if not 1 <= (feature.used_from or 0) <= _MOST_USES:
        raise DomainError(_("Say from how many uses a week it counts as used: 1 or more."), field="used_from")
    if feature.retired_on and (feature.released_on is None or feature.retired_on < feature.released_on):
        raise DomainError(_("A feature is retired after it was released."), field="retired_on")


def _require(by: Actor) -> None:
    if not by.has(CAPABILITY):
        raise NotAllowed(_("The catalogue of features is kept by administrators."))


def _record(by: Actor, verb: str, feature: Feature, changes: Mapping[str, list[Any]], now: datetime) -> None:
    activity.record(
        verb=f"feature.{verb}",
        target=feature,
        target_name=feature.name,
        changes=dict(changes),
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
    )
