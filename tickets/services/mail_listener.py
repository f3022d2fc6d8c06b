"""A small SMTP server on loopback for the embedded run: what it is given it has taken in before it says so."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from tickets.services import mail_intake

logger = logging.getLogger(__name__)
MOST_RECIPIENTS = 50
HOST = "127.0.0.1"


class Intake:
    """Takes each mail in as a transaction of its own; the answer says whether that has happened."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse what no queue could be behind: an address without a host, and too many of them."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if "@" not in address or len(address) > 254:
            return "550 5.1.3 No such address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it in; whatever fails is to be sent again."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        said = mail_intake.Envelope(sender=(envelope.mail_from or "").strip("<>"), recipients=tuple(envelope.rcpt_tos))
        try:
            await asyncio.to_thread(_in_own_connection, lambda: mail_intake.take(content, envelope=said, now=_now()))
        except Exception:
            logger.exception("a mail could not be taken in")
            return "451 4.3.0 Try again later"
        return "250 OK"


def controller(port: int) -> Controller:
    """The server on this port of loopback; it listens once it is started."""
    # Room for the form around a mail: what is too large for us is taken to be listed with its reason.
    most = settings.MAIL_MAX_BYTES + 64 * 1024
    options: dict[str, Any] = {"data_size_limit": most, "decode_data": False, "ident": "Onboarding Hub"}
    return Controller(Intake(), hostname=HOST, port=port, ready_timeout=20.0, **options)


def _in_own_connection(work: Callable[[], object]) -> None:
    close_old_connections()
    try:
        work()
    finally:
        close_old_connections()


def _now() -> Any:
    return timezone.now()
