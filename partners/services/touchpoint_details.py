"""What is agreed about one touchpoint: its topic, its time, where people meet, and where the recording lies."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError
from partners.models import Touchpoint
from partners.services.touchpoint_plan import refresh_facts
from partners.services.touchpoints import check_day, locked_for, note
from partners.services.validation import check_fields, clean
from partners.work_choices import TouchpointState

WRITABLE_FIELDS = frozenset({"topic", "starts_at", "meeting_url", "recording_url"})
_LINKS = ("meeting_url", "recording_url")
_EDITABLE = (TouchpointState.PLANNED, TouchpointState.DONE)


@transaction.atomic
def edit(
    *, by: Actor, touchpoint: Touchpoint, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> Touchpoint:
    """Write down topic, time and links. A time puts it on its day, where the cadence leaves it from then on.

    Raises NotAllowed, Conflict, DomainError ("closed"; `field`: a link that is none, a time that is over).
    """
    locked = locked_for(by, touchpoint)
    check_fields(values, WRITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    if version is not None and version != locked.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=locked.version, current=before)
    if locked.state not in _EDITABLE:
        message = _("This is no longer planned: %(state)s.") % {"state": TouchpointState(locked.state).label}
        raise DomainError(message, code="closed")
    written = {name: _plain(value) for name, value in values.items()}
    changes = activity.changes_between(before, written)
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, written[name])
    _check(locked, changes, now)
    more = _put_on_its_day(locked) if "starts_at" in changes else []
    locked.version += 1
    locked.save(update_fields=[*changes, *more, "version", "updated_at"])
    refresh_facts([locked.organization_id])
    # Whoever holds a link may come in: the trail says that it changed, not what it is.
    trail: dict[str, list[object]] = {
        name: ["*", "*"] if name in _LINKS else list(pair) for name, pair in changes.items()
    }
    note("edited", locked, by=by, now=now, changes=trail)
    return locked


def _plain(value: Any) -> Any:
    return value.replace("\0", "").strip() if isinstance(value, str) else value


def _check(row: Touchpoint, changes: Mapping[str, Any], now: datetime) -> None:
    clean(row, set(changes))
    for name in _LINKS:
        link = getattr(row, name)
        if name in changes and link and not link.lower().startswith(("https://", "http://")):
            raise DomainError(_("A link begins with https://."), field=name, code="link")
    if "starts_at" not in changes or row.starts_at is None:
        return
    if row.state != TouchpointState.PLANNED:
        raise DomainError(_("It was held: its time stays."), field="starts_at", code="closed")
    try:
        check_day(row.organization, row.starts_at.astimezone(ZoneInfo(row.organization.timezone)).date(), now)
    except DomainError as error:
        raise DomainError(error.message, field="starts_at", code=error.code) from error


def _put_on_its_day(row: Touchpoint) -> list[str]:
    """The day of its time, by the organization's clock; returns which fields that sets."""
    if row.starts_at is None:
        return []
    row.is_fixed = True
    on = row.starts_at.astimezone(ZoneInfo(row.organization.timezone)).date()
    if on != row.planned_on:
        row.planned_on, row.overdue_from = on, on + timedelta(days=1)
    return ["is_fixed", "planned_on", "overdue_from"]
