"""The audit page: for those who may read the trail; every filter narrows, every row opens, every export is recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, ActivitySeal
from accounts.services import activity
from accounts.services.activity import Origin, reset_origin, set_origin
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def write(cast: Cast, who: str = "tom", *, at: datetime | None = None, **fields: Any) -> Activity:
    user = getattr(cast, who)
    fields = {"verb": "organization.edited", "target": cast.northwind, **fields}
    activity.record(actor_id=user.pk, actor_name=user.name, now=at or timezone.now(), **fields)
    found: Activity = Activity.objects.order_by("-pk").first()  # type: ignore[assignment]
    return found


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse("accounts:audit"), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("who", ["tom", "max", "sara", "lena"])
def test_others_do_not_read_the_trail(cast: Cast, client: Client, who: str) -> None:
    row = write(cast)
    client.force_login(getattr(cast, who))
    for url in (reverse("accounts:audit"), reverse("accounts:audit_target", args=[row.public_id])):
        assert client.get(url).status_code == 403
    assert client.post(reverse("accounts:audit_export")).status_code == 403
    assert not Activity.objects.filter(verb="list.exported").exists()


def test_a_row_shows_before_and_after_and_from_where(cast: Cast, client: Client) -> None:
    token = set_origin(Origin(via="web", address="203.0.113.9", request_id="req-1"))
    try:
        row = write(cast, changes={"name": ["North", "Northwind <b>"], "is_open": [False, True]}, reason="A typo")
    finally:
        reset_origin(token)
    ActivitySeal.objects.create(activity_id=row.pk, at=row.at, position=7, digest="ab" * 32)
    client.force_login(cast.adam)
    shown = page(client)
    for words in ("organization.edited", "Northwind &lt;b&gt;", "A typo", "203.0.113.9", "req-1", "link 7", "ab" * 32):
        assert words in shown
    assert '<td data-label="Before"><span class="was">no</span></td>' in shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"who": "tom"}, {"by tom"}),
        ({"who": "okafor"}, {"by tom"}),
        ({"who": "nobody like that"}, set()),
        ({"verb": "role"}, {"by ana"}),
        ({"kind": "user"}, {"by ana"}),
        ({"object": "northw"}, {"by tom"}),
        ({"verb": "role", "who": "tom"}, set()),
    ],
)
def test_filters_narrow(cast: Cast, client: Client, query: dict[str, str], expected: set[str]) -> None:
    write(cast, "tom", reason="by tom")
    write(cast, "ana", reason="by ana", verb="role.granted", target=cast.nora)
    client.force_login(cast.adam)
    shown = page(client, **query)
    assert {reason for reason in ("by tom", "by ana") if reason in shown} == expected
    assert ("Nothing fits these filters" in shown) == (not expected)


def test_days_are_those_of_the_reader(cast: Cast, client: Client) -> None:
    cast.adam.timezone = "Pacific/Auckland"
    cast.adam.save(update_fields=["timezone"])
    write(cast, at=datetime(2026, 3, 1, 10, 30, tzinfo=UTC), reason="late on the first")
    write(cast, at=datetime(2026, 3, 1, 11, 30, tzinfo=UTC), reason="early on the second")
    client.force_login(cast.adam)
    shown = page(client, since="2026-03-02", until="2026-03-02")
    assert "early on the second" in shown
    assert "late on the first" not in shown


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-03-05", "until": "2026-03-01"},
        {"since": "yesterday"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"verb": "x" * 61},
    ],
)
def test_filters_that_cannot_be_read_say_so(cast: Cast, client: Client, query: dict[str, str]) -> None:
    client.force_login(cast.adam)
    answer = client.get(reverse("accounts:audit"), query)
    assert answer.status_code == 400
    assert "form-errors" in answer.content.decode() or "is-invalid" in answer.content.decode()


def test_names_are_searched_in_the_last_month_unless_days_are_given(cast: Cast, client: Client) -> None:
    write(cast, at=timezone.now() - timedelta(days=60), reason="two months ago")
    client.force_login(cast.adam)
    assert "two months ago" not in page(client, object="north")
    since = (timezone.now() - timedelta(days=90)).date().isoformat()
    assert "two months ago" in page(client, object="north", since=since)


def test_pages_follow_each_other(cast: Cast, client: Client) -> None:
    for number in range(60):
        write(cast, reason=f"number {number:02d}", at=NOW + timedelta(minutes=number))
    client.force_login(cast.adam)
    first = client.get(reverse("accounts:audit"), {"verb": "organization"})
    assert "number 59" in first.content.decode()
    assert "number 05" not in first.content.decode()
    second = client.get(first.context["page"].next_url).content.decode()
    assert "number 05" in second


def test_an_export_is_guarded_and_recorded(cast: Cast, client: Client) -> None:
    write(cast, reason='=HYPERLINK("http://evil.example")')
    write(cast, "ana", verb="role.granted", reason="other")
    client.force_login(cast.adam)
    answer = client.post(f"{reverse('accounts:audit_export')}?verb=organization")
    content = answer.content.decode("utf-8-sig")
    assert "'=HYPERLINK" in content
    assert "other" not in content
    row = Activity.objects.get(verb="list.exported")
    assert (row.actor_id, row.target_name, row.reason) == (cast.adam.pk, "audit", "verb=organization")
    assert row.changes["rows"] == [None, 1]


def test_a_row_leads_to_its_object(cast: Cast, client: Client) -> None:
    row = write(cast)
    client.force_login(cast.adam)
    url = reverse("accounts:audit_target", args=[row.public_id])
    assert client.get(url, {"row": row.pk})["Location"] == reverse(
        "partners:organization", args=[cast.northwind.public_id]
    )
    for wrong in ("", "x", "0", str(row.pk + 1), "9" * 30):
        assert client.get(url, {"row": wrong}).status_code == 404


def test_a_row_without_an_object_leads_nowhere(cast: Cast, client: Client) -> None:
    row = write(cast, target=None, target_type="activity")
    client.force_login(cast.adam)
    assert client.get(reverse("accounts:audit_target", args=[row.public_id]), {"row": row.pk}).status_code == 404
    assert reverse("accounts:audit_target", args=[row.public_id]) not in page(client)
