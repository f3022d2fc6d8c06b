"""Ending mails from the mails themselves: which of them a signed link ends, and the use case behind it (RFC 8058).

A link names one thing that comes by mail, of one person, and is signed; whoever holds it can end that and nothing
else, and read nothing. It does not expire: a mail of last year is ended by its own link. Ended twice is ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import Missing
from common.mail import absolute_url
from common.scope import Scope, scoped

_SALT = "accounts.unsubscribe"
_MOST = 300


@dataclass(frozen=True, kw_only=True)
class MailList:
    """A sort of mails that can be ended. `about` says what ends, in a sentence; `end` is told the values of the link.

    `end` raises Missing for what there is no longer, and does nothing about what has ended already.
    """

    key: str
    about: str | Promise
    end: Callable[[Sequence[Any], datetime], None]


_known: dict[str, MailList] = {}


def register(found: MailList) -> None:
    """Make a sort of mails known; called where they are sent from."""
    _known[found.key] = found


def stop_url(key: str, *values: Any) -> str:
    """The address that ends mails of a sort, for whom and what `values` say: ids, and names of kinds."""
    token = signing.dumps([key, *values], salt=_SALT)
    return absolute_url(reverse("accounts:mail_stop", args=[token]))


def list_of(token: str) -> MailList | None:
    """The sort of mails that a link is of; None for every text that we have not signed."""
    found = _read(token)
    return found[0] if found is not None else None


@transaction.atomic
def end_by_link(*, token: str, now: datetime) -> MailList:
    """End what a link names, and nothing else. Raises Missing for a link that is not ours, or of what is gone."""
    found = _read(token)
    if found is None:
        raise Missing(_("This link does not lead to any mails."))
    with scoped(Scope.all()):
        found[0].end(found[1], now)
    return found[0]


def _read(token: str) -> tuple[MailList, Sequence[Any]] | None:
    if len(token) > _MOST:
        return None
    try:
        key, *values = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    known = _known.get(key)
    return (known, values) if known is not None else None
