"""Use cases of teams: made, edited, put aside, taken up again. Members come and go in accounts/services/people.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Team
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed

WRITABLE_FIELDS = frozenset({"name", "kind", "purpose", "email", "calendar"})


@transaction.atomic
def create_team(*, by: Actor, values: Mapping[str, Any], now: datetime) -> Team:
    """Make a team. Raises NotAllowed, DomainError with the `field` at fault."""
    _require(by)
    team = Team(**_known(values))
    _check(team)
    team.save()
    _record(by, "team.created", team, now)
    return team


@transaction.atomic
def edit_team(*, by: Actor, team: Team, values: Mapping[str, Any], now: datetime) -> Team:
    """Change fields of a team. Raises NotAllowed, DomainError with the `field` at fault."""
    _require(by)
    locked = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    wanted = _known(values)
    before = {name: getattr(locked, name) for name in wanted}
    changed = [name for name, value in wanted.items() if before[name] != value]
    if not changed:
        return locked
    for name in changed:
        setattr(locked, name, wanted[name])
    _check(locked)
    locked.save(update_fields=changed)
    pairs = {name: [_plain(before[name]), _plain(wanted[name])] for name in changed}
    _record(by, "team.edited", locked, now, pairs)
    return locked


@transaction.atomic
def set_archived(*, by: Actor, team: Team, is_archived: bool, now: datetime) -> None:
    """Put a team aside, or take it up again. An archived team gives its leads nothing to see. Raises NotAllowed."""
    _require(by)
    locked = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    if (locked.archived_at is not None) == is_archived:
        return
    locked.archived_at = now if is_archived else None
    locked.save(update_fields=["archived_at"])
    _record(by, "team.archived" if is_archived else "team.restored", locked, now)


def _require(by: Actor) -> None:
    if not by.has("manage_people"):
        raise NotAllowed(_("Only people who manage colleagues can do this."))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(values) - WRITABLE_FIELDS):
        raise DomainError(_("There is no field %(name)s.") % {"name": unknown[0]}, field=unknown[0])
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _check(team: Team) -> None:
    try:
        team.full_clean()
    except ValidationError as error:
        field, texts = next(iter(error.message_dict.items()))
        raise DomainError(" ".join(texts), field=field) from error


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _record(by: Actor, verb: str, team: Team, now: datetime, changes: Mapping[str, Any] | None = None) -> None:
    activity.record(actor_id=by.user_id, actor_name=by.name, verb=verb, target=team, changes=changes, now=now)
