"""What organizations answer to the floor of people."""

import pytest
from django.test import Client

from accounts.services.people import holds_of
from common.scope import Scope, scoped
from tests.cast import Cast
from tests.factories.partners import NOW, make_handoff, make_partner
from tests.factories.tasks import make_commitment, make_task

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


def test_what_a_person_has_to_do_is_told_as_well(cast: Cast, client: Client) -> None:
    make_task(cast.northwind, owner=cast.otto)
    make_task(cast.northwind, owner=cast.otto, state="done", done_at=NOW)
    make_commitment(cast.birch, owner=cast.otto)
    make_handoff(cast.northwind, cast.petra, cast.otto)
    make_handoff(cast.birch, cast.otto, cast.tom, state="accepted")
    with scoped(Scope.none()):
        holds = holds_of(cast.otto)
    assert [hold.words for hold in holds] == ["1 handoff under way", "1 unfinished task", "1 open promise"]
    client.force_login(cast.adam)
    assert [client.get(hold.url).status_code for hold in holds if hold.url] == [200, 200]
    page = client.get(f"/people/{cast.otto.public_id}/").content.decode()
    assert all(str(hold.words) in page for hold in holds)
