"""The lock of an organization: the whole row as it is now, within a transaction and the scope."""

import pytest
from django.db import connection
from django.db.models import DEFERRED
from django.db.transaction import TransactionManagementError

from common.errors import Missing
from common.scope import Scope, scoped
from partners.models import Organization
from partners.services.locking import lock_organization, lock_organizations
from tests.cast import Cast


@pytest.mark.django_db
def test_it_is_the_row_as_it_is_now(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.northwind.pk).update(name="Northwind Group", ccv="1234.50", version=7)
    locked = lock_organization(cast.northwind)
    fresh = Organization.objects.get(pk=cast.northwind.pk)
    for field in Organization._meta.concrete_fields:
        assert locked.__dict__.get(field.attname, DEFERRED) == getattr(fresh, field.attname), field
        assert type(getattr(locked, field.attname)) is type(getattr(fresh, field.attname)), field
    assert (locked, locked._state.adding, locked._state.db) == (fresh, False, "default")
    assert [locked] == lock_organizations([cast.northwind.pk])
    locked.name = "Northwind"
    locked.save(update_fields=["name"])
    fresh.refresh_from_db()
    assert fresh.name == "Northwind"


@pytest.mark.django_db
def test_out_of_scope_it_does_not_exist(cast: Cast) -> None:
    with scoped(Scope.none()), pytest.raises(Missing):
        lock_organization(cast.northwind)
    with pytest.raises(Missing):
        lock_organization(Organization(pk=0))


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_there_is_no_lock() -> None:
    assert not connection.in_atomic_block
    with pytest.raises(TransactionManagementError):
        lock_organization(Organization(pk=1))
