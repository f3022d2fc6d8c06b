"""Rare rows among many are found by an index."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Activity
from accounts.selectors.audit import trail
from accounts.services import activity
from accounts.services.activity import Happening
from common.models import Outbox
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def indexes(rows: QuerySet[Any]) -> list[str]:
    """Which indexes are read, and what for. Reading a whole table is made dear, since tables of tests are small."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    found: list[str] = []

    def walk(plan: dict[str, Any]) -> None:
        if "Index Name" in plan:
            found.append(f"{plan['Index Name']}: {plan.get('Index Cond', 'all')}")
        for child in plan.get("Plans", ()):
            walk(child)

    walk(json.loads(rows.explain(format="json"))[0]["Plan"])
    return found


def write(cast: Cast, verb: str, count: int) -> None:
    activity.record_many(verb=verb, happenings=[Happening(target=cast.northwind)] * count, now=NOW)


@pytest.mark.parametrize("asked", ["zeal.shown", "zeal", "zeal."])
def test_a_rare_verb(cast: Cast, asked: str) -> None:
    write(cast, "organization.edited", 2_000)
    write(cast, "zeal.shown", 2)
    rows = trail(cast.actor("adam"), {"verb": asked, "since": NOW.date()}, now=NOW)
    assert {row.verb for row in rows} == {"zeal.shown"}
    assert rows.count() == 2
    assert any("verb" in index.split(": ")[1] for index in indexes(rows.order_by()))


def test_the_beginning_of_a_verb_is_meant_letter_by_letter(cast: Cast) -> None:
    for verb in ("role.granted", "role.ended", "roles.read", "rolf.made", "Role.granted", "ro", "organization.edited"):
        write(cast, verb, 1)
    rows = trail(cast.actor("adam"), {"verb": "role"}, now=NOW)
    assert {row.verb for row in rows} == {"role.granted", "role.ended", "roles.read"}
    assert Activity.objects.filter(verb="rolf.made").exists()


def test_effects_that_were_set_aside(cast: Cast) -> None:
    Outbox.objects.bulk_create(
        Outbox(topic="mail", available_at=NOW, done_at=NOW + timedelta(seconds=number)) for number in range(500)
    )
    Outbox.objects.create(topic="mail", available_at=NOW, set_aside_at=NOW)
    rows = Outbox.objects.filter(set_aside_at__isnull=False).order_by("-set_aside_at")
    assert rows.count() == 1
    assert indexes(rows) == ["outbox_set_aside: all"]
