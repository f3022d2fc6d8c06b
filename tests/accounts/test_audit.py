"""Sealing: in order, without waiting for anybody, and nothing is ever slipped in or left out."""

import io
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections, transaction

from accounts.models import Activity, ActivitySeal, SealMark
from accounts.services import activity, audit
from common.leases import lease

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.services,
    pytest.mark.alone,
]


def write(count: int, verb: str = "test.written") -> None:
    for number in range(count):
        activity.record(
            verb=verb, target=None, target_type="test", target_name=str(number), now=NOW, changes={"n": [1.5, number]}
        )


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("audit", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def as_owner(sql: str, *params: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture(autouse=True)
def _empty_trail(db: None) -> None:
    """Without the rows of the first loading of policies."""
    as_owner("DELETE FROM accounts_activity")


def other_session() -> Any:
    """A connection of its own, as a request beside this one has it; sees and adds everything."""
    settings = connection.settings_dict
    parts = {"user": settings["USER"], "password": settings["PASSWORD"], "host": settings["HOST"]}
    parts |= {"port": str(settings["PORT"]), "dbname": settings["NAME"]}
    found = psycopg2.connect(**{key: value for key, value in parts.items() if value})
    with found.cursor() as cursor:
        cursor.execute("SELECT set_config('hub.scope', 'all', false)")
    found.commit()
    return found


INSERT = (
    "INSERT INTO accounts_activity (public_id, at, actor_name, via, verb, target_type, target_name, changes, reason,"
    " request_id) VALUES (gen_random_uuid(), now(), '', 'web', %s, 'test', '', '{}', '', '')"
)


def test_rows_are_sealed_once_and_the_chain_holds() -> None:
    write(3)
    assert audit.seal(holder="test") == 3
    assert audit.seal(holder="test") == 0
    write(2)
    assert audit.seal(holder="test") == 2
    assert list(ActivitySeal.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    report = audit.verify()
    assert (report.sealed, report.broken, report.unsealed) == (5, None, 0)


def test_a_row_of_a_slow_transaction_is_sealed_late_and_the_chain_holds() -> None:
    slow = other_session()
    try:
        with slow.cursor() as cursor:
            cursor.execute(INSERT, ["test.slow"])
        write(2, "test.fast")
        # The fast ones are younger than the open transaction: they wait, or its row could be slipped in before them.
        assert audit.seal(holder="test") == 0
        assert audit.verify().unsealed == 2
        slow.commit()
    finally:
        slow.close()
    assert audit.seal(holder="test") == 3
    assert audit.verify().broken is None


def test_a_transaction_that_takes_its_id_late_is_sealed_after_higher_ids() -> None:
    slow = other_session()
    try:
        write(1, "test.before")
        with slow.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_activity', 'id'))")
            low_id = cursor.fetchone()[0]
        # Every 32nd number of a sequence is logged, for which its transaction gets an id at once: it ends here.
        slow.commit()
        write(1, "test.between")
        assert audit.seal(holder="test") == 2
        with slow.cursor() as cursor:
            cursor.execute(
                INSERT.replace("(public_id", "(id, public_id").replace("VALUES (", f"VALUES ({low_id}, "), ["test.late"]
            )
        slow.commit()
    finally:
        slow.close()
    assert audit.seal(holder="test") == 1
    assert ActivitySeal.objects.get(position=3).activity_id == low_id
    assert audit.verify().broken is None


def test_two_sealers_do_not_meet() -> None:
    write(2)
    with lease("accounts.seal_activity", "other", 60):
        assert audit.seal(holder="test") == 0
    assert audit.seal(holder="test") == 2


def test_racing_sealers_leave_one_chain() -> None:
    write(30)

    def race() -> None:
        try:
            audit.seal(holder="racer")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audit.seal(holder="test")
    assert ActivitySeal.objects.count() == 30
    assert audit.verify().broken is None


def test_the_daily_run_finds_what_lies_below_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    write(1)
    SealMark.objects.create(pk=1, settled_id=10_000_000)
    assert audit.seal(holder="test") == 0
    assert audit.seal_due(holder="test", now=NOW) == 1
    write(1)
    assert audit.seal_due(holder="test", now=NOW) == 0


def test_the_mark_moves_behind_what_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 5)
    write(12)
    for _round in range(4):
        audit.seal(holder="test")
        write(1)
    mark = SealMark.objects.get()
    newest = Activity.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert 0 < mark.settled_id <= newest - 5
    assert not Activity.objects.filter(pk__lte=mark.settled_id).exclude(
        pk__in=ActivitySeal.objects.values("activity_id")
    )


def test_the_mark_starts_anew_on_another_server() -> None:
    write(1)
    SealMark.objects.create(pk=1, settled_id=0, waiting_id=999_999, waiting_xid=2**40)
    audit.seal(holder="test")
    mark = SealMark.objects.get()
    assert mark.settled_id == 0
    assert mark.waiting_xid < 2**40


@pytest.mark.parametrize(
    ("meddle", "position", "words"),
    [
        ("UPDATE accounts_activity SET reason = 'forged' WHERE id = %s", 2, "not the one that was sealed"),
        ("UPDATE accounts_activity SET at = at + interval '1 year' WHERE id = %s", 2, "moved to another moment"),
        ("DELETE FROM accounts_activity WHERE id = %s", 2, "its row is gone"),
        ("DELETE FROM accounts_activityseal WHERE activity_id = %s", 3, "a link before it is gone"),
    ],
)
def test_verify_names_the_first_row_that_does_not_fit(meddle: str, position: int, words: str) -> None:
    write(4)
    audit.seal(holder="test")
    as_owner(meddle, ActivitySeal.objects.get(position=2).activity_id)
    with pytest.raises(CommandError) as caught:
        run("verify")
    assert f"at link {position}," in str(caught.value)
    assert words in str(caught.value)
    assert caught.value.returncode == 1


def test_verify_says_what_is_not_sealed_yet() -> None:
    write(2)
    audit.seal(holder="test")
    write(3)
    said = run("verify")
    assert "The chain holds: 2 rows" in said
    assert "Not sealed yet: 3 rows" in said


def test_a_kept_digest_shows_a_chain_made_anew() -> None:
    write(3)
    audit.seal(holder="test")
    kept = audit.verify().digest
    assert "The chain holds" in run("verify", "--digest", kept)
    as_owner("UPDATE accounts_activity SET reason = 'forged'")
    as_owner("DELETE FROM accounts_activityseal")
    audit.seal(holder="test", everything=True)
    assert audit.verify().broken is None
    with pytest.raises(CommandError, match="made anew"):
        run("verify", "--digest", kept)


def test_the_application_cannot_touch_the_chain() -> None:
    write(1)
    audit.seal(holder="test")
    for table in ("accounts_activity", "accounts_activityseal"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_export_writes_rows_with_their_links_and_is_recorded(tmp_path: Any) -> None:
    write(2)
    audit.seal(holder="test")
    run("export", str(tmp_path / "trail.jsonl"), "--since", "2026-03-02", "--until", "2026-03-02")
    lines = (tmp_path / "trail.jsonl").read_text().splitlines()
    assert len(lines) == 2
    assert '"position": 1' in lines[0]
    assert Activity.objects.filter(verb="audit.exported", via="command").count() == 1
    with pytest.raises(CommandError, match="there already"):
        run("export", str(tmp_path / "trail.jsonl"))
    with pytest.raises(CommandError, match="not a day"):
        run("export", str(tmp_path / "other.jsonl"), "--since", "yesterday")
