"""Statements composed once: the text is kept, the rows and the readers are not mixed up."""

from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import User
from common import composed

pytestmark = pytest.mark.django_db

asked: list[str] = []


def called(name: str) -> "QuerySet[Any]":
    asked.append(name)
    return User.objects.filter(name=name).order_by("email").values_list("email", "name")


def nobody(name: str) -> "QuerySet[Any]":
    return User.objects.filter(name=name, pk__in=[]).values_list("pk")


@pytest.fixture(autouse=True)
def forgotten() -> None:
    composed._statement.cache_clear()
    asked.clear()


def add(email: str, name: str) -> None:
    User.objects.create(email=email, name=name)


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


def test_what_no_row_can_answer_needs_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert composed.fetch(nobody, "Ada") == []
