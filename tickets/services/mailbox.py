"""A mailbox that is asked for new mails: each is taken in and only then marked as seen, so that none is lost.

A mail whose mark was lost is asked for again and known by its Message-ID.
"""

import logging
import ssl
from datetime import datetime

from django.conf import settings
from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags

from common.leases import lease
from tickets.services import mail_intake

logger = logging.getLogger(__name__)
LEASE, LEASE_SECONDS = "tickets.fetch_mail", 300
BATCH = 50
TIMEOUT = 20


def fetch(*, holder: str, now: datetime) -> int:
    """Take in up to BATCH new mails of the mailbox in the settings; how many. Nothing while none is set up.

    Call it outside of a transaction. Raises OSError and imap_tools' errors where the server does not answer.
    """
    if not settings.IMAP_HOST:
        return 0
    with lease(LEASE, holder, LEASE_SECONDS) as is_held:
        if not is_held:
            return 0
        with _mailbox().login(settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER) as box:
            uids = box.uids(AND(seen=False))[:BATCH]
            return sum(_take(box, uid, now) for uid in uids)


def _mailbox() -> BaseMailBox:
    if not settings.IMAP_TLS:
        return MailBoxUnencrypted(settings.IMAP_HOST, settings.IMAP_PORT, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return MailBox(settings.IMAP_HOST, settings.IMAP_PORT, timeout=TIMEOUT, ssl_context=context)


def _take(box: BaseMailBox, uid: str, now: datetime) -> int:
    """One mail; one that cannot be taken in stays unseen and does not stop the others."""
    try:
        raw = _raw(box, uid)
        if raw is not None:
            mail_intake.take(raw, now=now)
    except Exception:
        logger.exception("a mail of the mailbox could not be taken in")
        return 0
    box.flag(uid, MailMessageFlags.SEEN, True)
    return int(raw is not None)


def _raw(box: BaseMailBox, uid: str) -> bytes | None:
    """The mail as it lies there; of one that is too large as much as shows that it is."""
    most = settings.MAIL_MAX_BYTES + 1
    _status, answer = box.client.uid("fetch", uid, f"(BODY.PEEK[]<0.{most}>)")
    return next((part[1] for part in answer if isinstance(part, tuple) and isinstance(part[1], bytes)), None)
