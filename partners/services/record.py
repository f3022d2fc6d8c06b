"""Use cases of the customer record: facts written down with source and day, and confirmed (journey.md).

Lock order: the organization, then its facts. Days are those of the organization.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners.choices import EntryKind
from partners.models import Organization, RecordFact
from partners.record_policy import key_label, policy_in_force
from partners.rules.record_packs import RecordKey
from partners.services import timeline
from partners.services.checklists import local_day
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean
from partners.work_permissions import can_arrange

WRITABLE_FIELDS = frozenset({"value", "source", "as_of"})
MAX_VALUE = 10_000
_EARLIEST = date(2000, 1, 1)


@transaction.atomic
def write(
    *,
    by: Actor,
    organization: Organization,
    key: str,
    values: Mapping[str, Any],
    version: int | None = None,
    now: datetime,
) -> RecordFact:
    """Write down what is known under a key; one of which nothing is known has version 0. Today unless `as_of` says so.

    Raises NotAllowed, Conflict, DomainError with `field`: a key that the policy does not know for such organizations
    ("unknown_key"), no value, a day to come.
    """
    locked = _locked_for(by, organization)
    known = _key_of(locked, key)
    check_fields(values, WRITABLE_FIELDS)
    made = RecordFact.objects.select_for_update(no_key=True).filter(organization=locked, key=key).first()
    fact = made or RecordFact(organization=locked, key=key, version=0, as_of=local_day(locked, now))
    wanted = {"as_of": local_day(locked, now)} | {name: value for name, value in values.items() if value is not None}
    before = {name: getattr(fact, name) for name in wanted}
    _check_version(fact, version, before)
    for name, value in wanted.items():
        setattr(fact, name, value)
    fact.profile, fact.author_id = known.profile, by.user_id
    _check(fact, now)
    fact.version += 1
    fact.save()
    _record(by, "written", fact, now, {name: ["*", "*"] if name != "as_of" else [None, fact.as_of] for name in wanted})
    _say(_("Customer record: %(key)s"), fact, known, by, now)
    return fact


@transaction.atomic
def confirm(*, by: Actor, fact: RecordFact, version: int | None = None, now: datetime) -> RecordFact:
    """It is still true today. Raises NotAllowed, Conflict, Missing."""
    organization = _locked_for(by, fact.organization)
    locked: RecordFact | None = RecordFact.objects.select_for_update(no_key=True).filter(pk=fact.pk).first()
    if locked is None:
        raise Missing(_("This fact does not exist, or it is not yours."))
    locked.organization = organization
    _check_version(locked, version, {"as_of": locked.as_of})
    before, locked.as_of = locked.as_of, local_day(organization, now)
    if before == locked.as_of:
        return locked
    locked.author_id = by.user_id
    locked.version += 1
    locked.save(update_fields=["as_of", "author", "version", "updated_at"])
    _record(by, "confirmed", locked, now, {"as_of": [before, locked.as_of]})
    return locked


def _locked_for(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not can_arrange(by, locked):
        raise NotAllowed(_("The record is kept by those who work on the organization in its present stage."))
    refuse_archived(locked)
    return locked


def _key_of(organization: Organization, key: str) -> RecordKey:
    policy = policy_in_force()
    known = policy.keys.get(key) if policy is not None else None
    if known is None or organization.kind not in known.kinds:
        raise DomainError(_("The customer record has no such entry here."), field="key", code="unknown_key")
    return known


def _check_version(fact: RecordFact, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and version != fact.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=fact.version, current=current)


def _check(fact: RecordFact, now: datetime) -> None:
    fact.value, fact.source = (text.replace("\0", "").strip() for text in (fact.value, fact.source))
    if not fact.value:
        raise DomainError(_("Write down what is known."), field="value", code="empty")
    if len(fact.value) > MAX_VALUE:
        message = _("Use up to %(count)s characters.") % {"count": MAX_VALUE}
        raise DomainError(message, field="value", code="too_long")
    clean(fact, {"source"})
    if fact.as_of > local_day(fact.organization, now):
        raise DomainError(_("This day is still to come."), field="as_of", code="future")
    if fact.as_of < _EARLIEST:
        raise DomainError(_("This lies too far in the past."), field="as_of", code="past")


def _record(by: Actor, verb: str, fact: RecordFact, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"record.{verb}",
        target=fact,
        target_name=_("Customer record of %(name)s") % {"name": fact.organization.name},
        changes={"key": [fact.key, fact.key], **changes},
        now=now,
    )


def _say(title: str, fact: RecordFact, key: RecordKey, by: Actor, now: datetime) -> None:
    timeline.push(
        organization=fact.organization,
        kind=EntryKind.RECORD,
        title=title % {"key": key_label(key)},
        body=fact.value,
        at=now,
        by=by,
        data={"key": fact.key, "as_of": fact.as_of.isoformat()},
        target=fact,
    )
