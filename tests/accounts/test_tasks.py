"""Background work of people and access: each task is run twice, and the second run changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from accounts import tasks
from accounts.models import Activity, ActivitySeal, Delivery
from accounts.services import activity, audit
from accounts.services.notifications import NoticeKind, notify, register_kind
from accounts.services.partitions import ensure_activity_partitions
from common.models import Outbox
from common.scope import Scope, scoped
from tests.factories.accounts import make_user

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.services]


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'accounts_activity'::regclass"
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.alone
def test_sealing_twice_seals_once() -> None:
    activity.record(verb="test.done", target=None, target_type="test", now=timezone.now())
    tasks.seal_activity()
    sealed = list(ActivitySeal.objects.values_list("activity_id", "digest"))
    assert sealed
    tasks.seal_activity()
    assert list(ActivitySeal.objects.values_list("activity_id", "digest")) == sealed


def test_digests_twice_queue_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.services.notifications._kinds", {})
    kind = register_kind(NoticeKind(key="test", label="Test", delivery=Delivery.DIGEST))
    user = make_user("tam")
    morning = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    with scoped(Scope.all()):
        notify(user_ids=[user.pk], kind=kind, title="News", key="k", now=morning - timedelta(hours=12))
    with time_machine.travel(morning, tick=False):
        tasks.send_digests()
        tasks.send_digests()
    assert Outbox.objects.filter(topic="accounts.digest_mail").count() == 1


def test_months_are_made_ahead_once() -> None:
    ahead = datetime(2031, 5, 20, tzinfo=UTC)
    with time_machine.travel(ahead, tick=False):
        tasks.ensure_activity_partitions()
        made = partitions()
        tasks.ensure_activity_partitions()
    assert {"accounts_activity_2031_05", "accounts_activity_2031_08"} <= made
    assert partitions() == made


@pytest.mark.alone
def test_rows_that_came_before_their_month_move_to_it_and_stay_sealed() -> None:
    long_ago = datetime(1999, 12, 31, 12, 0, tzinfo=UTC)
    activity.record(verb="test.imported", target=None, target_type="test", now=long_ago)
    audit.seal(holder="test")
    assert ensure_activity_partitions(now=timezone.now(), since=long_ago.date()) > 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM accounts_activity WHERE verb = 'test.imported'")
        assert cursor.fetchall() == [("accounts_activity_1999_12",)]
    assert audit.seal(holder="test") == 0
    assert audit.verify().broken is None
    assert Activity.objects.filter(verb="test.imported").count() == 1
