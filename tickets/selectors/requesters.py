"""Finding who asks, for a ticket by telephone: contacts and organizations within reach, and like tickets of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.core import signing
from django.db import connection
from django.db.models import Q

from accounts.rules.access import Actor
from tickets.choices import UNSOLVED, TicketStatus
from tickets.models import Ticket

MIN_TEXT = 2
SHOWN = 20
SIMILAR = 0.3
RECENT = timedelta(days=30)
_SALT = "tickets.requester"
_MAX_AGE = 8 * 3600


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Somebody of an organization, or an organization without a person; `token` names both in a form."""

    organization_id: int
    organization_name: str
    contact_id: int | None
    name: str
    email: str
    token: str


@dataclass(frozen=True, kw_only=True)
class SimilarTicket:
    """A ticket of the same people that speaks of much the same."""

    number: int
    subject: str
    status: str
    opened_at: datetime


def find_askers(actor: Actor, text: str) -> list[Asker]:
    """Those whom `actor` may open a ticket for, best first: one statement.

    Within the organizations that they reach, and at the desk whoever has exactly this address (ADR 0023).
    """
    typed = text.replace("\0", "").strip()[:100]
    plain = typed.replace("\\", "").replace("%", "").replace("_", r"\_")
    if len(plain) < MIN_TEXT:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, organization_name, contact_id, contact_name, email"
            " FROM tickets_find_requesters(%s, %s)",
            [plain, SHOWN],
        )
        rows = cursor.fetchall()
    return [_asker(actor, *row) for row in rows]


def _asker(
    actor: Actor, organization_id: int, organization: str, contact_id: int | None, name: str | None, email: str | None
) -> Asker:
    payload = [actor.user_id, organization_id, organization, contact_id, name or "", email or ""]
    return Asker(
        organization_id=organization_id,
        organization_name=organization,
        contact_id=contact_id,
        name=name or "",
        email=email or "",
        token=signing.dumps(payload, salt=_SALT),
    )


def asker_of(actor: Actor, token: str) -> Asker | None:
    """Whom a token names that this same person was offered today; None for any other text."""
    if not token or len(token) > 2_000:
        return None
    try:
        user_id, organization_id, organization, contact_id, name, email = signing.loads(
            token, salt=_SALT, max_age=_MAX_AGE
        )
    except (signing.BadSignature, ValueError):
        return None
    if user_id != actor.user_id:
        return None
    return Asker(
        organization_id=organization_id,
        organization_name=organization,
        contact_id=contact_id,
        name=name,
        email=email,
        token=token,
    )


def asker_at(organization: UUID | None, email: str) -> Asker | None:
    """Who asks, as a program names them: the contact with this address, or the organization without a person.

    Within the reach of the transaction's reader, as in the search above; at most two statements.
    """
    if email:
        rows = _asked(
            "SELECT organization_id, organization_name, contact_id, contact_name, email"
            " FROM tickets_requester_at(%s, %s)",
            [email, organization],
        )
        for organization_id, company, contact_id, name, address in rows:
            return _named(organization_id, company, contact_id=contact_id, name=name, email=address)
    if organization is None:
        return None
    ((pk, company),) = _asked(
        "SELECT found.pk, tickets_organization_name(found.pk) FROM tickets_organization_pk(%s) AS found(pk)",
        [organization],
    )
    return _named(pk, company) if pk is not None else None


def _asked(sql: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _named(
    organization_id: int, company: str, *, contact_id: int | None = None, name: str = "", email: str = ""
) -> Asker:
    return Asker(
        organization_id=organization_id,
        organization_name=company,
        contact_id=contact_id,
        name=name,
        email=email,
        token="",
    )


def similar_tickets(
    actor: Actor, *, subject: str, asker: Asker | None, email: str, now: datetime
) -> Sequence[SimilarTicket]:
    """Open or recent tickets of the same organization or sender with a like subject: one statement."""
    words = subject.replace("\0", "").strip()[:250]
    if asker is not None:
        whose = Q(organization_id=asker.organization_id)
    elif email.strip():
        whose = Q(requester_email__iexact=email.strip())
    else:
        return []
    if len(words) < 4:
        return []
    rows = Ticket.objects.all().visible_to(actor).filter(whose, merged_into__isnull=True)
    rows = rows.filter(Q(status__in=UNSOLVED) | Q(opened_at__gte=now - RECENT))
    found = rows.annotate(alike=TrigramSimilarity("subject", words)).filter(alike__gte=SIMILAR)
    return [
        SimilarTicket(number=number, subject=title, status=str(TicketStatus(status).label), opened_at=opened_at)
        for number, title, status, opened_at in found.order_by("-alike", "-pk").values_list(
            "number", "subject", "status", "opened_at"
        )[:5]
    ]
