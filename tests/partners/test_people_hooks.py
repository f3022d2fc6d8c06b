"""What organizations answer to the floor of people."""

import pytest

from accounts.services.people import holds_of
from common.scope import Scope, scoped
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner

pytestmark = pytest.mark.django_db


def test_what_a_person_owns_is_told_by_role_whoever_asks(cast: Cast) -> None:
    make_partner("gate_1", owners={"tam": cast.tom})
    make_partner("gate_3", owners={"tam": cast.tom}, archived_at=NOW)
    with scoped(Scope.none()):
        holds = holds_of(cast.tom)
    assert [hold.words for hold in holds] == ["TAM of 3 organizations"]
    assert str(cast.tom.pk) in holds[0].url
    assert [hold.words for hold in holds_of(cast.sam)] == ["Sales of 1 organization"]
    assert holds_of(cast.otto) == []
