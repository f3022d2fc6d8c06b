"""The trail is never changed, so it holds no names of contacts: its page looks them up, as long as there is one."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.services import activity
from accounts.services.activity import Happening
from partners.services.erasure import NEUTRAL_NAME, erase_person
from partners.services.person_records import find_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_what_a_contact_does_is_written_without_their_name(cast: Cast) -> None:
    for user in (cast.connie, cast.tom):
        activity.record(verb="task.done", target=cast.northwind, actor_id=user.pk, actor_name=user.name, now=NOW)
        activity.record_many(
            verb="task.done",
            happenings=[Happening(target=cast.northwind), Happening(target=cast.birch)],
            actor_id=user.pk,
            actor_name=user.name,
            now=NOW,
        )
    rows = Activity.objects.filter(verb="task.done")
    assert set(rows.values_list("actor_id", "actor_name")) == {
        (cast.connie.pk, "Portal contact"),
        (cast.tom.pk, "Tom Okafor"),
    }
    assert rows.count() == 6


def test_the_hub_itself_has_no_name(cast: Cast) -> None:
    activity.record(verb="job.ran", target=cast.northwind, now=NOW)
    assert Activity.objects.get(verb="job.ran").actor_name == ""


def test_the_page_names_them_until_they_are_erased(cast: Cast, client: Client) -> None:
    now = timezone.now()
    activity.record(
        verb="task.done", target=cast.northwind, actor_id=cast.connie.pk, actor_name=cast.connie.name, now=now
    )
    client.force_login(cast.adam)

    def shown() -> str:
        return client.get("/people/audit/", {"verb": "task.done"}).content.decode()

    assert "Connie Contact" in shown()
    User.objects.filter(pk=cast.connie.pk).update(name="Connie Newname")
    assert "Connie Newname" in shown()
    erase_person(person=find_person(cast.connie.email), reason="asked for", now=now)
    assert "Connie" not in shown()
    assert NEUTRAL_NAME in shown()
