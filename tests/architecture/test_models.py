"""Every row that belongs to an organization says so, is behind the second wall, and has one door for reading."""

from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import connection, connections, models

from tests.cast import Cast
from tests.factories.partners import make_interaction

OUR_APPS = ("common", "accounts", "partners", "tickets", "health", "reports")
# Tables without a business content of their own: ids only, claimed by workers across organizations (ADR 0006).
INFRASTRUCTURE = {"common_outbox"}


def _models() -> list[type[models.Model]]:
    return [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]


def _has_organization(model: type[models.Model]) -> bool:
    return any(field.attname == "organization_id" for field in model._meta.concrete_fields)


SCOPED = [
    model
    for model in _models()
    if (_has_organization(model) or model._meta.db_table == "partners_organization")
    and model._meta.db_table not in INFRASTRUCTURE
]


def test_there_are_scoped_models() -> None:
    assert len(SCOPED) >= 12


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
@pytest.mark.django_db
def test_scoped_tables_are_behind_row_security(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        assert cursor.fetchone() == (True, True)
        cursor.execute("SELECT count(*) FROM pg_policies WHERE tablename = %s", [model._meta.db_table])
        assert cursor.fetchone()[0] >= 1


@pytest.mark.parametrize(
    "model",
    [
        model
        for model in SCOPED
        if model._meta.app_label not in ("common", "accounts") and not model.__name__.endswith("Event")
    ],
    ids=lambda model: model._meta.label,
)
def test_scoped_models_are_read_through_visible_to(model: Any) -> None:
    assert hasattr(model.objects.all(), "visible_to")


@pytest.mark.django_db
def test_the_application_role_has_no_way_around() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", ["accounts_activity", "accounts_activityseal", "accounts_calendarversion"])
@pytest.mark.parametrize("privilege", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.django_db
def test_history_is_added_to_only(table: str, privilege: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, privilege])
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db(databases=["default", "owner"])
def test_history_is_written_without_errors_that_are_caught(cast: Cast) -> None:
    """Each would cost the more, the more rows a transaction has written (common/migrations/0007_history_in_bulk.py)."""
    for alias in ("default", "owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('pgtrigger.ignore')")
            assert cursor.fetchone() == ("{}",)
            cursor.execute("SELECT prosrc LIKE '%EXCEPTION%' FROM pg_proc WHERE proname = '_pgh_attach_context'")
            assert cursor.fetchone() == (False,)
    make_interaction(cast.northwind)
    with pghistory.context(told="by hand"):
        make_interaction(cast.northwind)
    events = apps.get_model("partners", "InteractionEvent").objects.order_by("pgh_id")
    assert list(events.values_list("pgh_context__metadata", flat=True)) == [None, {"told": "by hand"}]


@pytest.mark.parametrize(
    # Those of pghistory are made from the models they follow.
    "model",
    [model for model in _models() if not model.__name__.endswith("Event")],
    ids=lambda model: model._meta.label,
)
def test_every_model_speaks_for_itself(model: type[models.Model]) -> None:
    assert model.__str__ is not models.Model.__str__
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")
