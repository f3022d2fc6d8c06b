"""A key is taken once; it is free again when nothing came of it, and after a day."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from common.models import SentKey
from common.services import sent_keys
from common.services.sent_keys import KEPT, Claim, fingerprint_of
from common.tasks import forget_sent_keys

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def claim(*, user_id: int = 1, key: str = "k", fingerprint: str = "f", now: datetime = NOW) -> Claim:
    return sent_keys.claim(user_id=user_id, key=key, fingerprint=fingerprint, now=now)


@pytest.mark.django_db
def test_the_second_gets_what_the_first_made() -> None:
    first = claim()
    sent_keys.settle(claim=first, result="/made/")
    second = claim(fingerprint="other")
    assert not first.is_repeat
    assert (second.is_repeat, second.result, second.fingerprint) == (True, "/made/", "f")


@pytest.mark.django_db
def test_keys_are_of_one_person() -> None:
    claim()
    assert not claim(user_id=2).is_repeat
    assert not claim(key="another").is_repeat


@pytest.mark.django_db
def test_a_key_that_made_nothing_is_free_again() -> None:
    sent_keys.release(claim=claim())
    assert not claim().is_repeat


@pytest.mark.django_db
def test_a_key_counts_for_a_day() -> None:
    claim()
    assert claim(now=NOW + KEPT - timedelta(seconds=1)).is_repeat
    assert not claim(now=NOW + KEPT).is_repeat


@pytest.mark.django_db
def test_old_keys_are_forgotten() -> None:
    claim(key="old", now=NOW - KEPT)
    claim(key="young", now=NOW)
    assert sent_keys.forget_old(now=NOW) == 1
    assert list(SentKey.objects.values_list("key", flat=True)) == ["young"]
    forget_sent_keys()
    assert not SentKey.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_the_same_moment_waits_for_the_first(fails: bool) -> None:
    """The repeat that arrives while the first is at work sees what came of it, or takes its place."""
    found: list[Claim] = []

    def repeat() -> None:
        try:
            found.append(claim())
        finally:
            connection.close()

    other = threading.Thread(target=repeat)
    try:
        with transaction.atomic():
            first = claim()
            other.start()
            other.join(0.3)
            assert not found
            sent_keys.settle(claim=first, result="/made/")
            if fails:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    other.join()
    assert [(one.is_repeat, one.result) for one in found] == ([(False, "")] if fails else [(True, "/made/")])


def test_a_fingerprint_is_of_all_that_was_sent() -> None:
    def file(content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("a.csv", content)

    first = fingerprint_of("/a/", {"x": ["1"], "y": ["2"]}, [file(b"1")])
    assert fingerprint_of("/a/", {"y": ["2"], "x": ["1"]}, [file(b"1")]) == first
    others = [
        fingerprint_of("/b/", {"x": ["1"], "y": ["2"]}, [file(b"1")]),
        fingerprint_of("/a/", {"x": ["1"], "y": ["3"]}, [file(b"1")]),
        fingerprint_of("/a/", {"x": ["1"], "y": ["2"]}, [file(b"2")]),
        fingerprint_of("/a/", {"x": ["1"], "y": ["2"]}),
        fingerprint_of("/a/", {"x": "\ud800\x00"}),
    ]
    assert first not in others
    assert len(set(others)) == len(others)
