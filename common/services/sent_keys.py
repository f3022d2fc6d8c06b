"""Use cases of sent keys: take a key, note what came of it, give it back, forget old ones."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

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


@transaction.atomic
def claim(*, user_id: int, key: str, fingerprint: str, now: datetime) -> Claim:
    """Take `key` for this person. The same sending at the same moment waits here until the first has ended.

    The row is written in the transaction of what it guards: if that fails, the key is free again.
    """
    row = SentKey(user_id=user_id, key=key, fingerprint=fingerprint, created_at=now)
    taken = SentKey.objects.filter(user_id=user_id, key=key)
    is_new = _took(row)
    if not is_new and taken.filter(created_at__lte=now - KEPT).delete()[0]:
        is_new = _took(row)
    if is_new:
        return Claim(row_id=row.pk, fingerprint=fingerprint, result="", is_repeat=False)
    first = taken.get()
    return Claim(row_id=first.pk, fingerprint=first.fingerprint, result=first.result, is_repeat=True)


def _took(row: SentKey) -> bool:
    """Whether the key was free."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def settle(*, claim: Claim, result: str) -> None:
    """Note where what was made is found."""
    SentKey.objects.filter(pk=claim.row_id).update(result=result)


def release(*, claim: Claim) -> None:
    """Nothing was made: the same key may be sent again, with its faults mended."""
    SentKey.objects.filter(pk=claim.row_id).delete()


def forget_old(*, now: datetime) -> int:
    """Delete the keys that no longer count; how many those were."""
    count, _by_model = SentKey.objects.filter(created_at__lte=now - KEPT).delete()
    return count
