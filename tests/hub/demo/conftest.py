"""The demo world, built once through the services: it stands until the folder is left."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from common.scope import Scope, set_scope
from tests.hub.demo import PASSWORD


@pytest.fixture(scope="package")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the command said."""
    out = StringIO()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setenv("DEMO_PASSWORD", PASSWORD)
        call_command("demo", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def room(told: str) -> Iterator[None]:
    """What the tests of one room do is undone for the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def see_everything(room: None) -> None:
    set_scope(Scope.all())
