"""Use cases of wins: what went well, and whether it may be told to whom (journey.md, Wins and references).

A win is told to others only with consent that somebody gave and that has not run out.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from partners.choices import EntryKind
from partners.enablement_choices import Consent, WinAudience
from partners.models import Organization, Win
from partners.services import keeping
from partners.services.checklists import local_day
from partners.services.validation import check_fields

WRITABLE_FIELDS = frozenset(
    {"title", "story", "achieved_on", "is_reference", "contact", "consent", "consent_until", "audience"}
)


@transaction.atomic
def add(*, by: Actor, organization: Organization, values: Mapping[str, Any], now: datetime) -> Win:
    """Write a win down. Raises NotAllowed, DomainError with `field`."""
    locked = keeping.begin(by, organization)
    check_fields(values, WRITABLE_FIELDS)
    made = Win(organization=locked, added_by_id=by.user_id, **values)
    _check(made, now)
    made.save()
    keeping.record(by, "win.added", made, now)
    keeping.say(made, EntryKind.WIN, _("Win: %(title)s") % {"title": made.title}, by, now, body=made.story)
    return made


@transaction.atomic
def edit(*, by: Actor, win: Win, values: Mapping[str, Any], version: int | None = None, now: datetime) -> Win:
    """Change what is said of it, or who may hear it. Raises NotAllowed, Conflict, DomainError ("archived"; field)."""
    locked = keeping.locked_row(by, win, version)
    if locked.archived_at is not None:
        raise DomainError(_("This win was archived."), code="archived")
    check_fields(values, WRITABLE_FIELDS)
    if changes := keeping.put(locked, values):
        _check(locked, now)
        keeping.save(locked, changes)
        keeping.record(by, "win.edited", locked, now, changes)
    return locked


@transaction.atomic
def archive(*, by: Actor, win: Win, version: int | None = None, now: datetime) -> Win:
    """Take it out of lists. Raises NotAllowed, Conflict, DomainError "archived"."""
    return _set_archived(by, win, version, now, at=now)


@transaction.atomic
def restore(*, by: Actor, win: Win, version: int | None = None, now: datetime) -> Win:
    """Undo of that. Raises NotAllowed, Conflict, DomainError "current"."""
    return _set_archived(by, win, version, now, at=None)


def _set_archived(by: Actor, win: Win, version: int | None, now: datetime, *, at: datetime | None) -> Win:
    locked = keeping.locked_row(by, win, version)
    if (locked.archived_at is None) == (at is None):
        raise DomainError(_("Nothing is to be done."), code="archived" if at else "current")
    locked.archived_at = at
    keeping.save(locked, ["archived_at"])
    keeping.record(by, "win.archived" if at else "win.restored", locked, now)
    return locked


def _check(win: Win, now: datetime) -> None:
    keeping.tidy(win, {"title", "story", "achieved_on", "consent", "consent_until", "audience"})
    if win.achieved_on > local_day(win.organization, now):
        raise DomainError(_("This day is still to come."), field="achieved_on", code="future")
    contact = win.contact
    if contact is not None and contact.organization_id != win.organization_id:
        raise DomainError(_("This person does not belong to the organization."), field="contact", code="foreign")
    if win.consent == Consent.GIVEN and contact is None:
        raise DomainError(_("Say who gave the consent."), field="contact", code="nobody")
    is_told = win.is_reference or win.audience != WinAudience.INTERNAL
    if is_told and win.consent != Consent.GIVEN:
        raise DomainError(_("It is told to others only with consent."), field="consent", code="no_consent")
