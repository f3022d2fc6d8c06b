"""Use cases of organizations: make, edit, archive. Owners and stages have use cases of their own."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from common.scope import Scope, scoped, widen_scope
from partners import permissions
from partners.choices import STAGES_OF_KIND, EntryKind, OrganizationKind
from partners.models import Organization, OrganizationFacts, StagePeriod
from partners.services import classification, timeline
from partners.services.gate_opening import begin_stay
from partners.services.locking import refuse_archived
from partners.services.validation import clean

# Fields that a person may write; everything else has a use case of its own.
GENERAL_FIELDS = frozenset(
    {
        "name",
        "summary",
        "website",
        "industry",
        "country",
        "timezone",
        "language",
        "via_partner",
        "target_launch_on",
        "currency",
        "market_segment",
        "edition",
        "deployment",
        "licenses",
        "expected_adoption",
        "source",
        "external_key",
    }
)
COMMERCIAL_FIELDS = frozenset({"ccv", "country_lrp", "arr"})
WRITABLE_FIELDS = GENERAL_FIELDS | COMMERCIAL_FIELDS
# The partner it came through has a check of its own, by what its reader sees.
_CHECKED = WRITABLE_FIELDS - {"via_partner"}


@transaction.atomic
def create_organization(
    *, by: Actor, kind: str, values: Mapping[str, Any], now: datetime, stage: str | None = None
) -> Organization:
    """Make an organization in the first stage of its journey; its maker becomes owner by a separate call.

    `stage` other than the first is for imports of companies that are further on. Raises NotAllowed, DomainError.
    """
    if not permissions.can_create(by, kind):
        raise NotAllowed(_("Your roles do not include making organizations of this kind."))
    if kind not in OrganizationKind.values:
        raise DomainError(_("Choose partner or customer."), field="kind")
    stages = STAGES_OF_KIND[OrganizationKind(kind)]
    if stage is not None and stage not in stages:
        raise DomainError(_("This stage does not belong to that kind of organization."), field="stage")
    _check_fields(values)
    _check_via_partner(by=by, via_partner=values.get("via_partner"))
    _check_origin(by, {name for name in permissions.ORIGIN_FIELDS if values.get(name)})
    organization = Organization(kind=kind, stage=stage or stages[0], stage_entered_at=now, **values)
    clean(organization, _CHECKED & values.keys())
    # The new row is in nobody's scope yet; the right to make it has been checked above.
    with scoped(Scope.all()):
        with _free_key():
            organization.save()
        OrganizationFacts.objects.create(organization=organization)
        StagePeriod.objects.create(
            organization=organization, stage=organization.stage, entered_at=now, moved_by_id=by.user_id
        )
        classification.recompute([organization], now=now)
        _record(by=by, verb="organization.created", organization=organization, now=now, changes=_plain(values))
        timeline.push(organization=organization, kind=EntryKind.PROFILE, title=_("Organization added"), at=now, by=by)
        begin_stay(organization=organization, now=now, by=by, is_new=True)
    widen_scope(organization.pk)
    return organization


@transaction.atomic
def edit_organization(
    *, by: Actor, organization: Organization, values: Mapping[str, Any], version: int, now: datetime
) -> Organization:
    """Change fields of an organization that nobody else has changed since `version`.

    Raises NotAllowed without the right to edit, Conflict (with the fields as they are) when the version is old.
    """
    locked = _locked(organization)
    if not permissions.can_edit(by, locked):
        raise NotAllowed(_("You may open this organization but not edit it."))
    if COMMERCIAL_FIELDS & values.keys() and not permissions.may_read_fields(by, locked, FieldClass.COMMERCIAL):
        raise NotAllowed(_("Commercial fields are not yours to edit."))
    refuse_archived(locked)
    _check_fields(values)
    before = {name: _partner_behind(by, locked) if name == "via_partner" else getattr(locked, name) for name in values}
    if locked.version != version:
        raise Conflict(
            _("Somebody changed this organization while you were editing it."), version=locked.version, current=before
        )
    if values.get("via_partner") != before.get("via_partner"):
        _check_via_partner(by=by, via_partner=values.get("via_partner"))
    # A partner that the editor does not see reads as none: sending none back leaves it where it is.
    changes = activity.changes_between(_plain(before), _plain(values))
    if not changes:
        return locked
    _check_origin(by, changes)
    for name in changes:
        setattr(locked, name, values[name])
    clean(locked, _CHECKED & changes.keys())
    locked.version += 1
    with _free_key():
        locked.save(update_fields=[*changes, "version", "updated_at"])
    classification.recompute([locked], now=now, by=by)
    if "target_launch_on" in changes:
        # What is at risk depends on it.
        enqueue_on_commit("partners.forecast_stale")
    _record(by=by, verb="organization.edited", organization=locked, now=now, changes=changes)
    return locked


@transaction.atomic
def archive_organization(*, by: Actor, organization: Organization, reason: str, now: datetime) -> None:
    """Take an organization out of all lists; nothing is deleted. Raises NotAllowed, DomainError without a reason."""
    locked = _locked(organization)
    if not by.has("delete_organization"):
        raise NotAllowed(_("Only an admin archives organizations."))
    if not reason.strip():
        raise DomainError(_("Say why the organization is archived."), field="reason")
    if locked.archived_at is not None:
        return
    locked.archived_at = now
    locked.version += 1
    locked.save(update_fields=["archived_at", "version", "updated_at"])
    _record(by=by, verb="organization.archived", organization=locked, now=now, reason=reason)
    timeline.push(
        organization=locked, kind=EntryKind.PROFILE, title=_("Organization archived"), body=reason, at=now, by=by
    )


@transaction.atomic
def restore_organization(*, by: Actor, organization: Organization, now: datetime) -> None:
    """Bring an archived organization back. Raises NotAllowed."""
    locked = _locked(organization)
    if not by.has("delete_organization"):
        raise NotAllowed(_("Only an admin restores organizations."))
    if locked.archived_at is None:
        return
    locked.archived_at = None
    locked.version += 1
    locked.save(update_fields=["archived_at", "version", "updated_at"])
    _record(by=by, verb="organization.restored", organization=locked, now=now)
    begin_stay(organization=locked, now=now, by=by)


def _locked(organization: Organization) -> Organization:
    try:
        locked: Organization = Organization.objects.select_for_update().get(pk=organization.pk)
    except Organization.DoesNotExist:
        raise Missing(_("This organization does not exist, or it is not yours.")) from None
    return locked


def _check_fields(values: Mapping[str, Any]) -> None:
    unknown = values.keys() - WRITABLE_FIELDS
    if unknown:
        raise DomainError(_("These fields cannot be written: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    if "name" in values and not str(values["name"]).strip():
        raise DomainError(_("Give the organization a name."), field="name")


def _check_origin(by: Actor, changed: Iterable[str]) -> None:
    if permissions.ORIGIN_FIELDS.intersection(changed) and not permissions.may_write_origin(by):
        raise NotAllowed(_("Keys of other systems are written by those who see all organizations."))


@contextmanager
def _free_key() -> Iterator[None]:
    """Raises DomainError if the key of another system is another organization's."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "organization_external_key_once" not in str(error):
            raise
        raise DomainError(
            _("Another organization has this key of this source."), field="external_key", code="taken"
        ) from error


def _check_via_partner(*, by: Actor, via_partner: Organization | None) -> None:
    if via_partner is None:
        return
    if not Organization.objects.visible_to(by).of_kind(OrganizationKind.PARTNER).filter(pk=via_partner.pk).exists():
        raise DomainError(_("Choose a partner that you can see."), field="via_partner")


def _partner_behind(by: Actor, organization: Organization) -> Organization | None:
    """The partner that a customer came through, if `by` sees it."""
    if organization.via_partner_id is None:
        return None
    seen: Organization | None = Organization.objects.visible_to(by).filter(pk=organization.via_partner_id).first()
    return seen


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.pk if isinstance(value, Organization) else value for name, value in values.items()}


def _record(*, by: Actor, verb: str, organization: Organization, now: datetime, **more: Any) -> None:
    if verb == "organization.created":
        more["changes"] = {name: [None, value] for name, value in more.get("changes", {}).items()}
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=organization,
        organization_id=organization.pk,
        now=now,
        **more,
    )
