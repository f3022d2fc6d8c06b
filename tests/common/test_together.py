"""Rows of several tables by one statement: they name each other by ids given before, and go together or not at all."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.models import SentKey
from common.together import add, execute, give_ids, together
from tests.factories.accounts import make_team
from tests.factories.tickets import MONDAY
from tickets.models import Queue, QueueTeam

pytestmark = pytest.mark.django_db
BY_HAND = "INSERT INTO common_sentkey (user_id, key, fingerprint, result, created_at) VALUES (1, %s, '', '', %s)"


def key(name: str) -> SentKey:
    return SentKey(user_id=1, key=name, fingerprint="f", created_at=MONDAY)


def keys() -> list[str]:
    return list(SentKey.objects.order_by("key").values_list("key", flat=True))


def test_one_statement_writes_rows_that_name_each_other() -> None:
    queue = Queue(key="q", name="Q")
    served = QueueTeam(queue=queue, team=make_team(name="Support"))
    first, second = give_ids([queue], "tickets_number", "tickets_number")
    with CaptureQueriesContext(connection) as asked, together():
        add([served])
        add([queue])
        add([key("a"), key("b")])
        execute(BY_HAND, ["c", MONDAY])
        assert not keys()
    assert len([one for one in asked.captured_queries if "INSERT" in one["sql"]]) == 1
    assert (QueueTeam.objects.get().queue, keys()) == (queue, ["a", "b", "c"])
    assert second > first
    queue.name = "Renamed"
    queue.save()
    assert Queue.objects.get(pk=queue.pk).name == "Renamed"


def test_without_a_block_rows_are_written_at_once_and_of_none_nothing() -> None:
    add([])
    add([key("a"), key("b")])
    with together():
        add([])
    assert keys() == ["a", "b"]


def write(*names: str) -> None:
    """The key "a" and those of these names; without any it fails before the end."""
    with transaction.atomic(), together():
        add([key("a")])
        add([key(name) for name in names])
        if not names:
            raise ValueError("no")


def test_all_of_it_or_nothing() -> None:
    with pytest.raises(IntegrityError):
        write("b", "b")
    with pytest.raises(ValueError, match="no"):
        write()
    add([key("c")])
    assert keys() == ["c"]
