"""What the use cases of records about an organization share: lock, right, version, audit line, timeline.

Lock order: the organization, then the row. Writing is for those who work on the organization in its present stage.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners.models import Organization
from partners.services import timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import clean
from partners.work_permissions import can_arrange

Row = TypeVar("Row", bound=models.Model)
MAX_TEXT = 10_000
MAX_NOTE = 300
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
# Words about people and money stand in the row alone, not in the audit trail.
_UNSAID = frozenset({"gain", "story", "need", "why", "purpose", "note", "outcome_note", "closing_note", "effect"})


def begin(by: Actor, organization: Organization) -> Organization:
    """Lock the organization for a write. Raises NotAllowed, DomainError "archived"."""
    locked = lock_organization(organization)
    if not can_arrange(by, locked):
        raise NotAllowed(_("This is done by those who work on the organization in its present stage."))
    refuse_archived(locked)
    return locked


def locked_row(by: Actor, row: Row, version: int | None = None) -> Row:
    """The row as it stands, locked after its organization. Raises NotAllowed, Missing, Conflict."""
    organization = begin(by, row.organization)  # type: ignore[attr-defined]
    found: Any = type(row)._default_manager.select_for_update(no_key=True).filter(pk=row.pk).first()
    if found is None:
        raise Missing(_("This does not exist any more."))
    found.organization = organization
    if version is not None and version != found.version:
        message = _("Somebody changed this while you were at it.")
        raise Conflict(message, version=found.version, current={"version": found.version})
    return found


def put(row: Any, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set the values on the row; returns what changed."""
    changes = activity.changes_between({name: getattr(row, name) for name in values}, values)
    for name in changes:
        setattr(row, name, values[name])
    return changes  # type: ignore[return-value]


def tidy(row: Any, fields: Collection[str]) -> None:
    """Texts without stray characters, within their length; days of this century. Raises DomainError with `field`.

    Of several faults the first in the order of the row is told.
    """
    for name in (field.name for field in row._meta.concrete_fields if field.name in fields):
        value = getattr(row, name)
        if isinstance(value, str):
            setattr(row, name, value.replace("\0", "").strip())
            if len(value) > MAX_TEXT:
                message = _("Use up to %(count)s characters.") % {"count": MAX_TEXT}
                raise DomainError(message, field=name, code="too_long")
        if isinstance(value, date) and not _EARLIEST <= value <= _LATEST:
            raise DomainError(_("This day is not plausible."), field=name, code="implausible")
    clean(row, fields)


def save(row: Any, fields: Iterable[str]) -> None:
    """Write these fields and count the version on."""
    row.version += 1
    row.save(update_fields=[*dict.fromkeys(fields), "version", "updated_at"])


def closing(note: str, *, is_needed: bool = False, field: str = "note") -> str:
    """A note on how something ended. Raises DomainError with `field`."""
    text = note.replace("\0", "").strip()
    if is_needed and not text:
        raise DomainError(_("Say why."), field=field, code="reason")
    if len(text) > MAX_NOTE:
        message = _("Use up to %(count)s characters.") % {"count": MAX_NOTE}
        raise DomainError(message, field=field, code="too_long")
    return text


def record(by: Actor | None, verb: str, row: Any, now: datetime, changes: Mapping[str, Any] | None = None) -> None:
    """The line of the audit trail."""
    said = {
        name: ["*", "*"] if name in _UNSAID else [_plain(value) for value in pair]
        for name, pair in (changes or {}).items()
    }
    activity.record(
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        verb=verb,
        target=row,
        target_name=str(row)[:200],
        changes=said,
        now=now,
    )


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def say(row: Any, kind: str, title: str, by: Actor | None, now: datetime, *, body: str = "") -> None:
    """The line of the timeline, for all who open the organization: a body holds no money."""
    timeline.push(
        organization=row.organization,
        kind=kind,
        title=title[:200],
        body=body,
        at=now,
        by=by,
        target=row,
    )
