"""Questions planned once for a connection: the same answers, whoever asks and with whatever values."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from common import prepared
from common.prepared import Differing, Prepared

pytestmark = pytest.mark.django_db

LONG = f"/* {'long ' * 60} */"
ONE = UUID(int=1)


@pytest.fixture
def planner() -> Iterator[Prepared]:
    """A fresh wrapper on the connection, in place of its own."""
    kept = list(connection.execute_wrappers)
    with connection.connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    fresh = Prepared()
    connection.execute_wrappers[:] = [fresh, *(one for one in kept if not isinstance(one, Prepared))]
    yield fresh
    with connection.connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    connection.execute_wrappers[:] = kept
    _own().__init__()


def _own() -> Any:
    return next(one for one in connection.execute_wrappers if isinstance(one, Prepared))


def ask(sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} {LONG}", params)
        return list(cursor.fetchall())


def prepared_texts() -> list[str]:
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.usefixtures("planner")
def test_the_second_asking_prepares_and_ids_are_parameters() -> None:
    assert ask("%s + 1", [1]) == [(2,)]
    assert prepared_texts() == []
    assert [ask("%s + 1", [number]) for number in (2, 3, 2**40)] == [[(3,)], [(4,)], [(2**40 + 1,)]]
    (text,) = prepared_texts()
    assert "$1::bigint + 1" in text


@pytest.mark.usefixtures("planner")
@pytest.mark.parametrize(
    "values",
    [
        [7, 8, 9],
        [True, False, True],
        ["a", "b'; DROP TABLE x; --", "100 %"],
        [1.5, 2.5, 1.5],
        [ONE, UUID(int=2), UUID(int=3)],
        [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)],
        [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)],
        [[1, 2], [3], [4, 5, 6]],
        [["a", "b'; DROP TABLE x; --"], ["100 %"], [""]],
        [None, None, None],
    ],
    ids=["int", "bool", "text", "float", "uuid", "moment", "day", "ids", "words", "nothing"],
)
def test_every_kind_comes_back_as_it_went_in(values: list[Any]) -> None:
    for _time in range(8):
        for value in values:
            assert ask("%s", [value]) == [(value,)]


@pytest.mark.usefixtures("planner")
def test_a_truth_value_and_a_number_that_are_equal_are_two_questions() -> None:
    for value in (True, Decimal("1.0")) * 4:
        (found,) = ask("%s", [value])
        assert found == (value,)
        assert type(found[0]) is type(value)


@pytest.mark.usefixtures("planner")
def test_what_cannot_be_prepared_is_asked_as_it_is_and_the_transaction_goes_on() -> None:
    for number in (2, 3, 2, 4):
        assert ask("left('abcdef', %s)", [number]) == [("abcdef"[:number],)]
    assert prepared_texts() == []
    assert ask("1") == [(1,)]


@pytest.mark.usefixtures("planner")
def test_a_question_without_parameters_keeps_its_percent_signs() -> None:
    for _time in range(3):
        assert ask("'100 %' LIKE '%0 %'", None) == [(True,)]


@pytest.mark.usefixtures("planner")
def test_a_mistake_is_reported_as_ever() -> None:
    for _time in range(3):
        with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic():
            ask("1 / %s", [0])
    assert ask("1 / %s", [1]) == [(1,)]


@pytest.mark.usefixtures("planner")
def test_it_outlives_a_rollback() -> None:
    ask("%s + 2", [1])
    with transaction.atomic():
        ask("%s + 2", [1])
        transaction.set_rollback(True)
    assert ask("%s + 2", [5]) == [(7,)]
    assert len(prepared_texts()) == 1


def test_a_connection_remembers_so_many(planner: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 3)
    for number in range(6):
        for _time in range(2):
            assert ask(f"%s + {number}", [1]) == [(1 + number,)]
    assert len(prepared_texts()) == 3
    assert ask("%s + 0", [1]) == [(1,)]


@pytest.mark.usefixtures("planner")
def test_a_shorter_question_is_prepared_where_one_plan_serves_everybody() -> None:
    with connection.cursor() as cursor:
        for number in (1, 2, 3):
            cursor.execute(f"SELECT %s + 1 /* {'s' * prepared.SHORTEST_FOR_ALL} */", [number])
            assert cursor.fetchall() == [(number + 1,)]
            cursor.execute(f"SELECT %s || '!' /* {'s' * prepared.SHORTEST_FOR_ALL} */", ["key"])
            assert cursor.fetchall() == [("key!",)]
    (text,) = prepared_texts()
    assert "$1::bigint + 1" in text


@pytest.mark.usefixtures("planner")
def test_short_questions_and_writings_are_left_alone() -> None:
    person = User.objects.create(email="short@example.com", name="Short", public_id=uuid4())
    for _time in range(3):
        User.objects.filter(pk=person.pk).update(name="S" * 100)
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", [1])
    assert prepared_texts() == []


@pytest.mark.usefixtures("planner")
def test_the_database_shows_each_asker_only_their_scope() -> None:
    sql = "current_setting('hub.scope', true), %s"
    for scope in ("1", "2", "1", "2", "3", "3", "1", "2"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('hub.scope', %s, true)", [scope])
        assert ask(sql, [5]) == [(scope, 5)]


def test_a_new_connection_knows_of_nothing(planner: Prepared) -> None:
    for _time in range(2):
        ask("%s + 3", [1])
    prepared._on_connected(connection=connection)
    assert _own() is not planner
    with connection.connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert [ask("%s + 3", [number]) for number in (1, 2, 3)] == [[(4,)], [(5,)], [(6,)]]


@pytest.mark.usefixtures("planner")
def test_a_text_that_differs_can_be_a_parameter() -> None:
    User.objects.bulk_create(User(email=f"{name}@example.com", name=name, public_id=uuid4()) for name in "abc")
    for _time in range(3):
        for name in ("a", "b", "c"):
            sql = "u.name FROM accounts_user u WHERE (u.name, u.id) > (%s, %s) AND length(u.name) = 1 ORDER BY 1"
            found = [row[0] for row in ask(sql, [Differing(name), 2**50])]
            assert found == [other for other in "abc" if other > name]
    assert len(prepared_texts()) == 1
