"""References: who may be asked and when it is too much; asking, what comes of it, and the list of all."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Notification
from common.errors import Conflict, DomainError, NotAllowed
from partners.models import ReferenceRequest, Win
from partners.rules.references import MOST_IN_A_YEAR, REST_DAYS, YEAR, Hindered, Hindrance, Willing, hindered
from partners.services import erasure, references, wins
from partners.services.person_records import find_person
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
WILLING = Willing(is_reference=True, has_consent=True)


@pytest.mark.parametrize(
    ("willing", "days_ago", "expected"),
    [
        (WILLING, (), None),
        (Willing(is_reference=True, has_consent=False), (), Hindered(why=Hindrance.NO_CONSENT)),
        (Willing(is_reference=False, has_consent=True), (), Hindered(why=Hindrance.NOT_WILLING)),
        (Willing(is_reference=True, has_consent=True, consent_until=TODAY), (), None),
        (
            Willing(is_reference=True, has_consent=True, consent_until=TODAY - DAY),
            (),
            Hindered(why=Hindrance.RAN_OUT),
        ),
        (WILLING, (0,), Hindered(why=Hindrance.ASKED_LATELY, free_on=TODAY + REST_DAYS * DAY)),
        (WILLING, (REST_DAYS - 1,), Hindered(why=Hindrance.ASKED_LATELY, free_on=TODAY + DAY)),
        (WILLING, (REST_DAYS,), None),
        (WILLING, (70, 140), None),
        (WILLING, (70, 140, 210), Hindered(why=Hindrance.ASKED_OFTEN, free_on=TODAY + (YEAR - 210) * DAY)),
        (WILLING, (70, 140, YEAR), None),
        (WILLING, (1, 140, 210), Hindered(why=Hindrance.ASKED_OFTEN, free_on=TODAY + (YEAR - 210) * DAY)),
        (WILLING, (1, 362, 364), Hindered(why=Hindrance.ASKED_LATELY, free_on=TODAY + (REST_DAYS - 1) * DAY)),
    ],
)
def test_people_are_left_in_peace(willing: Willing, days_ago: tuple[int, ...], expected: Hindered | None) -> None:
    assert MOST_IN_A_YEAR == 3
    assert hindered(willing, [TODAY - ago * DAY for ago in days_ago], TODAY) == expected


def told(cast: Cast, **values: Any) -> Win:
    """A win of Northwind that may be told."""
    sent = {
        "title": "Live in six weeks",
        "achieved_on": timezone.localdate(NOW),
        "consent": "given",
        "contact": make_contact(cast.northwind),
        "is_reference": True,
        **values,
    }
    return wins.add(by=cast.actor("tom"), organization=cast.northwind, values=sent, now=NOW)


@pytest.mark.django_db
def test_asking_once_and_what_comes_of_it(cast: Cast) -> None:
    by, win, today = cast.actor("tom"), told(cast), timezone.localdate(NOW)
    sent: dict[str, Any] = {"by": by, "win": win, "wanted_for": "A bank in Oslo", "now": NOW}
    for broken, fault in (
        ({"wanted_for": " "}, "wanted_for"),
        ({"wanted_until": today - DAY}, "wanted_until"),
        ({"win": told(cast, is_reference=False)}, "not_willing"),
    ):
        with pytest.raises(DomainError) as caught:
            references.ask(**{**sent, **broken})
        assert fault in (caught.value.field, caught.value.code)
    with pytest.raises(NotAllowed):
        references.ask(**{**sent, "by": cast.actor("sam")})
    Notification.objects.all().delete()
    made = references.ask(**sent, wanted_until=today)
    assert (made.state, made.asked_on) == ("asked", today)
    heard = set(Notification.objects.filter(kind="references").values_list("user__name", flat=True))
    assert "Ana Silva" in heard
    assert cast.tom.name not in heard
    with pytest.raises(DomainError) as lately:
        references.ask(**sent)
    assert lately.value.code == "asked_lately"
    with pytest.raises(Conflict):
        references.settle(by=by, reference=made, state="agreed", version=9, now=NOW)
    references.settle(by=by, reference=made, state="agreed", version=1, now=NOW)
    for state, note, field in (("asked", "", "state"), ("declined", "", "note")):
        with pytest.raises(DomainError) as caught:
            references.settle(by=by, reference=made, state=state, note=note, now=NOW)
        assert caught.value.field == field
    references.settle(by=by, reference=made, state="served", note="A call of an hour", now=NOW)
    made = ReferenceRequest.objects.get()
    assert (made.state, made.closed_on, made.closing_note) == ("served", today, "A call of an hour")
    with pytest.raises(DomainError):
        references.settle(by=by, reference=made, state="declined", note="No", now=NOW)


@pytest.mark.django_db
def test_erasure_reaches_for_whom_a_reference_was_asked(cast: Cast) -> None:
    person = make_contact(cast.northwind, name="Zebulon Quill", email="zebulon@quill.example")
    sent: dict[str, Any] = {"by": cast.actor("tom"), "now": NOW}
    made = references.ask(win=told(cast), wanted_for="A friend of Zebulon Quill", **sent)
    references.settle(reference=made, state="declined", note="Zebulon Quill is away", **sent)
    erasure.erase_person(person=find_person(person.email), reason="Asked for", now=NOW)
    made.refresh_from_db()
    kept = [made.wanted_for, made.closing_note, *made.events.values_list("closing_note", flat=True)]
    assert not [words for words in kept if "Quill" in words]
