"""Statements composed once: the text is kept, the rows and the readers are not mixed up."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db.models import BooleanField, JSONField, QuerySet, Value
from django.db.models.expressions import RawSQL

from accounts.models import RoleGrant, User
from common import composed

pytestmark = pytest.mark.django_db

asked: list[str] = []


def called(name: str) -> "QuerySet[Any]":
    asked.append(name)
    return User.objects.filter(name=name).order_by("email").values_list("email", "name")


def one(name: str, pk: int, public_id: UUID, since: datetime) -> "QuerySet[Any]":
    asked.append(name)
    return User.objects.filter(name=name, pk=pk, public_id=public_id, date_joined__gte=since).values_list("email")


def careless(name: str, pk: int) -> "QuerySet[Any]":
    return User.objects.filter(name=name, pk__gt=pk + 1).values_list("email")


def among(name: str, pks: list[int]) -> "QuerySet[Any]":
    asked.append(name)
    chosen = RawSQL("accounts_user.id = ANY (%s)", [pks], output_field=BooleanField())
    return User.objects.filter(chosen, name=name).order_by("email").values_list("email", flat=True)


def nobody(name: str) -> "QuerySet[Any]":
    return User.objects.filter(name=name, pk__in=[]).values_list("pk")


@pytest.fixture(autouse=True)
def forgotten() -> None:
    composed._statement.cache_clear()
    asked.clear()


def add(email: str, name: str) -> User:
    made: User = User.objects.create(email=email, name=name)
    return made


def test_it_is_put_together_once_and_read_each_time() -> None:
    assert composed.fetch(called, "Ada") == []
    add("b@example.com", "Ada")
    assert composed.fetch(called, "Ada") == [("b@example.com", "Ada")]
    add("a@example.com", "Ada")
    assert composed.fetch(called, "Ada") == [("a@example.com", "Ada"), ("b@example.com", "Ada")]
    assert asked == ["Ada"]


def test_each_key_has_its_own_question() -> None:
    add("a@example.com", "Ada")
    add("g@example.com", "O'Hara 100%")
    assert composed.fetch(called, "O'Hara 100%") == [("g@example.com", "O'Hara 100%")]
    assert composed.fetch(called, "Ada") == [("a@example.com", "Ada")]


def test_values_that_differ_fill_the_gaps_of_one_text() -> None:
    ada, eve = add("a@example.com", "Ada"), add("e@example.com", "Ada")
    long_ago, later = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    assert composed.fetch(one, "Ada", gaps=(ada.pk, ada.public_id, long_ago)) == [("a@example.com",)]
    assert composed.fetch(one, "Ada", gaps=(eve.pk, eve.public_id, long_ago)) == [("e@example.com",)]
    assert composed.fetch(one, "Ada", gaps=(eve.pk, ada.public_id, long_ago)) == []
    assert composed.fetch(one, "Ada", gaps=(ada.pk, ada.public_id, later)) == []
    assert asked == ["Ada"]


def test_a_list_of_ids_is_one_gap_however_long() -> None:
    ada, eve, _ivy = (add(f"{letter}@example.com", "Ada") for letter in "aei")
    for pks, found in (([ada.pk], "a"), ([ada.pk, eve.pk], "ae"), ([], "")):
        assert composed.fetch(among, "Ada", gaps=(pks,)) == [(f"{letter}@example.com",) for letter in found]
    assert asked == ["Ada"]


def test_a_gap_that_was_changed_on_the_way_is_refused() -> None:
    with pytest.raises(ValueError, match="careless"):
        composed.fetch(careless, "Ada", gaps=(1,))


def test_what_no_row_can_answer_needs_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert composed.fetch(nobody, "Ada") == []


def by_name(name: str) -> "QuerySet[Any]":
    asked.append(name)
    rows = User.objects.filter(name=name).annotate(kept=Value({"a": 1}, output_field=JSONField()))
    return rows.values("email", "name", "kept", "public_id")


def test_records_are_what_the_orm_gives() -> None:
    person = add("a@example.com", "Ada")
    wanted = [{"email": "a@example.com", "name": "Ada", "kept": {"a": 1}, "public_id": person.public_id}]
    assert list(by_name("Ada")) == wanted
    asked.clear()
    assert composed.records(by_name, "Ada") == wanted
    assert composed.records(by_name, "Ada") == wanted
    assert asked == ["Ada"]
    assert composed.records(by_name, "Nobody") == []


def with_grants(name: str, pk: int) -> "QuerySet[Any]":
    asked.append(name)
    grants = RoleGrant.objects.filter(user__name=name, pk__lte=pk).order_by("role")
    return grants.select_related("user", "granted_by").annotate(kept=Value({"a": 1}, JSONField()))


def test_instances_are_what_the_orm_gives() -> None:
    person = add("a@example.com", "Ada")
    for role in ("support", "tam"):
        RoleGrant.objects.create(user=person, role=role, started_at=datetime(2026, 3, 2, tzinfo=UTC))
    asked.clear()
    for _round in range(2):
        found = composed.instances(with_grants, "Ada", gaps=(10**9,))
        assert [(row, row.role, row.user, row.user.public_id, row.granted_by, row.kept) for row in found] == [
            (row, row.role, person, person.public_id, None, {"a": 1}) for row in RoleGrant.objects.order_by("role")
        ]
        assert found[0].started_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert asked == ["Ada"]
    assert composed.instances(with_grants, "Ada", gaps=(0,)) == []
