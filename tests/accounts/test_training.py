"""Monthly training: what is due for whom, writing it down, how much of it is done, and the reminder."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Notification, TrainingModule, TrainingRecord
from accounts.rules import training as rules
from accounts.selectors import training as reading
from accounts.services import training
from common.errors import Conflict, DomainError, Missing, NotAllowed
from tests.cast import Cast
from tests.factories.accounts import give_roles, take_role

MARCH = date(2026, 3, 1)
NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "name": "Security",
    "description": "Phishing, passwords, and what to do then",
    "link": "https://learn.example/security",
    "roles": ["support", "senior"],
    "is_required": True,
    "since": date(2026, 2, 17),
}


def module(**fields: Any) -> TrainingModule:
    values = {"name": "Product", "roles": ["support", "senior", "tam"], "since": date(2026, 1, 1), **fields}
    return TrainingModule.objects.create(**values)


RULE = rules.Module(id=1, roles=frozenset({"support"}), is_required=True, since=MARCH, ends=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("roles", "month", "is_required", "expected"),
    [
        ({"support"}, MARCH, True, True),
        ({"support", "tam"}, date(2026, 5, 1), True, True),
        ({"tam"}, MARCH, True, False),
        (set(), MARCH, True, False),
        ({"support"}, date(2026, 2, 1), True, False),
        ({"support"}, date(2026, 6, 1), True, False),
        ({"support"}, MARCH, False, False),
    ],
)
def test_what_is_due(roles: set[str], month: date, is_required: bool, expected: bool) -> None:
    one = rules.Module(id=1, roles=RULE.roles, is_required=is_required, since=RULE.since, ends=RULE.ends)
    assert rules.is_due(one, roles=roles, month=month) is expected


PAIRS = st.sets(st.tuples(st.integers(1, 5), st.integers(1, 4)), max_size=12)


@given(PAIRS, PAIRS)
def test_completion_counts_what_is_due_alone(due: set[tuple[int, int]], done: set[tuple[int, int]]) -> None:
    found = rules.completion(due, done)
    assert (found.due, found.done) == (len(due), len(due & done))
    assert found.share is None or 0 <= found.share <= 1
    assert found.is_whole == (due <= done)


@pytest.mark.parametrize(
    ("day", "is_time"),
    [
        (date(2026, 2, 21), False),
        (date(2026, 2, 22), True),
        (date(2026, 2, 28), True),
        (date(2028, 2, 22), False),
        (date(2026, 12, 25), True),
        (date(2026, 12, 24), False),
        (date(2026, 3, 1), False),
    ],
)
def test_the_last_week_of_a_month(day: date, is_time: bool) -> None:
    assert rules.is_time_to_remind(day) is is_time


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-30, 30))
def test_months_forth_and_back(day: date, count: int) -> None:
    month = rules.month_of(day)
    assert rules.month_after(rules.month_after(month, count), -count) == month


@pytest.mark.django_db
def test_modules_are_kept_by_those_who_look_after_training(cast: Cast) -> None:
    sara = cast.actor("sara")
    made = training.add_module(by=sara, values=VALUES, now=NOW)
    assert (made.since, made.roles) == (date(2026, 2, 1), ["senior", "support"])
    for changed, field in (
        ({"name": " "}, "name"),
        ({"name": "security"}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"link": "javascript:alert(1)"}, "link"),
    ):
        with pytest.raises(DomainError) as refused:
            training.add_module(by=sara, values=VALUES | {"name": "Another"} | changed, now=NOW)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        training.add_module(by=cast.actor("sue"), values=VALUES, now=NOW)
    after = training.edit_module(by=sara, module=made, values={"is_required": False}, version=1, now=NOW)
    assert (after.is_required, after.version) == (False, 2)
    with pytest.raises(Conflict):
        training.edit_module(by=sara, module=made, values={"is_required": True}, version=1, now=NOW)
    assert training.archive_module(by=sara, module=made, now=NOW).archived_at == NOW


@pytest.mark.django_db
def test_one_writes_down_what_one_did(cast: Cast) -> None:
    one, sue = module(), cast.actor("sue")
    first = training.complete(by=sue, module=one, month=MARCH, result="failed", note="Once more", now=NOW)
    again = training.complete(by=sue, module=one, month=MARCH, result="passed", now=NOW)
    assert (first.pk, again.result, again.note, again.version) == (again.pk, "passed", "", 2)
    assert training.complete(by=sue, module=one, month=date(2026, 2, 1), now=NOW).pk != first.pk
    sent: dict[str, Any] = {"by": sue, "module": one, "month": MARCH, "now": NOW}
    for changed, code in (
        ({"month": date(2026, 1, 1)}, "settled"),
        ({"month": date(2026, 4, 1)}, "settled"),
        ({"by": cast.actor("paul")}, "not_yours"),
        ({"certificate": "ftp://learn.example/1"}, "no_link"),
        ({"result": "great"}, "invalid"),
        ({"note": "x" * 501}, "invalid"),
    ):
        with pytest.raises(DomainError) as refused:
            training.complete(**{**sent, **changed})
        assert refused.value.code == code
    for who in ("connie", "nora"):
        with pytest.raises(NotAllowed):
            training.complete(by=cast.actor(who), module=one, month=MARCH, now=NOW)
    with pytest.raises(Missing):
        training.take_back(by=cast.actor("sven"), record=again, now=NOW)
    with pytest.raises(DomainError):
        training.take_back(by=sue, record=again, now=NOW + timedelta(days=60))
    training.take_back(by=sue, record=again, now=NOW)
    assert not TrainingRecord.objects.filter(month=MARCH).exists()


@pytest.mark.django_db
def test_who_has_done_how_much(cast: Cast) -> None:
    one, two = module(), module(name="Tone", roles=["support"])
    module(name="For fun", is_required=False)
    module(name="Later", since=date(2026, 4, 1))
    gone = module(name="Gone")
    TrainingModule.objects.filter(pk=gone.pk).update(archived_at=datetime(2026, 3, 2, tzinfo=UTC))
    training.complete(by=cast.actor("sue"), module=one, month=MARCH, now=NOW)
    training.complete(by=cast.actor("sue"), module=two, month=MARCH, result="failed", now=NOW)
    # Somebody who held the role at the end of March alone.
    give_roles(cast.petra, "support")
    take_role(cast.petra, "support", at=datetime(2026, 4, 10, tzinfo=UTC))
    found = reading.team_month(cast.actor("sara"), MARCH, now=datetime(2026, 5, 1, tzinfo=UTC))
    lines = {line.name: (line.completion.done, line.completion.due) for line in found.people}
    assert lines == {"Sue Tanaka": (1, 2), "Sven Aalto": (0, 1), "Tom Okafor": (0, 1), "Otto Brandt": (0, 1)} | {
        "Petra Okafor": (0, 2)
    }
    assert (found.completion.done, found.completion.due) == (1, 7)
    assert next(line.missing for line in found.people if line.name == "Sue Tanaka") == ["Tone"]
    led = reading.team_month(cast.actor("lena"), MARCH, now=NOW)
    assert {line.name for line in led.people} >= {"Tom Okafor"}
    own = reading.own_month(cast.actor("sue"), MARCH, now=NOW)
    assert [(row.module.name, row.is_required, row.is_done) for row in own.rows] == [
        ("Product", True, True),
        ("Tone", True, False),
        ("For fun", False, False),
    ]


@pytest.mark.django_db
def test_people_are_reminded_once_in_the_last_week(cast: Cast) -> None:
    one = module(roles=["support", "senior"])
    training.complete(by=cast.actor("sue"), module=one, month=MARCH, now=NOW)
    assert training.remind(now=NOW) == 0
    late = datetime(2026, 3, 26, tzinfo=UTC)
    assert training.remind(now=late) == 1
    assert training.remind(now=late + timedelta(days=2)) == 0
    notice = Notification.objects.get(kind="training")
    assert (notice.user, notice.body) == (cast.sven, "Product")
    assert training.remind(now=datetime(2026, 4, 28, tzinfo=UTC)) == 2


@pytest.mark.django_db
def test_pages(cast: Cast) -> None:
    one = module()
    for who, statuses in {
        "sue": (200, 403, 200, 403),
        "tom": (200, 403, 200, 403),
        "lena": (200, 200, 200, 200),
        "sara": (200, 200, 200, 200),
        "max": (200, 200, 200, 200),
        "sam": (200, 403, 200, 403),
        "connie": (404, 404, 404, 404),
    }.items():
        client = Client()
        client.force_login(getattr(cast, who))
        paths = ("", "everybody/", "modules/", "modules/new/")
        assert tuple(client.get(f"/training/{path}").status_code for path in paths) == statuses, who
    client = Client()
    client.force_login(cast.sue)
    assert client.get("/training/?month=2026-99").status_code == 200
    url = f"/training/modules/{one.public_id}/done/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"result": "great"}).status_code == 422
    sent = {"result": "passed", "note": "<b>Fine</b>", "certificate": "https://learn.example/1"}
    assert client.post(url, sent).status_code == 302
    page = client.get("/training/").content.decode()
    assert "&lt;b&gt;Fine" in page
    assert "1 of 1 done" in page
    record = TrainingRecord.objects.get()
    client.force_login(cast.tom)
    assert client.post(f"/training/records/{record.public_id}/take-back/").status_code == 404
    assert client.get("/api/v1/training-records/").json()["results"] == []
    client.force_login(cast.sara)
    assert client.get("/training/everybody/").content.decode().count("All done") == 1
    file = client.post("/training/export/", {"month": f"{timezone.now():%Y-%m}"}).content.decode()
    assert "Sue Tanaka,Product,Passed" in file
    assert client.get("/api/v1/training-records/?result=passed").json()["results"][0]["person"]["name"] == "Sue Tanaka"
    new = {"name": "Tone", "roles": ["support"], "since": "2026-03-09", "is_required": "on"}
    assert client.post("/training/modules/new/", new | {"roles": "king"}).status_code == 422
    assert client.post("/training/modules/new/", new).status_code == 302
    client.force_login(cast.sue)
    assert client.post("/training/export/").status_code == 403
