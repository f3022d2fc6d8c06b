"""What notices point at opens to those who may open it, and to nobody else."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import WorkCalendar
from common.models import ImportRun, StoredFile
from common.targets import resolve_target
from partners.models import Interaction
from tests.cast import Cast
from tests.factories.partners import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def objects(cast: Cast) -> dict[str, Any]:
    file = StoredFile.objects.create(path="x", original_name="x.csv", content_type="text/csv", size=1, sha256="0" * 64)
    return {
        "organization": cast.northwind,
        "contact": make_contact(cast.northwind),
        "interaction": Interaction.objects.create(
            organization=cast.northwind, happened_at=cast.northwind.created_at, summary="Call", author=cast.tom
        ),
        "user": cast.tom,
        "workcalendar": WorkCalendar.objects.create(name="Berlin"),
        "importrun": ImportRun.objects.create(kind="contacts", file=file),
    }


ALL = {"organization", "contact", "interaction", "user", "workcalendar", "importrun"}
OPENS: dict[str, set[str]] = {
    "adam": ALL,
    "max": ALL - {"user", "importrun"},
    "tom": ALL - {"importrun"},
    # Takes part as sales: the summary of the organization, not its people and talks.
    "sam": {"organization", "workcalendar"},
    "otto": {"workcalendar"},
    "sue": {"workcalendar"},
    "connie": {"organization"},
}


@pytest.mark.parametrize("who", OPENS)
def test_who_opens_what(cast: Cast, objects: dict[str, Any], who: str) -> None:
    actor = cast.actor(who)
    found = {kind for kind, row in objects.items() if resolve_target(actor, kind, row.pk) is not None}
    assert found == OPENS[who]


@pytest.mark.parametrize("kind", sorted(ALL))
def test_what_is_missing_opens_to_nobody(cast: Cast, kind: str) -> None:
    assert resolve_target(cast.actor("adam"), kind, 10**12) is None


def test_a_contact_is_led_to_the_portal_and_a_person_to_themselves(cast: Cast) -> None:
    assert resolve_target(cast.actor("connie"), "organization", cast.northwind.pk) == reverse("partners:portal")
    assert resolve_target(cast.actor("tom"), "user", cast.tom.pk) == reverse("accounts:profile")
    assert resolve_target(cast.actor("connie"), "organization", cast.birch.pk) is None
