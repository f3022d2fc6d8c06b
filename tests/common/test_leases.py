"""A lease has one holder; a slot of a job is done once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from common.leases import first_run, lease
from common.models import Lease, Occurrence

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_second_caller_gets_nothing_until_the_first_is_done() -> None:
    with lease("seal", "one", 60) as first:
        assert first
        with lease("seal", "two", 60) as second:
            assert not second
        # Leaving a lease that one did not hold must not free it for a third.
        with lease("seal", "three", 60) as third:
            assert not third
    with lease("seal", "four", 60) as fourth:
        assert fourth


@pytest.mark.django_db(transaction=True)
def test_a_dead_holder_is_passed_over() -> None:
    Lease.objects.create(name="seal", holder="dead", expires_at=timezone.now() - timedelta(seconds=1))
    with lease("seal", "heir", 60) as is_held:
        assert is_held


@pytest.mark.django_db(transaction=True)
def test_a_failure_gives_the_lease_back() -> None:
    with pytest.raises(ValueError, match="broken"), lease("seal", "one", 60):
        raise ValueError("broken")
    assert Lease.objects.get(name="seal").expires_at is None


@pytest.mark.django_db(transaction=True)
def test_a_holder_that_overstayed_does_not_free_its_heir() -> None:
    with lease("seal", "slow", 60):
        Lease.objects.filter(name="seal").update(expires_at=timezone.now() - timedelta(seconds=1))
        heir = lease("seal", "heir", 60)
        assert heir.__enter__()
    assert Lease.objects.get(name="seal").holder.startswith("heir")
    heir.__exit__(None, None, None)


@pytest.mark.django_db(transaction=True)
def test_a_slot_runs_once_and_again_after_a_failure() -> None:
    def run() -> bool:
        with transaction.atomic():
            return first_run(job="digest:1", slot="2026-03-02", now=NOW)

    def fail() -> None:
        with transaction.atomic():
            assert first_run(job="digest:1", slot="2026-03-02", now=NOW)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert [run(), run()] == [True, False]
    assert Occurrence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_occurrence_belongs_to_the_transaction_of_its_work() -> None:
    with pytest.raises(RuntimeError):
        first_run(job="digest:1", slot="2026-03-02", now=NOW)
