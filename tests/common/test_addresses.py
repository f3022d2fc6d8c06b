"""Addresses put together from their halves are those that Django gives."""

from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from common.addresses import address


@pytest.mark.parametrize("name", ["partners:organization", "partners:organization_launch", "accounts:notification"])
@pytest.mark.parametrize("public_id", [UUID(int=0), uuid4()])
def test_it_is_what_reverse_gives(name: str, public_id: UUID) -> None:
    assert address(name, public_id) == reverse(name, args=[public_id])
    assert address(name, str(public_id)) == reverse(name, args=[public_id])
