"""People who count: assessed, in contact, gone; who may; what erasure leaves of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Activity, Notification
from common.errors import Conflict, DomainError, NotAllowed
from partners.models import Contact, Stakeholder, TimelineEntry
from partners.services import contacts, interactions, stakeholders
from partners.services.erasure import erase_person
from partners.services.person_records import export_person, find_person
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact
from tests.partners.import_world import applied, table

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def assess(cast: Cast, contact: Contact, by: str = "tom", **values: Any) -> Stakeholder:
    return stakeholders.assess(by=cast.actor(by), contact=contact, values=values, now=NOW)


def talk(cast: Cast, *people: Contact, ago: int = 1, is_two_way: bool = True) -> Any:
    values = {"kind": "call", "summary": "Spoke", "happened_at": NOW - ago * DAY, "is_two_way": is_two_way}
    return interactions.log_interaction(
        by=cast.actor("tom"), organization=cast.northwind, values=values, contacts=people, now=NOW
    )


def test_what_somebody_means_is_written_down_and_guarded(cast: Cast) -> None:
    ada, ben = make_contact(cast.northwind, name="Ada", role="executive"), make_contact(cast.northwind, name="Ben")
    boss = assess(cast, ada, influence="decides", sentiment="positive", is_sponsor=True, cares_about=" Cost\0 ")
    assert (boss.version, boss.cares_about, boss.is_sponsor) == (1, "Cost", True)
    report = assess(cast, ben, reports_to=boss, influence="low")
    by = cast.actor("tom")
    edited = stakeholders.assess(by=by, contact=ada, values={"cares_about": "Time"}, version=1, now=NOW)
    assert (edited.cares_about, edited.version) == ("Time", 2)
    with pytest.raises(Conflict):
        stakeholders.assess(by=by, contact=ada, values={"cares_about": "Money"}, version=1, now=NOW)
    elsewhere = assess(cast, make_contact(cast.birch), influence="low")
    for values in (
        {"reports_to": report},
        {"reports_to": boss},
        {"reports_to": elsewhere},
        {"influence": "huge"},
        {"sentiment": ""},
        {"cares_about": "x" * 5_001},
    ):
        with pytest.raises(DomainError) as caught:
            assess(cast, ada, **values)
        assert caught.value.field == next(iter(values))
    assert [line.title for line in TimelineEntry.objects.filter(kind="stakeholder")] == ["Ada is a sponsor"]
    assert not Activity.objects.filter(verb="stakeholder.assessed", changes__icontains="positive").exists()


def test_last_contact_follows_what_is_logged(cast: Cast) -> None:
    by = cast.actor("tom")
    ada = contacts.add_contact(by=by, organization=cast.northwind, values={"name": "Ada", "role": "executive"}, now=NOW)
    other = contacts.add_contact(by=by, organization=cast.northwind, values={"name": "Olga"}, now=NOW)
    assert list(Stakeholder.objects.values_list("contact__name", "last_two_way_at")) == [("Ada", None)]
    early, late = talk(cast, ada, other, ago=9), talk(cast, ada, ago=2)
    talk(cast, ada, ago=1, is_two_way=False)
    row = Stakeholder.objects.get(contact=ada)
    assert (row.last_two_way_at, row.version) == (NOW - 2 * DAY, 1)
    assert not Stakeholder.objects.filter(contact=other).exists()
    interactions.archive_interaction(by=by, interaction=late, now=NOW)
    row.refresh_from_db()
    assert row.last_two_way_at == NOW - 9 * DAY
    interactions.edit_interaction(by=by, interaction=early, values={}, contacts=[other], version=1, now=NOW)
    row.refresh_from_db()
    assert row.last_two_way_at is None
    contacts.edit_contact(by=by, contact=other, values={"role": "billing"}, version=1, now=NOW)
    assert Stakeholder.objects.get(contact=other).last_two_way_at == NOW - 9 * DAY


def test_somebody_leaves_and_is_back(cast: Cast) -> None:
    ada, by = make_contact(cast.northwind, name="Ada", role="executive"), cast.actor("tom")
    row = assess(cast, ada, is_sponsor=True)
    for day in (TODAY + DAY, date(1999, 1, 1)):
        with pytest.raises(DomainError) as caught:
            stakeholders.leave(by=by, stakeholder=row, left_on=day, now=NOW)
        assert caught.value.field == "left_on"
    gone = stakeholders.leave(by=by, stakeholder=row, left_on=TODAY - DAY, version=1, now=NOW)
    assert (gone.left_on, gone.version) == (TODAY - DAY, 2)
    told = Notification.objects.filter(kind="stakeholders")
    assert {row.title for row in told} == {"Ada, a sponsor, has left Northwind"}
    assert cast.ana.pk in {row.user_id for row in told}
    assert cast.tom.pk not in {row.user_id for row in told}
    with pytest.raises(DomainError) as caught:
        stakeholders.leave(by=by, stakeholder=row, left_on=TODAY, now=NOW)
    assert caught.value.code == "left"
    assert stakeholders.come_back(by=by, stakeholder=row, version=2, now=NOW).left_on is None
    with pytest.raises(DomainError) as caught:
        stakeholders.come_back(by=by, stakeholder=row, now=NOW)
    assert caught.value.code == "here"
    contacts.archive_contact(by=by, contact=ada, now=NOW)
    with pytest.raises(DomainError) as caught:
        assess(cast, ada, influence="low")
    assert caught.value.code == "archived"


@pytest.mark.parametrize("name", ["sam", "max", "lena", "sue", "otto", "connie", "nora", "carl"])
def test_who_may_not(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        assess(cast, cast.connie_contact, by=name, influence="low")


def test_erasure_heals_the_chain_and_takes_the_words(cast: Cast) -> None:
    people = {name: make_contact(cast.northwind, name=name, role="technical") for name in ("Zoe Quark", "Yan", "Xi")}
    zoe = assess(cast, people["Yan"], influence="high")
    zoe = assess(cast, people["Zoe Quark"], reports_to=zoe, cares_about="Her promotion", influence="high")
    xi = assess(cast, people["Xi"], reports_to=zoe, cares_about="What Zoe Quark thinks")
    person = find_person(str(people["Zoe Quark"].public_id))
    assert export_person(person=person, now=NOW)["relationship"][0]["cares_about"] == "Her promotion"
    erase_person(person=person, reason="asked for", now=NOW)
    xi.refresh_from_db()
    zoe.refresh_from_db()
    assert (xi.reports_to.contact.name, xi.cares_about) == ("Yan", "What Erased person thinks")
    assert (zoe.cares_about, zoe.influence, zoe.reports_to) == ("", "unknown", None)


def test_imported_people_have_their_place_on_the_map(cast: Cast) -> None:
    content = table(("company", "name", "role"), ("Northwind", "Ada", "executive"), ("Northwind", "Ben", "other"))
    applied(cast.actor("adam"), "contacts", content)
    assert list(Stakeholder.objects.values_list("contact__name", flat=True)) == ["Ada"]
