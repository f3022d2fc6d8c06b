"""Own tasks in the palette: found by words as they are, whatever else they may mean to the database."""

import pytest

from partners.work_offers import _own_tasks
from tests.cast import Cast
from tests.factories.tasks import make_task

pytestmark = pytest.mark.django_db


def found(cast: Cast, name: str, text: str) -> list[str]:
    return [item.label for item in _own_tasks(cast.actor(name), text, 5)]


def test_every_word_has_to_be_there_in_whatever_case(cast: Cast) -> None:
    make_task(cast.northwind, title="Send the 50% offer_2", owner=cast.tom)
    make_task(cast.northwind, title="Send the contract", owner=cast.tom)
    assert found(cast, "tom", "SEND the") == ["Send the 50% offer_2", "Send the contract"]
    assert found(cast, "tom", "send 50%") == ["Send the 50% offer_2"]
    assert found(cast, "tom", "contract send") == ["Send the contract"]
    assert found(cast, "tom", "offer_2 contract") == []


def test_signs_of_patterns_mean_themselves(cast: Cast) -> None:
    make_task(cast.northwind, title="Plain words", owner=cast.tom)
    assert found(cast, "tom", "%") == []
    assert found(cast, "tom", "_lain") == []
    assert found(cast, "tom", "\\") == []


def test_each_reader_finds_own_ones(cast: Cast) -> None:
    make_task(cast.northwind, title="Of Tom", owner=cast.tom)
    make_task(cast.northwind, title="Of Petra", owner=cast.petra)
    assert found(cast, "tom", "of") == ["Of Tom"]
    assert found(cast, "petra", "of") == ["Of Petra"]
    assert found(cast, "tom", "of") == ["Of Tom"]
