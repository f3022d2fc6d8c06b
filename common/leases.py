"""Leases and occurrences: a periodic job runs once at a time and once per slot, whoever starts it (security.md 9)."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from common.models import Lease

_TAKE = """
INSERT INTO common_lease (name, holder, expires_at) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
WHERE common_lease.expires_at IS NULL OR common_lease.expires_at <= %s
RETURNING id
"""
_FINISH = """
INSERT INTO common_occurrence (job, slot, finished_at) VALUES (%s, %s, %s) ON CONFLICT (job, slot) DO NOTHING
RETURNING id
"""


@contextmanager
def lease(name: str, holder: str, seconds: int) -> Iterator[bool]:
    """Hold `name` for the block; gives False at once where somebody else holds it, and the block must do nothing then.

    Taken and given back in transactions of their own, so the work inside commits as it goes; call it outside of one.
    A holder that dies is passed over after `seconds`, which must be longer than the job's time limit.
    """
    # Two runs of one process must not take each other for themselves.
    mark = f"{holder}:{secrets.token_hex(4)}"[:80]
    is_held = _take(name=name, holder=mark, now=timezone.now(), seconds=seconds)
    try:
        yield is_held
    finally:
        if is_held:
            Lease.objects.filter(name=name, holder=mark).update(holder="", expires_at=None)


def _take(*, name: str, holder: str, now: datetime, seconds: int) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, [name, holder, now + timedelta(seconds=seconds), now])
        return cursor.fetchone() is not None


def first_run(*, job: str, slot: str, now: datetime) -> bool:
    """True for the one caller who may run this slot of `job`: the occurrence is written in the caller's transaction.

    If the work fails and rolls back, the slot is free again. Raises RuntimeError outside of a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an occurrence is written in the transaction of its work")
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, [job, slot, now])
        return cursor.fetchone() is not None
