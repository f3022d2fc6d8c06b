"""Use cases of sent keys: take a key, note what came of it, give it back, forget old ones."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from common.models import SentKey

# How long a repeat is known as one; part of what the API promises.
KEPT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A key that is taken: by this sending, or by an earlier one (`is_repeat`) with what came of that."""

    row_id: int
    fingerprint: str
    result: str
    is_repeat: bool


def fingerprint_of(address: str, sent: Any, files: Iterable[Any] = ()) -> str:
    """The SHA-256 of an address, of what was sent there (texts, in any order of names), and of its files."""
    digest = hashlib.sha256(json.dumps([address, sent], sort_keys=True, default=str).encode())
    for file in files:
        digest.update(hashlib.sha256(str(file.name).encode(errors="replace")).digest())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


_TAKE = """
INSERT INTO common_sentkey (user_id, key, fingerprint, result, created_at) VALUES (%s, %s, %s, '', %s)
ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""


@transaction.atomic
def claim(*, user_id: int, key: str, fingerprint: str, now: datetime) -> Claim:
    """Take `key` for this person. The same sending at the same moment waits here until the first has ended.

    The row is written in the transaction of what it guards: if that fails, the key is free again.
    """
    row = [user_id, key, fingerprint, now]
    taken = SentKey.objects.filter(user_id=user_id, key=key)
    row_id = _taken(row)
    if row_id is None and taken.filter(created_at__lte=now - KEPT).delete()[0]:
        row_id = _taken(row)
    if row_id is not None:
        return Claim(row_id=row_id, fingerprint=fingerprint, result="", is_repeat=False)
    first = taken.get()
    return Claim(row_id=first.pk, fingerprint=first.fingerprint, result=first.result, is_repeat=True)


def _taken(row: list[Any]) -> int | None:
    """The id of the row; None for a key that is not free."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, row)
        found = cursor.fetchone()
    return int(found[0]) if found else None


def settle(*, claim: Claim, result: str) -> None:
    """Note where what was made is found."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE common_sentkey SET result = %s WHERE id = %s", [result, claim.row_id])


def release(*, claim: Claim) -> None:
    """Nothing was made: the same key may be sent again, with its faults mended."""
    SentKey.objects.filter(pk=claim.row_id).delete()


def forget_old(*, now: datetime) -> int:
    """Delete the keys that no longer count; how many those were."""
    count, _by_model = SentKey.objects.filter(created_at__lte=now - KEPT).delete()
    return count
