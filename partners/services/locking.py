"""The one order of locks: organizations by id, then their rows, then people."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _

from common import composed
from common.errors import DomainError, Missing
from partners.models import Organization


def lock_organization(organization: Organization) -> Organization:
    """The organization as it is now, locked to the end of the transaction. Raises Missing where it is out of scope.

    Nearly every use case begins with it, so its statement is put together once for a process.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("a lock is held by a transaction, and there is none")
    rows = composed.fetch(_locked, gaps=(organization.pk,))
    if not rows:
        raise Missing(_("This organization does not exist, or it is not yours."))
    found: Organization = Organization.from_db("default", _FIELDS, rows[0])
    return found


_FIELDS = [field.attname for field in Organization._meta.concrete_fields]


def _locked(pk: int) -> QuerySet[Organization, tuple[object, ...]]:
    # Not FOR UPDATE: rows that point here may still be added by others, only the organization itself stays put.
    return Organization.objects.select_for_update(no_key=True).filter(pk=pk).order_by().values_list(*_FIELDS)


def lock_organizations(organization_ids: Iterable[int]) -> list[Organization]:
    """Several, locked in the order of their ids, so that two transactions never wait for each other."""
    wanted = sorted(set(organization_ids))
    found = list(Organization.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise Missing(_("This organization does not exist, or it is not yours."))
    return found


def refuse_archived(organization: Organization) -> None:
    """Raise DomainError "archived": what is out of all lists is brought back before anybody changes it."""
    if organization.archived_at is not None:
        raise DomainError(_("This organization is archived; restore it first."), code="archived")
