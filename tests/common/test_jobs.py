"""Waking workers: once a transaction, when it has committed, and only then."""

from typing import Any

import pytest
from django.db import transaction

from common.jobs import enqueue_on_commit

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    sent: list[tuple[str, dict[str, Any]]] = []

    class Broker:
        def send_task(self, name: str, *, kwargs: dict[str, Any], retry: bool) -> None:
            sent.append((name, kwargs))

    monkeypatch.setattr("common.jobs.current_app", Broker())
    return sent


def test_the_same_wish_wakes_once(woken: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(3):
            enqueue_on_commit("common.deliver_outbox")
            enqueue_on_commit("partners.work", row=1)
            with transaction.atomic():
                enqueue_on_commit("partners.work", row=2)
        assert woken == []
    assert woken == [("common.deliver_outbox", {}), ("partners.work", {"row": 1}), ("partners.work", {"row": 2})]


def test_what_is_rolled_back_wakes_nobody(woken: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            enqueue_on_commit("partners.work", row=1)
            transaction.set_rollback(True)
        enqueue_on_commit("partners.work", row=2)
    assert woken == [("partners.work", {"row": 2})]


def test_a_wish_is_not_lost_with_one_that_was_rolled_back(
    woken: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            enqueue_on_commit("partners.work", row=1)
            transaction.set_rollback(True)
        enqueue_on_commit("partners.work", row=1)
    assert woken == [("partners.work", {"row": 1})]
