"""The API of people and of the house: who am I, roles, calendars, saved views, policies, the audit trail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Activity, CalendarVersion, Notification, SavedView, WorkCalendar
from tests.cast import Cast
from tests.hub.api_world import BASE, call, token_of

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def berlin(db: None) -> WorkCalendar:
    calendar = WorkCalendar.objects.create(name="Berlin")
    for number, (since, week) in enumerate(
        ((MONDAY - timedelta(days=90), WEEK), (MONDAY + timedelta(days=30), {"mon": [["10:00", "12:00"]]})), start=1
    ):
        CalendarVersion.objects.create(
            calendar=calendar, number=number, effective_at=since, timezone="Europe/Berlin", country="DE", weekly=week
        )
    return calendar


def test_who_am_i(cast: Cast) -> None:
    me = call(cast.tom, "get", f"{BASE}/me/").json()
    assert (me["name"], me["roles"]) == ("Tom Okafor", ["tam"])
    assert "edit_organization" in me["capabilities"]
    assert "manage_people" not in me["capabilities"]


def test_single_objects_are_told_once(cast: Cast) -> None:
    first = call(cast.tom, "get", f"{BASE}/me/")
    again = call(cast.tom, "get", f"{BASE}/me/", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    either = call(cast.tom, "get", f"{BASE}/me/", **{"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert either.status_code == 304
    type(cast.tom).objects.filter(pk=cast.tom.pk).update(name="Tom O.")
    changed = call(cast.tom, "get", f"{BASE}/me/", **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_the_roles_of_the_policy_in_force(cast: Cast) -> None:
    found = call(cast.tom, "get", f"{BASE}/access/").json()
    roles = {role["role"]: role for role in found["roles"]}
    stages = {(one["kind"], one["stage"]): one["rights"] for one in roles["tam"]["stages"]}
    assert stages["partner", "gate_3"] == ["see", "work"]
    assert ("partner", "gate_2") not in stages
    assert roles["manager"]["sees_everything"]
    assert not roles["manager"]["works_everywhere"]
    assert roles["sales"]["takes_part"]
    words = {one["name"]: one["words"] for one in found["capabilities"]}
    assert words["import_data"] == "import data from files and other tools"


def test_colleagues_by_role(cast: Cast) -> None:
    names = {row["name"] for row in call(cast.ana, "get", f"{BASE}/users/?role=tam").json()["results"]}
    assert names == {"Tom Okafor", "Otto Brandt"}
    assert call(cast.ana, "get", f"{BASE}/users/{cast.connie.public_id}/").status_code == 404


def test_a_team_with_its_leads(cast: Cast) -> None:
    [team] = [t for t in call(cast.ana, "get", f"{BASE}/teams/").json()["results"] if t["name"] == "Technical success"]
    one = call(cast.ana, "get", f"{BASE}/teams/{team['id']}/").json()
    assert (one["leads"], one["members"]) == (["Lena Vogel"], ["Tom Okafor"])


def test_notices_are_ones_own(cast: Cast) -> None:
    for person in (cast.tom, cast.otto):
        Notification.objects.create(user=person, kind="owners", title="For you", key="k", created_at=MONDAY)
    [mine] = call(cast.tom, "get", f"{BASE}/notifications/?unread=true").json()["results"]
    assert call(cast.otto, "post", f"{BASE}/notifications/{mine['id']}/read/").status_code == 404
    assert call(cast.tom, "post", f"{BASE}/notifications/{mine['id']}/read/").status_code == 204
    assert call(cast.tom, "get", f"{BASE}/notifications/?unread=true").json()["results"] == []
    assert call(cast.otto, "post", f"{BASE}/notifications/read-all/").status_code == 204
    assert not Notification.objects.filter(read_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("open/?at=2026-03-02T08:30:00Z", {"is_open": True, "next_opening_at": "2026-03-02T08:30:00Z", "version": 1}),
        ("open/?at=2026-03-02T17:00:00Z", {"is_open": False, "next_opening_at": "2026-03-03T08:00:00Z", "version": 1}),
        ("open/?at=2026-12-25T10:00:00%2B01:00", {"is_open": False, "is_holiday": True, "version": 2}),
        ("due/?start=2026-03-02T15:00:00Z&seconds=7200", {"due_at": "2026-03-03T09:00:00Z", "version": 1}),
        ("between/?start=2026-03-02T00:00:00Z&end=2026-03-09T00:00:00Z", {"seconds": 5 * 8 * 3600.0}),
        ("open/?at=2027-01-04T10:30:00%2B01:00", {"is_open": True, "version": 2}),
    ],
)
def test_questions_of_business_time(cast: Cast, berlin: WorkCalendar, question: str, expected: dict[str, Any]) -> None:
    answer = call(cast.sue, "get", f"{BASE}/calendars/{berlin.public_id}/{question}")
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in expected} == expected


@pytest.mark.parametrize(
    "question",
    [
        "open/",
        "open/?at=yesterday",
        "open/?at=0001-01-01T00:00:00Z",
        "open/?at=9999-12-31T23:59:59Z",
        "due/?start=2026-03-02T15:00:00Z&seconds=-1",
        "due/?start=2026-03-02T15:00:00Z&seconds=99999999999",
        "between/?start=2026-03-02T15:00:00Z",
    ],
)
def test_questions_that_have_no_answer(cast: Cast, berlin: WorkCalendar, question: str) -> None:
    answer = call(cast.sue, "get", f"{BASE}/calendars/{berlin.public_id}/{question}")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_versions_of_a_calendar(cast: Cast, berlin: WorkCalendar) -> None:
    rows = call(cast.sue, "get", f"{BASE}/calendars/{berlin.public_id}/versions/").json()
    assert [(row["number"], row["country"]) for row in rows] == [(2, "DE"), (1, "DE")]
    empty = WorkCalendar.objects.create(name="No hours")
    answer = call(cast.sue, "get", f"{BASE}/calendars/{empty.public_id}/open/?at=2026-03-02T08:30:00Z")
    assert answer.status_code == 404


def test_saved_views_are_kept_changed_shared_and_deleted(cast: Cast) -> None:
    views = f"{BASE}/saved-views/"
    made = call(cast.tom, "post", views, {"page": "organizations", "name": "Mine", "query": "stage=gate_3"})
    assert made.status_code == 201
    one = f"{views}{made.json()['id']}/"
    assert call(cast.otto, "get", one).status_code == 404
    assert call(cast.tom, "patch", one, {"is_shared": True}).status_code == 428
    shared = call(cast.tom, "patch", one, {"is_shared": True}, **{"If-Match": made["ETag"]})
    assert (shared.status_code, shared.json()["is_shared"]) == (200, True)
    late = call(cast.tom, "patch", one, {"name": "Late"}, **{"If-Match": made["ETag"]})
    assert late.status_code == 412
    seen = call(cast.otto, "get", one)
    assert (seen.json()["is_own"], seen.json()["owner_name"]) == (False, "Tom Okafor")
    refused = call(cast.otto, "patch", one, {"name": "Taken"}, **{"If-Match": seen["ETag"]})
    assert refused.status_code == 403
    assert call(cast.otto, "delete", one).status_code == 403
    assert call(cast.tom, "delete", one).status_code == 204
    assert not SavedView.objects.exists()


def test_policies_are_for_those_who_keep_them(cast: Cast) -> None:
    assert call(cast.max, "get", f"{BASE}/policies/").status_code == 403
    rows = call(cast.adam, "get", f"{BASE}/policies/?is_active=true").json()["results"]
    assert {"access", "tiers", "segments", "gemstones"} <= {row["name"] for row in rows}
    one = call(cast.adam, "get", f"{BASE}/policies/access/")
    assert "rights" in one.json()["body"]
    same = call(cast.adam, "get", f"{BASE}/policies/access/versions/{one.json()['version']}/")
    assert same.json() == one.json()
    for path in ("policies/nothing/", "policies/access/versions/99/", f"policies/access/versions/{9**30}/"):
        assert call(cast.adam, "get", f"{BASE}/{path}").status_code == 404


def test_the_trail_is_read_by_those_who_may(cast: Cast) -> None:
    for number, person in enumerate((cast.tom, cast.ana)):
        Activity.objects.create(
            at=MONDAY + timedelta(hours=number),
            actor_id=person.pk,
            actor_name=person.name,
            verb="organization.edited",
            target_type="organization",
            changes={"industry": ["", "Energy"]},
        )
    assert call(cast.max, "get", f"{BASE}/audit/").status_code == 403
    query = f"actor={cast.tom.public_id}&verb=organization.edited&since=2026-03-01T00:00:00Z"
    [row] = call(cast.adam, "get", f"{BASE}/audit/?{query}").json()["results"]
    assert (row["actor_name"], row["changes"]) == ("Tom Okafor", {"industry": ["", "Energy"]})
    none = call(cast.adam, "get", f"{BASE}/audit/?verb=organization.edited&until=2026-03-01T00:00:00Z").json()
    assert none["results"] == []


def test_the_rate_is_counted_and_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("common.api.ActorThrottle.THROTTLE_RATES", {"actor": "2/min"})
    client, headers = Client(), {"Authorization": f"Bearer {token_of(cast.tom)}"}
    left = [client.get(f"{BASE}/me/", headers=headers)["X-RateLimit-Remaining"] for _call in range(2)]
    assert left == ["1", "0"]
    refused = client.get(f"{BASE}/me/", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert int(refused["Retry-After"]) > 0
    assert refused["X-RateLimit-Limit"] == "2"
    # Everybody has a rate of their own.
    assert call(cast.ana, "get", f"{BASE}/me/").status_code == 200
    cache.clear()


def test_without_the_cache_people_go_on_working(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.cache", type("Away", (), {"get": away}))
    assert call(cast.tom, "get", f"{BASE}/me/").status_code == 200


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        ("audit", "cD1nYXJiYWdl"),
        ("notifications", "cD1nYXJiYWdl"),
        ("users", "cD0lMDA="),
        ("users", "bz0tMQ=="),
        ("policies", "%FF%FE"),
    ],
)
def test_a_cursor_that_was_not_given_out(cast: Cast, path: str, cursor: str) -> None:
    answer = call(cast.adam, "get", f"{BASE}/{path}/?cursor={cursor}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
