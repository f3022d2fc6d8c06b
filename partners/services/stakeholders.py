"""Use cases of people who count: what they mean to the relationship, and that they have left (journey.md).

Lock order: the organization, then its people. Days are those of the organization. Who has left stays a contact and
keeps portal access until somebody ends it: both are offered beside it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import notices
from partners.choices import EntryKind
from partners.models import Contact, Organization, Stakeholder
from partners.rules.stakeholders import healed, makes_circle
from partners.services import timeline
from partners.services.audience import owners_who_see
from partners.services.checklists import local_day
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean
from partners.work_permissions import can_arrange

WRITABLE_FIELDS = frozenset({"influence", "sentiment", "is_sponsor", "reports_to", "cares_about"})
MAX_TEXT = 5_000
_EARLIEST = date(2000, 1, 1)
_WORDS = frozenset({"cares_about", "sentiment", "influence"})


@transaction.atomic
def assess(
    *, by: Actor, contact: Contact, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> Stakeholder:
    """Say what a contact means to the relationship; one of whom nothing was said yet has version 0.

    Raises NotAllowed, Conflict, DomainError with `field`: a boss elsewhere or below oneself, an unknown word.
    """
    organization, locked = _locked_for(by, contact)
    check_fields(values, WRITABLE_FIELDS)
    made = Stakeholder.objects.select_for_update(no_key=True).filter(contact=locked).first()
    row = made or Stakeholder(organization=organization, contact=locked, version=0)
    before = {name: getattr(row, name) for name in values}
    _check_version(row, version, before)
    changes = activity.changes_between(before, values)
    if made is not None and not changes:
        return row
    for name in changes:
        setattr(row, name, values[name])
    _check(row)
    row.version += 1
    row.save(update_fields=[*changes, "cares_about", "version", "updated_at"] if made is not None else None)
    _record(by, "assessed", row, now, changes)
    if "is_sponsor" in changes:
        title = _("%(name)s is a sponsor") if row.is_sponsor else _("%(name)s is no sponsor any more")
        _say(title, row, by, now)
    return row


@transaction.atomic
def leave(
    *, by: Actor, stakeholder: Stakeholder, left_on: date, version: int | None = None, now: datetime
) -> Stakeholder:
    """Somebody who counts is gone, since a day. Raises NotAllowed, Conflict, DomainError ("left"; field left_on)."""
    organization, row = _row_for(by, stakeholder)
    _check_version(row, version, {"left_on": row.left_on})
    if row.left_on is not None:
        raise DomainError(_("This person is recorded as gone already."), code="left")
    if left_on > local_day(organization, now):
        raise DomainError(_("This day is still to come."), field="left_on", code="future")
    if left_on < _EARLIEST:
        raise DomainError(_("This lies too far in the past."), field="left_on", code="past")
    row.left_on = left_on
    _save(row, "left_on")
    _record(by, "left", row, now, {"left_on": [None, left_on]})
    _say(_("%(name)s has left, a sponsor") if row.is_sponsor else _("%(name)s has left"), row, by, now)
    _tell(row, by, now)
    return row


@transaction.atomic
def come_back(*, by: Actor, stakeholder: Stakeholder, version: int | None = None, now: datetime) -> Stakeholder:
    """Undo of `leave`. Raises NotAllowed, Conflict, DomainError "here"."""
    _organization, row = _row_for(by, stakeholder)
    _check_version(row, version, {"left_on": row.left_on})
    if row.left_on is None:
        raise DomainError(_("This person is still there."), code="here")
    before, row.left_on = row.left_on, None
    _save(row, "left_on")
    _record(by, "returned", row, now, {"left_on": [before, None]})
    _say(_("%(name)s is still there"), row, by, now)
    return row


def forget(contact_ids: Iterable[int]) -> None:
    """Before a person is erased: what was thought of them goes, and their people report to the next one up.

    The caller has locked the organizations.
    """
    rows = Stakeholder.objects.filter(contact_id__in=contact_ids)
    for gone, organization_id in list(rows.values_list("pk", "organization_id")):
        chain = dict(Stakeholder.objects.filter(organization_id=organization_id).values_list("pk", "reports_to_id"))
        for person, boss in healed(chain, gone).items():
            Stakeholder.objects.filter(pk=person).update(reports_to=boss if boss != person else None)
    rows.update(cares_about="", influence="unknown", sentiment="unknown", reports_to=None)


def _locked_for(by: Actor, contact: Contact) -> tuple[Organization, Contact]:
    organization = lock_organization(contact.organization)
    if not can_arrange(by, organization):
        raise NotAllowed(_("People are assessed by those who work on the organization in its present stage."))
    refuse_archived(organization)
    locked: Contact | None = Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk).first()
    if locked is None:
        raise Missing(_("This contact does not exist, or it is not yours."))
    if locked.archived_at is not None:
        raise DomainError(_("This contact is archived."), code="archived")
    locked.organization = organization
    return organization, locked


def _row_for(by: Actor, stakeholder: Stakeholder) -> tuple[Organization, Stakeholder]:
    organization, contact = _locked_for(by, stakeholder.contact)
    row: Stakeholder = Stakeholder.objects.select_for_update(no_key=True).get(contact=contact)
    row.organization, row.contact = organization, contact
    return organization, row


def _check_version(row: Stakeholder, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and version != row.version:
        shown = {name: getattr(value, "public_id", value) for name, value in current.items()}
        raise Conflict(_("Somebody changed this while you were at it."), version=row.version, current=shown)


def _check(row: Stakeholder) -> None:
    row.cares_about = row.cares_about.replace("\0", "").strip()
    if len(row.cares_about) > MAX_TEXT:
        message = _("Use up to %(count)s characters.") % {"count": MAX_TEXT}
        raise DomainError(message, field="cares_about", code="too_long")
    clean(row, {"influence", "sentiment"})
    boss = row.reports_to
    if boss is None:
        return
    if boss.organization_id != row.organization_id:
        raise DomainError(_("Choose somebody of this organization."), field="reports_to", code="elsewhere")
    if boss.contact_id == row.contact_id:
        raise DomainError(_("Nobody reports to themselves."), field="reports_to", code="circle")
    rows = Stakeholder.objects.filter(organization_id=row.organization_id)
    if row.pk and makes_circle(dict(rows.values_list("pk", "reports_to_id")), row.pk, boss.pk):
        message = _("%(name)s reports to this person already, directly or through others.")
        raise DomainError(message % {"name": boss.contact.name}, field="reports_to", code="circle")


def _save(row: Stakeholder, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version", "updated_at"])


def _record(by: Actor, verb: str, row: Stakeholder, now: datetime, changes: Mapping[str, Any]) -> None:
    # The trail is never changed and a person has a right to be erased: it names the organization and not them.
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"stakeholder.{verb}",
        target=row,
        target_name=_("Contact of %(name)s") % {"name": row.organization.name},
        changes={name: ["*", "*"] if name in _WORDS else _shown(pair) for name, pair in changes.items()},
        now=now,
    )


def _shown(pair: Iterable[Any]) -> list[Any]:
    return [str(value.public_id) if isinstance(value, Stakeholder) else value for value in pair]


def _say(title: str, row: Stakeholder, by: Actor, now: datetime) -> None:
    timeline.push(
        organization=row.organization,
        kind=EntryKind.STAKEHOLDER,
        title=title % {"name": row.contact.name},
        at=now,
        by=by,
        target=row,
    )


def _tell(row: Stakeholder, by: Actor, now: datetime) -> None:
    words = {"name": row.contact.name, "organization": row.organization.name}
    title = _("%(name)s, a sponsor, has left %(organization)s") if row.is_sponsor else ""
    notify(
        user_ids=owners_who_see(row.organization, by.policy) - {by.user_id},
        kind=notices.STAKEHOLDERS,
        title=(title or _("%(name)s has left %(organization)s")) % words,
        key=f"stakeholder:{row.pk}:{row.version}",
        now=now,
        target_type="organization",
        target_id=row.organization_id,
        organization_id=row.organization_id,
    )
