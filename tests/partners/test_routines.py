"""Checklists of roles: the pack, the periods, ticks of one's own, and what ticks itself off."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError, NotAllowed
from common.pack_files import read_pack
from health.services import pulses
from partners.models import Assignment, RoutineTick, Touchpoint
from partners.rules.routines import Rhythm, parse_routines, period_of
from partners.selectors.routines import own_routines
from partners.services import routines
from tests.cast import Cast
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "routines.yaml").body
POLICY = parse_routines(BODY, version=2)


def test_the_shipped_lists_are_those_of_the_guides() -> None:
    found = {(one.role, one.every.value): len(one.items) for one in POLICY.routines}
    assert {key: count for key, count in found.items() if key[0] in ("tam", "csm")} == {
        ("tam", "week"): 4, ("tam", "month"): 4, ("tam", "quarter"): 4,
        ("csm", "day"): 2, ("csm", "week"): 1, ("csm", "quarter"): 1,
    }  # fmt: skip
    assert {"support", "supportlead", "csmlead"} <= {role for role, _every in found}
    assert [one.every.value for one in POLICY.of_roles({"tam"})] == ["week", "month", "quarter"]
    assert POLICY.of_roles({"nobody"}) == ()


@pytest.mark.parametrize(
    ("every", "day", "first", "after"),
    [
        (Rhythm.DAY, date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 1)),
        (Rhythm.WEEK, date(2026, 3, 1), date(2026, 2, 23), date(2026, 3, 2)),
        (Rhythm.WEEK, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 9)),
        (Rhythm.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        (Rhythm.QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 4, 1)),
        (Rhythm.QUARTER, date(2026, 11, 5), date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_periods(every: Rhythm, day: date, first: date, after: date) -> None:
    assert period_of(every, day) == (first, after)


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("colour", "red", "colour", "unknown entry"),
        ("routines", [], "routines", "must not be empty"),
        ("routines[0].role", "boss", "routines[0].role", "one of pam"),
        ("routines[0].every", "year", "routines[0].every", "one of day, week"),
        ("routines[0].items", [], "routines[0].items", "must not be empty"),
        ("routines[0].items[0].id", "Look here", "routines[0].items[0].id", "small letters"),
        ("routines[0].items[0].id", "tam_tickets", "routines[0].items[1].id", "is there already"),
        ("routines[0].items[0].label", {"de": "Da"}, "routines[0].items[0].label", '"en" is missing'),
        ("routines[0].items[0].label", GONE, "routines[0].items[0]", '"label" is missing'),
        ("routines[0].items[0].page", "lunch", "routines[0].items[0].page", "one of calendar"),
        ("routines[1].items[0].id", "tam_metrics", "routines[1].items[0].id", "another rhythm"),
        ("routines[1].every", "week", "routines[1].every", "is there already"),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_routines, changed(BODY, place, value), at=at, words=words)


def done(cast: Cast, name: str, now: datetime) -> set[str]:
    cards = own_routines(cast.actor(name), now=now)
    return {item.id for card in cards for item in card.items if item.is_done}


@pytest.mark.django_db
def test_ticks_begin_anew_with_each_period(cast: Cast) -> None:
    now, tom = datetime(2026, 3, 4, 9, tzinfo=ZoneInfo("Europe/Berlin")), cast.actor("tom")
    for _again in range(2):
        routines.tick(by=tom, item="tam_metrics", now=now)
    routines.tick(by=tom, item="tam_review", now=now)
    assert RoutineTick.objects.count() == 2
    assert done(cast, "tom", now + timedelta(days=2)) == {"tam_metrics", "tam_review"}
    assert done(cast, "tom", now + timedelta(days=7)) == {"tam_review"}
    assert done(cast, "tom", now + timedelta(days=60)) == set()
    assert done(cast, "carl", now) == set()
    routines.untick(by=tom, item="tam_metrics", now=now)
    assert done(cast, "tom", now) == {"tam_review"}
    with pytest.raises(DomainError):
        routines.tick(by=tom, item="csm_scores", now=now)
    with pytest.raises(NotAllowed):
        routines.tick(by=cast.actor("connie"), item="tam_metrics", now=now)


@pytest.mark.django_db
def test_what_ticks_itself_off(cast: Cast) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    assert done(cast, "tom", now) == set()
    row = Touchpoint.objects.create(
        organization=cast.northwind, kind="check_in", planned_on=today, owner=cast.tom, state="done"
    )
    assert done(cast, "tom", now) == {"tam_check_in"}
    Touchpoint.objects.create(organization=cast.northwind, kind="check_in", planned_on=today, owner=cast.tom)
    assert done(cast, "tom", now) == set()
    Touchpoint.objects.exclude(pk=row.pk).update(state="skipped", skip_reason="Fair")
    owned = Assignment.objects.active().filter(user=cast.tom, is_primary=True)
    for tie in owned.visible_to(cast.actor("tom")).select_related("organization"):
        pulses.give(organization=tie.organization, value="green", by=cast.actor("tom"), now=now)
    assert done(cast, "tom", now) == {"tam_check_in", "tam_scorecard"}


@pytest.mark.django_db
def test_on_the_page(client: Client, cast: Cast) -> None:
    page, address = reverse("partners:routines"), reverse("partners:routine_tick")
    client.force_login(cast.tom)
    assert "Look through the metrics" in client.get(page).content.decode()
    client.post(address, {"item": "tam_metrics"})
    assert "1 of 4" in client.get(page).content.decode()
    client.post(address, {"item": "tam_metrics", "undo": "1"})
    client.post(address, {"item": "nonsense"})
    assert not RoutineTick.objects.exists()
    client.force_login(cast.ana)
    assert "No checklist for your role" in client.get(page).content.decode()
    client.force_login(cast.connie)
    assert client.get(page).status_code == 404
