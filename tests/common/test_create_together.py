"""Models created together stand where they would if each had an operation of its own."""

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

from common.create_together import CreateTogether

ID = ("id", models.AutoField(primary_key=True))
MADE = [
    CreateModel("One", [ID]),
    CreateModel("Two", [ID, ("one", models.ForeignKey("shop.One", models.CASCADE))]),
]


def state_after(*operations: CreateModel | CreateTogether, is_drawn: bool = False) -> ProjectState:
    state = ProjectState()
    if is_drawn:
        assert not list(state.apps.get_models())
    for operation in operations:
        operation.state_forwards("shop", state)
    return state


@pytest.mark.parametrize("is_drawn", [False, True])
def test_the_state_is_the_same(is_drawn: bool) -> None:
    found = state_after(CreateTogether(MADE), is_drawn=is_drawn)
    assert found == state_after(*MADE)
    assert found.apps.get_model("shop", "one")._meta.get_field("two").related_model is found.apps.get_model("shop.two")
    assert "CreateTogether" in MigrationWriter.serialize(CreateTogether(MADE))[0]


@pytest.mark.django_db
def test_tables_come_in_order_and_go_in_the_other() -> None:
    before, after, both = ProjectState(), state_after(*MADE), CreateTogether(MADE)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        both.database_forwards("shop", editor, before, after)
    with connection.schema_editor(collect_sql=True, atomic=False) as dropper:
        both.database_backwards("shop", dropper, after, before)
    made, dropped = (
        [line.split('"')[1] for line in one.collected_sql if " TABLE " in line[:14]] for one in (editor, dropper)
    )
    assert made == ["shop_one", "shop_two", "shop_two"]
    assert dropped[-2:] == ["shop_two", "shop_one"]
