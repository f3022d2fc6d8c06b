"""The suite's own floor: tests run as the application role on a clone of the migrated template."""

import os

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections, transaction

from common.scope import Scope, current_scope, scoped
from hub.env import database_config
from hub.runtime.processes import ServiceError
from tests import plugin_services

pytestmark = pytest.mark.services


@pytest.mark.django_db
def test_tests_sign_in_as_the_application_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("hub_app", False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_test_sees_all_organizations_until_it_says_otherwise() -> None:
    assert current_scope() == Scope.all()
    with scoped(Scope.of([3])):
        assert current_scope() == Scope.of([3])
    assert current_scope() == Scope.all()


@pytest.mark.django_db
def test_a_request_starts_without_a_scope_and_gives_the_tests_scope_back(client, django_assert_num_queries) -> None:
    from django.core.signals import request_started

    seen = []
    request_started.connect(lambda **_kwargs: seen.append(current_scope()), weak=False, dispatch_uid="probe")
    try:
        client.get("/healthz")
    finally:
        request_started.disconnect(dispatch_uid="probe")
    assert seen == [Scope.none()]
    assert current_scope() == Scope.all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next_and_seeds_are_back(_round: int) -> None:
    assert not ContentType.objects.filter(app_label="left_behind").exists()
    assert ContentType.objects.exists()
    with transaction.atomic():
        ContentType.objects.all().delete()
        ContentType.objects.create(app_label="left_behind", model="thing")


@pytest.mark.django_db(databases=["default", "owner"])
def test_both_aliases_and_started_programs_meet_in_the_same_clone() -> None:
    names = {connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        names.add(database_config(os.environ[variable])["NAME"])
    assert len(names) == 1


def test_a_named_database_without_its_owner_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://hub_app@db/hub")
    monkeypatch.delenv("DATABASE_OWNER_URL")
    with pytest.raises(ServiceError, match="DATABASE_OWNER_URL is not"):
        plugin_services.prepare_services(start=True)
